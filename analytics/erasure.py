"""People to be forgotten: a list that names nobody, honoured by every sync; their records stay, under "Removed person N"."""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import re
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from analytics.errors import DataError
from analytics.tables import TABLES

if TYPE_CHECKING:
    from collections.abc import Iterable

    from duckdb import DuckDBPyConnection

FILE = "erased.json"
KEY_FILE = "privacy.key"
PEOPLE = {"people": "person_id", "workers": "worker_id"}
NAMED = ("name", "email", "upn", "entra_object_id")
GONE_ID, GONE_NAME = "removed-{}", "Removed person {}"
FEWEST_LETTERS = 4
"""Shorter words are only looked for as whole cells: inside a text they would be found in anything."""


@dataclass(frozen=True, slots=True)
class Erased:
    """The list: the number of each person under a mark that only this key makes; the key is kept elsewhere."""

    key: str
    numbers: dict[str, int]

    def mark(self, person: str) -> str:
        """The mark of an id."""
        return hmac.new(self.key.encode(), person.strip().encode(), hashlib.sha256).hexdigest()

    def number(self, person: str | None) -> int | None:
        """The number under which this id is removed; None for everybody else."""
        return self.numbers.get(self.mark(person)) if person else None


def key_in(folder: Path, given: str = "") -> str:
    """The key of the settings, or the one kept in the data directory; made at the first start, readable by its owner alone."""
    if given:
        return given
    path = folder / KEY_FILE
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        made = path.with_name(f"{KEY_FILE}.{os.getpid()}")
        _write(made, secrets.token_urlsafe(32))
        # Of two that start at once, the first one's key stays.
        try:
            os.link(made, path)
        except FileExistsError:
            pass
        finally:
            made.unlink()
    return path.read_text(encoding="ascii").strip()


def read(store: Path, given: str = "") -> Erased:
    """The list of a store; `given` is the key of the settings, if there is one.

    DataError where the list cannot be read or its key is another one, for then nobody may be brought back by a sync.
    """
    path = store / FILE
    if not path.exists():
        return Erased("", {})
    try:
        held = json.loads(path.read_text(encoding="utf-8"))
        numbers = {str(mark): int(number) for mark, number in held["erased"].items()}
        # Lists of earlier releases hold a key of their own.
        found = Erased(str(held["key"]), numbers) if "key" in held else Erased(_kept(store, given), numbers)
        known = "key" in held or hmac.compare_digest(str(held["check"]), found.mark(FILE))
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise DataError(
            f"{path} cannot be read ({type(error).__name__}). Bring it back from a backup, then sync again."
        ) from error
    if not known:
        raise DataError(f"The key of {path} is another one. Bring back {KEY_FILE}, or privacy_key, from a backup.")
    return found


def _kept(store: Path, given: str) -> str:
    return given or (store / KEY_FILE).read_text(encoding="ascii").strip()


def add(store: Path, ids: Iterable[str], given: str = "") -> int:
    """Put one person, known by these ids, on the list; their number."""
    erased = read(store, given)
    own = bool(erased.key) and "key" in json.loads((store / FILE).read_text(encoding="utf-8"))
    erased = erased if erased.key else Erased(key_in(store, given), {})
    known = [erased.numbers[erased.mark(one)] for one in ids if erased.mark(one) in erased.numbers]
    number = known[0] if known else max(erased.numbers.values(), default=0) + 1
    numbers = {**erased.numbers, **{erased.mark(one): number for one in ids}}
    named = {"key": erased.key} if own else {"check": erased.mark(FILE)}
    path = store / f"{FILE}.tmp"
    _write(path, json.dumps({**named, "erased": numbers}, indent=1))
    path.replace(store / FILE)
    return number


def _write(path: Path, text: str) -> None:
    """A file for its owner alone, on the disk when this returns."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


def ids_of(connection: DuckDBPyConnection, person: str) -> tuple[str, ...]:
    """Every id that a version's tables `person` and `worker` know of one person: an employee, or a freelancer on all platforms."""
    found = connection.execute(
        "SELECT person FROM person WHERE person = $id UNION SELECT unnest([worker, freelancer]) FROM worker "
        "WHERE freelancer IN (SELECT freelancer FROM worker WHERE $id IN (worker, freelancer))",
        {"id": person},
    ).fetchall()
    return tuple(sorted(one for (one,) in found if one))


def forget(connection: DuckDBPyConnection, store: Path, given: str = "") -> int:
    """Take everybody on the list out of what was loaded (`raw.*`, `kept.*`, the quarantine); how many were found."""
    erased = read(store, given)
    if not erased.numbers:
        return 0
    known = {
        one: number
        for table, key in {**PEOPLE, "workers ": "person_key"}.items()
        for (one,) in connection.execute(f"SELECT DISTINCT {key} FROM raw.{table.strip()}").fetchall()
        if (number := erased.number(one)) is not None
    }
    if not known:
        return 0
    gone = {one: f"{GONE_ID.format(number)}-{erased.mark(one)[:6]}" for one, number in known.items()}
    words = _words(connection, known)
    _rename(connection, known, gone)
    for schema, table, columns in _texts(connection):
        # Namesakes keep their names: a person's own row has lost its already.
        own = schema == "raw" and table in PEOPLE
        _sweep(connection, f'{schema}."{table}"', [c for c in columns if not (own and c == "name")], words)
    return len(set(known.values()))


def _words(connection: DuckDBPyConnection, known: dict[str, int]) -> dict[str, str]:
    """What stands for a removed person in any text -> what stands there instead."""
    words = {one: GONE_ID.format(number) for one, number in known.items()}
    for table, key in PEOPLE.items():
        named = [name for name in NAMED if any(column.name == name for column in TABLES[table].columns)]
        for row in connection.execute(f"SELECT {key}, {', '.join(named)} FROM raw.{table}").fetchall():
            if row[0] in known:
                gone = GONE_NAME.format(known[row[0]])
                words |= {word: gone for word in row[1:] if word and len(word) >= FEWEST_LETTERS}
    return words


def _rename(connection: DuckDBPyConnection, known: dict[str, int], gone: dict[str, str]) -> None:
    """The ids wherever they are declared to stand, and the names of the people themselves.

    Several profiles of one person keep ids of their own: their contracts are counted by profile.
    """
    connection.execute("CREATE OR REPLACE TEMP TABLE forgotten (id TEXT, gone TEXT, name TEXT)")
    rows = [[one, gone[one], GONE_NAME.format(n)] for one, n in known.items()]
    connection.executemany("INSERT INTO forgotten VALUES (?, ?, ?)", rows)
    for table, key in PEOPLE.items():
        own = {"name": "f.name"} | {n: "NULL" for n in NAMED[1:] if any(c.name == n for c in TABLES[table].columns)}
        said = ", ".join(f"{column} = {value}" for column, value in own.items())
        connection.execute(f"UPDATE raw.{table} AS r SET {said} FROM forgotten f WHERE f.id = r.{key}")
    for name, column in _columns():
        connection.execute(f'UPDATE raw.{name} AS r SET "{column}" = f.gone FROM forgotten f WHERE f.id = r."{column}"')
    connection.execute("UPDATE raw.workers AS r SET person_key = f.gone FROM forgotten f WHERE f.id = r.person_key")
    connection.execute("DROP TABLE forgotten")


def _columns() -> list[tuple[str, str]]:
    """(table, column) of every key of and reference to a person or worker."""
    return [
        (table.name, column.name)
        for table in TABLES.values()
        for column in table.columns
        if (table.name in PEOPLE and column.name == PEOPLE[table.name])
        or (column.reference and column.reference.table in PEOPLE)
    ]


def _texts(connection: DuckDBPyConnection) -> list[tuple[str, str, list[str]]]:
    """Every table being built, with its columns of text."""
    rows = connection.execute(
        "SELECT CASE WHEN database_name = 'raw' THEN 'raw' ELSE schema_name END, table_name, list(column_name) "
        "FROM duckdb_columns() WHERE data_type = 'VARCHAR' AND NOT internal AND database_name IN ('raw', 'building') GROUP BY ALL"
    ).fetchall()
    return [(schema, table, list(columns)) for schema, table, columns in rows]


def _sweep(connection: DuckDBPyConnection, table: str, columns: list[str], words: dict[str, str]) -> None:
    """Take the words out of every text: titles, links, reasons why a row was rejected, cells as they came."""
    ordered = sorted(words, key=len, reverse=True)
    for column in columns:
        inside = [word for word in ordered if len(word) >= FEWEST_LETTERS]
        cell = f'"{column}"'
        held = " OR ".join(f"contains(lower({cell}), ${f'w{i}'})" for i in range(len(inside)))
        values: dict[str, Any] = {f"w{i}": word.lower() for i, word in enumerate(inside)}
        found = connection.execute(f"SELECT DISTINCT {cell} FROM {table} WHERE {held or 'FALSE'}", values).fetchall()
        for (text,) in found:
            said = _without(text, inside, words)
            if said != text:
                connection.execute(f"UPDATE {table} SET {cell} = $new WHERE {cell} = $old", {"new": said, "old": text})


def _without(text: str, ordered: list[str], words: dict[str, str]) -> str:
    for word in ordered:
        text = re.sub(rf"(?<!\w){re.escape(word)}(?!\w)", words[word], text, flags=re.IGNORECASE)
    return text
