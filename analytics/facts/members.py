"""The members of every dimension as they occur in the data, with names, how often, and what lies above them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

# dimension -> (facts whose column of that name holds its ids, SQL giving id, name, parent, hint of every known member)
NAMED = {
    "team": (
        ("job", "contract", "charge", "headcount", "budget"),
        "SELECT team AS id, name, parent, NULL::VARCHAR AS hint FROM main.team",
    ),
    "division": (
        ("job", "contract", "charge", "headcount", "budget"),
        "SELECT team AS id, name, NULL::VARCHAR AS parent, NULL::VARCHAR AS hint FROM main.team",
    ),
    "job_category": (
        ("job", "contract", "charge", "budget"),
        "SELECT category AS id, name, job_family AS parent, NULL::VARCHAR AS hint FROM main.category",
    ),
    "job_subcategory": (
        ("job", "contract", "charge"),
        "SELECT category AS id, name, job_category AS parent, NULL::VARCHAR AS hint FROM main.category",
    ),
    "supplier": (
        ("contract", "charge", "proposal", "offer"),
        "SELECT supplier AS id, name, NULL::VARCHAR AS parent, NULL::VARCHAR AS hint FROM main.supplier",
    ),
    "freelancer": (
        ("contract", "charge", "proposal", "offer"),
        """SELECT freelancer AS id, min(coalesce(name, worker)) AS name, NULL::VARCHAR AS parent,
        min(worker_country) AS hint FROM main.worker GROUP BY freelancer""",
    ),
    "person": (
        (),
        """SELECT p.person AS id, p.name, p.team AS parent, t.name AS hint
        FROM main.person p LEFT JOIN main.team t ON t.team = p.team""",
    ),
}
PEOPLE = {"poster": ("job", "contract"), "owner": ("job", "contract", "charge", "time_entry", "milestone", "feedback")}
PLAIN = {
    "job_family": ("job", "contract", "charge", "budget"),
    "country": ("job", "contract", "charge", "headcount", "budget"),
    "region": ("job", "contract", "charge", "headcount", "budget"),
    "platform": ("job", "contract", "charge"),
    "source": ("job", "contract", "charge"),
    "contract_type": ("job", "contract", "charge"),
    "status": ("job", "contract", "proposal", "offer", "milestone"),
    "cost_center": ("job", "contract", "charge"),
    "worker_country": ("contract", "charge", "proposal", "offer"),
    "charge_type": ("charge",),
    "end_reason": ("contract", "job"),
    "stage": ("job",),
    "hire_channel": ("proposal", "offer"),
    "engagement_kind": ("contract", "charge"),
    "po_number": ("contract", "charge"),
    "skill": ("job_skill",),
}


def build(connection: DuckDBPyConnection) -> None:
    """Table member(dimension, id, name, label, parent, records): label is the name, with a hint where names repeat."""
    parts = [_named(key, facts, known) for key, (facts, known) in NAMED.items() if facts]
    people = NAMED["person"][1]
    parts += [_named(key, facts, people) for key, facts in PEOPLE.items()]
    parts += [_plain(key, facts) for key, facts in PLAIN.items()]
    connection.execute(f"""CREATE TABLE main.member AS
        WITH every AS ({" UNION ALL ".join(parts)})
        SELECT dimension, id, name, CASE WHEN count(*) OVER (PARTITION BY dimension, lower(name)) > 1
               THEN name || ' (' || coalesce(hint || ', ', '') || id || ')' ELSE name END AS label, parent, records
        FROM every ORDER BY dimension, records DESC, id""")


def _used(key: str, facts: tuple[str, ...]) -> str:
    parts = " UNION ALL ".join(
        f"SELECT {key} AS id, count(*) AS n FROM main.{fact} WHERE {key} IS NOT NULL GROUP BY {key}" for fact in facts
    )
    return f"SELECT id, sum(n)::BIGINT AS records FROM ({parts}) GROUP BY id"


def _named(key: str, facts: tuple[str, ...], known: str) -> str:
    kept = "known.id IS NOT NULL" if key in {"team", "division"} else "used.id IS NOT NULL"
    if key == "division":
        kept = "used.id IS NOT NULL"
    return f"""SELECT '{key}' AS dimension, known.id, known.name, known.parent, known.hint,
        coalesce(used.records, 0) AS records
        FROM ({known}) known LEFT JOIN ({_used(key, facts)}) used ON used.id = known.id WHERE {kept}"""


def _plain(key: str, facts: tuple[str, ...]) -> str:
    return f"""SELECT '{key}' AS dimension, id, id AS name, NULL AS parent, NULL AS hint, records
        FROM ({_used(key, facts)})"""
