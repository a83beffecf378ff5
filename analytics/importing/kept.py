"""Keeps the rows of asked platforms from version to version: what was fetched is laid over what was known before.

A version file that holds such rows has a schema `kept`: one table per import table, every cell as text, with the source it
came from, when it was first and last seen, a hash that shows change, and whether it is gone; and `kept.source` with each
source's checkpoint, so that data and checkpoint change hands in one step.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
from duckdb import DuckDBPyConnection

from analytics.errors import DataError
from analytics.importing import history
from analytics.importing.told import to_json
from analytics.quoting import quoted
from analytics.sources import End
from analytics.sources.source import CHANGED, NAME_COLUMNS, NAMES
from analytics.tables import TABLES, Table

_COLUMNS = {NAMES: NAME_COLUMNS} | {name: tuple(c.name for c in table.columns) for name, table in TABLES.items()}
_KEYS = {NAMES: ("kind", "native_id")} | {name: table.key for name, table in TABLES.items()}
_BOOKS = "given_by TEXT, first_seen_at TIMESTAMP, last_seen_at TIMESTAMP, row_hash UBIGINT, gone BOOLEAN"
_BOOK_NAMES = "given_by, first_seen_at, last_seen_at, row_hash, gone"
_COLLAPSE = (20, 0.3)
"""A reading that lacks at least so many rows it should hold, and more than this share, has lost a scope: it is not believed."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """One source's reading: a CSV file per table (see Staging), its end, and for how many hours its rows may be kept.

    With `hours` 0 rows are kept until they are gone; else nothing of an earlier reading is carried over.
    """

    source: str
    platform: str
    files: Mapping[str, Path]
    end: End
    hours: int = 0


class Before:
    """The kept rows of one source in a version file; none where there is no file, or none of this source."""

    def __init__(self, file: Path | None, source: str) -> None:
        self._source = source
        self._connection = duckdb.connect()
        self._there = file is not None and _attach(self._connection, file)

    def checkpoint(self) -> dict[str, Any] | None:
        """Where the last reading ended."""
        rows = self._read("SELECT checkpoint FROM before.kept.source WHERE source = ?", "source")
        found: dict[str, Any] | None = json.loads(rows[0][0]) if rows else None
        return found

    def rows(self, table: str, columns: Sequence[str]) -> list[tuple[str, ...]]:
        """These columns of every live row, "" where not known."""
        every = ", ".join(f"coalesce(\"{column}\", '')" for column in columns)
        return self._read(f"SELECT {every} FROM before.kept.{table} WHERE given_by = ? AND NOT gone", table)

    def close(self) -> None:
        """Let the file go."""
        self._connection.close()

    def _read(self, sql: str, table: str) -> list[tuple[str, ...]]:
        if not self._there or table not in _kept_tables(self._connection, "before"):
            return []
        return self._connection.execute(sql, [self._source]).fetchall()


@dataclass(frozen=True, slots=True)
class Kept:
    """What a version being built holds in `kept.*`: its sources, and the import tables of which there are rows."""

    sources: tuple[str, ...] = ()
    tables: frozenset[str] = frozenset()
    counted: Mapping[tuple[str, str], int] = field(default_factory=dict)
    """(source, table) -> rows that the platform itself says there are, of what was read whole just now."""


def merge(connection: DuckDBPyConnection, before: Path | None, fetched: Sequence[Fetched], now: datetime) -> Kept:
    """Fill `kept.*` of the version being built from the version before and what was fetched.

    DataError where a reading lacks so much that it cannot be true.
    """
    moment = now.astimezone(UTC).replace(tzinfo=None)
    attached = before is not None and _attach(connection, before)
    old = _kept_tables(connection, "before") if attached else frozenset()
    try:
        if not fetched and not old:
            return Kept()
        connection.execute("CREATE SCHEMA kept")
        sources = _sources(connection, fetched, moment, known="source" in old)
        for table in _COLUMNS:
            _merge_table(connection, table, fetched, moment, sources, known=table in old)
        for reading in fetched:
            history.write(connection, reading.source, moment, known=old)
        counted = {(one.source, table): n for one in fetched for table, n in one.end.counted.items()}
        return Kept(tuple(sources), _kept_tables(connection, "building") - {NAMES, "source"}, counted)
    finally:
        if attached:
            connection.execute("DETACH before")


def wait(connection: DuckDBPyConnection, kept: Kept, table: Table, into: str) -> dict[str, int]:
    """Put the live rows of a table into `into`, with cells c0, c1, ... as text; how many of each source.

    A platform that the company's own files name already is not added.
    """
    if table.name not in kept.tables:
        return {}
    cells = ", ".join(f'r."{column.name}" AS c{place}' for place, column in enumerate(table.columns))
    keys = ", ".join(f'r."{key}"' for key in table.key)
    rows = history.as_first_owned() if table.name == "contracts" else f"kept.{table.name}"
    known = "AND r.platform NOT IN (SELECT platform FROM raw.platforms)" if table.name == "platforms" else ""
    connection.execute(
        f"CREATE OR REPLACE TABLE {into} AS SELECT {cells}, r.given_by AS file, "
        f"row_number() OVER (PARTITION BY r.given_by ORDER BY {keys}) AS line "
        f"FROM {rows} AS r WHERE NOT r.gone {known} ORDER BY r.given_by, line"
    )
    return dict(connection.execute(f"SELECT file, count(*) FROM {into} GROUP BY file ORDER BY file").fetchall())


def _sources(
    connection: DuckDBPyConnection, fetched: Sequence[Fetched], moment: datetime, *, known: bool
) -> dict[str, bool]:
    """Write kept.source. Every source that has rows in this version -> whether rows of the version before are carried over."""
    connection.execute(
        "CREATE TABLE kept.source "
        "(source TEXT, platform TEXT, checkpoint TEXT, synced_at TIMESTAMP, hours INTEGER, report TEXT)"
    )
    found = {}
    for reading in fetched:
        checkpoint, report = json.dumps(dict(reading.end.checkpoint)), json.dumps(to_json(reading.end.report))
        connection.execute(
            "INSERT INTO kept.source VALUES (?, ?, ?, ?, ?, ?)",
            [reading.source, reading.platform, checkpoint, moment, reading.hours, report],
        )
        found[reading.source] = not reading.hours
    rows = connection.execute("SELECT source, synced_at, hours FROM before.kept.source").fetchall() if known else []
    for source, synced_at, hours in rows:
        if source not in found and (not hours or synced_at + timedelta(hours=hours) > moment):
            connection.execute("INSERT INTO kept.source FROM before.kept.source WHERE source = ?", [source])
            found[source] = True
    return found


def _merge_table(
    connection: DuckDBPyConnection,
    table: str,
    fetched: Sequence[Fetched],
    moment: datetime,
    sources: Mapping[str, bool],
    *,
    known: bool,
) -> None:
    read = {reading.source: reading for reading in fetched}
    if not known and table != NAMES and not any(table in reading.files for reading in fetched):
        return
    every = ", ".join(f'"{column}" TEXT' for column in (*_COLUMNS[table], CHANGED))
    connection.execute(f"CREATE TABLE kept.{table} ({every}, {_BOOKS})")
    for source, carried in sources.items():
        own, reading = table in history.OWN, read.get(source)
        _lay_over(connection, table, source, reading, moment, known=known and (carried or own))
        if reading and known:
            _must_not_have_collapsed(connection, table, reading)


def _lay_over(
    connection: DuckDBPyConnection, table: str, source: str, reading: Fetched | None, moment: datetime, *, known: bool
) -> None:
    """One source's rows of one table: fetched before known; what a complete reading lacks is gone."""
    columns = [f'"{column}"' for column in (*_COLUMNS[table], CHANGED)]
    old = (
        f"SELECT * FROM before.kept.{table} WHERE given_by = $source"
        if known
        else f"SELECT * FROM kept.{table} LIMIT 0"
    )
    if reading is None or table not in {*reading.files, *reading.end.swept, *reading.end.window}:
        connection.execute(f"INSERT INTO kept.{table} BY NAME {old}", {"source": source} if known else {})
        return
    swept = table in reading.end.swept
    keys = " AND ".join(f'f."{key}" IS NOT DISTINCT FROM o."{key}"' for key in _KEYS[table])
    chosen = ", ".join(f"CASE WHEN f.nth IS NULL THEN o.{c} ELSE f.{c} END AS {c}" for c in columns)
    connection.execute(
        f"""INSERT INTO kept.{table} BY NAME
        WITH old AS ({old}), fetched AS ({_read_staged(table, reading.files.get(table))})
        SELECT {chosen}, $source AS given_by, coalesce(o.first_seen_at, $now) AS first_seen_at,
               CASE WHEN f.nth IS NULL THEN o.last_seen_at ELSE $now END AS last_seen_at,
               CASE WHEN f.nth IS NULL THEN o.row_hash ELSE f.row_hash END AS row_hash,
               f.nth IS NULL AND (o.gone OR {swept}) AS gone
        FROM old o FULL JOIN fetched f ON {keys} ORDER BY {", ".join(f'"{key}"' for key in _KEYS[table])}""",
        {"source": source, "now": moment},
    )


def _read_staged(table: str, file: Path | None) -> str:
    """SQL for a staged file: of rows with the same key the last one, as it was read last. Without a file, no rows."""
    if file is None:
        return f"SELECT * EXCLUDE ({_BOOK_NAMES}), 0 AS nth, 0::UBIGINT AS row_hash FROM kept.{table} LIMIT 0"
    columns = [f'"{column}"' for column in (*_COLUMNS[table], CHANGED)]
    declared = ", ".join(f"{column.replace(chr(34), chr(39))}: 'VARCHAR'" for column in columns)
    keys = ", ".join(f'"{key}"' for key in _KEYS[table])
    return (
        f"SELECT * EXCLUDE (place), hash({', '.join(columns)}) AS row_hash FROM (SELECT *, row_number() OVER "
        f"(PARTITION BY {keys} ORDER BY nth DESC) AS place FROM read_csv({quoted(file)}, auto_detect = false, header = true, "
        f"delim = ',', quote = '\"', escape = '\"', columns = {{{declared}, 'nth': 'BIGINT'}})) WHERE place = 1"
    )


def _must_not_have_collapsed(connection: DuckDBPyConnection, table: str, reading: Fetched) -> None:
    column, start = reading.end.window.get(table, ("", ""))
    if table not in reading.end.swept and not column:
        return
    within = f'AND o."{column}" >= $start' if column and table not in reading.end.swept else ""
    keys = " AND ".join(f'n."{key}" IS NOT DISTINCT FROM o."{key}"' for key in _KEYS[table])
    ((known, lost),) = connection.execute(
        f"""SELECT count(*), count(*) FILTER (n.given_by IS NULL OR n.gone OR n.last_seen_at < s.synced_at)
        FROM before.kept.{table} o LEFT JOIN kept.{table} n ON n.given_by = o.given_by AND {keys}
        JOIN kept.source s ON s.source = o.given_by
        WHERE o.given_by = $source AND NOT o.gone {within}""",
        {"source": reading.source} | ({"start": start} if within else {}),
    ).fetchall()
    if lost >= _COLLAPSE[0] and lost > known * _COLLAPSE[1]:
        raise DataError(
            f"{reading.platform} gave only {known - lost:,} of {known:,} {table.replace('_', ' ')} it gave before. The key has "
            "probably lost a scope or a team, so the data in use stays as it was. See what the key may read, then sync again."
        )


def _attach(connection: DuckDBPyConnection, before: Path) -> bool:
    """Whether the version before can be read. One that is damaged is no reason not to build the next."""
    try:
        connection.execute(f"ATTACH {quoted(before)} AS before (READ_ONLY)")
    except duckdb.Error:
        return False
    return True


def _kept_tables(connection: DuckDBPyConnection, database: str) -> frozenset[str]:
    rows = connection.execute(
        "SELECT table_name FROM duckdb_tables() WHERE schema_name = 'kept' AND database_name = ?", [database]
    ).fetchall()
    return frozenset(row[0] for row in rows)
