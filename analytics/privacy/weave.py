"""Weaves a veil: a number for each record that cancels out over every group that may be shown, and over no small one.

Two companies whose pay differs by any multiple of the veil give the same answer to every question whose records' veil adds
up to nothing. So whatever is worked out from such answers, however many of them, cannot tell the two apart, and a group
whose veil does not add up to nothing cannot be worked out at all.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from analytics.privacy.solve import Flags, Floats, Ints, Solver, Table

FEWEST = 5
SPREAD = 1_000.0
"""Records' own numbers lie between minus and plus this; a sum nearer to zero than NOTHING counts as nothing."""
NOTHING = 1e-2
ROUNDS = 200
MOST = 1_200
"""Cells that can be made to add up to nothing at once; finding the veil takes time with their number cubed."""


@dataclass(frozen=True, slots=True)
class Entries:
    """Records of one person that no table tells apart, as one: how many, the sum of their own numbers, whose (-1: unknown)."""

    count: Floats
    own: Floats
    person: Ints


@dataclass(frozen=True, slots=True)
class Woven:
    """What to take from each record's own number, by entry; the open cells of each table; after how many rounds."""

    less: Floats
    open: tuple[Flags, ...]
    rounds: int


def weave(entries: Entries, wanted: Sequence[Table], watched: Sequence[Table] = (), most: int = MOST) -> Woven:
    """A veil under which the cells of `wanted` are open, as far as none of `watched` gives away fewer than FEWEST people.

    Cells of later tables, and of fewer people, are given up first. It ends, because each round closes a cell.
    """
    people = [count_people(table, entries.person) for table in wanted]
    flags = [found >= FEWEST for found in people]
    _within_means(wanted, flags, people, most)
    _plain(entries.person, wanted, flags, people)
    solver = Solver(entries.count, entries.own, wanted, flags)
    for rounds in range(ROUNDS):
        less = solver.solve()
        veil = entries.own - entries.count * less
        lost = list(given_away(veil, entries.person, wanted, watched, flags))
        if not lost:
            return Woven(less, tuple(flags), rounds)
        _give_up(lost, solver, wanted, flags, people)
        solver = Solver(entries.count, entries.own, wanted, flags)
    return Woven(np.zeros_like(entries.own), tuple(np.zeros_like(one) for one in flags), ROUNDS)


def count_people(table: Table, person: Ints) -> Ints:
    """Distinct people of each cell; records of nobody known count as nobody."""
    held = (table.cell >= 0) & (person >= 0)
    width = int(person.max(initial=0)) + 1
    pairs = np.unique(table.cell[held] * width + person[held])
    return np.bincount(pairs // width, minlength=table.size)


def _within_means(tables: Sequence[Table], flags: Sequence[Flags], people: Sequence[Ints], most: int) -> None:
    """Give up the last tables' smallest cells, so that no more than `most` are left to be solved for."""
    left = most
    for place in range(len(tables)):
        cells = np.flatnonzero(flags[place])
        over = cells[np.argsort(-people[place][cells], kind="stable")[max(left, 0) :]]
        flags[place][over] = False
        left -= cells.size - over.size


def _plain(person: Ints, tables: Sequence[Table], flags: Sequence[Flags], people: Sequence[Ints]) -> None:
    """The plain case, settled without any veil: an open cell less its open parts must not leave fewer than FEWEST people.

    Where it would, the smallest open part is closed as well; as it has FEWEST people itself, that is enough.
    """
    changed = True
    while changed:
        changed = False
        for place, table in enumerate(tables):
            for coarser in table.within if flags[place].any() else ():
                above = _above(table, tables[coarser])
                rest, size = _rest(table, flags[place], tables[coarser], flags[coarser])
                left = np.bincount(rest[rest >= 0], minlength=size)
                bad = (left > 0) & (count_people(Table(rest, size), person) < FEWEST)
                cells = np.flatnonzero(flags[place] & (above >= 0) & bad[above])
                cells = cells[np.lexsort((people[place][cells], above[cells]))]
                first = np.append(True, np.diff(above[cells]) > 0)[: cells.size]
                flags[place][cells[first]] = False
                changed |= cells.size > 0


def _above(table: Table, coarser: Table) -> Ints:
    """The coarser cell of each cell."""
    out, held = np.full(table.size, -1), table.cell >= 0
    out[table.cell[held]] = coarser.cell[held]
    return out


def _rest(table: Table, flagged: Flags, coarser: Table, over: Flags) -> tuple[Ints, int]:
    """For each entry the open coarser cell of which it is a closed part, or -1; and how many coarser cells there are."""
    shut = (table.cell >= 0) & ~flagged[table.cell] & (coarser.cell >= 0) & over[coarser.cell]
    return np.where(shut, coarser.cell, -1), coarser.size


def given_away(
    veil: Floats, person: Ints, wanted: Sequence[Table], watched: Sequence[Table], flags: Sequence[Flags]
) -> Iterator[Ints]:
    """The entries of each small group that adds up to nothing: a cell of any table, or what is closed of a coarser cell."""
    for table in (*wanted, *watched):
        yield from _small(veil, person, table.cell, table.size)
    everything = [np.ones_like(one) for one in flags]
    for table, flagged in zip(wanted, flags, strict=True):
        for coarser in table.within if flagged.any() else ():
            yield from _small(veil, person, *_rest(table, flagged, wanted[coarser], everything[coarser]))


def _small(veil: Floats, person: Ints, cell: Ints, size: int) -> Iterator[Ints]:
    """The entries of each cell that adds up to nothing and holds fewer than FEWEST people."""
    held = np.flatnonzero(cell >= 0)
    sums = np.bincount(cell[held], weights=veil[held], minlength=size)
    doubtful = (np.bincount(cell[held], minlength=size) > 0) & (np.abs(sums) < NOTHING)
    held = held[doubtful[cell[held]]]
    if not held.size:
        return
    few = count_people(Table(np.where((cell >= 0) & doubtful[cell], cell, -1), size), person) < FEWEST
    held = held[few[cell[held]]]
    if held.size:
        held = held[np.argsort(cell[held], kind="stable")]
        yield from np.split(held, np.flatnonzero(np.diff(cell[held])) + 1)


def _give_up(
    lost: Sequence[Ints], solver: Solver, tables: Sequence[Table], flags: Sequence[Flags], people: Sequence[Ints]
) -> None:
    """For each small group that was given away, close the cell of fewest people among those that tell it."""
    settled = np.zeros(tables[0].cell.size, np.bool_)
    for entries in lost:
        # Closing one cell often settles its neighbours too: they are looked at again before more is given up.
        if settled[entries].any():
            continue
        told = [(int(people[table][cell]), -table, cell) for table, cell in solver.makes(entries)]
        _, place, cell = min(told) if told else _smallest(entries, tables, flags, people)
        flags[-place][cell] = False
        settled |= tables[-place].cell == cell
        settled[entries] = True


def _smallest(
    entries: Ints, tables: Sequence[Table], flags: Sequence[Flags], people: Sequence[Ints]
) -> tuple[int, int, int]:
    """The open cell of fewest people that these entries lie in, where rounding hides which cells tell them."""
    found = []
    for place, (table, flagged, seen) in enumerate(zip(tables, flags, people, strict=True)):
        cells = np.unique(table.cell[entries])
        cells = cells[cells >= 0]
        found += [(int(seen[cell]), -place, int(cell)) for cell in cells[flagged[cells]]]
    return min(found)
