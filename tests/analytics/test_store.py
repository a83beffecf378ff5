"""Versions are served whole: a lease never changes under its question, and nothing broken takes the old one's place."""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from analytics import versions
from analytics.errors import DataError
from analytics.store import LOOK_SECONDS, Store
from analytics.sync import Resources, sync
from tests.analytics.company import NOW, REPORTING, build_totals, company, total, write


def publish(home: Path, day: int = 0, keep: int = 2) -> int:
    write(home / "in", company())
    later = NOW + timedelta(days=day)
    return sync(
        home / "in", home / "store", reporting=REPORTING, now=later, build=build_totals, resources=Resources(keep=keep)
    ).version


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with its first version; each test has a copy of it."""
    home = tmp_path_factory.mktemp("first")
    assert publish(home) == 1
    return home / "store"


@pytest.fixture
def store(first: Path, tmp_path: Path) -> Iterator[Store]:
    shutil.copytree(first, tmp_path / "store")
    made = Store(tmp_path / "store")
    yield made
    made.close()


def number(lease: object) -> int:
    return lease.cursor.execute("SELECT version FROM version").fetchone()[0]  # type: ignore[attr-defined,no-any-return]


def test_a_lease_knows_its_version_and_answers_from_it(store: Store) -> None:
    with store.lease() as lease:
        assert lease.snapshot.version == 1
        assert lease.snapshot.synced_at == NOW
        assert lease.snapshot.as_of.isoformat() == "2026-11-08T10:00:00+00:00"
        assert lease.snapshot.first_day == date(2026, 6, 1)
        assert lease.snapshot.reporting == REPORTING
        assert lease.cursor.execute("SELECT sum(amount)::BIGINT FROM spend").fetchone() == (
            total(company()["charges"]),
        )
        assert lease.cursor.execute("SELECT current_setting('TimeZone')").fetchone() == ("UTC",)
        assert lease.findings == ()


def test_a_lease_brings_the_findings_of_its_version(tmp_path: Path) -> None:
    write(tmp_path / "in", company())
    (tmp_path / "in" / "feedback.csv").unlink()
    report = sync(tmp_path / "in", tmp_path / "store", reporting=REPORTING, now=NOW, build=build_totals)
    store = Store(tmp_path / "store")
    with store.lease() as lease:
        assert lease.findings == report.findings
        assert [(found.check, found.severity, found.samples) for found in lease.findings] == [
            ("not_sent", "I", ("feedback",))
        ]
    store.close()


def test_a_lease_keeps_its_version_while_newer_ones_are_published(store: Store, tmp_path: Path) -> None:
    with store.lease() as old:
        for day in range(1, 5):
            publish(tmp_path, day)
            with store.lease() as new:
                assert (number(old), number(new)) == (1, day + 1)
        assert old.snapshot.version == 1
    assert store.snapshot.version == 5
    assert sorted(path.name for path in (tmp_path / "store").glob("*.duckdb")) == ["v4.duckdb", "v5.duckdb"]


def test_old_versions_are_let_go_when_their_last_lease_ends(store: Store, tmp_path: Path) -> None:
    with store.lease() as first, store.lease() as second:
        publish(tmp_path, 1)
        store.refresh()
        assert (number(first), number(second)) == (1, 1)
    with store.lease() as lease:
        attached = {row[0] for row in lease.cursor.execute("SELECT database_name FROM duckdb_databases()").fetchall()}
    assert {name for name in attached if name.startswith("v")} == {"v2"}


def test_a_new_version_is_taken_up_within_50_ms_and_noticed_for_next_to_nothing(store: Store, tmp_path: Path) -> None:
    publish(tmp_path, 1)
    started = time.perf_counter()
    assert store.refresh()
    assert time.perf_counter() - started < 0.05
    started = time.perf_counter()
    assert not any(store.refresh() for _ in range(100))
    assert time.perf_counter() - started < 0.05


def test_many_threads_read_while_versions_change_and_each_sees_one_version_whole(store: Store, tmp_path: Path) -> None:
    stop, wrong, seen = threading.Event(), [], set()

    def read() -> None:
        while not stop.is_set():
            with store.lease() as lease:
                first = lease.cursor.execute("SELECT version FROM version").fetchall()
                rows = lease.cursor.execute("SELECT count(*) FROM spend").fetchall()
                again = lease.cursor.execute("SELECT version FROM version").fetchall()
                seen.add(lease.snapshot.version)
                if first != again or rows != [(32,)] or first != [(lease.snapshot.version,)]:
                    wrong.append((first, again, rows))
            time.sleep(0.002)

    threads = [threading.Thread(target=read) for _ in range(4)]
    for thread in threads:
        thread.start()
    for day in range(1, 4):
        publish(tmp_path, day)
    time.sleep(0.05)
    stop.set()
    for thread in threads:
        thread.join()
    assert not wrong
    assert max(seen) == 4
    assert len(seen) > 1


def test_an_empty_store_says_to_run_a_sync(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"no data yet.*python app.py sync"), Store(tmp_path).lease():
        pass


@pytest.mark.parametrize(
    ("damage", "says"),
    [
        (lambda folder: (folder / "CURRENT").write_text("v9\n"), 'should hold a name such as v7.duckdb, not "v9"'),
        (lambda folder: (folder / "CURRENT").write_bytes(b"\xff\xfe\x00"), "cannot be read"),
        (lambda folder: (folder / "CURRENT").write_text("v9.duckdb\n"), "v9.duckdb is no version"),
        (lambda folder: (folder / "v1.duckdb").write_bytes(b"nonsense" * 4096), "v1.duckdb is no version"),
        (lambda folder: (folder / "v1.duckdb").rename(folder / "v2.duckdb") and (folder / "CURRENT").write_text("v2.duckdb"), "holds version 1"),
    ],
)  # fmt: skip
def test_a_damaged_store_says_what_is_wrong_and_what_to_do(
    first: Path, tmp_path: Path, damage: object, says: str
) -> None:
    shutil.copytree(first, tmp_path / "store")
    damage(tmp_path / "store")  # type: ignore[operator]
    with pytest.raises(DataError) as caught:
        _ = Store(tmp_path / "store").snapshot
    assert says in str(caught.value)
    assert "python app.py sync" in str(caught.value)


def test_a_damaged_newer_version_does_not_take_the_place_of_one_that_answers(store: Store, tmp_path: Path) -> None:
    assert store.snapshot.version == 1
    versions.path_of(tmp_path / "store", 2).write_bytes(b"nonsense" * 4096)
    (tmp_path / "store" / "next").write_text("v2.duckdb")
    (tmp_path / "store" / "next").replace(tmp_path / "store" / "CURRENT")
    time.sleep(LOOK_SECONDS)
    with store.lease() as lease:
        assert number(lease) == 1
    assert "v2.duckdb is no version" in store.trouble
    publish(tmp_path, 1)
    assert store.snapshot.version == 3
    assert not store.trouble


def test_a_pointer_set_back_by_hand_serves_the_older_version_again(store: Store, tmp_path: Path) -> None:
    publish(tmp_path, 1)
    with store.lease():
        (tmp_path / "store" / "CURRENT").write_text("v1.duckdb\n")
        time.sleep(LOOK_SECONDS)
        assert store.snapshot.version == 1
    (tmp_path / "store" / "CURRENT").write_text("v2.duckdb\n\n")
    time.sleep(LOOK_SECONDS)
    assert store.snapshot.version == 2


def test_two_stores_of_one_process_read_the_same_files(store: Store, tmp_path: Path) -> None:
    other = Store(tmp_path / "store")
    with store.lease() as one, other.lease() as two:
        assert number(one) == number(two) == 1
    other.close()
