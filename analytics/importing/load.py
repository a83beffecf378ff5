"""Loads every file into its typed table: what breaks a rule is kept apart with its reason, nothing is lost."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Any

from duckdb import DuckDBPyConnection

from analytics.errors import DataError
from analytics.importing.files import Inspection, Layout, inspect
from analytics.importing.kept import Kept, wait
from analytics.importing.landing import LANDED, LINES, look
from analytics.importing.mapped import Arrived, add, arrive, assumed
from analytics.importing.named import name_people
from analytics.importing.staging import count_rows
from analytics.importing.typed import type_rows, type_text
from analytics.importing.zones import PLATFORMS, wrong_zones, zone_of
from analytics.model import Finding
from analytics.profiles import Arrival, claimed
from analytics.progress import Progress
from analytics.tables import TABLES, Column, Table

_MOVED = "raw.moved"
_WAITING = "raw.waiting"
_HOPELESS = (20, 0.5)
"""A file that loses at least this many rows, and more than this share, has changed its form: the load stops."""


@dataclass(frozen=True, slots=True)
class TableRun:
    """One file's part of one table: rows read = rows loaded + rows in quarantine + lines dropped by rule."""

    table: str
    file: str
    read: int
    loaded: int
    quarantined: int
    seconds: float
    dropped: int = 0
    as_of: date | None = None
    """The day its source speaks of: what the file's name claims, else the day it was written, or when a platform was asked."""
    kind: str = "file"
    """file (import format), source (an asked platform), or full, delta, append: the mode of the profile."""
    profile: str = ""
    period: tuple[date, date] | None = None
    """First and last day that the file's name claims."""
    counted: int | None = None
    """How many rows the platform itself says there are."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """What came of a folder of files."""

    tables: tuple[TableRun, ...]
    findings: tuple[Finding, ...]


def load(connection: DuckDBPyConnection, folder: Path, progress: Progress, kept: Kept | None = None) -> Loaded:
    """Fill `raw.*` and `quarantine` of a prepared connection. DataError lists every problem that stops the load.

    `kept` are the rows of asked platforms; where one repeats a key of a file, the file's row stands.
    """
    kept = kept or Kept()
    seen = inspect(folder, kept.tables)
    layouts = {layout.table.name: layout for layout in seen.layouts}
    problems, runs = list(seen.problems), []
    progress.begin("Reading files", sum(layout.size for layout in seen.layouts) + _size(seen.arrivals))
    arrived = arrive(connection, seen.arrivals)
    problems += arrived.problems
    progress.advance(_size(seen.arrivals))
    for name in parents_first():
        if layout := layouts.get(name):
            progress.advance(0, layout.path.name)
            result = _load_file(connection, layout, only_look=bool(problems))
            problems += result if isinstance(result, list) else []
            runs += [] if isinstance(result, list) else [result]
            progress.advance(layout.size, layout.path.name)
        if arrived.files and not problems:
            added, wrong = load_mapped(connection, arrived, TABLES[name])
            runs += added
            problems += wrong
        if kept.tables and not problems:
            added, wrong = _load_kept(connection, kept, TABLES[name])
            runs += added
            problems += wrong
    if arrived.files and not problems:
        name_people(connection)
    progress.end()
    connection.execute(
        f"DROP TABLE IF EXISTS {LANDED}; DROP TABLE IF EXISTS {LINES}; DROP TABLE IF EXISTS {_MOVED}; DROP TABLE IF EXISTS {_WAITING}"
    )
    if problems:
        raise DataError(_stopped(folder, problems))
    order = list(TABLES)
    findings = (*seen.findings, *arrived.findings, *assumed(connection, arrived))
    told = _told(connection, seen, kept, runs)
    tables = tuple(sorted(told, key=lambda run: (order.index(run.table), run.file)))
    _book(connection, tables, seen.strangers)
    return Loaded(tables, findings)


def _told(connection: DuckDBPyConnection, seen: Inspection, kept: Kept, runs: Sequence[TableRun]) -> list[TableRun]:
    """The runs with what is known of their files and sources beside the rows."""
    days, arrivals = _days(connection, seen, kept), {arrival.path.name: arrival for arrival in seen.arrivals}
    found = []
    for run in runs:
        how: dict[str, Any] = {}
        if arrival := arrivals.get(run.file):
            mode = next((e.mode for e in arrival.profile.entities if e.table == run.table), arrival.profile.mode)
            how = {"kind": mode, "profile": arrival.profile.name, "period": claimed(arrival.profile, arrival.path)}
        elif run.file in kept.sources:
            how = {"kind": "source", "counted": kept.counted.get((run.file, run.table))}
        found.append(replace(run, as_of=days.get(run.file), **how))
    return found


def _book(connection: DuckDBPyConnection, runs: Sequence[TableRun], strangers: Sequence[str]) -> None:
    """Write down how every file was read, and which were not."""
    rows = [
        [r.table, r.file, r.read, r.loaded, r.quarantined, r.seconds, r.dropped, r.as_of, r.kind, r.profile, *(r.period or (None, None)), r.counted]
        for r in runs
    ]  # fmt: skip
    # One transaction, because each of its own would wait for the disk.
    connection.begin()
    if rows:
        connection.executemany(f"INSERT INTO sync_run VALUES ({', '.join('?' * len(rows[0]))})", rows)
    connection.commit()
    for file in strangers:
        connection.execute("INSERT INTO raw.stranger VALUES (?)", [file])


def _days(connection: DuckDBPyConnection, seen: Inspection, kept: Kept) -> dict[str, date]:
    """File or source -> the day it speaks of."""
    asked = connection.execute("SELECT source, synced_at::DATE FROM kept.source").fetchall() if kept.sources else []
    days = {layout.path.name: _written(layout.path) for layout in seen.layouts}
    for arrival in seen.arrivals:
        period, written = claimed(arrival.profile, arrival.path), _written(arrival.path)
        days[arrival.path.name] = min(period[1], written) if period else written
    return days | dict(asked)


def _written(path: Path) -> date:
    return datetime.fromtimestamp(path.stat().st_mtime, UTC).date()


def _size(arrivals: Sequence[Arrival]) -> int:
    return sum(arrival.path.stat().st_size for arrival in arrivals)


def _stopped(folder: Path, problems: Sequence[str]) -> str:
    listed = "\n".join(f"- {problem}" for problem in problems)
    return f"Nothing was loaded from {folder}; the data in use stays as it was. To be mended first:\n{listed}"


def parents_first() -> list[str]:
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
            _reject_orphans(connection, layout.table, column)
    _reject_repeated(connection, layout.table)
    return _booked(connection, layout.table, layout.path.name, read, 0, time.perf_counter() - started)


def load_mapped(
    connection: DuckDBPyConnection, arrived: Arrived, table: Table, *, alone: bool = False
) -> tuple[list[TableRun], list[str]]:
    """What the files with a profile bring to one table: a run for each file, and the problems that stop the load.

    `alone`: other files are not there to be looked into, so a reference to a table without rows is taken as it is.
    """
    started = time.perf_counter()
    read: Counter[str] = Counter()
    dropped: Counter[str] = Counter()
    for part in add(connection, arrived, table):
        read[part.file] += part.read
        dropped[part.file] += part.dropped
    if not read:
        return [], []
    for column in _rejecting(table):
        if not alone or (column.reference and count_rows(connection, f"raw.{column.reference.table}")):
            _reject_orphans(connection, table, column)
    _reject_repeated(connection, table)
    seconds = (time.perf_counter() - started) / len(read)
    booked = [_booked(connection, table, file, rows, dropped[file], seconds) for file, rows in read.items()]
    return (
        [run for run in booked if isinstance(run, TableRun)],
        [problem for wrong in booked if isinstance(wrong, list) for problem in wrong],
    )


def _load_kept(connection: DuckDBPyConnection, kept: Kept, table: Table) -> tuple[list[TableRun], list[str]]:
    """What asked platforms bring to one table: a run for each, and the problems that stop the load."""
    started = time.perf_counter()
    waiting = wait(connection, kept, table, _WAITING)
    if not waiting:
        return [], []
    layout = Layout(table, Path(), (), {column.name: place for place, column in enumerate(table.columns)}, 0, 0)
    type_text(connection, layout, _WAITING, zone_of(connection, table), {})
    for column in _rejecting(table):
        _reject_orphans(connection, table, column)
    _reject_repeated(connection, table)
    seconds = (time.perf_counter() - started) / len(waiting)
    booked = [_booked(connection, table, source, rows, 0, seconds) for source, rows in waiting.items()]
    return (
        [run for run in booked if isinstance(run, TableRun)],
        [problem for wrong in booked if isinstance(wrong, list) for problem in wrong],
    )


def _booked(
    connection: DuckDBPyConnection, table: Table, file: str, read: int, dropped: int, seconds: float
) -> TableRun | list[str]:
    """A file's part in a table, every row of it accounted for; a problem where most of its rows are of no use."""
    loaded = count_rows(connection, f"raw.{table.name} WHERE file = ?", [file])
    rejected = count_rows(connection, f"quarantine WHERE table_name = '{table.name}' AND file = ?", [file])
    if read != loaded + rejected + dropped:
        raise RuntimeError(
            f"{file}: {read} rows read, but {loaded} loaded, {rejected} in quarantine, {dropped} dropped"
        )
    if rejected >= _HOPELESS[0] and rejected > read * _HOPELESS[1]:
        return [_hopeless(connection, table, file, read, rejected)]
    return TableRun(table.name, file, read, loaded, rejected, seconds, dropped)


def _reject_orphans(connection: DuckDBPyConnection, table: Table, column: Column) -> None:
    """Keep apart the rows whose reference is not loaded (never there, or itself in quarantine)."""
    if not (parent := column.reference):
        return
    name = f'"{column.name}"'
    says = f"is not in {parent.table}.csv, or its row there is in quarantine"
    orphans = (
        f"SELECT rowid AS row, file, line, {name} AS value, '{column.name} \"' || {name} || '\" {says}' AS reason "
        f"FROM raw.{table.name} AS child WHERE {name} IS NOT NULL "
        f'AND NOT EXISTS (FROM raw.{parent.table} AS parent WHERE parent."{parent.column}" = child.{name})'
    )
    _move(connection, table, column.name, "reference", orphans)


def _reject_repeated(connection: DuckDBPyConnection, whole: Table) -> None:
    """Keep apart every row after the first with the same key; an empty part of a key equals an empty part."""
    table, keys = f"raw.{whole.name}", [f'"{key}"' for key in whole.key]
    repeated = f"SELECT {', '.join(keys)} FROM {table} GROUP BY ALL HAVING count(*) > 1"
    if not count_rows(connection, f"({repeated})"):
        return
    same = " AND ".join(f"again.{key} IS NOT DISTINCT FROM r.{key}" for key in keys)
    shown = " || ', ' || ".join(f"coalesce(r.{key}::VARCHAR, '')" for key in keys)
    order = f"PARTITION BY {', '.join(f'r.{key}' for key in keys)} ORDER BY r.rowid"
    named = " + ".join(whole.key)
    place = "first || CASE WHEN first_file = file THEN '' ELSE ' of ' || first_file END"
    doubles = (
        f"SELECT row, file, line, value, '{named} \"' || value || '\" stands already in line ' || {place} AS reason "
        f"FROM (SELECT r.rowid AS row, r.file, r.line, {shown} AS value, row_number() OVER ({order}) AS nth, "
        f"first(r.line) OVER ({order}) AS first, first(r.file) OVER ({order}) AS first_file "
        f"FROM {table} AS r WHERE EXISTS (FROM ({repeated}) AS again WHERE {same})) WHERE nth > 1"
    )
    _move(connection, whole, whole.key[0], "repeated", doubles)


def _move(connection: DuckDBPyConnection, table: Table, column: str, rule: str, rows: str) -> None:
    """Move the rows a query names (row, file, line, value, reason) from their table to quarantine."""
    connection.execute(f"CREATE OR REPLACE TABLE {_MOVED} AS {rows}")
    if count_rows(connection, _MOVED):
        connection.execute(
            f"INSERT INTO quarantine SELECT '{table.name}', file, line, '{column}', value, reason, '{rule}' FROM {_MOVED}"
        )
        connection.execute(f"DELETE FROM raw.{table.name} WHERE rowid IN (SELECT row FROM {_MOVED})")


def _hopeless(connection: DuckDBPyConnection, table: Table, file: str, read: int, rejected: int) -> str:
    worst = connection.execute(
        "SELECT column_name, any_value(reason), min(line), count(*) AS n FROM quarantine WHERE table_name = ? AND file = ? "
        "GROUP BY column_name, rule ORDER BY n DESC LIMIT 3",
        [table.name, file],
    ).fetchall()
    said = "; ".join(f"{n} rows, first in line {line}: {reason}" for _, reason, line, n in worst)
    return f"{file}: {rejected} of {read} rows break the rules, so the file has probably changed its form. {said}"
