"""Builds what a platform does not tell from the differences between two readings: what happened to jobs, who owned contracts and at what rate."""

from __future__ import annotations

from collections.abc import Container
from datetime import datetime

from duckdb import DuckDBPyConnection

OWN = frozenset({"job_events", "owner_history"})
"""Tables that hold our own observations; they are carried over even where the platform's rows are not."""

_BOOKS = "$source AS given_by, $now AS first_seen_at, $now AS last_seen_at, 0::UBIGINT AS row_hash, false AS gone"

# A job met for the first time happened as its own dates say; after that every change of state is an event of its own.
_EVENTS = """
INSERT INTO kept.job_events BY NAME
WITH new AS (SELECT * FROM kept.jobs WHERE given_by = $source AND NOT gone
), old AS ({old}
), told AS (
    SELECT n.job_id, 'posted' AS event, n.published_at AS "at" FROM new n ANTI JOIN old USING (job_id)
    UNION ALL
    SELECT n.job_id, n.status, coalesce(n.closed_at, n.source_updated_at) FROM new n LEFT JOIN old o USING (job_id)
    WHERE n.status IN ('filled', 'cancelled') AND n.status IS DISTINCT FROM o.status
    UNION ALL
    SELECT n.job_id, 'reopened', coalesce(n.source_updated_at, $text) FROM new n JOIN old o USING (job_id)
    WHERE n.status = 'open' AND o.status IN ('filled', 'cancelled', 'expired')
)
SELECT job_id, event, "at", {books} FROM told t
WHERE t."at" IS NOT NULL AND NOT EXISTS (FROM kept.job_events k WHERE k.given_by = $source AND k.job_id = t.job_id AND k.event = t.event AND k."at" = t."at")
ORDER BY ALL
"""

# A contract of which something changed: the span that was open ends on the day of the change, and a new one begins. The
# first change opens the history, with what was so until then.
_SPANS = """
CREATE OR REPLACE TEMP TABLE moved AS
SELECT n.contract_id, {new}, {old}, coalesce(n.start_date, left(n.created_at, 10)) AS start,
       greatest(left(coalesce(n.source_updated_at, $text), 10), coalesce(n.start_date, '')) AS day
FROM kept.contracts n JOIN before.kept.contracts o ON o.given_by = n.given_by AND o.contract_id = n.contract_id
WHERE n.given_by = $source AND NOT n.gone AND ({differs});
INSERT INTO kept.{table} BY NAME
SELECT contract_id, start AS valid_from, {then}, {books} FROM moved m
WHERE start < day AND NOT EXISTS (FROM kept.{table} h WHERE h.given_by = $source AND h.contract_id = m.contract_id);
DELETE FROM kept.{table} h USING moved m WHERE h.given_by = $source AND h.contract_id = m.contract_id AND h.valid_from >= m.day;
UPDATE kept.{table} h SET valid_to = m.day FROM moved m
WHERE h.given_by = $source AND h.contract_id = m.contract_id AND (h.valid_to IS NULL OR h.valid_to > m.day);
INSERT INTO kept.{table} BY NAME SELECT contract_id, day AS valid_from, {names}, {books} FROM moved;
"""
_OWNED = ("team_id", "owner_id")
_PAID = ("rate", "rate_unit", "currency")

# Where the platform lists a contract's rates itself, its list is better than what two readings show.
_NO_LIST = """n.rate <> o.rate AND n.rate_unit = o.rate_unit AND n.currency = o.currency AND NOT EXISTS (
    FROM kept.rate_history h WHERE h.given_by = $source AND h.contract_id = n.contract_id AND h.row_hash <> 0)"""

_TABLES = {
    "job_events": ("job_id", "event", "at"),
    "owner_history": ("contract_id", "valid_from", "valid_to", *_OWNED),
    "rate_history": ("contract_id", "valid_from", "valid_to", *_PAID),
}


def write(connection: DuckDBPyConnection, source: str, moment: datetime, *, known: Container[str]) -> None:
    """Add one source's differences between `before.kept` (its tables are `known`) and `kept`. `moment` is naive, UTC."""
    bound: dict[str, object] = {"source": source, "now": moment, "text": f"{moment.isoformat(timespec='seconds')}Z"}
    for table, columns in _TABLES.items():
        every = ", ".join(f'"{column}" TEXT' for column in (*columns, "source_updated_at"))
        connection.execute(
            f"CREATE TABLE IF NOT EXISTS kept.{table} ({every}, given_by TEXT, first_seen_at TIMESTAMP, "
            "last_seen_at TIMESTAMP, row_hash UBIGINT, gone BOOLEAN)"
        )
    tables = {row[0] for row in connection.execute("SELECT table_name FROM duckdb_tables() WHERE schema_name = 'kept' AND database_name = 'building'").fetchall()}  # fmt: skip
    if "jobs" in tables:
        old = "before.kept.jobs WHERE given_by = $source" if "jobs" in known else "kept.jobs LIMIT 0"
        connection.execute(_EVENTS.format(old=f"SELECT job_id, status FROM {old}", books=_BOOKS), bound)
    if "contracts" in tables and "contracts" in known:
        differs = " OR ".join(f"n.{name} IS DISTINCT FROM o.{name}" for name in _OWNED)
        _spans(connection, "owner_history", _OWNED, differs, bound)
        _spans(connection, "rate_history", _PAID, _NO_LIST, bound)


def _spans(
    connection: DuckDBPyConnection, table: str, names: tuple[str, ...], differs: str, bound: dict[str, object]
) -> None:
    script = _SPANS.format(
        table=table,
        differs=differs,
        books=_BOOKS,
        names=", ".join(names),
        new=", ".join(f"n.{name}" for name in names),
        old=", ".join(f"o.{name} AS old_{name}" for name in names),
        then=", ".join(f"old_{name} AS {name}" for name in names),
    )
    for statement in script.split(";\n"):
        if statement.strip():
            connection.execute(statement, {name: value for name, value in bound.items() if f"${name}" in statement})


def as_first_owned() -> str:
    """SQL for the contracts with the team and owner they began with: later ones stand in their history."""
    return """(SELECT c.* REPLACE (CASE WHEN h.contract_id IS NULL THEN c.team_id ELSE h.team_id END AS team_id,
                                   CASE WHEN h.contract_id IS NULL THEN c.owner_id ELSE h.owner_id END AS owner_id)
    FROM kept.contracts c LEFT JOIN (
        SELECT * FROM kept.owner_history QUALIFY row_number() OVER (PARTITION BY given_by, contract_id ORDER BY valid_from) = 1
    ) h ON h.given_by = c.given_by AND h.contract_id = c.contract_id)"""
