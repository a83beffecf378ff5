"""Checks that what was read is whole and adds up: rows counted, periods covered, parts equal to totals, no stray forms."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from duckdb import DuckDBPyConnection

from analytics.importing.files import misspelt
from analytics.model import Reporting
from analytics.quality.check import Check, Find, Found, rows
from analytics.quality.touched import TOUCHED
from analytics.tables import TABLES

_NOT_COUNTED = """
SELECT file || ' > ' || table_name || ': ' || read || ' read, ' || loaded || ' loaded, ' || quarantined || ' in quarantine, '
       || dropped || ' dropped' || coalesce(', ' || counted || ' counted by the platform', '')
FROM sync_run WHERE read <> loaded + quarantined + dropped OR loaded + quarantined < counted
"""

_FACT_OF = {
    "charges": "charge", "contracts": "contract", "jobs": "job", "proposals": "proposal", "offers": "offer",
    "time_entries": "time_entry", "milestones": "milestone", "feedback": "feedback", "headcount": "headcount",
    "budgets": "budget", "purchase_orders": "purchase_order",
}  # fmt: skip

_TWICE = """
SELECT 'by ' || dimension || ': ' || id || ' counts ' || count(*) || ' times' FROM main.member
GROUP BY dimension, id HAVING count(*) > 1
"""
_MONEY = """
SELECT 'in ' || currency || ': ' || r.amount || ' read, ' || f.amount || ' in the facts'
FROM (SELECT currency, sum(amount) AS amount FROM raw.charges GROUP BY 1) r
FULL JOIN (SELECT currency, sum(amount_native) AS amount FROM main.charge GROUP BY 1) f USING (currency)
WHERE r.amount IS DISTINCT FROM f.amount
"""

# A week, or a quarter of the claimed days where that is more, because not every day has a line.
_SHORT = """
WITH day AS (
    SELECT file, min(coalesce(work_from, posted_at::DATE)) AS first, max(coalesce(work_to, posted_at::DATE)) AS last
    FROM raw.charges GROUP BY file
), claim AS (
    SELECT DISTINCT file, profile, period_from, period_to FROM sync_run
    WHERE table_name = 'charges' AND loaded > 0 AND period_to > period_from
), step AS (SELECT *, lead(period_from) OVER (PARTITION BY profile ORDER BY period_from) AS following FROM claim)
SELECT file || ' claims days to ' || period_to || ', its last is ' || last FROM claim JOIN day USING (file)
WHERE period_to - last > greatest(7, (period_to - period_from) // 4)
UNION ALL
SELECT 'nothing from ' || (period_to + 1) || ' to ' || (following - 1) || ', after ' || file FROM step WHERE following > period_to + 1
"""

_SEPARATORS = r"""
SELECT file || ', line ' || line || ': ' || column_name || ' ' || value FROM quarantine
WHERE rule = 'type' AND regexp_full_match(value, '[^0-9]{0,4}-?(\d{1,3}([., ]\d{3})+([.,]\d{1,4})?|\d+,\d{1,4})[^0-9]{0,4}')
"""

_TOTALS = r"""
SELECT charge_id FROM raw.charges WHERE lower(charge_id) SIMILAR TO '(grand |sub)?(total|sum|summe|gesamt|suma|somme|合計)[: ]?.{0,20}'
"""

_GARBLED = " UNION ALL ".join(
    # What two bytes of UTF-8 look like when they are read as Windows text, and what stands for a byte nobody could read.
    f"SELECT '{table}: ' || {column} FROM raw.{table} WHERE contains({column}, chr(65533)) OR "
    f"((contains({column}, 'Ã') OR contains({column}, 'â€')) AND regexp_matches({column}, 'Ã[\\x{{80}}-\\x{{BF}}]|â€'))"
    for table, column in (
        ("people", "name"), ("teams", "name"), ("categories", "name"), ("suppliers", "name"), ("workers", "name"),
        ("jobs", "title"), ("contracts", "title"),
    )
)  # fmt: skip


def _of_facts(read: Callable[[DuckDBPyConnection], list[str]]) -> Find:
    """A check of the facts, which has nothing to say about a version that is built without them."""

    def find(connection: DuckDBPyConnection, _reporting: Reporting, _now: datetime) -> Found:
        there = "SELECT count(*) FROM duckdb_tables() WHERE schema_name = 'main' AND table_name IN ('charge', 'member')"
        if connection.execute(there).fetchall() != [(2,)]:
            return Found(0)
        said = read(connection)
        return Found(len(said), tuple(said[:5]), "; ".join(said[:5]) + "." if said else "")

    return find


def _not_adding_up(connection: DuckDBPyConnection) -> list[str]:
    counts = " UNION ALL ".join(
        f"SELECT '{table}: ' || r || ' rows read, ' || f || ' in the facts' FROM "
        f"(SELECT (SELECT count(*) FROM raw.{table}) AS r, (SELECT count(*) FROM main.{fact}) AS f) WHERE r <> f"
        for table, fact in _FACT_OF.items()
    )
    return [row[0] for sql in (counts, _MONEY, _TWICE) for row in connection.execute(sql).fetchall()]


def _misspelt(table: str) -> Find:
    def find(connection: DuckDBPyConnection, _reporting: Reporting, _now: datetime) -> Found:
        there = connection.execute(
            "SELECT 1 FROM sync_run WHERE table_name = ? AND kind <> 'source'", [table]
        ).fetchall()
        if there:
            return Found(0)
        names = [row[0] for row in connection.execute("SELECT file FROM raw.stranger ORDER BY 1").fetchall()]
        near = [name for name in names if misspelt(name) == table]
        return Found(len(near), tuple(near), f'{", ".join(near)} was not read. Did you mean "{table}.csv"?')

    return find


CHECKS = (
    Check(
        "not_counted", 18, "Files or platforms of which not every row is accounted for", "Send them again.",
        "E", ("charge", "contract", "job"), rows(_NOT_COUNTED), guards=True,
    ),
    Check(
        "not_adding_up", 17, "Totals that are not the sum of their parts", "This is a fault of the program; please report it.",
        "E", ("charge", "contract", "job"), _of_facts(_not_adding_up),
    ),
    Check(
        "short_period", 21, "Files that do not cover the days their name claims, or leave days out between them",
        "Ask for the missing days.",
        "W", ("charge",), rows(_SHORT),
    ),
    Check(
        "separators", 24, "Amounts with thousands separators or a decimal comma", "Write 1250.50, or use a mapping profile.",
        "W", ("charge", "contract", "job"), rows(_SEPARATORS), needs="quarantine",
    ),
    Check(
        "total_rows", 24, "charges.csv, rows that are a total of others", "Take them out; they were counted as ledger lines.",
        "E", ("charge",), rows(_TOTALS), of="charges",
    ),
    Check(
        "garbled", 24, "Names and titles that were saved in one encoding and read in another", 'Export as "CSV UTF-8".',
        "W", (), rows(_GARBLED),
    ),
    *(
        Check(
            f"misspelt_{table.name}", 22, f"{table.name}.csv, which was not sent under its name",
            f"Rename it; without it: {table.without or f'nothing about {table.name}'}.",
            "E", TOUCHED[table.name], _misspelt(table.name), needs="raw.stranger",
        )
        for table in TABLES.values()
        if not table.required
    ),
)  # fmt: skip
