"""Numbers worked out payee by payee are shown only where enough payees stand behind each part of them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from analytics.model import Scope
from tests.soundness.rows import charge, contract
from tests.world import World

GROUPS = Scope("all", "groups")
AUGUST = {"time": {"from": "2026-08-01", "to": "2026-09-01"}}
TEAMS = {"T4": 4, "T5": 5, "T12": 12, "T15": 15}
"""Payees of each team. In T4 one of them is a firm with six people."""


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    people = [(f"{team}-{n:02}", team, "") for team, many in TEAMS.items() for n in range(many)]
    people += [(f"F-{n}", "T4", "S1") for n in range(6)]
    # One payee of T4 is gone: the firm takes the place.
    people.remove(("T4-00", "T4", ""))
    made = World(tmp_path_factory.mktemp("payees"), {
        "suppliers": [{"supplier_id": "S1", "name": "A firm"}],
        "teams": [{"team_id": team, "name": team, "head_person_id": "P1"} for team in TEAMS],
        "workers": [{"worker_id": who, "name": who, "supplier_id": firm} for who, _, firm in people],
        "contracts": [contract(f"C{who}", worker_id=who, team_id=team, supplier_id=firm) for who, team, firm in people],
        "charges": [
            charge(f"X{who}", "2026-08-12", 100 + 7 * at, contract_id=f"C{who}") for at, (who, _, _) in enumerate(people)
        ],
    })  # fmt: skip
    yield made
    made.close()


@pytest.mark.parametrize(
    ("metric", "shown"),
    [("spend", set(TEAMS)), ("concentration", {"T5", "T12", "T15"}), ("top_10_share", {"T5", "T15"})],
)
def test_a_number_by_payee_needs_five_payees_in_each_of_its_parts(world: World, metric: str, shown: set[str]) -> None:
    found = world.ask({"metrics": [metric], "group_by": ["team"], **AUGUST}, GROUPS)
    assert {team for team in TEAMS if found.get(team) is not None} == shown


def test_whoever_sees_people_sees_numbers_by_payee(world: World) -> None:
    found = world.ask({"metrics": ["top_10_share"], "group_by": ["team"], **AUGUST})
    assert all(found[team] is not None for team in TEAMS)
