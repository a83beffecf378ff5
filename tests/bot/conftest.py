"""What tests of the bot share."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import text

from bot.state import State
from bot.state.line import open_engine
from tests.fakes.serving import ThrowawayCA, make_ca
from tests.fakes.stage import FakeClock, FakeDesk, Stage, stage


@pytest.fixture(scope="session")
def ca(tmp_path_factory: pytest.TempPathFactory) -> ThrowawayCA:
    """One throwaway certificate authority for the run."""
    return make_ca(tmp_path_factory.mktemp("ca"))


@pytest.fixture
async def on(desk: FakeDesk, ca: ThrowawayCA, tmp_path: Path) -> AsyncIterator[Stage]:
    """The test's own desk behind the real server, with a fake of each thing outside."""
    async with stage(desk, ca, tmp_path) as made:
        yield made


@pytest.fixture
def clock() -> FakeClock:
    """A clock that stands still."""
    return FakeClock()


@pytest.fixture(params=["sqlite", "postgresql"])
async def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """SQLite always; PostgreSQL where one is named, in a database that may be emptied."""
    if request.param == "sqlite":
        return f"sqlite+aiosqlite:///{tmp_path / 'state.db'}"
    address = os.environ.get("TEST_POSTGRES_URL")
    if not address:
        pytest.skip("PostgreSQL is not tried: TEST_POSTGRES_URL names none (a database that may be emptied).")
    address = await _own(address)
    engine = open_engine(address)
    async with engine.connect() as connection:
        await connection.execute(text("DROP SCHEMA public CASCADE"))
        await connection.execute(text("CREATE SCHEMA public"))
    await engine.dispose()
    return address


async def _own(address: str) -> str:
    """A database of this process's own beside the named one: several empty theirs at the same time."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "")
    if not worker:
        return address
    name = f"{address.rpartition('/')[2]}_{worker}"
    engine = open_engine(address)
    async with engine.connect() as connection:
        known = await connection.execute(text("SELECT 1 FROM pg_database WHERE datname = :name"), {"name": name})
        if not known.fetchall():
            await connection.execute(text(f'CREATE DATABASE "{name}"'))
    await engine.dispose()
    return f"{address.rpartition('/')[0]}/{name}"


@pytest.fixture
async def state(url: str, clock: FakeClock) -> AsyncIterator[State]:
    opened = await State.open(url, clock)
    yield opened
    await opened.close()
