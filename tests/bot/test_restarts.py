"""Restarts under load: whatever was accepted, or is delivered again, is answered once."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest

from bench.host import free_port, owns
from tests.fakes.connector import FakeConnector, connector_on
from tests.fakes.teams import TeamsClient

if TYPE_CHECKING:
    from asyncio.subprocess import Process

ROOT = Path(__file__).parents[2]
# As long as the channel would: what it got no answer to within this, it sends again.
PATIENCE = 15.0
AGAIN = 0.1


@dataclass
class Bots:
    """One bot after another on the same port, over the same memory."""

    folder: Path
    port: int
    seconds: float
    process: Process | None = None
    codes: list[int] = field(default_factory=list)

    async def start(self) -> None:
        command = [
            sys.executable,
            "-m",
            "tests.fakes.echo_process",
            str(self.folder),
            str(self.seconds),
            str(self.port),
        ]
        self.process = await asyncio.create_subprocess_exec(*command, cwd=ROOT, stdout=asyncio.subprocess.PIPE)
        assert self.process.stdout is not None
        async with asyncio.timeout(30):
            while not (line := (await self.process.stdout.readline()).decode()).startswith("port "):
                assert line, "the bot did not start"
        assert owns(self.process.pid, self.port)
        self._drained = asyncio.create_task(self.process.stdout.read())

    async def stop(self, number: int = signal.SIGTERM) -> None:
        assert self.process is not None
        self.process.send_signal(number)
        self.codes.append(await asyncio.wait_for(self.process.wait(), 30))

    async def end(self) -> None:
        if self.process is not None and self.process.returncode is None:
            self.process.kill()
            await self.process.wait()


@pytest.fixture
async def connector() -> AsyncIterator[FakeConnector]:
    async with connector_on(None) as fake:
        yield fake


@pytest.fixture
async def bots(tmp_path: Path) -> AsyncIterator[Bots]:
    made = Bots(tmp_path, free_port(), 0.02)
    yield made
    await made.end()


async def deliver(teams: TeamsClient, activity: dict[str, Any], again: Counter[str]) -> None:
    """As the channel delivers: until somebody says that it was taken."""
    while True:
        try:
            async with asyncio.timeout(PATIENCE):
                response = await teams.post(activity)
            if response.status in {200, 202}:
                return
            again[str(response.status)] += 1
        except (aiohttp.ClientError, TimeoutError) as problem:
            again[type(problem).__name__] += 1
        await asyncio.sleep(AGAIN)


async def under_load(bots: Bots, connector: FakeConnector, turns: int, rate: float, restart_every: float) -> None:
    """Turns at fixed moments, whatever the bot does; a restart every few seconds."""
    again: Counter[str] = Counter()
    await bots.start()
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:
        teams = TeamsClient(session, f"http://127.0.0.1:{bots.port}", connector, lambda: datetime.now(UTC))
        stopped = asyncio.Event()
        restarting = asyncio.create_task(_restart(bots, restart_every, stopped))
        loop = asyncio.get_running_loop()
        began = loop.time()
        posts = []
        for number in range(turns):
            await asyncio.sleep(max(0.0, began + number / rate - loop.time()))
            activity = teams.activity("message", where=teams.group(f"19:{number}@x"), text=str(number))
            posts.append(asyncio.create_task(deliver(teams, activity, again)))
        await asyncio.wait_for(asyncio.gather(*posts), 60)
        stopped.set()
        await restarting
        await bots.stop()
    said = Counter(one.text for one in connector.messages())
    lost = [number for number in range(turns) if not said[str(number)]]
    twice = [text for text, times in said.items() if times > 1]
    print(f"{turns} turns, {len(bots.codes)} stops, delivered again {dict(again)}, lost {lost}, twice {twice}")
    assert (lost, twice) == ([], [])
    assert set(bots.codes) == {0}


async def _restart(bots: Bots, every: float, stopped: asyncio.Event) -> None:
    while True:
        try:
            await asyncio.wait_for(stopped.wait(), every)
        except TimeoutError:
            await bots.stop()
            await bots.start()
        else:
            return


async def test_restarts_under_load_lose_no_turn_and_answer_none_twice(bots: Bots, connector: FakeConnector) -> None:
    await under_load(bots, connector, turns=200, rate=60, restart_every=1.0)
    assert len(bots.codes) >= 2


@pytest.mark.proof
async def test_ten_thousand_turns_through_rolling_restarts_lose_none(bots: Bots, connector: FakeConnector) -> None:
    await under_load(bots, connector, turns=10_000, rate=60, restart_every=5.0)
    assert len(bots.codes) >= 15
