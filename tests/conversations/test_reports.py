"""The jobs report and the spending report, as the whole bot answers them."""

from __future__ import annotations

from typing import Any

import pytest

from tests.cards.validate import of_type
from tests.conversations.conftest import Talk, actions, texts


def opened(card: dict[str, Any]) -> list[dict[str, Any]]:
    """The presses that open a part in full."""
    return [a["data"]["query"] for a in actions(card) if a["verb"] == "ask"]


async def test_the_jobs_report_shows_demand_by_category_team_person_month_status_and_age(pictured: Talk) -> None:
    card = await pictured.say("jobs report")
    said = texts(card)
    for name in ("Jobs report", "Jul – Sep 2026", "Fill rate", "job category", "team", "person", "month", "status"):
        assert name in said
    parts = opened(card)
    assert [part.get("group_by", [part.get("grain")]) for part in parts[:5]] == [
        ["job_category"], ["month"], ["team"], ["poster"], ["status"],
    ]  # fmt: skip
    assert parts[5]["bands"]["dimension"] == "age_days"


async def test_each_number_of_a_report_is_the_number_of_its_own_question(talk: Talk) -> None:
    report = texts(await talk.say("spending report for last quarter"))
    for question in ("spend last quarter", "contracts last quarter", "average spend per contract last quarter"):
        talk.stage.clock.pass_by(86_400 / 2)  # each question for itself, no follow-up of the one before
        alone = await talk.say(question)
        (number,) = [t["text"] for t in of_type(alone, "TextBlock") if t.get("size") == "ExtraLarge"]
        assert number in report


@pytest.mark.parametrize(
    "text",
    ["show me the spending report for 2025", "Ausgabenbericht", "rapport sur les dépenses", "informe de gastos", "relatório de gastos", "支出レポート"],
)  # fmt: skip
async def test_a_report_is_asked_for_in_any_language_and_period(talk: Talk, text: str) -> None:
    card = await talk.say(text)
    assert {a["data"].get("report") for a in actions(card) if a["verb"] == "report"} == {"jobs", "spending"}


async def test_the_choosers_change_the_whole_report(talk: Talk) -> None:
    card = await talk.say("spending report")
    apply = next(a for a in actions(card) if a["verb"] == "report" and a["data"]["report"] == "spending")
    changed = await talk.press(apply, period="last_fiscal_year")
    assert "Jul 2025 – Jun 2026" in texts(changed)
    assert all(part["time"]["from"] == "2025-07-01" for part in opened(changed))


async def test_a_manager_sees_their_line_and_an_employee_neither_teams_nor_people(talk: Talk) -> None:
    manager, employee = await talk.say("jobs report", "manager"), await talk.say("jobs report", "employee")
    assert texts(manager) != texts(await talk.say("jobs report"))
    assert not [part for part in opened(employee) if {"team", "poster"} & set(part.get("group_by", []))]


async def test_a_period_that_cannot_be_read_is_asked_back(talk: Talk) -> None:
    assert "blue moon" in texts(await talk.say("jobs report for the blue moon"))


async def test_a_report_with_a_broken_button_is_refused(talk: Talk) -> None:
    card = await talk.say("jobs report")
    apply = next(a for a in actions(card) if a["verb"] == "report")
    for changed in ({"report": "salaries"}, {"report": None}, {"query": {"salary": 1}}, {"period": "never"}):
        answer = await talk.press({**apply, "data": {**apply["data"], **changed}})
        assert not opened(answer)
