"""The state of the data in one version: its sources, how much of the money has an owner, what was set aside."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

# A file of the import format says by its name which part of the same export it is; together they are one source.
_SOURCES = """
SELECT CASE WHEN kind = 'file' THEN '' ELSE file END AS source, max(as_of), sum(loaded)::BIGINT, sum(quarantined)::BIGINT
FROM sync_run GROUP BY 1 ORDER BY 2 DESC NULLS LAST, 1
"""
_COVERAGE = """
SELECT sum(abs(amount)) AS whole, sum(abs(amount)) FILTER (team IS NOT NULL),
       sum(abs(amount)) FILTER (job_category IS NOT NULL), sum(abs(amount)) FILTER (owner IS NOT NULL)
FROM charge WHERE is_spend
"""
_REJECTED = """
SELECT file, table_name, coalesce(column_name, ''), coalesce(rule, ''), count(*), min(line) FROM quarantine
GROUP BY ALL ORDER BY 5 DESC, 1, 2, 3, 4
"""


@dataclass(frozen=True, slots=True)
class SourceState:
    """A file with a profile, an asked platform, or, without a name, all files of the import format together."""

    name: str
    until: date | None
    rows: int
    aside: int


@dataclass(frozen=True, slots=True)
class Rejection:
    """Rows of one file that break one rule in one column, and the line of the first."""

    file: str
    table: str
    column: str
    rule: str
    rows: int
    line: int


def sources(cursor: DuckDBPyConnection) -> list[SourceState]:
    """Every source of the version, the most current first."""
    return [SourceState(*row) for row in cursor.execute(_SOURCES).fetchall()]


def coverage(cursor: DuckDBPyConnection) -> dict[str, float]:
    """The share of spend (amounts without their signs) that has a team, a category, an owner; nothing without spend."""
    whole, *parts = cursor.execute(_COVERAGE).fetchall()[0]
    if not whole:
        return {}
    return {
        name: float(part or 0) / float(whole) for name, part in zip(("team", "category", "owner"), parts, strict=True)
    }


def rejections(cursor: DuckDBPyConnection) -> list[Rejection]:
    """What the sync of this version set aside, the most rows first; never the values themselves."""
    return [Rejection(*row) for row in cursor.execute(_REJECTED).fetchall()]
