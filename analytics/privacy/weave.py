"""Weaves a veil: a number for each record that cancels out over every group that may be shown, and over no small one.

Two companies whose pay differs by any multiple of the veil give the same answer to every question whose records' veil adds
up to nothing. So whatever is worked out from such answers, however many of them, cannot tell the two apart, and a group
whose veil does not add up to nothing cannot be worked out at all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from analytics.privacy.solve import Solver
from analytics.privacy.tables import Flags, Floats, Ints, Table
from analytics.privacy.watch import FEWEST, NOTHING, Watch

SPREAD = 1_000.0
"""Records' own numbers lie between minus and plus this."""
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


def weave(
    entries: Entries, wanted: Sequence[Table], watched: Callable[[], Iterable[Ints]] = tuple, most: int = MOST
) -> Woven:
    """A veil under which the cells of `wanted` are open, as far as no cell of `watched` gives away fewer than FEWEST people.

    Cells of later tables, and of fewer people, are given up first. It ends, because each round closes a cell.
    """
    watch = Watch(wanted, watched, entries.person)
    flags = [found >= FEWEST for found in watch.people]
    _within_means(flags, watch.people, most)
    watch.plain(flags)
    solver = Solver(entries.count, entries.own, wanted, watch.nests, flags)
    for rounds in range(ROUNDS):
        less = solver.solve()
        lost = list(watch.given_away(entries.own - entries.count * less))
        if not _give_up(lost, solver, watch, flags):
            return Woven(less, tuple(flags), rounds)
        solver.use(flags)
    return Woven(np.zeros_like(entries.own), tuple(np.zeros_like(one) for one in flags), ROUNDS)


def _within_means(flags: Sequence[Flags], people: Sequence[Ints], most: int) -> None:
    """Give up the last tables' smallest cells, so that no more than `most` are left to be solved for."""
    left = most
    for flagged, found in zip(flags, people, strict=True):
        cells = np.flatnonzero(flagged)
        over = cells[np.argsort(-found[cells], kind="stable")[max(left, 0) :]]
        flagged[over] = False
        left -= cells.size - over.size


def _give_up(lost: Sequence[Ints], solver: Solver, watch: Watch, flags: Sequence[Flags]) -> bool:
    """For each small group that was given away, close the cell of fewest people among those that tell it.

    False where there is nothing to close: none was given away, or its own numbers happen to add up to nothing.
    """
    closed, settled = False, np.zeros(watch.wanted[0].cell.size, np.bool_)
    for entries, cells in zip(lost, solver.makes(lost), strict=True):
        # Closing one cell often settles its neighbours too: they are looked at again before more is given up.
        if settled[entries].any():
            continue
        told = [(int(watch.people[place][cell]), -place, cell) for place, cell in cells]
        told = told or _covering(entries, watch, flags)
        if not told:
            continue
        _, place, cell = min(told)
        flags[-place][cell], closed = False, True
        settled |= watch.wanted[-place].cell == cell
        settled[entries] = True
    return closed


def _covering(entries: Ints, watch: Watch, flags: Sequence[Flags]) -> list[tuple[int, int, int]]:
    """The open cells that these entries lie in, where rounding hides which cells tell them: people, minus place, cell."""
    found = []
    for place, (table, flagged, seen) in enumerate(zip(watch.wanted, flags, watch.people, strict=True)):
        cells = np.unique(table.cell[entries])
        cells = cells[cells >= 0]
        found += [(int(seen[cell]), -place, int(cell)) for cell in cells[flagged[cells]]]
    return found


__all__ = ["FEWEST", "NOTHING", "Entries", "Woven", "weave"]
