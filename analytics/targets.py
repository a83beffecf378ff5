"""Targets and benchmarks: declared in files, shown with their verdict beside every answer they speak about."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from analytics.catalogue import DIMENSIONS, METRICS
from analytics.currencies import decimals
from analytics.errors import SettingsError, did_you_mean
from analytics.model import Benchmark, Goal, Period, Query, Reporting, Row, Target
from analytics.notes import Named, Note

if TYPE_CHECKING:
    from collections.abc import Iterable

    from analytics.resolve import Plan

BENCHMARKS = Path(__file__).parent / "benchmarks.toml"
DIRECTIONS: dict[str, Literal["up", "down"]] = {"at_least": "up", "at_most": "down"}
FOREVER = date(9999, 1, 1)
KEYS = frozenset({"metric", "value", "direction", "owner", "from", "to", "dimension", "member"})


@dataclass(frozen=True, slots=True)
class Change:
    """One word on a target: another value from `starts` on (None: for every period), or none any more (`value` None)."""

    metric: str
    value: float | None
    direction: Literal["up", "down"]
    owner: str
    starts: date | None = None
    dimension: str | None = None
    member: str | None = None

    @property
    def key(self) -> tuple[str, str | None, str | None]:
        """What it is a target for."""
        return (self.metric, self.dimension, self.member)


@dataclass(frozen=True)
class Goals:
    """All targets and benchmarks in effect."""

    targets: tuple[Target, ...] = ()
    benchmarks: tuple[Benchmark, ...] = ()

    def of(self, plan: Plan, total: Row | None, reporting: Reporting) -> tuple[Goal, ...]:
        """What applies to an answer, targets first; money in minor units as in the answer; the newest benchmark only."""
        out = [self._target(t, plan, total, reporting) for t in self.targets if _applies(t, plan)]
        if plan.query.compare and plan.query.compare.to == "benchmark":
            return tuple(out + self._benchmarks(plan))
        return tuple(out)

    def missing(self, plan: Plan) -> tuple[str, ...]:
        """Says so where a comparison with a goal was asked for and none is declared."""
        kind = plan.query.compare.to if plan.query.compare else ""
        known = self.benchmarks if kind == "benchmark" else [t for t in self.targets if _applies(t, plan)]
        if kind not in {"target", "benchmark"}:
            return ()
        held = {goal.metric for goal in known}
        return tuple(Note(f"no_{kind}", metric=Named("metric", m.key)) for m in plan.metrics if m.key not in held)

    def _target(self, target: Target, plan: Plan, total: Row | None, reporting: Reporting) -> Goal:
        money = METRICS[target.metric].unit == "money"
        wanted = target.value * 10 ** decimals(reporting.currency) if money else target.value
        at = plan.query.metrics.index(target.metric)
        value = total.values[at * (3 if plan.compared else 1)] if total else None
        met = None if value is None else (value >= wanted if target.direction == "up" else value <= wanted)
        return Goal(target.metric, wanted, "Target", target.direction, "target", met)

    def _benchmarks(self, plan: Plan) -> list[Goal]:
        newest: dict[str, Benchmark] = {}
        for one in self.benchmarks:
            if one.metric in plan.query.metrics and one.year >= newest.get(one.metric, one).year:
                newest[one.metric] = one
        return [
            Goal(b.metric, b.value, "Benchmark", METRICS[b.metric].good or "down", "benchmark", None, Note("benchmark", population=b.population, year=str(b.year), source=b.source, note=b.note))
            for b in newest.values()
        ]  # fmt: skip


def merged(goals: Goals, changes: Iterable[Change]) -> Goals:
    """The goals with these changes, in the order they were said; an earlier target holds until the day a later one starts."""
    targets = list(goals.targets)
    for change in changes:
        targets = [kept for one in targets if (kept := _until(one, change)) is not None]
        if change.value is not None:
            period = Period(change.starts, FOREVER)
            targets.append(Target(change.metric, change.value, change.direction, change.owner, period, change.dimension, change.member))  # fmt: skip
    return Goals(tuple(targets), goals.benchmarks)


def _until(target: Target, change: Change) -> Target | None:
    """What a change leaves of a target."""
    if (target.metric, target.dimension, target.member) != change.key:
        return target
    if change.starts is None or (target.period.start or date.min) >= change.starts:
        return None
    return replace(target, period=Period(target.period.start, min(target.period.end, change.starts)))


def _applies(target: Target, plan: Plan) -> bool:
    if target.metric not in plan.query.metrics or plan.query.as_share:
        return False
    last = min(plan.period.end - timedelta(days=1), plan.today)
    if not (target.period.start or date.min) <= last < target.period.end:
        return False
    return _member_of(plan.query) == (target.dimension, target.member)


def _member_of(query: Query) -> tuple[str | None, str | None]:
    """The one member a question is about; ("", "") where its filters are of any other kind."""
    if not query.filters:
        return None, None
    first = query.filters[0]
    single = len(query.filters) == 1 and len(first.include) == 1 and not (first.exclude or first.under or first.bounds)
    return (first.dimension, first.include[0].name) if single else ("", "")


def load_goals(targets: Path | None) -> Goals:
    """The shipped benchmarks and the company's targets. Raises SettingsError listing everything wrong in the file."""
    listed = tomllib.loads(BENCHMARKS.read_text(encoding="utf-8"))["benchmark"]
    benchmarks = tuple(Benchmark(**one) for one in listed)
    if targets is None:
        return Goals((), benchmarks)
    try:
        given = tomllib.loads(targets.read_text(encoding="utf-8")).get("target", [])
    except (OSError, ValueError) as error:
        raise SettingsError([f"{targets} cannot be read: {error}"]) from error
    problems = [f"{targets}, target {n}: {told}" for n, one in enumerate(given, 1) for told in _problems(one)]
    if problems:
        raise SettingsError(problems)
    return Goals(tuple(_read(one) for one in given), benchmarks)


def _problems(one: dict[str, Any]) -> list[str]:
    out = [f'no key "{key}".{did_you_mean(key, KEYS)}' for key in one if key not in KEYS]
    out += [f'"{key}" is missing.' for key in ("metric", "value", "direction", "owner") if key not in one]
    if one.get("metric", "spend") not in METRICS:
        out.append(f'there is no metric "{one["metric"]}".{did_you_mean(str(one["metric"]), METRICS)}')
    if one.get("direction", "at_least") not in DIRECTIONS:
        out.append("direction must be at_least or at_most.")
    if isinstance(one.get("value"), bool) or not isinstance(one.get("value", 0), int | float):
        out.append("value must be a number.")
    if one.get("dimension", "team") not in DIMENSIONS or ("dimension" in one) != ("member" in one):
        out.append("dimension and member come together, and the dimension must exist.")
    out += [
        f"{key} must be a date like 2026-07-01."
        for key in ("from", "to")
        if not isinstance(one.get(key, FOREVER), date)
    ]
    return out


def _read(one: dict[str, Any]) -> Target:
    period = Period(one.get("from"), one.get("to", FOREVER))
    return Target(
        one["metric"],
        one["value"],
        DIRECTIONS[one["direction"]],
        one["owner"],
        period,
        one.get("dimension"),
        one.get("member"),
    )
