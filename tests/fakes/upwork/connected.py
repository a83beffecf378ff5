"""Puts the real client on a fake Upwork: simulated time, a vault in memory, and files of the company's own people and teams."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
from duckdb import DuckDBPyConnection

from analytics import facts
from analytics.incremental import Asked, sync_all
from analytics.model import Reporting
from analytics.sources.upwork import Upwork
from analytics.sources.upwork.client import Client, Where
from analytics.sources.upwork.limiter import Limiter, Limits
from analytics.sources.upwork.oauth import Key, Tokens
from analytics.sync import Build, SyncReport
from analytics.tables import TABLES
from tests.analytics.company import NOW, company, write
from tests.fakes.serving import serving
from tests.fakes.upwork.server import CLIENT, SECRET, FakeUpwork

REPORTING = Reporting("USD", "UTC", 7)
OWN_FILES = ("people", "employment", "teams", "categories")


def as_read(connection: DuckDBPyConnection, reporting: Reporting, now: datetime) -> None:
    """A version of the typed rows themselves, for tests of what is read: twice as fast as working out facts."""
    for table in TABLES:
        connection.execute(f"CREATE TABLE main.{table} AS SELECT * EXCLUDE (line) FROM raw.{table} ORDER BY ALL")


class Time:
    """A clock that moves only while somebody sleeps."""

    def __init__(self, now: datetime = NOW) -> None:
        self.now = now
        self.slept = 0.0

    def __call__(self) -> datetime:
        return self.now

    async def sleep(self, seconds: float) -> None:
        until = self.now + timedelta(seconds=seconds)
        await asyncio.sleep(0)
        self.now = max(self.now, until)
        self.slept += seconds


class Memory:
    """A vault that forgets when the test ends; `order` says what was put when."""

    def __init__(self) -> None:
        self.kept: dict[str, dict[str, Any]] = {}
        self.order: list[str] = []

    async def get(self, name: str) -> dict[str, Any] | None:
        return dict(self.kept[name]) if name in self.kept else None

    async def put(self, name: str, secret: Mapping[str, Any]) -> None:
        self.order.append(name)
        self.kept[name] = dict(secret)


@dataclass
class Line:
    """One connection to the fake: everything a test may want in its hands."""

    fake: FakeUpwork
    session: aiohttp.ClientSession
    address: str
    time: Time = field(default_factory=Time)
    vault: Memory = field(default_factory=Memory)
    limits: Limits = field(default_factory=lambda: Limits(timeout=2.0))
    service: bool = True
    organization: str = ""

    def key(self) -> Key:
        return Key(CLIENT, SECRET, self.service, f"{self.address}/api/v3/oauth2/token")

    def tokens(self) -> Tokens:
        return Tokens(self.session, self.key(), self.vault, "upwork", self.time)

    def client(self) -> Client:
        limiter = Limiter(self.limits, self.vault, "upwork calls", self.time, self.time.sleep)
        where = Where(self.organization or self.fake.company.organization, f"{self.address}/graphql")
        return Client(
            self.session, where, self.tokens(), limits=self.limits, limiter=limiter,
            clock=self.time, sleep=self.time.sleep, chance=lambda: 0.5,
        )  # fmt: skip

    def source(self, **more: Any) -> Upwork:
        return Upwork(self.client(), **more)

    async def sync(self, home: Path, *, hours: int = 0, build: Build = facts.build, **more: Any) -> SyncReport:
        """A whole sync into home/store, with the company's own files beside."""
        if not (home / "in").exists():
            tables = company()
            write(home / "in", {name: tables[name] for name in OWN_FILES})
        return await sync_all(
            [Asked(self.source(**more), hours)], home / "in", home / "store",
            reporting=REPORTING, now=self.time.now, build=build,
        )  # fmt: skip


@asynccontextmanager
async def connected(fake: FakeUpwork, **more: Any) -> AsyncIterator[Line]:
    """The fake served on this machine, and a line to it. Fails the test if anything but a query was sent."""
    time = more.pop("time", None) or Time()
    fake.clock = time
    async with serving(fake.app(), None) as address, aiohttp.ClientSession() as session:
        yield Line(fake, session, address, time, **more)
    assert fake.mutations == []
