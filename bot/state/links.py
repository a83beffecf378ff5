"""Links that work once, whichever replica is asked; and posts shared to channels, until it is known what became of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.events import Clock, Conversation, Person
    from bot.state.line import Line

_USE = """
INSERT INTO used_links (id, used_at, expires_at) VALUES (:id, :used_at, :expires_at)
ON CONFLICT (id) DO NOTHING RETURNING id
"""
_SHARED = """
INSERT INTO shares (key, tenant, conversation, entra_id, at) VALUES (:key, :tenant, :conversation, :entra_id, :at)
ON CONFLICT (key) DO NOTHING
"""
# Both at once: what is noted as somebody's post is on its way no longer.
_ARRIVED = """
INSERT INTO shared_posts (tenant, conversation, activity, entra_id, at)
SELECT s.tenant, s.conversation, o.activity, s.entra_id, o.at FROM shares s JOIN outbox o ON o.key = s.key
WHERE o.state = 'sent' AND o.activity <> '' AND (:key = '' OR s.key = :key)
ON CONFLICT (tenant, conversation, activity) DO NOTHING
"""
_SETTLED = """
DELETE FROM shares WHERE (:key = '' OR key = :key)
AND key IN (SELECT key FROM outbox WHERE state IN ('sent', 'failed', 'indoubt')) RETURNING key
"""


class UsedLinks:
    """Which links have been used; an id is kept until the link would have ended anyway."""

    def __init__(self, line: Line, clock: Clock) -> None:
        self._line = line
        self._clock = clock

    async def use(self, link: str, seconds: float) -> bool:
        """True for whoever is first to use it, kept for so long. Raises StateUnavailable."""
        now = self._clock().timestamp()
        return bool(await self._line.run(_USE, {"id": link, "used_at": now, "expires_at": now + seconds}))

    async def give_back(self, link: str) -> None:
        """It brought nothing after all: it may be tried again."""
        await self._line.run("DELETE FROM used_links WHERE id = :id", {"id": link})

    async def purge(self) -> None:
        """Forget links that have ended. Raises StateUnavailable."""
        await self._line.run("DELETE FROM used_links WHERE expires_at <= :now", {"now": self._clock().timestamp()})


@dataclass(frozen=True, slots=True)
class Share:
    """A post on its way: the key it has in the outbox, where it goes, and who shared it."""

    key: str
    where: Conversation
    person: Person


class Shares:
    """Posts shared to channels: once they have arrived, they count as posts of whoever shared them."""

    def __init__(self, line: Line, clock: Clock) -> None:
        self._line = line
        self._clock = clock

    async def add(self, share: Share) -> None:
        """Before it is put into the outbox. Raises StateUnavailable."""
        values = {"tenant": share.where.tenant, "conversation": share.where.root, "entra_id": share.person.entra_id}
        await self._line.run(_SHARED, {"key": share.key, "at": self._clock().timestamp(), **values})

    async def settle(self, key: str = "") -> int:
        """Note what has arrived, of one or of all; how many of them are over. Raises StateUnavailable."""
        await self._line.run(_ARRIVED, {"key": key})
        return len(await self._line.run(_SETTLED, {"key": key}))
