"""A sync publishes a whole new version or changes nothing, whatever stops it and whenever."""

from __future__ import annotations

import hashlib
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from datetime import datetime, timedelta
from pathlib import Path

import duckdb
import pytest
from duckdb import DuckDBPyConnection

from analytics import versions
from analytics.errors import DataError
from analytics.model import Reporting
from analytics.store import Store
from analytics.sync import SyncReport, sync
from tests.analytics.company import NOW, REPORTING, build_totals, company, total, write

BOOKS = {"directory", "filled", "ledger_month"}
ROOT = Path(__file__).parents[2]


class Heard:
    """Writes down what it is told."""

    def __init__(self) -> None:
        self.stages: list[tuple[str, int | None]] = []
        self.done = 0
        self.open = 0

    def begin(self, label: str, total: int | None = None) -> None:
        self.stages.append((label, total))
        self.open += 1
        self.done = 0

    def advance(self, amount: int, note: str = "") -> None:
        self.done += amount

    def end(self) -> None:
        self.open -= 1
        assert self.stages[-1][1] in {None, self.done}


def run(home: Path, now: datetime = NOW, build: object = build_totals) -> SyncReport:
    return sync(home / "in", home / "store", reporting=REPORTING, now=now, build=build)  # type: ignore[arg-type]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    write(tmp_path / "in", company())
    return tmp_path


def content(store: Path) -> str:
    """One hash of everything the current version says, but for its number and how long it took."""
    number = versions.current(store)
    digest = hashlib.sha256()
    with duckdb.connect(str(versions.path_of(store, number)), read_only=True) as connection:
        names = connection.execute("SELECT table_name FROM duckdb_tables() ORDER BY 1").fetchall()
        for (name,) in names:
            columns = {"sync_run": "* EXCLUDE (seconds)", "version": "* EXCLUDE (version, folder)"}.get(name, "*")
            rows = connection.execute(f"SELECT {columns} FROM {name} ORDER BY ALL").fetchall()
            digest.update(repr((name, rows)).encode())
    return digest.hexdigest()


def test_a_sync_reports_what_it_read_and_leaves_nothing_but_the_version(home: Path) -> None:
    tables = company()
    tables["charges"][0]["amount"] = "?"
    write(home / "in", tables)
    report = run(home)
    assert report.version == 1
    assert report.read == sum(len(rows) for rows in tables.values())
    assert (report.loaded, report.quarantined) == (report.read - 1, 1)
    assert report.as_of == datetime.fromisoformat("2026-11-08T10:00:00+00:00")
    assert report.rows_per_second == pytest.approx(report.read / report.seconds)
    assert {f.check: (f.severity, f.rows) for f in report.findings if f.severity != "I"} == {
        "unusable_value_charges": ("E", 1),
        "not_as_invoiced": ("E", 1),
    }
    assert sorted(path.name for path in (home / "store").iterdir()) == ["CURRENT", "sync.lock", "v1.duckdb"]


def test_the_version_holds_what_was_read_what_was_refused_and_what_was_found(home: Path) -> None:
    tables = company()
    tables["charges"][0]["amount"] = "?"
    write(home / "in", tables)
    report = run(home)
    with duckdb.connect(str(home / "store" / "v1.duckdb"), read_only=True) as connection:
        tables_in_it = {row[0] for row in connection.execute("SELECT table_name FROM duckdb_tables()").fetchall()}
        assert tables_in_it == {*BOOKS, "built", "finding", "quarantine", "spend", "sync_run", "version"}
        runs = connection.execute("SELECT table_name, file, read, loaded, quarantined FROM sync_run").fetchall()
        assert ("charges", "charges.csv", 32, 31, 1) in runs
        assert len(runs) == len(tables)
        assert connection.execute("SELECT line, value FROM quarantine").fetchall() == [(2, "?")]
        found = connection.execute("SELECT check_id, metrics FROM finding WHERE severity = 'E' ORDER BY 1").fetchall()
        assert [row[0] for row in found] == ["not_as_invoiced", "unusable_value_charges"]
        assert all("spend" in metrics for _, metrics in found)
        sums = connection.execute("SELECT sum(amount)::BIGINT FROM spend").fetchall()
        assert sums == [(total(tables["charges"][1:]),)]
    assert len(report.findings) == 2


def test_records_dated_after_now_do_not_make_the_data_look_fresh(home: Path) -> None:
    tables = company()
    tables["charges"][0]["posted_at"] = "2027-03-01T00:00:00Z"
    write(home / "in", tables)
    report = run(home)
    assert report.as_of == datetime.fromisoformat("2026-11-08T10:00:00+00:00")
    assert [f.check for f in report.findings if f.severity == "W"] == ["future_charges"]


def test_a_sync_tells_how_far_it_is(home: Path) -> None:
    heard = Heard()
    sync(home / "in", home / "store", reporting=REPORTING, now=NOW, build=build_totals, progress=heard)
    assert [label for label, _ in heard.stages] == ["Reading files", "Working out facts", "Checking", "Publishing"]
    assert heard.stages[0][1] == sum(path.stat().st_size for path in (home / "in").iterdir())
    assert heard.open == 0


def test_the_same_files_give_the_same_version(home: Path) -> None:
    run(home)
    first = content(home / "store")
    assert run(home).version == 2
    assert content(home / "store") == first


def test_a_broken_file_leaves_the_old_version_in_place(home: Path) -> None:
    run(home)
    before = content(home / "store")
    (home / "in" / "charges.csv").write_text("charge_id,amount\nX1\n")
    with pytest.raises(DataError, match=r'charges\.csv, line 1: the required column "platform"'):
        run(home)
    assert content(home / "store") == before
    assert sorted(path.name for path in (home / "store").iterdir()) == ["CURRENT", "sync.lock", "v1.duckdb"]


def test_a_failing_builder_leaves_the_old_version_in_place(home: Path) -> None:
    run(home)

    def fail(connection: DuckDBPyConnection, reporting: Reporting, now: datetime) -> None:
        build_totals(connection, reporting, now)
        connection.execute("SELECT 1 / 'x'")

    with pytest.raises(duckdb.Error):
        run(home, build=fail)
    assert versions.current(home / "store") == 1
    assert sorted(path.name for path in (home / "store").iterdir()) == ["CURRENT", "sync.lock", "v1.duckdb"]


def test_a_full_disk_leaves_the_old_version_in_place_and_the_next_sync_recovers(home: Path) -> None:
    run(home)
    before = content(home / "store")
    limit = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000));"
    done = subprocess.run(
        [sys.executable, "-c", limit + CHILD, str(home)], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert f"DataError: The version could not be written into {home / 'store'}" in done.stderr
    assert content(home / "store") == before
    assert run(home).version == 2


def test_a_second_sync_is_refused_and_told_who_is_at_it(home: Path) -> None:
    def again(connection: DuckDBPyConnection, reporting: Reporting, now: datetime) -> None:
        build_totals(connection, reporting, now)
        done = subprocess.run(
            [sys.executable, "-c", CHILD, str(home)], cwd=ROOT, capture_output=True, text=True, check=False
        )
        assert f"DataError: Another sync is running into {home / 'store'} (process {os.getpid()})" in done.stderr

    assert run(home, build=again).version == 1
    assert run(home).version == 2


CHILD = """
import sys
from pathlib import Path
from datetime import timedelta
from analytics.sync import sync
from tests.analytics.company import NOW, REPORTING, build_totals
home = Path(sys.argv[1])
print("go", flush=True)
sync(home / "in", home / "store", reporting=REPORTING, now=NOW + timedelta(days=1), build=build_totals)
"""


def kill_at(home: Path, delay: float) -> bool:
    """Start a sync in a process of its own and kill it so many seconds after its imports; whether it was still at it."""
    with subprocess.Popen([sys.executable, "-c", CHILD, str(home)], cwd=ROOT, stdout=subprocess.PIPE) as child:
        assert child.stdout
        child.stdout.readline()
        time.sleep(delay)
        child.send_signal(signal.SIGKILL)
        return child.wait() == -signal.SIGKILL


def survives_kills(home: Path, times: int, seed: int) -> None:
    tables = company()
    write(home / "in", tables)
    run(home)
    old = content(home / "store")
    tables["charges"][0]["amount"] = "700.00"
    shutil.copytree(home / "store", home / "clean" / "store")
    write(home / "clean" / "in", tables)
    clean = sync(
        home / "clean" / "in",
        home / "clean" / "store",
        reporting=REPORTING,
        now=NOW + timedelta(days=1),
        build=build_totals,
    )
    new = content(home / "clean" / "store")
    write(home / "in", tables)
    store = Store(home / "store")
    chance = random.Random(seed)
    killed = 0
    for _ in range(times):
        killed += kill_at(home, chance.uniform(0, 1.3 * clean.seconds))
        assert content(home / "store") in {old, new}
        with store.lease() as lease:
            assert lease.cursor.execute("SELECT count(*) FROM spend").fetchall() == [(32,)]
    run(home, NOW + timedelta(days=1))
    assert content(home / "store") == new
    assert killed > times / 4
    left = [path.name for path in (home / "store").iterdir() if not path.name.startswith("v")]
    assert sorted(left) == ["CURRENT", "sync.lock"]
    assert len(versions.numbers(home / "store")) <= 2
    store.close()


def test_a_sync_killed_at_any_point_leaves_the_old_version_and_the_next_one_equals_a_clean_one(tmp_path: Path) -> None:
    survives_kills(tmp_path, 8, 20261120)


@pytest.mark.proof
def test_a_sync_killed_at_fifty_points_leaves_the_old_version_and_the_next_one_equals_a_clean_one(
    tmp_path: Path,
) -> None:
    survives_kills(tmp_path, 50, 7)


def test_a_sync_killed_between_its_two_renames_is_forgotten(home: Path) -> None:
    run(home)
    (home / "store" / "v2.duckdb").write_bytes((home / "store" / "v1.duckdb").read_bytes())
    (home / "store" / "v3.duckdb.tmp").write_bytes(b"half")
    (home / "store" / "v3.duckdb.tmp.wal").write_bytes(b"half")
    assert Store(home / "store").snapshot.version == 1
    assert run(home).version == 3
    assert versions.numbers(home / "store") == [1, 3]
    assert not list((home / "store").glob("*.tmp*"))
