"""Import files read into typed tables, for tests of the importer: what is loaded, what is kept apart, what stops the load."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest
from duckdb import DuckDBPyConnection

from analytics.errors import DataError
from analytics.importing import Loaded, load
from analytics.importing.staging import prepare
from analytics.progress import Silent
from tests.analytics.company import Rows, write

Company = dict[str, Rows]


def read(folder: Path, tables: Company | None = None) -> tuple[DuckDBPyConnection, Loaded]:
    connection = prepare(duckdb.connect())
    if tables is not None:
        write(folder, tables)
    return connection, load(connection, folder, Silent())


def quarantined(connection: DuckDBPyConnection) -> list[tuple[object, ...]]:
    sql = "SELECT table_name, line, column_name, value, rule FROM quarantine ORDER BY ALL"
    return connection.execute(sql).fetchall()


def problems(folder: Path, tables: Company | None = None) -> str:
    with pytest.raises(DataError) as caught:
        read(folder, tables)
    return str(caught.value)
