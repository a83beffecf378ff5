"""Statements that wait together for SQLite are run together; each is whole, committed before it is told, and fails alone."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.state import State, StateUnavailable
from bot.state.sqlite import SqliteLine

PUT = "INSERT INTO choices (tenant, entra_id, key, value_json, at) VALUES ('t', 'e', :key, :value, 0)"
ALL = "SELECT key, value_json FROM choices ORDER BY key"


@pytest.fixture
async def state(tmp_path: Path) -> AsyncIterator[State]:
    made = await State.open(f"sqlite+aiosqlite:///{tmp_path}/state.db", lambda: datetime.now(UTC))
    yield made
    await made.close()


async def test_what_waits_together_is_all_there_and_shares_few_commits(state: State, tmp_path: Path) -> None:
    assert isinstance(state.line, SqliteLine)
    beside = sqlite3.connect(tmp_path / "state.db")
    versions = {beside.execute("PRAGMA data_version").fetchone()[0]}
    told = asyncio.gather(*(state.line.run(PUT, {"key": f"{n:03}", "value": n}) for n in range(300)))
    while not told.done():
        versions.add(beside.execute("PRAGMA data_version").fetchone()[0])
        await asyncio.sleep(0)
    await told
    versions.add(beside.execute("PRAGMA data_version").fetchone()[0])
    found = beside.execute(ALL).fetchall()
    beside.close()
    assert found == [(f"{n:03}", str(n)) for n in range(300)]
    assert len(versions) < 30


async def test_rows_are_told_only_when_they_are_committed(state: State, tmp_path: Path) -> None:
    beside = sqlite3.connect(tmp_path / "state.db")

    async def put(n: int) -> None:
        await state.line.run(PUT, {"key": str(n), "value": n})
        assert beside.execute("SELECT count(*) FROM choices WHERE key = ?", (str(n),)).fetchone() == (1,)

    await asyncio.gather(*(put(n) for n in range(100)))
    beside.close()


async def test_a_statement_that_fails_takes_no_other_with_it(state: State) -> None:
    keys = ["a", "b", "a", "c", "b", "d"]
    told = await asyncio.gather(
        *(state.line.run(PUT, {"key": key, "value": n}) for n, key in enumerate(keys)), return_exceptions=True
    )
    assert [isinstance(one, StateUnavailable) for one in told] == [False, False, True, False, True, False]
    assert await state.line.run(ALL) == [("a", "0"), ("b", "1"), ("c", "3"), ("d", "5")]


async def test_while_somebody_else_writes_reading_goes_on(state: State, tmp_path: Path) -> None:
    await state.line.run(PUT, {"key": "a", "value": 1})
    await state.line.run("PRAGMA busy_timeout=50")
    other = sqlite3.connect(tmp_path / "state.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    told = await asyncio.gather(
        state.line.run(PUT, {"key": "b", "value": 1}),
        state.line.run(ALL),
        state.line.run(PUT, {"key": "c", "value": 1}),
        state.line.run(ALL),
        return_exceptions=True,
    )
    other.execute("ROLLBACK")
    other.close()
    assert [isinstance(one, StateUnavailable) for one in told] == [True, False, True, False]
    assert told[1] == told[3] == [("a", "1")]
    await state.line.run(PUT, {"key": "b", "value": 1})


async def test_what_may_not_share_a_transaction_is_run_alone(state: State) -> None:
    told = await asyncio.gather(
        *(state.line.run(PUT, {"key": f"{n}", "value": n}) for n in range(3)),
        state.line.run("VACUUM"),
        *(state.line.run(PUT, {"key": f"{n}", "value": n}) for n in range(3, 6)),
        state.line.run("PRAGMA wal_checkpoint(TRUNCATE)"),
        state.line.run(ALL),
    )
    assert len(told[-1]) == 6


async def test_closing_waits_for_what_is_under_way(tmp_path: Path) -> None:
    state = await State.open(f"sqlite+aiosqlite:///{tmp_path}/state.db", lambda: datetime.now(UTC))
    told = [asyncio.create_task(state.line.run(PUT, {"key": str(n), "value": n})) for n in range(20)]
    await asyncio.sleep(0)
    await state.close()
    assert await asyncio.gather(*told) == [[]] * 20
