"""Turns one file's text into typed values, all rows at once, and keeps apart the rows that break a rule."""

from __future__ import annotations

from duckdb import DuckDBPyConnection

from analytics.importing.files import Layout
from analytics.importing.landing import LANDED
from analytics.importing.rules import rules_for, text_of, value_of
from analytics.importing.staging import TYPES
from analytics.tables import Column


def type_rows(connection: DuckDBPyConnection, layout: Layout, line: str) -> None:
    """Fill `raw.<table>` from `raw.landed`; a row that breaks rules goes to quarantine with all of them.

    Whether a row is sound is a column of its own at first: as a condition it would be worked out beside the values,
    and everything it has in common with them twice.
    """
    name, typed = f"raw.{layout.table.name}", _typed(layout, line)
    broken = " OR ".join(f"coalesce({test}, false)" for _, test, _ in _tests(layout)) or "false"
    every = ", ".join(f'{_value(layout, column)} AS "{column.name}"' for column in layout.table.columns)
    file = [layout.path.name]
    connection.execute(
        f"CREATE OR REPLACE TABLE {name} AS SELECT {every}, ?::VARCHAR AS file, line, {broken} AS broken FROM ({typed})",
        file,
    )
    ((bad,),) = connection.execute(f"SELECT count(*) FROM {name} WHERE broken").fetchall()
    if bad:
        connection.execute(_reasons(layout, f"SELECT * FROM ({typed}) WHERE {broken}"), file)
        connection.execute(f"DELETE FROM {name} WHERE broken")
    connection.execute(f"ALTER TABLE {name} DROP COLUMN broken")


def _typed(layout: Layout, line: str) -> str:
    """SQL for the cells of each row as text `t_<column>` and as value `v_<column>`."""
    texts = ", ".join(f"{text_of(f'c{place}')} AS t_{name}" for name, place in layout.positions.items())
    values = ", ".join(
        f"{value_of(column, f't_{column.name}')} AS v_{column.name}"
        for column in layout.table.columns
        if column.name in layout.positions
    )
    return f"SELECT *, {values} FROM (SELECT {texts}, {line} AS line FROM {LANDED} AS landed)"


def _value(layout: Layout, column: Column) -> str:
    return f"v_{column.name}" if column.name in layout.positions else f"NULL::{TYPES[column.type]}"


def _tests(layout: Layout) -> list[tuple[Column, str, str]]:
    """(column, SQL of what it must not be, SQL of the record that says so) for every rule of every column present."""
    found = []
    for column in layout.table.columns:
        if column.name in layout.positions:
            for rule in rules_for(layout.table, column):
                test = rule.test(column, f"t_{column.name}", f"v_{column.name}")
                says = rule.says(column).replace("'", "''")
                record = f"{{'at': '{column.name}', 'value': t_{column.name}, 'says': '{says}', 'rule': '{rule.name}'}}"
                found.append((column, test, record))
    return found


def _reasons(layout: Layout, broken_rows: str) -> str:
    records = ", ".join(f"CASE WHEN {test} THEN {record} END" for _, test, record in _tests(layout))
    return f"""INSERT INTO quarantine
        SELECT '{layout.table.name}', ?, line, why[1].at, why[1].value,
               array_to_string([coalesce(w.at || ' "' || w.value[:80] || '" ', w.at || ' ') || w.says FOR w IN why], '; '),
               why[1].rule
        FROM (SELECT line, [w FOR w IN [{records}] IF w IS NOT NULL] AS why FROM ({broken_rows}))"""
