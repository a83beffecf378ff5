"""Where rejected rows go: one row for each, with file, line, column, value and reason."""

from __future__ import annotations

from pathlib import Path

from duckdb import DuckDBPyConnection

QUARANTINE = """CREATE TABLE quarantine
    (table_name TEXT, file TEXT, line BIGINT, column_name TEXT, value TEXT, reason TEXT, rule TEXT)"""


def export_quarantine(connection: DuckDBPyConnection, path: Path) -> int:
    """Write the quarantine as a CSV file (UTF-8, with header); the number of rows in it."""
    rows = connection.execute(
        "COPY (SELECT table_name, file, line, column_name, value, reason FROM quarantine ORDER BY file, line) "
        f"TO '{str(path).replace(chr(39), chr(39) * 2)}' (HEADER)"
    ).fetchall()
    return int(rows[0][0])
