"""What is done again and again by a schedule: for whom, where, when next, and whether it stands."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal
from uuid import uuid4

from bot.schedules import Rule
from bot.state.values import moment_of, packed

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bot.events import Clock, Conversation, Person
    from bot.state.line import Line

Standing = Literal["active", "paused", "ended"]

COLUMNS = (
    "id, key, tenant, kind, conversation, owner, rule_json, payload_json, language, locale, state, reason, post, "
    "next_due, created_at"
)
_ADD = f"""
INSERT INTO schedules ({COLUMNS}, changed_at)
VALUES (:id, :key, :tenant, :kind, :conversation, :owner, :rule, :payload, :language, :locale, 'active', '', '',
    :next_due, :at, :at)
ON CONFLICT (key) DO NOTHING RETURNING {COLUMNS}
"""  # noqa: S608 - the names of our own columns
GET = f"SELECT {COLUMNS} FROM schedules WHERE id = :id"  # noqa: S608
_FIND = f"SELECT {COLUMNS} FROM schedules WHERE key = :key"  # noqa: S608
_LISTED = f"""
SELECT {COLUMNS} FROM schedules WHERE tenant = :tenant AND state <> 'ended'
    AND (:kind = '' OR kind = :kind) AND (:owner = '' OR owner = :owner)
    AND (:conversation = '' OR conversation = :conversation)
ORDER BY created_at, id
"""  # noqa: S608
_DUE = f"""
SELECT {COLUMNS} FROM schedules WHERE state = 'active' AND next_due <= :now ORDER BY next_due, id LIMIT :limit
"""  # noqa: S608
_CHANGE = """
UPDATE schedules SET rule_json = :rule, payload_json = :payload, language = :language, locale = :locale, owner = :owner,
    next_due = :next_due, changed_at = :at
WHERE id = :id AND state <> 'ended' RETURNING id
"""
_STAND = """
UPDATE schedules SET state = :state, reason = :reason, changed_at = :at,
    key = CASE WHEN :over = 1 THEN id ELSE key END, next_due = CASE WHEN :moved = 1 THEN :next_due ELSE next_due END
WHERE id = :id AND state = :before RETURNING id
"""
_MOVE = "UPDATE schedules SET next_due = :next WHERE id = :id AND next_due = :before RETURNING id"
_LEAVE = """
UPDATE runs SET state = 'skipped', problem = :why, lease_until = 0, at = :at
WHERE schedule = :schedule AND state IN ('due', 'sending') RETURNING period
"""


@dataclass(frozen=True, slots=True)
class Schedule:
    """One thing that is done again and again. `conversation` is a root id, `owner` an Entra object id.

    `kind` says which handler does it, `payload` is that handler's own JSON; `post` is the activity kept current, if any.
    """

    id: str
    key: str
    tenant: str
    kind: str
    conversation: str
    owner: str
    rule: Rule
    payload: Mapping[str, Any]
    language: str
    locale: str
    state: Standing
    reason: str
    post: str
    next_due: datetime
    created_at: datetime


class Schedules:
    """All schedules of all tenants. Every function raises StateUnavailable."""

    def __init__(self, line: Line, clock: Clock) -> None:
        self._line = line
        self._clock = clock

    async def add(
        self,
        owner: Person,
        kind: str,
        where: Conversation,
        rule: Rule,
        payload: Mapping[str, Any],
        *,
        next_due: datetime,
        key: str = "",
        language: str = "en",
        locale: str = "en_US",
    ) -> Schedule | None:
        """Write one down, due first at `next_due` (now, for at once); None where one under this key is there already."""
        number = uuid4().hex
        values = {
            "id": number,
            "key": key or number,
            "tenant": where.tenant,
            "kind": kind,
            "conversation": where.root,
            "owner": owner.entra_id,
            "rule": packed(rule.to_json()),
            "payload": packed(payload),
            "language": language,
            "locale": locale,
            "next_due": next_due.timestamp(),
            "at": self._now(),
        }
        rows = await self._line.run(_ADD, values)
        return schedule_of(rows[0]) if rows else None

    async def get(self, number: str) -> Schedule | None:
        """One by its id, in whatever state."""
        rows = await self._line.run(GET, {"id": number})
        return schedule_of(rows[0]) if rows else None

    async def find(self, key: str) -> Schedule | None:
        """The one under this key that has not ended."""
        rows = await self._line.run(_FIND, {"key": key})
        return schedule_of(rows[0]) if rows else None

    async def listed(
        self, tenant: str, *, kind: str = "", owner: str = "", conversation: str = ""
    ) -> Sequence[Schedule]:
        """Those that have not ended, the oldest first; an empty word means any."""
        values = {"tenant": tenant, "kind": kind, "owner": owner, "conversation": conversation}
        return [schedule_of(row) for row in await self._line.run(_LISTED, values)]

    async def due(self, now: datetime, limit: int = 100) -> Sequence[Schedule]:
        """Active ones whose moment has come."""
        rows = await self._line.run(_DUE, {"now": now.timestamp(), "limit": limit})
        return [schedule_of(row) for row in rows]

    async def change(
        self,
        one: Schedule,
        *,
        next_due: datetime,
        rule: Rule | None = None,
        payload: Mapping[str, Any] | None = None,
        owner: str = "",
        language: str = "",
        locale: str = "",
    ) -> bool:
        """Another rule, payload or owner from now on; False where it has ended."""
        values = {
            "id": one.id,
            "rule": packed((rule or one.rule).to_json()),
            "payload": packed(one.payload if payload is None else payload),
            "owner": owner or one.owner,
            "language": language or one.language,
            "locale": locale or one.locale,
            "next_due": next_due.timestamp(),
            "at": self._now(),
        }
        return bool(await self._line.run(_CHANGE, values))

    async def pause(self, number: str, reason: str) -> bool:
        """Nothing is done until it is resumed; True for whoever paused it, so that it is told once."""
        return await self._stand(number, "active", "paused", reason)

    async def resume(self, number: str, next_due: datetime) -> bool:
        """Goes on, at `next_due`; False where it was not paused."""
        return await self._stand(number, "paused", "active", "", next_due)

    async def end(self, number: str, reason: str = "") -> bool:
        """For good: what is still due is left undone, and its key is free again. False where it had ended."""
        ended = await self._stand(number, "active", "ended", reason) or await self._stand(
            number, "paused", "ended", reason
        )
        await self._line.run(_LEAVE, {"schedule": number, "why": "ended", "at": self._now()})
        return ended

    async def move(self, one: Schedule, next_due: datetime) -> bool:
        """Due next at this moment; False where somebody else has moved it since it was read."""
        values = {"id": one.id, "next": next_due.timestamp(), "before": one.next_due.timestamp()}
        return bool(await self._line.run(_MOVE, values))

    async def forget(self, entra_id: str) -> int:
        """End whatever belongs to this person, and take their id off it; how many."""
        rows = await self._line.run("SELECT id FROM schedules WHERE owner = :who", {"who": entra_id})
        for (number,) in rows:
            await self.end(number, "forgotten")
        await self._line.run("UPDATE schedules SET owner = '' WHERE owner = :who", {"who": entra_id})
        return len(rows)

    async def _stand(
        self, number: str, before: Standing, state: Standing, reason: str, next_due: datetime | None = None
    ) -> bool:
        values = {
            "id": number,
            "before": before,
            "state": state,
            "over": int(state == "ended"),
            "reason": reason,
            "moved": int(next_due is not None),
            "next_due": next_due.timestamp() if next_due else 0.0,
            "at": self._now(),
        }
        return bool(await self._line.run(_STAND, values))

    def _now(self) -> float:
        return self._clock().timestamp()


def schedule_of(row: Sequence[Any]) -> Schedule:
    """A row of COLUMNS."""
    number, key, tenant, kind, conversation, owner, rule, payload, language, locale, state, reason, post, due, made = (
        row
    )
    return Schedule(
        number,
        key,
        tenant,
        kind,
        conversation,
        owner,
        Rule.from_json(json.loads(rule)),
        json.loads(payload),
        language,
        locale,
        state,
        reason,
        post,
        moment_of(due),
        moment_of(made),
    )
