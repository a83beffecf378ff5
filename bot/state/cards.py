"""What people thought of answers, without who thought it; and who asked for which post in a shared conversation."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.events import Clock, Conversation, Person
    from bot.state.line import Line

COMMENT = 500  # characters of a comment that are kept
POST_SECONDS = 30 * 86_400.0
FEEDBACK_SECONDS = 400 * 86_400.0

_ADD = """
INSERT INTO feedback (tenant, at, reaction, comment, query_json) VALUES (:tenant, :at, :reaction, :comment, :query_json)
"""
_COUNT = """
SELECT reaction, COUNT(*) FROM feedback WHERE tenant = :tenant AND at >= :since GROUP BY reaction ORDER BY 2 DESC, 1
"""
_COMMENTS = """
SELECT at, reaction, comment, query_json FROM feedback
WHERE tenant = :tenant AND at >= :since AND comment <> '' ORDER BY at DESC, id DESC LIMIT :most
"""
_POSTED = """
INSERT INTO shared_posts (tenant, conversation, activity, entra_id, at)
VALUES (:tenant, :conversation, :activity, :entra_id, :at) ON CONFLICT (tenant, conversation, activity) DO NOTHING
"""
_BY = """
SELECT entra_id FROM shared_posts WHERE tenant = :tenant AND conversation = :conversation AND activity = :activity
"""
_LAST = """
SELECT activity FROM shared_posts WHERE tenant = :tenant AND conversation = :conversation AND entra_id = :entra_id
ORDER BY at DESC LIMIT 1
"""
_TAKEN = """
DELETE FROM shared_posts WHERE tenant = :tenant AND conversation = :conversation AND activity = :activity
"""


@dataclass(frozen=True, slots=True)
class Comment:
    """What somebody wrote about an answer; `query_json` is the question it was about, where that is known."""

    at: datetime
    reaction: str
    comment: str
    query_json: str | None


class Feedback:
    """Thumbs and comments of a tenant. Nothing here says whose they are."""

    def __init__(self, line: Line, clock: Clock) -> None:
        self._line = line
        self._clock = clock

    async def add(self, tenant: str, reaction: str, comment: str, query_json: str | None) -> None:
        """Keep one. Raises StateUnavailable."""
        now = self._clock().timestamp()
        values = {"tenant": tenant, "at": now, "reaction": reaction[:20], "comment": comment[:COMMENT]}
        await self._line.run(_ADD, {**values, "query_json": query_json})

    async def counts(self, tenant: str, since: datetime) -> dict[str, int]:
        """How often each reaction came, the most frequent first."""
        rows = await self._line.run(_COUNT, {"tenant": tenant, "since": since.timestamp()})
        return {row[0]: row[1] for row in rows}

    async def comments(self, tenant: str, since: datetime, most: int = 10) -> list[Comment]:
        """The newest comments first."""
        rows = await self._line.run(_COMMENTS, {"tenant": tenant, "since": since.timestamp(), "most": most})
        return [Comment(datetime.fromtimestamp(row[0], UTC), row[1], row[2], row[3]) for row in rows]

    async def purge(self) -> None:
        """Forget what is older than 400 days. Raises StateUnavailable."""
        end = self._clock().timestamp() - FEEDBACK_SECONDS
        await self._line.run("DELETE FROM feedback WHERE at < :end", {"end": end})


class SharedPosts:
    """Who asked for the bot's posts in channels and group chats, for as long as one may want to take one back."""

    def __init__(self, line: Line, clock: Clock) -> None:
        self._line = line
        self._clock = clock

    async def add(self, where: Conversation, activity: str, person: Person) -> None:
        """The bot has posted this for somebody. Raises StateUnavailable."""
        values = {"entra_id": person.entra_id, "at": self._clock().timestamp()}
        await self._line.run(_POSTED, {**_of(where, activity), **values})

    async def asked_by(self, where: Conversation, activity: str) -> str | None:
        """The Entra id of whoever asked for a post; None where that is not known."""
        rows = await self._line.run(_BY, _of(where, activity))
        return str(rows[0][0]) if rows else None

    async def last_of(self, where: Conversation, person: Person) -> str | None:
        """The newest post that somebody asked for there."""
        values = {"tenant": where.tenant, "conversation": where.root, "entra_id": person.entra_id}
        rows = await self._line.run(_LAST, values)
        return str(rows[0][0]) if rows else None

    async def forget(self, where: Conversation, activity: str) -> None:
        """The post is gone."""
        await self._line.run(_TAKEN, _of(where, activity))

    async def purge(self) -> None:
        """Forget what is older than 30 days. Raises StateUnavailable."""
        end = self._clock().timestamp() - POST_SECONDS
        await self._line.run("DELETE FROM shared_posts WHERE at < :end", {"end": end})


def _of(where: Conversation, activity: str) -> dict[str, str]:
    return {"tenant": where.tenant, "conversation": where.root, "activity": activity}
