"""Who is in a group chat: read through the connector, kept for minutes, read again when somebody comes or goes."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING

import structlog

from analytics.errors import InsightsError
from bot.delivery.activity import member_of

if TYPE_CHECKING:
    from bot.delivery.connector import Connector
    from bot.events import Clock, Conversation, Person

log = structlog.get_logger(__name__)

MOST_KEPT = 2_000
PATIENCE_SECONDS = 2.0
# A list that could not be read is not asked for again at every question.
FAILED = timedelta(seconds=30)

Key = tuple[str, str]
Kept = tuple[float, "tuple[Person, ...] | None"]


class Rooms:
    """Members of group chats, by tenant and conversation."""

    def __init__(self, connector: Connector | None, clock: Clock, minutes: float) -> None:
        self._connector = connector
        self._clock = clock
        self._age = timedelta(minutes=minutes)
        self._kept: dict[Key, Kept] = {}
        self._reading: dict[Key, asyncio.Task[tuple[Person, ...] | None]] = {}
        self._changes: dict[Key, int] = {}

    async def members(self, where: Conversation) -> tuple[Person, ...] | None:
        """Everybody in the chat but the bot; None where that cannot be told now."""
        key = (where.tenant, where.root)
        kept = self._kept.get(key)
        if kept and self._clock().timestamp() < kept[0]:
            return kept[1]
        task = self._reading.get(key)
        if task is None or task.done():
            task = self._reading[key] = asyncio.get_running_loop().create_task(self._read(key, where))
        try:
            # A turn waits a moment; who comes later finds the list read.
            async with asyncio.timeout(PATIENCE_SECONDS):
                return await asyncio.shield(task)
        except TimeoutError:
            return None

    def changed(self, where: Conversation) -> None:
        """Somebody came or went: what is known, or being read at this moment, counts no longer."""
        key = (where.tenant, where.root)
        self._kept.pop(key, None)
        self._reading.pop(key, None)
        self._changes[key] = self._changes.get(key, 0) + 1

    def changes(self, where: Conversation) -> int:
        """How often the members of this chat have changed since the start."""
        return self._changes.get((where.tenant, where.root), 0)

    async def _read(self, key: Key, where: Conversation) -> tuple[Person, ...] | None:
        before, people, lasts = self._changes.get(key, 0), None, FAILED
        try:
            if self._connector is not None:
                listed = await self._connector.members(where)
                people = tuple(member_of(one, where.tenant) for one in listed if one.get("id") != where.bot_id)
                lasts = self._age
        except InsightsError as problem:
            log.warning("members_not_read", problem=type(problem).__name__)
        if before != self._changes.get(key, 0):
            return None
        if len(self._kept) >= MOST_KEPT:
            self._kept.clear()
        self._kept[key] = ((self._clock() + lasts).timestamp(), people)
        self._reading.pop(key, None)
        return people
