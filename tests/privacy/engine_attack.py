"""Asks the real engine about a small company, and solves the linear system of every number it shows."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import combinations
from pathlib import Path
from typing import Any

import duckdb
import numpy as np

from analytics.errors import InsightsError
from analytics.model import Answer, Scope
from analytics.privacy.tables import Flags, Floats
from tests.privacy.cubes import recovered
from tests.soundness.rows import charge, contract
from tests.world import World

DIMENSIONS = ("job_category", "country", "team", "division", "platform", "contract_type")
OVER_TEAMS = {"T0": ("T1", "T2", "T3"), "T2": ("T3",)}
SPANS = {
    "month": [(date(2026, month, 1), date(2026, month + 1, 1)) for month in range(7, 12)],
    "week": [(date(2026, 7, 6) + timedelta(7 * n), date(2026, 7, 13) + timedelta(7 * n)) for n in range(18)],
    "quarter": [(date(2026, 7, 1), date(2026, 10, 1)), (date(2026, 10, 1), date(2027, 1, 1))],
    "year": [
        (date(2025, 11, 1), date(2026, 11, 1)), (date(2026, 1, 1), date(2027, 1, 1)), (date(2026, 7, 1), date(2026, 11, 20)),
    ],
    "odd": [(date(2026, 7, 9), date(2026, 9, 3)), (date(2026, 10, 1), date(2026, 10, 20)), (date(2026, 9, 7), date(2026, 9, 9))],
}  # fmt: skip


def company(folder: Path, seed: int) -> World:
    """Sixty freelancers and twenty temps in four teams, three categories and two countries, paid on a few hundred days."""
    chance = random.Random(seed)
    people = [
        (f"W{n:02}", "Beeline" if n > 60 else chance.choice(["Upwork", "Upwork", "Fiverr"])) for n in range(2, 82)
    ]
    contracts = [
        contract(
            f"C{who}", f"2026-{chance.randint(6, 9):02}-{chance.randint(1, 28):02}", worker_id=who, platform=where,
            kind="temp" if where == "Beeline" else "freelance", team_id=chance.choice(["T0", "T1", "T1", "T2", "T3"]),
            category_id=chance.choice(["K1", "K1", "K2", "K3"]), contract_type=chance.choice(["hourly", "hourly", "fixed"]),
        )
        for who, where in people
    ]  # fmt: skip
    charges = []
    for number in range(420):
        who, where = chance.choice(people)
        day = date(2026, 7, 1) + timedelta(chance.randrange(140))
        kind = "fee" if chance.random() < 0.2 and where != "Beeline" else "hourly"
        charges.append(
            charge(f"X{number}", str(day), chance.randint(100, 9_999) / 100, contract_id=f"C{who}", platform=where, charge_type=kind)
        )  # fmt: skip
    teams = [
        {"team_id": one, "name": f"Team {one}", "country": where, "parent_team_id": over}
        for one, where, over in (
            ("T0", "Germany", ""), ("T1", "Germany", "T0"), ("T2", "France", "T0"), ("T3", "France", "T2")
        )
    ]  # fmt: skip
    return World(folder, {
        "platforms": [{"platform": "Fiverr"}],
        "teams!": [{"head_person_id": "P1", **one} for one in teams],
        "categories": [{"category_id": "K2", "name": "Web", "job_family": "Tech"}, {"category_id": "K3", "name": "Data", "job_family": "Tech"}],
        "workers": [{"worker_id": who, "name": f"Worker {who}", "platform": where} for who, where in people],
        "contracts": contracts,
        "charges": charges,
    })  # fmt: skip


@dataclass
class Attack:
    """What one attacker has seen: each shown number as an equation over the charges, each withheld sum as a wish."""

    world: World
    scope: Scope
    shown: list[Floats] = field(default_factory=list)
    wished: list[Flags] = field(default_factory=list)
    asked: int = 0
    false: int = 0
    """Shown numbers that are not what their equation says: each one would be an attacker who misread the question."""

    def __post_init__(self) -> None:
        (file,) = (self.world.folder / "store").glob("v*.duckdb")
        with duckdb.connect(str(file), read_only=True) as store:
            columns = ", ".join([*DIMENSIONS, "source", "charge_class", "freelancer", "posted_on", "amount"])
            found = store.execute(f"SELECT {columns} FROM charge WHERE is_spend").fetchnumpy()
            self.data = {key: np.asarray(column) for key, column in found.items()}
            self.names: dict[str, dict[str, str]] = {key: {} for key in DIMENSIONS}
        for key in DIMENSIONS:
            self.names[key] = {str(one): str(one) for one in self.data[key].tolist() if one is not None}
        self.amount = np.asarray(self.data["amount"], dtype=float)
        self.day = np.asarray(self.data["posted_on"], dtype="datetime64[D]")

    def inside(self, start: date, end: date, source: str = "freelance") -> Flags:
        found: Flags = (self.day >= np.datetime64(start)) & (self.day < np.datetime64(end))
        found &= self.data["source"] == source
        return found

    def people(self, cell: Flags) -> int:
        return len(set(self.data["freelancer"][cell].tolist()))

    def saw(self, value: Any, cell: Flags, each: int = 1) -> None:
        """A number, so many times over the sum of the cell; or nothing where one was withheld."""
        if not cell.any():
            return
        if value is None:
            self.wished.append(cell)
        else:
            self._equation(cell.astype(float), float(value) * each)

    def _equation(self, equation: Floats, value: float = 0.0) -> None:
        """Keep it, and look whether it is true: an attacker who misreads questions proves nothing."""
        self.false += abs(float(equation @ self.amount) - value) > 0.5 * max(1.0, float(equation.max()))
        self.shown.append(equation)

    def ask(self, query: dict[str, Any]) -> Answer | None:
        self.asked += 1
        try:
            return self.world.answer(query, self.scope)
        except InsightsError:
            return None

    def cell(self, where: dict[str, Any], keys: tuple[tuple[str, str | None], ...], source: str, wide: bool) -> Flags:
        """The charges of these filters and group keys; a question that is `wide` counts every source."""
        found: Flags = np.full(self.day.size, wide) | (self.data["source"] == source)
        for key, said in where.items():
            members = self.data[key]
            named = [one["id"] for one in next(iter(said.values()))]
            if "under" in said:
                named = [*named, *(below for one in named for below in OVER_TEAMS.get(one, ()))]
            found &= np.isin(members, named) != ("not" in said)
        for key, member in keys:
            found &= self.data[key] == member
        return found

    def look(self, answer: Answer, where: dict[str, Any]) -> None:
        """Write down every number of an answer."""
        grain = answer.query.grain
        plain = len(answer.query.group_by)
        rows = [row for row in answer.rows if row.kind == "value"]
        if answer.total and answer.total.kind != "other":
            rows.append(answer.total)
        columns = [column for column in answer.columns if column.kind not in {"dimension", "time"}]
        for row in rows:
            keys = tuple(zip(answer.query.group_by, row.keys[:plain], strict=False)) if row.keys else ()
            bucket = row.keys[plain] if grain and row.keys else None
            for column, value in zip(columns, row.values, strict=True):
                if column.kind in {"metric", "compare"} and column.unit != "ratio":
                    self._number(answer, where, keys, bucket, column.metric or "", column.kind == "compare", value)
                elif column.metric == "fee_share" and column.kind == "metric":
                    self._fees(answer, where, keys, bucket, value)
                elif value is not None and column.kind in {"metric", "share"} and column.metric in SUMS:
                    self._share(answer, where, keys, bucket, column.metric or "", float(value))

    def _days(self, answer: Answer, bucket: str | None, then: bool) -> Flags:
        period = answer.compared if then else answer.period
        assert period
        assert period.start
        start, end = period.start, period.end
        if bucket and not then:
            first = date.fromisoformat(bucket)
            start, end = max(start, first), min(end, _next(first, str(answer.query.grain)))
        found: Flags = (self.day >= np.datetime64(start)) & (self.day < np.datetime64(end))
        return found

    def _number(self, answer: Answer, where: Any, keys: Any, bucket: Any, metric: str, then: bool, value: Any) -> None:
        if then and bucket:
            return
        cell = self.cell(where, keys, SUMS.get(metric, "freelance"), _wide(metric, where)) & self._days(
            answer, bucket, then
        )
        # A sum over people times their number, which everybody may ask for, is the sum itself.
        self.saw(value, cell, self.people(cell) if metric == "spend_per_freelancer" else 1)

    def _fees(self, answer: Answer, where: Any, keys: Any, bucket: Any, value: Any) -> None:
        cell = self.cell(where, keys, "freelance", _wide("fee_share", where))
        cell &= self._days(answer, bucket, then=False)
        fees = cell & (self.data["charge_class"] == "fee")
        if value is not None and fees.any():
            self._equation(fees - float(value) * (cell & ~fees))

    def _share(self, answer: Answer, where: Any, keys: Any, bucket: Any, metric: str, value: float) -> None:
        source, wide = SUMS[metric], _wide(metric, where)
        parts = bool(answer.query.group_by) or not where
        if parts:
            whole = self.cell(where, (), source, wide)
        else:
            # What filters leave is held against the whole of the same days; some platforms against their own source.
            named = {one["id"] for one in where.get("platform", {}).get("in", ())}
            own = "staffing" if wide and named == {"Beeline"} else source
            whole = self.cell({}, (), own, wide and (not named or {"Beeline"} < named))
        whole &= self._days(answer, None if parts else bucket, then=False)
        part = self.cell(where, keys, source, wide) & self._days(answer, bucket, then=False)
        if part.any():
            self._equation(part - value * whole)

    def small(self) -> list[Flags]:
        """Every cell of up to three conditions, a span among them, behind which there are too few people."""
        out = []
        for source in ("freelance", "staffing"):
            spans = [self.inside(start, end, source) for found in SPANS.values() for start, end in found]
            for many in (0, 1, 2):
                for chosen in combinations(DIMENSIONS, many):
                    key = np.full(self.day.size, "")
                    for one in chosen:
                        key = np.char.add(np.char.add(key, "|"), self.data[one].astype(str))
                    for member in np.unique(key):
                        out += [span & (key == member) for span in spans]
        return [cell for cell in out if cell.any() and self.people(cell) < 5]

    def won(self) -> int:
        """How many withheld or small sums follow from what was shown."""
        return recovered(self.shown, [*self.wished, *self.small()])


def _wide(metric: str, where: dict[str, Any]) -> bool:
    """Naming a platform, even to leave it out, asks about every source; only staffing spend stays what it is."""
    return "platform" in where and metric != "staffing_spend"


SUMS = {"spend": "freelance", "staffing_spend": "staffing", "spend_per_freelancer": "freelance"}


def _next(first: date, grain: str) -> date:
    if grain == "week":
        return first + timedelta(7)
    return (first.replace(day=1) + timedelta(32)).replace(day=1)


def questions(attack: Attack, count: int, seed: int) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Questions of up to three filters, with their filters apart: the plain ones in order, then a random mixture."""
    chance = random.Random(seed)
    totals = attack.scope.detail == "totals"
    free = tuple(key for key in DIMENSIONS if not totals or key not in {"team", "division"})
    spans = [span for found in SPANS.values() for span in found]
    plain = (
        [((), ())]
        if totals
        else [((), ()), *(((one,), ()) for one in free), *((pair, ()) for pair in combinations(free, 2))]
    )
    every = [(span, group, grain) for span in spans for group, _ in plain for grain in (None, "month", "week")]
    chance.shuffle(every)
    for number in range(count):
        span, group, grain = every[number % len(every)]
        where = _where(attack, chance, tuple(key for key in free if key not in group)) if number % 3 else {}
        query: dict[str, Any] = {
            "metrics": chance.choice(METRICS),
            "group_by": list(group),
            "time": {"from": str(span[0]), "to": str(span[1])},
            "filters": where,
            **chance.choice(VARIANTS),
        }
        if grain and chance.random() < 0.5:
            query["grain"] = grain
        yield query, where


METRICS = (
    ["spend"],
    ["spend"],
    ["staffing_spend"],
    ["fee_share"],
    ["spend_per_freelancer"],
    ["spend", "fee_share", "staffing_spend"],
)
VARIANTS: tuple[dict[str, Any], ...] = (
    {},
    {},
    {"compare": "previous_period"},
    {"as_share": True},
    {"having": [{"metric": "spend", "op": ">", "value": 100}]},
    {"order": [["spend", "desc"]], "limit": 2},
)


def _where(attack: Attack, chance: random.Random, free: tuple[str, ...]) -> dict[str, Any]:
    out: dict[str, Any] = {}
    for key in chance.sample(free, min(len(free), chance.randint(1, 2))):
        members = sorted(attack.names[key])
        said = [{"id": one, "name": one} for one in chance.sample(members, min(len(members), chance.randint(1, 2)))]
        out[key] = {chance.choice(["in", "not", "under"] if key == "team" else ["in", "not"]): said}
    return out
