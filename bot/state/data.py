"""Files that people sent and have not decided on, or that a sync is using; and who wants to hear of every sync."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from bot.events import Conversation, Person
from bot.state.values import who

if TYPE_CHECKING:
    from bot.events import Clock
    from bot.state.line import Line

KEPT = timedelta(hours=24)
"""How long a file waits for a decision."""

_COLUMNS = "id, tenant, entra_id, conversation_json, activity, language, locale, name, profile, standing"
_ADD = f"""
INSERT INTO files ({_COLUMNS}, expires_at)
VALUES (:id, :tenant, :entra_id, :conversation, '', :language, :locale, :name, :profile, 'waiting', :expires_at)
"""  # noqa: S608 - names of columns
_OWN = "id = :id AND tenant = :tenant AND entra_id = :entra_id AND standing = 'waiting' AND expires_at > :now"


@dataclass(frozen=True, slots=True)
class SentFile:
    """One file. `standing`: waiting for its sender's word, or using (a sync has it, or is to have it).

    `activity` is the card it is decided on; its content lies in a folder of the name `id`.
    """

    id: str
    person: Person
    conversation: Conversation
    name: str
    profile: str
    language: str = "en"
    locale: str = "en_US"
    activity: str = ""
    standing: str = "waiting"


class SentFiles:
    """Files by id."""

    def __init__(self, line: Line, clock: Clock) -> None:
        self._line = line
        self._clock = clock

    async def add(self, file: SentFile) -> None:
        """Keep what was sent, for KEPT. Raises StateUnavailable, as everything here does."""
        await self._line.run(
            _ADD,
            {
                **self._whose(file.id, file.person),
                "conversation": json.dumps(asdict(file.conversation)),
                "language": file.language,
                "locale": file.locale,
                "name": file.name,
                "profile": file.profile,
                "expires_at": self._clock().timestamp() + KEPT.total_seconds(),
            },
        )

    async def find(self, key: str, person: Person) -> SentFile | None:
        """A file that waits for this person's word."""
        return _one(await self._line.run(f"SELECT {_COLUMNS} FROM files WHERE {_OWN}", self._whose(key, person)))  # noqa: S608

    async def choose(self, key: str, person: Person, profile: str) -> SentFile | None:
        """Read it with another profile; None where it does not wait any more."""
        sql = f"UPDATE files SET profile = :profile WHERE {_OWN} RETURNING {_COLUMNS}"  # noqa: S608 - names of columns
        return _one(await self._line.run(sql, {**self._whose(key, person), "profile": profile}))

    async def use(self, key: str, person: Person, activity: str) -> SentFile | None:
        """Hand it to a sync, once, whoever presses twice; `activity` is the card that will say what came of it."""
        sql = f"UPDATE files SET standing = 'using', activity = :activity WHERE {_OWN} RETURNING {_COLUMNS}"  # noqa: S608
        return _one(await self._line.run(sql, {**self._whose(key, person), "activity": activity}))

    async def discard(self, key: str, person: Person) -> SentFile | None:
        """Forget it; None where it does not wait any more."""
        sql = f"DELETE FROM files WHERE {_OWN} RETURNING {_COLUMNS}"  # noqa: S608 - names of columns
        return _one(await self._line.run(sql, self._whose(key, person)))

    async def wait_again(self, key: str) -> None:
        """The sync could not use it, for no fault of its own: its sender may try again, for KEPT from now on."""
        ends = self._clock().timestamp() + KEPT.total_seconds()
        sql = "UPDATE files SET standing = 'waiting', expires_at = :ends WHERE id = :id AND standing = 'using'"
        await self._line.run(sql, {"id": key, "ends": ends})

    async def done(self, key: str) -> None:
        """A sync has used it, or could not."""
        await self._line.run("DELETE FROM files WHERE id = :id AND standing = 'using'", {"id": key})

    async def in_use(self) -> list[SentFile]:
        """What a sync has, or had when the bot went down."""
        rows = await self._line.run(f"SELECT {_COLUMNS} FROM files WHERE standing = 'using' ORDER BY expires_at")  # noqa: S608
        return [_file(row) for row in rows]

    async def expired(self) -> list[str]:
        """Forget what nobody decided on in time; the ids, so that their content can go as well."""
        sql = "DELETE FROM files WHERE standing = 'waiting' AND expires_at <= :now RETURNING id"
        return [key for (key,) in await self._line.run(sql, {"now": self._clock().timestamp()})]

    def _whose(self, key: str, person: Person) -> dict[str, Any]:
        return {"id": key, **who(person), "now": self._clock().timestamp()}


class SyncListeners:
    """Who asked to be told of every sync, also when all is well."""

    def __init__(self, line: Line, clock: Clock) -> None:
        self._line = line
        self._clock = clock

    async def add(self, person: Person) -> None:
        """From now on."""
        sql = (
            "INSERT INTO sync_listeners (tenant, entra_id, at) VALUES (:tenant, :entra_id, :at) "
            "ON CONFLICT (tenant, entra_id) DO NOTHING"
        )
        await self._line.run(sql, {**who(person), "at": self._clock().timestamp()})

    async def remove(self, person: Person) -> None:
        """No more."""
        sql = "DELETE FROM sync_listeners WHERE tenant = :tenant AND entra_id = :entra_id"
        await self._line.run(sql, who(person))

    async def all(self) -> list[Person]:
        """Everybody, in the order in which they asked."""
        rows = await self._line.run("SELECT tenant, entra_id FROM sync_listeners ORDER BY at, entra_id")
        return [Person(tenant, entra_id) for tenant, entra_id in rows]


def _one(rows: list[Any]) -> SentFile | None:
    return _file(rows[0]) if rows else None


def _file(row: Any) -> SentFile:
    key, tenant, entra_id, conversation, activity, language, locale, name, profile, standing = row
    return SentFile(
        id=key,
        person=Person(tenant, entra_id),
        conversation=Conversation(**json.loads(conversation)),
        name=name,
        profile=profile,
        language=language,
        locale=locale,
        activity=activity,
        standing=standing,
    )
