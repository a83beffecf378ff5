"""The periods a card offers, as codes; what each means follows from today and the fiscal year alone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

from analytics.model import Period

Span = Callable[[date, int], Period]


def _month(day: date, months: int = 0) -> date:
    """The first of the month `months` away from this day's month."""
    at = day.year * 12 + day.month - 1 + months
    return date(at // 12, at % 12 + 1, 1)


def _months(first: date, months: int) -> Period:
    return Period(first, _month(first, months))


def _quarter(today: date) -> date:
    return _month(today, -((today.month - 1) % 3))


def _fiscal_year(today: date, start_month: int) -> date:
    return _month(today, -((today.month - start_month) % 12))


PERIODS: dict[str, Span] = {
    "this_month": lambda today, _: _months(_month(today), 1),
    "last_month": lambda today, _: _months(_month(today, -1), 1),
    "this_quarter": lambda today, _: _months(_quarter(today), 3),
    "last_quarter": lambda today, _: _months(_month(_quarter(today), -3), 3),
    "this_fiscal_year": lambda today, start: _months(_fiscal_year(today, start), 12),
    "last_fiscal_year": lambda today, start: _months(_month(_fiscal_year(today, start), -12), 12),
    "last_12_months": lambda today, _: _months(_month(today, -12), 12),
    "all": lambda today, _: Period(None, today + timedelta(days=1)),
}


def period_of(code: str, today: date, fiscal_year_start_month: int) -> Period:
    """The period behind a code, half-open. KeyError for a code that does not exist."""
    return PERIODS[code](today, fiscal_year_start_month)


def code_of(period: Period | None, today: date, fiscal_year_start_month: int) -> str | None:
    """The code that means exactly this period today, if there is one."""
    spans = {code: span(today, fiscal_year_start_month) for code, span in PERIODS.items()}
    return next((code for code, span in spans.items() if span == period), None)


STEPS: dict[str, int] = {"month": 1, "quarter": 3, "year": 12, "fiscal_year": 12}


def step_end(start: date, grain: str) -> date:
    """The first day after one step of a trend that begins on `start`."""
    return start + timedelta(days=7) if grain == "week" else _month(start, STEPS[grain])
