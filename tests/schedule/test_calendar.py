"""When schedules are due: ten years in seven zones, changes of the clocks, what was missed, and clocks that are wrong."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from analytics.errors import QuestionError
from bot.schedules import Rule, between, last_due, moment, next_due, opening, period_at

ZONES = (
    "Europe/Berlin",
    "America/New_York",
    "America/Sao_Paulo",
    "Africa/Casablanca",
    "Asia/Kolkata",
    "Australia/Lord_Howe",
    "Pacific/Auckland",
)
START, END = datetime(2024, 1, 1, tzinfo=UTC), datetime(2034, 1, 1, tzinfo=UTC)
# Nine on Monday is what people choose; half past two and half past one on Sunday is when clocks change.
RULES = [
    (weekday, at) for weekday, at in ((0, time(9)), (6, time(2, 30)), (6, time(1, 30)), (6, time(0)), (4, time(23, 59)))
]


def weeks_of_ten_years() -> list[str]:
    first = date(2024, 1, 1)
    named = [(first + timedelta(weeks=n)).isocalendar() for n in range(522)]
    return [f"{year}-W{week:02d}" for year, week, _ in named]


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize(("weekday", "at"), RULES)
def test_ten_years_have_every_week_once_and_always_at_the_local_time(zone: str, weekday: int, at: time) -> None:
    rule = Rule("week", at, zone, weekday=weekday)
    moments, periods, now = [], [], START - timedelta(days=2)
    while (one := next_due(rule, now)).at < END + timedelta(days=7):
        moments.append(one.at)
        periods.append(one.period)
        now = one.at
    wanted = weeks_of_ten_years()
    first = periods.index(wanted[0])
    assert periods[first : first + len(wanted)] == wanted
    assert len(set(periods)) == len(periods)
    assert all(timedelta(days=6, hours=22) <= b - a <= timedelta(days=7, hours=2) for a, b in pairwise(moments))
    local = [one.astimezone(ZoneInfo(zone)) for one in moments]
    off = [one for one in local if one.time() != at]
    # Only where the clocks jump over the time, once a year at most, and then by as much as they jump.
    assert len(off) <= 11
    late = [one.hour * 60 + one.minute - (at.hour * 60 + at.minute) for one in off]
    assert all(one.weekday() == weekday for one in off)
    assert set(late) <= {30, 60}


@pytest.mark.parametrize("zone", ZONES)
def test_a_clock_that_ticks_every_ten_minutes_or_sleeps_for_days_opens_every_week_it_is_up_for_once(zone: str) -> None:
    rule, seen, missed = Rule("week", time(2, 30), zone, weekday=6), [], 0
    expected, now, step = next_due(rule, START).at, START, 0
    while now < END:
        step += 1
        now += timedelta(days=23) if step % 97 == 0 else timedelta(hours=11, minutes=7)
        # The clock is wrong by ten minutes, this way and that.
        read = now + timedelta(minutes=10 * (step % 3 - 1))
        if opened := opening(rule, expected, read):
            seen.append(opened.due.period)
            missed += opened.missed
            assert opened.next > read
            expected = opened.next
    assert len(seen) == len(set(seen))
    assert len(seen) + missed == sum(1 for _ in between(rule, START, expected))


def test_a_time_that_the_clocks_jump_over_is_due_after_the_jump_and_one_shown_twice_once() -> None:
    rule = Rule("day", time(2, 30), "Europe/Berlin")
    assert moment(rule, date(2026, 3, 29)).astimezone(ZoneInfo("Europe/Berlin")).time() == time(3, 30)
    days = list(between(rule, datetime(2026, 10, 24, tzinfo=UTC), datetime(2026, 10, 27, tzinfo=UTC)))
    assert [one.period for one in days] == ["2026-10-24", "2026-10-25", "2026-10-26"]
    assert days[1].at == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


def test_a_day_that_a_zone_has_never_had_is_not_waited_for_for_ever() -> None:
    rule = Rule("day", time(9), "Pacific/Apia")
    days = list(between(rule, datetime(2011, 12, 29, tzinfo=UTC), datetime(2012, 1, 2, tzinfo=UTC)))
    assert len({one.period for one in days}) == len(days) == 5
    opened = opening(rule, days[0].at, days[-1].at)
    assert opened is not None
    assert (opened.due.period, opened.missed) == ("2012-01-02", 4)


def test_months_that_are_too_short_are_due_on_their_last_day() -> None:
    rule = Rule("month", time(8), "Asia/Tokyo", day=31)
    first = datetime(2026, 1, 1, tzinfo=UTC)
    found = list(between(rule, first, first + timedelta(days=365)))
    assert [one.period for one in found] == [f"2026-{n:02d}" for n in range(1, 13)]
    assert found[1].at == datetime(2026, 2, 27, 23, tzinfo=UTC)
    assert last_due(rule, found[4].at - timedelta(seconds=1)) == found[3]


def test_several_missed_weeks_become_the_newest() -> None:
    rule = Rule("week", time(9), "Europe/Berlin")
    expected = next_due(rule, datetime(2026, 9, 1, tzinfo=UTC)).at
    opened = opening(rule, expected, datetime(2026, 9, 30, tzinfo=UTC))
    assert opened is not None
    assert (opened.due.period, opened.missed) == ("2026-W40", 3)
    assert opened.next == datetime(2026, 10, 5, 7, tzinfo=UTC)
    assert opening(rule, opened.next, datetime(2026, 9, 30, tzinfo=UTC)) is None


def test_what_is_put_down_for_at_once_stands_for_the_week_in_which_that_falls() -> None:
    rule = Rule("week", time(9), "Pacific/Auckland")
    # Sunday evening in Europe is Monday in Auckland, so it is the new week there.
    now = datetime(2026, 11, 22, 21, tzinfo=UTC)
    opened = opening(rule, now, now)
    assert opened is not None
    assert (opened.due.period, opened.due.at, opened.missed) == ("2026-W48", now, 0)
    assert period_at(rule, now - timedelta(days=1)) == "2026-W47"
    wednesday = datetime(2026, 11, 18, 12, tzinfo=UTC)
    at_once = opening(Rule("week", time(9), "Europe/Berlin"), wednesday, wednesday)
    assert at_once is not None
    assert at_once.due.period == "2026-W47"


def test_a_rule_is_read_back_as_it_was_kept_and_nothing_else_is_one() -> None:
    rule = Rule("week", time(8, 30), "Europe/Berlin", weekday=1)
    assert Rule.from_json(rule.to_json()) == rule
    for wrong in ({"zone": "Europe/Berlun"}, {"every": "hour"}, {"weekday": 7}, {"at": "25:00"}, {"day": 0}):
        with pytest.raises(QuestionError):
            Rule.from_json(rule.to_json() | wrong)
    with pytest.raises(QuestionError, match="Europe/Berlin"):
        Rule.from_json(rule.to_json() | {"zone": "Europe/Berlun"})
