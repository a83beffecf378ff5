"""Reads one CSV file as text into a table and gives each row its line; a broken line is a problem with its place."""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence

import duckdb
import numpy as np
import pyarrow as pa
from duckdb import DuckDBPyConnection

from analytics.importing.files import Layout, line_at
from analytics.quoting import quoted

LANDED = "raw.landed"
"""Cells c0, c1, ... as text, one row per record, in the order of the file."""
LINES = "raw.landed_line"
_MOST = 20

_SAYS = {
    "MISSING COLUMNS": "{n} cells, but the header has {width}; a line is cut off, or a comma is missing.",
    "TOO MANY COLUMNS": "{n} cells, but the header has {width}; put a value that holds a comma in double quotes.",
    "UNQUOTED VALUE": 'a double quote is not closed, or text follows it; write " as "" inside a quoted value.',
    "INVALID ENCODING": 'this is not UTF-8; save the file as "CSV UTF-8".',
    "LINE SIZE OVER MAXIMUM": "the line is longer than 2 MB; a double quote is probably not closed.",
}


def source(layout: Layout, *, parallel: bool = True) -> str:
    """SQL that reads the file: cells c0, c1, ... as text; lines that cannot be read go to `landed_error`."""
    columns = ", ".join(f"'c{index}': 'VARCHAR'" for index in range(len(layout.headers)))
    return (
        f"read_csv({quoted(layout.path)}, auto_detect = false, header = true, delim = ',', quote = '\"', escape = '\"', "
        f"columns = {{{columns}}}, strict_mode = true, parallel = {parallel}, store_rejects = true, "
        f"rejects_table = 'landed_error', rejects_scan = 'landed_scan', rejects_limit = {_MOST * 5})"
    )


def read(connection: DuckDBPyConnection, layout: Layout, sql: str, parameters: Sequence[str] = ()) -> list[str]:
    """Run SQL that reads `source(layout)`; the problems that stop the load, none when every line could be read."""
    for leftover in ("landed_error", "landed_scan"):
        connection.execute(f"DROP TABLE IF EXISTS temp.{leftover}")
    try:
        connection.execute(sql, list(parameters))
    except duckdb.InvalidInputException as error:
        return [f"{layout.path.name}: {_unreadable(str(error))}"]
    except duckdb.IOException:
        if layout.path.is_file():
            raise
        return [f"{layout.path.name} went away while it was read; start the sync when all files are in place."]
    rows = connection.execute(
        "SELECT line_byte_position, arg_min(column_name, column_idx), any_value(error_type::VARCHAR), "
        f"any_value(error_message[:200]) FROM temp.landed_error GROUP BY 1 ORDER BY 1 LIMIT {_MOST}"
    ).fetchall()
    return [_problem(layout, *row) for row in rows]


def land(connection: DuckDBPyConnection, layout: Layout, *, parallel: bool = True) -> list[str]:
    """Fill `raw.landed` with the file as it is; the problems that stop the load."""
    return read(
        connection, layout, f"CREATE OR REPLACE TABLE {LANDED} AS SELECT * FROM {source(layout, parallel=parallel)}"
    )


def land_in_one_piece(connection: DuckDBPyConnection, layout: Layout, problems: list[str]) -> str | list[str]:
    """Fill `raw.landed` by one thread, for a file that is out of step or in which several threads found `problems`.

    They may not agree on where a value that spans lines ends, so one decides. Returns SQL for the physical line of each
    row (the standard library's reader alone knows physical lines), or the problems that stop the load: a quote that is
    never closed can hide the rest of a file, and then the two readers count different records.
    """
    if found := land(connection, layout, parallel=False):
        return found
    ((rows,),) = connection.execute(f"SELECT count(*) FROM {LANDED}").fetchall()
    lines = _lines(layout)
    if len(lines) != rows:
        return problems or [f"{layout.path.name}: a double quote is opened somewhere and never closed."]
    numbers = pa.table({"line": lines})
    connection.register("landed_numbers", numbers)
    connection.execute(f"CREATE OR REPLACE TABLE {LINES} AS SELECT line FROM landed_numbers")
    connection.unregister("landed_numbers")
    return f"(SELECT n.line FROM {LINES} n WHERE n.rowid = landed.rowid)"


def look(connection: DuckDBPyConnection, layout: Layout) -> list[str]:
    """Only what stops the load, where nothing is to be loaded any more."""
    if not (problems := land(connection, layout)):
        return []
    found = land_in_one_piece(connection, layout, problems)
    return found if isinstance(found, list) else []


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
