"""Entra groups as roles, where that permission is given: who is in which group, kept for minutes, closed when it cannot be told."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING, Protocol

import structlog

from analytics.errors import InsightsError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping
    from typing import Any

    from bot.access.nouns import Role
    from bot.events import Clock

log = structlog.get_logger(__name__)

FRESH = timedelta(minutes=10)
# A list that could not be read again counts no longer than this.
OLDEST = timedelta(hours=1)
PAUSE = timedelta(minutes=1)
PATIENCE_SECONDS = 2.0


class Pages(Protocol):
    """What is asked of Graph; `analytics.sources.graph.client.Client` is one."""

    def pages(self, path: str, query: Mapping[str, str]) -> AsyncIterator[list[dict[str, Any]]]:
        """The entries of every page. Raises DataError."""
        ...


class Groups:
    """Roles by membership. `roles`: object id of a group -> role; needs the application permission GroupMember.Read.All.

    Members of groups inside a group count as well. Until the lists are read, and when they cannot be, nobody has a role by them.
    """

    def __init__(self, graph: Pages, roles: Mapping[str, Role], clock: Clock) -> None:
        self._graph = graph
        self._roles = roles
        self._clock = clock
        self._members: Mapping[str, frozenset[Role]] = {}
        self._read_at = self._tried_at = float("-inf")
        self._reading: asyncio.Task[None] | None = None

    async def groups(self, entra_id: str) -> frozenset[Role]:
        """The roles somebody has by the groups they are in; a turn waits a moment for the lists and no longer."""
        now = self._clock().timestamp()
        if now - self._read_at >= FRESH.total_seconds() and now - self._tried_at >= PAUSE.total_seconds():
            self._tried_at = now
            self._reading = asyncio.get_running_loop().create_task(self._read(now))
        if self._reading is not None and now - self._read_at >= OLDEST.total_seconds():
            await asyncio.wait({self._reading}, timeout=PATIENCE_SECONDS)
        if self._clock().timestamp() - self._read_at >= OLDEST.total_seconds():
            return frozenset()
        return self._members.get(entra_id.lower(), frozenset())

    async def close(self) -> None:
        """Leave off reading."""
        if self._reading is not None:
            self._reading.cancel()
            await asyncio.wait({self._reading})

    async def _read(self, now: float) -> None:
        found: dict[str, frozenset[Role]] = {}
        try:
            for group, role in self._roles.items():
                path = f"/groups/{group}/transitiveMembers/microsoft.graph.user"
                async for page in self._graph.pages(path, {"$select": "id", "$top": "999"}):
                    for member in page:
                        key = str(member.get("id", "")).lower()
                        found[key] = found.get(key, frozenset()) | {role}
        except InsightsError as problem:
            log.warning("groups_not_read", problem=type(problem).__name__)
            return
        self._members, self._read_at = found, now
