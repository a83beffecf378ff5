"""Who asked what, where, under which scope, and what came of it: appended under pseudonyms, never changed, gone after its time."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from statistics import median
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.state.line import Line
    from bot.state.pseudonyms import Pseudonyms

_ADD = """
INSERT INTO audit (at, tenant, actor, conversation, kind, query_json, scope, outcome, records, latency_ms)
VALUES (:at, :tenant, :actor, :conversation, :kind, :query_json, :scope, :outcome, :records, :latency_ms)
"""
_LIST = """
SELECT at, tenant, actor, conversation, kind, query_json, scope, outcome, records, latency_ms FROM audit
WHERE (tenant = :tenant OR :tenant = '') AND at >= :since AND at < :until
  AND (actor = :actor OR :actor = '') AND (outcome = :outcome OR :outcome = '') ORDER BY at, id LIMIT :limit
"""
_PURGE = "DELETE FROM audit WHERE at < :before"
ASKED = ("message", "action")
MOST = 1_000_000


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the audit. `actor` is an Entra object id when it is added, its pseudonym when it is listed."""

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


@dataclass(frozen=True, slots=True)
class Asked:
    """What was asked in a span of time, in totals: nothing of it names anybody. `milliseconds` is the median."""

    questions: int
    people: int
    outcomes: tuple[tuple[str, int], ...]
    metrics: tuple[tuple[str, int], ...]
    milliseconds: float | None


class Audit:
    """The audit of all tenants."""

    def __init__(self, line: Line, pseudonyms: Pseudonyms) -> None:
        self._line = line
        self._pseudonyms = pseudonyms

    def who(self, entra_id: str) -> str:
        """Under which mark a known person stands here; there is no way back from a mark."""
        return self._pseudonyms.of(entra_id)

    def kept(self, entry: Entry) -> Entry:
        """An entry as it is written: people, and personal chats, by their marks."""
        own = self._pseudonyms
        return replace(
            entry,
            actor=own.of(entry.actor),
            conversation=own.place(entry.conversation),
            query_json=own.query(entry.query_json),
        )

    async def add(self, entry: Entry) -> None:
        """Append one line; it is kept when this returns. Raises StateUnavailable."""
        written = self.kept(entry)
        values = {name: getattr(written, name) for name in Entry.__slots__}
        await self._line.run(_ADD, {**values, "at": entry.at.timestamp()})

    async def list(
        self, tenant: str, since: datetime, until: datetime, limit: int = 10_000, *, actor: str = "", outcome: str = ""
    ) -> list[Entry]:
        """The lines of a tenant ("": of all) in [since, until), oldest first; of one mark or outcome only, where given."""
        values = {"tenant": tenant, "since": since.timestamp(), "until": until.timestamp(), "limit": limit}
        rows = await self._line.run(_LIST, {**values, "actor": actor, "outcome": outcome})
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

    async def totals(self, tenant: str, since: datetime, until: datetime) -> Asked:
        """Questions and presses of a tenant in [since, until), counted."""
        found = [one for one in await self.list(tenant, since, until, MOST) if one.kind in ASKED]
        took = [one.latency_ms for one in found if one.latency_ms is not None]
        metrics = Counter(
            key for one in found if one.query_json for key in json.loads(one.query_json).get("metrics", [])
        )
        return Asked(
            len(found),
            len({one.actor for one in found if one.actor}),
            tuple(Counter(one.outcome for one in found).most_common()),
            tuple(metrics.most_common(5)),
            median(took) if took else None,
        )

    async def purge(self, before: datetime) -> None:
        """Forget what is older."""
        await self._line.run(_PURGE, {"before": before.timestamp()})
