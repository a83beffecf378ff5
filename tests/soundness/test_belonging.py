"""To whom a record belongs, whatever moves afterwards, and who may see it: the five moves, worked out by hand."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from analytics.errors import NotAllowed, QuestionError
from analytics.model import Scope
from tests.soundness.rows import charge, contract, heads, job, team
from tests.world import World

Make = Callable[..., World]
YEAR = {"time": {"from": "2026-01-01", "to": "2026-11-20"}}
BY_TEAM = {"metrics": ["spend"], "group_by": ["team"], **YEAR}
NOBODY = Scope("none", "named")


def line(*people: str, **more: Any) -> Scope:
    return Scope("line", "named", people=people, **more)


def company(**more: Any) -> dict[str, Any]:
    """Board (P1) above Design (P2, P4 below) and Data (P3, P5 below); one contract of each, paid 100 and 30."""
    rows: dict[str, Any] = {
        "people!": [{"person_id": f"P{n}", "name": f"Person {n}"} for n in range(1, 7)],
        "teams!": [
            team("T1", "Board", head_person_id="P1"),
            team("T2", "Design", head_person_id="P2", parent_team_id="T1"),
            team("T3", "Data", head_person_id="P3", parent_team_id="T1"),
        ],
        "employment!": [
            {"person_id": "P1", "team_id": "T1"},
            {"person_id": "P2", "team_id": "T2", "manager_id": "P1"},
            {"person_id": "P3", "team_id": "T3", "manager_id": "P1"},
            {"person_id": "P4", "team_id": "T2", "manager_id": "P2"},
            {"person_id": "P5", "team_id": "T3", "manager_id": "P3"},
        ],
        "contracts": [contract("C1", team_id="", owner_id="P4"), contract("C2", team_id="", owner_id="P5")],
        "charges": [charge("X1", "2026-02-01", 100), charge("X2", "2026-02-01", 30, contract_id="C2")],
    }
    return {**rows, **more}


def seen(world: World, *people: str) -> int:
    total = world.ask({"metrics": ["spend"], **YEAR}, line(*people))["total"]
    return int(total) // 100


def test_a_head_sees_the_teams_below_and_nobody_sees_beside_or_above(world: Make) -> None:
    """P1 heads all: 130. P2: Design 100. P3: Data 30. P4 and P5 see their own. P6 owns nothing: 0, as does the empty scope."""
    w = world(company())
    assert {p: seen(w, p) for p in ("P1", "P2", "P3", "P4", "P5", "P6")} == {
        "P1": 130,
        "P2": 100,
        "P3": 30,
        "P4": 100,
        "P5": 30,
        "P6": 0,
    }
    assert w.ask(BY_TEAM, line("P2")) == {"Design": 10000, "total": 10000}
    for empty in (NOBODY, Scope("line", "named"), Scope("line", "named", among=(NOBODY,))):
        assert w.ask(BY_TEAM, empty) == {"total": 0}
    assert w.ask(BY_TEAM, Scope("all", "named", among=(line("P2"), line("P1")))) == {"Design": 10000, "total": 10000}
    assert w.ask(BY_TEAM, Scope("line", "named", teams=("T3",))) == {"Data": 3000, "total": 3000}


def test_a_person_moves_and_what_they_did_stays_with_the_old_team(world: Make) -> None:
    """P4 moves from Design to Data on June 1 and starts C3 there (7). Design keeps 100, Data has 30 + 7.

    P2 sees 100, P3 sees 37 and never the 100 that P4 spent before; P4 sees both, 107.
    """
    rows = company()
    rows["employment!"][3] |= {"valid_to": "2026-06-01"}
    rows["employment!"] += [{"person_id": "P4", "team_id": "T3", "manager_id": "P3", "valid_from": "2026-06-01"}]
    rows["contracts"] += [contract("C3", "2026-07-01", team_id="", owner_id="P4")]
    rows["charges"] += [charge("X3", "2026-08-01", 7, contract_id="C3")]
    w = world(rows)
    assert w.ask(BY_TEAM) == {"Design": 10000, "Data": 3700, "total": 13700}
    assert {p: seen(w, p) for p in ("P1", "P2", "P3", "P4")} == {"P1": 137, "P2": 100, "P3": 37, "P4": 107}


def test_a_manager_moves_and_the_history_stays_with_the_new_head(world: Make) -> None:
    """P2 headed Design and was P4's manager; on June 1 P2 goes to Data, and P6 heads Design and manages P4.

    P6 sees the 100 of February; P2 does not any more, though P2 was the manager then. P3 (Data) sees 30 as before.
    """
    rows = company()
    rows["teams!"][1]["head_person_id"] = "P6"
    rows["employment!"][1] |= {"valid_to": "2026-06-01"}
    rows["employment!"][3] |= {"valid_to": "2026-06-01"}
    rows["employment!"] += [
        {"person_id": "P2", "team_id": "T3", "manager_id": "P3", "valid_from": "2026-06-01"},
        {"person_id": "P6", "team_id": "T2", "manager_id": "P1", "valid_from": "2026-06-01"},
        {"person_id": "P4", "team_id": "T2", "manager_id": "P6", "valid_from": "2026-06-01"},
    ]
    w = world(rows)
    assert {p: seen(w, p) for p in ("P1", "P2", "P3", "P6")} == {"P1": 130, "P2": 0, "P3": 30, "P6": 100}


def test_somebody_leaves_and_their_line_still_sees_what_they_did(world: Make) -> None:
    """P4 left on June 1. Design still spent 100 under P4's name; P2 and P1 see it, P3 does not."""
    rows = company()
    rows["people!"][3]["active"] = "false"
    rows["employment!"][3] |= {"valid_to": "2026-06-01"}
    w = world(rows)
    assert {p: seen(w, p) for p in ("P1", "P2", "P3")} == {"P1": 130, "P2": 100, "P3": 30}
    assert w.ask({**BY_TEAM, "group_by": ["owner"]})["Person 4"] == 10000


def test_a_merged_team_keeps_its_name_and_the_head_of_its_successor_sees_both(world: Make) -> None:
    """Data was merged into Design on June 1: history stays under Data, Design's head P2 sees 130, the old head P3 nothing.

    A filter on everything under Design holds both.
    """
    rows = company()
    rows["teams!"][2] |= {"valid_to": "2026-06-01", "successor_team_id": "T2"}
    rows["employment!"][2] |= {"valid_to": "2026-06-01"}
    rows["employment!"][4] |= {"valid_to": "2026-06-01"}
    rows["employment!"] += [
        {"person_id": "P3", "team_id": "T2", "manager_id": "P2", "valid_from": "2026-06-01"},
        {"person_id": "P5", "team_id": "T2", "manager_id": "P2", "valid_from": "2026-06-01"},
    ]
    w = world(rows)
    assert w.ask(BY_TEAM) == {"Design": 10000, "Data": 3000, "total": 13000}
    assert {p: seen(w, p) for p in ("P1", "P2")} == {"P1": 130, "P2": 130}
    assert w.ask({"metrics": ["spend"], **YEAR, "filters": {"team": {"under": ["Design"]}}})["total"] == 13000
    # P3 was the manager of the day in a team that became Design, where P3 now sits: that line is still P3's to see.
    assert seen(w, "P3") == 30


def test_rows_of_an_unmapped_owner_are_seen_by_the_program_only(world: Make) -> None:
    """C1's owner is nobody we know: 100 is in Design, but not for its head. The program sees 130."""
    rows = company()
    rows["contracts"][0] |= {"owner_id": "P99", "team_id": "T2"}
    w = world(rows)
    assert {p: seen(w, p) for p in ("P1", "P2", "P3")} == {"P1": 30, "P2": 0, "P3": 30}
    assert w.ask(BY_TEAM) == {"Design": 10000, "Data": 3000, "total": 13000}
    assert w.ask({**BY_TEAM, "group_by": ["owner"]}) == {"Unmapped": 10000, "Person 5": 3000, "total": 13000}


def test_a_lead_inside_a_team_sees_the_rows_of_those_they_manage_there(world: Make) -> None:
    """P6 heads nothing but manages P4 inside Design: 100 of P4. Somebody else's 5 in Design is not P6's."""
    rows = company()
    rows["employment!"][3]["manager_id"] = "P6"
    rows["employment!"] += [{"person_id": "P6", "team_id": "T2", "manager_id": "P2"}]
    rows["contracts"] += [contract("C3", team_id="", owner_id="P2")]
    rows["charges"] += [charge("X3", "2026-02-01", 5, contract_id="C3")]
    w = world(rows)
    assert {p: seen(w, p) for p in ("P2", "P6")} == {"P2": 105, "P6": 100}


def test_a_charge_belongs_to_whoever_owned_the_contract_on_the_posting_day(world: Make) -> None:
    """C1 goes from Design (P4) to Data (P5) on July 1: June 100 to Design, July 7 to Data; the contract stays Design's.

    The country follows the paying team: Design sits in Germany, Data in France.
    """
    rows = company()
    rows["teams!"][1]["country"], rows["teams!"][2]["country"] = "Germany", "France"
    rows["owner_history"] = [
        {"contract_id": "C1", "valid_from": "2026-01-01", "valid_to": "2026-07-01", "team_id": "T2", "owner_id": "P4"},
        {"contract_id": "C1", "valid_from": "2026-07-01", "team_id": "T3", "owner_id": "P5"},
    ]
    rows["charges"] = [charge("X1", "2026-06-30", 100), charge("X2", "2026-07-01", 7)]
    w = world(rows)
    assert w.ask(BY_TEAM) == {"Design": 10000, "Data": 700, "total": 10700}
    assert w.ask({**BY_TEAM, "group_by": ["country"]}) == {"Germany": 10000, "France": 700, "total": 10700}
    assert w.ask({**BY_TEAM, "metrics": ["contracts"], "filters": {"team": ["Design"]}})["total"] == 1
    assert (seen(w, "P2"), seen(w, "P3")) == (100, 7)


def test_a_scope_answers_as_if_the_other_rows_did_not_exist(world: Make) -> None:
    """For P2 the company is Design: shares, averages, limits, ratios per employee and the total know nothing of Data.

    Share of Design 100 %; 100 / 4 employees = 25.00 (not 130 / 10); first by spend: Design; members of no other team.
    """
    rows = company(
        headcount=[heads("2026-01-31", "T2", 4, manager_id="P2"), heads("2026-01-31", "T3", 6, manager_id="P3")]
    )
    rows["charges"] = [
        charge("X1", "2026-01-15", 100),
        charge("X2", "2026-01-15", 30, contract_id="C2"),
        charge("X3", "2026-11-19", 0),
    ]
    w = world(rows)
    january = {"time": {"from": "2026-01-01", "to": "2026-02-01"}}
    assert w.ask({"metrics": ["spend_per_fte"], **january}, line("P2"))["total"] == 2500
    assert w.ask({"metrics": ["spend"], "group_by": ["team"], "as_share": True, **january}, line("P2")) == {
        "Design": 1.0,
        "total": 1.0,
    }
    assert w.answer({"metrics": ["spend"], "group_by": ["team"], "limit": 1, **january}, line("P3")).more == 0
    assert w.ask({"metrics": ["spend"], "filters": {"team": {"not": ["Design"]}}, **january}, line("P2"))["total"] == 0


def test_totals_and_groups_detail_name_nobody_and_a_refusal_never_depends_on_the_data(world: Make) -> None:
    """Totals: company numbers, no breakdown, no team. Groups: no person, no record, no band, no bound on a rate."""
    w = world(company())
    totals, groups = Scope("all", "totals"), Scope("all", "groups")
    assert w.ask({"metrics": ["jobs_posted"], **YEAR}, totals) == {"total": 0}
    asked: dict[str, Any]
    for asked in ({"group_by": ["job_category"]}, {"filters": {"team": ["Design"]}}, {"filters": {"cost_center": {"not": ["X"]}}},
                  {"compare": {"dimension": "team", "values": ["Design", "Data"]}}, {"compare": {"dimension": "supplier", "values": ["A", "B"]}}):  # fmt: skip
        with pytest.raises(NotAllowed):
            w.answer({"metrics": ["contracts"], **asked}, totals)
    for asked in ({"group_by": ["owner"]}, {"filters": {"poster": ["Person 4"]}}, {"filters": {"freelancer": {"not": ["Jo"]}}},
                  {"bands": {"dimension": "tenure_days", "edges": [1]}}, {"filters": {"rate": {"gt": 10}}}, {"group_by": ["team", "freelancer"]}):  # fmt: skip
        with pytest.raises(NotAllowed):
            w.answer({"metrics": ["contracts"], **asked}, groups)
    with pytest.raises(NotAllowed):
        w.answer({"metrics": [], "rows": "contract"}, groups)
    with pytest.raises(QuestionError, match="no team"):
        w.answer({"metrics": ["spend"], "filters": {"team": ["Nowhere"]}})


def test_a_poster_who_is_not_known_is_a_row_of_its_own_and_no_person(world: Make) -> None:
    """Two jobs of P4, one of nobody known: by poster 2 and 1 unmapped; different people who posted: 1."""
    w = world(
        company(
            jobs=[
                job("J1", "2026-02-01", poster_id="P4"),
                job("J2", "2026-02-01", poster_id="P4"),
                job("J3", "2026-02-01", poster_id="P99"),
            ]
        )
    )
    assert w.ask({"metrics": ["jobs_posted"], "group_by": ["poster"], **YEAR}) == {
        "Person 4": 2,
        "Unmapped": 1,
        "total": 3,
    }
    assert w.ask({"metrics": ["unique_posters"], **YEAR})["total"] == 1


def test_adding_a_team_without_records_changes_no_answer(world: Make) -> None:
    """A new team Empty below the board, with a head: every answer stays as it was."""
    plain, more = world(company()), company()
    more["teams!"] = [*more["teams!"], team("T9", "Empty", head_person_id="P6", parent_team_id="T1")]
    bigger = world(more)
    for asked in (BY_TEAM, {**BY_TEAM, "grain": "month"}, {**BY_TEAM, "group_by": ["division"]}):
        assert plain.ask(asked) == bigger.ask(asked)
    assert seen(bigger, "P6") == 0
