"""Files that wait for their sender's word: across restarts, for one day, for their sender alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.events import Conversation, Person
from bot.state import State
from bot.state.data import KEPT, SentFile

if TYPE_CHECKING:
    from tests.fakes.stage import FakeClock

ANNA, BERT = Person("t1", "p1"), Person("t1", "p2")
OWN = Conversation("a:1", "personal", "t1", "https://smba.example/emea", bot_id="28:b", bot_name="Bot")
FILE = SentFile("f1", ANNA, OWN, "charges.csv", "generic:charges", "de", "de_DE")


async def test_a_file_waits_for_its_sender_alone_and_outlives_a_restart(url: str, clock: FakeClock) -> None:
    state = await State.open(url, clock)
    await state.files.add(FILE)
    await state.close()
    state = await State.open(url, clock)
    assert await state.files.find("f1", BERT) is None
    assert await state.files.use("f1", BERT, "m1") is None
    assert await state.files.discard("f1", BERT) is None
    assert await state.files.find("f1", ANNA) == FILE
    chosen = await state.files.choose("f1", ANNA, "wand_invoice")
    assert chosen is not None
    assert chosen.profile == "wand_invoice"
    await state.close()


async def test_a_file_is_used_once_however_often_the_button_is_pressed(state: State) -> None:
    await state.files.add(FILE)
    used = await state.files.use("f1", ANNA, "m7")
    assert used is not None
    assert (used.standing, used.activity) == ("using", "m7")
    assert await state.files.use("f1", ANNA, "m7") is None
    assert await state.files.discard("f1", ANNA) is None
    assert await state.files.in_use() == [used]
    await state.files.done("f1")
    assert await state.files.in_use() == []


async def test_a_file_nobody_decides_on_is_forgotten_after_a_day(state: State, clock: FakeClock) -> None:
    await state.files.add(FILE)
    clock.pass_by(KEPT.total_seconds() - 1)
    assert await state.files.expired() == []
    clock.pass_by(1)
    assert await state.files.find("f1", ANNA) is None
    assert await state.files.expired() == ["f1"]
    assert await state.files.expired() == []


@pytest.mark.parametrize("times", [1, 2])
async def test_who_wants_to_hear_of_syncs_is_told_once(state: State, times: int) -> None:
    for _ in range(times):
        await state.sync_listeners.add(ANNA)
    await state.sync_listeners.add(BERT)
    assert await state.sync_listeners.all() == [ANNA, BERT]
    await state.sync_listeners.remove(ANNA)
    assert await state.sync_listeners.all() == [BERT]
