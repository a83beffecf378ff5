"""Groups without people: what is built on too few of them is withheld, and nothing beside it gives it away."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from analytics.errors import NotAllowed
from analytics.model import Scope
from tests.soundness.rows import charge, contract, team
from tests.world import World

GROUPS, TOTALS = Scope("all", "groups"), Scope("all", "totals")
YEAR = {"time": {"from": "2026-01-01", "to": "2026-11-20"}}
BY_TEAM = {"metrics": ["spend"], "group_by": ["team"], **YEAR}


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Big pays 6 people 10 each, Mid 5 people 20 each, Small 2 people 100 each; budgets of 1000 and 50."""
    sizes = {"Big": (6, 10), "Mid": (5, 20), "Small": (2, 100)}
    people = [(t, f"{t}{n}", pay) for t, (many, pay) in sizes.items() for n in range(many)]
    made = World(tmp_path_factory.mktemp("groups"), {
        "teams!": [team(t, t) for t in sizes], "workers!": [{"worker_id": w} for _, w, _ in people],
        "contracts": [contract(w, team_id=t, worker_id=w) for t, w, _ in people],
        "charges": [charge(f"X{w}", "2026-03-01", pay, contract_id=w) for _, w, pay in people],
        "budgets": [{"budget_id": t, "team_id": t, "period_from": "2026-07-01", "period_to": "2027-07-01", "amount": a} for t, a in (("Big", "1000"), ("Small", "50"))],
    })  # fmt: skip
    yield made
    made.close()


def test_a_small_group_and_the_next_smallest_are_withheld_together(world: World) -> None:
    """Small (2 people, 200) is withheld; alone, total minus the rest would tell it, so Mid (5, 100) goes with it."""
    answer = world.answer(BY_TEAM, GROUPS)
    assert [(r.labels[0], r.values[0], r.kind) for r in answer.rows] == [
        ("Big", 6000, "value"),
        ("Withheld (2)", None, "withheld"),
    ]
    assert answer.total is not None
    assert answer.total.values[0] == 36000
    assert answer.rows[1].records == 7


def test_who_may_see_names_sees_every_row(world: World) -> None:
    assert world.ask(BY_TEAM) == {"Big": 6000, "Mid": 10000, "Small": 20000, "total": 36000}


def test_a_filter_that_leaves_too_few_people_withholds_the_total(world: World) -> None:
    """Spend of Small alone is of two people: no number. Mid, with Big and the total, would tell it. Counting names nobody."""
    assert world.ask({"metrics": ["spend"], "filters": {"team": ["Small"]}, **YEAR}, GROUPS)["total"] is None
    assert world.ask({"metrics": ["spend"], "filters": {"team": ["Mid"]}, **YEAR}, GROUPS)["total"] is None
    assert world.ask({"metrics": ["spend"], "filters": {"team": ["Big"]}, **YEAR}, GROUPS)["total"] == 6000
    assert world.ask({"metrics": ["contracts"], "filters": {"team": ["Small"]}, **YEAR}, GROUPS)["total"] == 2
    assert world.ask({**BY_TEAM, "filters": {"team": ["Small"]}}, GROUPS) == {"total": None}


def test_budgets_are_of_nobody_and_shown(world: World) -> None:
    assert world.ask({"metrics": ["budget"], "group_by": ["team"]}, GROUPS) == {
        "Big": 100000,
        "Small": 5000,
        "total": 105000,
    }


def test_an_empty_answer_is_nothing_to_withhold(world: World) -> None:
    assert world.ask({"metrics": ["spend"], "time": {"from": "2026-04-01", "to": "2026-05-01"}}, GROUPS)["total"] == 0


def test_totals_are_the_companys_and_by_time_only(world: World) -> None:
    assert world.ask({"metrics": ["spend"], **YEAR}, TOTALS)["total"] == 36000
    assert (
        world.ask(
            {"metrics": ["spend"], "grain": "quarter", "time": {"from": "2026-01-01", "to": "2026-07-01"}}, TOTALS
        )["total"]
        == 36000
    )
    with pytest.raises(NotAllowed):
        world.ask(BY_TEAM, TOTALS)
