"""Loads every file into its typed table: what breaks a rule is kept apart with its reason, nothing is lost."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from graphlib import TopologicalSorter
from pathlib import Path

from duckdb import DuckDBPyConnection

from analytics.errors import DataError
from analytics.importing.files import Layout, inspect
from analytics.importing.landing import LANDED, LINES, look
from analytics.importing.typed import type_rows
from analytics.importing.zones import PLATFORMS, wrong_zones, zone_of
from analytics.model import Finding
from analytics.progress import Progress
from analytics.tables import TABLES, Column, Table

_HOPELESS = (20, 0.5)
"""A file that loses at least this many rows, and more than this share, has changed its form: the load stops."""


@dataclass(frozen=True, slots=True)
class TableRun:
    """One table's part of a sync: rows read = rows loaded + rows in quarantine."""

    table: str
    file: str
    read: int
    loaded: int
    quarantined: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Loaded:
    """What came of a folder of files."""

    tables: tuple[TableRun, ...]
    findings: tuple[Finding, ...]


def load(connection: DuckDBPyConnection, folder: Path, progress: Progress) -> Loaded:
    """Fill `raw.*` and `quarantine` of a prepared connection. DataError lists every problem that stops the load."""
    seen = inspect(folder)
    layouts = {layout.table.name: layout for layout in seen.layouts}
    problems, runs = list(seen.problems), []
    progress.begin("Reading files", sum(layout.size for layout in seen.layouts))
    for name in _parents_first():
        if layout := layouts.get(name):
            progress.advance(0, layout.path.name)
            result = _load_file(connection, layout, only_look=bool(problems))
            problems += result if isinstance(result, list) else []
            runs += [] if isinstance(result, list) else [result]
            progress.advance(layout.size, layout.path.name)
    progress.end()
    connection.execute(f"DROP TABLE IF EXISTS {LANDED}; DROP TABLE IF EXISTS {LINES}")
    if problems:
        raise DataError(_stopped(folder, problems))
    order = list(TABLES)
    return Loaded(tuple(sorted(runs, key=lambda run: order.index(run.table))), seen.findings)


def _stopped(folder: Path, problems: Sequence[str]) -> str:
    listed = "\n".join(f"- {problem}" for problem in problems)
    return f"Nothing was loaded from {folder}; the data in use stays as it was. To be mended first:\n{listed}"


def _parents_first() -> list[str]:
    """Tables in an order in which what a row may be rejected for is loaded before it."""
    needs = {
        table.name: {c.reference.table for c in _rejecting(table) if c.reference and c.reference.table != table.name}
        for table in TABLES.values()
    }
    return list(TopologicalSorter(needs).static_order())


def _rejecting(table: Table) -> list[Column]:
    return [c for c in table.columns if c.reference and c.reference.missing == "quarantine"]


def _load_file(connection: DuckDBPyConnection, layout: Layout, *, only_look: bool) -> TableRun | list[str]:
    """Load one file; or, when the load is already lost, only look for what else is wrong with its lines."""
    started = time.perf_counter()
    if only_look:
        return look(connection, layout)
    read = type_rows(connection, replace(layout, zone=zone_of(connection, layout.table)))
    if isinstance(read, list):
        return read
    if layout.table.name == PLATFORMS and (problems := wrong_zones(connection, layout.path.name)):
        return problems
    for column in _rejecting(layout.table):
        if column.name in layout.positions:
            _reject_orphans(connection, layout, column)
    _reject_repeated(connection, layout)
    loaded, rejected = _count(connection, f"raw.{layout.table.name}"), _rejected(connection, layout.table)
    if read != loaded + rejected:
        raise RuntimeError(f"{layout.path.name}: {read} rows read, but {loaded} loaded and {rejected} in quarantine")
    if rejected >= _HOPELESS[0] and rejected > read * _HOPELESS[1]:
        return [_hopeless(connection, layout, read, rejected)]
    return TableRun(layout.table.name, layout.path.name, read, loaded, rejected, time.perf_counter() - started)


def _reject_orphans(connection: DuckDBPyConnection, layout: Layout, column: Column) -> None:
    """Keep apart the rows whose reference is not loaded (never there, or itself in quarantine)."""
    if not (parent := column.reference):
        return
    name = f'"{column.name}"'
    says = f"is not in {parent.table}.csv, or its row there is in quarantine"
    orphans = (
        f"SELECT line, {name} AS value, '{column.name} \"' || {name} || '\" {says}' AS reason "
        f"FROM raw.{layout.table.name} AS child WHERE {name} IS NOT NULL "
        f'AND NOT EXISTS (FROM raw.{parent.table} AS parent WHERE parent."{parent.column}" = child.{name})'
    )
    _move(connection, layout, column.name, "reference", orphans)


def _reject_repeated(connection: DuckDBPyConnection, layout: Layout) -> None:
    """Keep apart every row after the first with the same key; an empty part of a key equals an empty part."""
    table, keys = f"raw.{layout.table.name}", [f'"{key}"' for key in layout.table.key]
    repeated = f"SELECT {', '.join(keys)} FROM {table} GROUP BY ALL HAVING count(*) > 1"
    if not _count(connection, f"({repeated})"):
        return
    same = " AND ".join(f"again.{key} IS NOT DISTINCT FROM r.{key}" for key in keys)
    shown = " || ', ' || ".join(f"coalesce(r.{key}::VARCHAR, '')" for key in keys)
    order = f"PARTITION BY {', '.join(f'r.{key}' for key in keys)} ORDER BY r.line"
    named = " + ".join(layout.table.key)
    doubles = (
        f"SELECT line, value, '{named} \"' || value || '\" stands already in line ' || first AS reason "
        f"FROM (SELECT r.line, {shown} AS value, row_number() OVER ({order}) AS nth, first(r.line) OVER ({order}) AS first "
        f"FROM {table} AS r WHERE EXISTS (FROM ({repeated}) AS again WHERE {same})) WHERE nth > 1"
    )
    _move(connection, layout, layout.table.key[0], "repeated", doubles)


def _move(connection: DuckDBPyConnection, layout: Layout, column: str, rule: str, rows: str) -> None:
    """Move the rows a query names (line, value, reason) from their table to quarantine."""
    table = layout.table.name
    found = connection.execute(
        f"INSERT INTO quarantine SELECT '{table}', ?, line, '{column}', value, reason, '{rule}' FROM ({rows})",
        [layout.path.name],
    ).fetchall()
    if found[0][0]:
        gone = f"SELECT line FROM quarantine WHERE table_name = '{table}'"
        connection.execute(f"DELETE FROM raw.{table} WHERE line IN ({gone})")


def _count(connection: DuckDBPyConnection, source: str) -> int:
    return int(connection.execute(f"SELECT count(*) FROM {source}").fetchall()[0][0])


def _rejected(connection: DuckDBPyConnection, table: Table) -> int:
    return _count(connection, f"quarantine WHERE table_name = '{table.name}'")


def _hopeless(connection: DuckDBPyConnection, layout: Layout, read: int, rejected: int) -> str:
    worst = connection.execute(
        "SELECT column_name, any_value(reason), min(line), count(*) AS n FROM quarantine WHERE table_name = ? "
        "GROUP BY column_name, rule ORDER BY n DESC LIMIT 3",
        [layout.table.name],
    ).fetchall()
    said = "; ".join(f"{n} rows, first in line {line}: {reason}" for _, reason, line, n in worst)
    return f"{layout.path.name}: {rejected} of {read} rows break the rules, so the file has probably changed its form. {said}"
