"""Which jobs and contracts of a list somebody may see, with their titles: for texts that hang on single records."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from analytics.bind import scope_shape, scope_values
from analytics.catalogue import FACTS
from analytics.compile.conditions import scope_condition

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from analytics.model import Scope
    from analytics.store import Lease

Kind = Literal["job", "contract"]


def records_seen(lease: Lease, kind: Kind, ids: Collection[str], scope: Scope) -> Mapping[str, str]:
    """Id -> title of those that exist and lie within the scope; none for whoever may see no single records."""
    if scope.detail != "named" or not ids:
        return {}
    conditions = scope_condition(scope_shape(scope), FACTS[kind])
    where = " AND ".join([f"{kind} IN (SELECT unnest($ids))", *(f"({c.sql('duckdb')})" for c in conditions)])
    values = {key: value for key, value in scope_values(scope).items() if f"${key}" in where}
    # S608: the name of one of two tables, and conditions of our own.
    sql = f"SELECT {kind}, title FROM {kind} WHERE {where}"
    return {key: title or "" for key, title in lease.cursor.execute(sql, {**values, "ids": list(ids)}).fetchall()}
