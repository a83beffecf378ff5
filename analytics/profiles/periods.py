"""The days a file's name claims to cover, such as 2026-09 or FY26-Q1."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date

from analytics.profiles.profile import Profile


def period_of(profile: Profile, name: str) -> tuple[date, date] | None:
    """(first day, last day) by the profile's `period_from_name`: groups year, and month or quarter, and day; None = no claim."""
    if not profile.period_from_name or not (found := re.search(profile.period_from_name, name, re.IGNORECASE)):
        return None
    told = {key: int(value) for key, value in found.groupdict().items() if value}
    if "year" not in told:
        return None
    year = told["year"] if told["year"] > 99 else 2000 + told["year"]
    first, last = _months(told)
    try:
        if "day" in told:
            day = date(year, first, told["day"])
            return day, day
        return date(year, first, 1), date(year, last, monthrange(year, last)[1])
    except ValueError:
        return None


def _months(told: dict[str, int]) -> tuple[int, int]:
    if "month" in told:
        return told["month"], told["month"]
    if "quarter" in told:
        return 3 * told["quarter"] - 2, 3 * told["quarter"]
    return 1, 12


def order_of(profile: Profile, name: str) -> tuple[object, ...]:
    """What files of one profile are sorted by: the period in their name, then the name with its numbers as numbers."""
    period = period_of(profile, name)
    parts = re.split(r"(\d+)", name.casefold())
    natural = tuple((int(part), "") if part.isdigit() else (-1, part) for part in parts)
    return (period[1] if period else date.min, natural)
