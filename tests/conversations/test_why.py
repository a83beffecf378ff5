"""Asking why: after an answer or at once, by its own button, and within what somebody may see."""

from __future__ import annotations

from analytics import query as public
from analytics.model import Query
from cards import actions as sent
from tests.conversations.conftest import Talk, actions, texts


async def test_why_after_an_answer_is_about_that_answer(talk: Talk) -> None:
    await talk.say("spend last quarter")
    said = texts(await talk.say("why did it go up?"))
    assert "What changed: Spend" in said
    assert "Jul – Sep 2026" in said
    assert "Largest contribution" in said
    assert "More or fewer contracts" in said


async def test_a_why_of_its_own_names_its_number(talk: Talk) -> None:
    card = await talk.say("why did time to hire change last quarter?")
    assert "Average time to hire" in texts(card)
    assert "Another mix by" in texts(card)


async def test_a_median_is_not_taken_apart(talk: Talk) -> None:
    assert "no parts that add up" in texts(await talk.say("why did median time to hire go up last quarter?"))


async def test_a_dimension_opens_in_full_and_a_member_by_itself(talk: Talk) -> None:
    card = await talk.say("why did spend go up last quarter?")
    opens = [
        action for action in actions(card) if action["verb"] == sent.ASK and action["data"]["query"].get("group_by")
    ]
    assert opens
    whole = await talk.press(opens[0])
    assert "Spend by" in texts(whole)


async def test_a_managers_why_names_nobody_outside_their_line(talk: Talk) -> None:
    said = texts(await talk.say("why did spend go up last quarter?", "manager"))
    lead = texts(await talk.say("why did spend go up last quarter?", "lead"))
    assert "What changed: Spend" in said
    assert said != lead


async def test_a_button_may_ask_why(talk: Talk) -> None:
    query = public.to_json(Query(("jobs_posted",)))
    card = await talk.press({"type": "Action.Execute", "verb": "why", "data": {"verb": "why", "query": query}})
    assert "What changed: Jobs posted" in texts(card)
