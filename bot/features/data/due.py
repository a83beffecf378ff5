"""When a sync by the clock is due: at times of day where the company reports, or so many hours after the last one."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from collections.abc import Sequence


def due(now: datetime, last: datetime, *, at: Sequence[str], every_hours: int, zone: str) -> bool:
    """Whether a sync is due that began `last`; a time of day that was missed is made up for once, until the next one."""
    if every_hours and now - last >= timedelta(hours=every_hours):
        return True
    return any(last < moment <= now for moment in _moments(now, at, zone))


def _moments(now: datetime, at: Sequence[str], zone: str) -> list[datetime]:
    """The times of yesterday and today in the zone; one that a change of the clocks leaves out is an hour later."""
    place = ZoneInfo(zone)
    today = now.astimezone(place).date()
    days = (today - timedelta(days=1), today)
    return [datetime.combine(day, time.fromisoformat(one), place).astimezone(UTC) for day in days for one in at]
