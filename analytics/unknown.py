"""No number where it would mislead: where month-end counts are missing, or a grave finding touches it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from functools import partial
from typing import TYPE_CHECKING

from analytics import periods
from analytics.model import Finding, Period

if TYPE_CHECKING:
    from analytics.bind import Calendar
    from analytics.catalogue import Metric
    from analytics.resolve import Plan
    from analytics.rows import Eras, Group


def withhold(plan: Plan, eras: Eras, calendar: Calendar) -> tuple[Eras, list[str]]:
    """The answer without the numbers that nobody can know, and a sentence that says which months are missing."""
    rests = {i: _averaged(m, plan) for i, m in enumerate(plan.metrics) if any(p.fact == "headcount" for p in m.parts)}
    if not rests:
        return eras, []
    missing: set[date] = set()
    known: dict[tuple[str | None, Period], dict[int, list[date]]] = {}

    def shown(group: Group, span: Period) -> Group:
        keys = group[0]
        bucket = (keys[-1] if plan.query.grain and keys else None, span)
        if bucket not in known:
            part = _bucket(plan, keys, span)
            known[bucket] = {i: _missing(part, calendar, average=a) for i, a in rests.items()}
            missing.update(day for days in known[bucket].values() for day in days)
        return _without({i for i, days in known[bucket].items() if days}, group)

    now, then = periods.known_part(plan.period, calendar.as_of), plan.compared or plan.period
    left = _each(eras, lambda group: shown(group, now), lambda group: shown(group, then))
    return left, [_says(plan, rests, sorted(missing))] if missing else []


def doubtful(plan: Plan, eras: Eras, findings: Sequence[Finding]) -> Eras:
    """The answer without the numbers that a grave finding touches; the finding itself says why."""
    grave = {key for finding in findings if finding.severity == "E" for key in finding.metrics}
    blind = {i for i, metric in enumerate(plan.metrics) if metric.key in grave}
    if not blind:
        return eras

    return _each(eras, partial(_without, blind), partial(_without, blind))


def _without(blind: set[int], group: Group) -> Group:
    """A group without the numbers at these places."""
    keys, values, records, people = group
    return keys, tuple(None if i in blind else v for i, v in enumerate(values)), records, people


def _each(eras: Eras, now: Callable[[Group], Group], then: Callable[[Group], Group]) -> Eras:
    """Every group and total of both periods, changed."""
    return replace(
        eras,
        now=[now(group) for group in eras.now],
        then=[then(group) for group in eras.then],
        total=now(eras.total),
        total_then=then(eras.total_then) if eras.total_then else None,
    )


def _averaged(metric: Metric, plan: Plan) -> bool:
    """Whether every month end of a span counts, or only its last."""
    at = {plan.query.at or p.at if p.at == metric.at else p.at for p in metric.parts if p.fact == "headcount"}
    return "average" in at


def _bucket(plan: Plan, keys: tuple[str | None, ...], span: Period) -> Period:
    """The part of a span that a group stands for."""
    if not (plan.query.grain and keys and keys[-1]):
        return span
    whole = periods.unit(date.fromisoformat(keys[-1]), plan.query.grain, plan.fiscal)
    start = max(whole.start or whole.end, span.start or whole.end)
    return Period(start, max(min(whole.end, span.end), start + timedelta(days=1)))


def _missing(span: Period, calendar: Calendar, *, average: bool) -> list[date]:
    needed = [day for day in periods.month_ends(span) if day <= calendar.as_of]
    known = calendar.snapshot_days
    if not known or known[0] >= span.end:
        return needed or [span.end - timedelta(days=1)]
    return [day for day in (needed if average else needed[-1:]) if day not in known]


def _says(plan: Plan, rests: dict[int, bool], missing: list[date]) -> str:
    months = ", ".join(f"{day:%b %Y}" for day in missing[:3]) + (" and others" if len(missing) > 3 else "")
    labels = ", ".join(plan.metrics[i].label for i in rests)
    return f"{labels}: no number, because the headcount of {months} is missing."
