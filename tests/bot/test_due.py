"""When a sync by the clock is due."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot.features.data.due import due

NEVER = datetime(2000, 1, 1, tzinfo=UTC)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("now", "last", "expected"),
    [
        ("2026-11-20 05:29", "2026-11-19 17:30", False),
        ("2026-11-20 05:30", "2026-11-19 17:30", True),
        ("2026-11-20 05:30", "2026-11-20 05:30", False),
        ("2026-11-20 16:59", "2026-11-20 05:31", False),
        ("2026-11-20 17:00", "2026-11-20 05:31", True),
        ("2026-11-22 12:00", "2026-11-20 05:31", True),  # down for two days: once, not four times
        ("2026-11-22 12:00", "2026-11-22 12:00", False),
    ],
)
def test_times_of_day_are_those_of_the_company(now: str, last: str, expected: bool) -> None:
    said = due(utc(now), utc(last), at=("06:30", "18:00"), every_hours=0, zone="Europe/Berlin")
    assert said is expected


def test_a_time_that_the_change_of_the_clocks_leaves_out_or_repeats_comes_once() -> None:
    for day in ("2026-03-29", "2026-10-25"):
        last, runs = utc(f"{day} 00:00") - timedelta(hours=3), 0
        for minute in range(0, 27 * 60, 10):
            now = utc(f"{day} 00:00") - timedelta(hours=2) + timedelta(minutes=minute)
            if due(now, last, at=("02:30",), every_hours=0, zone="Europe/Berlin"):
                last, runs = now, runs + 1
        # From 23:00 of the day before to two in the night after it: 02:30 of that day and, after 25 hours, of the next.
        assert runs in {1, 2}
        assert not due(last + timedelta(hours=20), last, at=("02:30",), every_hours=0, zone="Europe/Berlin")


def test_every_so_many_hours_counts_from_the_last_sync() -> None:
    now = utc("2026-11-20 12:00")
    assert due(now, now - timedelta(hours=6), at=(), every_hours=6, zone="UTC")
    assert not due(now, now - timedelta(hours=5, minutes=59), at=(), every_hours=6, zone="UTC")
    assert not due(now, NEVER, at=(), every_hours=0, zone="UTC")
