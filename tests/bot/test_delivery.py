"""Deliveries that come twice, take long, or come while the bot stops or its memory does not answer."""

from __future__ import annotations

import asyncio
import sqlite3
from typing import TYPE_CHECKING, Any

import pytest

from bot.events import Reply, Turn, message, replace_card
from tests.fakes.stage import FakeDesk, Stage, stage, staged
from tests.fakes.teams import LEAD

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from tests.fakes.serving import ThrowawayCA

CARD = {"type": "AdaptiveCard", "version": "1.5", "body": [{"type": "TextBlock", "text": "Zahlen, 数字"}]}
PRESS: dict[str, Any] = {
    "type": "Action.Execute",
    "title": "By team",
    "verb": "ask",
    "data": {"query": {"metrics": ["spend"]}},
}


def echo(turn: Turn) -> list[Reply]:
    return [message(f"echo {turn.text}")]


class SlowDesk(FakeDesk):
    """Takes its time, until it is let go."""

    def __init__(self, answer: Callable[[Turn], Sequence[Reply]]) -> None:
        super().__init__(answer)
        self.go = asyncio.Event()

    async def handle(self, turn: Turn) -> Sequence[Reply]:
        replies = await super().handle(turn)
        await self.go.wait()
        return replies


@pytest.fixture
def desk() -> FakeDesk:
    return FakeDesk(echo)


async def test_the_same_activity_gives_one_turn_and_one_reply_also_at_once_and_after_a_restart(
    desk: FakeDesk, ca: ThrowawayCA, tmp_path: Path
) -> None:
    desk.answer = lambda turn: [replace_card(CARD) if turn.invoke else message("once")]
    async with stage(desk, ca, tmp_path) as on:
        said = on.teams.activity("message", text="hello")
        pressed = on.teams.activity(
            "invoke", name="adaptiveCard/action", value={"action": {"type": "Action.Execute", "verb": "ask"}}
        )
        first = [await asyncio.gather(*(on.teams.post(one) for _ in range(5))) for one in (said, pressed)]
        again = [await on.teams.post(one) for one in (said, pressed)]
        await on.parts.keys.close()
        async with staged(desk, on.settings, ca, on.clock, on.connector, on.authority) as restarted:
            after = [await restarted.teams.post(one) for one in (said, pressed)]
        assert {response.status for responses in first for response in responses} == {200}
        bodies = [*first[1], again[1], after[1]]
        assert all(response.body["value"] == CARD for response in bodies)
        assert [response.status for response in again + after] == [200] * 4
        assert len(desk.turns) == 2
        assert len(on.connector.messages()) == 1


async def test_a_turn_cut_off_by_a_kill_runs_again_when_it_is_delivered_again(ca: ThrowawayCA, tmp_path: Path) -> None:
    stuck, desk = SlowDesk(echo), FakeDesk(echo)
    async with stage(stuck, ca, tmp_path, drain_seconds=0.05) as on:
        said = on.teams.activity("message", text="hello")
        cut_off = asyncio.create_task(on.teams.post(said))
        while not stuck.turns:
            await asyncio.sleep(0.01)
        async with staged(desk, on.settings, ca, on.clock, on.connector, on.authority) as restarted:
            assert (await restarted.teams.post(said)).status == 200
            assert len(on.connector.messages()) == 1
        cut_off.cancel()


async def test_the_same_id_in_another_conversation_or_after_a_day_is_another_turn(on: Stage, desk: FakeDesk) -> None:
    said = on.teams.activity("message", text="hello")
    elsewhere = {**said, "conversation": {**said["conversation"], "id": "a:other"}}
    for activity in (said, elsewhere, said):
        await on.teams.post(activity)
    assert len(desk.turns) == 2
    on.clock.pass_by(24 * 3600)
    await on.state.purge()
    async with staged(desk, on.settings, on.ca, on.clock, on.connector, on.authority) as restarted:
        await restarted.teams.post(said)
    assert len(desk.turns) == 3


async def test_a_slow_answer_shows_typing_is_acknowledged_and_comes_later(ca: ThrowawayCA, tmp_path: Path) -> None:
    desk = SlowDesk(echo)
    async with stage(desk, ca, tmp_path, typing_seconds=0.05, turn_seconds=0.2) as on:
        response = await on.teams.post(on.teams.activity("message", text="hello"))
        assert response.status == 202
        assert [one.type for one in on.connector.ledger] == ["typing"]
        desk.go.set()
        async with asyncio.timeout(5):
            while not on.connector.messages():
                await asyncio.sleep(0.01)
        assert [one.text for one in on.connector.messages()] == ["echo hello"]


async def test_a_quick_answer_shows_no_typing(on: Stage) -> None:
    await on.teams.say("hello")
    await asyncio.sleep(0.05)
    assert [one.type for one in on.connector.ledger] == ["message"]


@pytest.mark.parametrize(("shared", "method"), [(False, "PUT"), (True, "POST")])
async def test_a_slow_press_is_told_so_and_its_card_comes_later(
    ca: ThrowawayCA, tmp_path: Path, shared: bool, method: str
) -> None:
    desk = SlowDesk(lambda _: [replace_card(CARD)])
    async with stage(desk, ca, tmp_path, invoke_seconds=0.1) as on:
        place = on.teams.channel() if shared else None
        body = await on.teams.press(PRESS, LEAD, place, reply_to="m5")
        assert body["value"] == "Still working on it. The answer follows here."
        desk.go.set()
        async with asyncio.timeout(5):
            while not on.connector.messages():
                await asyncio.sleep(0.01)
        sent = on.connector.messages()
        assert [(one.method, one.activity, one.card) for one in sent] == [(method, "m5", CARD)]


async def test_stopping_finishes_what_has_begun_and_takes_nothing_new(ca: ThrowawayCA, tmp_path: Path) -> None:
    desk = SlowDesk(echo)
    async with stage(desk, ca, tmp_path) as on:
        begun = asyncio.create_task(on.teams.post(on.teams.activity("message", text="begun")))
        while not desk.turns:
            await asyncio.sleep(0.01)
        stopping = asyncio.create_task(on.app.shutdown())
        await asyncio.sleep(0.02)
        late = await on.teams.post(on.teams.activity("message", text="too late"))
        async with on.teams.session.get(f"{on.teams.address}/readyz") as ready:
            assert ready.status == 503
        desk.go.set()
        await stopping
        assert ((await begun).status, late.status) == (200, 503)
        assert [one.text for one in on.connector.messages()] == ["echo begun"]


async def test_health_and_readiness_tell_what_is_missing(on: Stage) -> None:
    async with on.teams.session.get(f"{on.teams.address}/healthz") as response:
        assert response.status == 200
    async with on.teams.session.get(f"{on.teams.address}/readyz") as response:
        assert (response.status, await response.json()) == (200, {"ready": True, "state": True, "keys": True})


async def test_a_bot_without_keys_is_alive_but_not_ready(desk: FakeDesk, ca: ThrowawayCA, tmp_path: Path) -> None:
    async with stage(desk, ca, tmp_path) as on:
        on.authority.status = 500
        async with on.teams.session.get(f"{on.teams.address}/readyz") as response:
            assert (response.status, (await response.json())["keys"]) == (503, False)


async def test_a_bot_whose_memory_is_locked_says_so_and_recovers(on: Stage, desk: FakeDesk) -> None:
    await on.teams.say("hello")
    await on.state.line.run("PRAGMA busy_timeout=20")
    holder = sqlite3.connect(on.settings.data_dir / "state.db", isolation_level=None)
    holder.execute("BEGIN EXCLUSIVE")
    sent = await on.teams.say("hello again")
    assert sent[0].text.startswith("The bot's own memory does not answer at the moment.")
    assert (await on.teams.press(PRESS))["statusCode"] == 500
    async with on.teams.session.get(f"{on.teams.address}/readyz") as response:
        assert (response.status, (await response.json())["state"]) == (503, False)
    assert len(desk.turns) == 1
    holder.close()
    assert [one.text for one in await on.teams.say("and now")] == ["echo and now"]
    async with on.teams.session.get(f"{on.teams.address}/readyz") as response:
        assert response.status == 200


async def test_the_memory_is_readable_by_its_owner_only(on: Stage) -> None:
    assert (on.settings.data_dir / "state.db").stat().st_mode & 0o077 == 0
