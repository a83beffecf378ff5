"""Alerts with what is beyond their threshold, what people set for what comes unasked, and receipts of what went to many."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Literal
from uuid import uuid4

from bot.state.values import packed, who

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bot.events import Clock, Person
    from bot.state.line import Line

AlertState = Literal["active", "paused"]
# put: on its way, the outbox knows how it went. nothing: there was nothing to say to this person.
Outcome = Literal["put", "muted", "not_installed", "nothing", "refused"]
KEEP = timedelta(days=400)

_COLUMNS = "id, tenant, owner, query_json, period, audience, said, language, locale, state, reason, seen, over_json, created_at"
_ADD = f"""
INSERT INTO alerts ({_COLUMNS}, changed_at)
VALUES (:id, :tenant, :owner, :query, :period, :audience, :said, :language, :locale, 'active', '', :seen, :over, :at, :at)
"""  # noqa: S608 - the names of our own columns
_LISTED = (
    f"SELECT {_COLUMNS} FROM alerts WHERE tenant = :tenant AND (:owner = '' OR owner = :owner) ORDER BY created_at, id"  # noqa: S608
)
_DUE = f"SELECT {_COLUMNS} FROM alerts WHERE state = 'active' AND seen <> :seen ORDER BY tenant, owner, created_at, id"  # noqa: S608
_CHANGE = """
UPDATE alerts SET query_json = :query, seen = :seen, over_json = :over, state = 'active', reason = '', changed_at = :at
WHERE id = :id RETURNING id
"""
_SETTING = """
INSERT INTO person_settings (tenant, entra_id, name, value, at) VALUES (:tenant, :entra_id, :name, :value, :at)
ON CONFLICT (tenant, entra_id, name) DO UPDATE SET value = :value, at = :at
"""
_RECEIPT = """
INSERT INTO receipts (schedule, period, entra_id, outcome, key, at)
VALUES (:schedule, :period, :entra_id, :outcome, :key, :at) ON CONFLICT (schedule, period, entra_id) DO NOTHING
"""


@dataclass(frozen=True, slots=True)
class Alert:
    """One alert: a Query in its public format with its threshold in `having`.

    `period` is the period as it was said (a code of bot.features.subscriptions.spans), "" where the query's own days
    stand. `audience` is "own", "company" or "". `over` is what was beyond the threshold when it was last looked at:
    {"period": first day or "", "members": {id: value}}.
    """

    id: str
    tenant: str
    owner: str
    query: Mapping[str, Any]
    period: str
    audience: str
    said: str
    language: str
    locale: str
    state: AlertState = "active"
    reason: str = ""
    seen: str = ""
    over: Mapping[str, Any] | None = None
    created_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class SentTo:
    """What became of one person's part of a run."""

    entra_id: str
    outcome: Outcome
    key: str


class Alerts:
    """All alerts of all tenants. Every function raises StateUnavailable."""

    def __init__(self, line: Line, clock: Clock) -> None:
        self._line = line
        self._clock = clock

    async def add(self, alert: Alert) -> Alert:
        """Write one down; it comes back with its id."""
        number = alert.id or uuid4().hex
        at = self._clock().timestamp()
        values = {name: getattr(alert, name) for name in ("tenant", "owner", "period", "audience", "said", "language")}
        lists = {"query": packed(alert.query), "over": packed(alert.over or {})}
        more = {"id": number, "locale": alert.locale, "seen": alert.seen, "at": at}
        await self._line.run(_ADD, {**values, **lists, **more})
        (found,) = [one for one in await self.listed(alert.tenant, alert.owner) if one.id == number]
        return found

    async def listed(self, tenant: str, owner: str = "") -> Sequence[Alert]:
        """Those of one person, or of everyone, the oldest first."""
        return [_alert(row) for row in await self._line.run(_LISTED, {"tenant": tenant, "owner": owner})]

    async def due(self, seen: str) -> Sequence[Alert]:
        """Active ones that have not been looked at in this version of the data on this day; owner by owner."""
        return [_alert(row) for row in await self._line.run(_DUE, {"seen": seen})]

    async def looked(self, one: Alert, seen: str, over: Mapping[str, Any]) -> bool:
        """What was found; False where somebody else has looked since it was read."""
        sql = "UPDATE alerts SET seen = :seen, over_json = :over WHERE id = :id AND seen = :before RETURNING id"
        values = {"id": one.id, "before": one.seen, "seen": seen, "over": packed(over)}
        return bool(await self._line.run(sql, values))

    async def change(self, number: str, query: Mapping[str, Any], seen: str, over: Mapping[str, Any]) -> bool:
        """Another threshold from now on, or on again after a pause; False where it is gone."""
        values = {"id": number, "query": packed(query), "seen": seen, "over": packed(over)}
        return bool(await self._line.run(_CHANGE, {**values, "at": self._clock().timestamp()}))

    async def pause(self, number: str, reason: str) -> bool:
        """Not looked at until it is resumed; True for whoever paused it."""
        sql = """
            UPDATE alerts SET state = 'paused', reason = :reason, changed_at = :at
            WHERE id = :id AND state = 'active' RETURNING id
        """
        values = {"id": number, "reason": reason, "at": self._clock().timestamp()}
        return bool(await self._line.run(sql, values))

    async def remove(self, number: str) -> bool:
        """For good; False where it was gone."""
        return bool(await self._line.run("DELETE FROM alerts WHERE id = :id RETURNING id", {"id": number}))

    async def hand_over(self, tenant: str, owner: str, heir: str) -> int:
        """Somebody else's from now on, and looked at anew with their eyes; how many."""
        sql = """
            UPDATE alerts SET owner = :heir, changed_at = :at, seen = '', over_json = '{}'
            WHERE tenant = :tenant AND owner = :owner RETURNING id
        """
        values = {"tenant": tenant, "owner": owner, "heir": heir, "at": self._clock().timestamp()}
        return len(await self._line.run(sql, values))


class PersonSettings:
    """What people set for themselves: quiet hours, what they have muted. Every function raises StateUnavailable."""

    def __init__(self, line: Line, clock: Clock) -> None:
        self._line = line
        self._clock = clock

    async def set(self, person: Person, name: str, value: object) -> None:
        """Any JSON value under a name."""
        values = {**who(person), "name": name, "value": json.dumps(value), "at": self._clock().timestamp()}
        await self._line.run(_SETTING, values)

    async def get(self, person: Person, name: str) -> Any:
        """The value, or None."""
        sql = "SELECT value FROM person_settings WHERE tenant = :tenant AND entra_id = :entra_id AND name = :name"
        rows = await self._line.run(sql, {**who(person), "name": name})
        return json.loads(rows[0][0]) if rows else None

    async def clear(self, person: Person, name: str) -> bool:
        """Back to as it was; False where nothing was set."""
        sql = "DELETE FROM person_settings WHERE tenant = :tenant AND entra_id = :entra_id AND name = :name RETURNING name"
        return bool(await self._line.run(sql, {**who(person), "name": name}))

    async def those(self, tenant: str, name: str) -> frozenset[str]:
        """Entra object ids of everyone who set this."""
        sql = "SELECT entra_id FROM person_settings WHERE tenant = :tenant AND name = :name"
        return frozenset(row[0] for row in await self._line.run(sql, {"tenant": tenant, "name": name}))


class Receipts:
    """Who was sent what of a run that goes to many. Every function raises StateUnavailable."""

    def __init__(self, line: Line, clock: Clock) -> None:
        self._line = line
        self._clock = clock

    async def note(self, schedule: str, period: str, entra_id: str, outcome: Outcome, key: str = "") -> None:
        """Write it down; what was written before stands."""
        values = {"schedule": schedule, "period": period, "entra_id": entra_id, "outcome": outcome, "key": key}
        await self._line.run(_RECEIPT, {**values, "at": self._clock().timestamp()})

    async def of(self, schedule: str, period: str) -> Sequence[SentTo]:
        """Everyone of one run."""
        sql = "SELECT entra_id, outcome, key FROM receipts WHERE schedule = :schedule AND period = :period ORDER BY at, entra_id"
        return [SentTo(*row) for row in await self._line.run(sql, {"schedule": schedule, "period": period})]

    async def purge(self) -> None:
        """Forget what was long ago."""
        edge = self._clock().timestamp() - KEEP.total_seconds()
        await self._line.run("DELETE FROM receipts WHERE at <= :edge", {"edge": edge})


def _alert(row: Sequence[Any]) -> Alert:
    given = dict(zip(Alert.__slots__, row, strict=True))
    read = {"query": json.loads(given["query"]), "over": json.loads(given["over"])}
    return Alert(**{**given, **read, "created_at": datetime.fromtimestamp(given["created_at"], UTC)})
