"""Somebody who asks faster than anybody reads gets one polite word; everybody else notices nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from bot.delivery.flood import Flood
from bot.delivery.pace import PER_PERSON, Window
from bot.events import Choice, Reply, Turn, message, replace_card, results
from bot.server import COUNTS
from tests.fakes.stage import FakeDesk, LocalStage, local_stage
from tests.fakes.teams import LEAD, MANAGER

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

TOO_FAST = "You are asking faster than I can answer."
EXECUTE = {"type": "Action.Execute", "verb": "ask", "data": {}}


def answer(turn: Turn) -> list[Reply]:
    if turn.kind == "search":
        return [results([Choice("Design", "t1")])]
    return [replace_card({"type": "AdaptiveCard"})] if turn.invoke else [message(f"echo {turn.text}")]


@pytest.fixture
def desk() -> FakeDesk:
    return FakeDesk(answer)


@pytest.fixture
async def on(desk: FakeDesk, tmp_path: Path) -> AsyncIterator[LocalStage]:
    async with local_stage(desk, tmp_path, turn_limits=PER_PERSON) as made:
        yield made


async def test_two_hundred_messages_give_ten_answers_and_one_polite_word(on: LocalStage, desk: FakeDesk) -> None:
    statuses = [(await on.teams.post(on.teams.activity("message", text=str(number)))).status for number in range(200)]
    assert set(statuses) == {200}
    said = [one.text for one in on.connector.messages()]
    assert said[:10] == [f"echo {number}" for number in range(10)]
    assert [text.startswith(TOO_FAST) for text in said[10:]] == [True]
    assert len(desk.turns) == 10
    assert (on.app[COUNTS].get("flood", "refuse"), on.app[COUNTS].get("flood", "drop")) == (1, 189)
    assert [one.text for one in await on.teams.say("me too", MANAGER)] == ["echo me too"]


async def test_a_press_too_many_leaves_the_card_and_says_so_in_passing(on: LocalStage, desk: FakeDesk) -> None:
    bodies = [await on.teams.press(EXECUTE) for _ in range(15)]
    kinds = [body["type"].rsplit(".", 1)[1] for body in bodies]
    assert kinds == ["adaptive"] * 10 + ["message"] * 5
    assert all(body["value"].startswith(TOO_FAST) for body in bodies[10:])
    assert on.connector.messages() == []


async def test_typing_into_a_typeahead_may_be_quick(on: LocalStage) -> None:
    answers = [
        await on.teams.invoke("application/search", {"queryText": "d" * number, "dataset": "team"})
        for number in range(1, 56)
    ]
    found = [len(one.body["value"]["results"]) for one in answers]
    assert found == [1] * 50 + [0] * 5
    assert [one.text for one in await on.teams.say("hello")] == ["echo hello"]


async def test_the_word_is_said_in_the_askers_language_and_in_a_channel_in_the_channels(on: LocalStage) -> None:
    own = [on.teams.activity("message", LEAD, text="x", locale="de-DE") for _ in range(11)]
    where = on.teams.channel()
    shared = [on.teams.activity("message", MANAGER, where, text="x", locale="de-DE") for _ in range(11)]
    for one in own + shared:
        await on.teams.post(one)
    said = [one.text for one in on.connector.messages() if not one.text.startswith("echo")]
    assert [text.split()[0] for text in said] == ["Sie", "You"]


async def test_another_delivery_of_the_same_message_is_no_further_turn(on: LocalStage, desk: FakeDesk) -> None:
    activities = [on.teams.activity("message", text=str(number)) for number in range(11)]
    for one in activities * 3:
        assert (await on.teams.post(one)).status == 200
    assert len(desk.turns) == 10
    assert len(on.connector.messages()) == 11


async def test_coming_and_going_is_never_dropped(on: LocalStage, desk: FakeDesk) -> None:
    for _ in range(60):
        await on.teams.post(on.teams.activity("conversationUpdate", membersAdded=[{"id": "29:x"}]))
    assert len(desk.turns) == 60


def activity(number: int) -> dict[str, Any]:
    return {"type": "message", "id": f"a{number}", "from": {"id": "29:x"}, "conversation": {"id": "c"}}


def test_it_ends_with_the_haste_and_a_new_haste_gets_a_new_word() -> None:
    now = [0.0]
    flood = Flood((Window(2, 10),), lambda: now[0])
    verdicts = []
    for number, at in enumerate([0, 1, 2, 3, 10.5, 11.5, 12, 12.1, 30, 31, 32]):
        now[0] = at
        verdicts.append(flood.judge(activity(number)))
    # One stays in haste until a whole span went by without one too many.
    haste = ["take", "take", "refuse", "drop", "take", "take", "drop", "drop"]
    assert verdicts == [*haste, "take", "take", "refuse"]


def test_no_windows_means_no_limit_and_strangers_are_forgotten() -> None:
    free = Flood((), lambda: 0.0)
    assert {free.judge(activity(number)) for number in range(100)} == {"take"}
    flood = Flood((Window(1, 10),), lambda: 0.0)
    for number in range(20_050):
        flood.judge({**activity(number), "from": {"id": f"29:{number}"}})
    assert len(flood._people) == 20_000


def test_whoever_was_quiet_for_a_span_takes_no_memory() -> None:
    now = [0.0]
    flood = Flood(PER_PERSON, lambda: now[0])
    for number in range(1_000):
        assert flood.judge({**activity(number), "from": {"id": f"29:{number}"}}) == "take"
    now[0] = 11.0
    flood.judge({**activity(0), "from": {"id": "29:somebody"}})
    assert len(flood._people) == 1
