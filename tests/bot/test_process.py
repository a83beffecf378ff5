"""A bot in a process of its own: stopped gently it loses nothing, killed it answers nothing twice."""

from __future__ import annotations

import asyncio
import signal
import sys
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import aiohttp
import pytest

from tests.fakes.connector import FakeConnector, connector_on
from tests.fakes.teams import TeamsClient

if TYPE_CHECKING:
    from asyncio.subprocess import Process
    from collections.abc import AsyncIterator

ROOT = Path(__file__).parents[2]


@asynccontextmanager
async def bot_process(folder: Path, seconds: float) -> AsyncIterator[tuple[Process, str]]:
    """The process and its address; killed by its own id at the end if it still runs."""
    command = [sys.executable, "-m", "tests.fakes.echo_process", str(folder), str(seconds)]
    process = await asyncio.create_subprocess_exec(*command, cwd=ROOT, stdout=asyncio.subprocess.PIPE)
    assert process.stdout is not None
    try:
        async with asyncio.timeout(30):
            while not (line := (await process.stdout.readline()).decode()).startswith("port "):
                assert line, "the bot did not start"
        yield process, f"http://127.0.0.1:{line.split()[1]}"
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


@pytest.fixture
async def connector() -> AsyncIterator[FakeConnector]:
    async with connector_on(None) as fake:
        yield fake


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as opened:
        yield opened


def client(session: aiohttp.ClientSession, address: str, connector: FakeConnector) -> TeamsClient:
    return TeamsClient(session, address, connector, lambda: datetime.now(UTC))


async def test_a_gentle_stop_finishes_every_turn_it_took_and_ends_with_0(
    connector: FakeConnector, session: aiohttp.ClientSession, tmp_path: Path
) -> None:
    async with bot_process(tmp_path, 0.4) as (process, address):
        teams = client(session, address, connector)
        turns = [
            asyncio.create_task(
                teams.post(teams.activity("message", where=teams.group(f"19:{number}@x"), text=str(number)))
            )
            for number in range(10)
        ]
        await asyncio.sleep(0.2)
        process.send_signal(signal.SIGTERM)
        responses = await asyncio.gather(*turns)
        assert await asyncio.wait_for(process.wait(), 10) == 0
    assert [response.status for response in responses] == [200] * 10
    assert sorted(one.text for one in connector.messages()) == [str(number) for number in range(10)]


async def test_a_kill_between_deliveries_gives_one_reply_and_one_in_a_turn_gives_a_second_try(
    connector: FakeConnector, session: aiohttp.ClientSession, tmp_path: Path
) -> None:
    async with bot_process(tmp_path, 0.0) as (process, address):
        teams = client(session, address, connector)
        answered = teams.activity("message", text="answered")
        assert (await teams.post(answered)).status == 200
        process.send_signal(signal.SIGKILL)
    async with bot_process(tmp_path, 5.0) as (process, address):
        teams = client(session, address, connector)
        cut_off = teams.activity("message", text="cut off", id="cut-off")
        with pytest.raises(asyncio.TimeoutError):
            await asyncio.wait_for(teams.post(cut_off), 0.3)
        process.send_signal(signal.SIGKILL)
    async with bot_process(tmp_path, 0.0) as (_, address):
        teams = client(session, address, connector)
        for _ in range(2):
            for activity in (answered, cut_off):
                assert (await teams.post(activity)).status == 200
    assert [one.text for one in connector.messages()] == ["answered", "cut off"]
