"""From a plan to its shape and the values that the shape's SQL binds."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from analytics import periods
from analytics.catalogue import MEASURES
from analytics.compile.shape import Compared, FilterShape, ScopeShape, Shape
from analytics.currencies import decimals
from analytics.model import Filter, Period, Reporting, Scope

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analytics.resolve import Plan

Moment = tuple[int, date | None, date, date, date, int]


@dataclass(frozen=True, slots=True)
class Calendar:
    """What the moments of a version depend on: its reporting calendar, its last known day, its month-end counts."""

    reporting: Reporting
    as_of: date
    snapshot_days: tuple[date, ...]


def shape_of(plan: Plan, reporting: Reporting) -> Shape:
    """The shape of a plan."""
    query = plan.query
    return Shape(
        metrics=query.metrics,
        sources=plan.sources,
        group_by=query.group_by,
        filters=tuple(sorted((filter_shape(f) for f in query.filters), key=lambda f: f.dimension)),
        grain=query.grain,
        fiscal=reporting.fiscal_year_start_month,
        open_start=bool(query.time and query.time.start is None),
        compared=_overlap(plan),
        scope=scope_shape(plan.scope),
        at=query.at,
        basis=query.basis,
        bands=(plan.bands.dimension, len(plan.bands.edges)) if plan.bands else None,
        distinct=plan.scope.detail == "groups",
    )


def _overlap(plan: Plan) -> Compared:
    if not plan.compared:
        return None
    open_start = plan.query.time is not None and plan.query.time.start is None
    before = plan.compared.start is not None and plan.compared.start < plan.period.end
    after = open_start or plan.period.start is None or plan.compared.end > plan.period.start
    return "overlap" if before and after else "apart"


def scope_shape(scope: Scope) -> ScopeShape:
    """The shape of a scope."""
    return ScopeShape(scope.rows, len(scope.people), len(scope.teams), tuple(scope_shape(s) for s in scope.among))


def filter_shape(wanted: Filter) -> FilterShape:
    """The shape of one filter."""
    return FilterShape(
        wanted.dimension,
        include=sum(v.id is not None for v in wanted.include),
        exclude=sum(v.id is not None for v in wanted.exclude),
        under=len(wanted.under),
        include_null=any(v.id is None for v in wanted.include),
        exclude_null=any(v.id is None for v in wanted.exclude),
        bounds=tuple(op for op, _ in wanted.bounds),
    )


def scope_values(scope: Scope, prefix: str = "scope") -> dict[str, Any]:
    """The values of a scope: people and teams."""
    out: dict[str, Any] = {f"{prefix}_person_{i}": person for i, person in enumerate(scope.people)}
    out |= {f"{prefix}_team_{i}": team for i, team in enumerate(scope.teams)}
    for i, one in enumerate(scope.among):
        out |= scope_values(one, f"{prefix}_{i}")
    return out


def filter_values(filters: Sequence[Filter], currency: str) -> dict[str, Any]:
    """The values of filters; bounds on money are asked in major units and held in minor ones."""
    out: dict[str, Any] = {}
    for wanted in filters:
        for kind, values in (("in", wanted.include), ("not", wanted.exclude), ("under", wanted.under)):
            known = [v.id for v in values if v.id is not None]
            out |= {f"{wanted.dimension}_{kind}_{i}": key for i, key in enumerate(known)}
        for op, bound in wanted.bounds:
            money = MEASURES[wanted.dimension].unit == "money"
            out[f"{wanted.dimension}_{op}"] = bound * 10 ** decimals(currency) if money else bound
    return out


def values_of(plan: Plan, names: frozenset[str], calendar: Calendar) -> dict[str, Any]:
    """Exactly the values that the SQL's names ask for."""
    known = periods.known_part(plan.period, calendar.as_of)
    given: dict[str, Any] = {
        "from": plan.period.start, "to": plan.period.end, "as_of": calendar.as_of, "day": known.end - timedelta(days=1),
    }  # fmt: skip
    if plan.compared:
        given |= {"compared_from": plan.compared.start, "compared_to": plan.compared.end}
    if plan.bands:
        scale = 10 ** decimals(calendar.reporting.currency) if MEASURES[plan.bands.dimension].unit == "money" else 1
        given |= {f"edge_{i}": edge * scale for i, edge in enumerate(plan.bands.edges)}
    given |= filter_values(plan.query.filters, calendar.reporting.currency) | scope_values(plan.scope)
    for prefix in {name.rsplit("_", 1)[0] for name in names if name.startswith("m_")}:
        given |= _moment_values(plan, prefix, calendar)
    return {name: given[name] for name in names}


def _moment_values(plan: Plan, prefix: str, calendar: Calendar) -> dict[str, Any]:
    """Lists era, bucket, since, till, day, days for one kind of moment: m_<at>_[snapshot_|planned_]<total|bucket>."""
    words = prefix.split("_")
    at = words[1]
    spans = [(0, plan.period if "planned" in words else periods.known_part(plan.period, calendar.as_of))]
    spans += [(1, plan.compared)] if plan.compared else []
    grain = plan.query.grain if words[-1] == "bucket" else None
    rows: list[Moment] = []
    for era, span in spans:
        for first, part in _parts(span, grain, calendar):
            rows += moments(era, first, part, at, calendar.snapshot_days if "snapshot" in words else None)
    names = ("era", "bucket", "since", "till", "day", "days")
    return {f"{prefix}_{name}": [row[i] for row in rows] for i, name in enumerate(names)}


def _parts(span: Period, grain: Any, calendar: Calendar) -> list[tuple[date | None, Period]]:
    if not grain:
        return [(None, span)]
    fiscal = calendar.reporting.fiscal_year_start_month
    out: list[tuple[date | None, Period]] = []
    for first in periods.buckets(span, grain, fiscal):
        whole = periods.unit(first, grain, fiscal)
        start = max(first, span.start or first)
        out.append((first, Period(start, min(whole.end, span.end))))
    return out


def moments(era: int, bucket: date | None, span: Period, at: str, snapshots: tuple[date, ...] | None) -> list[Moment]:
    """The days at which a population is looked at: all of the span, its first or last day, or its month ends.

    For month-end counts the days are the counts that exist: those in the span (average), else the last one before.
    """
    start, last = span.start or span.end, span.end - timedelta(days=1)
    if snapshots is not None:
        days = [d for d in snapshots if start <= d < span.end] if at == "average" else []
        if not days:
            known = bisect_right(snapshots, start if at == "start" else last)
            days = [snapshots[known - 1]] if known else []
        return [(era, bucket, d, d + timedelta(days=1), d, len(days)) for d in days]
    if at == "any":
        return [(era, bucket, start, span.end, last, 1)]
    days = (periods.month_ends(span) or [last]) if at == "average" else [start if at == "start" else last]
    return [(era, bucket, d, d + timedelta(days=1), d, len(days)) for d in days]
