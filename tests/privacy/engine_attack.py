"""Asks the real engine about a small company, and solves the linear system of every number it shows of one fact table."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import combinations
from typing import Any

import duckdb
import numpy as np

from analytics.errors import InsightsError
from analytics.model import Answer, Period, Scope
from analytics.periods import month_ends
from analytics.privacy.tables import Flags, Floats
from analytics.privacy.weave import FEWEST
from tests.privacy.attacked import Attacked, Reading
from tests.privacy.companies import OVER_TEAMS
from tests.privacy.cubes import recovered
from tests.world import World

DIMENSIONS = ("job_category", "country", "team", "division", "platform", "contract_type")
SPANS = {
    "month": [(date(2026, month, 1), date(2026, month + 1, 1)) for month in range(6, 12)],
    "week": [(date(2026, 7, 6) + timedelta(7 * n), date(2026, 7, 13) + timedelta(7 * n)) for n in range(18)],
    "quarter": [(date(2026, 7, 1), date(2026, 10, 1)), (date(2026, 10, 1), date(2027, 1, 1))],
    "year": [
        (date(2025, 11, 1), date(2026, 11, 1)), (date(2026, 1, 1), date(2027, 1, 1)), (date(2026, 7, 1), date(2026, 11, 20)),
    ],
    "odd": [(date(2026, 7, 9), date(2026, 9, 3)), (date(2026, 10, 1), date(2026, 10, 20)), (date(2026, 9, 7), date(2026, 9, 9))],
}  # fmt: skip
EVERY_SPAN = [span for found in SPANS.values() for span in found]


@dataclass
class Attack:
    """What one attacker has seen: each shown number as an equation over the records, each withheld sum as a wish."""

    world: World
    scope: Scope
    after: Attacked
    shown: list[Floats] = field(default_factory=list)
    wished: list[Floats] = field(default_factory=list)
    asked: int = 0
    answered: int = 0
    false: int = 0
    """Shown numbers that are not what their equation says: each one would be an attacker who misread the question."""

    def __post_init__(self) -> None:
        (file,) = (self.world.folder / "store").glob("v*.duckdb")
        days = [self.after.day] if self.after.day else []
        columns = [*DIMENSIONS, *self.after.split, "source", "freelancer", "contract", *self.after.columns, *days]
        with duckdb.connect(str(file), read_only=True) as store:
            found = store.execute(
                f"SELECT {', '.join(dict.fromkeys(columns))}, {self.after.value} AS value "
                f"FROM {self.after.fact} WHERE {self.after.where}"
            ).fetchnumpy()
        self.data = {key: _plain(column) for key, column in found.items()}
        self.free = (*DIMENSIONS, *self.after.split)
        self.names = {key: sorted({str(one) for one in self.data[key] if one is not None}) for key in self.free}
        self.value = np.array([float(one or 0) for one in self.data["value"]])
        self.as_of = self.world.engine.version().calendar.as_of

    def weights(self, span: Period, at: str | None = None) -> Floats:
        """How much of each record counts in a span: 1 or 0 by its day, else the part of the span's moments it lives at."""
        start, end = span.start or date(2020, 1, 1), span.end
        if self.after.day:
            day = self.data[self.after.day]
            return np.asarray((day >= np.datetime64(start)) & (day < np.datetime64(end)), dtype=float)
        if at == "any":
            return self._living(start, end)
        last = end - timedelta(1)
        ends = month_ends(Period(start, end)) if at == "average" else []
        moments = ends or [start if at == "start" else last]
        return np.asarray(sum(self._living(day, day + timedelta(1)) for day in moments) / len(moments))

    def _living(self, start: date, end: date) -> Floats:
        since, gone = self.data["started_on"], self.data["gone_on"]
        alive = (since < np.datetime64(end)) & (np.isnat(gone) | (gone > np.datetime64(start)))
        return np.asarray(alive, dtype=float)

    def people(self, cell: Floats, of: str = "freelancer") -> int:
        return len({one for one in self.data[of][cell > 0].tolist() if one is not None})

    def ask(self, query: dict[str, Any]) -> Answer | None:
        """The answer, where there is one; every number of it is written down."""
        self.asked += 1
        try:
            answer = self.world.answer(query, self.scope)
        except InsightsError:
            return None
        self.answered += 1
        self._look(answer, query.get("filters", {}))
        return answer

    def _look(self, answer: Answer, where: dict[str, Any]) -> None:
        plain = len(answer.query.group_by)
        rows = [row for row in answer.rows if row.kind == "value"]
        if answer.total and answer.total.kind != "other":
            rows.append(answer.total)
        columns = [column for column in answer.columns if column.kind not in {"dimension", "time"}]
        for row in rows:
            keys = tuple(zip(answer.query.group_by, row.keys[:plain], strict=False)) if row.keys else ()
            bucket = row.keys[plain] if answer.query.grain and row.keys else None
            for column, value in zip(columns, row.values, strict=True):
                if column.kind in {"metric", "compare"} and not answer.query.as_share:
                    self._number(answer, where, keys, bucket, column.metric or "", column.kind == "compare", value)
                elif value is not None and column.kind in {"metric", "share"}:
                    self._share(answer, where, keys, bucket, column.metric or "", float(value))

    def _cell(self, where: dict[str, Any], keys: tuple[tuple[str, str | None], ...], reading: Reading) -> Flags:
        """The records of these filters and group keys; some filters and keys make a question count every source."""
        named = {*where, *(key for key, _ in keys if key != "platform")}
        wide = reading.source != "staffing" and bool(named & WIDER)
        found: Flags = np.full(self.value.size, wide) | (self.data["source"] == reading.source)
        for key, said in where.items():
            members = [one["id"] for one in next(iter(said.values()))]
            if "under" in said:
                members = [*members, *(below for one in members for below in OVER_TEAMS.get(one, ()))]
            found &= np.isin(self.data[key].astype(str), members) != ("not" in said)
        for key, member in keys:
            found &= self.data[key] == member
        return found

    def _span(self, answer: Answer, bucket: str | None, then: bool) -> Floats:
        period = answer.compared if then else answer.period
        assert period
        start, end = period.start, period.end if then else min(period.end, self.as_of + timedelta(1))
        if start and end <= start:
            end = period.end
        if bucket and not then:
            first = date.fromisoformat(bucket)
            start, end = max(start or first, first), min(end, _next(first, str(answer.query.grain)))
        return self.weights(Period(start, end), answer.query.at or ("end" if not self.after.day else None))

    def _number(self, answer: Answer, where: Any, keys: Any, bucket: Any, metric: str, then: bool, value: Any) -> None:
        if then and bucket:
            return
        reading = self.after.readings[metric]
        every = self._all_keys(answer, keys)
        cell = self._cell(where, every, reading) * self._span(answer, bucket, then)
        if not cell.any():
            return
        if value is not None:
            READERS[reading.kind](self, reading, cell, float(value))
        elif reading.kind != "part" and (self._may_be_open(answer, bucket, then) or self.people(cell) < FEWEST):
            # Where a part is withheld, the sum it is part of may well be shown.
            self.wished.append(cell)

    def _may_be_open(self, answer: Answer, bucket: Any, then: bool) -> bool:
        """Whether any sum of this day is shown: what lived on another is withheld, though often the same people live today."""
        today = answer.query.at in {None, "end"} and answer.period.end > self.world.today
        return bool(self.after.day) or (today and not bucket and not then)

    def _all_keys(self, answer: Answer, keys: Any) -> Any:
        """The keys of a row; the total of a breakdown counts the sources that its rows do."""
        return keys or tuple(("source", None) for key in answer.query.group_by if key in WIDER - {"platform"})

    def summed(self, reading: Reading, cell: Floats, value: float) -> None:
        self._equation(cell, value)

    def mean(self, reading: Reading, cell: Floats, value: float) -> None:
        """A mean times the number of its people or records, which everybody may ask for, is the sum."""
        many = self.people(cell, reading.of) if reading.of else int(cell.sum())
        self._equation(cell, value * many)

    def part(self, reading: Reading, cell: Floats, value: float) -> None:
        one, other = (cell * (self.data["charge_class"] == kind) for kind in reading.of)
        if one.any():
            self._equation(one - value * other)

    def _equation(self, equation: Floats, value: float = 0.0) -> None:
        """Keep it, and look whether it is true: an attacker who misreads questions proves nothing."""
        off = abs(float(equation @ self.value) - value)
        self.false += off > 0.5 * max(1.0, float(equation.max())) + 1e-9 * float(np.abs(equation) @ np.abs(self.value))
        self.shown.append(equation)

    def _share(self, answer: Answer, where: Any, keys: Any, bucket: Any, metric: str, value: float) -> None:
        reading = self.after.readings[metric]
        if reading.kind != "sum":
            return
        every = self._all_keys(answer, keys)
        parts = bool(answer.query.group_by) or not where
        part = self._cell(where, every, reading) * self._span(answer, bucket, then=False)
        beside = self._cell(where, self._all_keys(answer, ()), reading) if parts else self._whole(where, reading)
        whole = beside * self._span(answer, None if parts else bucket, then=False)
        if part.any():
            self._equation(part - value * whole)

    def _whole(self, where: Any, reading: Reading) -> Flags:
        """What filters leave is held against the whole of the same days; some platforms against their own source."""
        wide = reading.source != "staffing" and bool(set(where) & WIDER)
        named = {one["id"] for one in where.get("platform", {}).get("in", ())}
        own = "staffing" if wide and named == {"Beeline"} else reading.source
        every = wide and (not named or {"Beeline"} < named)
        found: Flags = np.full(self.value.size, every) | (self.data["source"] == own)
        return found

    def small(self, conditions: int = 2, split: tuple[str, ...] = ()) -> list[Floats]:
        """Every cell of so many conditions and a span (with one of `split` among them, where given) of too few people."""
        found: dict[bytes, Floats] = {}
        spans = [self.weights(Period(*span), "end") for span in EVERY_SPAN]
        spans += [self.weights(Period(self.as_of, self.as_of + timedelta(1)), "end")]
        for many in range(conditions + 1):
            for chosen in combinations((*DIMENSIONS, *split), many):
                if not split or set(chosen) & set(split):
                    for inside in self._members(chosen):
                        found |= {cell.tobytes(): cell for cell in (span * inside for span in spans) if cell.any()}
        return [cell for cell in found.values() if self.people(cell) < FEWEST]

    def _members(self, chosen: tuple[str, ...]) -> list[Flags]:
        key = self.data["source"].astype(str)
        for one in chosen:
            key = np.char.add(np.char.add(key, "|"), self.data[one].astype(str))
        return [key == member for member in np.unique(key)]

    def won(self, hidden: list[Floats] | None = None) -> int:
        """How many of these sums follow from what was shown; of all withheld or small ones where none are given."""
        return recovered(_once(self.shown), _once([*self.wished, *self.small()] if hidden is None else hidden))


READERS = {"sum": Attack.summed, "mean": Attack.mean, "part": Attack.part}
WIDER = frozenset({"platform", "supplier", "source"})
"""Naming one of these, even to leave it out, asks about every source; a breakdown by platform alone does not."""


def _plain(column: Any) -> Any:
    """Days as days, everything else as objects, a missing one None."""
    if np.asarray(column).dtype.kind == "M":
        return np.ma.filled(column, np.datetime64("NaT")).astype("datetime64[D]")
    return np.ma.filled(column.astype(object), None)


def _once(rows: list[Floats]) -> list[Floats]:
    return list({row.tobytes(): row for row in rows}.values())


def _next(first: date, grain: str) -> date:
    if grain == "week":
        return first + timedelta(7)
    return (first.replace(day=1) + timedelta(32)).replace(day=1)
