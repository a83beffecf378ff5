"""Reads customers' files through their profiles, for the tests beside it."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from pathlib import Path

import duckdb
from duckdb import DuckDBPyConnection

from analytics.importing import Loaded, load
from analytics.importing.staging import prepare
from analytics.progress import Silent

FILES = Path(__file__).parent / "files"
TROUBLE = FILES / "trouble"


def placed(folder: Path, files: Iterable[Path]) -> Path:
    """A data folder that holds copies of these files."""
    folder.mkdir(exist_ok=True)
    for path in files:
        shutil.copy(path, folder)
    return folder


def read(folder: Path, *files: Path) -> tuple[DuckDBPyConnection, Loaded]:
    """The files as typed rows. DataError where they cannot be loaded."""
    connection = prepare(duckdb.connect())
    return connection, load(connection, placed(folder, files), Silent())


def rows(connection: DuckDBPyConnection, sql: str) -> list[tuple[object, ...]]:
    """What a query finds."""
    return connection.execute(sql).fetchall()


def accounted(loaded: Loaded) -> bool:
    """Whether every row read is loaded, in quarantine, or dropped by a rule."""
    return all(run.read == run.loaded + run.quarantined + run.dropped for run in loaded.tables)
