"""What a program lead lets a channel see: set there, said on every card, the same for everyone, and never wider than set."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest

from analytics.engine import Engine
from bot.events import Conversation
from tests.conversations.conftest import Talk, actions, texts

SPEND = "total spend last fiscal year"
BY_TEAM = "spend by team last fiscal year"
WHO = "who posted the most jobs last fiscal year"


@pytest.fixture
def where(talk: Talk) -> Conversation:
    return talk.stage.teams.channel()


async def test_a_channel_shows_company_totals_until_somebody_sets_more(talk: Talk, where: Conversation) -> None:
    assert "Company totals" in texts(await talk.say(SPEND, "lead", where))
    assert "without a breakdown" in texts(await talk.say(BY_TEAM, "lead", where))
    assert "Company totals" in texts(await talk.say("what can be seen here?", "employee", where))


@pytest.mark.parametrize(
    ("said", "seen"),
    [
        ("show groups here", "Whole program, groups only"),
        ("Set the scope of this channel to groups only", "Whole program, groups only"),
        ("this channel may see everything", "Whole program ·"),
        ("please show totals here.", "Company totals"),
        ("zeige hier Gruppen", "Whole program, groups only"),
        ("affiche tout ici", "Whole program ·"),
        ("muestra totales aquí", "Company totals"),
        ("este canal pode ver grupos", "Whole program, groups only"),
        ("ここではグループを表示", "Whole program, groups only"),
    ],
)
async def test_a_program_lead_sets_it_in_several_ways(talk: Talk, where: Conversation, said: str, seen: str) -> None:
    assert seen in texts(await talk.say(said, "lead", where))
    assert seen in texts(await talk.say(SPEND, "employee", where))


async def test_named_data_comes_with_a_warning(talk: Talk, where: Conversation) -> None:
    assert "People are named" in texts(await talk.say("show everything here", "lead", where))
    assert "People are named" not in texts(await talk.say("show groups here", "lead", where))


async def test_nobody_else_can_set_it(talk: Talk, where: Conversation) -> None:
    for key in ("manager", "employee"):
        assert "role does not allow" in texts(await talk.say("show everything here", key, where))
    assert "Company totals" in texts(await talk.say(SPEND, "manager", where))


async def test_it_holds_in_every_thread_of_the_channel_and_in_no_other(talk: Talk) -> None:
    teams = talk.stage.teams
    await talk.say("show groups here", "lead", teams.channel(thread="1"))
    assert "groups only" in texts(await talk.say(SPEND, "employee", teams.channel(thread="2")))
    other = teams.channel("19:other@thread.tacv2")
    assert "Company totals" in texts(await talk.say(SPEND, "employee", other))


async def test_a_team_and_all_below_it_may_be_shown(talk: Talk, where: Conversation, engine: Engine) -> None:
    name = _a_division(engine)
    assert f"{name} and below" in texts(await talk.say(f"show {name} and below here", "lead", where))
    shown = texts(await talk.say(BY_TEAM, "employee", where))
    assert f"{name} and below" in shown
    assert "Whole program" not in shown


async def test_the_line_of_a_manager_may_be_shown_until_the_directory_is_too_old(
    talk: Talk, where: Conversation
) -> None:
    name = talk.people["small"].name
    assert f"The line of {name}" in texts(await talk.say(f"show the line of {name} here", "lead", where))
    assert f"The line of {name}" in texts(await talk.say(SPEND, "employee", where))
    talk.stage.clock.pass_by(timedelta(days=9).total_seconds())
    assert "too old" in texts(await talk.say(SPEND, "employee", where))


async def test_what_is_unknown_is_asked_back(talk: Talk, where: Conversation) -> None:
    shown = texts(await talk.say("set the scope of this channel to Zorkmid", "lead", where))
    assert "do not know" in shown
    assert "Company totals" in texts(await talk.say(SPEND, "lead", where))


async def test_two_people_get_the_same_bytes_whatever_is_set(talk: Talk, where: Conversation) -> None:
    for said in ("show groups here", "show everything here", f"show the line of {talk.people['small'].name} here"):
        talk.stage.clock.pass_by(10)
        await talk.say(said, "lead", where)
        for asked in (
            SPEND,
            BY_TEAM,
            WHO,
            "hello",
            "flurble",
            "what can be seen here?",
            "company-wide spend last fiscal year",
        ):
            talk.stage.clock.pass_by(10)
            first, second = await talk.say(asked, "lead", where), await talk.say(asked, "employee", where)
            assert json.dumps(first) == json.dumps(second), (said, asked)


async def test_a_press_shows_what_the_channel_may_see_and_edits_no_post(talk: Talk, where: Conversation) -> None:
    await talk.say("show groups here", "lead", where)
    card = await talk.say(BY_TEAM, "lead", where)
    press = next(a for a in actions(card) if a["data"].get("verb") == "ask")
    told = [json.dumps(await talk.press(press, key, where)) for key in ("lead", "employee")]
    assert told[0] == told[1]
    assert "groups only" in told[0]
    await talk.stage.teams.submit({"verb": "ask", **press["data"]}, talk.person("employee"), where)
    assert [one.method for one in talk.stage.connector.messages() if one.method == "PUT"] == []


async def test_what_was_set_is_in_the_audit(talk: Talk, where: Conversation) -> None:
    await talk.say("show groups here", "lead", where)
    begin, end = datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)
    (entry,) = [e for e in await talk.stage.state.audit.list(where.tenant, begin, end) if e.kind == "channel_scope"]
    assert json.loads(entry.query_json or "") == {"before": {"show": "totals"}, "after": {"show": "groups"}}


async def test_in_a_personal_chat_the_rule_is_told_and_nothing_is_set(talk: Talk) -> None:
    assert "personal chat" in texts(await talk.say("show groups here", "lead"))
    assert "Whole program" in texts(await talk.say(SPEND, "lead"))


async def test_my_team_is_answered_in_the_personal_chat_and_the_channel_learns_nothing(
    talk: Talk, where: Conversation
) -> None:
    asked = "my team's spend last fiscal year"
    before = len(talk.stage.connector.messages())
    await talk.stage.teams.say(asked, talk.person("manager"), where)
    (told,) = talk.stage.connector.messages()[before:]
    assert "add Freelance Insights for yourself" in told.text
    await talk.say("hello", "manager")
    home = talk.stage.teams.personal(talk.person("manager"))
    before = len(talk.stage.connector.messages())
    await talk.stage.teams.say(asked, talk.person("manager"), where)
    sent = talk.stage.connector.messages()[before:]
    by_place = {one.conversation: one for one in sent}
    assert "answered in your personal chat" in by_place[where.id].text
    assert "attachments" not in by_place[where.id].body
    assert "Your reporting line" in texts(by_place[home.id].card)


def _a_division(engine: Engine) -> str:
    with engine.store.lease() as lease:
        sql = """SELECT t.name FROM charge c JOIN team_line l USING (team) JOIN team t ON t.team = l.ancestor
            WHERE t.depth = 1 AND c.owner IS NOT NULL GROUP BY 1 ORDER BY count(*) DESC, 1"""
        return str(lease.cursor.execute(sql).fetchall()[0][0])
