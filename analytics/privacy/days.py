"""Lets the company's total be asked for by day: within a month, days of enough people are made to add up to nothing as well."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from analytics.privacy.tables import Floats, Ints, Table, count_people, sums
from analytics.privacy.watch import FEWEST, NOTHING

TINY = 1e-9
MONDAY = 4
"""The first of January 1970 was a Thursday: day 4 a Monday."""


def weeks(stretch: Ints, day: Ints, person: Ints) -> Ints:
    """For each record the number of its week within its `stretch` (a month); weeks of too few people join the one before or after."""
    out = np.zeros(day.size, np.int64)
    for at in _apart(stretch):
        out[at] = blocks(day[at] - (day[at] - MONDAY) % 7, person[at], np.zeros_like(at))
    return out


def even_days(veil: Floats, unit: Ints, stretch: Ints, day: Ints, person: Ints, kind: Ints) -> Floats:
    """The veil of each record, its sums by `unit` kept, its sums by block of days within a `stretch` (a month) made nothing.

    So are the sums by kind of charge, in blocks that have enough people of every kind. A month that is not open itself stays as
    it is, and so does one in which a small day would be told.
    """
    out = veil.copy()
    for at in _apart(stretch):
        if abs(veil[at].sum()) >= NOTHING:
            continue
        cells = [blocks(day[at], person[at], np.zeros_like(at))]
        if (np.abs(sums(_table(kind[at]), veil[at])) < NOTHING).all():
            by_kind = blocks(_first(cells[0], day[at]), person[at], kind[at])
            cells.append(_table(by_kind * (int(kind.max()) + 2) + kind[at] + 1).cell)
        found = _evened(veil[at], unit[at], cells)
        if not _tells(found, day[at], kind[at], person[at]):
            out[at] = found
    return out


def _apart(stretch: Ints) -> Iterator[Ints]:
    order = np.argsort(stretch, kind="stable")
    if order.size:
        yield from np.split(order, np.flatnonzero(np.diff(stretch[order])) + 1)


def _table(cell: Ints) -> Table:
    numbers, cell = np.unique(cell, return_inverse=True)
    return Table(cell.astype(np.int64), numbers.size)


def _first(block: Ints, day: Ints) -> Ints:
    """The first day of each record's block."""
    first = np.full(int(block.max()) + 1, day.max())
    np.minimum.at(first, block, day)
    out: Ints = first[block]
    return out


def _evened(veil: Floats, unit: Ints, cells: list[Ints]) -> Floats:
    units, row = np.unique(unit, return_inverse=True)
    each = np.bincount(row).astype(float)
    common = np.hstack([_in_common(row, units.size, cell) for cell in cells])
    whole = np.zeros((common.shape[1], common.shape[1]))
    firsts = np.cumsum([0] + [int(cell.max()) + 1 for cell in cells])
    for one, first in zip(cells, firsts, strict=False):
        for two, second in zip(cells, firsts, strict=False):
            block = _in_common(one, int(one.max()) + 1, two)
            whole[first : first + block.shape[0], second : second + block.shape[1]] = block
    left = np.concatenate([np.bincount(cell, weights=veil) for cell in cells])
    # Two-way margins: units' sums stay, so what a unit gives for its days is taken from all its records alike.
    size, way = np.linalg.eigh(whole - common.T @ (common / each[:, None]))
    # Days that say the same as their units leave nothing to choose: what is too small to divide by is left alone.
    turned = np.divide(1.0, size, out=np.zeros_like(size), where=size > whole.max() * TINY)
    by_cell = way @ (turned * (way.T @ left))
    out: Floats = veil + ((common @ by_cell) / each)[row]
    for cell, first in zip(cells, firsts, strict=False):
        out -= by_cell[first + cell]
    return out


def _in_common(row: Ints, rows: int, cell: Ints) -> Floats:
    width = int(cell.max()) + 1
    found = np.bincount(row * width + cell, minlength=rows * width)
    return found.reshape(rows, width).astype(float)


def _tells(veil: Floats, day: Ints, kind: Ints, person: Ints) -> bool:
    """Whether a day of too few people, or a kind of charge on it, adds up to nothing."""
    for key in (day, day * (int(kind.max()) + 2) + kind + 1):
        table = _table(key)
        found = np.abs(sums(table, veil)) < NOTHING
        if (found & (count_people(table, person) < FEWEST)).any():
            return True
    return False


def blocks(day: Ints, person: Ints, kind: Ints) -> Ints:
    """For each record the number of its block: single days where enough people were paid, else neighbours of one week.

    Enough of every kind that stands in the block at all.
    """
    order = np.argsort(day, kind="stable")
    days, starts = np.unique(day[order], return_index=True)
    place = np.zeros(days.size, np.int64)
    kept, pending = 0, dict[int, set[int]]()
    waiting: list[int] = []
    who, what = person[order], kind[order]
    for i, (start, end) in enumerate(zip(starts, [*starts[1:], day.size], strict=True)):
        for one in np.unique(what[start:end]).tolist():
            pending.setdefault(one, set()).update(who[start:end][what[start:end] == one].tolist())
        waiting.append(i)
        last = i + 1 == days.size or (days[i + 1] - MONDAY) // 7 != (days[i] - MONDAY) // 7
        if all(len(seen - {-1}) >= FEWEST for seen in pending.values()):
            place[waiting] = kept
            kept += 1
        elif last and kept:
            # The rest of a week joins its last block, so that weeks stay whole.
            place[waiting] = kept - 1
        else:
            continue
        pending, waiting = {}, []
    place[waiting] = max(kept - 1, 0)
    out: Ints = place[np.searchsorted(days, day)]
    return out
