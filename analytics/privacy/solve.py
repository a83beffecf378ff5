"""Finds what to take from each entry so that chosen cells add up to nothing: least squares, solved at once and then refined."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from analytics.privacy.tables import Flags, Floats, Ints, Nest, Table, needed

EXACT = 1e-10
STEPS = 40
RIDGE = 1e-6
USED = 1e-5


class Solver:
    """The cells of all tables that were flagged at the start, numbered through; those closed since are left out."""

    def __init__(
        self, count: Floats, own: Floats, tables: Sequence[Table], nested: Sequence[Nest], flags: Sequence[Flags]
    ) -> None:
        self._count, self._tables, self._nests = count, tables, nested
        first, self._places, self._held = 0, [], []
        self._names: list[tuple[int, int]] = []
        for place, (table, flagged) in enumerate(zip(tables, flags, strict=True)):
            known = np.flatnonzero(flagged)
            self._names += [(place, cell) for cell in known.tolist()]
            numbers = np.full(table.size + 1, -1)
            numbers[known] = np.arange(first, first + known.size)
            self._places.append(numbers)
            if known.size:
                # What lies in none of the cells lies in one more, the last; it is cut off after counting.
                local = np.where(numbers >= 0, numbers - first, known.size)
                self._held.append((first, known.size, local[table.cell]))
            first += known.size
        self._size = first
        self._common = self._in_common()
        self._sums = self._over(own)
        self._used = np.zeros(first, np.bool_)
        self._mine = self._inverse = np.zeros((0, 0))
        self.use(flags)

    def use(self, flags: Sequence[Flags]) -> None:
        """Solve for these cells from now on: none that was not flagged at the start."""
        used = np.zeros(self._size, np.bool_)
        for numbers, flagged in zip(self._places, needed(self._tables, self._nests, flags), strict=True):
            used[numbers[:-1][flagged]] = True
        self._mine = self._common[np.ix_(used, used)]
        gone, more = self._used & ~used, used & ~self._used
        if not self._used.any() or 4 * (gone.sum() + more.sum()) > used.sum():
            self._used = used
            self._inverse = _inverted(self._mine)
            return
        self._inverse = _less(self._inverse, gone[self._used])
        kept = np.flatnonzero(self._used & used)
        self._inverse = _and(self._inverse, self._common, kept, np.flatnonzero(more))
        # Back into the order of the numbers.
        order = np.argsort(np.concatenate([kept, np.flatnonzero(more)]))
        self._inverse = self._inverse[np.ix_(order, order)]
        self._used = used

    def solve(self) -> Floats:
        """What to take from each record of an entry so that every flagged cell adds up to nothing."""
        weights = np.zeros(self._size)
        weights[self._used] = self._found(self._sums[self._used])
        out = np.zeros(self._count.size)
        for first, size, cell in self._held:
            out += np.append(weights[first : first + size], 0.0)[cell]
        return out

    def makes(self, lost: Sequence[Ints]) -> list[list[tuple[int, int]]]:
        """For each group of entries the cells (table, cell) whose sums, taken together, tell that of the group."""
        wanted = np.zeros((self._size, len(lost)))
        for column, entries in enumerate(lost):
            for first, size, cell in self._held:
                met = np.bincount(cell[entries], weights=self._count[entries], minlength=size + 1)[:size]
                wanted[first : first + size, column] = met
        wanted = wanted[self._used]
        found = self._inverse @ wanted
        found += self._inverse @ (wanted - self._mine @ found)
        numbers = np.flatnonzero(self._used)
        return [self._named(numbers[np.abs(column) > USED]) for column in found.T]

    def _named(self, numbers: Ints) -> list[tuple[int, int]]:
        return [self._names[number] for number in numbers.tolist()]

    def _found(self, left: Floats) -> Floats:
        """The weights of the cells: conjugate gradients, which the inverse brings home in few steps."""
        found, home = _gradients(self._mine, self._inverse, left)
        if not home:
            # Too much was taken out of the inverse and put into it: made anew.
            self._inverse = _inverted(self._mine)
            found, _ = _gradients(self._mine, self._inverse, left)
        return found

    def _over(self, values: Floats) -> Floats:
        """The sum of entries' values over each cell."""
        sums = [np.bincount(cell, weights=values, minlength=size + 1)[:size] for _, size, cell in self._held]
        return np.concatenate(sums) if sums else np.zeros(0)

    def _in_common(self) -> Floats:
        """How many records each two cells have in common."""
        out = np.zeros((self._size, self._size))
        for i, (first, size, cell) in enumerate(self._held):
            for second, wide, other in self._held[: i + 1]:
                both = np.bincount(cell * (wide + 1) + other, weights=self._count, minlength=(size + 1) * (wide + 1))
                block = both.reshape(size + 1, wide + 1)[:size, :wide]
                out[first : first + size, second : second + wide] = block
                out[second : second + wide, first : first + size] = block.T
        return out


def _gradients(common: Floats, inverse: Floats, left: Floats) -> tuple[Floats, bool]:
    """The weights, and whether they were found in time."""
    found = np.zeros(left.size)
    eased = inverse @ left
    way, size = eased.copy(), float(left @ eased)
    enough = size * EXACT**2
    for _ in range(STEPS):
        if size <= enough or not size:
            break
        turned = common @ way
        step = size / float(way @ turned)
        found += step * way
        left = left - step * turned
        eased = inverse @ left
        was, size = size, float(left @ eased)
        way = eased + (size / was) * way
    return found, 0 <= size <= enough


def _inverted(common: Floats) -> Floats:
    """A trace is added, for where cells say the same."""
    common = common.copy()
    common[np.diag_indices_from(common)] *= 1 + RIDGE
    return np.asarray(np.linalg.inv(common)) if common.size else common


def _less(inverse: Floats, gone: Flags) -> Floats:
    """The inverse of what is left when some cells go."""
    if not gone.any():
        return inverse
    cross = inverse[np.ix_(~gone, gone)]
    out: Floats = inverse[np.ix_(~gone, ~gone)] - cross @ np.linalg.solve(inverse[np.ix_(gone, gone)], cross.T)
    return out


def _and(inverse: Floats, common: Floats, kept: Ints, more: Ints) -> Floats:
    """The inverse when some cells come, behind the others."""
    if not more.size:
        return inverse
    cross, own = common[np.ix_(kept, more)], common[np.ix_(more, more)]
    own[np.diag_indices_from(own)] *= 1 + RIDGE
    way = inverse @ cross
    core = np.linalg.inv(own - cross.T @ way)
    side = -way @ core
    return np.block([[inverse - side @ way.T, side], [side.T, core]])
