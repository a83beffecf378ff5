"""Checks against the version before: what has shrunk, gone or been rewritten since. A loss guards: the old version stays."""

from __future__ import annotations

from datetime import datetime

from duckdb import DuckDBPyConnection

from analytics.errors import did_you_mean
from analytics.model import Reporting
from analytics.quality.check import Check, Found, rows
from analytics.quality.touched import TOUCHED
from analytics.tables import TABLES

# Files of a full profile take each other's place, so one of them may go; asked platforms are held against their own past.
_GONE = """
SELECT DISTINCT e.file FROM raw.earlier_sync_run e
WHERE e.kind NOT IN ('full', 'source') AND e.loaded > 0 AND e.file NOT IN (SELECT file FROM sync_run) ORDER BY 1
"""

_FEWER = "is_now.n < 0.7 * was.n AND was.n - is_now.n >= 20"
_MORE = "was.n > 0 AND is_now.n > 1.3 * was.n AND is_now.n - was.n >= 1000"

_ENOUGH = 20
_LOST = f"""
SELECT '{{table}}.' || e.column_name || ': ' || e.filled || ' of ' || e.rows || ' before' FROM raw.earlier_filled e
JOIN filled n USING (table_name, column_name)
WHERE e.table_name = '{{table}}' AND e.filled >= {_ENOUGH} AND n.filled = 0 AND n.rows > 0
"""
_EMPTIER = f"""
SELECT '{{table}}.' || e.column_name || ': ' || round(100 * e.filled / e.rows) || '% to ' || round(100 * n.filled / n.rows) || '%'
FROM raw.earlier_filled e JOIN filled n USING (table_name, column_name)
WHERE e.table_name = '{{table}}' AND e.rows >= {_ENOUGH} AND n.rows >= {_ENOUGH} AND n.filled > 0
AND e.filled / e.rows - n.filled / n.rows > 0.2
"""

_RESTATED = """
SELECT platform || ' ' || strftime(month, '%Y-%m') || ': ' || round(changed_from, 2) || ' to ' || round(amount, 2) || ' ' || currency
FROM ledger_month WHERE changed_at > $now - INTERVAL 30 DAY ORDER BY month DESC, platform
"""


def _volume(table: str, changed: str) -> str:
    """Rows that all files bring to a table, then and now."""
    mine = f"table_name = '{table}' AND kind <> 'source'"
    return f"""
    SELECT '{table}: ' || was.n || ' to ' || is_now.n || ' rows'
    FROM (SELECT coalesce(sum(loaded), 0) AS n FROM raw.earlier_sync_run WHERE {mine}) AS was,
         (SELECT coalesce(sum(loaded), 0) AS n FROM sync_run WHERE {mine}) AS is_now WHERE {changed}"""


def _gone(connection: DuckDBPyConnection, _reporting: Reporting, _now: datetime) -> Found:
    files = [row[0] for row in connection.execute(_GONE).fetchall()]
    strangers = [row[0] for row in connection.execute("SELECT file FROM raw.stranger ORDER BY 1").fetchall()]
    near = [f"{file} is missing.{hint}" for file in files if (hint := did_you_mean(file, strangers))]
    return Found(len(files), tuple(files[:5]), " ".join([f"Missing: {', '.join(files[:5])}.", *near]) if files else "")


CHECKS = (
    Check(
        "file_gone", 33, "Files that brought rows to the version before and are missing now", "Put them back.",
        "E", (), _gone, guards=True, needs="raw.earlier_sync_run",
    ),
    *(
        Check(
            f"fewer_{table}", 33, f"{table}, more than 30% fewer rows than in the version before", "See whether the files are whole.",
            "E", TOUCHED[table], rows(_volume(table, _FEWER)), guards=True, needs="raw.earlier_sync_run",
        )
        for table in TABLES
    ),
    *(
        Check(
            f"more_{table}", 33, f"{table}, more than 30% more rows than in the version before", "See whether something came twice.",
            "W", TOUCHED[table], rows(_volume(table, _MORE)), needs="raw.earlier_sync_run",
        )
        for table in TABLES
    ),
    *(
        Check(
            f"lost_column_{table}", 22, f"{table}, columns that were filled in the version before and are empty now",
            "See whether the export has lost or renamed them.",
            "E", TOUCHED[table], rows(_LOST.format(table=table)), guards=True, needs="raw.earlier_filled",
        )
        for table in TABLES
    ),
    *(
        Check(
            f"emptier_{table}", 7, f"{table}, columns with far more empty cells than in the version before",
            "See whether the export has changed.",
            "W", TOUCHED[table], rows(_EMPTIER.format(table=table)), needs="raw.earlier_filled",
        )
        for table in TABLES
    ),
    Check(
        "restated", 30, "Months of the ledger that were closed and have changed in the last 30 days",
        "Reports of these months no longer agree with what was shown before.",
        "W", ("charge",), rows(_RESTATED), needs="ledger_month",
    ),
)  # fmt: skip
