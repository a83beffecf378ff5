"""Where the directory of a version comes from, and of which day it speaks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

TABLE = """CREATE TABLE directory AS
WITH now AS (
    SELECT file, count(*) AS people FROM raw.employment
    WHERE valid_from <= $today AND (valid_to IS NULL OR valid_to > $today) GROUP BY file
)
SELECT r.file AS source, r.kind = 'source' AS asked, r.as_of AS day, coalesce(n.people, 0) AS people
FROM sync_run r LEFT JOIN now n USING (file) WHERE r.table_name = 'employment' AND r.loaded > 0 ORDER BY people DESC, day DESC, source
"""
"""SQL that notes every source of employment and how many people it places today; binds $today."""


@dataclass(frozen=True, slots=True)
class Directory:
    """The source that places most people today: a file, or a platform that was `asked`; `day` is the one it speaks of."""

    source: str
    asked: bool
    day: date

    def age(self, today: date) -> int:
        """In days."""
        return (today - self.day).days


def directory_of(version: DuckDBPyConnection, synced: date) -> Directory:
    """The directory of the version a cursor is on, which was synced that day; a version without lines is of its own day.

    A file read again every night does not grow younger by it, and a file of past lines beside a directory that is asked
    does not make that one old: what counts is where the lines of today come from.
    """
    rows = version.execute("SELECT source, asked, day FROM directory ORDER BY people DESC, day DESC LIMIT 1").fetchall()
    source, asked, day = rows[0] if rows else ("", False, None)
    return Directory(source, asked, min(day or synced, synced))
