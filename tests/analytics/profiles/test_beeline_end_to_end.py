"""A company with nothing but Beeline invoices gets its staffing spend, from the files to the answer of the engine."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from analytics import facts
from analytics.engine import Engine
from analytics.model import Scope
from analytics.query import from_json
from analytics.store import Store
from analytics.sync import SyncReport, sync
from tests.analytics.company import NOW, REPORTING
from tests.analytics.profiles.mapping import FILES, placed

SEPTEMBER, OCTOBER = FILES / "beeline_invoice_2026-09.csv", FILES / "beeline_invoice_2026-10.csv"
EVERYTHING = Scope("all", "named")


def synced(home: Path, *files: Path) -> SyncReport:
    folder = placed(home / "in", files)
    return sync(folder, home / "store", reporting=REPORTING, now=NOW, build=facts.build)


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    home = tmp_path_factory.mktemp("beeline")
    synced(home, SEPTEMBER, OCTOBER)
    store = Store(home / "store")
    engine = Engine(store)
    yield engine
    engine.close()
    store.close()


SPEND = {"metrics": ["staffing_spend"], "time": {"from": "2026-07-01", "to": "2026-11-01"}}


@pytest.mark.parametrize(
    ("dimension", "expected"),
    [
        ("team", {"Platform": 572_000, "Brand Studio": 240_040}),
        ("cost_center", {"CC-1042": 572_000, "CC-1043": 240_040}),
        ("supplier", {"Northwind Staffing": 572_000, "Fabrikam People": 240_040}),
    ],
)
def test_staffing_spend_by(engine: Engine, dimension: str, expected: dict[str, int]) -> None:
    answer = engine.ask(from_json(SPEND | {"group_by": [dimension]}), EVERYTHING, today=NOW.date())
    assert {row.labels[0]: row.values[0] for row in answer.rows} == expected
    assert answer.total is not None
    assert answer.total.values[0] == 812_040


def test_spend_is_by_month_of_the_invoice_and_a_later_extract_corrects_an_earlier_one(engine: Engine) -> None:
    answer = engine.ask(from_json(SPEND | {"grain": "month"}), EVERYTHING, today=NOW.date())
    assert [row.values[0] for row in answer.rows if row.values[0]] == [292_040, 520_000]


def test_every_line_of_every_file_is_accounted_for(tmp_path: Path) -> None:
    report = synced(tmp_path, SEPTEMBER, OCTOBER)
    charges = {run.file: (run.read, run.loaded, run.dropped) for run in report.tables if run.table == "charges"}
    # September: one line replaced by October, one preliminary, one blank, one total.
    assert charges == {SEPTEMBER.name: (7, 3, 4), OCTOBER.name: (2, 2, 0)}
    assert all(run.read == run.loaded + run.quarantined + run.dropped for run in report.tables)


def test_what_was_taken_for_granted_is_said(tmp_path: Path) -> None:
    found = {finding.check: finding for finding in synced(tmp_path, SEPTEMBER).findings}
    assert found["assumed"].severity == "W"
    assert "contracts" in found["assumed"].metrics
    assert "1 preliminary invoice" in found["dropped_lines"].text


def test_syncing_the_same_files_twice_gives_the_same_numbers(tmp_path: Path) -> None:
    first, second = synced(tmp_path, SEPTEMBER, OCTOBER), synced(tmp_path)
    assert [(r.table, r.read, r.loaded) for r in first.tables] == [(r.table, r.read, r.loaded) for r in second.tables]


def test_the_version_says_of_which_day_each_file_speaks(tmp_path: Path) -> None:
    folder = placed(tmp_path / "in", [SEPTEMBER, OCTOBER, FILES / "hr_extract_2026-10.csv"])
    for name, day in ((SEPTEMBER.name, 2), (OCTOBER.name, -13), ("hr_extract_2026-10.csv", 2)):
        written = (datetime(2026, 11, 2, 12, tzinfo=UTC) + timedelta(days=day)).timestamp()
        os.utime(folder / name, (written, written))
    synced(tmp_path)
    store = Store(tmp_path / "store")
    sql = "SELECT DISTINCT file, as_of FROM sync_run WHERE table_name IN ('charges', 'employment') ORDER BY 1"
    with store.lease() as lease:
        found = lease.cursor.execute(sql).fetchall()
    store.close()
    # A file that is written before the month it is named for is over speaks of the day it was written.
    assert found == [
        (SEPTEMBER.name, date(2026, 9, 30)),
        (OCTOBER.name, date(2026, 10, 20)),
        ("hr_extract_2026-10.csv", date(2026, 10, 31)),
    ]
