"""What people think of answers, and taking an answer back where others see it."""

from __future__ import annotations

from typing import Any

from bot.events import Conversation
from tests.conversations.conftest import Talk, actions, texts


async def test_thumbs_are_kept_without_whose_they_are_and_told_to_program_leads(talk: Talk) -> None:
    (sent,) = await talk.stage.teams.say("spend last quarter", talk.person("manager"))
    assert sent.body["channelData"] == {"feedbackLoop": {"type": "default"}}
    value = {"actionName": "feedback", "actionValue": {"reaction": "dislike", "feedback": '{"feedbackText":"too low"}'}}
    answer = await talk.stage.teams.invoke("message/submitAction", value, talk.person("manager"))
    assert answer.status == 200
    card = await talk.say("what feedback did we get?")
    assert "Thumbs down" in texts(card)
    assert "too low" in texts(card)
    rows = await talk.stage.state.line.run("SELECT * FROM feedback")
    assert talk.person("manager").entra_id not in str(rows)
    assert '"metrics"' in str(rows)


async def test_feedback_in_words_is_noted(talk: Talk) -> None:
    await talk.say("spend last quarter", "manager")
    (sent,) = await talk.stage.teams.say("this number is wrong", talk.person("manager"))
    assert sent.body["text"] == "Thank you, I have noted that."


async def test_only_program_leads_read_the_feedback(talk: Talk) -> None:
    assert "Your role does not allow that." in texts(await talk.say("show feedback", "manager"))


def deleted(talk: Talk) -> list[str]:
    return [one.activity for one in talk.stage.connector.ledger if one.method == "DELETE"]


async def posted(talk: Talk, where: Conversation, key: str) -> str:
    """The id of the last post that somebody asked for."""
    found = await talk.stage.state.shared_posts.last_of(where, talk.person(key))
    assert found
    return found


def take_back(card: dict[str, Any]) -> dict[str, Any]:
    return next(action for action in actions(card) if action["verb"] == "take_back")


async def test_whoever_asked_takes_an_answer_back_and_nobody_else(talk: Talk) -> None:
    where = talk.stage.teams.group()
    (sent,) = await talk.stage.teams.say("spend last quarter", talk.person("manager"), where)
    press, post = take_back(sent.card), await posted(talk, where, "manager")
    refused = await talk.stage.teams.press(press, talk.person("employee"), where, reply_to=post)
    assert refused["value"] == "Only whoever asked for it can take it back."
    assert not deleted(talk)
    done = await talk.stage.teams.press(press, talk.person("manager"), where, reply_to=post)
    assert done["value"] == "Taken back."
    assert deleted(talk) == [post]


async def test_in_words_ones_own_last_answer_goes_without_a_word(talk: Talk) -> None:
    where = talk.stage.teams.group()
    await talk.stage.teams.say("spend last quarter", talk.person("manager"), where)
    post = await posted(talk, where, "manager")
    await talk.stage.teams.say("contracts last quarter", talk.person("employee"), where)
    await talk.stage.teams.say("take that back", talk.person("manager"), where)
    assert deleted(talk) == [post]


async def test_in_a_personal_chat_there_is_nothing_to_take_back(talk: Talk) -> None:
    card = await talk.say("spend last quarter")
    assert not [action for action in actions(card) if action["verb"] == "take_back"]
    (sent,) = await talk.stage.teams.say("take that back", talk.person("lead"))
    assert "only you see" in sent.body["text"]
