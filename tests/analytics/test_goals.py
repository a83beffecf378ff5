"""Targets, benchmarks and budgets: declared in files, held against answers, never made up."""

from __future__ import annotations

from pathlib import Path

import pytest

from analytics.errors import QuestionError, SettingsError
from analytics.model import Answer
from analytics.query import from_json
from analytics.targets import load_goals
from tests.world import EVERYTHING, World

SPENT = {
    "contracts": [{"contract_id": "C1", "start_date": "2026-07-01"}],
    "charges": [{"charge_id": "X1", "contract_id": "C1", "posted_at": "2026-08-03T00:00:00Z", "amount": "300"}],
    "budgets": [
        {"budget_id": "B1", "team_id": "T1", "period_from": "2026-07-01", "period_to": "2027-07-01", "amount": "3650"}
    ],
}
QUARTER = {"from": "2026-07-01", "to": "2026-10-01"}


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path, SPENT)


def ask(world: World, **query: object) -> Answer:
    return world.engine.ask(from_json(query), EVERYTHING, today=world.today)


def test_spend_stands_beside_the_budget_of_the_same_days(world: World) -> None:
    """3,650 dollars for 365 days are 10 a day; July to September has 92 days, so 920. Spent: 300, which is 620 less."""
    answer = ask(world, metrics=["spend"], time=QUARTER, compare="budget")
    assert answer.total is not None
    assert answer.total.values == (30_000, 92_000, -62_000)
    by_team = ask(world, metrics=["spend"], group_by=["team"], time=QUARTER, compare="budget")
    assert by_team.rows[0].values[:3] == (30_000, 92_000, -62_000)
    by_month = ask(world, metrics=["spend"], grain="month", time=QUARTER, compare="budget")
    assert [row.values for row in by_month.rows] == [
        (0, 31_000, -31_000),
        (30_000, 31_000, -1_000),
        (0, 30_000, -30_000),
    ]


def test_only_spend_is_held_against_a_budget(world: World) -> None:
    with pytest.raises(QuestionError, match="Only spend") as refused:
        ask(world, metrics=["jobs_posted"], compare="budget")
    assert refused.value.nearest == {"metrics": ["spend"], "compare": "budget"}


def targets(tmp_path: Path, text: str) -> Path:
    file = tmp_path / "targets.toml"
    file.write_text(text, encoding="utf-8")
    return file


def test_a_target_is_met_or_missed_by_its_direction_and_only_while_it_holds(world: World, tmp_path: Path) -> None:
    file = targets(
        tmp_path,
        """
        [[target]]
        metric = "spend"
        value = 250
        direction = "at_most"
        owner = "Finance"
        from = 2026-07-01
        to = 2026-10-01
        [[target]]
        metric = "spend"
        value = 100
        direction = "at_least"
        owner = "Finance"
        dimension = "team"
        member = "Design"
        """,
    )
    world.engine._goals = load_goals(file)
    assert [(g.value, g.met) for g in ask(world, metrics=["spend"], time=QUARTER).goals] == [(25_000, False)]
    design = ask(world, metrics=["spend"], time=QUARTER, filters={"team": ["Design"]})
    assert [(g.value, g.met) for g in design.goals] == [(10_000, True)]
    assert ask(world, metrics=["spend"], time={"from": "2026-10-01", "to": "2026-11-01"}).goals == ()


def test_a_comparison_with_a_goal_nobody_declared_says_so(world: World) -> None:
    assert ask(world, metrics=["spend"], compare="target").notes == ("No target is declared for spend.",)
    assert ask(world, metrics=["spend"], compare="benchmark").notes == ("No benchmark is declared for spend.",)


def test_a_benchmark_comes_with_its_source_and_says_that_it_measures_something_else(world: World) -> None:
    world.engine._goals = load_goals(None)
    (goal,) = ask(world, metrics=["time_to_fill"], compare="benchmark").goals
    assert (goal.value, goal.met) == (36, None)
    assert "2024" in goal.note
    assert "not freelance" in goal.note


def test_everything_wrong_in_a_file_of_targets_is_said_at_once(tmp_path: Path) -> None:
    wrong = """
    [[target]]
    metric = "spent"
    value = "much"
    direction = "up"
    colour = "red"
    """
    with pytest.raises(SettingsError) as refused:
        load_goals(targets(tmp_path, wrong))
    said = "\n".join(refused.value.problems)
    for part in (
        'no key "colour"',
        '"owner" is missing',
        'no metric "spent"',
        "at_least or at_most",
        "must be a number",
    ):
        assert part in said


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="cannot be read"):
        load_goals(tmp_path / "nowhere.toml")
