"""Builds the next version from a folder of files, checks it, and publishes it with one switch; or changes nothing."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import duckdb
from duckdb import DuckDBPyConnection

from analytics import directory, erasure, mapping, versions
from analytics.errors import DataError
from analytics.importing import TableRun, connect_staging, event_bounds, load
from analytics.importing.adopt import adopt
from analytics.importing.earlier import note, remember
from analytics.importing.kept import Fetched, merge
from analytics.importing.links import HOSTS, keep_links
from analytics.importing.told import findings as told
from analytics.model import Finding, Reporting
from analytics.progress import Progress, Silent
from analytics.quality import CHECKS, guarded, run_checks
from analytics.store import LAYOUT

Build = Callable[[DuckDBPyConnection, Reporting, datetime], None]

_BOOKS = """
CREATE TABLE finding (check_id TEXT, severity TEXT, text TEXT, rows BIGINT, metrics TEXT[], samples TEXT[]);
CREATE TABLE version (layout INTEGER, version INTEGER, synced_at TIMESTAMP, as_of TIMESTAMP, first_day DATE,
    currency TEXT, timezone TEXT, fiscal_year_start_month INTEGER, folder TEXT);
"""


@dataclass(frozen=True, slots=True)
class SyncReport:
    """What one sync did: the version it made, rows by table (read = loaded + quarantined + dropped), findings, seconds."""

    version: int
    as_of: datetime
    tables: tuple[TableRun, ...]
    findings: tuple[Finding, ...]
    seconds: float

    @property
    def read(self) -> int:
        """Rows read from all files."""
        return sum(run.read for run in self.tables)

    @property
    def loaded(self) -> int:
        """Rows now in the version."""
        return sum(run.loaded for run in self.tables)

    @property
    def quarantined(self) -> int:
        """Rows kept apart with their reason."""
        return sum(run.quarantined for run in self.tables)

    @property
    def dropped(self) -> int:
        """Lines that a profile's rules say are no records, or that a later file replaces."""
        return sum(run.dropped for run in self.tables)

    @property
    def rows_per_second(self) -> float:
        """Rows read, end to end: importing, facts, checks and publishing included."""
        return self.read / self.seconds


@dataclass(frozen=True, slots=True)
class Resources:
    """What one sync may use of the machine, how many versions stay on disk, and to which hosts links may lead.

    `privacy_key`: the key of the settings, under which erased people are known; that of the data directory where empty.
    """

    memory_limit: str = "2GB"
    threads: int = 2
    keep: int = 2
    link_hosts: tuple[str, ...] = HOSTS
    privacy_key: str = field(default="", repr=False)


def sync(
    folder: Path,
    store_folder: Path,
    *,
    reporting: Reporting,
    now: datetime,
    build: Build,
    progress: Progress | None = None,
    resources: Resources | None = None,
    accept_losses: bool = False,
) -> SyncReport:
    """Read `folder`, publish the next version in `store_folder`. `now` is aware; DataError leaves the old version.

    What asked platforms gave to the version before stays in it. `accept_losses`: publish although files, columns or many
    rows of the version before are gone.
    """
    resources, shown = resources or Resources(), progress or Silent()
    with _writing(store_folder), versions.only_one(store_folder):
        return make_version(
            folder,
            store_folder,
            reporting=reporting,
            now=now,
            build=build,
            progress=shown,
            resources=resources,
            accept_losses=accept_losses,
        )


def make_version(
    folder: Path,
    store_folder: Path,
    *,
    reporting: Reporting,
    now: datetime,
    build: Build,
    progress: Progress,
    resources: Resources,
    fetched: Sequence[Fetched] = (),
    accept_losses: bool = False,
) -> SyncReport:
    """As `sync`, for whoever holds the store's lock; `fetched` is what asked platforms have given just now."""
    started, shown = time.perf_counter(), progress
    before, links = versions.current_or_none(store_folder), mapping.read(folder)
    with _writing(store_folder):
        number, path = versions.begin(store_folder)
        try:
            with closing(connect_staging(path, resources.memory_limit, resources.threads)) as connection:
                known = versions.path_of(store_folder, before) if before else None
                remember(connection, known)
                kept = merge(connection, known, fetched, now)
                loaded = load(connection, folder, shown, kept)
                if kept.sources:
                    adopt(connection, kept.sources)
                lost = mapping.apply(connection, links)
                erasure.forget(connection, store_folder, resources.privacy_key)
                unlinked = keep_links(connection, resources.link_hosts)
                note(connection, now)
                _work_out(connection, build, reporting, now, shown)
                said = told(connection) if kept.sources else ()
                found = _check(connection, reporting, now, shown, accept_losses=accept_losses)
                findings = (*loaded.findings, *said, *lost, *unlinked, *found)
                _write_books(connection, findings, now.astimezone(ZoneInfo(reporting.timezone)).date())
                as_of = _sign(connection, number, folder, reporting, now)
            _publish(store_folder, number, path, resources.keep, shown)
        finally:
            _clear(path)
    return SyncReport(number, as_of, loaded.tables, findings, time.perf_counter() - started)


@contextmanager
def _writing(folder: Path) -> Iterator[None]:
    try:
        yield
    except (duckdb.IOException, duckdb.TransactionException, duckdb.OutOfMemoryException, OSError) as error:
        why = str(error).splitlines()[0]
        raise DataError(
            f"The version could not be written into {folder} ({why}). The data in use stays as it was. "
            "See that the disk has room, that the folder may be written, and that there is enough memory; then sync again."
        ) from error


def _work_out(
    connection: DuckDBPyConnection, build: Build, reporting: Reporting, now: datetime, progress: Progress
) -> None:
    progress.begin("Working out facts")
    build(connection, reporting, now)
    progress.end()


def _check(
    connection: DuckDBPyConnection, reporting: Reporting, now: datetime, progress: Progress, *, accept_losses: bool
) -> tuple[Finding, ...]:
    """What is doubtful in this version. DataError where it must not be published."""
    return guarded(CHECKS, run_checks(CHECKS, connection, reporting, now, progress), accept_losses=accept_losses)


def _write_books(connection: DuckDBPyConnection, findings: tuple[Finding, ...], today: date) -> None:
    """What is doubtful in this version, and where its directory comes from."""
    connection.execute(_BOOKS)
    connection.execute(directory.TABLE, {"today": today})
    # One transaction, because each of its own would wait for the disk.
    connection.begin()
    for f in findings:
        row = [f.check, f.severity, f.text, f.rows, list(f.metrics), list(f.samples)]
        connection.execute("INSERT INTO finding VALUES (?, ?, ?, ?, ?, ?)", row)
    connection.commit()


def _sign(connection: DuckDBPyConnection, number: int, folder: Path, reporting: Reporting, now: datetime) -> datetime:
    """Write what this version is; the moment its newest event happened."""
    first_day, as_of = event_bounds(connection, reporting, now)
    zone = [reporting.currency, reporting.timezone, reporting.fiscal_year_start_month]
    row = [LAYOUT, number, _naive(now), _naive(as_of), first_day, *zone, str(folder)]
    connection.execute("INSERT INTO version VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", row)
    connection.execute("CHECKPOINT")
    return as_of


def _naive(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(tzinfo=None)


def _publish(folder: Path, number: int, path: Path, keep: int, progress: Progress) -> None:
    progress.begin("Publishing")
    versions.publish(folder, number, path, keep)
    progress.end()


def _clear(path: Path) -> None:
    # After a success the file has its new name; what is still here belongs to a sync that failed.
    for left in (path, path.with_name(path.name + ".wal")):
        left.unlink(missing_ok=True)
    shutil.rmtree(versions.spill_of(path), ignore_errors=True)
