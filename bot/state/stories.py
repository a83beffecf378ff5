"""Targets that were set in words, with everything they ever were, and stories: short texts on a job or a contract."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from bot.events import Clock
    from bot.state.line import Line

_SAY = """
INSERT INTO targets (tenant, metric, dimension, member, value, direction, starts, set_by, name, set_at)
VALUES (:tenant, :metric, :dimension, :member, :value, :direction, :starts, :set_by, :name, :at)
"""
_SAID = """
SELECT metric, dimension, member, value, direction, starts, set_by, name, set_at FROM targets
WHERE :tenant = '' OR tenant = :tenant ORDER BY id
"""
_COLUMNS = "id, tenant, kind, record, title, text, author, author_name, at, changed_at"
_NOTE = f"""
INSERT INTO stories (tenant, kind, record, title, text, author, author_name, at, changed_at)
VALUES (:tenant, :kind, :record, :title, :text, :author, :author_name, :at, :at) RETURNING {_COLUMNS}
"""  # noqa: S608 - the names of our own columns
_LISTED = f"SELECT {_COLUMNS} FROM stories WHERE tenant = :tenant ORDER BY changed_at DESC, id DESC LIMIT :most"  # noqa: S608
_EDIT = f"UPDATE stories SET text = :text, changed_at = :at WHERE tenant = :tenant AND id = :id RETURNING {_COLUMNS}"  # noqa: S608

MOST = 500


@dataclass(frozen=True, slots=True)
class SaidTarget:
    """One word on a target: set, or removed where `value` is None. Money in units of the reporting currency.

    `starts` None counts for every period; `dimension` and `member` are empty for the whole company.
    """

    metric: str
    dimension: str
    member: str
    value: float | None
    direction: Literal["up", "down"]
    starts: date | None
    set_by: str
    name: str
    at: datetime

    @property
    def key(self) -> tuple[str, str, str]:
        """What it is a target for."""
        return (self.metric, self.dimension, self.member)


@dataclass(frozen=True, slots=True)
class Story:
    """A short text on one record ("job" or "contract" and its id) by its author."""

    id: int
    tenant: str
    kind: str
    record: str
    title: str
    text: str
    author: str
    author_name: str
    at: datetime
    changed_at: datetime


class Targets:
    """Every word on targets, in order. Every function raises StateUnavailable."""

    def __init__(self, line: Line, clock: Clock) -> None:
        self._line = line
        self._clock = clock

    async def say(self, tenant: str, one: SaidTarget) -> None:
        """Write it down below the earlier ones; its `at` is now."""
        values: dict[str, Any] = {
            name: getattr(one, name)
            for name in ("metric", "dimension", "member", "value", "direction", "set_by", "name")
        }
        starts = one.starts.isoformat() if one.starts else ""
        await self._line.run(_SAY, {**values, "tenant": tenant, "starts": starts, "at": self._clock().timestamp()})

    async def said(self, tenant: str = "") -> Sequence[SaidTarget]:
        """All there are, of one tenant or of every one, the oldest first."""
        return [_said(row) for row in await self._line.run(_SAID, {"tenant": tenant})]

    async def count(self) -> int:
        """How many words there are: as long as it stays, nothing has changed."""
        return int((await self._line.run("SELECT COUNT(*) FROM targets"))[0][0])


class Stories:
    """Stories by tenant. Every function raises StateUnavailable."""

    def __init__(self, line: Line, clock: Clock) -> None:
        self._line = line
        self._clock = clock

    async def note(self, tenant: str, kind: str, record: str, title: str, text: str, by: tuple[str, str]) -> Story:
        """Write one down; `by` is the author's Entra object id and name."""
        values = {"tenant": tenant, "kind": kind, "record": record, "title": title, "text": text}
        who = {"author": by[0], "author_name": by[1], "at": self._clock().timestamp()}
        return _story((await self._line.run(_NOTE, {**values, **who}))[0])

    async def listed(self, tenant: str, most: int = MOST) -> Sequence[Story]:
        """The freshest first."""
        return [_story(row) for row in await self._line.run(_LISTED, {"tenant": tenant, "most": most})]

    async def freshest(
        self, tenant: str, may_see: Callable[[Sequence[Story]], Awaitable[Sequence[Story]]], most: int = 1
    ) -> Sequence[Story]:
        """The freshest of those that `may_see` lets through."""
        return list(await may_see(await self.listed(tenant)))[:most]

    async def edit(self, tenant: str, number: int, text: str) -> Story | None:
        """Another text; None where it is gone."""
        rows = await self._line.run(
            _EDIT, {"tenant": tenant, "id": number, "text": text, "at": self._clock().timestamp()}
        )
        return _story(rows[0]) if rows else None

    async def remove(self, tenant: str, number: int) -> bool:
        """For good; False where it was gone."""
        sql = "DELETE FROM stories WHERE tenant = :tenant AND id = :id RETURNING id"
        return bool(await self._line.run(sql, {"tenant": tenant, "id": number}))


def _said(row: Sequence[Any]) -> SaidTarget:
    given = dict(zip(SaidTarget.__slots__, row, strict=True))
    starts = date.fromisoformat(given["starts"]) if given["starts"] else None
    return SaidTarget(**{**given, "starts": starts, "at": datetime.fromtimestamp(given["at"], UTC)})


def _story(row: Sequence[Any]) -> Story:
    given = dict(zip(Story.__slots__, row, strict=True))
    moments = {name: datetime.fromtimestamp(given[name], UTC) for name in ("at", "changed_at")}
    return Story(**{**given, **moments})
