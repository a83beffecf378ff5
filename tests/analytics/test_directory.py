"""A version says where the lines of today come from, and of which day that source speaks."""

from __future__ import annotations

from datetime import date, timedelta

import duckdb
import pytest
from duckdb import DuckDBPyConnection

from analytics.directory import TABLE, Directory, directory_of
from analytics.importing.staging import prepare
from tests.analytics.company import NOW

TODAY = NOW.date()
HR = "hr_2026-10.csv"


@pytest.fixture
def version() -> DuckDBPyConnection:
    return prepare(duckdb.connect())


def lines(version: DuckDBPyConnection, file: str, kind: str, day: date | None, *, open_ones: int, ended: int) -> None:
    version.execute(
        "INSERT INTO sync_run BY NAME SELECT 'employment' AS table_name, ? AS file, ? AS kind, ?::DATE AS as_of, 9 AS loaded",
        [file, kind, day],
    )
    for n in range(open_ones + ended):
        until = None if n < open_ones else "2026-01-01"
        version.execute(
            "INSERT INTO raw.employment BY NAME SELECT ? AS person_id, DATE '2024-01-01' AS valid_from, ?::DATE AS valid_to, ? AS file",
            [f"{file}-{n}", until, file],
        )


def found(version: DuckDBPyConnection) -> Directory:
    version.execute(TABLE, {"today": TODAY})
    return directory_of(version, TODAY)


def test_a_file_of_past_lines_does_not_make_a_directory_that_is_asked_old(version: DuckDBPyConnection) -> None:
    lines(version, "employment.csv", "file", date(2024, 6, 1), open_ones=1, ended=8)
    lines(version, "entra", "source", TODAY, open_ones=4, ended=0)
    assert found(version) == Directory("entra", True, TODAY)


def test_a_directory_nobody_has_asked_for_long_does_not_hide_behind_a_small_file(version: DuckDBPyConnection) -> None:
    lines(version, "entra", "source", TODAY - timedelta(days=30), open_ones=8, ended=0)
    lines(version, "employment.csv", "file", TODAY, open_ones=1, ended=0)
    directory = found(version)
    assert (directory.source, directory.age(TODAY)) == ("entra", 30)


def test_a_monthly_file_speaks_of_its_own_day(version: DuckDBPyConnection) -> None:
    lines(version, HR, "full", date(2026, 10, 31), open_ones=4, ended=0)
    assert found(version) == Directory(HR, False, date(2026, 10, 31))


def test_no_directory_is_younger_than_the_version_it_is_in(version: DuckDBPyConnection) -> None:
    lines(version, HR, "full", TODAY + timedelta(days=10), open_ones=1, ended=0)
    assert found(version).day == TODAY


def test_a_version_without_lines_is_of_its_own_day(version: DuckDBPyConnection) -> None:
    assert found(version) == Directory("", False, TODAY)
