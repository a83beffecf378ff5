"""The connection a version is built on, and what the typed tables say as a whole."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import duckdb
from duckdb import DuckDBPyConnection

from analytics import versions
from analytics.importing import earlier
from analytics.importing.quarantine import QUARANTINE
from analytics.model import Reporting
from analytics.tables import TABLES

TYPES = {
    "text": "VARCHAR",
    "choice": "VARCHAR",
    "date": "DATE",
    "timestamp": "TIMESTAMP",
    "integer": "BIGINT",
    "decimal": "DECIMAL(18,8)",
    "money": "DECIMAL(18,4)",
    "boolean": "BOOLEAN",
}


def connect_staging(building: Path, memory_limit: str = "2GB", threads: int = 2) -> DuckDBPyConnection:
    """`raw.*` is kept in memory (and spilled beside the file); everything else lands in the file `building`."""
    connection = duckdb.connect(
        config={
            "memory_limit": memory_limit,
            "threads": str(threads),
            "temp_directory": str(versions.spill_of(building)),
        }
    )
    connection.execute("ATTACH ? AS building", [str(building)])
    connection.execute("USE building")
    return prepare(connection)


def prepare(connection: DuckDBPyConnection) -> DuckDBPyConnection:
    """Make any connection fit for `load`: UTC, an empty `raw`, an empty quarantine, nothing booked."""
    connection.execute("SET TimeZone = 'UTC'")
    connection.execute("SET enable_progress_bar = false")
    connection.execute("ATTACH ':memory:' AS raw")
    connection.execute(QUARANTINE)
    earlier.prepare(connection)
    for table in TABLES.values():
        columns = ", ".join(f'"{column.name}" {TYPES[column.type]}' for column in table.columns)
        connection.execute(f"CREATE TABLE raw.{table.name} ({columns}, file VARCHAR, line BIGINT)")
    return connection


def event_bounds(connection: DuckDBPyConnection, reporting: Reporting, now: datetime) -> tuple[date, datetime]:
    """First day (in the reporting zone) and newest moment of anything that happened; (today, now) when nothing has.

    Counted are the timestamps every row of its table must have. Later than `now` is a mistake, so it does not count.
    """
    columns = [(t.name, c.name) for t in TABLES.values() for c in t.columns if c.type == "timestamp" and c.required]
    every = " UNION ALL ".join(
        f'SELECT min("{name}") AS first, max("{name}") AS last FROM raw.{table} WHERE "{name}" <= $now'
        for table, name in columns
    )
    moment = now.astimezone(UTC).replace(tzinfo=None)
    ((first, last),) = connection.execute(f"SELECT min(first), max(last) FROM ({every})", {"now": moment}).fetchall()
    first, last = (value.replace(tzinfo=UTC) if value else now for value in (first, last))
    return first.astimezone(ZoneInfo(reporting.timezone)).date(), last


def count_rows(connection: DuckDBPyConnection, rows: str, parameters: Sequence[str] = ()) -> int:
    """How many rows there are of what could stand behind FROM."""
    return int(connection.execute(f"SELECT count(*) FROM {rows}", list(parameters)).fetchall()[0][0])
