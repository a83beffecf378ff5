"""What an exported file holds, before it is a file: sheets of typed columns, safe to open in any spreadsheet."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date

Cell = str | int | float | bool | date | None

# What spreadsheets take for the beginning of a formula, in their wide forms as well.
DANGEROUS = frozenset("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20")
LONGEST = 32_000
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True, slots=True)
class Field:
    """One column of a sheet. `unit` as in a Column of an answer: text, count, money, days, hours, ratio, date, ..."""

    label: str
    unit: str = "text"


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet: money in major units, ratios as fractions, dates as dates. Rows may be given one by one."""

    name: str
    fields: tuple[Field, ...]
    rows: Iterable[tuple[Cell, ...]]

    def safe_rows(self) -> Iterator[tuple[Cell, ...]]:
        """The rows, every text harmless."""
        return (tuple(safe(cell) for cell in row) for row in self.rows)


@dataclass(frozen=True, slots=True)
class Wording:
    """The words of a file: `say` a sentence by its key, `name` what a metric, dimension or column is called."""

    say: Callable[[str], str]
    name: Callable[[str, str, str], str]


def safe(cell: Cell) -> Cell:
    """A text that no spreadsheet runs as a formula: one that could be gets an apostrophe in front. Numbers stay numbers."""
    if not isinstance(cell, str):
        return cell
    said = _UNPRINTABLE.sub("", cell)[:LONGEST]
    return f"'{said}" if said[:1] in DANGEROUS and said else said


def day(text: str | None) -> Cell:
    """A day written in ISO, as a date; any other text as it is."""
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        return text
