"""Which names exist for a scope: members that occur in its rows, so that no suggestion gives away what lies outside."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analytics.bind import scope_shape, scope_values
from analytics.catalogue import FACTS
from analytics.compile.conditions import scope_condition

if TYPE_CHECKING:
    from collections.abc import Mapping

    from analytics.model import Scope
    from analytics.store import Lease

PEOPLE = ("poster", "owner", "freelancer")
GROUPED = ("team", "division", "cost_center", "po_number")
WHERE = {
    "job": ("team", "division", "poster", "cost_center", "po_number"),
    "contract": ("team", "division", "owner", "freelancer", "cost_center", "po_number"),
    "charge": ("team", "division", "owner", "freelancer", "cost_center", "po_number"),
}
# Teams that exist for a line even before anything happened in them: those headed, those the line sits in, those named.
HEADED = """SELECT team FROM headed WHERE person IN (SELECT unnest($people))
UNION SELECT team FROM seat WHERE person IN (SELECT unnest($people))
UNION SELECT team FROM team_line WHERE ancestor IN (SELECT unnest($teams))"""


def visible(lease: Lease, scope: Scope) -> Mapping[str, frozenset[str]]:
    """For every dimension that the scope narrows, the ids that exist in it; an empty mapping where nothing is hidden."""
    if scope.rows == "none" or scope.detail == "totals":
        return {key: frozenset() for key in (*PEOPLE, *GROUPED)}
    hidden: dict[str, frozenset[str]] = {}
    if scope.rows == "line" or scope.among:
        hidden = _in_line(lease, scope)
    return hidden | ({key: frozenset() for key in PEOPLE} if scope.detail == "groups" else {})


def _in_line(lease: Lease, scope: Scope) -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {key: set() for key in (*PEOPLE, *GROUPED)}
    for fact, keys in WHERE.items():
        conditions = scope_condition(scope_shape(scope), FACTS[fact])
        text = " AND ".join(f"({c.sql('duckdb')})" for c in conditions)
        sets = ", ".join(f"list(DISTINCT {key})" for key in keys)
        values = {k: v for k, v in scope_values(scope).items() if f"${k}" in text}
        row = lease.cursor.execute(f"SELECT {sets} FROM {fact} WHERE {text}", values).fetchone() or ()
        for key, members in zip(keys, row, strict=True):
            found[key] |= {m for m in members or () if m is not None}
    teams = lease.cursor.execute(HEADED, {"people": list(scope.people), "teams": list(scope.teams)}).fetchall()
    if not scope.among:
        found["team"] |= {team for (team,) in teams}
    return {key: frozenset(ids) for key, ids in found.items()}
