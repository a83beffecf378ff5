"""What a version notes about itself for the next one to be held against, and what the version before has noted."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import duckdb
from duckdb import DuckDBPyConnection

from analytics.tables import TABLES

SYNC_RUN = """CREATE TABLE sync_run (table_name TEXT, file TEXT, read BIGINT, loaded BIGINT, quarantined BIGINT, seconds DOUBLE,
    dropped BIGINT, as_of DATE, kind TEXT, profile TEXT, period_from DATE, period_to DATE, counted BIGINT)"""
"""One row for each file's part in a table. `kind`: file (import format), source (an asked platform), or the mode of the
profile it was read with; `counted` is how many rows the platform itself says there are."""

_NOTED = {
    "ledger_month": {
        "platform": "TEXT",
        "month": "DATE",
        "currency": "TEXT",
        "rows": "BIGINT",
        "amount": "DECIMAL(38, 4)",
        "changed_at": "TIMESTAMP",
        "changed_from": "DECIMAL(38, 4)",
    },
    "filled": {"table_name": "TEXT", "column_name": "TEXT", "rows": "BIGINT", "filled": "BIGINT"},
}
_EARLIER = _NOTED | {
    "sync_run": {"table_name": "TEXT", "file": "TEXT", "kind": "TEXT", "loaded": "BIGINT"},
    "version": {"synced_at": "TIMESTAMP"},
}
# A month is closed 45 days after its end: hours are billed weekly, refunds come late. A change after that is remembered.
_MONTHS = """
INSERT INTO ledger_month
WITH new AS (
    SELECT platform, date_trunc('month', posted_at)::DATE AS month, currency, count(*) AS rows, sum(amount) AS amount
    FROM raw.charges GROUP BY ALL
), held AS (
    SELECT platform, month, currency, coalesce(n.rows, 0) AS rows, coalesce(n.amount, 0) AS amount, e.changed_at, e.changed_from,
           coalesce(e.amount, 0) AS amount_then,
           coalesce(n.rows, 0) <> coalesce(e.rows, 0) OR coalesce(n.amount, 0) <> coalesce(e.amount, 0) AS differs,
           month + INTERVAL 1 MONTH + INTERVAL 45 DAY <= (SELECT max(synced_at) FROM raw.earlier_version)
           AND platform IN (SELECT platform FROM raw.earlier_ledger_month) AND platform IN (SELECT platform FROM new) AS closed
    FROM raw.earlier_ledger_month e FULL JOIN new n USING (platform, month, currency)
)
SELECT platform, month, currency, rows, amount, CASE WHEN differs AND closed THEN $now ELSE changed_at END,
       CASE WHEN differs AND closed THEN amount_then ELSE changed_from END
FROM held ORDER BY ALL
"""
_OF_FILES = "file NOT IN (SELECT file FROM sync_run WHERE kind = 'source')"


def prepare(connection: DuckDBPyConnection) -> None:
    """Empty tables: `sync_run`, what this version will note, and `raw.earlier_*` for what the version before has noted."""
    connection.execute(SYNC_RUN)
    connection.execute("CREATE TABLE raw.stranger (file TEXT)")
    for tables, prefix in ((_NOTED, ""), (_EARLIER, "raw.earlier_")):
        for name, columns in tables.items():
            declared = ", ".join(f"{column} {kind}" for column, kind in columns.items())
            connection.execute(f"CREATE TABLE {prefix}{name} ({declared})")


def note(connection: DuckDBPyConnection, now: datetime) -> None:
    """The ledger by month, and how many cells of each column files have filled."""
    connection.execute(_MONTHS, {"now": now.astimezone(UTC).replace(tzinfo=None)})
    parts = []
    for table in TABLES.values():
        cells = ", ".join(f"{{'name': '{column.name}', 'n': count(\"{column.name}\")}}" for column in table.columns)
        parts.append(
            f"SELECT '{table.name}' AS table_name, count(*) AS rows, unnest([{cells}]) AS cell FROM raw.{table.name} WHERE {_OF_FILES}"
        )
    connection.execute(
        f"INSERT INTO filled SELECT table_name, cell.name, rows, cell.n FROM ({' UNION ALL '.join(parts)})"
    )


def remember(connection: DuckDBPyConnection, before: Path | None) -> None:
    """Fill `raw.earlier_*` from the version before. One that cannot be read, or notes nothing, says nothing."""
    if before is None:
        return
    try:
        connection.execute(f"ATTACH '{str(before).replace(chr(39), chr(39) * 2)}' AS earlier (READ_ONLY)")
    except duckdb.Error:
        return
    try:
        for name, columns in _EARLIER.items():
            connection.execute(f"INSERT INTO raw.earlier_{name} SELECT {', '.join(columns)} FROM earlier.main.{name}")
    except (duckdb.CatalogException, duckdb.BinderException):
        for name in _EARLIER:
            connection.execute(f"DELETE FROM raw.earlier_{name}")
    finally:
        connection.execute("DETACH earlier")
