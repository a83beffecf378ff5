"""A memory that is locked, full, read-only or newer than the bot: a polite word, not ready, and well again afterwards."""

from __future__ import annotations

import asyncio
import resource
import sqlite3
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import text

from bot.events import Conversation, Person, Reply, Turn, message, replace_card
from bot.state import State
from bot.state.audit import Entry
from bot.state.inbox import Key, Record
from bot.state.line import open_engine
from bot.state.schema import migrate
from tests.fakes.stage import FakeDesk, LocalStage, local_stage

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from pathlib import Path

    from tests.fakes.stage import FakeClock

APOLOGY = "The bot's own memory does not answer at the moment."
CARD = {"type": "AdaptiveCard", "version": "1.5", "body": []}
PRESS: dict[str, Any] = {"type": "Action.Execute", "verb": "ask", "data": {}}


def echo(turn: Turn) -> list[Reply]:
    return [message(f"echo {turn.text}")]


@pytest.fixture
async def on(tmp_path: Path) -> AsyncIterator[LocalStage]:
    async with local_stage(FakeDesk(echo), tmp_path, turn_seconds=1.0, invoke_seconds=1.0) as made:
        yield made


async def ready(on: LocalStage) -> int:
    async with on.teams.session.get(f"{on.teams.address}/readyz") as response:
        return response.status


async def sound(on: LocalStage) -> bool:
    """Whether the file is whole."""
    return bool(await on.state.line.run("PRAGMA integrity_check") == [("ok",)])


@contextmanager
def full_disk(folder: Path) -> Iterator[None]:
    """No file may grow beyond what the memory's own log has now: to the writer the same as a disk without room."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, ((folder / "state.db-wal").stat().st_size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


async def test_a_full_disk_leaves_nobody_without_a_word_and_does_no_harm(on: LocalStage) -> None:
    await on.teams.say("hello")
    with full_disk(on.settings.data_dir):
        assert (await on.teams.say("hello again"))[0].text.startswith(APOLOGY)
        assert (await on.teams.press(PRESS))["statusCode"] == 500
        assert await ready(on) == 503
    assert [one.text for one in await on.teams.say("and now")] == ["echo and now"]
    assert (await ready(on), await sound(on)) == (200, True)


async def test_an_answer_that_is_only_being_written_down_is_no_late_one(tmp_path: Path) -> None:
    def answer(_: Turn) -> list[Reply]:
        # The memory is locked from here on, for longer than a press may take.
        other = sqlite3.connect(tmp_path / "state.db", isolation_level=None, check_same_thread=False)
        other.execute("BEGIN IMMEDIATE")
        asyncio.get_running_loop().call_later(0.6, other.close)
        return [replace_card(CARD)]

    async with local_stage(FakeDesk(answer), tmp_path, invoke_seconds=0.3) as on:
        assert (await on.teams.press(PRESS))["value"] == CARD
        await asyncio.sleep(0.3)
        assert not on.connector.messages()


async def test_a_memory_that_may_not_grow_leaves_nobody_without_a_word(on: LocalStage) -> None:
    await on.teams.say("hello")
    ((pages,),) = await on.state.line.run("PRAGMA page_count")
    await on.state.line.run(f"PRAGMA max_page_count={pages}")
    said = [(await on.teams.say(f"{number}"))[0].text for number in range(150)]
    assert said[-1].startswith(APOLOGY)
    assert all(one.startswith(("echo", APOLOGY)) for one in said)
    await on.state.line.run("PRAGMA max_page_count=1000000")
    assert [one.text for one in await on.teams.say("and now")] == ["echo and now"]
    assert await sound(on)


async def test_a_memory_that_cannot_be_written_says_so_is_not_ready_and_recovers(on: LocalStage) -> None:
    await on.teams.say("hello")
    await on.state.line.run("PRAGMA query_only=ON")
    assert (await on.teams.say("hello again"))[0].text.startswith(APOLOGY)
    assert (await on.teams.press(PRESS))["statusCode"] == 500
    assert await ready(on) == 503
    await on.state.line.run("PRAGMA query_only=OFF")
    assert [one.text for one in await on.teams.say("and now")] == ["echo and now"]
    assert (await ready(on), await sound(on)) == (200, True)


async def locked(on: LocalStage, seconds: float, every: float) -> None:
    """Somebody else holds the file for so long while people go on asking; nobody is left without a word."""
    await on.teams.say("hello")
    holder = sqlite3.connect(on.settings.data_dir / "state.db", isolation_level=None)
    holder.execute("BEGIN EXCLUSIVE")
    ends, asked, states = time.monotonic() + seconds, 0, set()
    while time.monotonic() < ends:
        began = time.monotonic()
        response = await on.teams.post(on.teams.activity("message", text=f"locked {asked}"))
        assert response.status in {200, 202}
        assert time.monotonic() - began < 2
        states.add(await ready(on))
        asked += 1
        await asyncio.sleep(every)
    assert states == {503}
    holder.execute("ROLLBACK")
    holder.close()
    async with asyncio.timeout(30):
        while len(on.connector.messages()) < asked + 1:
            await asyncio.sleep(0.05)
    said = [one.text for one in on.connector.messages()[1:]]
    assert all(one.startswith((APOLOGY, "echo locked")) for one in said)
    assert len(said) == asked
    assert [one.text for one in await on.teams.say("and now")] == ["echo and now"]
    assert (await ready(on), await sound(on)) == (200, True)


async def test_a_locked_memory_leaves_nobody_without_a_word(on: LocalStage) -> None:
    await on.state.line.run("PRAGMA busy_timeout=300")
    await locked(on, 1.5, 0.05)


@pytest.mark.proof
async def test_a_memory_locked_for_half_a_minute_leaves_nobody_without_a_word(on: LocalStage) -> None:
    await locked(on, 30, 0.5)


async def test_the_bot_of_before_works_on_the_memory_of_the_next_release(url: str, clock: FakeClock) -> None:
    """What migrations do: tables, indexes, and columns with a default are added; nothing the old bot uses goes away."""
    engine = open_engine(url)
    await migrate(engine)
    async with engine.connect() as connection:
        await connection.execute(text("CREATE TABLE of_the_future (id INTEGER PRIMARY KEY)"))
        for table in ("inbox", "audit", "outbox", "conversations"):
            await connection.execute(text(f"ALTER TABLE {table} ADD COLUMN of_the_future VARCHAR DEFAULT 'x' NOT NULL"))
        await connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    await engine.dispose()
    state = await State.open(url, clock)
    key, place, anna = Key("t", "c", "a"), Conversation("c", "personal", "t", "https://x"), Person("t", "p")
    assert await state.inbox.claim(key) is None
    await state.inbox.finish(key, Record(200))
    await state.conversations.remember(place, anna)
    await state.audit.add(Entry(clock(), "t", "p", "c", "message", "answered"))
    assert await state.outbox.put(place, {}, purpose="digest", key="k")
    assert await state.outbox.claim() is not None
    assert await state.ready()
    assert await state.line.run("SELECT version_num FROM alembic_version") == [("9999",)]
    await state.close()
