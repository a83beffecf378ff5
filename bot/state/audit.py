"""Who asked what, where, under which scope, and what came of it: appended, never changed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.state.line import Line

_ADD = """
INSERT INTO audit (at, tenant, actor, conversation, kind, query_json, scope, outcome, records, latency_ms)
VALUES (:at, :tenant, :actor, :conversation, :kind, :query_json, :scope, :outcome, :records, :latency_ms)
"""
_LIST = """
SELECT at, tenant, actor, conversation, kind, query_json, scope, outcome, records, latency_ms FROM audit
WHERE tenant = :tenant AND at >= :since AND at < :until ORDER BY at, id LIMIT :limit
"""


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the audit. `actor` is an Entra object id; `records` counts what the answer was made of."""

    at: datetime
    tenant: str
    actor: str
    conversation: str
    kind: str
    outcome: str
    query_json: str | None = None
    scope: str | None = None
    records: int | None = None
    latency_ms: float | None = None


class Audit:
    """The audit of all tenants."""

    def __init__(self, line: Line) -> None:
        self._line = line

    async def add(self, entry: Entry) -> None:
        """Append one line; it is kept when this returns. Raises StateUnavailable."""
        values = {name: getattr(entry, name) for name in Entry.__slots__}
        await self._line.run(_ADD, {**values, "at": entry.at.timestamp()})

    async def list(self, tenant: str, since: datetime, until: datetime, limit: int = 10_000) -> list[Entry]:
        """The lines of a tenant in [since, until), oldest first."""
        values = {"tenant": tenant, "since": since.timestamp(), "until": until.timestamp(), "limit": limit}
        rows = await self._line.run(_LIST, values)
        return [
            Entry(
                at=datetime.fromtimestamp(row[0], UTC),
                tenant=row[1],
                actor=row[2],
                conversation=row[3],
                kind=row[4],
                query_json=row[5],
                scope=row[6],
                outcome=row[7],
                records=row[8],
                latency_ms=row[9],
            )
            for row in rows
        ]
