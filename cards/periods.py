"""The periods a card offers, as codes; what each means follows from today and the fiscal year alone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

from analytics.model import Period
from analytics.periods import last_units, unit

PERIODS: dict[str, Callable[[date, int], Period]] = {
    "this_month": lambda today, _: unit(today, "month"),
    "last_month": lambda today, _: last_units(today, "month", 1),
    "this_quarter": lambda today, _: unit(today, "quarter"),
    "last_quarter": lambda today, _: last_units(today, "quarter", 1),
    "this_fiscal_year": lambda today, start: unit(today, "fiscal_year", start),
    "last_fiscal_year": lambda today, start: last_units(today, "fiscal_year", 1, start),
    "last_12_months": lambda today, _: last_units(today, "month", 12),
    "all": lambda today, _: Period(None, today + timedelta(days=1)),
}


def period_of(code: str, today: date, fiscal_year_start_month: int) -> Period:
    """The period behind a code, half-open. KeyError for a code that does not exist."""
    return PERIODS[code](today, fiscal_year_start_month)


def code_of(period: Period | None, today: date, fiscal_year_start_month: int) -> str | None:
    """The code that means exactly this period today, if there is one."""
    spans = {code: span(today, fiscal_year_start_month) for code, span in PERIODS.items()}
    return next((code for code, span in spans.items() if span == period), None)
