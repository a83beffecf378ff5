"""What people press: a filter, a row, a next question; authorised again each time."""

from __future__ import annotations

import copy

import pytest

from tests.conversations.conftest import Talk, actions, texts


async def test_a_filter_replaces_the_card_with_the_same_question_for_another_period(talk: Talk) -> None:
    card = await talk.say("spend by job category last fiscal year")
    (apply,) = [a for a in actions(card) if a["data"].get("verb") == "filter"]
    shown = texts(await talk.press(apply, period="last_quarter"))
    assert "Spend by job category" in shown
    assert "Jul – Sep 2026" in shown


async def test_rows_open_into_teams_and_then_into_people(talk: Talk) -> None:
    card = await talk.say("jobs posted by job category last fiscal year")
    for title in ("Jobs posted by team", "Jobs posted by"):
        (opening,) = [a for a in actions(card) if a["data"].get("verb") == "open"]
        card = await talk.press(opening, drill=_choices(card, "drill")[0])
        assert title in texts(card)
    assert any(a["title"] == "Back" for a in actions(card))


def _choices(card: object, name: str) -> list[str]:
    if isinstance(card, dict):
        if card.get("id") == name:
            return [c["value"] for c in card["choices"]]
        return next((found for value in card.values() if (found := _choices(value, name))), [])
    if isinstance(card, list):
        return next((found for one in card if (found := _choices(one, name))), [])
    return []


async def test_a_card_passed_on_answers_with_the_pressers_own_scope(talk: Talk) -> None:
    card = await talk.say("spend by team last fiscal year", "lead")
    press = next(a for a in actions(card) if a["data"].get("verb") == "ask")
    theirs = texts(await talk.press(press, "small"))
    assert "Your reporting line" in theirs
    assert "without a breakdown" in texts(await talk.press(_of_team(press), "employee"))


def _of_team(press: dict) -> dict:  # type: ignore[type-arg]
    changed = copy.deepcopy(press)
    changed["data"]["query"] = {"metrics": ["spend"], "group_by": ["team"]}
    return changed


@pytest.mark.parametrize(
    "query",
    [
        None,
        "spend",
        {},
        {"metrics": ["salary"]},
        {"metrics": ["spend"], "group_by": ["shoe_size"]},
        {"metrics": ["spend"], "scope": "all"},
        {"metrics": ["spend"], "filters": {"team": ["Nowhere"]}},
        {"metrics": ["spend"], "filters": {"team": [{"id": "'; DROP TABLE charge; --", "name": "x"}]}},
        {"metrics": ["spend"], "limit": 10**9},
        {"metrics": ["spend"], "time": {"from": "2026-13-01", "to": "2026-01-01"}},
    ],
    ids=str,
)
async def test_a_payload_nobody_sent_gets_a_card_that_says_so(talk: Talk, query: object) -> None:
    card = await talk.say("spend by job category")
    press = copy.deepcopy(next(a for a in actions(card) if a["data"].get("verb") == "ask"))
    press["data"]["query"] = query
    assert "$" not in texts(await talk.press(press))
