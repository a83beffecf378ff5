"""Builds the next version from asked platforms and files together: fetch aside, lay over what is known, check, publish."""

from __future__ import annotations

import asyncio
import csv
import shutil
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import IO, Any

from analytics import versions
from analytics.errors import DataError
from analytics.importing.kept import Before, Fetched
from analytics.model import Reporting
from analytics.progress import Progress, Silent
from analytics.sources import Batch, End, Source
from analytics.sources.source import CHANGED, NAME_COLUMNS, NAMES
from analytics.sync import Build, Resources, SyncReport, make_version
from analytics.tables import TABLES

_STAGED = "fetched"


@dataclass(frozen=True, slots=True)
class Asked:
    """A source to ask, and for how many hours what it gives may be kept; 0 = until it is gone."""

    source: Source
    hours: int = 0


class Staging:
    """Writes batches into one CSV file per table: every declared column as text, and `nth`, the order of arrival."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True)
        self._folder = folder
        self._open = ExitStack()
        self._writers: dict[str, tuple[csv.DictWriter[str], frozenset[str]]] = {}
        self.files: dict[str, Path] = {}
        self.rows = 0

    def add(self, batch: Batch) -> None:
        """Write a batch. DataError where a source gives a table or column the import format does not have."""
        writer, columns = self._writers.get(batch.table) or self._begin(batch.table)
        for row in batch.rows:
            if not columns.issuperset(row):
                raise DataError(f"A source gave {batch.table} columns that do not exist: {sorted(set(row) - columns)}.")
            self.rows += 1
            writer.writerow({**row, "nth": str(self.rows)})

    def close(self) -> None:
        """Close all files."""
        self._open.close()

    def _begin(self, table: str) -> tuple[csv.DictWriter[str], frozenset[str]]:
        if table != NAMES and table not in TABLES:
            raise DataError(f"A source gave {table}, which the import format does not have.")
        columns = [*(NAME_COLUMNS if table == NAMES else (c.name for c in TABLES[table].columns)), CHANGED]
        self.files[table] = self._folder / f"{table}.csv"
        file: IO[str] = self._open.enter_context(self.files[table].open("w", encoding="utf-8", newline=""))
        writer = csv.DictWriter(file, [*columns, "nth"], restval="", lineterminator="\n")
        writer.writeheader()
        self._writers[table] = writer, frozenset(columns)
        return self._writers[table]


async def sync_all(
    asked: Sequence[Asked],
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
    """Ask the sources, read `folder`, publish the next version; any DataError leaves the old version in place.

    `accept_losses` as in `sync`.
    """
    shown = progress or Silent()
    with versions.only_one(store_folder):
        staged = store_folder / _STAGED
        shutil.rmtree(staged, ignore_errors=True)
        try:
            fetched = [await _fetch(one, store_folder, staged / one.source.name, now, shown) for one in asked]
            work = partial(
                make_version,
                folder,
                store_folder,
                reporting=reporting,
                now=now,
                build=build,
                fetched=fetched,
                accept_losses=accept_losses,
            )
            return await asyncio.to_thread(work, progress=shown, resources=resources or Resources())
        finally:
            shutil.rmtree(staged, ignore_errors=True)


async def _fetch(asked: Asked, store_folder: Path, staged: Path, now: datetime, progress: Progress) -> Fetched:
    source, number = asked.source, versions.current_or_none(store_folder)
    before = Before(versions.path_of(store_folder, number) if number else None, source.name)
    staging = Staging(staged)
    progress.begin(f"Asking {source.platform}")
    try:
        since: dict[str, Any] | None = None if asked.hours else before.checkpoint()
        end = await _stage(source, since, before, now, staging, progress)
    finally:
        staging.close()
        before.close()
    progress.end()
    return Fetched(source.name, source.platform, staging.files, end, asked.hours)


async def _stage(
    source: Source, since: dict[str, Any] | None, before: Before, now: datetime, staging: Staging, progress: Progress
) -> End:
    end: End | None = None
    async for one in source.records(since, before, now):
        if isinstance(one, End):
            end = one
        else:
            staging.add(one)
            progress.advance(0, f"{staging.rows:,} rows, {one.table}")
    if end is None:
        raise DataError(f"{source.platform} stopped before its end. The data in use stays as it was; sync again.")
    return end
