"""Serves published versions: attaches the current file read-only and leases each question a cursor of its own on it."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
from duckdb import DuckDBPyConnection

from analytics import versions
from analytics.errors import DataError
from analytics.model import Finding, Reporting, Snapshot
from analytics.quoting import quoted

LAYOUT = 5
"""Raised when the tables inside a version file change, so that a new program asks for a sync, not for a column."""

LOOK_SECONDS = 0.02
"""For so long the current version is taken to be current without looking at the folder."""

PARSED = 4096
"""How many statements are kept parsed."""


@dataclass(frozen=True, slots=True)
class Lease:
    """One question's hold on a version: nothing of it moves or goes away before the lease ends."""

    snapshot: Snapshot
    cursor: DuckDBPyConnection
    findings: tuple[Finding, ...]
    _parsed: dict[str, duckdb.Statement]

    def columns(self, sql: str, values: dict[str, Any]) -> list[list[Any]]:
        """What one statement finds, a list per column, None where there is nothing; its text is parsed once and kept."""
        statement = self._parsed.get(sql)
        if statement is None:
            if len(self._parsed) >= PARSED:
                self._parsed.clear()
            statement = self._parsed[sql] = self.cursor.extract_statements(sql)[0]
        # By way of numpy, because a list of tuples of thousands of rows takes longer to make than to compute.
        return [column.tolist() for column in self.cursor.execute(statement, values).fetchnumpy().values()]


@dataclass(slots=True)
class _Version:
    name: str
    snapshot: Snapshot
    findings: tuple[Finding, ...]
    leases: int = 0
    idle: list[DuckDBPyConnection] = field(default_factory=list)


class Store:
    """All versions this process has attached. Safe from any thread: each lease has its own cursor.

    `trouble` says why a newer version could not be taken up while the older one goes on answering.
    """

    def __init__(self, folder: Path, *, memory_limit: str = "1GB", threads: int = 2) -> None:
        self.trouble = ""
        self._folder = folder
        self._lock = threading.Lock()
        self._mark: tuple[int, int] | None = None
        self._looked = float("-inf")
        self._now: _Version | None = None
        self._attached: dict[int, _Version] = {}
        self._parsed: dict[str, duckdb.Statement] = {}
        self._root = duckdb.connect(config={"memory_limit": memory_limit, "threads": str(threads)})
        self._root.execute("SET GLOBAL TimeZone = 'UTC'")

    @property
    def snapshot(self) -> Snapshot:
        """The current version; DataError where there is none."""
        self._look()
        return self._version().snapshot

    @contextmanager
    def lease(self) -> Iterator[Lease]:
        """A cursor on the version that is current now, kept until the block ends; DataError where there is none."""
        self._look()
        with self._lock:
            version = self._version()
            version.leases += 1
            cursor = version.idle.pop() if version.idle else self._root.cursor().execute(f"USE {version.name}")
        kept = False
        try:
            yield Lease(version.snapshot, cursor, version.findings, self._parsed)
            kept = True
        finally:
            with self._lock:
                version.leases -= 1
                # What an error or an interrupted question leaves in a cursor goes with it.
                if kept:
                    version.idle.append(cursor)
                else:
                    cursor.close()
                self._let_go(version)

    def _look(self) -> None:
        # A turn asks for the version about ten times; asking the file system each time would cost as much as a small query.
        now = time.monotonic()
        if self._now is None or now - self._looked >= LOOK_SECONDS:
            self.refresh()
            self._looked = now

    def refresh(self) -> bool:
        """Take up a newer version if CURRENT has changed; True if so. DataError only where nothing can be served."""
        if self._now is not None and _mark(self._folder) == self._mark:
            return False
        with self._lock:
            return self._take_up()

    def close(self) -> None:
        """Let every file go."""
        with self._lock:
            self._now = None
            self._parsed.clear()
            self._root.close()

    def _take_up(self) -> bool:
        mark, old = _mark(self._folder), self._now
        if old is not None and mark == self._mark:
            return False
        try:
            number = versions.current(self._folder)
            self._now = self._attached.get(number) or self._attach(number)
        except DataError as error:
            if old is None:
                raise
            self._mark, self.trouble = mark, str(error)
            return False
        self._mark, self.trouble = mark, ""
        if old is not None:
            self._let_go(old)
        return self._now is not old

    def _attach(self, number: int) -> _Version:
        path, name = versions.path_of(self._folder, number), f"v{number}"
        try:
            self._root.execute(f"ATTACH {quoted(path)} AS {name} (READ_ONLY)")
        except duckdb.Error as error:
            raise DataError(_unreadable(path, error)) from error
        try:
            version = _Version(name, _snapshot(self._root, number), _findings(self._root, name))
        except (DataError, duckdb.Error, TypeError) as error:
            self._root.execute(f"DETACH {name}")
            raise error if isinstance(error, DataError) else DataError(_unreadable(path, error)) from error
        self._attached[number] = version
        return version

    def _let_go(self, version: _Version) -> None:
        # Detaching a version in use does not fail: it breaks the next query on it. So: only at zero leases.
        if version.leases == 0 and version is not self._now and self._now is not None:
            while version.idle:
                version.idle.pop().close()
            del self._attached[version.snapshot.version]
            self._root.execute(f"DETACH {version.name}")

    def _version(self) -> _Version:
        if self._now is None:
            raise DataError(f"There is no data yet in {self._folder}. {versions.SYNC_FIRST}")
        return self._now


def _mark(folder: Path) -> tuple[int, int] | None:
    # A new pointer is a new file, so these two change even within one tick of the clock.
    try:
        found = (folder / versions.POINTER).stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_ino


def _unreadable(path: Path, why: object) -> str:
    return f"{path} is no version this program can read ({str(why).splitlines()[0]}). {versions.SYNC_FIRST}"


def _snapshot(connection: DuckDBPyConnection, number: int) -> Snapshot:
    row = connection.execute(
        f"SELECT layout, version, as_of, synced_at, first_day, currency, timezone, fiscal_year_start_month FROM v{number}.version"
    ).fetchall()
    if len(row) != 1 or row[0][0] != LAYOUT:
        raise DataError(f"Version {number} was built by another release of this program. {versions.SYNC_FIRST}")
    _, version, as_of, synced_at, first_day, *reporting = row[0]
    if version != number:
        raise DataError(f"The file of version {number} holds version {version}. {versions.SYNC_FIRST}")
    return Snapshot(version, _aware(as_of), _aware(synced_at), first_day, Reporting(*reporting))


def _findings(connection: DuckDBPyConnection, name: str) -> tuple[Finding, ...]:
    rows = connection.execute(f"SELECT check_id, severity, text, rows, metrics, samples FROM {name}.finding").fetchall()
    return tuple(
        Finding(check, level, text, n, tuple(metrics), tuple(keys)) for check, level, text, n, metrics, keys in rows
    )


def _aware(moment: datetime) -> datetime:
    return moment.replace(tzinfo=UTC)
