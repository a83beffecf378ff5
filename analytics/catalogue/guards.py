"""What stands guard over numbers of money, rates and ratings: for each of their parts, how many people it is built on, and its veil."""

from __future__ import annotations

from dataclasses import replace

from analytics.catalogue import demand, spend, work
from analytics.catalogue.dimensions import FACTS
from analytics.catalogue.kinds import Metric, Part

VEILED = frozenset({"charge", "contract", "time_entry", "feedback", "milestone"})
"""Fact tables whose records carry a veil."""

NOWHERE = frozenset({"min_hourly_rate", "max_hourly_rate", "budget_variance"})
"""Numbers shown only to whoever may see people. The lowest and highest rate are one person's own, however many they are chosen among.
Budget variance counts contracts by the day they ended: what lies between two such days told single contracts, so no veil is woven by it."""

_TAIL = "count(*) FILTER (WHERE v > 0 AND r > 10)"
PAYEES = {
    "concentration": "count(*) FILTER (WHERE v > 0)",
    "top_10_share": f"CASE WHEN {_TAIL} > 0 THEN {_TAIL} ELSE count(*) FILTER (WHERE v > 0) END",
}
"""Numbers worked out payee by payee: of two the squares tell each, and what ten of eleven have is what the last one has not.
For each how many payees its parts stand for at least; fewer than five are withheld as people are."""


def is_sensitive(metric: Metric) -> bool:
    """Whether a number is of money, a rate or a rating, and of people's work at all (budgets are not)."""
    of_people = any("freelancer" in FACTS[part.fact].dimensions for part in metric.parts)
    return of_people and (
        metric.people or metric.unit in {"money", "rating", "index"} or bool(metric.parts[0].per) or _of_money(metric)
    )


def _of_money(metric: Metric) -> bool:
    return any(
        "amount" in part.measure or "saving" in part.measure or "spend_total" in part.measure for part in metric.parts
    )


def _guards(metric: Metric) -> tuple[Metric, ...]:
    """Two for each part: distinct people, and the sum of the veil. Parts without a veil are not guarded."""
    out = []
    for place, part in enumerate(metric.parts):
        if part.fact in VEILED:
            out.append(_guard(metric, f"people_{place}", part, "count(DISTINCT freelancer)"))
            out.append(_guard(metric, f"veil_{place}", part, "sum(veil)"))
    if metric.key in PAYEES:
        part = metric.parts[0]
        payees = replace(
            _guard(metric, "payees", part, PAYEES[metric.key]), parts=(replace(part, measure=PAYEES[metric.key]),)
        )
        out += [payees, _guard(metric, "payees_veil", part, "sum(veil)")]
    return tuple(out)


def _guard(metric: Metric, name: str, part: Part, measure: str) -> Metric:
    guard = replace(part, measure=measure, per=None)
    # A kind of number that is neither rounded nor filled in where there are no records.
    return replace(
        metric, key=f"{metric.key}.{name}", unit="index", parts=(guard,), formula=None, additive=False, facts=()
    )


GUARDED: dict[str, tuple[Metric, ...]] = {
    metric.key: _guards(metric) for metric in spend.METRICS + demand.METRICS + work.METRICS if is_sensitive(metric)
}
GUARDS: dict[str, Metric] = {guard.key: guard for guards in GUARDED.values() for guard in guards}
