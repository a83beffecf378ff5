"""Every metric by its key, and which records each of them counts as its own."""

from __future__ import annotations

from collections.abc import Callable

from tests.second import demand, spend, work
from tests.second.records import Asked, Log, Number

Second = Callable[[Log, Asked], Number]
HELPERS = {
    "posted", "hires_of", "positions_left", "is_open", "spent", "added", "staffing_medians", "lifetime", "promise", "hourly_rates",
    "counts", "running", "started", "ended", "people_at", "heads", "full_time_average", "had_worked",
    "wait", "fill", "start", "onboarding",
}  # fmt: skip

METRICS: dict[str, Second] = {
    name: function
    for module in (demand, spend, work)
    for name, function in vars(module).items()
    if callable(function)
    and getattr(function, "__module__", "") == module.__name__
    and name not in HELPERS
    and not name.startswith("_")
}
METRICS["staffing_spend"] = spend.spend
# Counted over both sources unless the question says otherwise; everything else is narrowed to one.
SOURCES: dict[str, str | None] = {"staffing_spend": "staffing", "headcount": None, "fte": None, "budget": None}


def answer(key: str, log: Log, asked: Asked, *, both: bool = False) -> Number:
    """One number: of freelance work, unless the metric is of staffing or `both` sources are asked for."""
    source = SOURCES.get(key, "freelance") if not both or key == "staffing_spend" else None
    return METRICS[key](log.narrow("source", source) if source else log, asked)
