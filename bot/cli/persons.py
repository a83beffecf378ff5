"""Everything about one person, on the command line: written out for an access request, or erased."""

from __future__ import annotations

import json
import os
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from analytics import erasure, versions
from analytics.erasure import key_in
from analytics.errors import DataError
from analytics.store import Store
from bot.cli.data import run_sync
from bot.state import State

if TYPE_CHECKING:
    from collections.abc import Iterator

    from analytics.progress import Progress
    from analytics.store import Lease
    from bot.events import Clock
    from bot.settings import Settings

COLUMNS = "SELECT table_name, list(column_name) FROM duckdb_columns() WHERE database_name = $name AND data_type = 'VARCHAR' GROUP BY 1 ORDER BY 1"


@dataclass(frozen=True, slots=True)
class Known:
    """One person as the current version knows them: every id, and every word that stands for them elsewhere."""

    ids: tuple[str, ...]
    words: tuple[str, ...]


async def export(person: str, settings: Settings, store: Path, clock: Clock, out: Path) -> int:
    """Write a JSON file, readable by its owner alone, of all records and all of the bot's memory; how many rows."""
    with _version(store) as lease:
        known = _known(lease, person)
        data = _records(lease, known.ids)
    state = await _open(settings, clock)
    try:
        memory = await state.forgetting.held((*known.ids, *known.words))
    finally:
        await state.close()
    handle = os.open(out, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        told = {"person": person, "ids": known.ids, "written_at": clock().isoformat(), "data": data, "memory": memory}
        json.dump(told, file, ensure_ascii=False, indent=1, default=str)
    return sum(map(len, data.values())) + sum(map(len, memory.values()))


async def erase(
    person: str, settings: Settings, files: Path, store: Path, clock: Clock, progress: Progress
) -> tuple[int, dict[str, int]]:
    """Put the person on the list, build a version without them, drop every other version, clear the bot's memory.

    The number they are removed under, and how many rows of memory by table. DataError leaves the data in use as it was;
    the list is kept, so that erasing can be tried again.
    """
    with _version(store) as lease:
        known = _known(lease, person)
    number = erasure.add(store, known.ids, settings.privacy_key)
    run_sync(files, store, settings, clock(), progress)
    versions.keep_only_current(store)
    state = await _open(settings, clock)
    try:
        forgotten = await state.forgetting.forget((*known.ids, *known.words))
        await state.compact()
    finally:
        await state.close()
    return number, forgotten


async def _open(settings: Settings, clock: Clock) -> State:
    key = key_in(settings.data_dir, settings.privacy_key)
    return await State.open(settings.state_address, clock, settings.state_keys, key)


@contextmanager
def _version(folder: Path) -> Iterator[Lease]:
    store = Store(folder)
    try:
        with store.lease() as lease:
            yield lease
    finally:
        store.close()


def _known(lease: Lease, person: str) -> Known:
    ids = erasure.ids_of(lease.cursor, person)
    if not ids:
        raise DataError(f'No person or worker has the id "{person}". Give the id of the people or workers file.')
    rows = lease.cursor.execute(
        "SELECT unnest([name, upn, entra]) FROM person WHERE list_contains($ids, person) "
        "UNION SELECT name FROM worker WHERE list_contains($ids, worker)",
        {"ids": list(ids)},
    ).fetchall()
    return Known(ids, tuple(sorted({word for (word,) in rows if word})))


def _records(lease: Lease, ids: tuple[str, ...]) -> dict[str, list[dict[str, Any]]]:
    """By table, every row in which one of these ids stands as a cell."""
    name = f"v{lease.snapshot.version}"
    found = {}
    for table, columns in lease.cursor.execute(COLUMNS, {"name": name}).fetchall():
        where = " OR ".join(f'list_contains($ids, "{column}")' for column in columns)
        cursor = lease.cursor.execute(f'SELECT * FROM "{table}" WHERE {where}', {"ids": list(ids)})  # noqa: S608
        names = [one[0] for one in cursor.description or ()]
        rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
        if rows:
            found[table] = rows
    return found
