"""What an answer's keys are called: members by their label, bands by their range, days by their week, month or year."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING, Any

from analytics.catalogue import MEASURES

if TYPE_CHECKING:
    from analytics.model import Reporting
    from analytics.resolve import Plan


class _Said(dict[Any, str]):
    """What each key is called, worked out when it is first met."""

    def __init__(self, name: Callable[[Any], str]) -> None:
        super().__init__()
        self._name = name

    def __missing__(self, key: Any) -> str:
        said = self[key] = self._name(key)
        return said


def tables(plan: Plan, reporting: Reporting) -> list[Callable[[Any], str]]:
    """One function from key to label for each key that is no member of a dimension: the band, the bucket."""
    out: list[Callable[[Any], str]] = []
    if plan.bands:
        edges, days = plan.bands.edges, MEASURES[plan.bands.dimension].unit == "days"
        band = _Said(lambda index: band_label(edges, None if index is None else int(index), whole=days))
        out.append(band.__getitem__)
    if plan.query.grain:
        grain = plan.query.grain
        out.append(_Said(lambda first: bucket_label(date.fromisoformat(first), grain, reporting)).__getitem__)
    return out


def band_label(edges: tuple[float, ...], index: int | None, *, whole: bool) -> str:
    """The band's range as people write it: "0–7", "8–14", "91+" in whole numbers, "≤25", ">25–50" else."""
    if index is None:
        return "Unknown"
    if index == len(edges):
        return f"{edges[-1] + 1:g}+" if whole else f">{edges[-1]:g}"
    high = f"{edges[index]:g}"
    if not whole:
        return f">{edges[index - 1]:g}–{high}" if index else f"≤{high}"
    return f"{edges[index - 1] + 1:g}–{high}" if index else f"0–{high}"


def bucket_label(first: date, grain: str, reporting: Reporting) -> str:
    """A bucket's name without a locale: 2026-07, 2026 Q3, 2026, FY27, 2026-W28."""
    if grain == "week":
        year, week, _ = first.isocalendar()
        return f"{year}-W{week:02d}"
    if grain == "month":
        return f"{first:%Y-%m}"
    if grain == "quarter":
        return f"{first.year} Q{(first.month + 2) // 3}"
    if grain == "year":
        return f"{first.year}"
    return f"FY{(first.year + (reporting.fiscal_year_start_month > 1)) % 100:02d}"
