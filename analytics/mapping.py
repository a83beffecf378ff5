"""What the company calls a source's teams, categories and people: read from one file, laid over the rows, gaps listed."""

from __future__ import annotations

import json
import os
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from analytics.errors import DataError, did_you_mean
from analytics.model import Finding
from analytics.tables import TABLES

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

FILE = "mapping.toml"
KINDS: Mapping[str, tuple[str, str]] = {
    "team": ("teams", "team_id"),
    "category": ("categories", "category_id"),
    "person": ("people", "person_id"),
}
"""What can be mapped: the kind -> the company's table and its key."""

_KEYS = ("dimension", "value", "to")
_MORE = ("by", "on")

# A charge's money counts as a gap's where the charge has none of this kind, whoever the id was to come from.
_UNRESOLVED = {"team": "c.team IS NULL", "category": "c.job_category IS NULL", "person": "c.owner IS NULL"}
_THROUGH = {
    "charges": "JOIN raw.charges r ON r.charge_id = c.charge",
    "contracts": "JOIN raw.contracts r ON r.contract_id = c.contract",
    "owner_history": (
        "JOIN raw.owner_history r ON r.contract_id = c.contract AND r.valid_from <= c.posted_on "
        "AND (r.valid_to IS NULL OR r.valid_to > c.posted_on)"
    ),
}


@dataclass(frozen=True, slots=True)
class Link:
    """One line of the file: the `value` a source has stands for the company's id `to`. `by` and `on` say whose word it is."""

    dimension: str
    value: str
    to: str
    by: str = ""
    on: str = ""

    @property
    def key(self) -> tuple[str, str]:
        """What it maps, as it is compared."""
        return self.dimension, _folded(self.value)


@dataclass(frozen=True, slots=True)
class Unmapped:
    """A value nobody has mapped: in which tables, how many rows, and the spend that shows as unmapped because of it.

    `amount` is in minor units of the reporting currency; `name` is what the source itself calls it, where that is known.
    """

    dimension: str
    value: str
    name: str
    tables: tuple[str, ...]
    rows: int
    amount: int


def read(folder: Path) -> tuple[Link, ...]:
    """The links of a data folder; none where it has no such file. DataError names every mistake."""
    path = folder / FILE
    if not path.is_file():
        return ()
    try:
        told = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise DataError(f"{FILE} is no TOML file: {error}.") from error
    except OSError as error:
        raise DataError(f"{FILE} cannot be opened ({error.strerror}).") from error
    if problems := list(_mistakes(told)):
        raise DataError("\n".join([f"{FILE} cannot be used:", *(f"- {problem}" for problem in problems)]))
    return tuple(Link(**{key: str(value) for key, value in entry.items()}) for entry in told.get("map", []))


def add(folder: Path, link: Link) -> None:
    """Keep a link, in place of what was said before about the same value. DataError where the file there is broken."""
    links = {one.key: one for one in (*read(folder), link)}
    lines = ["# What values of sources stand for: dimension is team, category or person; `to` is the company's own id."]
    for one in links.values():
        said = {name: getattr(one, name) for name in (*_KEYS, *_MORE) if getattr(one, name)}
        lines += ["", "[[map]]", *(f"{name} = {json.dumps(value, ensure_ascii=False)}" for name, value in said.items())]
    folder.mkdir(parents=True, exist_ok=True)
    made = folder / f"{FILE}.tmp"
    made.write_text("\n".join(lines) + "\n", encoding="utf-8")
    os.replace(made, folder / FILE)  # noqa: PTH105 - replaces on every system


def _mistakes(told: Mapping[str, Any]) -> Iterator[str]:
    if strange := sorted(set(told) - {"map"}):
        yield f'there is no key "{strange[0]}"; expected [[map]] with dimension, value and to.'
    entries = told.get("map", [])
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        yield "map has to be written [[map]], once for each value."
        return
    seen: dict[tuple[str, str], str] = {}
    for number, entry in enumerate(entries, 1):
        where = f"[[map]] number {number}"
        yield from (f'{where} has no "{key}".' for key in _KEYS if not str(entry.get(key, "")).strip())
        yield from (
            f'{where}: there is no key "{key}".{did_you_mean(key, (*_KEYS, *_MORE))}'
            for key in entry
            if key not in {*_KEYS, *_MORE}
        )
        kind, key = str(entry.get("dimension", "")), (str(entry.get("dimension")), _folded(str(entry.get("value"))))
        if kind and kind not in KINDS:
            yield f'{where}: nothing can be mapped to a "{kind}".{did_you_mean(kind, KINDS)} There are: {", ".join(KINDS)}.'
        if key in seen and seen[key] != entry.get("to"):
            yield f'{where}: {kind} "{entry.get("value")}" is mapped twice, to "{seen[key]}" and to "{entry.get("to")}".'
        seen[key] = str(entry.get("to"))


def apply(connection: DuckDBPyConnection, links: Sequence[Link]) -> tuple[Finding, ...]:
    """Put the company's ids in place of the values mapped, in all of `raw.*`; what leads nowhere is a finding."""
    findings = []
    for kind, (table, key) in KINDS.items():
        mine = [link for link in links if link.dimension == kind]
        if not mine:
            continue
        rows = connection.execute(f"SELECT {key}, coalesce(name, {key}) FROM raw.{table}").fetchall()
        known = {str(one): str(name) for one, name in rows}
        lost = [link for link in mine if link.to not in known]
        _replace(connection, kind, {_folded(link.value): link.to for link in mine if link.to in known})
        findings += [_lost(link, known) for link in lost]
    return tuple(findings)


def _replace(connection: DuckDBPyConnection, kind: str, links: Mapping[str, str]) -> None:
    table, key = KINDS[kind]
    connection.execute(
        "CREATE OR REPLACE TABLE raw.linked AS SELECT unnest($said) AS said, unnest($id) AS id",
        {"said": list(links), "id": list(links.values())},
    )
    for name, column in columns_of(kind):
        connection.execute(
            f'UPDATE raw.{name} AS r SET "{column}" = l.id FROM raw.linked l WHERE l.said = lower(trim(r."{column}")) '
            f'AND r."{column}" NOT IN (SELECT {key} FROM raw.{table})'
        )
    connection.execute("DROP TABLE raw.linked")


def _lost(link: Link, known: Mapping[str, str]) -> Finding:
    # Ids and names are compared without capitals, and shown as the company writes them.
    shown = {said.casefold(): said for pair in known.items() for said in pair}
    near = did_you_mean(link.to, shown)
    near = near.replace(near.split('"')[1], shown[near.split('"')[1]]) if near else ""
    text = (
        f'{FILE} maps the {link.dimension} "{link.value}" to "{link.to}", which is not on the list of '
        f"{KINDS[link.dimension][0]}.{near} Correct that line; until then the value counts as unmapped."
    )
    return Finding("mapping_lost", "W", text, 1, (), (link.value,))


def columns_of(kind: str) -> list[tuple[str, str]]:
    """(table, column) of everything that names a team, a category or a person and may name one nobody knows."""
    return [
        (table.name, column.name)
        for table in TABLES.values()
        for column in table.columns
        if column.reference and column.reference.table == KINDS[kind][0] and column.reference.missing == "unmapped"
    ]


def record(connection: DuckDBPyConnection) -> None:
    """Table unmapped of the version being built: every value that leads to nobody, its rows and its spend."""
    kinds = [_gaps(kind) for kind in KINDS]
    native = _native(connection)
    connection.execute(f"""CREATE TABLE main.unmapped AS
        WITH gap AS ({" UNION ALL ".join(kinds)}), money AS ({" UNION ALL ".join(_money(kind) for kind in KINDS)})
        SELECT g.dimension, g.value, any_value(n.name) AS name, list_sort(list(DISTINCT g.table_name)) AS tables,
               sum(g.rows)::BIGINT AS rows, coalesce(any_value(m.amount), 0)::BIGINT AS amount
        FROM gap g LEFT JOIN ({native}) n ON n.kind = g.dimension AND n.native_id = g.value
        LEFT JOIN money m ON m.dimension = g.dimension AND m.value = g.value
        GROUP BY g.dimension, g.value ORDER BY amount DESC, rows DESC, g.dimension, g.value""")


def _gaps(kind: str) -> str:
    table, key = KINDS[kind]
    return " UNION ALL ".join(
        f"SELECT '{kind}' AS dimension, \"{column}\" AS value, '{name}' AS table_name, count(*) AS rows FROM raw.{name} "
        f'WHERE "{column}" IS NOT NULL AND "{column}" NOT IN (SELECT {key} FROM raw.{table}) GROUP BY "{column}"'
        for name, column in columns_of(kind)
    )


def _money(kind: str) -> str:
    """Each charge once for a value, however many of its columns hold it."""
    table, key = KINDS[kind]
    held = " UNION ".join(
        f'SELECT c.charge, r."{column}" AS value FROM main.charge c {_THROUGH[name]} '
        f'WHERE c.is_spend AND {_UNRESOLVED[kind]} AND r."{column}" IS NOT NULL'
        for name, column in columns_of(kind)
        if name in _THROUGH
    )
    return (
        f"SELECT '{kind}' AS dimension, h.value, sum(c.amount) AS amount FROM ({held}) h JOIN main.charge c USING (charge) "
        f"WHERE h.value NOT IN (SELECT {key} FROM raw.{table}) GROUP BY h.value"
    )


def _native(connection: DuckDBPyConnection) -> str:
    """SQL of what asked platforms call their own ids."""
    there = connection.execute(
        "SELECT count(*) FROM duckdb_tables() WHERE schema_name = 'kept' AND table_name = 'names'"
    ).fetchall()[0][0]
    if there:
        return "SELECT kind, native_id, any_value(name) AS name FROM kept.names WHERE NOT gone GROUP BY kind, native_id"
    return "SELECT NULL::VARCHAR AS kind, NULL::VARCHAR AS native_id, NULL::VARCHAR AS name"


def unmapped(cursor: DuckDBPyConnection) -> list[Unmapped]:
    """What the version lists, most money first; nothing where it was made by an earlier release."""
    there = "SELECT 1 FROM duckdb_tables() WHERE database_name = current_database() AND table_name = 'unmapped'"
    if not cursor.execute(there).fetchall():
        return []
    rows = cursor.execute("SELECT dimension, value, name, tables, rows, amount FROM unmapped").fetchall()
    return [
        Unmapped(kind, value, name or "", tuple(tables), rows, amount)
        for kind, value, name, tables, rows, amount in rows
    ]


def targets(cursor: DuckDBPyConnection, kind: str, typed: str, most: int = 15) -> list[tuple[str, str]]:
    """(id, what to show) of the company's teams, categories or people whose name or id holds what was typed.

    Those that begin with it come first. KeyError for a kind that cannot be mapped.
    """
    listed = {
        "team": "SELECT team AS id, name, coalesce(country, '') AS hint FROM team WHERE valid_to IS NULL",
        "category": "SELECT category AS id, name, '' AS hint FROM category",
        "person": "SELECT person AS id, name, coalesce(upn, '') AS hint FROM person",
    }[kind]
    rows = cursor.execute(
        f"SELECT id, name, hint FROM ({listed}) WHERE contains(lower(name), $typed) OR contains(lower(id), $typed) "
        "OR contains(lower(hint), $typed) ORDER BY NOT starts_with(lower(name), $typed), name, id LIMIT $most",
        {"typed": typed.strip().casefold(), "most": most},
    ).fetchall()
    return [(key, " · ".join(part for part in (name, hint, key) if part)) for key, name, hint in rows]


def label_of(cursor: DuckDBPyConnection, kind: str, key: str) -> str:
    """The name behind an id; empty where there is none. KeyError for a kind that cannot be mapped."""
    table, column = {"team": ("team", "team"), "category": ("category", "category"), "person": ("person", "person")}[
        kind
    ]
    rows: Iterable[tuple[str]] = cursor.execute(
        f"SELECT name FROM {table} WHERE {column} = $key", {"key": key}
    ).fetchall()
    return next((str(name) for (name,) in rows), "")


def _folded(value: str) -> str:
    # As SQL compares it: lower case, no space around.
    return value.strip().lower()
