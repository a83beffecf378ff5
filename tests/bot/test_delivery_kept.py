"""Answers that cannot be sent at once: kept, sent when it is possible, also by the next process, and never silently lost."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

from bot.delivery.pace import Window
from bot.events import Reply, Turn, message, replace_card
from bot.server import COUNTS
from tests.fakes.connector import Script
from tests.fakes.stage import FakeDesk, Stage, stage, staged
from tests.fakes.teams import LEAD

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence
    from pathlib import Path

    from tests.fakes.serving import ThrowawayCA

CARD = {"type": "AdaptiveCard", "version": "1.5", "body": [{"type": "TextBlock", "text": "42"}]}
PRESS: dict[str, Any] = {"type": "Action.Execute", "verb": "ask", "data": {}}


def echo(turn: Turn) -> list[Reply]:
    return [message(f"echo {turn.text}")]


class Gate(FakeDesk):
    """Answers when it is let go."""

    def __init__(self) -> None:
        super().__init__(echo)
        self.go = asyncio.Event()

    async def handle(self, turn: Turn) -> Sequence[Reply]:
        replies = await super().handle(turn)
        await self.go.wait()
        return replies


async def until(true: Any, seconds: float = 5.0) -> None:
    async with asyncio.timeout(seconds):
        while not true():
            await asyncio.sleep(0.01)


@pytest.fixture
async def on(ca: ThrowawayCA, tmp_path: Path) -> AsyncIterator[Stage]:
    async with stage(FakeDesk(echo), ca, tmp_path) as made:
        yield made


async def test_an_answer_that_is_too_much_for_now_comes_later_and_once(on: Stage) -> None:
    on.connector.will(Script(429, headers={"Retry-After": "90"}))
    assert (await on.teams.post(on.teams.activity("message", text="hello"))).status == 200
    assert await on.state.outbox.depth() == {"due": 1}
    on.clock.pass_by(91)
    await until(lambda: len(on.connector.messages()) == 2)
    await asyncio.sleep(0.05)
    kept = on.connector.messages()[1]
    assert (kept.text, kept.activity, kept.body["replyToId"]) == ("echo hello", "activity-1", "activity-1")
    assert await on.state.outbox.depth() == {"sent": 1}
    assert on.app[COUNTS].get("replies", "kept") == 1


async def test_an_answer_without_a_token_to_send_it_with_is_kept(on: Stage) -> None:
    on.authority.token_status = 500
    assert (await on.teams.post(on.teams.activity("message", text="hello"))).status == 200
    assert on.connector.messages() == []
    assert await on.state.outbox.depth() == {"due": 1}
    on.authority.token_status = 200
    on.clock.pass_by(120)
    async with staged(FakeDesk(echo), on.settings, on.ca, on.clock, on.connector, on.authority):
        await until(lambda: len(on.connector.messages()) == 1)


async def test_what_was_kept_is_sent_by_the_next_process(on: Stage) -> None:
    on.connector.will(Script(429, headers={"Retry-After": "90"}))
    await on.teams.post(on.teams.activity("message", text="hello"))
    on.clock.pass_by(91)
    async with staged(FakeDesk(echo), on.settings, on.ca, on.clock, on.connector, on.authority):
        await until(lambda: len(on.connector.messages()) == 2)


async def test_a_stop_that_cuts_off_the_queue_leaves_it_to_the_next_process(
    ca: ThrowawayCA, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.delivery.outbox.STOP_SECONDS", 0.2)
    slow = (Window(1, 30),)
    async with stage(FakeDesk(echo), ca, tmp_path, send_limits=slow, turn_seconds=0.1, drain_seconds=0.2) as on:
        said = [on.teams.activity("message", text=str(number)) for number in range(5)]
        statuses = [(await on.teams.post(one)).status for one in said]
        assert statuses[1:] == [202] * 4
        await on.app.shutdown()
        await on.app.cleanup()
        await on.parts.keys.close()
        assert len(on.connector.messages()) == 1
        settings = on.settings.__class__(**{**vars(on.settings), "send_limits": ()})
        async with staged(FakeDesk(echo), settings, ca, on.clock, on.connector, on.authority) as after:
            await until(lambda: len(on.connector.messages()) >= 5)
            again = [await after.teams.post(one) for one in said]
            await asyncio.sleep(0.1)
        assert {response.status for response in again} <= {200, 202}
        assert sorted(one.text for one in on.connector.messages()) == [f"echo {number}" for number in range(5)]


async def test_a_turn_that_was_promised_an_answer_and_is_cut_off_is_told_so(ca: ThrowawayCA, tmp_path: Path) -> None:
    async with stage(Gate(), ca, tmp_path, turn_seconds=0.05, drain_seconds=0.05) as on:
        said = on.teams.activity("message", text="hello")
        assert (await on.teams.post(said)).status == 202
        await on.app.shutdown()
        await on.app.cleanup()
        await on.parts.keys.close()
        desk = FakeDesk(echo)
        async with staged(desk, on.settings, ca, on.clock, on.connector, on.authority) as after:
            await until(lambda: len(on.connector.messages()) == 1)
            assert (await after.teams.post(said)).status == 202
            assert desk.turns == []
        assert on.connector.messages()[0].text == "I was restarted before I could finish. Please ask again."


async def test_a_typing_sign_that_would_come_too_late_is_not_sent(
    ca: ThrowawayCA, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.delivery.outbox.STOP_SECONDS", 0.1)
    desk = Gate()
    slow: dict[str, Any] = {"send_limits": (Window(2, 4),), "turn_seconds": 0.3, "drain_seconds": 0.1}
    async with stage(desk, ca, tmp_path, typing_seconds=0.05, **slow) as on:
        statuses = [(await on.teams.post(on.teams.activity("message", text=str(n)))).status for n in range(4)]
        assert statuses == [202] * 4
        await until(lambda: on.app[COUNTS].get("typing", "dropped") == 2)
        assert [one.type for one in on.connector.ledger] == ["typing", "typing"]


async def test_a_slow_press_rewrites_the_very_card_that_was_pressed(ca: ThrowawayCA, tmp_path: Path) -> None:
    """The pressed card is one that the bot itself sent; what is on the screen in the end is the answer."""
    desk = Gate()
    desk.go.set()
    desk.answer = lambda turn: [replace_card(CARD) if turn.invoke else message(None, {"type": "AdaptiveCard"})]
    async with stage(desk, ca, tmp_path, invoke_seconds=0.1) as on:
        await on.teams.say("spend")
        desk.go.clear()
        body = await on.teams.press(PRESS, LEAD, reply_to="m1")
        assert body["value"].startswith("Still working on it.")
        desk.go.set()
        await until(lambda: len(on.connector.messages()) == 2)
        screen: dict[str, Any] = {}
        for number, one in enumerate(on.connector.messages()):
            screen[one.activity if one.method == "PUT" else f"m{number + 1}"] = one.card
        assert screen == {"m1": CARD}
