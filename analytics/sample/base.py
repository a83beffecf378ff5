"""What every part of the sample shares: the span of the story, its seeded randomness, days and seconds as integers."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

DAY = 86_400
NONE = -(2**62)
"""An empty cell in a column of whole numbers."""
FAR = 2**40
"""A day that never comes."""
EPOCH = date(1970, 1, 1)
MONTHS_TOLD = 37


def day_number(day: date) -> int:
    """Days since 1970-01-01."""
    return (day - EPOCH).days


def to_date(number: int) -> date:
    """The date of a day number."""
    return EPOCH + timedelta(days=int(number))


@dataclass(frozen=True)
class Story:
    """How large the sample is, and from when to when it plays. `until` is its last day."""

    until: date
    employees: int
    teams: int
    seed: int

    @property
    def first(self) -> date:
        """First day: the calendar quarter that began at least three years before the last day."""
        months = self.until.year * 12 + self.until.month - 1 - MONTHS_TOLD
        months -= months % 3
        return date(months // 12, months % 12 + 1, 1)

    @property
    def begin(self) -> int:
        """First day as a day number."""
        return day_number(self.first)

    @property
    def end(self) -> int:
        """Last day as a day number."""
        return day_number(self.until)

    @property
    def stop(self) -> int:
        """First second after the story, since 1970."""
        return (self.end + 1) * DAY

    @property
    def years(self) -> float:
        """Length of the story in years."""
        return (self.end - self.begin + 1) / 365.25

    def rng(self, part: str) -> np.random.Generator:
        """Randomness of one part, so that a change in one part leaves the others as they were."""
        return np.random.default_rng([self.seed, zlib.crc32(part.encode())])

    def month_ends(self) -> list[date]:
        """Last days of the months that ended within the story."""
        ends: list[date] = []
        month = self.first
        while True:
            following = (month.replace(day=28) + timedelta(days=4)).replace(day=1)
            if following - timedelta(days=1) > self.until:
                return ends
            ends.append(following - timedelta(days=1))
            month = following


def weekday(days: Ints) -> Ints:
    """0 for Monday to 6 for Sunday."""
    return (days + 3) % 7


def workday_from(days: Ints) -> Ints:
    """The day itself, or the Monday after it when it falls on a weekend."""
    late = weekday(days)
    return np.asarray(days + np.where(late >= 5, 7 - late, 0), dtype=np.int64)


def months_of(days: Ints) -> Ints:
    """Months since January 1970."""
    return np.asarray(days.astype("datetime64[D]").astype("datetime64[M]"), dtype=np.int64)


def half_up(numerator: Ints, denominator: int | Ints) -> Ints:
    """Whole-number division rounded half away from zero, exact."""
    size = (2 * np.abs(numerator) + denominator) // (2 * np.asarray(denominator))
    return np.asarray(np.sign(numerator) * size, dtype=np.int64)


def pick(rng: np.random.Generator, weights: Floats, size: int) -> Ints:
    """Random positions, drawn with these weights."""
    edges = np.cumsum(weights)
    return np.asarray(np.searchsorted(edges, rng.random(size) * edges[-1], side="right"), dtype=np.int64)


def spread(lengths: Ints) -> tuple[Ints, Ints]:
    """For rows that repeat `lengths` times: which row each copy belongs to, and its number among the copies."""
    owner = np.repeat(np.arange(len(lengths), dtype=np.int64), lengths)
    begins = np.cumsum(lengths) - lengths
    return owner, np.arange(len(owner), dtype=np.int64) - begins[owner]
