"""Rows that the last sync set aside: how many, in which file, and for what reason; never what stood in them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from adaptivecards.baseobject import Element

from cards import elements as el
from cards import formats, parts
from cards.view import View
from cards.words import Words, words

RULES = ("required", "type", "choice", "minimum", "placeholder", "damaged_id", "reference", "repeated")
MOST = 12


@dataclass(frozen=True, slots=True)
class Rejected:
    """Rows of one file that break one rule in one column, and the line of the first."""

    file: str
    table: str
    column: str
    rule: str
    rows: int
    line: int


def rejected_card(view: View, found: Sequence[Rejected]) -> el.Card:
    """The most rows first."""
    w = words(view.language)
    title, total = w.say("rejected.title"), sum(one.rows for one in found)
    below = w.say("rejected.total", n=formats.count(total, view.locale)) if found else w.say("rejected.none")
    body: list[Element] = [*parts.title(title, below), *(_line(w, view, one) for one in found[:MOST])]
    if len(found) > MOST:
        body.append(el.text(w.say("quality.more", n=len(found) - MOST), subtle=True, size="Small"))
    if found:
        body.append(el.text(w.say("rejected.all"), size="Small", subtle=True))
    return el.card(body, language=w.language, spoken=parts.spoken(title, below))


def _line(w: Words, view: View, one: Rejected) -> Element:
    why = w.say(f"rejected.{one.rule}") if one.rule in RULES else one.rule
    where = one.table + (f", {one.column}" if one.column else "")
    said = [
        el.text(w.say("rejected.line", n=formats.count(one.rows, view.locale), why=why), weight="Bolder"),
        el.text(
            w.say("rejected.place", file=one.file, where=where, line=formats.count(one.line, view.locale)),
            size="Small",
            subtle=True,
            spacing="None",
        ),
    ]
    return el.container(said, spacing="Small")
