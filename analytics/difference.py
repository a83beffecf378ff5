"""What a new version would change: rows by kind that are new, different or gone, and the money and counts that move."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from analytics import versions
from analytics.linked import link_or_copy
from analytics.quoting import quoted
from analytics.store import Store
from analytics.sync import SyncReport

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

# What people call it -> its table, and the column that tells its rows apart.
_ROWS = {
    "charges": ("charge", "charge"),
    "contracts": ("contract", "contract"),
    "jobs": ("job", "job"),
    "time_entries": ("time_entry", "time_entry"),
    "people": ("person", "person"),
    "teams": ("team", "team"),
    "headcount": ("headcount", "concat_ws('/', as_of, team, country, manager, worker_type)"),
    "fx_rates": ("fx", "concat_ws('/', day, currency)"),
}
_MEASURES = {
    "spend": "SELECT sum(amount) FROM {v}.charge WHERE is_spend AND source = 'freelance'",
    "staffing_spend": "SELECT sum(amount) FROM {v}.charge WHERE is_spend AND source = 'staffing'",
    "contracts": "SELECT count(*) FROM {v}.contract WHERE counts",
    "jobs_posted": "SELECT count(*) FROM {v}.job WHERE posted_on IS NOT NULL",
    "hires": "SELECT count(*) FROM {v}.hire",
}


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows of one kind: how many are new, differ from before, or are gone."""

    kind: str
    added: int
    changed: int
    removed: int


@dataclass(frozen=True, slots=True)
class Moved:
    """A metric over everything there is, before and after; money in minor units of the reporting currency."""

    metric: str
    before: int
    after: int


@dataclass(frozen=True, slots=True)
class Difference:
    """Only what differs at all, and the sync that was tried."""

    rows: tuple[Rows, ...]
    moved: tuple[Moved, ...]
    report: SyncReport


@contextmanager
def beside(store: Path) -> Iterator[Path]:
    """A store to try a sync in: it holds the current version, and is gone at the end. The real one is only read."""
    store.mkdir(parents=True, exist_ok=True)
    number = versions.current_or_none(store)
    with tempfile.TemporaryDirectory(prefix=".trial-", dir=store) as made:
        folder = Path(made)
        if number is not None:
            link_or_copy(versions.path_of(store, number), versions.path_of(folder, number))
            (folder / versions.POINTER).write_text(f"v{number}.duckdb\n", encoding="utf-8")
        yield folder


def tried(trial: Path, sync: Callable[[Path], SyncReport]) -> Difference:
    """Sync into a store made by `beside`, and hold what comes of it against what was there. DataError as the sync raises it."""
    before = versions.current_or_none(trial)
    report = sync(trial)
    store = Store(trial)
    try:
        with store.lease() as lease:
            return _compare(lease.cursor, trial, before, report)
    finally:
        store.close()


def _compare(cursor: DuckDBPyConnection, trial: Path, before: int | None, report: SyncReport) -> Difference:
    now, old = f"v{report.version}.main", "old.main"
    if before is None:
        cursor.execute("ATTACH ':memory:' AS old")
        for table in [*(table for table, _ in _ROWS.values()), "hire"]:
            cursor.execute(f"CREATE TABLE old.main.{table} AS FROM {now}.{table} LIMIT 0")
    else:
        cursor.execute(f"ATTACH {quoted(versions.path_of(trial, before))} AS old (READ_ONLY)")
    try:
        rows = [_rows(cursor, kind, old, now) for kind in _ROWS]
        moved = [Moved(name, _one(cursor, sql, old), _one(cursor, sql, now)) for name, sql in _MEASURES.items()]
    finally:
        cursor.execute("DETACH old")
    differ = tuple(one for one in rows if one.added or one.changed or one.removed)
    return Difference(differ, tuple(one for one in moved if one.before != one.after), report)


def _rows(cursor: DuckDBPyConnection, kind: str, old: str, now: str) -> Rows:
    table, key = _ROWS[kind]
    hashed = "SELECT {key} AS key, hash(t) AS said FROM {v}.{table} t"
    was, new = (hashed.format(key=key, v=version, table=table) for version in (old, now))
    ((added, changed, removed),) = cursor.execute(
        f"SELECT count(*) FILTER (was.key IS NULL), count(*) FILTER (was.said <> new.said), count(*) FILTER (new.key IS NULL) "
        f"FROM ({was}) was FULL JOIN ({new}) new ON new.key = was.key"
    ).fetchall()
    return Rows(kind, int(added), int(changed), int(removed))


def _one(cursor: DuckDBPyConnection, sql: str, version: str) -> int:
    return int(cursor.execute(sql.format(v=version)).fetchall()[0][0] or 0)
