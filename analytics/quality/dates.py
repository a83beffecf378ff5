"""Checks of dates: in order, not in the future, fresh, and without holes."""

from __future__ import annotations

from analytics.quality.check import Check, Find, rows
from analytics.quality.touched import TOUCHED
from analytics.tables import TABLES

# A plain date and a moment in UTC may lie a day apart in the company's zone, so only more than that is out of order.
_ORDERS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("jobs", ("created_at", "approved_at", "published_at", "filled_at")),
    ("jobs", ("published_at", "closed_at")),
    ("offers", ("created_at", "sent_at", "responded_at")),
    ("contracts", ("created_at", "start_date", "end_date")),
    ("contracts", ("start_date", "planned_end_date")),
    ("milestones", ("submitted_at", "approved_at")),
    ("charges", ("work_from", "work_to")),
    ("employment", ("valid_from", "valid_to")),
    ("teams", ("valid_from", "valid_to")),
    ("owner_history", ("valid_from", "valid_to")),
    ("rate_history", ("valid_from", "valid_to")),
    ("budgets", ("period_from", "period_to")),
    ("purchase_orders", ("valid_from", "end_date")),
)
_TABLES_IN_ORDER = tuple(dict.fromkeys(table for table, _ in _ORDERS))
_EVENTS = {
    "jobs": "created_at",
    "proposals": "created_at",
    "contracts": "created_at",
    "charges": "posted_at",
    "time_entries": "work_date",
    "feedback": "given_at",
}


def _backwards(table: str) -> Find:
    pairs = [(a, b) for name, columns in _ORDERS if name == table for a, b in _each_before(columns)]
    wrong = " OR ".join(f'"{a}" > "{b}" + {_slack(table, a, b)}' for a, b in pairs)
    return rows(f"SELECT {_key(table)} FROM raw.{table} WHERE {wrong}")


def _each_before(columns: tuple[str, ...]) -> list[tuple[str, str]]:
    """Every pair, not only neighbours: a cell between two others may be empty."""
    return [(a, b) for i, a in enumerate(columns) for b in columns[i + 1 :]]


def _slack(table: str, earlier: str, later: str) -> str:
    declared = TABLES[table]
    mixed = declared.column(earlier).type != declared.column(later).type
    return "INTERVAL 2 DAY" if mixed else "INTERVAL 0 DAY"


def _key(table: str) -> str:
    return " || ' ' || ".join(f'"{column}"::VARCHAR' for column in TABLES[table].key)


_BEFORE_JOB = """
SELECT p.proposal_id FROM raw.proposals p JOIN raw.jobs j USING (job_id) WHERE p.created_at < coalesce(j.published_at, j.created_at)
"""

_EVERYTHING = " UNION ALL ".join(
    f'SELECT platform, "{column}"::DATE AS day FROM raw.{table}'
    for table, column in _EVENTS.items()
    if "platform" in {c.name for c in TABLES[table].columns}
)

# How often a platform's records come is read off its own days, so a monthly file is not late after a week.
_STALE = f"""
WITH day AS (SELECT DISTINCT platform, day FROM ({_EVERYTHING}) WHERE day <= $today
), gap AS (SELECT *, day - lag(day) OVER (PARTITION BY platform ORDER BY day) AS gap FROM day
), rhythm AS (SELECT platform, max(day) AS newest, greatest(7, 3 * coalesce(median(gap), 7)) AS limit_days FROM gap GROUP BY 1)
SELECT platform || ': newest record ' || newest FROM rhythm WHERE $today - newest > limit_days
"""

# A week is held against the eight before and the eight after it, so that a program that starts or grows shows no gap.
_HOLES = """
WITH week AS (SELECT platform, date_trunc('week', posted_at)::DATE AS week, count(*) AS n FROM raw.charges
              WHERE posted_at <= $now GROUP BY ALL
), span AS (SELECT platform, unnest(range(min(week), max(week), INTERVAL 7 DAY))::DATE AS week FROM week GROUP BY 1
), filled AS (SELECT platform, week, coalesce(n, 0) AS n FROM span LEFT JOIN week USING (platform, week)
), held AS (SELECT *, least(median(n) OVER (PARTITION BY platform ORDER BY week ROWS BETWEEN 8 PRECEDING AND 1 PRECEDING),
                            median(n) OVER (PARTITION BY platform ORDER BY week ROWS BETWEEN 1 FOLLOWING AND 8 FOLLOWING)) AS around,
                   row_number() OVER (PARTITION BY platform ORDER BY week) AS nth FROM filled)
SELECT platform || ': week of ' || week FROM held WHERE nth > 4 AND around >= 5 AND n < 0.1 * around
"""

# A program has a beginning: a few rows more than a year before all others belong to no program.
_EARLY = """
WITH day AS (SELECT "{column}"::DATE AS day, count(*) AS n FROM raw.{table} GROUP BY 1
), step AS (SELECT day, sum(n) OVER (ORDER BY day) AS so_far, sum(n) OVER () AS every, lead(day) OVER (ORDER BY day) AS after FROM day
), begin AS (SELECT max(after) AS day FROM step WHERE after - day > 365 AND so_far <= 0.01 * every)
SELECT {key} FROM raw.{table}, begin WHERE "{column}"::DATE < begin.day
"""

CHECKS = (
    *(
        Check(
            f"order_{table}", 8, f"{table}.csv, rows with dates in the wrong order", "Correct them in the source.",
            "E", TOUCHED[table], _backwards(table), of=table, allowed=0.01,
        )
        for table in _TABLES_IN_ORDER
    ),
    Check(
        "order_proposals", 8, "proposals.csv, proposals older than their job", "Correct them in the source.",
        "E", ("time_to_first_proposal",), rows(_BEFORE_JOB), of="proposals", allowed=0.01,
    ),
    *(
        Check(
            f"future_{table}", 9, f"{table}.csv, rows dated in the future", "They count only once their day has come.",
            "W", TOUCHED[table], rows(f'SELECT {_key(table)} FROM raw.{table} WHERE "{column}" > $now + INTERVAL 1 DAY'), of=table,
        )
        for table, column in _EVENTS.items()
    ),
    *(
        Check(
            f"early_{table}", 9, f"{table}.csv, rows dated more than a year before all others", "See whether the program ran then.",
            "W", TOUCHED[table], rows(_EARLY.format(table=table, column=column, key=_key(table))), of=table,
        )
        for table, column in _EVENTS.items()
    ),
    Check(
        "stale", 19, "Platforms without new records for longer than is usual for them", "Ask for a new export, or see why none came.",
        "W", ("charge", "contract", "job"), rows(_STALE),
    ),
    Check(
        "gap", 20, "Weeks with less than a tenth of the usual ledger lines", "Ask for the files of these weeks.",
        "W", ("charge",), rows(_HOLES),
    ),
)  # fmt: skip
