"""Tables that hold at 320 pixels: a wide first column with a quiet second line, and at most two columns of numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from unicodedata import east_asian_width

from adaptivecards.baseobject import Element

from cards import elements as el
from cards.text import short
from cards.words import Words

SHOWN = 10  # rows before "Show more"
MOST = 48  # rows on a card at all: its size has a limit
NAME = 72
TAIL = "more"
PHONE = 272  # pixels inside a card that is 320 wide
_SLIM = ".,:’ \u00a0\u202f"
NAMES, HEADER, NARROW = 110, 92, 56  # wanted for names, kept for a header, least for a number


@dataclass(frozen=True, slots=True)
class Line:
    """One row: its name, a quiet second line, and its numbers as written; `marked` ones need somebody's attention."""

    name: str
    cells: tuple[str, ...]
    note: str = ""
    strong: bool = False
    marked: bool = False


def table(headers: Sequence[str], lines: Sequence[Line], words: Words, closing: Sequence[Line] = ()) -> list[Element]:
    """The table, its middle hidden behind one button where it is long; `closing` lines always show at the end.

    `headers` name the first column and the numbers.
    """
    widths = _widths(headers, [*lines, *closing])
    kept = lines[:MOST]
    end = len(kept) if len(kept) <= SHOWN + 2 else SHOWN
    head, tail = kept[:end], kept[end:]
    top = [[_header(header, right=at > 0) for at, header in enumerate(headers)], *map(_row, head)]
    if not tail:
        return [el.table([*top, *map(_row, closing)], widths, spacing="Medium")]
    made = [
        el.table(top, widths, spacing="Medium"),
        el.table(list(map(_row, tail)), widths, header=False, name=TAIL, hidden=True, spacing="None"),
        el.action_set([el.toggle(words.say("table.more", n=len(tail)), TAIL)]),
    ]
    if len(lines) > MOST:
        made.append(el.text(words.say("table.not_shown", n=len(lines) - MOST), subtle=True, size="Small"))
    return [*made, el.table(list(map(_row, closing)), widths, header=False, spacing="None")] if closing else made


def _header(said: str, *, right: bool) -> list[Element]:
    return [el.text(said, weight="Bolder", align="Right" if right else None, wrap=True, most=NAME)]


def _row(line: Line) -> list[list[Element]]:
    weight: el.Weight | None = "Bolder" if line.strong else None
    first = [el.text(short(line.name, NAME), weight=weight)]
    if line.note:
        first.append(el.text(line.note, size="Small", subtle=True, spacing="None"))
    color: el.Color | None = "Attention" if line.marked else None
    bold: el.Weight | None = "Bolder" if line.marked else weight
    return [first, *([el.text(cell, align="Right", wrap=False, weight=bold, color=color)] for cell in line.cells)]


def _widths(headers: Sequence[str], lines: Sequence[Line]) -> list[int | str]:
    """The first column takes what is left; a number column is as wide as its longest number and its header.

    Where that would leave the names too little on a phone, headers go on two lines and then give way, never numbers.
    """
    columns = range(len(headers) - 1)
    cells = [max([NARROW, *(_pixels(line.cells[at]) for line in lines)]) for at in columns]
    names = min(NAMES, max((_pixels(line.name) for line in lines), default=NAMES))
    wanted = cells
    for header in (_pixels, _two_lines, lambda said: min(_two_lines(said), HEADER)):
        wanted = [max(cells[at], header(headers[at + 1])) for at in columns]
        if sum(wanted) + names <= PHONE:
            break
    return [1, *(f"{width}px" for width in wanted)]


def _two_lines(header: str) -> int:
    """The width at which a header fits on two lines."""
    words = header.split()
    halves = [(" ".join(words[:at]), " ".join(words[at:])) for at in range(len(words))] or [("", "")]
    return min(max(_pixels(first), _pixels(second)) for first, second in halves)


def _pixels(text: str) -> int:
    """How wide a text is at most, with the room between two columns."""
    digits = len(text) - 0.5 * sum(map(text.count, _SLIM))
    if not text.isascii():
        digits += 0.7 * sum(east_asian_width(c) in "WF" for c in text)
    return round(8.2 * digits) + 14
