"""What may be offered on a card: only splits and filters that the metric carries and the reader's detail allows."""

from __future__ import annotations

from analytics.catalogue import DIMENSIONS, FACTS, METRICS
from analytics.model import Detail, Query

TEAM_WORDS = frozenset({"team", "division", "cost_center", "po_number"})


def can_split(query: Query, dimension: str, detail: Detail) -> bool:
    """Whether the answer may be broken down by this dimension."""
    return detail != "totals" and can_filter(query, dimension, detail)


def can_filter(query: Query, dimension: str, detail: Detail) -> bool:
    """Whether the answer may be narrowed to members of this dimension."""
    if DIMENSIONS[dimension].person and detail != "named":
        return False
    if detail == "totals" and dimension in TEAM_WORDS:
        return False
    return all(dimension in carried for carried in _carried(query))


def _carried(query: Query) -> list[frozenset[str]]:
    """The dimensions of every fact table the question counts on; parts shared by all groups do not limit it."""
    parts = [part for key in query.metrics if key in METRICS for part in METRICS[key].parts if not part.shared]
    facts = [part.fact for part in parts] if query.metrics else [query.rows or ""]
    return [FACTS[fact].dimensions | FACTS[fact].bridges for fact in facts if fact in FACTS]
