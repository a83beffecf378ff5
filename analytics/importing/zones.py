"""The time zone in which a platform means the plain dates of its files."""

from __future__ import annotations

from duckdb import DuckDBPyConnection

from analytics.errors import did_you_mean
from analytics.quoting import quoted
from analytics.tables import Table

PLATFORMS = "platforms"


def wrong_zones(connection: DuckDBPyConnection, file: str) -> list[str]:
    """The problems that stop the load: zones of `raw.platforms` that do not exist."""
    known = [row[0] for row in connection.execute("SELECT DISTINCT name FROM pg_timezone_names()").fetchall()]
    rows = connection.execute("SELECT line, timezone FROM raw.platforms WHERE timezone IS NOT NULL").fetchall()
    return [
        f'{file}, line {line}, column "timezone": there is no time zone "{zone}"; expected a name such as '
        f"Europe/Berlin.{did_you_mean(zone, known)}"
        for line, zone in rows
        if zone not in known
    ]


def zone_of(connection: DuckDBPyConnection, table: Table) -> str:
    """SQL for the zone of a row's plain dates: its platform's, UTC where that names none."""
    if table.name == PLATFORMS or not any(column.name == "platform" for column in table.columns):
        return "'UTC'"
    rows = connection.execute("SELECT platform, timezone FROM raw.platforms WHERE timezone <> 'UTC'").fetchall()
    named = " ".join(f"WHEN {quoted(platform)} THEN {quoted(zone)}" for platform, zone in rows)
    return f"CASE t_platform {named} ELSE 'UTC' END" if rows else "'UTC'"
