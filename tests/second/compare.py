"""Ask the engine and the second computation the same questions, and say where they differ."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from analytics.catalogue import DIMENSIONS, METRICS
from analytics.errors import QuestionError
from tests.second.answers import answer
from tests.second.records import Log, Number
from tests.world import World

WIDENED = {"source", "engagement_kind", "supplier"}
Span = tuple[date, date]

QUARTER: Span = (date(2026, 7, 1), date(2026, 10, 1))
YEAR: Span = (date(2025, 7, 1), date(2026, 7, 1))
TO_DATE: Span = (date(2026, 10, 1), date(2027, 1, 1))
WEEK: Span = (date(2026, 3, 2), date(2026, 3, 9))


def same(one: Number, other: Number) -> bool:
    """Whole numbers exactly, others to a billionth; no number is only equal to no number."""
    if one is None or other is None:
        return one is other
    if isinstance(one, int) and isinstance(other, int):
        return one == other
    return abs(one - other) <= 1e-9 * max(1.0, abs(other))


@dataclass
class Bench:
    """A world beside its log; what was worked out once is kept."""

    world: World
    log: Log
    _groups: dict[tuple[str, Any], Log] = field(default_factory=dict, repr=False)
    _members: dict[str, set[Any]] = field(default_factory=dict, repr=False)

    @classmethod
    def of(cls, world: World) -> Bench:
        """The world and the log of its tables."""
        return cls(world, world.log())

    def question(self, metric: str, span: Span, dimension: str | None) -> dict[str, Any]:
        """The question as JSON."""
        asked: dict[str, Any] = {"metrics": [metric], "time": {"from": str(span[0]), "to": str(span[1])}}
        return {**asked, "group_by": [dimension]} if dimension else asked

    def expected(self, metric: str, span: Span, dimension: str | None, value: Any = ...) -> Number:
        """What plain Python says, of the whole (no value) or of one group."""
        log = self.log if value is ... else self._group(str(dimension), value)
        return answer(metric, log, self.world.asked(*span), both=dimension in WIDENED)

    def _group(self, dimension: str, value: Any) -> Log:
        """The log of one group; every metric asks for the same ones."""
        if (dimension, value) not in self._groups:
            self._groups[dimension, value] = self.log.narrow(dimension, value)
        return self._groups[dimension, value]

    def _values(self, dimension: str) -> set[Any]:
        if dimension not in self._members:
            self._members[dimension] = self.log.values(dimension)
        return self._members[dimension]

    def differences(self, metric: str, span: Span, dimension: str | None = None) -> Iterator[str]:
        """Every number of an answer that is not what plain Python says."""
        got = self.world.answer(self.question(metric, span, dimension))
        where = f"{metric} by {dimension} {span[0]} to {span[1]}"
        total = got.total.values[0] if got.total else None
        if not same(total, wanted := self.expected(metric, span, dimension)):
            yield f"{where}: total {total}, not {wanted}"
        for row in got.rows if dimension else ():
            if not same(row.values[0], wanted := self.expected(metric, span, dimension, row.keys[0])):
                yield f"{where}: {row.labels[0]} {row.values[0]}, not {wanted}"
        shown = {row.keys[0] for row in got.rows} if dimension else set()
        for value in (self._values(dimension) if dimension else set()) - shown:
            # A group that is not shown has nothing in it.
            if wanted := self.expected(metric, span, dimension, value):
                yield f"{where}: {value} is missing, {wanted}"

    def legal(self, metric: str) -> list[str]:
        """The dimensions that the metric can be split by."""
        return [key for key in DIMENSIONS if self._answers(metric, key)]

    def _answers(self, metric: str, dimension: str) -> bool:
        try:
            self.world.answer(self.question(metric, WEEK, dimension))
        except QuestionError:
            return False
        return True


ALL_METRICS = tuple(METRICS)
