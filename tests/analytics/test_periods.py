"""Periods as people mean them: units, previous ones, elapsed parts, years before."""

from __future__ import annotations

import itertools
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics import periods
from analytics.model import GRAINS, Grain, Period

DAYS = st.dates(date(2015, 1, 1), date(2035, 12, 31))
LATE = date(2040, 1, 1)


def span(start: str, end: str) -> Period:
    return Period(date.fromisoformat(start), date.fromisoformat(end))


@given(DAYS, st.sampled_from(GRAINS), st.integers(1, 12))
def test_every_day_lies_in_exactly_one_unit_and_units_follow_each_other(day: date, grain: Grain, fiscal: int) -> None:
    unit = periods.unit(day, grain, fiscal)
    assert unit.start is not None
    assert unit.start <= day < unit.end
    assert periods.unit(unit.end, grain, fiscal).start == unit.end
    assert periods.unit(unit.end - timedelta(days=1), grain, fiscal) == unit


@given(DAYS, st.integers(1, 800), st.sampled_from(GRAINS), st.integers(1, 12))
def test_buckets_cover_a_period_without_gap_or_overlap(start: date, days: int, grain: Grain, fiscal: int) -> None:
    period = Period(start, start + timedelta(days=days))
    firsts = periods.buckets(period, grain, fiscal)
    assert firsts[0] <= start
    assert firsts[-1] < period.end
    for one, other in itertools.pairwise(firsts):
        assert periods.unit(one, grain, fiscal).end == other
    assert periods.unit(firsts[-1], grain, fiscal).end >= period.end


@pytest.mark.parametrize(
    ("asked", "before"),
    [
        (("2026-04-01", "2026-07-01"), ("2026-01-01", "2026-04-01")),  # a quarter: 91 days against 90
        (("2026-03-01", "2026-04-01"), ("2026-02-01", "2026-03-01")),  # 31 days against 28
        (("2028-03-01", "2028-04-01"), ("2028-02-01", "2028-03-01")),  # against a leap February
        (("2026-01-01", "2027-01-01"), ("2025-01-01", "2026-01-01")),  # a calendar year
        (("2026-07-01", "2027-07-01"), ("2025-07-01", "2026-07-01")),  # a fiscal year
        (("2026-05-01", "2026-07-01"), ("2026-03-01", "2026-05-01")),  # two months
        (("2026-11-02", "2026-11-09"), ("2026-10-26", "2026-11-02")),  # a week
        (("2026-12-28", "2027-01-04"), ("2026-12-21", "2026-12-28")),  # the 53rd week
        (("2026-03-30", "2026-03-31"), ("2026-03-29", "2026-03-30")),  # a day
        (("2026-03-10", "2026-03-20"), ("2026-02-28", "2026-03-10")),  # ten days
        (("2026-07-01", "2026-08-16"), ("2026-04-01", "2026-05-16")),  # part of a quarter, said with its dates
    ],
)
def test_the_previous_period_is_the_calendars(asked: tuple[str, str], before: tuple[str, str]) -> None:
    assert periods.previous(span(*asked), LATE, 7) == span(*before)


@pytest.mark.parametrize(
    ("asked", "known", "before"),
    [
        (("2026-10-01", "2027-01-01"), "2026-11-19", ("2026-07-01", "2026-08-20")),
        (("2026-11-01", "2026-12-01"), "2026-11-19", ("2026-10-01", "2026-10-20")),
        (("2026-03-01", "2026-04-01"), "2026-03-30", ("2026-02-01", "2026-03-01")),  # February has no 30th
        (("2026-10-01", "2027-01-01"), "2026-12-31", ("2026-07-01", "2026-10-01")),  # all of it has elapsed
        (("2026-07-01", "2027-07-01"), "2026-11-19", ("2025-07-01", "2025-11-20")),
        (("2026-11-16", "2026-11-23"), "2026-11-19", ("2026-11-09", "2026-11-13")),  # Monday to Thursday
    ],
)
def test_a_period_to_date_steps_back_with_its_elapsed_part(
    asked: tuple[str, str], known: str, before: tuple[str, str]
) -> None:
    assert periods.previous(span(*asked), date.fromisoformat(known), 7) == span(*before)


@pytest.mark.parametrize(
    ("asked", "before"),
    [
        (("2026-02-01", "2026-03-01"), ("2025-02-01", "2025-03-01")),
        (("2028-02-01", "2028-03-01"), ("2027-02-01", "2027-03-01")),
        (("2029-02-01", "2029-03-01"), ("2028-02-01", "2028-03-01")),  # a year back is the leap February, whole
        (("2026-11-16", "2026-11-23"), ("2025-11-17", "2025-11-24")),  # weeks stay weeks, Monday to Sunday
        (("2026-11-19", "2026-11-20"), ("2025-11-19", "2025-11-20")),
    ],
)
def test_the_year_before_has_the_same_days(asked: tuple[str, str], before: tuple[str, str]) -> None:
    assert periods.year_before(span(*asked), LATE) == span(*before)


def test_an_open_start_has_nothing_before_it() -> None:
    assert periods.previous(Period(None, date(2026, 7, 1)), LATE, 7) is None
    assert periods.year_before(Period(None, date(2026, 7, 1)), LATE) is None
    assert periods.month_ends(Period(None, date(2026, 7, 1))) == []


@given(DAYS, st.integers(1, 3000), DAYS)
def test_the_previous_period_ends_where_or_before_the_period_begins(start: date, days: int, known: date) -> None:
    period = Period(start, start + timedelta(days=days))
    before = periods.previous(period, max(known, start), 7)
    assert before is not None
    assert before.start is not None
    assert before.start < before.end <= start


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("now", ("2026-11-20", "2026-11-21")),
        ("fiscal_year", ("2026-07-01", "2027-07-01")),
        ("last_12_months", ("2025-11-01", "2026-11-01")),
    ],
)
def test_no_period_asked_is_a_day_a_fiscal_year_or_twelve_whole_months(kind: str, expected: tuple[str, str]) -> None:
    assert periods.default_period(kind, date(2026, 11, 20), 7) == span(*expected)


def test_month_ends_are_the_last_days_inside() -> None:
    assert periods.month_ends(span("2028-01-31", "2028-03-31")) == [date(2028, 1, 31), date(2028, 2, 29)]
    assert periods.month_ends(span("2026-11-01", "2026-11-30")) == []


@given(DAYS, st.integers(-60, 60))
def test_a_month_added_never_skips_a_month(day: date, months: int) -> None:
    moved = periods.add_months(day, months)
    assert (moved.year * 12 + moved.month) - (day.year * 12 + day.month) == months
    assert moved.day <= day.day


def test_grains_are_all_known() -> None:
    assert {periods.unit(date(2026, 11, 20), g, 7).end for g in GRAINS} == {
        date(2026, 11, 23), date(2026, 12, 1), date(2027, 1, 1), date(2027, 7, 1),
    }  # fmt: skip
