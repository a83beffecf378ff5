"""The attack to withstand: every question of up to three filters over one version, put together, recovers no withheld cell."""

from __future__ import annotations

import numpy as np
import pytest

from analytics.privacy.weave import FEWEST
from tests.privacy.cubes import cells, cube, recovered, unions, veiled


def attack(seed: int) -> tuple[int, int, int]:
    """Withheld sums recovered from one cube, cells shown, and cells that have enough people."""
    made = cube(seed)
    veil = veiled(made, seed)
    seen = list(cells(made, veil))
    shown = [inside for inside, _, open_ in seen if open_]
    shown += [inside for inside, _, open_ in unions(made, veil) if open_]
    small = [inside for inside, people, _ in seen if people < FEWEST]
    withheld = [inside for inside, _, open_ in seen if not open_]
    return (
        recovered(shown, small) + recovered(shown, withheld),
        sum(open_ for *_, open_ in seen),
        sum(people >= FEWEST for _, people, _ in seen),
    )


def assert_nothing_recovered(seeds: range) -> None:
    found = {seed: attack(seed) for seed in seeds}
    assert {seed: one[0] for seed, one in found.items() if one[0]} == {}
    shown, enough = (sum(one[i] for one in found.values()) for i in (1, 2))
    # A wall without a door is safe as well: most of what may be shown has to be shown.
    assert shown > 0.6 * enough


def test_no_withheld_cell_is_recovered_from_everything_that_is_shown() -> None:
    assert_nothing_recovered(range(16))


@pytest.mark.proof
def test_no_withheld_cell_is_recovered_on_a_thousand_cubes() -> None:
    assert_nothing_recovered(range(1_000))


def test_the_attacker_succeeds_where_only_small_cells_are_withheld() -> None:
    """Without the veil, each cell judged by its own people, the same attacker recovers a great deal: it is a real one."""
    won = 0
    for seed in range(5):
        seen = list(cells(cube(seed), np.zeros(cube(seed).size)))
        shown = [inside for inside, people, _ in seen if people >= FEWEST]
        won += recovered(shown, [inside for inside, people, _ in seen if people < FEWEST])
    assert won > 20
