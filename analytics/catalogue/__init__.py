"""The catalogue: every metric, dimension, measure and fact table that exists, and what is known not to."""

from __future__ import annotations

from analytics.catalogue import demand, spend, work
from analytics.catalogue.absent import ABSENT
from analytics.catalogue.dimensions import DIMENSIONS, FACTS, HIERARCHY, MEASURES
from analytics.catalogue.kinds import Absent, At, Dimension, Fact, Measure, Metric, Part, Unit
from analytics.catalogue.scorecards import SCORECARDS, Scorecard
from analytics.errors import UnknownName, did_you_mean

METRICS: dict[str, Metric] = {metric.key: metric for metric in spend.METRICS + demand.METRICS + work.METRICS}


def metric(key: str) -> Metric:
    """The metric of this name; raises UnknownName with the nearest one."""
    if key not in METRICS:
        raise UnknownName(f'There is no metric "{key}".{did_you_mean(key, METRICS)}')
    return METRICS[key]


def dimension(key: str) -> Dimension:
    """The dimension of this name; raises UnknownName with the nearest one."""
    if key not in DIMENSIONS:
        raise UnknownName(f'There is no dimension "{key}".{did_you_mean(key, DIMENSIONS)}')
    return DIMENSIONS[key]


__all__ = [
    "ABSENT", "DIMENSIONS", "FACTS", "HIERARCHY", "MEASURES", "METRICS", "SCORECARDS",
    "Absent", "At", "Dimension", "Fact", "Measure", "Metric", "Part", "Scorecard", "Unit", "dimension", "metric",
]  # fmt: skip
