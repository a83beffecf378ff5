"""Small random companies as cubes, and an attacker who solves the linear system of everything they are shown."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from analytics.privacy.tables import Flags, Floats, Ints, Table, count_people
from analytics.privacy.weave import FEWEST, NOTHING, SPREAD, Entries, weave


@dataclass(frozen=True)
class Cube:
    """Records by two to four dimensions of two to four members; most people stay in one cell, some move."""

    codes: list[Ints]
    cards: list[int]
    person: Ints

    @property
    def size(self) -> int:
        return len(self.person)

    def tables(self, conditions: int) -> list[Table]:
        """Every table of at most so many dimensions, the coarser first."""
        out: list[Table] = []
        place: dict[tuple[int, ...], int] = {}
        for many in range(conditions + 1):
            for chosen in combinations(range(len(self.codes)), many):
                cell, size = np.zeros(self.size, np.int64), 1
                for dimension in chosen:
                    cell = cell * self.cards[dimension] + self.codes[dimension]
                    size *= self.cards[dimension]
                within = tuple(place[tuple(d for d in chosen if d != left)] for left in chosen)
                place[chosen] = len(out)
                out.append(Table(cell, size, within))
        return out


def cube(seed: int) -> Cube:
    chance = np.random.default_rng(seed)
    cards = chance.integers(2, 5, chance.integers(2, 5)).tolist()
    people = int(chance.integers(5, 60))
    count = int(chance.integers(people, people * 3))
    person = np.concatenate([np.arange(people), chance.integers(0, people, count - people)])
    homes = [chance.integers(0, card, people) for card in cards]
    stays = [chance.random(count) < 0.7 for _ in cards]
    codes = [
        np.where(stay, home[person], chance.integers(0, card, count))
        for stay, home, card in zip(stays, homes, cards, strict=True)
    ]
    return Cube(codes, cards, person)


def veiled(made: Cube, seed: int) -> Floats:
    """The veil of a cube's records, woven as the program weaves it."""
    own = np.random.default_rng(seed + 1_000_000).uniform(-SPREAD, SPREAD, made.size)
    woven = weave(Entries(np.ones(made.size), own, made.person), made.tables(3))
    return np.asarray(own - woven.less)


def cells(made: Cube, veil: Floats) -> Iterator[tuple[Flags, int, bool]]:
    """For each cell of up to three conditions: its records, its people, and whether its money is shown."""
    for table in made.tables(3):
        people, sums = count_people(table, made.person), np.bincount(table.cell, weights=veil, minlength=table.size)
        for cell in range(table.size):
            inside = table.cell == cell
            if inside.any():
                yield inside, int(people[cell]), people[cell] >= FEWEST and abs(sums[cell]) < NOTHING


def unions(made: Cube, veil: Floats) -> Iterator[tuple[Flags, int, bool]]:
    """Filters that name two members or leave one out, with up to two more conditions on other dimensions."""
    for dimension, card in enumerate(made.cards):
        others = [table for table in made.tables(2) if not _splits(table, made, dimension)]
        for pair in combinations(range(card), 2):
            for named in (np.isin(made.codes[dimension], pair), ~np.isin(made.codes[dimension], pair[:1])):
                for table in others:
                    for cell in range(table.size):
                        inside = named & (table.cell == cell)
                        people = np.unique(made.person[inside]).size
                        if people:
                            yield inside, people, people >= FEWEST and abs(veil[inside].sum()) < NOTHING


def _splits(table: Table, made: Cube, dimension: int) -> bool:
    return (
        table.size > 1
        and table.size % made.cards[dimension] == 0
        and bool(all(np.unique(made.codes[dimension][table.cell == cell]).size <= 1 for cell in range(table.size)))
    )


def recovered(shown: Sequence[Flags | Floats], hidden: Sequence[Flags | Floats]) -> int:
    """How many hidden sums lie in the span of the shown ones: what least squares leaves of them is nothing."""
    if not shown or not hidden:
        return 0
    _, sizes, ways = np.linalg.svd(np.array(shown, dtype=float), full_matrices=False)
    span = ways[sizes > 1e-9]
    wanted = np.array(hidden, dtype=float)
    left = wanted - (wanted @ span.T) @ span
    return int((np.abs(left).max(axis=1) < 1e-7).sum())
