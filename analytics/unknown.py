"""No number where it would mislead, and a word on what no number holds: missing counts, grave findings, missing rates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from analytics import periods
from analytics.groups import Eras, Group, Groups
from analytics.model import Finding, Number, Period
from analytics.notes import Named, Note, Unrated

if TYPE_CHECKING:
    from analytics.bind import Calendar
    from analytics.catalogue import Metric
    from analytics.resolve import Plan


def withhold(plan: Plan, eras: Eras, calendar: Calendar) -> tuple[Eras, list[str]]:
    """The answer without the numbers that nobody can know, and a sentence that says which months are missing."""
    rests = {i: _averaged(m, plan) for i, m in enumerate(plan.metrics) if any(p.fact == "headcount" for p in m.parts)}
    if not rests:
        return eras, []
    missing: set[date] = set()

    def blind(span: Period, buckets: Sequence[str | None]) -> dict[str | None, set[int]]:
        out: dict[str | None, set[int]] = {}
        for bucket in set(buckets):
            days = {i: _missing(_bucket(plan, bucket, span), calendar, average=a) for i, a in rests.items()}
            missing.update(day for found in days.values() for day in found)
            out[bucket] = {i for i, found in days.items() if found}
        return out

    def shown(groups: Groups, span: Period) -> Groups:
        buckets = groups.keys[-1] if plan.query.grain and len(groups) else [None] * len(groups)
        unseen = blind(span, buckets)
        values = tuple(
            [None if i in unseen[bucket] else value for value, bucket in zip(column, buckets, strict=True)]
            if any(i in at for at in unseen.values())
            else column
            for i, column in enumerate(groups.values)
        )
        return replace(groups, values=values)

    now, then = periods.known_part(plan.period, calendar.as_of), plan.compared or plan.period
    left = Eras(
        shown(eras.now, now),
        shown(eras.then, then),
        _without(blind(now, [None])[None], eras.total),
        _without(blind(then, [None])[None], eras.total_then) if eras.total_then else None,
    )
    return left, [_says(plan, rests, sorted(missing))] if missing else []


def doubtful(plan: Plan, eras: Eras, findings: Sequence[Finding]) -> Eras:
    """The answer without the numbers that a grave finding touches; the finding itself says why."""
    grave = {key for finding in findings if finding.severity == "E" for key in finding.metrics}
    blind = {i for i, metric in enumerate(plan.metrics) if metric.key in grave}
    if not blind:
        return eras
    total_then = _without(blind, eras.total_then) if eras.total_then else None
    return Eras(_all_without(blind, eras.now), _all_without(blind, eras.then), _without(blind, eras.total), total_then)


def unrated(found: list[list[Any]], *, amounts: bool) -> list[str]:
    """What stands beside a total: the money (or, without `amounts`, the number of charges) that has no exchange rate."""
    said = tuple(
        Unrated(currency, int(n), float(amount) if amounts else None)
        for currency, amount, n in zip(*found, strict=True)
    )
    return [Note("no_rate", amounts=said)] if said else []


def _all_without(blind: set[int], groups: Groups) -> Groups:
    nothing: list[Number] = [None] * len(groups)
    return replace(groups, values=tuple(nothing if i in blind else c for i, c in enumerate(groups.values)))


def _without(blind: set[int], group: Group) -> Group:
    """A group without the numbers at these places."""
    keys, values, records, people = group
    return keys, tuple(None if i in blind else v for i, v in enumerate(values)), records, people


def _averaged(metric: Metric, plan: Plan) -> bool:
    """Whether every month end of a span counts, or only its last."""
    at = {plan.query.at or p.at if p.at == metric.at else p.at for p in metric.parts if p.fact == "headcount"}
    return "average" in at


def _bucket(plan: Plan, bucket: str | None, span: Period) -> Period:
    """The part of a span that a bucket stands for."""
    if not (plan.query.grain and bucket):
        return span
    whole = periods.unit(date.fromisoformat(bucket), plan.query.grain, plan.fiscal)
    start = max(whole.start or whole.end, span.start or whole.end)
    return Period(start, max(min(whole.end, span.end), start + timedelta(days=1)))


def _missing(span: Period, calendar: Calendar, *, average: bool) -> list[date]:
    needed = [day for day in periods.month_ends(span) if day <= calendar.as_of]
    known = calendar.snapshot_days
    if not known or known[0] >= span.end:
        return needed or [span.end - timedelta(days=1)]
    return [day for day in (needed if average else needed[-1:]) if day not in known]


def _says(plan: Plan, rests: dict[int, bool], missing: list[date]) -> Note:
    metrics = tuple(Named("metric", plan.metrics[i].key, inside=False) for i in rests)
    return Note("no_headcount", metrics=metrics, months=tuple(missing))
