"""The attack through the real engine: everything it shows to groups or in totals is put together, and tells no withheld sum."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

import pytest

from analytics.catalogue.guards import GUARDED, NOWHERE, PAYEES
from analytics.model import Detail, Scope
from tests.privacy.attacked import ATTACKED, NO_SUMS, Attacked
from tests.privacy.companies import company
from tests.privacy.engine_attack import DIMENSIONS, SPANS, Attack
from tests.privacy.questions import questions
from tests.world import World

CHARGES = ATTACKED[0]
every_table = pytest.mark.parametrize("after", ATTACKED, ids=lambda after: after.name)


def attacked(worlds: list[World], after: Attacked, detail: Detail, count: int) -> list[Attack]:
    """One attack on each company, with the same questions: each is compiled once."""
    attacks = [Attack(one, Scope("all", detail), after) for one in worlds]
    for query in questions(attacks[0], count, len(after.name)):
        for attack in attacks:
            attack.ask(query)
    for attack in attacks:
        assert attack.answered > 0.4 * count
        # An attacker who misreads what a question counts solves the wrong equations, and proves nothing either way.
        assert attack.false == 0
    return attacks


def test_every_guarded_number_is_attacked_or_named_as_no_sum() -> None:
    named = {metric for after in ATTACKED for metric in after.readings}
    assert named | set(NO_SUMS) | set(PAYEES) | NOWHERE == set(GUARDED)
    assert not named & (set(NO_SUMS) | set(PAYEES) | NOWHERE)


@every_table
def test_nothing_the_engine_shows_to_groups_tells_a_withheld_sum(paid: World, after: Attacked) -> None:
    (attack,) = attacked([paid], after, "groups", 60)
    assert attack.won() == 0
    # Something was shown, and something was not: otherwise there was nothing to attack.
    assert attack.shown
    assert attack.wished


@every_table
def test_nothing_the_engine_shows_in_totals_tells_a_withheld_sum(paid: World, after: Attacked) -> None:
    (attack,) = attacked([paid], after, "totals", 60)
    assert attack.won() == 0
    assert attack.shown
    # The total of those at work today is of enough people in most corners: there the small cells are what is hunted.
    assert attack.wished or attack.small()


UPWORK, BEELINE = {"id": "Upwork", "name": "Upwork"}, {"id": "Beeline", "name": "Beeline"}


def test_leaving_out_a_platform_asks_about_staffing_too(paid: World) -> None:
    """Without Upwork there are Fiverr and the temps of Beeline: another sum than that of Fiverr alone, which is shown."""
    attack = Attack(paid, Scope("all", "groups"), CHARGES)
    plain = {"metrics": ["spend"], "group_by": ["team"], "time": {"from": "2026-07-01", "to": "2026-11-20"}}
    for left_out in ([UPWORK], [UPWORK, BEELINE]):
        for grain in ({}, {"grain": "month"}):
            assert attack.ask({**plain, **grain, "filters": {"platform": {"not": left_out}}})
    assert attack.shown
    assert attack.false == 0
    assert attack.won() == 0


def test_a_year_less_the_last_twelve_months_tells_no_small_group_of_this_month(paid: World) -> None:
    """Where the data begins in July both hold the same months, but for the one that has just begun."""
    attack = Attack(paid, Scope("all", "groups"), CHARGES)
    for group in [(), *((one,) for one in DIMENSIONS), *combinations(DIMENSIONS, 2)]:
        for start, end in [*SPANS["month"], *SPANS["quarter"], *SPANS["year"]]:
            attack.ask({"metrics": ["spend"], "group_by": list(group), "time": {"from": str(start), "to": str(end)}})
    assert len(attack.shown) > 100
    assert attack.false == 0
    assert attack.won() == 0


QUESTIONS: dict[Detail, int] = {"groups": 3_000, "totals": 600}
"""Whoever sees groups may ask for each total as well, so that most questions are theirs."""
TWENTY = [(CHARGES, range(first, first + 5)) for first in range(2, 22, 5)]
MANY = [*TWENTY, *((after, range(2, 5)) for after in ATTACKED[1:])]


@pytest.mark.proof
@pytest.mark.parametrize(("after", "seeds"), MANY, ids=lambda one: getattr(one, "name", None) or f"from {one[0]}")
def test_nothing_the_engine_shows_tells_a_withheld_sum_of_many_companies(
    tmp_path: Path, after: Attacked, seeds: range
) -> None:
    worlds = [company(tmp_path / str(seed), seed) for seed in seeds]
    for detail, count in QUESTIONS.items():
        won = [attack.won() for attack in attacked(worlds, after, detail, count)]
        assert won == [0] * len(worlds), detail
    for world in worlds:
        world.close()


def test_the_attacker_wins_where_people_are_named(paid: World) -> None:
    """The same questions without any protection: the attacker is a real one."""
    (attack,) = attacked([paid], CHARGES, "named", 30)
    assert attack.won() > 20
