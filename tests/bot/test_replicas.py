"""Two bots over one PostgreSQL: restarted, put to sleep or cut off from it, a turn is answered once by one of them."""

from __future__ import annotations

import asyncio
import random
import signal
import sys
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest
from sqlalchemy import text

from bench.host import free_port, owns
from bot.state.inbox import LEASE_SECONDS
from bot.state.line import open_engine
from tests.fakes.connector import FakeConnector, connector_on
from tests.fakes.teams import TeamsClient

if TYPE_CHECKING:
    from asyncio.subprocess import Process

ROOT = Path(__file__).parents[2]
PATIENCE = 15.0
AGAIN = 0.1
# So many deliveries are under way at most: a busy machine makes this slower, not hopeless.
AT_ONCE = 60
# What a stopping bot may take: to finish turns, to write down what is left, to close its doors.
STOP_SECONDS = 45.0
APOLOGY = "The bot's own memory does not answer at the moment."

# Only there may several bots share a memory.
pytestmark = pytest.mark.parametrize("url", ["postgresql"], indirect=True)


@dataclass
class Replica:
    """One of the bots: a process on a port of its own, started anew as often as it is stopped."""

    url: str
    folder: Path
    seconds: float
    faster: float = 1.0
    port: int = field(default_factory=free_port)
    process: Process | None = None
    codes: list[int] = field(default_factory=list)

    async def start(self) -> None:
        command = [sys.executable, "-m", "tests.fakes.echo_process", str(self.folder), str(self.seconds)]
        command += [str(self.port), self.url, str(self.faster)]
        self.process = await asyncio.create_subprocess_exec(*command, cwd=ROOT, stdout=asyncio.subprocess.PIPE)
        assert self.process.stdout is not None
        async with asyncio.timeout(60):
            while not (line := (await self.process.stdout.readline()).decode()).startswith("port "):
                assert line, "the bot did not start"
        assert owns(self.process.pid, self.port)
        self._drained = asyncio.create_task(self.process.stdout.read())

    def signal(self, number: int) -> None:
        assert self.process is not None
        self.process.send_signal(number)

    async def stop(self) -> None:
        assert self.process is not None
        self.signal(signal.SIGTERM)
        self.codes.append(await asyncio.wait_for(self.process.wait(), STOP_SECONDS))

    async def end(self) -> None:
        if self.process is not None and self.process.returncode is None:
            self.process.kill()
            await self.process.wait()


@dataclass
class Pair:
    """Both of them, the fake at the other end, and a client that delivers to either, as a load balancer would."""

    replicas: list[Replica]
    connector: FakeConnector
    session: aiohttp.ClientSession
    again: Counter[str] = field(default_factory=Counter)
    room: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE))

    def client(self, which: int) -> TeamsClient:
        address = f"http://127.0.0.1:{self.replicas[which].port}"
        return TeamsClient(self.session, address, self.connector, lambda: datetime.now(UTC))

    def activity(self, number: int, said: str = "") -> dict[str, Any]:
        teams = self.client(0)
        place = teams.group(f"19:{number}@x")
        return teams.activity("message", where=place, text=said or str(number), id=f"activity-{number}")

    async def deliver(self, activity: dict[str, Any], which: int) -> None:
        """Until somebody says that it was taken; each time to the other one."""
        async with self.room:
            await self._deliver(activity, which)

    async def _deliver(self, activity: dict[str, Any], which: int) -> None:
        while True:
            try:
                async with asyncio.timeout(PATIENCE):
                    response = await self.client(which).post(activity)
                if response.status in {200, 202}:
                    return
                self.again[str(response.status)] += 1
            except (aiohttp.ClientError, TimeoutError) as problem:
                self.again[type(problem).__name__] += 1
            which = 1 - which
            await asyncio.sleep(AGAIN)

    def said(self) -> Counter[str]:
        return Counter(one.text for one in self.connector.messages())


@asynccontextmanager
async def pair_of(url: str, folder: Path, seconds: float, faster: float = 1.0) -> AsyncIterator[Pair]:
    replicas = [Replica(url, folder / str(n), seconds, faster) for n in range(2)]
    connections = aiohttp.TCPConnector(limit=0)
    async with connector_on(None) as connector, aiohttp.ClientSession(connector=connections) as session:
        try:
            await asyncio.gather(*(one.start() for one in replicas))
            yield Pair(replicas, connector, session)
        finally:
            for one in replicas:
                await one.end()


async def under_load(pair: Pair, turns: int, rate: float, restart_every: float) -> None:
    """Turns at fixed moments, every fifth delivered to both at once; first one bot is restarted, then the other."""
    chance = random.Random(5)
    stopped = asyncio.Event()
    restarting = asyncio.create_task(_restart(pair.replicas, restart_every, stopped))
    loop = asyncio.get_running_loop()
    began = loop.time()
    posts = []
    for number in range(turns):
        await asyncio.sleep(max(0.0, began + number / rate - loop.time()))
        while pair.room.locked():
            await asyncio.sleep(0.01)
        activity, which = pair.activity(number), chance.randrange(2)
        posts.append(asyncio.create_task(pair.deliver(activity, which)))
        if number % 5 == 0:
            posts.append(asyncio.create_task(pair.deliver(activity, 1 - which)))
    await asyncio.wait_for(asyncio.gather(*posts), 90)
    stopped.set()
    await restarting
    for one in pair.replicas:
        await one.stop()
    said, stops = pair.said(), [len(one.codes) for one in pair.replicas]
    lost = [number for number in range(turns) if not said[str(number)]]
    twice = [told for told, times in said.items() if times > 1]
    print(f"{turns} turns, {stops} stops, delivered again {dict(pair.again)}, lost {lost}, twice {twice}")
    assert (lost, twice) == ([], [])
    assert {code for one in pair.replicas for code in one.codes} == {0}


async def _restart(replicas: list[Replica], every: float, stopped: asyncio.Event) -> None:
    number = 0
    while True:
        try:
            await asyncio.wait_for(stopped.wait(), every)
        except TimeoutError:
            one = replicas[number % len(replicas)]
            await one.stop()
            await one.start()
            number += 1
        else:
            return


async def test_two_replicas_restarted_under_load_answer_every_turn_once(url: str, tmp_path: Path) -> None:
    async with pair_of(url, tmp_path, 0.02) as pair:
        await under_load(pair, turns=160, rate=40, restart_every=0.5)
        assert all(one.codes for one in pair.replicas)


@pytest.mark.proof
async def test_ten_thousand_turns_through_two_replicas_that_are_restarted_are_answered_once(
    url: str, tmp_path: Path
) -> None:
    async with pair_of(url, tmp_path, 0.02) as pair:
        await under_load(pair, turns=10_000, rate=50, restart_every=5.0)
        assert sum(len(one.codes) for one in pair.replicas) >= 10


async def test_a_replica_that_wakes_up_after_its_lease_says_nothing_and_changes_nothing(
    url: str, tmp_path: Path
) -> None:
    """It sleeps in the middle of a turn; the turn is delivered to the other one, which answers."""
    faster = 20.0
    async with pair_of(url, tmp_path, 1.0, faster) as pair:
        asleep, _ = pair.replicas
        first = asyncio.create_task(pair.client(0).post(pair.activity(1)))
        await asyncio.sleep(0.5)
        asleep.signal(signal.SIGSTOP)
        try:
            await asyncio.sleep(LEASE_SECONDS / faster)
            assert (await pair.client(1).post(pair.activity(1))).status == 200
            before = await rows(url)
        finally:
            asleep.signal(signal.SIGCONT)
        assert (await asyncio.wait_for(first, 10)).status == 200
        assert pair.said() == {"1": 1}
        assert await rows(url) == before
        await pair.client(0).post(pair.activity(2))
        assert pair.said() == {"1": 1, "2": 1}


async def rows(url: str) -> list[Any]:
    """Who owns each delivery, and what became of it."""
    engine = open_engine(url)
    async with engine.connect() as connection:
        found = await connection.execute(text("SELECT activity, owner, status, body_json, at FROM inbox"))
        told = [tuple(row) for row in found]
    await engine.dispose()
    return told


async def test_a_database_that_drops_every_connection_leaves_nobody_without_a_word(url: str, tmp_path: Path) -> None:
    """What a restart of the server looks like to the bots: a few are apologised to, nobody waits, nothing is said twice."""
    async with pair_of(url, tmp_path, 0.05) as pair:
        posts = []
        for number in range(60):
            posts.append(asyncio.create_task(pair.deliver(pair.activity(number), number % 2)))
            if number % 15 == 7:
                await dropped(url)
            await asyncio.sleep(0.02)
        await asyncio.wait_for(asyncio.gather(*posts), 60)
        async with asyncio.timeout(20):
            while len(pair.connector.messages()) < 60:
                await asyncio.sleep(0.05)
        answered = [one for one in pair.connector.messages() if not one.text.startswith(APOLOGY)]
        assert len({one.conversation for one in pair.connector.messages()}) == 60
        assert len({one.text for one in answered}) == len(answered)
        await pair.client(0).post(pair.activity(999, "and now"))
        assert pair.said()["and now"] == 1


async def dropped(url: str) -> None:
    """Every connection but our own is ended by the server."""
    engine = open_engine(url)
    async with engine.connect() as connection:
        others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        await connection.execute(text(others))
    await engine.dispose()
