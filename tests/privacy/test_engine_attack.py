"""The attack through the real engine: everything it shows to groups or in totals is put together, and tells no withheld sum."""

from __future__ import annotations

from pathlib import Path

import pytest

from analytics.model import Scope
from tests.privacy.engine_attack import Attack, company, questions


def attacked(folder: Path, seed: int, detail: str, count: int) -> Attack:
    world = company(folder, seed)
    attack = Attack(world, Scope("all", detail))  # type: ignore[arg-type]
    answered = 0
    for query, where in questions(attack, count, seed):
        answer = attack.ask(query)
        if answer is not None:
            answered += 1
            attack.look(answer, where)
    world.close()
    assert answered > 0.4 * count
    return attack


@pytest.mark.parametrize("detail", ["groups", "totals"])
def test_nothing_the_engine_shows_tells_a_withheld_sum(tmp_path: Path, detail: str) -> None:
    attack = attacked(tmp_path, 1, detail, 100)
    assert attack.won() == 0
    # Something was shown, and something was not: otherwise there was nothing to attack.
    assert len(attack.shown) > 20
    assert attack.wished


@pytest.mark.proof
@pytest.mark.parametrize("seed", range(2, 12))
@pytest.mark.parametrize("detail", ["groups", "totals"])
def test_nothing_the_engine_shows_tells_a_withheld_sum_of_many_companies(
    tmp_path: Path, detail: str, seed: int
) -> None:
    assert attacked(tmp_path, seed, detail, 3_000).won() == 0


def test_the_attacker_wins_where_people_are_named(tmp_path: Path) -> None:
    """The same questions without any protection: the attacker is a real one."""
    assert attacked(tmp_path, 1, "named", 30).won() > 20
