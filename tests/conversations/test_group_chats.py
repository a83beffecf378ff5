"""What all members of a group chat may see; guests, strangers and lists that cannot be read leave company totals."""

from __future__ import annotations

import asyncio
import json
from datetime import timedelta
from typing import Any

import pytest

from bot.events import Conversation
from tests.conversations.conftest import Talk, texts
from tests.fakes.connector import Script

SPEND = "total spend last fiscal year"
SEEN = "what can be seen here?"


def account(talk: Talk, key: str, **more: Any) -> dict[str, Any]:
    person = talk.person(key)
    told = {"id": person.channel_id, "name": person.name, "aadObjectId": person.entra_id, "tenantId": person.tenant}
    return {**told, "userRole": "user", **more}


@pytest.fixture
def where(talk: Talk) -> Conversation:
    return talk.stage.teams.group()


def here(talk: Talk, where: Conversation, *keys: str, **more: Any) -> None:
    talk.stage.connector.members[where.id] = [account(talk, key, **(more if key == keys[-1] else {})) for key in keys]


async def event(talk: Talk, where: Conversation, kind: str, key: str) -> None:
    activity = talk.stage.teams.activity("conversationUpdate", talk.person(key), where)
    await talk.stage.teams.post({**activity, kind: [account(talk, key)]})


@pytest.mark.parametrize(
    ("keys", "seen"),
    [
        (("lead", "program"), "Whole program ·"),
        (("lead", "small"), "The line of {small}"),
        (("lead", "manager", "employee"), "Company totals ·"),
        (("lead", "stranger"), "not everyone here is an employee"),
    ],
)
async def test_a_group_chat_shows_what_all_its_members_may_see(
    talk: Talk, where: Conversation, keys: tuple[str, ...], seen: str
) -> None:
    here(talk, where, *keys)
    shown = await talk.say(SPEND, "lead", where)
    assert seen.format(small=talk.people["small"].name) in texts(shown)
    if "stranger" not in keys:
        assert json.dumps(await talk.say(SPEND, keys[-1], where)) == json.dumps(shown)


@pytest.mark.parametrize(
    "guest",
    [{"userRole": "guest"}, {"userRole": "anonymous"}, {"tenantId": "another-tenant"}, {"aadObjectId": ""},
     {"userPrincipalName": "ann_other.example#EXT#@contoso.example"}],
    ids=str,
)  # fmt: skip
async def test_a_guest_in_the_chat_leaves_company_totals(
    talk: Talk, where: Conversation, guest: dict[str, Any]
) -> None:
    here(talk, where, "lead", "program", **guest)
    assert "not everyone here is an employee" in texts(await talk.say(SPEND, "lead", where))


async def test_a_list_that_cannot_be_read_leaves_company_totals_and_is_read_again_later(
    talk: Talk, where: Conversation
) -> None:
    here(talk, where, "lead", "program")
    talk.stage.connector.will(Script(status=403))
    assert "cannot see who is in this chat" in texts(await talk.say(SEEN, "lead", where))
    talk.stage.clock.pass_by(31)
    assert "Whole program" in texts(await talk.say(SEEN, "lead", where))


async def test_members_are_kept_for_minutes_and_read_again_when_somebody_comes(talk: Talk, where: Conversation) -> None:
    here(talk, where, "lead", "program")
    for _ in range(3):
        assert "Whole program" in texts(await talk.say(SEEN, "lead", where))
    assert _reads(talk) == 1
    here(talk, where, "lead", "program", "employee")
    await event(talk, where, "membersAdded", "employee")
    assert "Company totals" in texts(await talk.say(SEEN, "lead", where))
    here(talk, where, "lead", "program")
    await event(talk, where, "membersRemoved", "employee")
    assert "Whole program" in texts(await talk.say(SEEN, "lead", where))
    assert _reads(talk) == 3
    talk.stage.clock.pass_by(timedelta(minutes=11).total_seconds())
    await talk.say(SEEN, "lead", where)
    assert _reads(talk) == 4


async def test_whoever_speaks_and_is_not_on_the_list_makes_it_read_again(talk: Talk, where: Conversation) -> None:
    here(talk, where, "lead", "program")
    await talk.say(SEEN, "lead", where)
    assert "cannot see who is" in texts(await talk.say(SEEN, "employee", where))
    here(talk, where, "lead", "program", "employee")
    assert "Company totals" in texts(await talk.say(SEEN, "employee", where))


async def test_somebody_who_comes_between_question_and_answer_sees_no_more_than_they_may(
    talk: Talk, where: Conversation
) -> None:
    here(talk, where, "lead", "program")
    await talk.say(SPEND, "lead", where)
    access: Any = talk.stage.desk._access  # type: ignore[attr-defined]
    engine: Any = talk.stage.desk._engine  # type: ignore[attr-defined]
    answer = engine.answer
    asked: list[str] = []

    async def slow(query: Any, scope: Any, **more: Any) -> Any:
        found = await answer(query, scope, **more)
        if not asked:
            here(talk, where, "lead", "program", "employee")
            access.rooms.changed(where)
            await asyncio.sleep(0)
        asked.append(scope.detail)
        return found

    engine.answer = slow
    try:
        assert "Company totals" in texts(await talk.say("spend last quarter", "lead", where))
    finally:
        del engine.answer
    assert (asked[0], asked[-1]) == ("named", "totals")


async def test_lines_that_are_too_old_leave_company_totals_in_a_chat(talk: Talk, where: Conversation) -> None:
    here(talk, where, "lead", "small")
    talk.stage.clock.pass_by(timedelta(days=9).total_seconds())
    shown = texts(await talk.say(SPEND, "lead", where))
    assert "too old to know reporting lines" in shown


def _reads(talk: Talk) -> int:
    return sum("pagedmembers" in one.path for one in talk.stage.connector.ledger)
