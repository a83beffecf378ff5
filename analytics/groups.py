"""What SQL found, column by column: the groups and totals of the period asked for, and of the one it is held against."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import compress, repeat
from typing import TYPE_CHECKING, Any

from analytics.survival import km_median

if TYPE_CHECKING:
    from analytics.catalogue import Metric
    from analytics.model import Number

Keys = tuple[str | None, ...]
Values = tuple["Number", ...]
Group = tuple[Keys, Values, int, int]
"""Keys, values, records, people."""


@dataclass(frozen=True, slots=True)
class Groups:
    """Groups as columns, because an answer may have thousands and each step in Python counts.

    One list per key, one per metric, and the records and people of each group. Iterating gives one `Group` each.
    """

    keys: tuple[list[str | None], ...]
    values: tuple[list[Number], ...]
    records: list[int]
    people: list[int]

    def __len__(self) -> int:
        return len(self.records)

    def __iter__(self) -> Iterator[Group]:
        return zip(self.by_key(), zip(*self.values, strict=True), self.records, self.people, strict=True)

    def by_key(self) -> Iterable[Keys]:
        """The keys of each group."""
        return zip(*self.keys, strict=True) if self.keys else repeat((), len(self))

    def joined(self, more: Sequence[Keys], values: Values) -> Groups:
        """These and groups without records, all of the same values."""
        if not more:
            return self
        count, nobody = len(more), [0] * len(more)
        keys = tuple([*mine, *theirs] for mine, theirs in zip(self.keys, zip(*more, strict=True), strict=True))
        valued = tuple([*column, *repeat(value, count)] for column, value in zip(self.values, values, strict=True))
        return Groups(keys, valued, self.records + nobody, self.people + nobody)


@dataclass(frozen=True, slots=True)
class Eras:
    """Groups and totals of the period asked for, and of the one it is held against."""

    now: Groups
    then: Groups
    total: Group
    total_then: Group | None


def nothing(metrics: tuple[Metric, ...]) -> Values:
    """The values of no rows: zero for what adds up or counts, no number for the rest."""
    return tuple(0 if m.additive or m.unit == "count" else None for m in metrics)


def read(found: list[list[Any]], keys: int, metrics: tuple[Metric, ...], *, people: bool) -> Eras:
    """Sort the columns era, g, keys..., metrics..., n, people? of SQL into eras, groups and totals."""
    era, is_total, *rest = found
    if not people:
        rest.append([0] * len(era))
    totals: list[Group | None] = [None, None]
    while 1 in is_total:
        at = is_total.index(1)
        is_total.pop(at)
        which, row = era.pop(at), [column.pop(at) for column in rest]
        counted = _estimated([[value] for value in row[keys:-2]], metrics)
        totals[which] = (tuple(row[:keys]), tuple(column[0] for column in counted), row[-2] or 0, row[-1] or 0)
    now, then = (rest, [[] for _ in rest]) if 1 not in era else _apart(rest, era)
    return Eras(
        _groups(now, keys, metrics), _groups(then, keys, metrics), totals[0] or ((), nothing(metrics), 0, 0), totals[1]
    )


def _apart(columns: list[list[Any]], era: list[int]) -> tuple[list[list[Any]], list[list[Any]]]:
    now = [not which for which in era]
    return [list(compress(column, now)) for column in columns], [list(compress(column, era)) for column in columns]


def _groups(columns: list[list[Any]], keys: int, metrics: tuple[Metric, ...]) -> Groups:
    return Groups(tuple(columns[:keys]), tuple(_estimated(columns[keys:-2], metrics)), columns[-2], columns[-1])


def _estimated(columns: list[list[Any]], metrics: tuple[Metric, ...]) -> list[list[Number]]:
    """Survival metrics come as two columns of lists (days, happened) and become one number each."""
    parts = iter(columns)
    return [
        [
            None if days is None else km_median(days, happened)
            for days, happened in zip(next(parts), next(parts), strict=True)
        ]
        if m.survival
        else next(parts)
        for m in metrics
    ]
