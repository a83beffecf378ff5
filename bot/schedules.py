"""When something is due that is done every day, week or month at a local time, and what its periods are called.

Everything is worked out on local days and compared in UTC, so that no change of the clocks leaves one out or repeats it:
a time that the clocks jump over is due as long after the jump, one that they show twice is due the first time.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from itertools import count
from typing import Any, Literal
from zoneinfo import ZoneInfo, available_timezones

from analytics.errors import QuestionError, did_you_mean

Every = Literal["day", "week", "month"]

DAY = timedelta(days=1)
# A zone's local day is never further from the UTC day than this.
SLACK = timedelta(days=3)
MOST_MISSED = 1_000


@dataclass(frozen=True, slots=True)
class Rule:
    """Every day, week or month at the local time `at` of an IANA zone.

    `weekday` counts for weeks (0 is Monday), `day` for months (1 to 31; where a month is shorter, its last day).
    """

    every: Every
    at: time
    zone: str
    weekday: int = 0
    day: int = 1

    def to_json(self) -> dict[str, Any]:
        """As it is kept."""
        return {
            "every": self.every,
            "at": f"{self.at:%H:%M}",
            "zone": self.zone,
            "weekday": self.weekday,
            "day": self.day,
        }

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Rule:
        """Read back. Raises QuestionError for anything that is no rule."""
        try:
            rule = cls(
                kept["every"],
                time.fromisoformat(kept["at"]),
                known_zone(kept["zone"]),
                int(kept.get("weekday", 0)),
                int(kept.get("day", 1)),
            )
        except (KeyError, TypeError, ValueError) as problem:
            raise QuestionError("This is no rule for a schedule.") from problem
        if rule.every not in {"day", "week", "month"} or not (0 <= rule.weekday <= 6 and 1 <= rule.day <= 31):
            raise QuestionError("This is no rule for a schedule.")
        return rule


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One time at which a rule is due: the moment in UTC, and the period it stands for."""

    at: datetime
    period: str


@dataclass(frozen=True, slots=True)
class Opening:
    """What is due now: the newest occurrence, how many before it were missed, and the moment of the next one."""

    due: Occurrence
    missed: int
    next: datetime


def known_zone(name: str) -> str:
    """An IANA zone by its exact name. Raises QuestionError with the nearest one for any other."""
    if name not in _zones():
        raise QuestionError(f"“{name[:60]}” is no time zone that I know.{did_you_mean(name[:60], sorted(_zones()))}")
    return name


def moment(rule: Rule, on: date) -> datetime:
    """When the rule is due on this local day, in UTC."""
    # The earlier of two readings; in a gap that is the offset from before it, which lies as long after the jump.
    return datetime.combine(on, rule.at.replace(fold=0), ZoneInfo(rule.zone)).astimezone(UTC)


def next_due(rule: Rule, after: datetime) -> Occurrence:
    """The first occurrence later than `after`."""
    start = after.astimezone(UTC).date() - SLACK
    return next(one for one in _occurrences(rule, start, 1) if one.at > after)


def last_due(rule: Rule, until: datetime) -> Occurrence:
    """The last occurrence at or before `until`."""
    start = until.astimezone(UTC).date() + SLACK
    return next(one for one in _occurrences(rule, start, -1) if one.at <= until)


def between(rule: Rule, start: datetime, end: datetime) -> Iterator[Occurrence]:
    """All occurrences at or after `start` and before `end`."""
    for one in _occurrences(rule, start.astimezone(UTC).date() - SLACK, 1):
        if one.at >= end:
            return
        if one.at >= start:
            yield one


def opening(rule: Rule, expected: datetime, now: datetime) -> Opening | None:
    """What has become due since the moment `expected` for which it was put down; None where that is still to come.

    Several missed ones become the newest. `expected` need not be one of the rule's own moments: something may be put
    down for at once, and then stands for the period in which that falls.
    """
    if expected > now:
        return None
    after = next_due(rule, now).at
    newest = last_due(rule, now)
    if newest.at < expected:
        return Opening(Occurrence(expected, period_at(rule, expected)), 0, after)
    missed = sum(1 for _, _ in zip(between(rule, expected, newest.at), range(MOST_MISSED), strict=False))
    return Opening(newest, missed, after)


def period_at(rule: Rule, at: datetime) -> str:
    """The period in which a moment lies, in the rule's zone."""
    return period_of(rule.every, at.astimezone(ZoneInfo(rule.zone)).date())


def period_of(every: Every, on: date) -> str:
    """The name of a period: "2026-11-20", "2026-W47" (ISO), "2026-11"."""
    if every == "week":
        year, week, _ = on.isocalendar()
        return f"{year}-W{week:02d}"
    return on.isoformat() if every == "day" else f"{on:%Y-%m}"


def _occurrences(rule: Rule, start: date, step: Literal[1, -1]) -> Iterator[Occurrence]:
    """One after the other, forwards or backwards, from the period of `start` on."""
    for on in _days(rule, start, step):
        yield Occurrence(moment(rule, on), period_of(rule.every, on))


def _days(rule: Rule, start: date, step: Literal[1, -1]) -> Iterator[date]:
    if rule.every == "day":
        yield from (start + n * DAY for n in count(0, step))
    elif rule.every == "week":
        first = start - timedelta(days=start.weekday()) + timedelta(days=rule.weekday)
        yield from (first + n * 7 * DAY for n in count(0, step))
    else:
        yield from (_in_month(start.year * 12 + start.month - 1 + n, rule.day) for n in count(0, step))


def _in_month(months: int, day: int) -> date:
    """The day of a month, counted from year 0, or its last day."""
    year, month = divmod(months, 12)
    last = (date(year + (month == 11), (month + 1) % 12 + 1, 1) - DAY).day
    return date(year, month + 1, min(day, last))


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())
