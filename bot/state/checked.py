"""Answers that a program lead has checked: what was asked, what came out then, who looked and when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.state.line import Line

_SET = """
INSERT INTO checked_answers (tenant, key, query_json, digest, value, unit, currency, note, entra_id, at)
VALUES (:tenant, :key, :query_json, :digest, :value, :unit, :currency, :note, :entra_id, :at)
ON CONFLICT (tenant, key) DO UPDATE SET
    query_json = :query_json, digest = :digest, value = :value, unit = :unit, currency = :currency,
    note = :note, entra_id = :entra_id, at = :at
"""


@dataclass(frozen=True, slots=True)
class Check:
    """One checked answer.

    `key` stands for query, period and scope together; `digest` for every number of the answer; `value` is its total, in
    `unit` and `currency` of a Column, None where it has none.
    """

    key: str
    query_json: str
    digest: str
    value: float | None
    unit: str
    currency: str
    note: str
    entra_id: str
    at: datetime


class Checked:
    """Checked answers by tenant."""

    def __init__(self, line: Line) -> None:
        self._line = line

    async def set(self, tenant: str, check: Check) -> None:
        """Keep it, instead of an earlier check of the same."""
        values = {name: getattr(check, name) for name in Check.__slots__}
        await self._line.run(_SET, {**values, "tenant": tenant, "at": check.at.timestamp()})

    async def get(self, tenant: str, key: str) -> Check | None:
        """The check of this query in this period and scope."""
        sql = """
            SELECT key, query_json, digest, value, unit, currency, note, entra_id, at FROM checked_answers
            WHERE tenant = :tenant AND key = :key
        """
        rows = await self._line.run(sql, {"tenant": tenant, "key": key})
        return Check(*(*rows[0][:8], datetime.fromtimestamp(rows[0][8], UTC))) if rows else None

    async def remove(self, tenant: str, key: str) -> bool:
        """Take a check back; False where there was none."""
        sql = "DELETE FROM checked_answers WHERE tenant = :tenant AND key = :key RETURNING key"
        return bool(await self._line.run(sql, {"tenant": tenant, "key": key}))
