"""What people chose, and what they were last answered, so that the next question may lean on it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from bot.state.values import who

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import timedelta

    from bot.events import Clock, Conversation, Person
    from bot.state.line import Line

_CHOOSE = """
INSERT INTO choices (tenant, entra_id, key, value_json, at) VALUES (:tenant, :entra_id, :key, :value, :at)
ON CONFLICT (tenant, entra_id, key) DO UPDATE SET value_json = :value, at = :at
"""
_ANSWERED = """
INSERT INTO last_answers (tenant, conversation, entra_id, value_json, expires_at)
VALUES (:tenant, :conversation, :entra_id, :value, :at)
ON CONFLICT (tenant, conversation, entra_id) DO UPDATE SET value_json = :value, expires_at = :at
"""
_LAST = """
SELECT value_json FROM last_answers
WHERE tenant = :tenant AND conversation = :conversation AND entra_id = :entra_id AND expires_at > :at
"""


class Choices:
    """What a person chose, by key; any JSON value."""

    def __init__(self, line: Line, clock: Clock) -> None:
        self._line = line
        self._clock = clock

    async def set(self, person: Person, key: str, value: object) -> None:
        """Remember a choice."""
        values = {"key": key, "value": json.dumps(value), "at": self._clock().timestamp()}
        await self._line.run(_CHOOSE, {**who(person), **values})

    async def get(self, person: Person, key: str) -> Any:
        """The choice, or None."""
        return (await self.all(person)).get(key)

    async def all(self, person: Person) -> dict[str, Any]:
        """Every choice of a person by key."""
        sql = "SELECT key, value_json FROM choices WHERE tenant = :tenant AND entra_id = :entra_id"
        return {key: json.loads(value) for key, value in await self._line.run(sql, who(person))}

    async def forget(self, person: Person, key: str) -> None:
        """Take one choice back."""
        sql = "DELETE FROM choices WHERE tenant = :tenant AND entra_id = :entra_id AND key = :key"
        await self._line.run(sql, {**who(person), "key": key})


class LastAnswers:
    """What each person was last answered in each conversation or thread, until it is too old to lean on."""

    def __init__(self, line: Line, clock: Clock, lasts: timedelta) -> None:
        self._line = line
        self._clock = clock
        self._lasts = lasts

    async def remember(self, where: Conversation, person: Person, value: Mapping[str, Any]) -> None:
        """Keep this for the next question of the same person in the same place."""
        ends = self._clock().timestamp() + self._lasts.total_seconds()
        await self._line.run(
            _ANSWERED, {**who(person), "conversation": where.id, "value": json.dumps(value), "at": ends}
        )

    async def recall(self, where: Conversation, person: Person) -> dict[str, Any] | None:
        """What was kept, unless it is too old."""
        now = self._clock().timestamp()
        rows = await self._line.run(_LAST, {**who(person), "conversation": where.id, "at": now})
        kept: dict[str, Any] | None = json.loads(rows[0][0]) if rows else None
        return kept

    async def purge(self) -> None:
        """Forget what is too old."""
        await self._line.run("DELETE FROM last_answers WHERE expires_at <= :at", {"at": self._clock().timestamp()})
