"""Subscriptions through the real endpoint: set up in words, sent once when due, with what the owner may see by then."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.conversations.conftest import actions, texts
from tests.conversations.personal import Company, card, company, talking_in
from tests.fakes.serving import ThrowawayCA
from tests.world import World

FRIDAY = datetime(2026, 11, 27, 8, 0, 30, tzinfo=UTC)  # 9 o'clock in Berlin
WEEK = timedelta(days=7)


@pytest.fixture
async def talk(ca: ThrowawayCA, tmp_path: Path) -> AsyncIterator[Company]:
    async with talking_in(World(tmp_path / "world", company(1_000, 2_000)), ca, tmp_path) as made:
        yield made


async def test_spend_for_my_teams_comes_every_friday_in_the_owners_scope_and_only_once(talk: Company) -> None:
    shown = texts(await talk.say("Send me spend for my teams every Friday", "ana"))
    assert "every Friday at 9:00" in shown
    assert "Local time of Europe/Berlin" in shown
    talk.stage.clock.now = FRIDAY - timedelta(minutes=5)
    assert await talk.passes() == []
    talk.stage.clock.now = FRIDAY
    ((to, body),) = sent = await talk.passes()
    assert to == "ana"
    assert "Comes every Friday" in body["text"]
    assert "$1,000" in texts(card(sent[0]))
    talk.stage.clock.now = FRIDAY + timedelta(hours=1)
    assert await talk.passes() == []
    talk.stage.clock.now = FRIDAY + WEEK
    assert len(await talk.passes()) == 1


@pytest.mark.parametrize(
    ("said", "every", "at"),
    [
        ("Schick mir die Ausgaben pro Team jeden Montag um 8 Uhr", "week", "08:00"),
        ("Envoie-moi les dépenses par équipe chaque lundi à 8h", "week", "08:00"),
        ("Envíame el gasto por equipo cada lunes a las 8", "week", "08:00"),
        ("Me envie os gastos por equipe toda segunda-feira às 8h", "week", "08:00"),
        ("毎週月曜日8時にチーム別の支出を送って", "week", "08:00"),
        ("send me spend by team daily at 8:30", "day", "08:30"),
        ("email me active contracts on the first of every month at 7am", "month", "07:00"),
        ("subscribe me to spend by team weekly", "week", "09:00"),
    ],
)
async def test_cadence_and_time_are_read_from_the_words(talk: Company, said: str, every: str, at: str) -> None:
    await talk.say(said, "pia")
    (one,) = await talk.stage.state.schedules.listed(talk.person("pia").tenant)
    assert (one.rule.every, f"{one.rule.at:%H:%M}", one.rule.weekday) == (every, at, 0)
    metrics = one.payload["query"]["metrics"]
    assert metrics == (["active_contracts"] if "contracts" in said else ["spend"])


async def test_this_quarter_moves_on_and_a_named_quarter_stays(talk: Company) -> None:
    await talk.say("send me spend this quarter every Friday", "pia")
    await talk.say("send me spend in October 2026 every Friday", "pia")
    talk.stage.clock.now = datetime(2027, 1, 8, 8, 1, tzinfo=UTC)
    said = [texts(card(one)) for one in await talk.passes()]
    assert sum("Jan – Mar 2027, to date" in one for one in said) == 1
    assert sum("October 2026" in one for one in said) == 1


async def test_the_last_answer_is_what_that_means(talk: Company) -> None:
    await talk.say("spend by team this quarter", "pia")
    shown = texts(await talk.say("send me that every monday", "pia"))
    assert "Spend by Team" in shown


async def test_listing_pausing_changing_and_stopping_in_words_and_on_the_card(talk: Company) -> None:
    await talk.say("send me spend by team every Friday", "pia")
    await talk.say("alert me when spend goes over 50k this quarter", "pia")
    listed = await talk.say("my subscriptions", "pia")
    assert "1. Spend by Team" in texts(listed)
    assert "above $50,000" in texts(listed)
    assert "Paused" in texts(await talk.say("pause subscription 1", "pia"))
    talk.stage.clock.now = FRIDAY
    assert await talk.passes() == []
    by_verb = {one["verb"]: one for one in actions(listed)}
    schedules = talk.stage.state.schedules
    (one,) = await schedules.listed(talk.person("pia").tenant)
    shown = await talk.press(by_verb["sub_resume"], "pia", which=f"s:{one.id}")
    assert "Goes on" in texts(shown)
    assert "every Monday at 8:00" in texts(await talk.say("change subscription 1 to Mondays at 8", "pia"))
    changed = await talk.press(by_verb["sub_change"], "pia", which=f"s:{one.id}", when="daily at 7")
    assert "every day at 7:00" in texts(changed)
    assert "above $60,000" in texts(await talk.say("change alert 2 to 60k", "pia"))
    assert "Stopped" in texts(await talk.press(by_verb["sub_stop"], "pia", which=f"s:{one.id}"))
    assert "stopped" in texts(await talk.say("stop all my alerts", "pia"))
    assert "Nothing is set up" in texts(await talk.say("my alerts", "pia"))


async def test_nobody_touches_what_is_somebody_elses_by_pressing(talk: Company) -> None:
    await talk.say("send me spend for my team every Friday", "ana")
    (one,) = await talk.stage.state.schedules.listed(talk.person("ana").tenant)
    listed = await talk.say("my subscriptions", "ana")
    stop = next(a for a in actions(listed) if a["verb"] == "sub_stop")
    assert "Nothing is set up" in texts(await talk.press(stop, "ben", which=f"s:{one.id}"))
    assert (await talk.stage.state.schedules.get(one.id)).state == "active"  # type: ignore[union-attr]


async def test_whoever_lost_their_team_gets_nothing_of_it_and_the_program_is_told_once(talk: Company) -> None:
    await talk.say("spend", "pia")
    await talk.say("send me spend for my team every Friday", "ana")
    rows = company(1_000, 2_000)
    rows["people!"] = [one for one in talk.world.tables["people"] if one["person_id"] != "P1"]
    rows["people!"].append({"person_id": "P1", "name": "Ana Silva", "entra_object_id": "e1", "active": "false"})
    rows.pop("people")
    talk.synced(rows)
    talk.stage.clock.now = FRIDAY
    ((to, body),) = await talk.passes()
    assert to == "pia"
    assert "no longer with the company" in body["text"]
    talk.stage.clock.now = FRIDAY + WEEK
    assert await talk.passes() == []


async def test_a_removed_bot_pauses_what_its_owner_had(talk: Company) -> None:
    await talk.say("spend", "pia")
    await talk.say("send me spend for my team every Friday", "ana")
    await talk.stage.teams.remove(talk.person("ana"))
    talk.stage.clock.now = FRIDAY
    ((to, body),) = await talk.passes()
    assert (to, "removed from their chat" in body["text"]) == ("pia", True)


async def test_only_when_something_changed_it_comes_again(talk: Company) -> None:
    assert "only when something has changed" in texts(
        await talk.say("send me spend by team this quarter daily only if something changed", "pia")
    )
    for day, comes in ((1, 1), (2, 0), (3, 0)):
        talk.stage.clock.now = datetime(2026, 11, 20 + day, 8, 1, tzinfo=UTC)
        assert len(await talk.passes()) == comes
    talk.synced(company(1_500, 2_000))
    talk.stage.clock.now = datetime(2026, 11, 24, 8, 1, tzinfo=UTC)
    assert len(await talk.passes()) == 1


async def test_every_manager_gets_their_slice_and_receipts_say_who_got_it(talk: Company) -> None:
    await talk.say("spend", "ana")
    refused = texts(await talk.say("send all managers their spend by team every Friday", "ana"))
    assert "role does not allow" in refused
    shown = texts(await talk.say("send all managers their spend by team every Friday", "pia"))
    assert "data of their own line" in shown
    talk.stage.clock.now = FRIDAY
    sent = await talk.passes()
    assert [to for to, _ in sent] == ["ana"]
    said = texts(card(sent[0]))
    assert "Design" in said
    assert "Research" not in said
    got = texts(await talk.say("who got it?", "pia"))
    assert "Bot not installed" in got
    assert "Delivered" in got
    await talk.say("mute report", "ana")
    talk.stage.clock.now = FRIDAY + WEEK
    assert await talk.passes() == []
    assert "Muted" in texts(await talk.say("who got it?", "pia"))


async def test_the_program_sees_what_is_sent_to_whom_and_hands_it_over(talk: Company) -> None:
    await talk.say("spend", "ben")
    await talk.say("send me spend for my team every Friday", "ana")
    assert "role does not allow" in texts(await talk.say("what is sent to whom?", "ana"))
    overview = await talk.say("what is sent to whom?", "pia")
    assert "Ana Silva" in texts(overview)
    (one,) = await talk.stage.state.schedules.listed(talk.person("ana").tenant)
    preview = next(a for a in actions(overview) if a["verb"] == "sub_show")
    assert "Spend" in texts(await talk.press(preview, "pia", which=f"s:{one.id}"))
    assert "Handed over to Ben Okafor: 1" in texts(await talk.say("hand my subscriptions to Ben Okafor", "ana"))
    talk.stage.clock.now = FRIDAY
    ((to, body),) = await talk.passes()
    assert to == "ben"
    assert "$2,000" in texts(body)


async def test_quiet_hours_hold_back_what_falls_into_them(talk: Company) -> None:
    assert "Quiet from 20:00 to 07:00" in texts(await talk.say("quiet from 20 to 7", "pia"))
    await talk.say("send me spend by team daily at 6", "pia")
    talk.stage.clock.now = datetime(2026, 11, 21, 5, 1, tzinfo=UTC)
    assert await talk.passes() == []
    talk.stage.clock.now = datetime(2026, 11, 21, 6, 1, tzinfo=UTC)
    assert len(await talk.passes()) == 1


async def test_a_question_about_each_of_many_is_no_subscription(talk: Company) -> None:
    for said in ("show me spend for each team", "send me spend for each team", "毎月の支出を教えて"):
        await talk.say(said, "pia")
    assert await talk.stage.state.schedules.listed(talk.person("pia").tenant) == []


async def test_all_alerts_are_stopped_without_the_subscriptions(talk: Company) -> None:
    await talk.say("send me spend by team every Friday", "pia")
    await talk.say("alert me when spend goes over 50k this quarter", "pia")
    left = texts(await talk.say("stop all my alerts", "pia"))
    assert "1. Spend by Team" in left
    assert "above $50,000" not in left
