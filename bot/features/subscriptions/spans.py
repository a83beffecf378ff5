"""Periods as they were said, so that "this quarter" moves on: a code, and what it means on a day.

The codes are those of the cards' choosers, further `this_` and `last_` units, `<unit>_to_date`, `last_<n>_<units>` (days
end yesterday, other units are whole ones) and `next_<n>_days` (from tomorrow). Whoever names a year, a month, a quarter
by its number or a day means exactly that, and it stays.
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from functools import cache
from typing import TYPE_CHECKING

from babel import Locale

from analytics.model import Period
from analytics.periods import last_units, unit, unit_start
from cards import periods as offered
from cards.words import languages

if TYPE_CHECKING:
    from analytics.model import Grain

DAY = timedelta(days=1)
UNITS: tuple[Grain, ...] = ("week", "month", "quarter", "year", "fiscal_year")
MOST_DAYS, MOST_UNITS = 400, 24

_CODE = re.compile(r"(?P<way>this|last|next)_(?:(?P<n>\d{1,3})_)?(?P<unit>day|week|month|quarter|fiscal_year|year)s?")
_TO_DATE = re.compile(r"(?P<unit>week|month|quarter|fiscal_year|year)_to_date")
_EXACT = re.compile(r"\d{4}|\b[qht]\s?[1-4]\b|\bfy\s?\d\d|\d{1,2}[./]\d{1,2}|[1-9]\d?月", re.IGNORECASE)


def period_of(code: str, today: date, fiscal: int) -> Period:
    """What a code means on a day. Raises KeyError for one that does not exist."""
    if code in offered.PERIODS:
        return offered.period_of(code, today, fiscal)
    if fit := _TO_DATE.fullmatch(code):
        return Period(unit_start(today, _unit(fit), fiscal), today + DAY)
    fit = _CODE.fullmatch(code)
    if fit is None:
        raise KeyError(code)
    n = int(fit["n"] or 1)
    if fit["unit"] == "day":
        return Period(today + DAY, today + (n + 1) * DAY) if fit["way"] == "next" else Period(today - n * DAY, today)
    if fit["way"] == "this":
        return unit(today, _unit(fit), fiscal)
    return last_units(today, _unit(fit), n, fiscal)


def code_of(period: Period | None, said: str, today: date, fiscal: int) -> str:
    """The code that means this period today, unless its days were named; "" where there is none."""
    if period is None or names_days(said):
        return ""
    return next((code for code in _codes() if period_of(code, today, fiscal) == period), "")


def names_days(said: str) -> bool:
    """Whether somebody named a year, a month, a quarter by its number, or a day."""
    words = set(re.findall(r"[^\W\d_]+", said.casefold()))
    return bool(_EXACT.search(re.sub(r"\d[\d.,]*\s?(?:k|%)", "", said)) or words & _months())


def starts_anew(code: str) -> bool:
    """Whether a period of this code is followed by another one, instead of sliding on day by day."""
    return (code.startswith(("this_", "last_")) and not re.search(r"\d", code)) or code.endswith("_to_date")


def _unit(fit: re.Match[str]) -> Grain:
    return next(one for one in UNITS if one == fit["unit"])


@cache
def _codes() -> tuple[str, ...]:
    whole = [f"{way}_{one}" for way in ("this", "last") for one in UNITS]
    to_date = [f"{one}_to_date" for one in UNITS]
    many = [f"last_{n}_{one}s" for one in UNITS for n in range(2, MOST_UNITS + 1)]
    days = [f"{way}_{n}_days" for way in ("last", "next") for n in range(1, MOST_DAYS)]
    return tuple(dict.fromkeys((*offered.PERIODS, *whole, *to_date, *many, *days)))


@cache
def _months() -> frozenset[str]:
    """The long names of months in every language of the cards."""
    forms = (Locale.parse(language).months["format"]["wide"].values() for language in languages())
    return frozenset(name.casefold() for names in forms for name in names)
