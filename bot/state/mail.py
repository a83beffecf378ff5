"""What is to go out by mail: written down before it is tried, claimed under a lease, settled by whoever holds the claim."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bot.events import Clock, Conversation
    from bot.state.line import Line

# due: to be sent. sending: somebody is at it. sent: accepted. indoubt: it may have been sent, and is not repeated.
# failed: it will not be sent any more; `problem` says why.
Status = Literal["due", "sending", "sent", "indoubt", "failed"]

LEASE_SECONDS = 300.0
LASTS = timedelta(hours=24)
KEEP = timedelta(days=30)

_PUT = """
INSERT INTO mails (key, tenant, entra_id, conversation, card_json, state, attempt, not_before, expires_at, lease_until, problem, at)
VALUES (:key, :tenant, :entra_id, :conversation, :card, 'due', 0, :at, :expires_at, 0, '', :at)
ON CONFLICT (key) DO NOTHING RETURNING key
"""
_CLAIM = """
UPDATE mails SET state = 'sending', attempt = attempt + 1, lease_until = :lease_until
WHERE state = 'due' AND key = (SELECT key FROM mails WHERE state = 'due' AND not_before <= :now
    ORDER BY not_before, key LIMIT 1)
RETURNING key, tenant, entra_id, conversation, card_json, attempt, expires_at
"""
# Whoever holds a newer claim has a higher attempt: what wakes up late with an old one changes nothing.
# What is over is kept as a receipt, without what it said.
_SETTLE = """
UPDATE mails SET state = :state, not_before = :not_before, problem = :problem, at = :now, lease_until = 0,
    card_json = CASE WHEN :over = 1 THEN '' ELSE card_json END
WHERE key = :key AND state = 'sending' AND attempt = :attempt RETURNING key
"""
# A claim that ended without a word: the mail may have been accepted.
_RECLAIM = """
UPDATE mails SET state = 'indoubt', problem = 'cut off', at = :now, card_json = ''
WHERE state = 'sending' AND lease_until <= :now RETURNING key
"""
_RECEIPT = "SELECT key, state, attempt, problem, at FROM mails WHERE key = :key"
_TROUBLES = """
SELECT key, state, attempt, problem, at FROM mails WHERE state IN ('indoubt', 'failed') AND at >= :since ORDER BY at, key
"""


@dataclass(frozen=True, slots=True)
class Letter:
    """One mail on its way, claimed: `attempt` is the claim, `card` what it shows, `conversation` where that is shown as well."""

    key: str
    tenant: str
    entra_id: str
    conversation: str
    card: Mapping[str, Any]
    attempt: int
    expires_at: float


@dataclass(frozen=True, slots=True)
class MailReceipt:
    """What became of a mail; `at` in seconds since 1970."""

    key: str
    state: Status
    attempt: int
    problem: str
    at: float


class Mails:
    """Mails that have to go out, whatever happens to this process. Every function raises StateUnavailable."""

    def __init__(self, line: Line, clock: Clock) -> None:
        self._line = line
        self._clock = clock

    async def put(self, key: str, where: Conversation, entra_id: str, card: Mapping[str, Any]) -> bool:
        """Have it sent; False where something was put under this key before, which then stands."""
        now = self._now()
        values = {"key": key, "tenant": where.tenant, "entra_id": entra_id, "conversation": where.root, "at": now}
        told = json.dumps(card, ensure_ascii=False, separators=(",", ":"))
        return bool(await self._line.run(_PUT, {**values, "card": told, "expires_at": now + LASTS.total_seconds()}))

    async def claim(self) -> Letter | None:
        """The next one that is due, for whoever asks first."""
        now = self._now()
        rows = await self._line.run(_CLAIM, {"now": now, "lease_until": now + LEASE_SECONDS})
        if not rows:
            return None
        key, tenant, entra_id, conversation, card, attempt, expires_at = rows[0]
        return Letter(key, tenant, entra_id, conversation, json.loads(card), attempt, expires_at)

    async def settle(self, letter: Letter, state: Status, problem: str = "", wait: float = 0.0) -> bool:
        """What came of it; "due" has it tried again after `wait` seconds. False for whoever lost the claim."""
        now = self._now()
        values = {
            "key": letter.key,
            "attempt": letter.attempt,
            "state": state,
            "problem": problem[:200],
            "over": int(state != "due"),
        }
        return bool(await self._line.run(_SETTLE, {**values, "now": now, "not_before": now + wait}))

    async def reclaim(self) -> int:
        """Claims whose holder is gone are in doubt; how many."""
        return len(await self._line.run(_RECLAIM, {"now": self._now()}))

    async def receipt(self, key: str) -> MailReceipt | None:
        """What became of it; None where there was none, or it is long ago."""
        rows = await self._line.run(_RECEIPT, {"key": key})
        return MailReceipt(*rows[0]) if rows else None

    async def troubles(self, since: float) -> Sequence[MailReceipt]:
        """What was given up or is in doubt since that moment, oldest first."""
        return [MailReceipt(*row) for row in await self._line.run(_TROUBLES, {"since": since})]

    async def forget(self, entra_id: str) -> int:
        """Delete what is and was for this person; how many."""
        return len(await self._line.run("DELETE FROM mails WHERE entra_id = :who RETURNING key", {"who": entra_id}))

    async def purge(self) -> None:
        """Forget receipts that are long over."""
        sql = "DELETE FROM mails WHERE state IN ('sent', 'failed', 'indoubt') AND at <= :before"
        await self._line.run(sql, {"before": self._now() - KEEP.total_seconds()})

    def _now(self) -> float:
        return self._clock().timestamp()
