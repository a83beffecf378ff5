"""Watches over a veil: small groups that it would give away, and the plain case, settled before there is one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

import numpy as np

from analytics.privacy.tables import Flags, Floats, Ints, Nest, Table, count_people, nests, sums

FEWEST = 5
NOTHING = 1e-2
"""A sum nearer to zero than this counts as nothing."""


class Watch:
    """The tables to be opened, with what does not change while a veil is woven, and the ways to split that are only watched.

    `watched` gives for each such way the cell of each entry (-1: in none), anew whenever it is called: there are hundreds.
    """

    def __init__(self, wanted: Sequence[Table], watched: Callable[[], Iterable[Ints]], person: Ints) -> None:
        self.wanted, self.nests = wanted, nests(wanted)
        self.people = [count_people(table, person) for table in wanted]
        self._person, self._watched = person, watched
        self._filled = [sums(table) for table in wanted]
        self._few = [(filled > 0) & (found < FEWEST) for filled, found in zip(self._filled, self.people, strict=True)]

    def given_away(self, veil: Floats) -> Iterator[Ints]:
        """The entries of each small group that adds up to nothing: a cell of any table, or what is left of a coarser cell.

        What is only watched is looked at once nothing else is given away: that is seldom, and each look is long.
        """
        none = True
        for entries in self._of_tables(veil):
            none = False
            yield entries
        if none:
            for cell in self._watched():
                yield from self._told(cell, veil)

    def _told(self, cell: Ints, veil: Floats) -> Iterator[Ints]:
        nothing = np.abs(np.bincount(cell + 1, weights=veil, minlength=2)[1:]) < NOTHING
        held = np.flatnonzero(np.append(nothing, np.False_)[cell])
        if held.size:
            _, rest = np.unique(cell[held], return_inverse=True)
            table = Table(rest, int(rest.max()) + 1)
            for entries in _entries(rest, count_people(table, self._person[held]) < FEWEST):
                yield held[entries]

    def _of_tables(self, veil: Floats) -> Iterator[Ints]:
        found = [sums(table, veil) for table in self.wanted]
        for table, few, each in zip(self.wanted, self._few, found, strict=True):
            yield from _entries(table.cell, few & (np.abs(each) < NOTHING))
        for nest in self.nests:
            yield from self._rests(nest, found[nest.finer])

    def _rests(self, nest: Nest, each: Floats) -> Iterator[Ints]:
        """What is left of a coarser cell without its told parts: a part that was given up may be told by others all the same."""
        there = (nest.above >= 0) & (self._filled[nest.finer] > 0)
        told = there & (np.abs(each) < NOTHING)
        shut = there & ~told
        size = self.wanted[nest.coarser].size
        rest = np.bincount(nest.above[shut], weights=each[shut], minlength=size)
        doubtful = np.abs(rest) < NOTHING
        for some in (told, shut):
            doubtful &= np.bincount(nest.above[some], minlength=size) > 0
        if doubtful.any():
            yield from self._small(nest, shut, doubtful)

    def _small(self, nest: Nest, shut: Flags, doubtful: Flags) -> Iterator[Ints]:
        """The parts of these coarser cells that are not told, where fewer than FEWEST people stand behind them all."""
        kept = shut & doubtful[nest.above]
        cell = self.wanted[nest.finer].cell
        held = np.flatnonzero(np.append(kept, np.False_)[cell])
        rest = nest.above[cell[held]]
        few = doubtful & (count_people(Table(rest, doubtful.size), self._person[held]) < FEWEST)
        for entries in _entries(rest, few):
            yield held[entries]

    def plain(self, flags: Sequence[Flags]) -> None:
        """The plain case, settled without any veil: an open cell less its open parts must not leave fewer than FEWEST people.

        Where it would, the smallest open part is closed as well; as it has FEWEST people itself, that is enough.
        """
        changed = True
        while changed:
            changed = False
            for nest in self.nests:
                changed |= self._closed(nest, flags)

    def _closed(self, nest: Nest, flags: Sequence[Flags]) -> bool:
        mine, people = flags[nest.finer], self.people[nest.finer]
        under = np.append(flags[nest.coarser], np.False_)[nest.above] & (self._filled[nest.finer] > 0)
        if not mine.any():
            return False
        left = np.zeros(self.wanted[nest.coarser].size, np.bool_)
        left[nest.above[under & ~mine]] = True
        # One closed part of enough people settles it, without a look at who they are.
        left[nest.above[under & ~mine & (people >= FEWEST)]] = False
        if not left.any():
            return False
        cell = self.wanted[nest.finer].cell
        held = np.flatnonzero(np.append(under & ~mine & left[nest.above], np.False_)[cell])
        bad = left & (count_people(Table(nest.above[cell[held]], left.size), self._person[held]) < FEWEST)
        cells = np.flatnonzero(mine & under & bad[nest.above])
        cells = cells[np.lexsort((people[cells], nest.above[cells]))]
        first = np.append(True, np.diff(nest.above[cells]) > 0)[: cells.size]
        mine[cells[first]] = False
        return cells.size > 0


def _entries(cell: Ints, picked: Flags) -> Iterator[Ints]:
    """The entries of each picked cell."""
    if not picked.any():
        return
    held = np.flatnonzero(np.append(picked, np.False_)[cell])
    held = held[np.argsort(cell[held], kind="stable")]
    yield from np.split(held, np.flatnonzero(np.diff(cell[held])) + 1)
