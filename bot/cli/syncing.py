"""A sync as a process of its own: its job comes as JSON on standard input, what came of it goes out as one line of JSON.

The bot starts it, so that reading files never holds up an answer, and can end it at any moment: a sync that is cut off
leaves the version in use as it is.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from contextlib import ExitStack, redirect_stdout, suppress
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any

from analytics.difference import beside, tried
from analytics.drop import Arrived, Places, Taken, candidate, complete, incoming, look, take_in
from analytics.errors import DataError, InsightsError, SettingsError
from analytics.progress import Silent
from bot.cli.data import run_sync
from bot.outcome import FAILED, WRONG_SETTINGS, Outcome, counts_of
from bot.settings import read_settings
from bot.sources import sync_sources, to_ask

if TYPE_CHECKING:
    from collections.abc import Callable

    from analytics.progress import Progress
    from analytics.sync import SyncReport
    from bot.events import Clock
    from bot.settings import Settings


def places_of(settings: Settings) -> Places:
    """Where files lie and arrive."""
    return Places(settings.files_folder, settings.drop_folder)


def take(
    settings: Settings,
    arrived: list[Arrived],
    clock: Clock,
    progress: Progress,
    *,
    source: str = "",
    store: Path | None = None,
    accept_losses: bool = False,
) -> Taken:
    """Take these files in, ask every source that is set up (or only `source`), publish. Raises SettingsError."""
    sync = partial(
        sync_folder,
        settings=settings,
        clock=clock,
        progress=progress,
        source=source,
        store=store,
        accept_losses=accept_losses,
    )
    return take_in(places_of(settings), arrived, sync, clock())


def sync_folder(
    folder: Path,
    *,
    settings: Settings,
    clock: Clock,
    progress: Progress,
    source: str = "",
    store: Path | None = None,
    accept_losses: bool = False,
) -> SyncReport:
    """Sync this folder, with what is asked of platforms. Raises DataError, SettingsError."""
    into, names = store or settings.data_dir, to_ask(settings, source)
    if names:
        work = sync_sources(folder, into, settings, clock, progress, names=names, accept_losses=accept_losses)
        return asyncio.run(work)
    return run_sync(folder, into, settings, clock(), progress, accept_losses=accept_losses)


def sync_or_take(
    data: Path | None,
    settings: Settings,
    clock: Clock,
    progress: Progress,
    pause: Callable[[float], None],
    **wanted: Any,
) -> Taken:
    """Sync the folder given; without one that of the settings, with what has arrived in the drop folder."""
    if data is None:
        return take(settings, waiting(settings, pause), clock, progress, **wanted)
    return Taken(report=sync_folder(data, settings=settings, clock=clock, progress=progress, **wanted))


def waiting(settings: Settings, pause: Callable[[float], None]) -> list[Arrived]:
    """The complete files of the drop folder; looking twice takes a moment, where there is any file."""
    before = look(settings.drop_folder)
    if before:
        pause(settings.drop_seconds)
    ready = complete(before, look(settings.drop_folder))
    return [Arrived(settings.drop_folder / name) for name in ready]


def outcome_of(taken: Taken) -> Outcome:
    """What came of it, as plain data."""
    report = taken.report
    return Outcome(
        error=taken.error,
        findings=report.findings if report else (),
        used=tuple(taken.used),
        refused=tuple((one.path.name, one.reason) for one in taken.refused),
        waiting=tuple(taken.waiting),
        **(counts_of(report) if report else {}),  # type: ignore[arg-type]
    )


def try_out(settings: Settings, path: Path, profile: str, now: datetime) -> Outcome:
    """What this file would change: a sync of what is there and the file, into a version that nobody will see."""
    places = places_of(settings)
    try:
        places.files.mkdir(parents=True, exist_ok=True)
        made = incoming(places, Arrived(path, profile))
        with beside(settings.data_dir) as trial, candidate(places, [made]) as folder:
            found = tried(trial, lambda store: run_sync(folder, store, settings, now, Silent()))
    except DataError as error:
        return Outcome(error=str(error))
    return Outcome(findings=found.report.findings, rows=found.rows, moved=found.moved, **counts_of(found.report))  # type: ignore[arg-type]


def main() -> int:
    """Do the job on standard input; the exit code says what came of it."""
    job: dict[str, Any] = json.load(sys.stdin)
    with suppress(OSError, AttributeError):
        os.nice(5)  # whoever asks something meanwhile goes first
    out = sys.stdout
    with ExitStack() as quiet:
        quiet.enter_context(redirect_stdout(sys.stderr))
        try:
            settings = read_settings(os.environ, serving=False)
            outcome = _do(job, settings)
            code = outcome.code
        except SettingsError as error:
            outcome, code = Outcome(error=str(error)), WRONG_SETTINGS
        except InsightsError as error:
            outcome, code = Outcome(error=str(error)), FAILED
        except Exception as error:  # noqa: BLE001 - the parent can only be told, and what it says may come from the data
            outcome, code = (
                Outcome(error=f"The sync broke off ({type(error).__name__}). The data in use stays as it was."),
                FAILED,
            )
    out.write(outcome.to_json() + "\n")
    return code


def _do(job: dict[str, Any], settings: Settings) -> Outcome:
    began, clocked = monotonic(), datetime.fromisoformat(job["now"])
    files = [Arrived(Path(one["path"]), one["profile"]) for one in job["files"]]
    if job["kind"] == "trial":
        return try_out(settings, files[0].path, files[0].profile, clocked)
    return outcome_of(take(settings, files, lambda: clocked + timedelta(seconds=monotonic() - began), Silent()))


if __name__ == "__main__":
    sys.exit(main())
