"""Turns one file's text into typed values, all rows at once, and keeps apart the rows that break a rule."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from duckdb import DuckDBPyConnection

from analytics.importing.files import Layout, scan
from analytics.importing.landing import LANDED, land, land_in_one_piece, read, source
from analytics.importing.rules import rules_for, text_of, value_of
from analytics.importing.staging import TYPES, count_rows
from analytics.tables import Column


def type_rows(connection: DuckDBPyConnection, layout: Layout) -> int | list[str]:
    """Fill `raw.<table>` from the file; a row that breaks rules goes to quarantine with all of them.

    Rows read, or the problems that stop the load. Text is turned into values while it is read. Only when a value spans
    lines, or when reasons are wanted, is the file read once more, as text.
    """
    name, file, seen = f"raw.{layout.table.name}", [layout.path.name], scan(layout.path)
    layout = replace(layout, odd_space=seen.odd_space)
    problems = read(connection, layout, _fill(layout, source(layout), "0::BIGINT"), file)
    line = f"rowid + {layout.header_lines + 1}"
    if stepping := not problems and seen.lines == count_rows(connection, name) + layout.header_lines:
        connection.execute(f"UPDATE {name} SET line = {line}")
    else:
        found = land_in_one_piece(connection, layout, problems)
        if isinstance(found, list):
            return found
        line = found
        connection.execute(_fill(layout, LANDED, line), file)
    rows = count_rows(connection, name)
    if count_rows(connection, f"{name} WHERE broken"):
        if stepping:
            land(connection, layout)
        connection.execute(_reasons(layout, line), file)
        connection.execute(f"DELETE FROM {name} WHERE broken")
    connection.execute(f"ALTER TABLE {name} DROP COLUMN broken")
    return rows


def type_text(
    connection: DuckDBPyConnection, layout: Layout, origin: str, zone: str, expected: Mapping[str, str]
) -> None:
    """Add to `raw.<table>` the rows of `origin`, which has its cells c0, c1, ... as text, and file and line beside them.

    A row that breaks rules goes to quarantine; `expected` says for a column how its values had to be written.
    """
    layout, typed = replace(layout, zone=zone), "raw.typed"
    connection.execute(_fill(layout, origin, "line", file="file", into=typed))
    if count_rows(connection, f"{typed} WHERE broken"):
        connection.execute(_reasons(layout, "line", origin=origin, file="file", expected=expected))
        connection.execute(f"DELETE FROM {typed} WHERE broken")
    connection.execute(f"INSERT INTO raw.{layout.table.name} BY NAME SELECT * EXCLUDE (broken) FROM {typed}")
    connection.execute(f"DROP TABLE {typed}")


def _fill(layout: Layout, origin: str, line: str, *, file: str = "?::VARCHAR", into: str = "") -> str:
    """SQL that makes the typed table.

    Whether a row is sound is a column at first: as a condition of the query it would be worked out beside the values,
    and what both have in common twice.
    """
    every = ", ".join(f'{_value(layout, column)} AS "{column.name}"' for column in layout.table.columns)
    return (
        f"CREATE OR REPLACE TABLE {into or f'raw.{layout.table.name}'} AS "
        f"SELECT {every}, file, line, CASE WHEN {_broken(layout)} THEN true ELSE false END AS broken "
        f"FROM ({_typed(layout, origin, line, file)})"
    )


def _broken(layout: Layout) -> str:
    return " OR ".join(test for _, test, _ in _tests(layout, {})) or "false"


def _typed(layout: Layout, origin: str, line: str, file: str) -> str:
    """SQL for the cells of each row as text `t_<column>` and as value `v_<column>`."""
    present = [column for column in layout.table.columns if column.name in layout.positions]
    texts = ", ".join(
        f"{text_of(c, f'c{layout.positions[c.name]}', odd_space=layout.odd_space)} AS t_{c.name}" for c in present
    )
    values = ", ".join(f"{value_of(c, f't_{c.name}', layout.zone)} AS v_{c.name}" for c in present)
    return f"SELECT *, {values} FROM (SELECT {texts}, {line} AS line, {file} AS file FROM {origin} AS landed)"


def _value(layout: Layout, column: Column) -> str:
    return f"v_{column.name}" if column.name in layout.positions else f"NULL::{TYPES[column.type]}"


def _tests(layout: Layout, expected: Mapping[str, str]) -> list[tuple[Column, str, str]]:
    """(column, SQL of what it must not be, SQL of the record that says so) for every rule of every column present."""
    found = []
    for column in layout.table.columns:
        if column.name in layout.positions:
            for rule in rules_for(layout.table, column):
                test = rule.test(column, f"t_{column.name}", f"v_{column.name}")
                known = expected.get(column.name) if rule.name == "type" else None
                says = (f"is not {known}" if known else rule.says(column)).replace("'", "''")
                # What a profile has refused is shown as it stood in the file, without the mark.
                value = f"ltrim(t_{column.name}, chr(26))"
                record = f"{{'at': '{column.name}', 'value': {value}, 'says': '{says}', 'rule': '{rule.name}'}}"
                found.append((column, test, record))
    return found


def _reasons(
    layout: Layout,
    line: str,
    *,
    origin: str = LANDED,
    file: str = "?::VARCHAR",
    expected: Mapping[str, str] | None = None,
) -> str:
    """SQL that puts each broken row into quarantine, with every rule that it breaks."""
    records = ", ".join(f"CASE WHEN {test} THEN {record} END" for _, test, record in _tests(layout, expected or {}))
    return f"""INSERT INTO quarantine
        SELECT '{layout.table.name}', file, line, why[1].at, why[1].value,
               array_to_string([coalesce(w.at || ' "' || w.value[:80] || '" ', w.at || ' ') || w.says FOR w IN why], '; '),
               why[1].rule
        FROM (SELECT file, line, [w FOR w IN [{records}] IF w IS NOT NULL] AS why
              FROM ({_typed(layout, origin, line, file)}) WHERE {_broken(layout)})"""
