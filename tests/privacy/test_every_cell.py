"""No cell of up to three conditions and a span is told by all that is shown of its fact table, whichever way it is asked for."""

from __future__ import annotations

from pathlib import Path

import pytest

from analytics.model import Scope
from tests.privacy.attacked import ATTACKED, Attacked
from tests.privacy.companies import company
from tests.privacy.engine_attack import Attack
from tests.privacy.every_cell import every_cell
from tests.world import World


def told(world: World, after: Attacked, split: tuple[str, ...] = ()) -> list[int]:
    """How many small cells of no, one, two, three conditions follow from all that is shown."""
    found = every_cell(Attack(world, Scope("all", "groups"), after), split=split)
    assert found.shown
    assert all(found.small[1:])
    return found.told()


@pytest.mark.parametrize("after", ATTACKED, ids=lambda after: after.name)
def test_no_small_cell_of_any_fact_table_is_told_by_what_is_shown(paid: World, after: Attacked) -> None:
    assert told(paid, after) == [0, 0, 0, 0]


@pytest.mark.proof
@pytest.mark.parametrize("seed", range(100, 130))
def test_no_small_cell_of_any_fact_table_is_told_in_many_companies(tmp_path: Path, seed: int) -> None:
    """Also where a condition names a column by which nothing is woven."""
    world = company(tmp_path, seed)
    found = {(after.name, split): told(world, after, split) for after in ATTACKED for split in ((), after.split)}
    world.close()
    assert {name: many for name, many in found.items() if any(many)} == {}
