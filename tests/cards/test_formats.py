from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from analytics.model import Period
from cards import formats


@pytest.mark.parametrize(
    ("value", "unit", "locale", "currency", "said"),
    [
        (124_846_000, "money", "en_US", "USD", "$1,248,460"),
        (124_846_049, "money", "en_US", "USD", "$1,248,460"),
        (6_240, "money", "en_US", "USD", "$62.40"),
        (6_200, "money", "en_US", "USD", "$62"),
        (-6_240, "money", "en_US", "USD", "−$62.40"),
        (124_846_000, "money", "de_DE", "EUR", "1.248.460\u00a0€"),
        (1_248_460, "money", "ja_JP", "JPY", "￥1,248,460"),
        (62_405, "money", "en_US", "BHD", "BHD\u00a062.405"),
        (0.3344, "ratio", "en_US", "USD", "33%"),
        (0.0423, "ratio", "en_US", "USD", "4.2%"),
        (1.2, "ratio", "de_DE", "USD", "120\u00a0%"),
        (6.84, "days", "en_US", "USD", "6.8 days"),
        (1, "days", "en_US", "USD", "1 day"),
        (6.84, "days", "de_DE", "USD", "6,8 Tage"),
        (6.84, "days", "pt_BR", "USD", "6,8 dias"),
        (6.84, "days", "ja_JP", "USD", "6.8 日"),
        (1234, "count", "en_US", "USD", "1,234"),
        (4.66, "rating", "en_US", "USD", "4.7"),
        (12.25, "fte", "en_US", "USD", "12.2"),
        (None, "money", "en_US", "USD", "–"),
        (None, "ratio", "en_US", "USD", "–"),
    ],
)
def test_a_number_is_written_the_way_its_readers_write_it(
    value: float | None, unit: str, locale: str, currency: str, said: str
) -> None:
    assert formats.shown(value, unit, locale, currency) == said


@pytest.mark.parametrize(
    ("start", "end", "said"),
    [
        ("2026-07-01", "2026-10-01", "Jul – Sep 2026"),
        ("2026-07-01", "2026-08-01", "July 2026"),
        ("2025-07-01", "2026-07-01", "Jul 2025 – Jun 2026"),
        ("2025-01-01", "2026-01-01", "2025"),
        ("2024-01-01", "2026-01-01", "2024 – 2025"),
        ("2026-08-03", "2026-08-10", "Aug 3 – 9, 2026"),
        ("2026-08-03", "2026-08-04", "Aug 3, 2026"),
        ("2026-02-01", "2026-02-28", "Feb 1 – 27, 2026"),
        ("2025-12-29", "2026-01-05", "Dec 29, 2025 – Jan 4, 2026"),
        (None, "2026-11-21", "… – Nov 20, 2026"),
    ],
)
def test_a_period_shows_its_exact_days_the_last_one_included(start: str | None, end: str, said: str) -> None:
    span = Period(date.fromisoformat(start) if start else None, date.fromisoformat(end))
    assert formats.period(span, "en_US") == said


@pytest.mark.parametrize(
    ("grain", "short", "year"),
    [
        ("month", "Jul", "Jul ’26"),
        ("quarter", "Q3", "Q3 ’26"),
        ("year", "2026", "2026"),
        ("fiscal_year", "FY27", "FY27"),
        ("week", "Jul 1", "Jul 1 ’26"),
    ],
)
def test_a_step_of_a_trend_has_a_short_name(grain: str, short: str, year: str) -> None:
    assert formats.bucket(date(2026, 7, 1), grain, "en_US") == short
    assert formats.bucket(date(2026, 7, 1), grain, "en_US", year=True) == year


def test_a_moment_is_shown_in_utc_and_says_so() -> None:
    berlin = datetime(2026, 11, 20, 10, 14, tzinfo=timezone(timedelta(hours=1)))
    assert formats.moment(berlin, "en_US") == "Nov 20, 2026, 09:14 UTC"
    assert formats.moment(berlin.astimezone(UTC), "de_DE") == "20.11.2026, 09:14 UTC"


@pytest.mark.parametrize(
    ("values", "unit", "drawn", "scale"),
    [
        ([41_230_000, 5_490_000], "money", [412, 55], "thousand"),
        ([4_180_000_000, 124_846_000], "money", [41.8, 1.2], "million"),
        ([500_000, 30_000], "money", [5000, 300], ""),
        ([0.5, 0.123], "ratio", [50.0, 12.3], "percent"),
        ([6.84, 9.0], "days", [6.8, 9.0], ""),
        ([25_000, 100], "count", [25.0, 0.1], "thousand"),
        ([], "money", [], ""),
    ],
)
def test_chart_values_are_scaled_to_few_digits(values: list[float], unit: str, drawn: list[float], scale: str) -> None:
    assert formats.scaled(values, unit, "USD") == (drawn, scale)


def test_a_small_part_is_not_rounded_away() -> None:
    assert formats.share(0.004, "en_US") == "0.4%"
    assert formats.share(0.314, "en_US") == "31%"


def test_very_large_money_is_shortened_where_columns_are_narrow() -> None:
    assert formats.compact(4_180_000_000, "money", "en_US") == "$41.8M"
    assert formats.compact(124_846_000, "money", "en_US") == "$1,248,460"
