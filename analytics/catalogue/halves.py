"""What stands above and below the line of a ratio, as kinds of number of their own: to say where its change came from."""

from __future__ import annotations

import re
from dataclasses import replace

from analytics.catalogue import demand, spend, work
from analytics.catalogue.kinds import Metric, Part

RATIOS = frozenset(
    {"{0} / {1}", "{0} / {1} - 1", "({0} - {1}) / {1}", "CASE WHEN {1} > 0 THEN coalesce({0}, 0) / {1} END"}
)
"""Formulas that are a ratio of their two parts, or one less a constant, which no change feels."""

_MEAN = re.compile(r"avg\((.+)\)", re.DOTALL)
_ADDS_UP = re.compile(r"(sum|count)\(", re.DOTALL)


def _parts(metric: Metric) -> tuple[Part, Part] | None:
    """Both halves of a ratio or a mean; None for what is neither."""
    if metric.survival:
        return None
    if metric.formula in RATIOS and len(metric.parts) == 2:
        above, below = metric.parts
        return (above, below) if _ADDS_UP.match(above.measure) and _ADDS_UP.match(below.measure) else None
    mean = _MEAN.fullmatch(metric.parts[0].measure) if not metric.formula and len(metric.parts) == 1 else None
    if mean is None:
        return None
    part = metric.parts[0]
    return replace(part, measure=f"sum({mean[1]})"), replace(part, measure=f"count({mean[1]})")


def _half(metric: Metric, name: str, part: Part) -> Metric:
    # A kind of number that is neither rounded nor filled in where there are no records.
    return replace(
        metric,
        key=f"{metric.key}.{name}",
        unit="index",
        parts=(part,),
        formula=None,
        additive=False,
        facts=(),
    )


def _of_contracts(metric: Metric) -> tuple[Part, Part]:
    """Spend is the contracts that had any, times what each had."""
    per_contract = next(m for m in spend.METRICS if m.key == "avg_spend_per_contract")
    return metric.parts[0], per_contract.parts[1]


def _found() -> dict[str, tuple[Part, Part]]:
    out = {}
    for metric in spend.METRICS + demand.METRICS + work.METRICS:
        both = _of_contracts(metric) if metric.key in PRODUCTS else _parts(metric)
        if both:
            out[metric.key] = both
    return out


PRODUCTS = frozenset({"spend", "staffing_spend"})
"""What is a number of things times the size of each; its halves are itself and that number."""

PARTS: dict[str, tuple[Part, Part]] = _found()
_METRICS = {metric.key: metric for metric in spend.METRICS + demand.METRICS + work.METRICS}
HALVES: dict[str, tuple[Metric, Metric]] = {
    key: (_half(_METRICS[key], "above", above), _half(_METRICS[key], "below", below))
    for key, (above, below) in PARTS.items()
}
SHARED = frozenset(key for key, (_, below) in PARTS.items() if below.shared)
"""Ratios whose lower half is the whole company's, however the upper one is split."""

BY_KEY: dict[str, Metric] = {half.key: half for both in HALVES.values() for half in both}
