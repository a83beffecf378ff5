"""Who stands in for whom from when to when, and what the people of a channel may see; kept at hand between changes."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bot.events import Clock, Conversation, Person
    from bot.state.line import Line

# Read again after so long, so that what another replica wrote counts here too.
FRESH_SECONDS = 30.0
MOST_KEPT = 10_000
SLACK = timedelta(days=2)

_NAME = """
INSERT INTO deputies (tenant, principal, deputy, starts, ends, named_by, named_at)
VALUES (:tenant, :principal, :deputy, :starts, :ends, :by, :at) RETURNING id
"""
_OPEN = """
SELECT id, principal, deputy, starts, ends, named_by FROM deputies
WHERE tenant = :tenant AND ended_at IS NULL AND ends > :day ORDER BY starts, id
"""
_END = "UPDATE deputies SET ended_at = :at, ended_by = :by WHERE tenant = :tenant AND id = :id AND ended_at IS NULL RETURNING id"
_SET = """
INSERT INTO channel_scopes (tenant, conversation, scope_json, set_by, set_at) VALUES (:tenant, :id, :scope, :by, :at)
ON CONFLICT (tenant, conversation) DO UPDATE SET scope_json = :scope, set_by = :by, set_at = :at
"""
_GET = "SELECT scope_json FROM channel_scopes WHERE tenant = :tenant AND conversation = :id"


@dataclass(frozen=True, slots=True)
class Deputy:
    """One standing-in: `deputy` for `principal` (Entra object ids) from `starts` until before `ends`."""

    id: int
    principal: str
    deputy: str
    starts: date
    ends: date
    named_by: str

    def runs(self, day: date) -> bool:
        """Whether it holds on this day."""
        return self.starts <= day < self.ends


class Deputies:
    """All deputies of all tenants that have not ended."""

    def __init__(self, line: Line, clock: Clock) -> None:
        self._line = line
        self._clock = clock
        self._kept: dict[str, tuple[float, Sequence[Deputy]]] = {}
        self._changes = 0

    async def name(self, by: Person, principal: str, deputy: str, starts: date, ends: date) -> int:
        """Write one down, named `by` somebody of the tenant; its id."""
        values = {"tenant": by.tenant, "principal": principal, "deputy": deputy, "by": by.entra_id}
        days = {"starts": starts.isoformat(), "ends": ends.isoformat()}
        rows = await self._line.run(_NAME, {**values, **days, "at": self._clock().timestamp()})
        self._changed()
        return int(rows[0][0])

    async def listed(self, tenant: str, today: date) -> Sequence[Deputy]:
        """Those that run or are still to come, the earliest first."""
        now = self._clock().timestamp()
        read, found = self._kept.get(tenant, (float("-inf"), ()))
        if not 0 <= now - read < FRESH_SECONDS:
            changes = self._changes
            # Some slack: "today" depends on the zone of whoever asks.
            rows = await self._line.run(_OPEN, {"tenant": tenant, "day": (today - SLACK).isoformat()})
            found = tuple(
                Deputy(row[0], row[1], row[2], date.fromisoformat(row[3]), date.fromisoformat(row[4]), row[5])
                for row in rows
            )
            if changes == self._changes:
                self._kept[tenant] = (now, found)
        return [one for one in found if one.ends > today]

    async def end(self, tenant: str, number: int, by: str) -> bool:
        """End one before its time, by somebody's word ("" where it ended by itself); False where it had ended already."""
        values = {"tenant": tenant, "id": number, "by": by, "at": self._clock().timestamp()}
        ended = bool(await self._line.run(_END, values))
        self._changed()
        return ended

    async def forget(self, entra_id: str) -> int:
        """Delete whatever names this person, in every tenant; how many lines."""
        values = {"who": entra_id}
        rows = await self._line.run(
            "DELETE FROM deputies WHERE principal = :who OR deputy = :who OR named_by = :who RETURNING id", values
        )
        self._changed()
        return len(rows)

    def _changed(self) -> None:
        # What is being read at this moment was read before the change, so it is not kept either.
        self._changes += 1
        self._kept.clear()


class ChannelScopes:
    """What was set for a channel, as JSON; by tenant and root conversation."""

    def __init__(self, line: Line, clock: Clock) -> None:
        self._line = line
        self._clock = clock
        self._kept: dict[tuple[str, str], tuple[float, dict[str, Any] | None]] = {}
        self._changes = 0

    async def set(self, where: Conversation, scope: Mapping[str, Any], by: Person) -> None:
        """Keep this for the channel, whatever thread it was said in."""
        key = (where.tenant, where.root)
        values = {"tenant": key[0], "id": key[1], "scope": json.dumps(scope), "by": by.entra_id}
        await self._line.run(_SET, {**values, "at": self._clock().timestamp()})
        self._changes += 1
        self._kept.pop(key, None)

    async def get(self, where: Conversation) -> dict[str, Any] | None:
        """What was set, None where nothing was."""
        key, now = (where.tenant, where.root), self._clock().timestamp()
        read, found = self._kept.get(key, (float("-inf"), None))
        if not 0 <= now - read < FRESH_SECONDS:
            changes = self._changes
            rows = await self._line.run(_GET, {"tenant": key[0], "id": key[1]})
            found = json.loads(rows[0][0]) if rows else None
            if len(self._kept) >= MOST_KEPT:
                self._kept.clear()
            if changes == self._changes:
                self._kept[key] = (now, found)
        return found
