"""The attack through the real engine: everything it shows to groups or in totals is put together, and tells no withheld sum."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

import pytest

from analytics.model import Scope
from tests.privacy.engine_attack import DIMENSIONS, SPANS, Attack, company, questions


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
    # An attacker who misreads what a question counts solves the wrong equations, and proves nothing either way.
    assert attack.false == 0
    return attack


@pytest.mark.parametrize("detail", ["groups", "totals"])
def test_nothing_the_engine_shows_tells_a_withheld_sum(tmp_path: Path, detail: str) -> None:
    attack = attacked(tmp_path, 1, detail, 100)
    assert attack.won() == 0
    # Something was shown, and something was not: otherwise there was nothing to attack.
    assert len(attack.shown) > 20
    assert attack.wished


UPWORK, BEELINE = {"id": "Upwork", "name": "Upwork"}, {"id": "Beeline", "name": "Beeline"}


def test_leaving_out_a_platform_asks_about_staffing_too(tmp_path: Path) -> None:
    """Without Upwork there are Fiverr and the temps of Beeline: another sum than that of Fiverr alone, which is shown."""
    world = company(tmp_path, 2)
    attack = Attack(world, Scope("all", "groups"))
    plain = {"metrics": ["spend"], "group_by": ["team"], "time": {"from": "2026-07-01", "to": "2026-11-20"}}
    for left_out in ([UPWORK], [UPWORK, BEELINE]):
        where = {"platform": {"not": left_out}}
        for grain in ({}, {"grain": "month"}):
            answer = attack.ask({**plain, **grain, "filters": where})
            assert answer is not None
            attack.look(answer, where)
    world.close()
    assert attack.shown
    assert attack.false == 0
    assert attack.won() == 0


@pytest.mark.parametrize("seed", [2, 3])
def test_a_year_less_the_last_twelve_months_tells_no_small_group_of_this_month(tmp_path: Path, seed: int) -> None:
    """Where the data begins in July both hold the same months, but for the one that has just begun."""
    world = company(tmp_path, seed)
    attack = Attack(world, Scope("all", "groups"))
    spans = [*SPANS["month"], *SPANS["quarter"], *SPANS["year"]]
    for group in [(), *((one,) for one in DIMENSIONS), *combinations(DIMENSIONS, 2)]:
        for start, end in spans:
            time = {"from": str(start), "to": str(end)}
            answer = attack.ask({"metrics": ["spend"], "group_by": list(group), "time": time})
            if answer is not None:
                attack.look(answer, {})
    world.close()
    assert len(attack.shown) > 300
    assert attack.false == 0
    assert attack.won() == 0


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
