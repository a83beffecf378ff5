"""Ways to split the records, which of them split which, and who stands behind each cell."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Table:
    """One way to split the entries: the cell of each (-1: in none), numbered from 0 to `size` - 1.

    `within`: the places of the coarser tables whose cells these cells split.
    """

    cell: Ints
    size: int
    within: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Nest:
    """That one table splits another: the coarser cell above each finer one (-1: none), and those with entries in no finer one."""

    finer: int
    coarser: int
    above: Ints
    bare: Flags


def nests(tables: Sequence[Table]) -> list[Nest]:
    """Every pair that `within` declares."""
    return [
        _nest(place, coarser, table, tables[coarser]) for place, table in enumerate(tables) for coarser in table.within
    ]


def _nest(place: int, coarser: int, table: Table, over: Table) -> Nest:
    # What lies in no cell has number -1 and lands in one more cell, the last, which is cut off.
    above, bare = np.full(table.size + 1, -1), np.zeros(over.size + 1, np.bool_)
    above[table.cell] = over.cell
    bare[over.cell[table.cell < 0]] = True
    return Nest(place, coarser, above[:-1], bare[:-1])


def needed(tables: Sequence[Table], nested: Sequence[Nest], flags: Sequence[Flags]) -> list[Flags]:
    """The flagged cells but those whose parts in a finer table are all flagged: the parts say the same."""
    out = [flagged.copy() for flagged in flags]
    for nest in nested:
        if out[nest.coarser].any() and flags[nest.finer].any():
            missing = np.append(nest.bare, np.True_)
            missing[nest.above[~flags[nest.finer]]] = True
            out[nest.coarser] &= missing[: tables[nest.coarser].size]
    return out


def count_people(table: Table, person: Ints) -> Ints:
    """Distinct people of each cell; records of nobody known count as nobody."""
    held = (table.cell >= 0) & (person >= 0)
    width = int(person.max(initial=0)) + 1
    pairs = np.sort(table.cell[held] * width + person[held])
    first = pairs[np.append(True, np.diff(pairs) > 0)[: pairs.size]]
    return np.bincount(first // width, minlength=table.size)


def sums(table: Table, values: Floats | None = None) -> Floats:
    """The sum of entries' values over each cell, or how many entries it has."""
    slots = table.cell + 1
    found = np.bincount(slots, weights=values, minlength=table.size + 1)[1:]
    return found.astype(np.float64)
