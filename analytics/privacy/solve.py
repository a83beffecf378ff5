"""Finds what to take from each entry so that chosen cells add up to nothing: least squares, solved at once and then refined."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

EXACT = 1e-10
STEPS = 60
RIDGE = 1e-8
USED = 1e-5


@dataclass(frozen=True, slots=True)
class Table:
    """One way to split the entries: the cell of each (-1: in none), numbered from 0 to `size` - 1.

    `within`: the places of the coarser tables whose cells these cells split.
    """

    cell: Ints
    size: int
    within: tuple[int, ...] = ()


class Solver:
    """The flagged cells of all tables, numbered through."""

    def __init__(self, count: Floats, own: Floats, tables: Sequence[Table], flags: Sequence[Flags]) -> None:
        self._count, self._own = count, own
        first, self._places = 0, []
        for flagged in needed(tables, flags):
            self._places.append(np.where(flagged, np.cumsum(flagged) - 1 + first, -1))
            first += int(flagged.sum())
        cells = [_at(place, table.cell) for place, table in zip(self._places, tables, strict=True)]
        self._cells = [cell for cell in cells if (cell >= 0).any()]
        self._inverse = self._inverted(first)

    def solve(self) -> Floats:
        """What to take from each record of an entry so that every flagged cell adds up to nothing."""
        return self._onto(self._found(self._over(self._own)))

    def makes(self, entries: Ints) -> list[tuple[int, int]]:
        """The cells (table, cell) whose sums, taken together, tell that of these entries."""
        inside = np.zeros(self._own.size)
        inside[entries] = 1.0
        used = np.abs(self._found(self._over(self._count * inside))) > USED
        out = []
        for table, place in enumerate(self._places):
            cells = np.flatnonzero(place >= 0)
            out += [(table, int(cell)) for cell in cells[used[place[cells]]]]
        return out

    def _found(self, left: Floats) -> Floats:
        """The weights of the cells: conjugate gradients, which the inverse brings home in few steps."""
        found = np.zeros(left.size)
        eased = self._inverse @ left
        way, size = eased.copy(), float(left @ eased)
        enough = size * EXACT**2
        for _ in range(STEPS):
            if size <= enough or not size:
                break
            turned = self._over(self._count * self._onto(way))
            step = size / float(way @ turned)
            found += step * way
            left = left - step * turned
            eased = self._inverse @ left
            was, size = size, float(left @ eased)
            way = eased + (size / was) * way
        return found

    def _over(self, values: Floats) -> Floats:
        """The sum of entries' values over each cell."""
        out = np.zeros(len(self._inverse))
        for cell in self._cells:
            held = cell >= 0
            out += np.bincount(cell[held], weights=values[held], minlength=out.size)
        return out

    def _onto(self, values: Floats) -> Floats:
        """The sum of cells' values over what each entry lies in."""
        padded = np.append(values, 0.0)
        out = np.zeros(self._own.size)
        for cell in self._cells:
            out += padded[cell]
        return out

    def _inverted(self, size: int) -> Floats:
        """Of the records that each two cells have in common, a trace added where cells say the same."""
        common = np.zeros((size, size))
        for i, a in enumerate(self._cells):
            for b in self._cells[: i + 1]:
                both = np.flatnonzero((a >= 0) & (b >= 0))
                pairs, entry = np.unique(a[both] * size + b[both], return_inverse=True)
                row, column = np.divmod(pairs, size)
                common[row, column] = common[column, row] = np.bincount(entry, weights=self._count[both])
        common[np.diag_indices(size)] *= 1 + RIDGE
        return np.asarray(np.linalg.inv(common)) if size else common


def _at(place: Ints, cell: Ints) -> Ints:
    return np.where(cell >= 0, place[cell], -1) if place.size else cell


def needed(tables: Sequence[Table], flags: Sequence[Flags]) -> list[Flags]:
    """The flagged cells but those whose parts in a finer table are all flagged: the parts say the same."""
    out = []
    for place, (table, flagged) in enumerate(zip(tables, flags, strict=True)):
        mine = flagged.copy()
        for finer, parts in zip(tables, flags, strict=True):
            if place in finer.within and mine.any() and parts.any():
                whole = np.ones(table.size, np.bool_)
                whole[table.cell[(table.cell >= 0) & ((finer.cell < 0) | ~parts[finer.cell])]] = False
                mine &= ~whole
        out.append(mine)
    return out
