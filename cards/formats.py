"""How numbers, money, changes, days and periods are written, by locale."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from functools import cache, lru_cache

from babel import Locale, dates, numbers, units

from analytics.model import Number, Period

MINUS = "\u2212"  # a hyphen at the start of a line would read as a list
_KEEP = 4096
_CODE = re.compile(r"[A-Z]{3}(?=\d)")  # a currency written by its code stands apart from its digits


@cache
def _locale(tag: str) -> Locale:
    return Locale.parse(tag.replace("-", "_"))


@lru_cache(_KEEP)
def shown(value: Number, unit: str, locale: str, currency: str = "USD") -> str:
    """A number as people read it.

    Money comes in minor units and shows whole units from 100 on; ratios are fractions and show as percent. Units: count, money,
    days, hours, ratio, rating, fte; None (no number) is a dash.
    """
    if value is None:
        return "–"
    if unit == "money":
        return _minus(_money(value / 10 ** numbers.get_currency_precision(currency), locale, currency))
    if unit == "ratio":
        return _percent(round(value, 2 if abs(value) >= 0.1 else 3), locale)
    if unit in {"days", "hours"}:
        return _minus(_span(round(value, 1), f"duration-{unit[:-1]}", _locale(locale)))
    return _minus(numbers.format_decimal(_rounded(value, unit), locale=_locale(locale)))


def count(value: Number, locale: str) -> str:
    """How many there are, as people read it."""
    return shown(value, "count", locale)


def compact(value: Number, unit: str, locale: str, currency: str = "USD") -> str:
    """The same as `shown`, but money from ten million on in three digits: "$41.8M"."""
    if unit != "money" or value is None:
        return shown(value, unit, locale, currency)
    major = value / 10 ** numbers.get_currency_precision(currency)
    if abs(major) < 10_000_000:
        return shown(value, unit, locale, currency)
    return _minus(str(numbers.format_compact_currency(major, currency, locale=_locale(locale), fraction_digits=1)))


def share(part: float | None, locale: str) -> str:
    """A part of a whole in whole percent, with one decimal below one."""
    if part is None:
        return "–"
    return _percent(round(part, 2 if abs(part) >= 0.01 else 3), locale)


def scaled(values: list[float], unit: str, currency: str) -> tuple[list[float], str]:
    """Values fit for a chart (one decimal, few digits) and the key of the word for their scale ("thousand", or "")."""
    if unit == "ratio":
        return [round(v * 100, 1) for v in values], "percent"
    if unit == "money":
        values = [v / 10 ** numbers.get_currency_precision(currency) for v in values]
    most = max((abs(v) for v in values), default=0)
    for floor, divisor, word in ((10_000_000, 1_000_000, "million"), (10_000, 1_000, "thousand")):
        if most >= floor:
            return [_short(v / divisor, most / divisor) for v in values], word
    return [_short(v, most) for v in values], ""


def _short(value: float, most: float) -> float:
    """One decimal, or none where the largest has three digits before it."""
    return round(value, 1) if most < 100 else round(value)


@lru_cache(_KEEP)
def period(span: Period, locale: str) -> str:
    """The exact dates of a period, last day included: "July 2026", "Apr – Jun 2026", "3 – 9 Aug 2026", "2025"."""
    last = span.end - timedelta(days=1)
    if span.start is None:
        return "… – " + day(last, locale)
    if span.start.day != 1 or span.end.day != 1:
        skeleton = "yMMMd"
    elif (last.year, last.month) == (span.start.year, span.start.month):
        return dates.format_skeleton("yMMMM", span.start, locale=_locale(locale))
    elif span.start.month == 1 and last.month == 12:
        skeleton = "y"
    else:
        skeleton = "yMMM"
    if span.start == last or (skeleton == "y" and span.start.year == last.year):
        return dates.format_skeleton(skeleton, last, locale=_locale(locale))
    return str(dates.format_interval(span.start, last, skeleton, locale=_locale(locale))).replace("\u2009", " ")


@lru_cache(_KEEP)
def bucket(start: date, grain: str, locale: str, *, year: bool = False) -> str:
    """The short name of one step of a trend, without or with its year: "Jul", "Jul ’26", "Q3", "FY27", or a week's first day."""
    if grain == "fiscal_year":
        return f"FY{(start.year + (start.month > 1)) % 100:02d}"
    if grain == "year":
        return dates.format_skeleton("y", start, locale=_locale(locale))
    if grain == "week":
        name = dates.format_skeleton("MMMd", start, locale=_locale(locale))
    else:
        name = dates.format_date(start, "LLL" if grain == "month" else "QQQ", locale=_locale(locale))
    return f"{name} ’{start.year % 100:02d}" if year else name


def day(on: date, locale: str) -> str:
    """A date, for instance "Jul 1, 2026"."""
    return dates.format_date(on, "medium", locale=_locale(locale))


def moment(at: datetime, locale: str) -> str:
    """A moment in UTC, to the minute."""
    utc = at.astimezone(UTC)
    return f"{dates.format_date(utc, 'medium', locale=_locale(locale))}, {utc:%H:%M} UTC"


@lru_cache(_KEEP)
def _percent(rounded: float, locale: str) -> str:
    return _minus(numbers.format_percent(rounded, locale=_locale(locale), decimal_quantization=False))


def _money(value: float, locale: str, currency: str) -> str:
    places = numbers.get_currency_precision(currency) if abs(value) < 100 and value != int(value) else 0
    pattern = _pattern(locale, places)
    written = numbers.format_currency(
        round(value, places), currency, pattern, locale=_locale(locale), currency_digits=False
    )
    return _CODE.sub("\\g<0>\u00a0", written)


@cache
def _pattern(locale: str, places: int) -> numbers.NumberPattern:
    """The locale's own way to write money, with this many decimals."""
    written = _locale(locale).currency_formats["standard"].pattern
    return numbers.parse_pattern(";".join(_decimals(part, places) for part in written.split(";")))


def _decimals(part: str, places: int) -> str:
    head, point, tail = part.partition(".")
    wanted = "." + "0" * places if places else ""
    return head + wanted + tail.lstrip("0") if point else part


def _span(value: float, unit: str, locale: Locale) -> str:
    """With the unit written out, or its short form in the languages whose long one the locale data lacks."""
    written = str(units.format_unit(value, unit, locale=locale))
    return str(units.format_unit(value, unit, length="short", locale=locale)) if unit in written else written


def _rounded(value: float, unit: str) -> float:
    return round(value) if unit == "count" and float(value).is_integer() else round(value, 1)


def _minus(text: str) -> str:
    return MINUS + text[1:] if text[:1] == "-" else text
