"""With the settings everyone has: typing within two seconds, an answer to every request long before Teams gives up."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

from bot.events import Reply, Turn, message, replace_card
from bot.settings import Settings
from tests.fakes.stage import FakeDesk, local_stage

if TYPE_CHECKING:
    from pathlib import Path

CARD = {"type": "AdaptiveCard", "version": "1.5", "body": [{"type": "TextBlock", "text": "there it is"}]}
PRESS: dict[str, Any] = {"type": "Action.Execute", "verb": "ask", "data": {}}
# What Teams allows: a sign of life, the answer to a press, the answer to a message.
SIGN, PRESSED, SAID = 2.0, 4.0, 10.0


class Sleepy(FakeDesk):
    """Takes so many seconds for everything."""

    def __init__(self, seconds: float) -> None:
        super().__init__(lambda turn: [replace_card(CARD) if turn.invoke else message("at last")])
        self.seconds = seconds

    async def handle(self, turn: Turn) -> list[Reply]:
        await asyncio.sleep(self.seconds)
        return list(await super().handle(turn))


def test_what_is_usual_leaves_room_before_teams_gives_up() -> None:
    usual = Settings()
    assert usual.typing_seconds < SIGN
    assert usual.invoke_seconds < PRESSED
    assert usual.turn_seconds < SAID
    assert usual.drain_seconds <= 20


@pytest.mark.proof
async def test_twenty_seconds_of_work_show_typing_are_acknowledged_and_answered_once(tmp_path: Path) -> None:
    loop = asyncio.get_running_loop()
    async with local_stage(Sleepy(20), tmp_path) as on:
        began = loop.time()
        posting = asyncio.create_task(on.teams.post(on.teams.activity("message", text="hello")))
        while not on.connector.ledger:
            await asyncio.sleep(0.02)
        assert (on.connector.ledger[0].type, loop.time() - began < SIGN) == ("typing", True)
        assert (await posting).status == 202
        assert loop.time() - began < SAID
        async with asyncio.timeout(40):
            while not on.connector.messages():
                await asyncio.sleep(0.1)
        assert loop.time() - began >= 20
        assert [one.text for one in on.connector.messages()] == ["at last"]


@pytest.mark.proof
async def test_ten_seconds_for_a_press_are_told_in_time_and_rewrite_the_card_once(tmp_path: Path) -> None:
    loop = asyncio.get_running_loop()
    async with local_stage(Sleepy(10), tmp_path) as on:
        began = loop.time()
        body = await on.teams.press(PRESS, reply_to="m5")
        assert loop.time() - began < PRESSED
        assert body["value"] == "Still working on it. The answer follows here."
        async with asyncio.timeout(40):
            while not on.connector.messages():
                await asyncio.sleep(0.1)
        assert [(one.method, one.activity, one.card) for one in on.connector.messages()] == [("PUT", "m5", CARD)]
