"""Buttons in the wrong hands, and who is named to whom: each press is judged by who presses and where, whatever it carries."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from analytics.engine import Engine
from analytics.model import Scope
from analytics.visible import visible
from bot.events import Conversation
from tests.access.test_hostile import ODD, _changed, _paths, _without
from tests.conversations.conftest import Talk, actions, texts

WHO = "who posted the most jobs last fiscal year"
ALONE = (
    "hello",
    "spend by team last fiscal year",
    "list jobs posted last year",
    "why did spend change last quarter?",
    "send me spend by team every Friday",
    "alert me when spend goes over 50k this quarter",
    "my subscriptions",
    "my alerts",
    "set the spend target to 4k",
    "what are our targets?",
    "note as a story: Nine languages in a week.",
    "show stories",
    "unread words",
    "what have you learned?",
    "what is not mapped?",
    "show which rows were rejected",
    "make the monthly review",
    "who are deputies?",
    "what is sent to whom?",
    "can I trust the data?",
)
# What people arranged; what the bot notes of each turn is elsewhere.
TABLES = (
    "schedules", "deputies", "channel_scopes", "targets", "stories", "alerts", "taught_words", "checked_answers", "sync_listeners",
    "shares", "person_settings",
)  # fmt: skip


async def buttons(talk: Talk) -> dict[str, dict[str, Any]]:
    """One button for each verb there is on cards that a program lead gets, in a chat of their own and in a channel."""
    deputy, principal = talk.people["program"].name, talk.people["manager"].name
    where = talk.stage.teams.channel()
    found: dict[str, dict[str, Any]] = {}
    said: list[tuple[str, Conversation | None]] = [(one, None) for one in ALONE]
    said += [(f"make {deputy} deputy for {principal} until Dec 15", None), ("who are deputies?", None)]
    said += [("post the weekly digest here", where), (WHO, where), ("arrange the digest here", where)]
    for text, place in said:
        talk.stage.clock.pass_by(10)
        for sent in await talk.stage.teams.say(text, talk.person("lead"), place):
            for one in actions(sent.card):
                found.setdefault(str(one["data"].get("verb", one.get("verb"))), one)
    return found


def changes(action: dict[str, Any], chance: random.Random, most: int) -> Iterator[dict[str, Any]]:
    """The button as it is, and with each of its fields replaced or left out in turn."""
    yield action["data"]
    made = [_changed(action["data"], path, odd) for path in _paths(action["data"]) for odd in chance.sample(ODD, 2)]
    made += [_without(action["data"], path) for path in _paths(action["data"])]
    yield from chance.sample(made, min(most, len(made)))


async def kept(talk: Talk) -> str:
    """What the bot's memory holds of what people arranged."""
    held = {}
    for table in TABLES:
        held[table] = sorted(str(row) for row in await talk.stage.state.line.run(f"SELECT * FROM {table}"))
    return json.dumps(held)


def names_outside(talk: Talk, engine: Engine, key: str) -> set[str]:
    """Names of teams and people that somebody's line has not."""
    with engine.store.lease() as lease:
        entra = talk.people[key].entra_id
        ((person,),) = lease.cursor.execute("SELECT person FROM person WHERE entra = $e", {"e": entra}).fetchall()
        seen = visible(lease, Scope("line", "named", people=(person,)))
    members = engine.version().members.by_id
    return {m.label for key in ("team", "poster") for m in members[key].values() if m.id not in seen[key]}


async def test_a_leads_buttons_pressed_by_others_show_nothing_and_change_nothing_however_they_are_changed(
    talk: Talk, engine: Engine
) -> None:
    found = await buttons(talk)
    assert len(found) >= 15, sorted(found)
    before, outside, chance = await kept(talk), names_outside(talk, engine, "small"), random.Random(11)
    for verb, action in found.items():
        for n, data in enumerate(changes(action, chance, 6)):
            talk.stage.clock.pass_by(10)
            value = {"action": {"type": "Action.Execute", "verb": verb, "data": data}, "trigger": "manual"}
            who = talk.person(("employee", "small")[n % 2])
            response = await talk.stage.teams.invoke("adaptiveCard/action", value, who)
            assert response.status == 200, (verb, data)
            assert response.body["statusCode"] in {200, 400}, (verb, data, response.body)
            shown = texts(response.body.get("value"))
            assert "went wrong" not in shown, (verb, data)
            assert "Whole program" not in shown, (verb, data)
            assert not outside & set(shown.splitlines()), (verb, data)
    assert await kept(talk) == before


@pytest.mark.parametrize("trigger", ["manual", "automatic"])
async def test_a_card_that_refreshes_itself_shows_whoever_looks_their_own_scope(talk: Talk, trigger: str) -> None:
    card = await talk.say("spend by team last fiscal year", "lead")
    press = next(a for a in actions(card) if a["data"].get("verb") == "ask")
    query = {"metrics": ["spend"], "group_by": ["team"], "time": {"from": "2025-07-01", "to": "2026-07-01"}}
    value = {"action": {**press, "data": {**press["data"], "query": query}}, "trigger": trigger}
    said = {}
    for key in ("lead", "small", "employee"):
        body = (await talk.stage.teams.invoke("adaptiveCard/action", value, talk.person(key))).body
        said[key] = texts(body["value"])
    assert "Whole program" in said["lead"]
    assert "Your reporting line" in said["small"]
    assert "without a breakdown" in said["employee"]
    where = talk.stage.teams.channel()
    bodies = [
        (await talk.stage.teams.invoke("adaptiveCard/action", value, talk.person(key), where)).body for key in said
    ]
    assert bodies[0] == bodies[1] == bodies[2]
    assert "without a breakdown" in texts(bodies[0]["value"])


async def test_no_card_asks_teams_to_refresh_it_for_anybody(talk: Talk) -> None:
    """Nobody's personal view stands in a shared post, so there is no list of people that could be too long."""
    where = talk.stage.teams.channel()
    for place in (None, where):
        for said in ("spend by team last fiscal year", "hello", WHO):
            talk.stage.clock.pass_by(10)
            assert "refresh" not in await talk.say(said, "lead", place)


@pytest.mark.parametrize(
    "typed",
    ["total spend of {} last fiscal year", "jobs posted by {} last fiscal year", "compare {} with my team on spend"],
)
async def test_a_typed_name_outside_the_line_is_answered_byte_for_byte_like_one_nobody_knows(
    talk: Talk, engine: Engine, typed: str
) -> None:
    outside = sorted(name for name in names_outside(talk, engine, "small") if name.isascii() and name.count(" ") == 1)
    told = set()
    for name in (outside[0], outside[-1], "Zorkmid Foundry"):
        talk.stage.clock.pass_by(3_600)
        card = json.dumps(await talk.say(typed.format(name), "small"))
        for part in (name, name.lower(), *name.split(), *name.lower().split()):
            card = card.replace(part, "X")
        told.add(card)
    assert len(told) == 1, told


async def entry_of(talk: Talk) -> Any:
    begin, end = datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)
    return (await talk.stage.state.audit.list(talk.person("lead").tenant, begin, end))[-1]


def posters(engine: Engine, shown: str) -> set[str]:
    """Which people of the program a card names."""
    return {m.label for m in engine.version().members.by_id["poster"].values()} & set(shown.splitlines())


@pytest.mark.parametrize(
    ("key", "role", "outcome"),
    [
        ("lead", "", "answered"), ("small", "", "answered"), ("employee", "", "refused"), ("employee", "analyst", "refused"),
        ("employee", "program", "answered"), ("stranger", "", "refused"),
    ],
)  # fmt: skip
async def test_people_are_named_only_to_roles_that_may_see_them_and_it_is_in_the_audit(
    talk: Talk, engine: Engine, key: str, role: str, outcome: str
) -> None:
    roles: Any = talk.stage.desk._access._roles  # type: ignore[attr-defined]
    roles |= {talk.person(key).entra_id: role} if role else {}
    shown = texts(await talk.say(WHO, key))
    named = posters(engine, shown)
    assert bool(named) is (outcome == "answered")
    assert key != "small" or not named & names_outside(talk, engine, "small")
    entry = await entry_of(talk)
    assert (entry.outcome, bool(entry.query_json)) == (outcome, outcome == "answered")


@pytest.mark.parametrize(("show", "named"), [("", False), ("groups", False), ("everything", True)])
async def test_a_channel_names_people_only_where_that_was_set(
    talk: Talk, engine: Engine, show: str, named: bool
) -> None:
    where: Conversation = talk.stage.teams.channel()
    if show:
        await talk.say(f"show {show} here", "lead", where)
    cards = [await talk.say(WHO, key, where) for key in ("lead", "small", "employee")]
    assert cards[0] == cards[1] == cards[2]
    assert bool(posters(engine, texts(cards[0]))) is named
