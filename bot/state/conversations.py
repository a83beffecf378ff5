"""Where the bot may write: every conversation it was seen in, kept as plain JSON, and whether it still belongs there."""

from __future__ import annotations

import json
from dataclasses import fields
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Literal

from bot.events import Conversation

if TYPE_CHECKING:
    from bot.events import Clock, Person
    from bot.state.line import Line, Rows

Standing = Literal["active", "removed", "blocked"]

SEEN_AGAIN_SECONDS = 24 * 3_600.0
REMEMBERED = 50_000

_REMEMBER = """
INSERT INTO conversations (tenant, id, kind, entra_id, reference_json, state, seen_at)
VALUES (:tenant, :id, :kind, :entra_id, :reference, 'active', :at)
ON CONFLICT (tenant, id) DO UPDATE SET
    kind = :kind, entra_id = :entra_id, reference_json = :reference, state = 'active', seen_at = :at
"""
_MARK = """
UPDATE conversations SET state = :state, welcomed_at = CASE WHEN :gone = 1 THEN NULL ELSE welcomed_at END
WHERE tenant = :tenant AND id = :id
"""
_WELCOME = """
UPDATE conversations SET welcomed_at = :at WHERE tenant = :tenant AND id = :id AND welcomed_at IS NULL RETURNING id
"""


_NAMES = tuple(field.name for field in fields(Conversation))


class Conversations:
    """Conversations by tenant and root id (without the thread)."""

    def __init__(self, line: Line, clock: Clock) -> None:
        self._line = line
        self._clock = clock
        # Of what is written already the hash is enough, which keeps a hundred thousand chats small.
        self._known: dict[tuple[str, str], tuple[bytes, float]] = {}

    async def remember(self, where: Conversation, person: Person) -> None:
        """Seen just now: written where anything about it is new, and once a day. Raises StateUnavailable."""
        key, reference, now = (where.tenant, where.root), reference_of(where, where.root), self._clock().timestamp()
        known, mark = self._known.get(key), sha256(reference.encode()).digest()
        if known and known[0] == mark and now - known[1] < SEEN_AGAIN_SECONDS:
            return
        values = {
            "tenant": where.tenant,
            "id": where.root,
            "kind": where.kind,
            "entra_id": "" if where.shared else person.entra_id,
            "reference": reference,
            "at": now,
        }
        await self._line.run(_REMEMBER, values)
        if len(self._known) >= REMEMBERED:
            self._known.clear()
        self._known[key] = (mark, now)

    async def mark(self, where: Conversation, state: Standing) -> None:
        """The bot was removed or is blocked there; a removed one is welcomed anew if it comes back."""
        self._known.pop((where.tenant, where.root), None)
        await self._line.run(_MARK, {**_at(where), "state": state, "gone": int(state == "removed")})

    async def first_welcome(self, where: Conversation) -> bool:
        """True once for each time the bot comes into a remembered conversation, however often that is announced."""
        return bool(await self._line.run(_WELCOME, {**_at(where), "at": self._clock().timestamp()}))

    async def get(self, tenant: str, conversation_id: str) -> Conversation | None:
        """An active conversation by its id, with or without a thread."""
        root = conversation_id.partition(";")[0]
        sql = "SELECT reference_json FROM conversations WHERE tenant = :tenant AND id = :id AND state = 'active'"
        return _first(await self._line.run(sql, {"tenant": tenant, "id": root}))

    async def personal(self, tenant: str, entra_id: str) -> Conversation | None:
        """The personal chat with somebody, if the bot is installed there."""
        sql = """
            SELECT reference_json FROM conversations
            WHERE tenant = :tenant AND entra_id = :entra_id AND state = 'active' AND kind = 'personal'
            ORDER BY seen_at DESC LIMIT 1
        """
        return _first(await self._line.run(sql, {"tenant": tenant, "entra_id": entra_id})) if entra_id else None

    async def channels(self, tenant: str) -> list[Conversation]:
        """Every channel of a tenant that the bot was seen in and still belongs to, the one seen last first."""
        sql = """
            SELECT reference_json FROM conversations
            WHERE tenant = :tenant AND kind = 'channel' AND state = 'active' ORDER BY seen_at DESC, id
        """
        return [Conversation(**json.loads(row[0])) for row in await self._line.run(sql, {"tenant": tenant})]

    async def standing(self, where: Conversation) -> Standing | None:
        """Whether the bot may write there; None for a conversation never seen."""
        sql = "SELECT state FROM conversations WHERE tenant = :tenant AND id = :id"
        rows = await self._line.run(sql, _at(where))
        state: Standing | None = rows[0][0] if rows else None
        return state


def _at(where: Conversation) -> dict[str, Any]:
    return {"tenant": where.tenant, "id": where.root}


def reference_of(where: Conversation, conversation_id: str) -> str:
    """A conversation as the JSON it is kept as, under this id."""
    # Asked for on every turn, so without the deep copy that dataclasses would make of it.
    told = {name: getattr(where, name) for name in _NAMES}
    return json.dumps({**told, "id": conversation_id}, separators=(",", ":"))


def _first(rows: Rows) -> Conversation | None:
    return Conversation(**json.loads(rows[0][0])) if rows else None
