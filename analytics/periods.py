"""Periods as people mean them: whole units, previous ones, fiscal years; plain functions on dates, today is an argument."""

from __future__ import annotations

import calendar
from datetime import date, timedelta

from analytics.model import Grain, Period

MONTHS: dict[str, int] = {"month": 1, "quarter": 3, "year": 12, "fiscal_year": 12}


def add_months(day: date, months: int) -> date:
    """The same day of another month, or its last day where that month is shorter."""
    month = day.year * 12 + day.month - 1 + months
    year, month = divmod(month, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def unit_start(day: date, grain: Grain, fiscal: int = 1) -> date:
    """First day of the unit that holds `day`; weeks begin on Monday, `fiscal` is the fiscal year's first month."""
    if grain == "week":
        return day - timedelta(days=day.weekday())
    if grain == "month":
        return day.replace(day=1)
    if grain == "quarter":
        return date(day.year, (day.month - 1) // 3 * 3 + 1, 1)
    first = fiscal if grain == "fiscal_year" else 1
    return date(day.year if day.month >= first else day.year - 1, first, 1)


def add_units(day: date, grain: Grain, n: int) -> date:
    """`day` moved by n units."""
    return day + timedelta(days=7 * n) if grain == "week" else add_months(day, MONTHS[grain] * n)


def unit(day: date, grain: Grain, fiscal: int = 1) -> Period:
    """The whole unit that holds `day`."""
    start = unit_start(day, grain, fiscal)
    return Period(start, add_units(start, grain, 1))


def last_units(today: date, grain: Grain, n: int, fiscal: int = 1) -> Period:
    """The n whole units before the one that holds `today`."""
    end = unit_start(today, grain, fiscal)
    return Period(add_units(end, grain, -n), end)


def default_period(kind: str, today: date, fiscal: int) -> Period:
    """The span a metric takes when none is asked: today, the days ahead, this fiscal year, or the last twelve months."""
    if kind == "next_90_days":
        return Period(today, today + timedelta(days=90))
    if kind == "now":
        return Period(today, today + timedelta(days=1))
    if kind == "fiscal_year":
        return unit(today, "fiscal_year", fiscal)
    return last_units(today, "month", 12)


def known_part(period: Period, as_of: date) -> Period:
    """The part of a period that the data can know: up to and including the day of `as_of`."""
    end = min(period.end, as_of + timedelta(days=1))
    return period if period.start and end <= period.start else Period(period.start, end)


def step_back(period: Period, fiscal: int) -> tuple[str, int]:
    """How far back the previous period lies: ("months", n) where the calendar says so, else ("days", n).

    Whole months step by their number. A part of a unit (a quarter to date) steps by the smallest unit that starts
    with the period and holds it, so that like parts are compared.
    """
    start = period.start or period.end
    if start.day == 1 and period.end.day == 1:
        return "months", (period.end.year - start.year) * 12 + period.end.month - start.month
    grains: tuple[Grain, ...] = ("month", "quarter", "fiscal_year", "year")
    for grain in grains:
        whole = unit(start, grain, fiscal)
        if whole.start == start and period.end <= whole.end and period.days() > 1:
            return "months", MONTHS[grain]
    return "days", period.days()


def previous(period: Period, as_of: date, fiscal: int) -> Period | None:
    """The calendar period before, cut to the same elapsed part where this one is not complete yet."""
    if not period.start:
        return None
    unit_of_step, n = step_back(period, fiscal)
    known = known_part(period, as_of)
    if unit_of_step == "days":
        return Period(period.start - timedelta(days=n), known.end - timedelta(days=n))
    return Period(add_months(period.start, -n), _end_back(known, period, n))


def year_before(period: Period, as_of: date) -> Period | None:
    """The same days a year before; whole weeks stay whole weeks (364 days)."""
    if not period.start:
        return None
    known = known_part(period, as_of)
    if period.start.weekday() == 0 and period.days() % 7 == 0 and period.start.day != 1:
        return Period(period.start - timedelta(days=364), known.end - timedelta(days=364))
    return Period(add_months(period.start, -12), _end_back(known, period, 12))


def _end_back(known: Period, period: Period, months: int) -> date:
    if known.end == period.end and period.end.day == 1:
        return add_months(period.end, -months)
    # The last day moves, not the day after it: 31 March steps back to 28 February, and the end is the day after.
    return add_months(known.end - timedelta(days=1), -months) + timedelta(days=1)


def buckets(period: Period, grain: Grain, fiscal: int) -> list[date]:
    """First days of the units that a period touches; the first one may begin before the period."""
    day = unit_start(period.start or period.end, grain, fiscal)
    out = []
    while day < period.end:
        out.append(day)
        day = add_units(day, grain, 1)
    return out


def month_ends(period: Period) -> list[date]:
    """Last days of months that lie inside the period."""
    if not period.start:
        return []
    day = add_months(period.start.replace(day=1), 1)
    out = []
    while day - timedelta(days=1) < period.end:
        out.append(day - timedelta(days=1))
        day = add_months(day, 1)
    return out
