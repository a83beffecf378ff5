"""Gives the rows of asked platforms the company's own ids of people, teams and categories, found by id, e-mail or name."""

from __future__ import annotations

from collections.abc import Sequence

from duckdb import DuckDBPyConnection

from analytics.tables import TABLES

# kind of name -> the company's table, its key, the columns a name may match there, and the name's own column
_KINDS: dict[str, tuple[str, str, tuple[str, ...], str]] = {
    "person": ("people", "person_id", ("email", "upn"), "email"),
    "team": ("teams", "team_id", ("name",), "name"),
    "category": ("categories", "category_id", ("name",), "name"),
}


def adopt(connection: DuckDBPyConnection, sources: Sequence[str]) -> None:
    """In rows of these sources, put the company's id where the platform's own stands; what matches nothing stays as it is.

    A match is exact but for case and surrounding space, and only counts where it leads to one id.
    """
    for kind, (table, *_) in _KINDS.items():
        connection.execute(f"CREATE OR REPLACE TEMP TABLE adopted AS {_matches(kind)}")
        for name, column in _columns_to(table):
            connection.execute(
                f'UPDATE raw.{name} AS r SET "{column}" = a.id FROM adopted a WHERE a.native_id = r."{column}" '
                "AND list_contains($sources, r.file)",
                {"sources": list(sources)},
            )


def _columns_to(table: str) -> list[tuple[str, str]]:
    """(table, column) of every reference to a table of the company."""
    return [
        (one.name, column.name)
        for one in TABLES.values()
        for column in one.columns
        if column.reference and column.reference.table == table
    ]


def _matches(kind: str) -> str:
    table, key, words, own = _KINDS[kind]
    every = " UNION ALL ".join(f"SELECT {key} AS id, lower(trim({word})) AS word FROM raw.{table}" for word in words)
    return f"""
    WITH word AS (SELECT word, any_value(id) AS id FROM ({every}) WHERE word <> '' GROUP BY word HAVING count(DISTINCT id) = 1)
    SELECT n.native_id, any_value(w.id) AS id FROM kept.names n JOIN word w ON w.word = lower(trim(n.{own}))
    WHERE n.kind = '{kind}' AND NOT n.gone AND n.native_id NOT IN (SELECT {key} FROM raw.{table})
    GROUP BY n.native_id HAVING count(DISTINCT w.id) = 1"""
