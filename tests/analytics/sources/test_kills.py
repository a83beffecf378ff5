"""A sync that asks Upwork and the directory may be killed at any moment: readers stay where they were, and the next one is whole."""

from __future__ import annotations

import asyncio
import random
import sys
import time as wall
from datetime import timedelta
from pathlib import Path
from typing import Any

import aiohttp
import duckdb
import pytest

from analytics import versions
from analytics.errors import DataError
from analytics.incremental import Asked, sync_all
from analytics.sources.graph import Client, Directory
from analytics.store import Store
from analytics.sync import SyncReport
from tests.analytics.company import NOW, company, write
from tests.fakes.graph import FakeGraph, user
from tests.fakes.serving import serving
from tests.fakes.upwork import FakeUpwork, make_company
from tests.fakes.upwork.connected import REPORTING, Line, Time, as_read

ROOT = Path(__file__).parents[3]
LATER = NOW + timedelta(days=1)
BOOKS = {"given_by", "first_seen_at", "last_seen_at", "row_hash"}

CHILD = """
import asyncio, sys
from pathlib import Path
from tests.analytics.sources.test_kills import LATER, ask
home, upwork, graph = Path(sys.argv[1]), sys.argv[2], sys.argv[3]
print("go", flush=True)
asyncio.run(ask(home, upwork, graph, LATER))
"""


async def ask(home: Path, upwork: str, graph: str, now: Any) -> SyncReport:
    """A sync of both fakes, in simulated time."""
    time = Time(now)

    async def token() -> str:
        return "secret-token"

    async with aiohttp.ClientSession() as session:
        line = Line(FakeUpwork(make_company(3, 0, 0, NOW.date())), session, upwork, time)
        client = Client(session, token, clock=time, sleep=time.sleep, endpoint=f"{graph}/v1.0")
        asked = [Asked(Directory(client)), Asked(line.source())]
        return await sync_all(asked, home / "in", home / "store", reporting=REPORTING, now=now, build=as_read)


def content(store: Path) -> dict[str, list[Any]]:
    """All that the current version says, but for when it was found out and how long it took."""
    left_out = {"sync_run": "seconds", "version": "version, folder"}
    found = {}
    with duckdb.connect(str(versions.path_of(store, versions.current(store))), read_only=True) as connection:
        tables = connection.execute("SELECT schema_name, table_name FROM duckdb_tables() ORDER BY ALL").fetchall()
        for schema, name in tables:
            without = left_out.get(name, ", ".join(sorted(BOOKS)) if schema == "kept" else "")
            if (schema, name) != ("kept", "source"):
                columns = f"* EXCLUDE ({without})" if without else "*"
                found[f"{schema}.{name}"] = connection.execute(
                    f"SELECT {columns} FROM {schema}.{name} ORDER BY ALL"
                ).fetchall()
    return found


async def kill_at(home: Path, upwork: str, graph: str, delay: float) -> bool:
    """Start a sync in a process of its own and kill it so many seconds after its imports; whether it was still at it."""
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-c", CHILD, str(home), upwork, graph, cwd=ROOT, stdout=asyncio.subprocess.PIPE
    )
    assert child.stdout
    await child.stdout.readline()
    await asyncio.sleep(delay)
    if child.returncode is None:
        child.kill()
    return await child.wait() == -9


def changed(upwork: FakeUpwork, graph: FakeGraph) -> None:
    """A day passes: something happens on both sides."""
    contract = next(iter(upwork.company.contracts.values()))
    upwork.company.charge(contract, NOW, "-12.34", "Refund")
    contract["hiringManager"] = {"id": "20004", "name": "Person 4", "email": "p4@contoso.example"}
    contract["modifyDate"] = LATER.isoformat()
    graph.add(user(3, 1, department="Data"), user(9, 2))


async def survives_kills(home: Path, times: int, seed: int) -> None:
    upwork, graph = FakeUpwork(make_company(3, 12, 60, NOW.date() - timedelta(days=1))), FakeGraph()
    upwork.clock = Time(NOW)
    graph.add(user(1), user(2, 1), user(3, 2), user(4, 1))
    for place in (home, home / "clean"):
        write(place / "in", {"categories": company()["categories"]})
    async with serving(upwork.app(), None) as there, serving(graph.app(), None) as directory:
        await ask(home, there, directory, NOW)
        await ask(home / "clean", there, directory, NOW)
        old = content(home / "store")
        changed(upwork, graph)
        upwork.clock = Time(LATER)
        began = wall.perf_counter()
        await ask(home / "clean", there, directory, LATER)
        seconds = wall.perf_counter() - began
        new = content(home / "clean" / "store")
        assert new != old
        store, chance, killed = Store(home / "store"), random.Random(seed), 0
        for _ in range(times):
            killed += await kill_at(home, there, directory, chance.uniform(0, 1.3 * seconds))
            assert content(home / "store") in (old, new)
            with store.lease() as lease:
                assert lease.cursor.execute("SELECT count(*) FROM charges").fetchall() in ([(60,)], [(61,)])
        await ask(home, there, directory, LATER)
        store.close()
    assert content(home / "store") == new
    assert killed > times / 4
    assert upwork.mutations == []
    left = [path.name for path in (home / "store").iterdir() if not path.name.startswith("v")]
    assert sorted(left) == ["CURRENT", "sync.lock"]


async def test_a_sync_of_sources_killed_at_any_point_leaves_the_old_version_and_the_next_one_is_whole(
    tmp_path: Path,
) -> None:
    await survives_kills(tmp_path, 3, 20261120)


@pytest.mark.proof
async def test_a_sync_of_sources_killed_at_fifty_points_leaves_the_old_version_and_the_next_one_is_whole(
    tmp_path: Path,
) -> None:
    await survives_kills(tmp_path, 50, 7)


async def test_two_syncs_of_sources_cannot_run_at_once(tmp_path: Path) -> None:
    upwork, graph = FakeUpwork(make_company(3, 2, 4, NOW.date() - timedelta(days=1))), FakeGraph()
    upwork.clock = Time(NOW)
    graph.add(user(1), user(2, 1))
    write(tmp_path / "in", {"categories": company()["categories"]})
    async with serving(upwork.app(), None) as there, serving(graph.app(), None) as directory:
        both = await asyncio.gather(*(ask(tmp_path, there, directory, NOW) for _ in range(2)), return_exceptions=True)
    assert sum(isinstance(one, SyncReport) for one in both) == 1
    assert sum(isinstance(one, DataError) and "Another sync is running" in str(one) for one in both) == 1
    assert versions.numbers(tmp_path / "store") == [1]


async def test_every_row_a_source_gave_is_loaded_or_in_quarantine(tmp_path: Path) -> None:
    upwork, graph = FakeUpwork(make_company(3, 12, 60, NOW.date() - timedelta(days=1))), FakeGraph()
    upwork.clock = Time(NOW)
    graph.add(user(1), user(2, 1), user(3, 2, userType="Guest"))
    upwork.company.ledger[0]["accountingSubtype"] = "Something New"
    write(tmp_path / "in", {"categories": company()["categories"]})
    async with serving(upwork.app(), None) as there, serving(graph.app(), None) as directory:
        report = await ask(tmp_path, there, directory, NOW)
    told = {(run.file, run.table): run for run in report.tables}
    assert {run.kind for run in report.tables if run.file in {"upwork", "entra"}} == {"source"}
    assert all(run.read == run.loaded + run.quarantined + run.dropped for run in report.tables)
    charges = told["upwork", "charges"]
    assert (charges.read, charges.loaded, charges.quarantined) == (60, 59, 1)
    assert told["upwork", "jobs"].read == told["upwork", "jobs"].counted == len(upwork.company.jobs)
    assert told["entra", "people"].read == 2
    assert next(f for f in report.findings if f.check == "left_out_entra").rows == 1
