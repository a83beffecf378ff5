"""The sample enterprise of the tests: written and synced once in a run, for every process that takes part in it."""

from __future__ import annotations

import os
import pickle
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TypeVar

import pytest

from analytics import facts, sample, versions
from analytics.errors import DataError
from analytics.model import Reporting
from analytics.sample import SampleReport
from analytics.sync import SyncReport, sync
from tests.world import NOW

UNTIL = date(2026, 11, 19)
EMPLOYEES, TEAMS = 2_000, 40
Made = TypeVar("Made")


@dataclass(frozen=True)
class Synced:
    """Its files and its store, which are read and never written to, and what was said when they were made."""

    files: Path
    store: Path
    written: SampleReport
    report: SyncReport


def written_sample(factory: pytest.TempPathFactory) -> SampleReport:
    """The files of the sample enterprise; whoever comes first writes them, the others wait."""

    def write(folder: Path) -> SampleReport:
        return sample.write(folder, until=UNTIL, employees=EMPLOYEES, teams=TEAMS, progress=lambda _: None)

    return _once(factory, "sample", write)


def synced_sample(factory: pytest.TempPathFactory) -> Synced:
    """The same with its store."""
    written = written_sample(factory)

    def make(folder: Path) -> Synced:
        report = sync(written.folder, folder, reporting=Reporting(), now=NOW, build=facts.build)
        return Synced(written.folder, folder, written, report)

    return _once(factory, "sample-store", make)


def _once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], Made]) -> Made:
    """What `make` makes in a folder of this name, kept for every process of the run."""
    base = factory.getbasetemp()
    # What a worker calls its base is a folder in that of the whole run.
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / name
    kept = folder.with_name(f"{name}.pickle")
    with _alone(folder.with_name(f"{name}.lock")):
        if not kept.exists():
            kept.write_bytes(pickle.dumps(make(folder)))
    made: Made = pickle.loads(kept.read_bytes())  # noqa: S301 - written by this very run
    return made


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Hold the folder's lock, however long another process has it; the system frees it where that one was killed."""
    with ExitStack() as held:
        while True:
            try:
                held.enter_context(versions.only_one(folder))
                break
            except DataError:
                time.sleep(0.2)
        yield
