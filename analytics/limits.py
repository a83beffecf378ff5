"""How far purchase orders are used up: what was charged to each, against its amount, within a scope."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from analytics.bind import scope_shape, scope_values
from analytics.catalogue import FACTS
from analytics.compile.conditions import scope_condition

if TYPE_CHECKING:
    from datetime import date

    from analytics.model import Scope
    from analytics.store import Lease


@dataclass(frozen=True, slots=True)
class Used:
    """One purchase order in minor units of the reporting currency; `share` is what is used of it."""

    po_number: str
    amount: int
    spent: int

    @property
    def share(self) -> float:
        """Above 1 where more was charged than ordered."""
        return self.spent / self.amount


def purchase_orders(lease: Lease, scope: Scope, today: date) -> list[Used]:
    """Purchase orders of the scope's teams that have not ended, the fullest first; all that was ever charged to them counts."""
    if scope.detail != "named":
        return []
    conditions = scope_condition(scope_shape(scope), FACTS["purchase_order"])
    where = " AND ".join(["amount > 0", "(ends_on IS NULL OR ends_on >= $today)", *(f"({c.sql('duckdb')})" for c in conditions)])  # fmt: skip
    values = {key: value for key, value in scope_values(scope).items() if f"${key}" in where}
    # S608: conditions of our own, values bound.
    sql = f"""
        WITH po AS (SELECT po_number, sum(amount)::BIGINT AS amount FROM purchase_order WHERE {where} GROUP BY po_number)
        SELECT po.po_number, po.amount, coalesce(sum(c.amount) FILTER (WHERE c.is_spend), 0)::BIGINT
        FROM po LEFT JOIN charge c ON c.po_number = po.po_number GROUP BY po.po_number, po.amount ORDER BY 3 / po.amount DESC, 1
    """
    rows = lease.cursor.execute(sql, {**values, "today": today}).fetchall()
    return [Used(*row) for row in rows]
