"""Times a sync end to end beside pandas.read_csv(dtype=str) and CREATE TABLE AS on the same files, in one run.

Usage: python -m bench.sync --data DIR [--rounds 3]. Each measurement is a process of its own, taken in turns, so that none
finds another's memory. What pandas does not do is on in ours: every cell's type, keys, references, quarantine, all checks,
the file written and flushed. Row counts of every file are compared before anything is timed.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import resource
import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from platform import platform, python_version

import duckdb
import pandas as pd
from duckdb import DuckDBPyConnection

from analytics import facts
from analytics.model import Reporting
from analytics.sync import sync
from analytics.tables import TABLES

THREADS = 2


@dataclass(frozen=True)
class Took:
    """One measurement: rows of every file, seconds, and the process's highest memory in MB."""

    rows: dict[str, int]
    seconds: float
    peak: float


def no_facts(connection: DuckDBPyConnection, reporting: Reporting, now: datetime) -> None:
    """Import and checks alone: a version without facts."""


def by_pandas(folder: Path) -> dict[str, int]:
    """In memory, which spares it the writing: in its favour."""
    rows = {}
    with duckdb.connect(config={"threads": str(THREADS)}) as connection:
        for name in TABLES:
            if (folder / f"{name}.csv").exists():
                frame = pd.read_csv(folder / f"{name}.csv", dtype=str, keep_default_na=False)
                connection.register("frame", frame)
                connection.execute(f"CREATE TABLE {name} AS SELECT * FROM frame").fetchall()
                connection.unregister("frame")
                rows[name] = len(frame)
    return rows


def by_sync(folder: Path, build: Callable[[DuckDBPyConnection, Reporting, datetime], None]) -> dict[str, int]:
    with tempfile.TemporaryDirectory() as store:
        report = sync(folder, Path(store), reporting=Reporting(), now=datetime.now(UTC), build=build)
    return {run.table: run.read for run in report.tables}


# Add a contestant here; the first is what the others are held against.
CONTESTANTS: dict[str, Callable[[Path], dict[str, int]]] = {
    "pandas + CREATE TABLE AS": by_pandas,
    "sync: import, checks, publish": lambda folder: by_sync(folder, no_facts),
    "sync: the same with facts": lambda folder: by_sync(folder, facts.build),
}


def measure(name: str, folder: Path) -> Took:
    started = time.perf_counter()
    rows = CONTESTANTS[name](folder)
    seconds = time.perf_counter() - started
    return Took(rows, seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


def apart(name: str, folder: Path) -> Took:
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(measure, (name, folder))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args()
    versions = ", ".join(f"{package} {version(package)}" for package in ("duckdb", "pandas", "pyarrow", "numpy"))
    print(f"{platform()}, Python {python_version()}, {os.cpu_count()} cores; {versions}")
    print(f"load before: {os.getloadavg()[0]:.2f}")
    warm = {name: apart(name, asked.data) for name in CONTESTANTS}
    rows = {name: took.rows for name, took in warm.items()}
    assert all(found == rows["pandas + CREATE TABLE AS"] for found in rows.values()), f"not the same rows: {rows}"
    count = sum(next(iter(rows.values())).values())
    size = sum((asked.data / f"{name}.csv").stat().st_size for name in next(iter(rows.values())))
    print(f"{count:,} rows in {len(next(iter(rows.values())))} files, {size / 1e6:.0f} MB; the same in all contestants")
    rounds = [{name: apart(name, asked.data) for name in CONTESTANTS} for _ in range(asked.rounds)]
    base = statistics.median(one["pandas + CREATE TABLE AS"].seconds for one in rounds)
    for name in CONTESTANTS:
        seconds = statistics.median(one[name].seconds for one in rounds)
        peak = max(one[name].peak for one in rounds)
        print(
            f"{name:32s} {seconds:6.2f} s {count / seconds:>10,.0f} rows/s  {base / seconds:5.2f} x  peak {peak:6.0f} MB"
        )
    print(f"load after: {os.getloadavg()[0]:.2f}; medians of {asked.rounds} rounds")


if __name__ == "__main__":
    main()
