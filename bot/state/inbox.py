"""What was delivered already: each activity gives one turn, and its second delivery gets the first one's answer."""

from __future__ import annotations

import asyncio
import json
from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from bot.state.line import StateUnavailable

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.events import Clock
    from bot.state.line import Line

KEEP_SECONDS = 24 * 3_600.0
# Longer than any sender waits for an answer: after it, an unfinished turn of another process counts as dead.
LEASE_SECONDS = 30.0
POLL_SECONDS = 0.25
# What is repeated is repeated soon; older answers are read from the database.
REMEMBERED = 1_000

_CLAIM = """
INSERT INTO inbox (tenant, conversation, activity, owner, at) VALUES (:tenant, :conversation, :activity, :owner, :at)
ON CONFLICT (tenant, conversation, activity) DO UPDATE SET owner = :owner, at = :at
WHERE inbox.at <= :expired
    OR (inbox.status IS NULL AND (inbox.at <= :dead OR (:alone = 1 AND inbox.owner <> :owner)))
RETURNING activity
"""
# Whoever was taken for dead and wakes up again changes nothing: the row belongs to another by then.
_FINISH = """
UPDATE inbox SET status = :status, body_json = :body
WHERE tenant = :tenant AND conversation = :conversation AND activity = :activity AND owner = :owner
"""
_READ = """
SELECT status, body_json FROM inbox WHERE tenant = :tenant AND conversation = :conversation AND activity = :activity
"""


_ABANDON = """
DELETE FROM inbox WHERE tenant = :tenant AND conversation = :conversation AND activity = :activity AND status IS NULL
    AND owner = :owner
"""
_OWNER = """
SELECT owner FROM inbox WHERE tenant = :tenant AND conversation = :conversation AND activity = :activity
"""


@dataclass(frozen=True, slots=True)
class Key:
    """What makes two deliveries the same."""

    tenant: str
    conversation: str
    activity: str


@dataclass(frozen=True, slots=True)
class Record:
    """The HTTP answer a delivery got: status, and the invoke body where there was one."""

    status: int
    body: Mapping[str, Any] | None = None


# What a concurrent delivery is told when the first one came to nothing: come again.
ABANDONED = Record(503)


class Inbox:
    """Deliveries of the last 24 hours.

    The row is written before the turn runs and completed before the answer goes out, so neither a restart nor a kill in
    between makes a second turn of a finished one, and an unfinished one is run again. `alone`: no other process shares the
    database, so whatever is unfinished at the start belongs to a dead one.
    """

    def __init__(self, line: Line, clock: Clock, *, alone: bool) -> None:
        self._line = line
        self._clock = clock
        self._alone = 1 if alone else 0
        self._owner = uuid4().hex
        self._running: dict[Key, asyncio.Future[Record]] = {}
        self._since: dict[Key, float] = {}
        # Status and body as they are written: as text a card takes a sixth of the memory.
        self._finished: OrderedDict[Key, tuple[int, str | None]] = OrderedDict()

    async def claim(self, key: Key) -> asyncio.Future[Record] | Record | None:
        """None: the turn is yours, and `finish` or `abandon` must follow. Otherwise its answer, or the future that will hold it.

        Raises StateUnavailable.
        """
        if (written := self._finished.get(key)) is not None:
            return _record(*written)
        if (running := self._running.get(key)) is not None:
            return running
        future = self._running[key] = asyncio.get_running_loop().create_future()
        try:
            mine = await self._claim_row(key)
        except BaseException:
            self._settle(key, ABANDONED)
            raise
        if mine:
            return None
        return await self._other(key, future)

    async def holds(self, key: Key) -> bool:
        """Whether a turn that was claimed here is still ours to answer: after a lease somebody else may have taken it over.

        Asks the database only when the lease is over; one that does not answer says nothing against it.
        """
        if self._now() - self._since.get(key, float("-inf")) < LEASE_SECONDS:
            return True
        try:
            rows = await self._line.run(_OWNER, _values(key))
        except StateUnavailable:
            return True
        return not rows or rows[0][0] == self._owner

    async def finish(self, key: Key, record: Record) -> None:
        """The turn is over and this is its answer. Raises StateUnavailable, after which repeats still get the answer."""
        body = None if record.body is None else json.dumps(record.body, separators=(",", ":"))
        self._keep(key, record.status, body)
        self._settle(key, record)
        values = {**_values(key), "owner": self._owner}
        await self._line.run(_FINISH, {**values, "status": record.status, "body": body})

    async def abandon(self, key: Key) -> None:
        """The turn did not happen: the next delivery gets one. Raises StateUnavailable."""
        self._settle(key, ABANDONED)
        await self._line.run(_ABANDON, {**_values(key), "owner": self._owner})

    async def purge(self) -> None:
        """Forget what is older than 24 hours. Raises StateUnavailable."""
        await self._line.run("DELETE FROM inbox WHERE at <= :expired", {"expired": self._now() - KEEP_SECONDS})

    async def _claim_row(self, key: Key) -> bool:
        now = self._now()
        times = {"at": now, "expired": now - KEEP_SECONDS, "dead": now - LEASE_SECONDS}
        values = {**_values(key), **times, "owner": self._owner, "alone": self._alone}
        self._since[key] = now
        return bool(await self._line.run(_CLAIM, values))

    async def _other(self, key: Key, future: asyncio.Future[Record]) -> asyncio.Future[Record] | Record | None:
        """Somebody else's row: its answer, once there is one, or the turn itself should they have died over it."""
        while not future.done():
            rows = await self._line.run(_READ, _values(key))
            if rows and rows[0][0] is not None:
                record = _record(*rows[0])
                self._keep(key, *rows[0])
                self._settle(key, record)
                return record
            if await self._claim_row(key):
                return None
            await asyncio.sleep(POLL_SECONDS)
        return future

    def _keep(self, key: Key, status: int, body: str | None) -> None:
        self._finished[key] = (status, body)
        if len(self._finished) > REMEMBERED:
            self._finished.popitem(last=False)

    def _settle(self, key: Key, record: Record) -> None:
        self._since.pop(key, None)
        future = self._running.pop(key, None)
        if future is not None and not future.done():
            future.set_result(record)

    def _now(self) -> float:
        return self._clock().timestamp()


def _record(status: int, body: str | None) -> Record:
    return Record(status, json.loads(body) if body else None)


def _values(key: Key) -> dict[str, Any]:
    return {"tenant": key.tenant, "conversation": key.conversation, "activity": key.activity}
