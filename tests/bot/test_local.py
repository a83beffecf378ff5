"""An unsigned bot listens to its own machine, to no web page, and to nobody but the sample people."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest

from analytics.errors import SettingsError
from bot.events import Reply, Turn, message
from bot.parts import open_parts
from bot.server import make_app
from bot.settings import Settings
from bot.state import State
from tests.fakes.stage import FakeDesk, local_stage

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping
    from pathlib import Path

    from tests.fakes.stage import FakeClock, LocalStage


def echo(turn: Turn) -> list[Reply]:
    return [message(f"echo {turn.text}")]


@pytest.fixture
async def on(tmp_path: Path) -> AsyncIterator[LocalStage]:
    async with local_stage(FakeDesk(echo), tmp_path) as made:
        yield made


async def test_a_local_bot_answers_without_any_token(on: LocalStage) -> None:
    sent = await on.teams.say("hello")
    assert [one.text for one in sent] == ["echo hello"]
    assert "Authorization" not in sent[0].headers


async def test_a_token_changes_nothing_for_a_local_bot(on: LocalStage) -> None:
    assert (await on.teams.post(on.teams.activity("message", text="hello"), "made.up.token")).status == 200


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Origin": "http://127.0.0.1:3978"}, 401),
        ({"Origin": "https://evil.example"}, 401),
        ({"Origin": "null"}, 401),
        ({"Host": "evil.example"}, 401),
        ({"Host": "evil.example:3978"}, 401),
        ({"Host": "127.0.0.1.evil.example"}, 401),
        ({"Host": "0.0.0.0"}, 401),  # noqa: S104 - what must be refused
        ({"Content-Type": "text/plain"}, 415),
        ({"Content-Type": "application/x-www-form-urlencoded"}, 415),
        ({"Host": "localhost:3978"}, 200),
        ({"Host": "LOCALHOST"}, 200),
        ({"Host": "[::1]:3978"}, 200),
        ({"x-ms-agents-playground": "true"}, 200),
    ],
)
async def test_no_web_page_can_post_to_it(on: LocalStage, headers: Mapping[str, str], status: int) -> None:
    response = await on.teams.post(on.teams.activity("message", text="hello"), headers=headers)
    assert response.status == status
    assert len(on.connector.ledger) == (status == 200)


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"serviceUrl": "https://smba.trafficmanager.net/emea/"}, 401),
        ({"serviceUrl": "http://169.254.169.254/"}, 401),
        ({"serviceUrl": "http://localhost.evil.example/"}, 401),
        ({"serviceUrl": "http://localhost@evil.example/"}, 401),
        ({"serviceUrl": "http://127.0.0.1:99999999/"}, 401),
        ({"serviceUrl": None}, 401),
        ({"channelId": "emulator"}, 401),
        ({"channelData": {"tenant": {"id": "33333333-3333-3333-3333-333333333333"}}}, 403),
        ({"channelData": {}, "conversation": {"id": "a:1"}}, 403),
    ],
)
async def test_it_takes_nothing_from_elsewhere(on: LocalStage, changes: Mapping[str, Any], status: int) -> None:
    response = await on.teams.post({**on.teams.activity("message", text="hello"), **changes})
    assert response.status == status
    assert on.connector.ledger == []


async def test_a_local_bot_is_ready_without_keys(on: LocalStage) -> None:
    async with on.teams.session.get(f"{on.teams.address}/readyz") as response:
        assert (response.status, await response.json()) == (200, {"ready": True, "state": True})


@asynccontextmanager
async def closed_bot(settings: Settings, clock: FakeClock) -> AsyncIterator[None]:
    state = await State.open(settings.state_address, clock)
    try:
        async with open_parts(Settings(local=True), clock) as parts, aiohttp.ClientSession():
            make_app(settings, FakeDesk(echo), state, keys=parts.keys, connector=parts.connector, clock=clock)
            yield
    finally:
        await state.close()


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"local": True, "host": "0.0.0.0"},  # noqa: S104 - what must be refused
        {"local": True, "app_id": "22222222-2222-2222-2222-222222222222"},
    ],
)
async def test_no_application_is_made_of_settings_that_are_not_closed(
    clock: FakeClock, tmp_path: Path, changes: Mapping[str, Any]
) -> None:
    with pytest.raises(SettingsError):
        async with closed_bot(Settings(data_dir=tmp_path, **changes), clock):
            pass
