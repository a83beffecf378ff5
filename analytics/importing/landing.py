"""Reads one CSV file as text into a table and gives each row its line; a broken line is a problem with its place."""

from __future__ import annotations

import csv
import re

import duckdb
import numpy as np
import pyarrow as pa
from duckdb import DuckDBPyConnection

from analytics.importing.files import Layout, count_lines, line_at

LANDED = "raw.landed"
"""Cells c0, c1, ... as text, one row per record, in the order of the file."""
_LINES = "raw.landed_line"
_MOST = 20

_SAYS = {
    "MISSING COLUMNS": "{n} cells, but the header has {width}; a line is cut off, or a comma is missing.",
    "TOO MANY COLUMNS": "{n} cells, but the header has {width}; put a value that holds a comma in double quotes.",
    "UNQUOTED VALUE": 'a double quote is not closed, or text follows it; write " as "" inside a quoted value.',
    "INVALID ENCODING": 'this is not UTF-8; save the file as "CSV UTF-8".',
    "LINE SIZE OVER MAXIMUM": "the line is longer than 2 MB; a double quote is probably not closed.",
}


def land(connection: DuckDBPyConnection, layout: Layout, *, parallel: bool = True) -> list[str]:
    """Fill `raw.landed` from the file; the problems that stop the load, none when every line could be read."""
    for leftover in ("landed_error", "landed_scan"):
        connection.execute(f"DROP TABLE IF EXISTS temp.{leftover}")
    try:
        connection.execute(_read(layout, parallel))
    except duckdb.Error as error:
        return [f"{layout.path.name}: {_unreadable(str(error))}"]
    rows = connection.execute(
        "SELECT line_byte_position, arg_min(column_name, column_idx), any_value(error_type::VARCHAR), any_value(error_message[:200]) "
        f"FROM temp.landed_error GROUP BY 1 ORDER BY 1 LIMIT {_MOST}"
    ).fetchall()
    return [_problem(layout, *row) for row in rows]


def number_lines(connection: DuckDBPyConnection, layout: Layout) -> str:
    """SQL for the physical line of each row of `raw.landed`.

    Usually record and line run in step. Where a value spans lines, or lines are blank, the standard library's reader
    (which alone knows physical lines) says where each record begins, and the file is read again in one piece, because
    several threads may not agree on where a value that spans lines ends.
    """
    rows = _rows(connection)
    if count_lines(layout.path) == rows + layout.header_lines:
        return f"rowid + {layout.header_lines + 1}"
    land(connection, layout, parallel=False)
    lines = _lines(layout)
    if len(lines) != _rows(connection):
        raise RuntimeError(f"{layout.path.name}: two readers disagree ({_rows(connection)} and {len(lines)} records)")
    numbers = pa.table({"line": lines})
    connection.register("landed_numbers", numbers)
    connection.execute(f"CREATE OR REPLACE TABLE {_LINES} AS SELECT line FROM landed_numbers")
    connection.unregister("landed_numbers")
    return f"(SELECT n.line FROM {_LINES} n WHERE n.rowid = landed.rowid)"


def _rows(connection: DuckDBPyConnection) -> int:
    return int(connection.execute(f"SELECT count(*) FROM {LANDED}").fetchall()[0][0])


def _read(layout: Layout, parallel: bool) -> str:
    columns = ", ".join(f"'c{index}': 'VARCHAR'" for index in range(len(layout.headers)))
    path = str(layout.path).replace("'", "''")
    return (
        f"CREATE OR REPLACE TABLE {LANDED} AS SELECT * FROM read_csv('{path}', auto_detect = false, header = true, "
        f"delim = ',', quote = '\"', escape = '\"', columns = {{{columns}}}, strict_mode = true, "
        f"parallel = {parallel}, store_rejects = true, rejects_table = 'landed_error', "
        f"rejects_scan = 'landed_scan', rejects_limit = {_MOST * 5})"
    )


def _lines(layout: Layout) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """The physical line at which each record begins, the header left out, blank lines skipped."""
    csv.field_size_limit(1 << 24)
    with layout.path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.reader(file)
        next(reader)
        begins, found = reader.line_num + 1, []
        for record in reader:
            if record:
                found.append(begins)
            begins = reader.line_num + 1
    return np.array(found, dtype=np.int64)


def _problem(layout: Layout, byte: int, column: str | None, kind: str, message: str) -> str:
    line = line_at(layout.path, byte - 1)
    place = f'line {line}, column "{layout.headers[int(column[1:])]}"' if column else f"line {line}"
    count = re.search(r"Found: (\d+)", message)
    says = _SAYS.get(kind, "the line cannot be read.")
    return f"{layout.path.name}, {place}: {says.format(n=count[1] if count else 0, width=len(layout.headers))}"


def _unreadable(message: str) -> str:
    if "state machine" in message:
        return "its line ends are mixed (Windows and Unix); save the file with one kind."
    return f"it cannot be read as CSV ({message.splitlines()[0][:200]})."
