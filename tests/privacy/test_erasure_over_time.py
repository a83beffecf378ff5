"""An erased person whom a platform goes on naming: every later sync that brings them again finds them erased already."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import duckdb

from analytics import erasure, versions
from bot.events import Conversation, Person
from bot.state import State
from bot.state.audit import Entry
from bot.state.tables import metadata
from tests.analytics.company import NOW
from tests.bot.conftest import clock, state, url
from tests.fakes.stage import FakeClock
from tests.fakes.upwork import FakeUpwork, make_company
from tests.fakes.upwork.connected import connected

__all__ = ["clock", "state", "url"]
DAY = timedelta(days=1)


def read(home: Path, sql: str) -> list[Any]:
    number = versions.current(home / "store")
    with duckdb.connect(str(versions.path_of(home / "store", number)), read_only=True) as connection:
        return connection.execute(sql).fetchall()


def standing(words: list[str], text: str) -> list[str]:
    """Those that stand in a text as whole words."""
    return [
        word for word in words if re.search(rf"(?<![A-Za-z0-9]){re.escape(word)}(?![A-Za-z0-9])", text, re.IGNORECASE)
    ]


def left(home: Path, words: list[str]) -> dict[str, list[str]]:
    """By table and file, which of the words can still be read, freed blocks included."""
    found: dict[str, list[str]] = {}
    for path in sorted((home / "store").rglob("*")):
        if path.is_file():
            found[path.name] = standing(words, path.read_bytes().decode("latin-1"))
    tables = read(home, "SELECT schema_name, table_name FROM duckdb_tables()")
    for schema, table in tables:
        found[f"{schema}.{table}"] = standing(words, str(read(home, f'SELECT * FROM "{schema}"."{table}"')))
    return {where: hits for where, hits in found.items() if hits}


def spend(home: Path) -> int:
    return int(read(home, "SELECT sum(amount)::BIGINT FROM charge")[0][0])


async def test_a_later_incremental_sync_that_brings_them_again_finds_them_erased(tmp_path: Path) -> None:
    async with connected(FakeUpwork(make_company(3, 12, 60, NOW.date() - DAY))) as line:
        company = line.fake.company
        await line.sync(tmp_path)
        (who, name, before) = read(
            tmp_path,
            "SELECT w.worker, any_value(w.name), count(*) FROM charge c JOIN worker w USING (freelancer) GROUP BY 1 ORDER BY 3 DESC, 1",
        )[0]
        words = [who, name]
        assert left(tmp_path, words), "nobody is there to be forgotten"
        whole = spend(tmp_path)
        with duckdb.connect(":memory:") as connection:
            number = versions.current(tmp_path / "store")
            connection.execute(f"ATTACH '{versions.path_of(tmp_path / 'store', number)}' AS v (READ_ONLY); USE v")
            ids = erasure.ids_of(connection, who)
        erasure.add(tmp_path / "store", ids)
        for days, amount in ((1, "10.00"), (1, "20.00"), (8, "30.00")):
            contract = next(one for one in company.contracts.values() if who in str(one))
            job = next(one for one in company.jobs if one["id"] == contract["job"]["id"])
            company.charge(contract, line.time.now - timedelta(hours=2), amount)
            company.propose(job, line.time.now - timedelta(hours=1), int(who) - 40_000)
            company.touch(job, line.time.now - timedelta(hours=1))
            line.time.now += days * DAY
            await line.sync(tmp_path)
            whole += round(float(amount) * 100)
            versions.keep_only_current(tmp_path / "store")
            assert left(tmp_path, words) == {}
            assert spend(tmp_path) == whole
        (gone,) = read(
            tmp_path,
            "SELECT name, count(*) FROM charge c JOIN worker USING (freelancer) WHERE name LIKE 'Removed%' GROUP BY 1",
        )
        assert gone == ("Removed person 1", before + 3)


async def test_no_row_of_either_database_names_them_after_they_were_forgotten(state: State, clock: FakeClock) -> None:
    ana = Person("t", "e77-entra-anabela", "Anabela Fontoura", "29:anabela-77")
    where = Conversation("a:e77-entra-anabela", "personal", "t", "https://x.example/")
    await state.conversations.remember(where, ana)
    await state.choices.set(ana, "fiscal", "yes")
    await state.last_answers.remember(where, ana, {"earlier": [{"text": "jobs of Anabela Fontoura"}]})
    query = '{"metrics":["spend"],"filters":{"poster":[{"id":"P0077-ana","name":"Anabela Fontoura"}]}}'
    await state.audit.add(
        Entry(clock(), "t", ana.entra_id, where.id, "message", "answered", query, "all/named", 3, 1.0)
    )
    words = [ana.entra_id, ana.name, "P0077-ana"]
    await state.forgetting.forget(words)
    await state.compact()

    for table in metadata.sorted_tables:
        rows = str(await state.line.run(f"SELECT * FROM {table.name}"))
        assert not [word for word in [*words, state.audit.who(ana.entra_id)] if word.lower() in rows.lower()], (
            table.name
        )
