"""Groups: ties, limits, thresholds, order, shares, hierarchies, sides by side, and what has no member."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from analytics.errors import QuestionError
from tests.soundness.rows import charge, contract, hire, job, team
from tests.world import World

Make = Callable[..., World]
YEAR = {"time": {"from": "2026-01-01", "to": "2026-11-20"}}
BY_TEAM = {"metrics": ["spend"], "group_by": ["team"], **YEAR}


@pytest.fixture
def teams(world: Make) -> World:
    """A 50, B 30, C 30, D 20, and 5 of nobody known; contracts A 1, B 3, C 1, D 1, unmapped 1."""
    spent = {"A": 50, "B": 30, "C": 30, "D": 20, "": 5}
    rows: dict[str, Any] = {
        "teams": [team(t, f"Team {t}", country="Germany" if t in "AB" else "Brazil", parent_team_id="A" if t == "B" else "") for t in "ABCD"],
        "contracts": [contract(f"C{t}", team_id=t or "TX", owner_id="P1" if t else "PX", job_id=f"J{t}" if t else "") for t in spent] + [contract("CB2", team_id="B"), contract("CB3", team_id="B")],
        "charges": [charge(f"X{t}", "2026-03-01", v, contract_id=f"C{t}") for t, v in spent.items()] + [charge("Y", "2025-03-01", 40, contract_id="CA")],
        "jobs": [job(f"J{t}", "2026-01-01", team_id=t) for t in "ABCD"],
        "job_skills": [{"job_id": f"J{t}", "skill": s} for t, s in (("A", "Figma"), ("A", "Rust"), ("B", "Figma"))],
    }  # fmt: skip
    return world(rows)


def test_ties_with_the_last_place_are_all_shown(teams: World) -> None:
    """First two by spend: 50, then 30 twice: three rows, one more left out. First three: the same three."""
    answer = teams.answer({**BY_TEAM, "limit": 2})
    assert [(r.labels[0], r.values[0]) for r in answer.rows] == [("Team A", 5000), ("Team B", 3000), ("Team C", 3000)]
    assert answer.more == 1
    assert answer.total is not None
    assert answer.total.values[0] == 13500
    least = teams.ask({**BY_TEAM, "limit": 1, "order": [["spend", "asc"]]})
    assert list(least) == ["Team D", "total"]


def test_without_a_limit_every_row_is_there_and_the_parts_are_the_total(teams: World) -> None:
    """50 + 30 + 30 + 20 + 5 unmapped = 135; the unmapped row stands last; shares add up to one."""
    answer = teams.answer(BY_TEAM)
    assert [r.labels[0] for r in answer.rows] == ["Team A", "Team B", "Team C", "Team D", "Unmapped"]
    assert sum(r.values[0] or 0 for r in answer.rows) == 13500
    assert sum(r.values[1] or 0 for r in answer.rows) == pytest.approx(1)
    share = teams.ask({**BY_TEAM, "as_share": True})
    assert share["Team A"] == 50 / 135
    assert share["total"] == 1.0


def test_a_part_without_groups_is_a_share_of_the_whole(teams: World) -> None:
    """What part of spend is Team A's: 50 / 135, not 100 %. A rate has no parts."""
    assert (
        teams.ask({"metrics": ["spend"], "filters": {"team": ["Team A"]}, "as_share": True, **YEAR})["total"]
        == 50 / 135
    )
    monthly = teams.ask(
        {
            "metrics": ["spend"],
            "filters": {"team": ["Team A"]},
            "as_share": True,
            "grain": "month",
            "time": {"from": "2026-03-01", "to": "2026-04-01"},
        }
    )
    assert monthly == {"2026-03": 50 / 135, "total": 50 / 135}
    with pytest.raises(QuestionError) as refused:
        teams.ask({"metrics": ["fee_share"], "group_by": ["team"], "as_share": True, **YEAR})
    assert refused.value.nearest
    assert "as_share" not in refused.value.nearest


def test_thresholds_are_in_major_units_and_all_of_them_must_hold(teams: World) -> None:
    """Over 20: A, B, C (D is exactly 20). At least 20: D as well. At least 20 with at least two contracts: B."""
    over = {"metric": "spend", "op": ">", "value": 20}
    assert set(teams.ask({**BY_TEAM, "having": over})) == {"Team A", "Team B", "Team C", "total"}
    assert "Team D" in teams.ask({**BY_TEAM, "having": {**over, "op": ">="}})
    assert set(teams.ask({**BY_TEAM, "having": {**over, "op": "=", "value": 30}})) == {"Team B", "Team C", "total"}
    two = [{**over, "op": ">="}, {"metric": "contracts", "op": ">=", "value": 2}]
    assert set(teams.ask({**BY_TEAM, "metrics": ["spend", "contracts"], "having": two})) == {"Team B", "total"}
    assert set(teams.ask({**BY_TEAM, "as_share": True, "having": {"metric": "spend", "op": ">", "value": 0.3}})) == {
        "Team A",
        "total",
    }


def test_order_is_by_value_by_name_or_by_change_and_a_missing_value_comes_last(teams: World) -> None:
    """By change against 2025 (A had 40): A +10, B +30, C +30, D +20. Ascending A, D, B, C."""
    change = {
        **BY_TEAM,
        "compare": "previous_year",
        "order": [["spend_change", "asc"]],
        "filters": {"team": {"not": ["Unmapped"]}},
    }
    assert [r.labels[0] for r in teams.answer(change).rows] == ["Team A", "Team D", "Team B", "Team C"]
    assert [r.labels[0] for r in teams.answer({**BY_TEAM, "order": [["team", "desc"]]}).rows][:2] == [
        "Unmapped",
        "Team D",
    ]
    with pytest.raises(QuestionError):
        teams.answer({**BY_TEAM, "order": [["spend_change", "desc"]]})


def test_a_hierarchy_holds_everything_below(teams: World) -> None:
    """Under Team A: A and its child B, 80. Region EMEA (Germany): A and B. By division: A's branch 80."""
    assert teams.ask({**BY_TEAM, "filters": {"team": {"under": ["Team A"]}}}) == {
        "Team A": 5000,
        "Team B": 3000,
        "total": 8000,
    }
    assert teams.ask({"metrics": ["spend"], **YEAR, "filters": {"country": {"under": ["EMEA"]}}})["total"] == 8000
    assert (
        teams.ask({"metrics": ["spend"], **YEAR, "filters": {"job_category": {"under": ["Creative"]}}})["total"]
        == 13500
    )


def test_members_side_by_side_are_exactly_those_named(teams: World) -> None:
    """Team D beside Team A, in that order; unknown ones are refused."""
    asked = {"metrics": ["spend"], **YEAR, "compare": {"dimension": "team", "values": ["Team D", "Team A"]}}
    assert list(teams.ask(asked).items()) == [("Team D", 2000), ("Team A", 5000), ("total", 7000)]
    with pytest.raises(QuestionError):
        teams.ask({**asked, "compare": {"dimension": "team", "values": ["Team D", "Team Z"]}})


def test_a_member_and_what_lies_under_another_are_taken_together(teams: World) -> None:
    """Unmapped rows beside everything under EMEA: as much as the two add up to, and nothing under what has no member."""

    def spent(**wanted: list[str]) -> int:
        total = teams.ask({"metrics": ["spend"], **YEAR, "filters": {"country": wanted}})["total"]
        assert isinstance(total, int)
        return total

    assert spent(**{"under": ["EMEA"], "in": ["Unmapped"]}) == spent(under=["EMEA"]) + spent(**{"in": ["Unmapped"]})
    assert spent(under=["EMEA", "Unmapped"]) == spent(**{"under": ["EMEA"], "in": ["Unmapped"]})


def test_a_breakdown_by_skill_shows_each_job_under_every_skill_and_the_total_once(teams: World) -> None:
    """Figma: A and B, 80. Rust: A, 50. No skill: C, D and 5 = 55. The total is 135, not 185. Asked for Figma: only Figma."""
    by_skill = {"metrics": ["spend"], "group_by": ["skill"], **YEAR}
    assert teams.ask(by_skill) == {"Figma": 8000, "Rust": 5000, "Unmapped": 5500, "total": 13500}
    assert teams.ask({**by_skill, "filters": {"skill": ["Figma"]}}) == {"Figma": 8000, "total": 8000}
    assert teams.ask({**by_skill, "filters": {"skill": {"not": ["Figma"]}}})["total"] == 5500
    assert teams.ask({**by_skill, "filters": {"skill": {"not": ["Unmapped"]}}})["total"] == 8000
    assert teams.ask(
        {"metrics": ["jobs_posted"], "group_by": ["team"], **YEAR, "filters": {"skill": ["Unmapped"]}}
    ) == {"Team C": 1, "Team D": 1, "total": 2}


def test_bands_on_money_are_asked_in_major_units(world: Make) -> None:
    """Rates 25, 40, 80 an hour; edges 25 and 50: up to 25: 1, over 25 up to 50: 1, over 50: 1; no rate: Unknown 1."""
    rates = ["25", "40", "80", ""]
    w = world({"contracts": [contract(f"C{n}", rate=r, rate_unit="hour") for n, r in enumerate(rates)]})
    asked = {"metrics": ["contracts"], "bands": {"dimension": "rate", "edges": [25, 50]}, **YEAR}
    assert w.ask(asked) == {"≤25": 1, ">25–50": 1, ">50": 1, "Unknown": 1, "total": 4}
    assert w.ask({"metrics": ["contracts"], "filters": {"rate": {"gte": 40}}, **YEAR})["total"] == 2
    assert w.ask({"metrics": ["contracts"], "filters": {"rate": {"gt": 25, "lt": 80}}, **YEAR})["total"] == 1


def test_proposals_can_be_filtered_by_their_rate_and_status(world: Make) -> None:
    """Asked 30 and 60 an hour on an hourly job, 500 for a fixed one: over 40 an hour: one; shortlisted: one."""
    w = world({
        "jobs": [job("J1", "2026-07-01"), job("J2", "2026-07-01", contract_type="fixed")],
        "proposals": [{"proposal_id": "B1", "job_id": "J1", "rate": "30", "created_at": "2026-07-02T00:00:00Z"},
                      {"proposal_id": "B2", "job_id": "J1", "rate": "60", "created_at": "2026-07-02T00:00:00Z", "status": "shortlisted"},
                      {"proposal_id": "B3", "job_id": "J2", "rate": "500", "created_at": "2026-07-02T00:00:00Z"}],
    })  # fmt: skip
    assert w.total("proposals", "2026-07-01", "2026-08-01", filters={"rate": {"gt": 40}}) == 1
    assert w.total("proposals", "2026-07-01", "2026-08-01", filters={"status": ["shortlisted"]}) == 1


def test_a_list_holds_exactly_the_records_behind_the_number(world: Make) -> None:
    """Three charges, one of tax: the list of July has the two that are spend, newest first, and says how many there are."""
    rows = [
        charge("X1", "2026-07-01", 10),
        charge("X2", "2026-07-09", 20),
        charge("X3", "2026-07-05", 5, charge_type="tax"),
    ]
    w = world({"contracts": [contract()], "charges": rows})
    listed = w.answer({"metrics": [], "rows": "charge", "time": {"from": "2026-07-01", "to": "2026-08-01"}, "limit": 1})
    assert [r.keys[0] for r in listed.rows] == ["X2"]
    assert (listed.records, listed.more) == (2, 1)
    with pytest.raises(QuestionError) as refused:
        w.answer({"metrics": [], "rows": "charge", "group_by": ["team"]})
    assert refused.value.nearest == {"rows": "charge"}


def test_hire_rates_by_team_hold_teams_without_any_hire(world: Make) -> None:
    """Design 1 of 2, Data 0 of 1: 0.5 and 0.0, together 1 / 3."""
    jobs = [job("J1", "2026-07-01"), job("J2", "2026-07-01"), job("J3", "2026-07-01", team_id="T2")]
    w = world({"teams": [team("T2", "Data")], "jobs": jobs, "contracts": [hire("C1", "J1", "2026-07-02")]})
    assert w.ask({"metrics": ["hire_rate"], "group_by": ["team"], **YEAR}) == {
        "Design": 0.5,
        "Data": 0.0,
        "total": 1 / 3,
    }
