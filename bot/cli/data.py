"""Where commands find their data: the store of versions, or a folder of import files that is synced when it has changed."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING

from analytics import facts
from analytics.engine import Engine
from analytics.store import Store
from analytics.sync import Resources, SyncReport, sync
from analytics.targets import load_goals
from analytics.versions import POINTER, current_or_none, path_of
from bot.settings import reporting_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from analytics.progress import Progress
    from bot.settings import Settings

KEPT = ".versions"


def run_sync(
    files: Path, store: Path, settings: Settings, now: datetime, progress: Progress, *, accept_losses: bool = False
) -> SyncReport:
    """Build and publish a version of these files, `accept_losses` as in `sync`. Raises DataError."""
    return sync(
        files,
        store,
        reporting=reporting_of(settings),
        now=now,
        build=facts.build,
        progress=progress,
        resources=Resources(
            keep=max(1, settings.versions_kept), link_hosts=settings.link_hosts, privacy_key=settings.privacy_key
        ),
        accept_losses=accept_losses,
    )


def store_folder(data: Path | None, settings: Settings, now: datetime, progress: Progress) -> Path:
    """The store to answer from: the one set, the folder given, or versions kept beside the import files given."""
    if data is None:
        return settings.data_dir
    if (data / POINTER).exists():
        return data
    kept = data / KEPT
    if _stale(data, kept):
        run_sync(data, kept, settings, now, progress)
    return kept


def _stale(files: Path, kept: Path) -> bool:
    number = current_or_none(kept)
    if number is None:
        return True
    made = path_of(kept, number).stat().st_mtime
    return any(file.stat().st_mtime > made for file in files.iterdir() if file.is_file())


@contextmanager
def open_engine(folder: Path, targets: Path | None = None) -> Iterator[Engine]:
    """An engine over a store, with the company's targets where a file of them is given; closed at the end."""
    store = Store(folder)
    engine = Engine(store, goals=load_goals(targets))
    try:
        yield engine
    finally:
        engine.close()
        store.close()
