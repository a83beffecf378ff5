"""Deputies: named in words, seen by those they concern, gone with their last day, and never passed on."""

from __future__ import annotations

import copy
import re
from datetime import UTC, datetime, timedelta
from time import perf_counter
from typing import Any

import pytest

from bot.features import channel_scope, deputy_words
from bot.features.days import day_of
from tests.conversations.conftest import Talk, actions, texts
from tests.world import TODAY

SPEND = "total spend last fiscal year"
SEEN = "what can be seen here?"


def name(talk: Talk, key: str) -> str:
    return talk.people[key].name


async def entries(talk: Talk) -> list[Any]:
    listed = await talk.stage.state.audit.list(
        talk.person("lead").tenant, datetime(2026, 1, 1, tzinfo=UTC), datetime(2028, 1, 1, tzinfo=UTC)
    )
    return [entry for entry in listed if entry.kind == "deputy"]


async def test_a_manager_names_a_deputy_who_has_that_line_until_the_last_day_has_passed(talk: Talk) -> None:
    said = f"{name(talk, 'employee')} is my deputy from 21 Nov to 23 Nov"
    shown = texts(await talk.say(said, "small"))
    assert "Nov 21, 2026 to Nov 23, 2026, that day included" in shown
    assert "Company totals" in texts(await talk.say(SEEN, "employee"))
    for _ in range(3):
        talk.stage.clock.pass_by(timedelta(days=1).total_seconds())
        assert f"the line of {name(talk, 'small')}" in texts(await talk.say(SEEN, "employee"))
    talk.stage.clock.pass_by(timedelta(hours=14).total_seconds())
    assert "Company totals" in texts(await talk.say(SEEN, "employee"))


async def test_the_deputy_sees_the_numbers_of_the_principal(talk: Talk) -> None:
    await talk.say(f"make {name(talk, 'employee')} my deputy until Friday", "small")
    own, deputy = texts(await talk.say(SPEND, "small")), texts(await talk.say(SPEND, "employee"))
    money = next(line for line in own.splitlines() if line.startswith("$"))
    assert money in deputy


async def test_a_program_lead_names_one_for_somebody_else_and_ends_it(talk: Talk) -> None:
    said = f"make {name(talk, 'employee')} deputy for {name(talk, 'small')} from today to Dec 15"
    card = await talk.say(said, "lead")
    assert "Dec 15, 2026" in texts(card)
    assert name(talk, "employee") in texts(await talk.say("who are deputies?", "lead"))
    assert name(talk, "small") in texts(await talk.say("who is my deputy", "employee"))
    assert "no longer stands in" in texts(await talk.say(f"end deputy of {name(talk, 'small')}", "lead"))
    assert "Company totals" in texts(await talk.say(SEEN, "employee"))
    assert [entry.outcome for entry in await entries(talk)] == ["named", "ended"]


async def test_a_button_ends_one_and_only_for_those_it_concerns(talk: Talk) -> None:
    card = await talk.say(f"{name(talk, 'employee')} is my deputy until Dec 1", "small")
    (end,) = [a for a in actions(card) if a["data"]["verb"] == "deputy_end"]
    unknown = copy.deepcopy(end)
    unknown["data"]["id"] = 4711
    assert await talk.press(end, "manager") == await talk.press(unknown, "manager")
    assert "the line of" in texts(await talk.say(SEEN, "employee"))
    assert "no longer stands in" in texts(await talk.press(end, "small"))
    assert "Company totals" in texts(await talk.say(SEEN, "employee"))


@pytest.mark.parametrize("key", ["employee", "manager"])
async def test_nobody_names_a_deputy_for_somebody_else_or_learns_a_name_by_trying(talk: Talk, key: str) -> None:
    told = {
        texts(await talk.say(f"make {who} deputy for {whose} until Dec 1", key))
        for who in (name(talk, "employee"), "Zork Nobody")
        for whose in (name(talk, "small"), "Zork Somebody")
    }
    assert len(told) == 1
    assert "role does not allow" in told.pop()


async def test_a_deputy_passes_nothing_on(talk: Talk) -> None:
    await talk.say(f"{name(talk, 'manager')} is my deputy until Dec 1", "small")
    await talk.say(f"{name(talk, 'employee')} is my deputy until Dec 1", "manager")
    shown = texts(await talk.say(SEEN, "employee"))
    assert f"the line of {name(talk, 'manager')}" in shown
    assert name(talk, "small") not in shown
    assert "role does not allow" in texts(await talk.say(f"{name(talk, 'lead')} is my deputy until Dec 1", "employee"))


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("Zork Nobody is my deputy until Dec 1", "no active employee called Zork Nobody"),
        ("{employee} is my deputy", "Until when"),
        ("{employee} is my deputy until the cows come home", "I need days"),
        ("{employee} is my deputy from Dec 5 2026 to Dec 1 2026", "I need days"),
        ("{employee} is my deputy until 1 Dec 2031", "I need days"),
        ("{small} is my deputy until Dec 1", "Nobody stands in for themselves"),
        ("{employee} vertritt mich vom 1. Dez bis 15. Dez", "15.12.2026|Dec 15, 2026"),
        ("{employee} me remplace du 1 déc au 15 déc", "15"),
        ("{employee} me sustituye del 1 dic al 15 dic", "15"),
        ("{employee} substitui-me de 1 dez a 15 dez", "15"),
        ("12月1日から12月15日まで{employee}が私の代理です", "15"),
    ],
)
async def test_what_is_missing_or_wrong_is_said(talk: Talk, said: str, told: str) -> None:
    shown = texts(await talk.say(said.format(employee=name(talk, "employee"), small=name(talk, "small")), "small"))
    assert any(one in shown for one in told.split("|")), shown


async def test_in_a_channel_it_is_answered_apart(talk: Talk) -> None:
    where = talk.stage.teams.channel()
    await talk.say("hello", "small")
    before = len(talk.stage.connector.messages())
    await talk.stage.teams.say("who is my deputy", talk.person("small"), where)
    sent = {one.conversation: one for one in talk.stage.connector.messages()[before:]}
    assert "personal chat" in sent[where.id].text
    assert "no deputy" in texts(sent[talk.stage.teams.personal(talk.person("small")).id].card)


async def test_one_whose_principal_has_gone_ends_by_itself(talk: Talk) -> None:
    by, today = talk.person("lead"), TODAY
    await talk.stage.state.deputies.name(
        by, "e-gone", talk.person("employee").entra_id, today, today + timedelta(days=9)
    )
    assert "Company totals" in texts(await talk.say(SEEN, "employee"))
    await talk.tick("deputies")
    assert await talk.stage.state.deputies.listed(by.tenant, today) == []
    assert [entry.outcome for entry in await entries(talk)] == ["ended by itself"]


@pytest.mark.parametrize(
    "said", ["1 Dec", "Dec 1", "1st of December", "2026-12-01", "1. Dezember", "le 1er décembre", "1.12.", "12月1日"]
)
def test_a_day_is_read_as_people_write_it(said: str) -> None:
    found = day_of(said, TODAY)
    assert found is not None
    assert found.isoformat() == "2026-12-01"


@pytest.mark.parametrize("pump", ["から", "が", "a to ", "make a deputy of b from ", "show and below ", "line of "])
@pytest.mark.parametrize("length", [199, 2_000])
def test_a_long_text_is_no_command_and_costs_nothing(pump: str, length: int) -> None:
    patterns = (*deputy_words.NAME, *deputy_words.END, *channel_scope.SET, *channel_scope.TELL)
    compiled = [re.compile(deputy_words.SHORT + one, re.IGNORECASE) for one in patterns]
    began = perf_counter()
    for one in compiled:
        one.fullmatch((pump * length)[:length])
    assert perf_counter() - began < 0.2
