"""Times a sync end to end beside pandas.read_csv(dtype=str) and CREATE TABLE AS on the same files, in one run.

Usage: python -m bench.sync --data DIR [--rounds 3] [--memory]. Each measurement is a process of its own, taken in turns, so that none
finds another's memory. What pandas does not do is on in ours: every cell's type, keys, references, quarantine, all checks,
the file written and flushed. Row counts of every file are compared before anything is timed. With --memory, the highest
memory of a sync of these files and of four times as many rows instead.
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
from analytics.sync import Resources, sync
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


IDS = (
    "worker_id", "person_key", "job_id", "proposal_id", "offer_id", "contract_id", "milestone_id", "charge_id",
    "related_charge_id", "invoice_id", "time_id", "feedback_id",
)  # fmt: skip


def grown(folder: Path, times: int, out: Path) -> None:
    """The same company with so many times the work: every row of it again under ids of its own."""
    with duckdb.connect() as connection:
        for table in TABLES.values():
            if not (source := folder / f"{table.name}.csv").exists():
                continue
            own = [name for name in IDS if name in {column.name for column in table.columns}]
            again = ", ".join(f"CASE WHEN n > 0 THEN {name} || '~' || n ELSE {name} END AS {name}" for name in own)
            rows = f"read_csv('{source}', all_varchar = true, header = true)"
            sql = f"SELECT r.* REPLACE ({again}) FROM {rows} r, range({times}) AS copies(n)" if own else f"FROM {rows}"
            connection.execute(f"COPY ({sql}) TO '{out / source.name}' (HEADER)")


def show_memory(folder: Path) -> None:
    name = "sync: the same with facts"
    with tempfile.TemporaryDirectory() as more:
        grown(folder, 4, Path(more))
        peaks = {}
        for times, data in ((1, folder), (4, Path(more))):
            took = apart(name, data)
            peaks[times] = took.peak
            print(f"{sum(took.rows.values()):>12,} rows  {took.seconds:6.1f} s  peak {took.peak:6.0f} MB", flush=True)
    print(
        f"four times the rows, {peaks[4] / peaks[1]:.2f} times the memory; the engine's own limit is {Resources().memory_limit}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--memory", action="store_true")
    asked = parser.parse_args()
    versions = ", ".join(f"{package} {version(package)}" for package in ("duckdb", "pandas", "pyarrow", "numpy"))
    print(f"{platform()}, Python {python_version()}, {os.cpu_count()} cores; {versions}")
    print(f"load before: {os.getloadavg()[0]:.2f}")
    if asked.memory:
        show_memory(asked.data)
        return
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
