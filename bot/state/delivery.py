"""What is still to be sent: written down before it is tried, claimed under a lease, settled by whoever holds the claim."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Literal
from uuid import uuid4

from bot.events import Conversation
from bot.state.conversations import reference_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.events import Clock
    from bot.state.line import Line

# reply: an answer to somebody, better shown twice than never. digest: nobody asked just now, better reported than twice.
Purpose = Literal["reply", "digest"]
# due: to be sent. sending: somebody is at it. sent: accepted. indoubt: it may have arrived, and is not repeated.
# failed: it will not be sent any more; `problem` says why.
Status = Literal["due", "sending", "sent", "indoubt", "failed"]

# Longer than one send may take with all its repetitions; after it whoever was sending counts as dead.
LEASE_SECONDS = 300.0
KEEP = timedelta(days=30)
LASTS: Mapping[Purpose, timedelta] = {"reply": timedelta(hours=1), "digest": timedelta(hours=24)}

_PUT = """
INSERT INTO outbox (key, tenant, conversation, reference_json, payload_json, kind, purpose, target, state, attempt, doubts,
    not_before, expires_at, owner, lease_until, activity, problem, at)
VALUES (:key, :tenant, :conversation, :reference, :payload, :kind, :purpose, :target, 'due', 0, :doubts,
    :not_before, :expires_at, '', 0, '', '', :at)
ON CONFLICT (key) DO NOTHING RETURNING id
"""
_COLUMNS = "id, key, reference_json, payload_json, kind, purpose, target, attempt, doubts, expires_at"
_CLAIM = f"""
UPDATE outbox SET state = 'sending', attempt = attempt + 1, owner = :owner, lease_until = :lease_until
WHERE state = 'due' AND id = (SELECT id FROM outbox WHERE state = 'due' AND not_before <= :now
    ORDER BY not_before, id LIMIT 1)
RETURNING {_COLUMNS}
"""  # noqa: S608 - the names of our own columns
# What is over is kept as a receipt, without what it said.
# Whoever holds a newer claim has a higher attempt: what wakes up late with an old one changes nothing.
_SETTLE = """
UPDATE outbox SET state = :state, doubts = :doubts, not_before = :not_before, activity = :activity, problem = :problem,
    at = :now, lease_until = 0, payload_json = CASE WHEN :over = 1 THEN '' ELSE payload_json END
WHERE id = :id AND state = 'sending' AND attempt = :attempt AND owner = :owner RETURNING id
"""
# A claim that ended without a word: the message may have arrived. Rewriting in place is harmless to repeat, an answer is
# repeated once, anything else is left to people.
_RECLAIM = """
UPDATE outbox SET
    state = CASE WHEN kind = 'PUT' OR (purpose = 'reply' AND doubts = 0) THEN 'due' ELSE 'indoubt' END,
    problem = CASE WHEN kind = 'PUT' OR (purpose = 'reply' AND doubts = 0) THEN '' ELSE 'cut off' END,
    doubts = doubts + CASE WHEN kind = 'PUT' THEN 0 ELSE 1 END,
    not_before = :now, at = :now
WHERE state = 'sending' AND (lease_until <= :now OR (:alone = 1 AND owner <> :owner)) RETURNING id
"""
_RECEIPT = """
SELECT key, state, purpose, activity, problem, attempt, at FROM outbox WHERE key = :key
"""
_REPORT = """
SELECT key, state, purpose, activity, problem, attempt, at FROM outbox
WHERE state IN ('indoubt', 'failed') AND at >= :since ORDER BY at, id
"""


Copy = Callable[[Conversation, "Mapping[str, Any]", str], Awaitable[None]]
"""Told of every message under a key that nobody asked for just now, before it is put; harmless to repeat."""


@dataclass(frozen=True, slots=True)
class Parcel:
    """One message on its way, claimed: `attempt` is the claim. `target` is what is rewritten (PUT) or answered (POST)."""

    id: int
    key: str
    where: Conversation
    activity: Mapping[str, Any]
    kind: Literal["POST", "PUT"]
    purpose: Purpose
    target: str
    attempt: int
    doubts: int
    expires_at: float


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of a message. `activity` is its id in Teams once it was sent, `at` seconds since 1970."""

    key: str
    state: Status
    purpose: Purpose
    activity: str
    problem: str
    attempt: int
    at: float


class Outbox:
    """Messages that have to reach Teams, whatever happens to this process. Every function raises StateUnavailable.

    `alone`: no other process shares the database, so whoever was sending at the start is dead.
    """

    def __init__(self, line: Line, clock: Clock, *, alone: bool) -> None:
        self._line = line
        self._clock = clock
        self._alone = 1 if alone else 0
        self._owner = uuid4().hex
        self.fresh = asyncio.Event()
        self.copies: list[Copy] = []

    async def put(
        self,
        where: Conversation,
        activity: Mapping[str, Any],
        *,
        purpose: Purpose,
        key: str = "",
        update: str = "",
        reply_to: str = "",
        wait: float = 0.0,
        doubted: bool = False,
        lasts: timedelta | None = None,
    ) -> bool:
        """Have it sent, after `wait` seconds; False where something was put under this key before, which then stands.

        `update` is the id of an earlier message to rewrite in place; otherwise a new one is posted, in the thread of
        `reply_to` where one is given. `doubted`: an earlier try may have arrived. After `lasts` it is not sent any more.
        """
        if purpose == "digest" and key:
            # Written down first: what dies in between is put, and copied, once more under the same key.
            for copy in self.copies:
                await copy(where, activity, key)
        now = self._now()
        values = {
            "key": key or uuid4().hex,
            "tenant": where.tenant,
            "conversation": where.root,
            "reference": reference_of(where, where.id),
            "payload": json.dumps(activity, ensure_ascii=False, separators=(",", ":"), allow_nan=False),
            "kind": "PUT" if update else "POST",
            "purpose": purpose,
            "target": update or reply_to,
            "doubts": int(doubted and not update),
            "not_before": now + wait,
            "expires_at": now + (lasts or LASTS[purpose]).total_seconds(),
            "at": now,
        }
        new = bool(await self._line.run(_PUT, values))
        self.fresh.set()
        return new

    async def receipt(self, key: str) -> Receipt | None:
        """What became of the message put under this key; None where there was none, or it is long ago."""
        rows = await self._line.run(_RECEIPT, {"key": key})
        return Receipt(*rows[0]) if rows else None

    async def troubles(self, since: float) -> list[Receipt]:
        """What was given up or is in doubt since that moment, oldest first: for people to look at."""
        return [Receipt(*row) for row in await self._line.run(_REPORT, {"since": since})]

    async def depth(self) -> dict[str, int]:
        """How many messages are in each state."""
        return dict(await self._line.run("SELECT state, COUNT(*) FROM outbox GROUP BY state"))

    async def claim(self) -> Parcel | None:
        """The next message that is due, now yours for the length of a lease: `sent`, `later` or `ended` must follow."""
        now = self._now()
        values = {"owner": self._owner, "now": now, "lease_until": now + LEASE_SECONDS}
        rows = await self._line.run(_CLAIM, values)
        if not rows:
            return None
        number, key, reference, payload, *rest = rows[0]
        return Parcel(number, key, Conversation(**json.loads(reference)), json.loads(payload), *rest)

    async def sent(self, parcel: Parcel, activity_id: str) -> bool:
        """It was accepted. False where the claim was no longer ours."""
        return await self._settle(parcel, "sent", activity=activity_id)

    async def later(self, parcel: Parcel, seconds: float, problem: str, *, doubted: bool = False) -> bool:
        """To be tried again after so long. False where the claim was no longer ours."""
        parcel = replace(parcel, doubts=parcel.doubts + int(doubted))
        return await self._settle(parcel, "due", wait=seconds, problem=problem)

    async def ended(self, parcel: Parcel, state: Literal["indoubt", "failed"], problem: str) -> bool:
        """It is not tried any more. False where the claim was no longer ours."""
        return await self._settle(parcel, state, problem=problem)

    async def reclaim(self) -> int:
        """Take over what was left behind by whoever died while sending; how many there were."""
        values = {"now": self._now(), "alone": self._alone, "owner": self._owner}
        return len(await self._line.run(_RECLAIM, values))

    async def purge(self) -> None:
        """Forget what was settled long ago."""
        edge = self._now() - KEEP.total_seconds()
        await self._line.run(
            "DELETE FROM outbox WHERE state IN ('sent', 'failed', 'indoubt') AND at <= :edge", {"edge": edge}
        )

    async def _settle(
        self, parcel: Parcel, state: Status, *, wait: float = 0.0, activity: str = "", problem: str = ""
    ) -> bool:
        now = self._now()
        values = {
            "id": parcel.id,
            "attempt": parcel.attempt,
            "owner": self._owner,
            "state": state,
            "over": int(state != "due"),
            "doubts": parcel.doubts,
            "now": now,
            "not_before": now + wait,
            "activity": activity,
            "problem": problem,
        }
        return bool(await self._line.run(_SETTLE, values))

    def _now(self) -> float:
        return self._clock().timestamp()
