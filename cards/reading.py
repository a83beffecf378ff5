"""Reads an Answer for a card: which column is what, how a cell is written, what a row is called."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

from analytics.catalogue import DIMENSIONS, MEASURES
from analytics.model import Answer, Column, Number, Row
from analytics.periods import add_units
from cards import formats
from cards.view import View
from cards.words import Words, words

UNMAPPED = "Unmapped"
CODES = frozenset({"status", "stage", "charge_type", "contract_type", "hire_channel", "engagement_kind"})
"""Dimensions whose members are a few codes, the same in every company."""
_COUNTED = re.compile(r"\((\d[\d,.]*)\)\s*$")


@dataclass(frozen=True)
class Reading:
    """An answer and who reads it. A row's `values` follow the number columns; its `labels` the others."""

    answer: Answer
    view: View

    @cached_property
    def words(self) -> Words:
        """The words of the reader's language."""
        return words(self.view.language)

    @cached_property
    def labels(self) -> tuple[Column, ...]:
        """The columns that name a row."""
        return tuple(c for c in self.answer.columns if c.kind in {"dimension", "time"})

    @cached_property
    def numbers(self) -> tuple[Column, ...]:
        """The columns that hold numbers, in the order of a row's values."""
        return tuple(c for c in self.answer.columns if c.kind not in {"dimension", "time"})

    @cached_property
    def known_until(self) -> date:
        """The last day the data knows, as the company counts days."""
        snapshot = self.answer.snapshot
        return snapshot.as_of.astimezone(ZoneInfo(snapshot.reporting.timezone)).date()

    @cached_property
    def sides(self) -> str | None:
        """The dimension whose members stand side by side, if they do."""
        compare = self.answer.query.compare
        return compare.dimension if compare and compare.to == "dimension" else None

    @cached_property
    def metrics(self) -> tuple[Column, ...]:
        """The columns that were asked for."""
        return tuple(c for c in self.numbers if c.kind == "metric")

    def beside(self, column: Column, kind: str) -> Column | None:
        """The change, share or compared value that belongs to a metric column."""
        named = column.metric or column.key
        return next((c for c in self.numbers if c.kind == kind and (c.metric or c.key) == named), None)

    def value(self, row: Row, column: Column | None) -> Number:
        """The number in this column of a row."""
        return None if column is None else row.values[self._places[column.key]]

    @cached_property
    def _places(self) -> dict[str, int]:
        return {column.key: at for at, column in enumerate(self.numbers)}

    def name(self, column: Column) -> str:
        """What a column is called in the reader's language."""
        kind = "dimension" if column.kind == "dimension" else "metric"
        return self.words.name(kind, column.metric or column.key, column.label)

    def dimension(self, key: str) -> str:
        """What a dimension is called in the reader's language."""
        column = next((c for c in self.labels if c.key == key), None)
        english = DIMENSIONS[key].label if key in DIMENSIONS else column.label if column else key
        return self.words.name("dimension", key, english)

    def shown(self, row: Row, column: Column) -> str:
        """One cell as people read it."""
        return self.write(self.value(row, column), column)

    def write(self, value: Number, column: Column) -> str:
        """A number as this column writes it."""
        if column.kind == "share":
            return formats.share(value, self.view.locale)
        return formats.shown(value, column.unit, self.view.locale, self.answer.currency)

    def inside(self, name: str) -> str:
        """A name inside a sentence: "job category", but "PO number"; German keeps its capitals."""
        keep = self.words.language == "de" or name[:2].isupper()
        return name if keep else name[:1].lower() + name[1:]

    def row_name(self, row: Row, at: int = 0) -> str:
        """What a row is called; rows that stand for several say so in the reader's language."""
        if row.keys[at] is None and (row.kind == "unmapped" or self.labels[at].key in MEASURES):
            return self._unmapped(self.labels[at].key)
        if row.kind in {"other", "withheld"}:
            counted = _COUNTED.search(row.labels[at])
            if counted:
                return self.words.say(f"row.{row.kind}_n", n=counted[1])
            return self.words.say(f"row.{row.kind}")
        column = self.labels[at]
        if column.kind == "time":
            return self.step_name(row, at, year=True)
        return self.member(column.key, row.labels[at], row.keys[at])

    def _unmapped(self, dimension: str) -> str:
        """What rows without a member are called; some dimensions have a word of their own for them."""
        if dimension in MEASURES:
            return self.words.say("row.unknown")
        own = DIMENSIONS[dimension].null_label if dimension in DIMENSIONS else UNMAPPED
        return self.words.say("row.unmapped") if own == UNMAPPED else self.words.name("unmapped", dimension, own)

    def member(self, dimension: str, name: str, key: str | None) -> str:
        """A member's name; those of the few dimensions whose members the product itself names are words of the language."""
        known = f"member.{key}"
        if dimension == "source" and known in self.words.sentences:
            return self.words.say(known)
        if dimension not in CODES or key is None or name.casefold() != key.casefold():
            return name
        return self.words.name("member", key, name.replace("_", " ").capitalize())

    def step_name(self, row: Row, at: int = 0, *, year: bool = False) -> str:
        """The name of one step of a trend, short; the label of the answer where its key is no date."""
        start = self.step(row, at)
        if start is None:
            return row.labels[at]
        return formats.bucket(start, self.answer.query.grain or "month", self.view.locale, year=year)

    def step_names(self, rows: Sequence[Row], at: int = 0) -> list[str]:
        """Short names of the steps of a trend, with their year where a name comes twice; those not whole are marked."""
        names = [self.step_name(row, at) for row in rows]
        if len(set(names)) < len({row.keys[at] or row.labels[at] for row in rows}):
            names = [self.step_name(row, at, year=True) for row in rows]
        part = self.words.sentences["period.part"]
        return [
            name if self.is_whole(row, at) else part.format(period=name) for row, name in zip(rows, names, strict=True)
        ]

    def is_whole(self, row: Row, at: int = 0) -> bool:
        """Whether all days of a step lie in the period asked for and in the data."""
        return row.keys[at] not in self._cut

    @cached_property
    def _cut(self) -> frozenset[str | None]:
        """The steps of which some days are missing."""
        answer, grain = self.answer, self.answer.query.grain
        time = next((at for at, column in enumerate(self.labels) if column.kind == "time"), None)
        if time is None or grain is None:
            return frozenset()
        first = max(answer.period.start or answer.snapshot.first_day, answer.snapshot.first_day)
        end = min(answer.period.end, self.known_until + timedelta(days=1))
        starts = {row.keys[time]: self.step(row, time) for row in answer.rows}
        return frozenset(key for key, day in starts.items() if day and (day < first or add_units(day, grain, 1) > end))

    def step(self, row: Row, at: int = 0) -> date | None:
        """The first day of one step of a trend."""
        try:
            return date.fromisoformat(row.keys[at] or "")
        except ValueError:
            return None

    @property
    def headline(self) -> Row | None:
        """The row that stands for the whole answer."""
        if self.answer.total is not None:
            return self.answer.total
        return self.answer.rows[0] if len(self.answer.rows) == 1 else None
