"""Posting an answer to a channel: what the channel may see and nothing else, by whoever is there, once for each press."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from bot.events import Conversation
from bot.state.links import Share
from tests.conversations.conftest import Talk, actions, texts
from tests.fakes.connector import Sent

SPEND = "total spend last quarter"
BY_TEAM = "spend by team last quarter"
BEGIN, END = datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)


def press(card: dict[str, Any], verb: str) -> dict[str, Any]:
    return next(one for one in actions(card) if one["verb"] == verb)


def channels(card: dict[str, Any]) -> list[dict[str, str]]:
    found = [one for one in card["body"] if one["type"] == "Input.ChoiceSet"]
    return found[0]["choices"] if found else []


async def join(talk: Talk, where: Conversation, *keys: str) -> None:
    """The bot is spoken to there once, and these people are in the channel."""
    await talk.say("what can be seen here?", "lead", where)
    people = [talk.person(key) for key in keys]
    listed = [{"id": one.channel_id, "aadObjectId": one.entra_id} for one in people]
    talk.stage.connector.members[where.root] = listed


@pytest.fixture
async def where(talk: Talk) -> Conversation:
    made = talk.stage.teams.channel()
    await join(talk, made, "lead", "small", "manager")
    return made


def posted(talk: Talk, where: Conversation) -> list[Sent]:
    """New posts in the channel itself, outside of any thread."""
    return [one for one in talk.stage.connector.messages(where.root) if one.method == "POST" and not one.activity]


async def shared(talk: Talk, question: str, key: str, where: Conversation) -> dict[str, Any]:
    card = await talk.say(question, key)
    offered = await talk.press(press(card, "share"), key)
    return await talk.press(press(offered, "share_post"), key, channel=where.root)


async def audited(talk: Talk) -> list[tuple[str, str | None, str]]:
    entries = await talk.stage.state.audit.list(talk.person("lead").tenant, BEGIN, END)
    return [(e.outcome, e.scope, e.conversation) for e in entries if e.kind == "share"]


async def test_channels_are_offered_with_what_is_seen_there(talk: Talk, where: Conversation) -> None:
    offered = await talk.press(press(await talk.say(SPEND), "share"))
    (one,) = channels(offered)
    assert one["value"] == where.root
    assert "Company totals" in one["title"]
    assert "never with what you may see" in texts(offered)


async def test_a_preview_shows_the_card_of_the_channel_and_posts_nothing(talk: Talk, where: Conversation) -> None:
    offered = await talk.press(press(await talk.say(SPEND, "small"), "share"), "small")
    shown = await talk.press(press(offered, "share_preview"), "small", channel=where.root)
    assert "Company totals" in texts(shown)
    assert posted(talk, where) == []
    await talk.press(press(shown, "share_post"), "small")
    assert len(posted(talk, where)) == 1


async def test_what_is_posted_is_the_answer_of_the_channel_and_says_who_shared_it(
    talk: Talk, where: Conversation
) -> None:
    await talk.say("show groups here", "lead", where)
    own = texts(await talk.say(BY_TEAM, "small"))
    assert "Posted in" in texts(await shared(talk, BY_TEAM, "small", where))
    (post,) = posted(talk, where)
    assert f"Shared by {talk.people['small'].name}" in texts(post.card)
    assert "groups only" in texts(post.card)
    assert "groups only" not in own
    asked = await talk.say(BY_TEAM, "employee", where)
    assert post.card["body"][1:] == asked["body"], "exactly what anyone there would get"
    (entry,) = await audited(talk)
    assert entry == ("posted", "all/groups", where.root)


async def test_a_manager_cannot_show_their_teams_to_a_channel_of_totals(talk: Talk, where: Conversation) -> None:
    card = await talk.say(BY_TEAM, "small")
    offered = await talk.press(press(card, "share"), "small")
    for verb in ("share_preview", "share_post"):
        refused = await talk.press(press(offered, verb), "small", channel=where.root)
        assert "without a breakdown" in texts(refused)
        assert "Shared by" not in texts(refused)
    assert posted(talk, where) == []
    assert await audited(talk) == [("refused", "all/totals", where.root)]


async def test_a_total_of_ones_own_becomes_the_companys(talk: Talk, where: Conversation) -> None:
    await shared(talk, SPEND, "small", where)
    (post,) = posted(talk, where)
    company = await talk.say(SPEND, "employee", where)
    assert post.card["body"][1:] == company["body"]
    mine = json.dumps(await talk.say(SPEND, "small"))
    number = next(one["text"] for one in company["body"] if one.get("size") == "ExtraLarge")
    assert number not in mine


async def test_a_team_that_the_channel_does_not_know_is_unknown_there(talk: Talk, where: Conversation) -> None:
    lead = await talk.say(BY_TEAM)
    names = [row["cells"][0]["items"][0]["text"] for row in _table(lead)["rows"][1:]]
    theirs = texts(await talk.say("spend by team last fiscal year", "small"))
    hidden = next(name for name in names if name not in theirs and "\\" not in name and name != "Total")
    await talk.say(f"show the line of {talk.people['small'].name} here", "lead", where)
    refused = texts(await shared(talk, f"spend in {hidden} last quarter", "lead", where))
    assert "I know no team called" in refused
    assert posted(talk, where) == []


async def test_two_presses_of_one_card_post_once(talk: Talk, where: Conversation) -> None:
    offered = await talk.press(press(await talk.say(SPEND), "share"))
    button = press(offered, "share_post")
    await asyncio.gather(*(talk.press(button, channel=where.root) for _ in range(3)))
    assert len(posted(talk, where)) == 1
    again = await talk.press(press(await talk.say(SPEND), "share"))
    await talk.press(press(again, "share_post"), channel=where.root)
    assert len(posted(talk, where)) == 2


async def test_only_into_channels_that_both_are_in(talk: Talk, where: Conversation) -> None:
    offered = await talk.press(press(await talk.say(SPEND, "employee"), "share"), "employee")
    assert channels(offered) == []
    assert "no channel that both" in texts(offered)
    lead = await talk.press(press(await talk.say(SPEND), "share"))
    for channel in (where.root, "19:elsewhere@thread.tacv2", "a:somebody"):
        refused = await talk.press(press(lead, "share_post"), "employee", channel=channel)
        assert "I cannot post there" in texts(refused)
    assert posted(talk, where) == []


async def test_without_a_channel_chosen_it_is_asked_for(talk: Talk, where: Conversation) -> None:
    other = talk.stage.teams.channel("19:other@thread.tacv2")
    await join(talk, other, "lead")
    offered = await talk.press(press(await talk.say(SPEND), "share"))
    assert {one["value"] for one in channels(offered)} == {where.root, other.root}
    body = await talk.stage.teams.press(press(offered, "share_post"), talk.person("lead"))
    assert "Choose a channel" in body["value"]


async def test_whoever_shared_it_can_take_it_back_and_nobody_else(talk: Talk, where: Conversation) -> None:
    await shared(talk, SPEND, "small", where)
    (post,) = posted(talk, where)
    ids = await talk.stage.state.shared_posts.last_of(where, talk.person("small"))
    assert ids
    button = press(post.card, "take_back")
    teams = talk.stage.teams
    body = await teams.press(button, talk.person("manager"), where, reply_to=ids)
    assert "Only whoever asked" in body["value"]
    body = await teams.press(button, talk.person("small"), where, reply_to=ids)
    assert "Taken back" in body["value"]
    assert [one.activity for one in talk.stage.connector.ledger if one.method == "DELETE"] == [ids]


async def test_a_post_that_arrives_late_is_noted_by_the_clock(talk: Talk, where: Conversation) -> None:
    state, person, channel = talk.stage.state, talk.person("small"), replace(where, id=where.root)
    await state.shares.add(Share("late", channel, person))
    await talk.tick("shares")
    assert await state.shared_posts.last_of(where, person) is None
    await state.outbox.put(channel, {"type": "message", "text": "Hello"}, purpose="digest", key="late")
    async with asyncio.timeout(10):
        while not await state.shared_posts.last_of(where, person):
            await talk.tick("shares")
            await asyncio.sleep(0.05)
    assert await state.shares.settle() == 0


@pytest.mark.parametrize(
    "said",
    ["share this to a channel", "Teile das in einem Kanal", "comparte esto en un canal", "これをチャネルで共有して"],
)
async def test_in_words_about_the_last_answer(talk: Talk, where: Conversation, said: str) -> None:
    assert channels(await talk.say("share this")) == []
    await talk.say(SPEND)
    assert len(channels(await talk.say(said))) == 1


async def test_in_a_channel_it_is_said_where_to_share_from(talk: Talk, where: Conversation) -> None:
    (sent,) = await talk.stage.teams.say("share this", talk.person("lead"), where)
    assert "personal chat" in sent.text
    assert "share" not in {one["verb"] for one in actions(await talk.say(SPEND, "lead", where))}


def _table(card: dict[str, Any]) -> dict[str, Any]:
    return next(one for one in card["body"] if one["type"] == "Table")
