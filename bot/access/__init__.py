"""Who asks, and what they may see: from a verified identity and a place to a Scope; never from a card or a message."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import structlog

from analytics.visible import visible
from bot.access.channels import shown
from bot.access.lines import line_of
from bot.access.meeting import in_common
from bot.access.nouns import (
    EVERYTHING,
    GROUPS,
    NOTHING,
    TOTALS,
    Asker,
    Audience,
    Principal,
    Role,
    Seen,
)
from bot.access.people import People
from bot.access.rooms import Rooms

if TYPE_CHECKING:
    from collections.abc import Mapping

    from analytics.engine import Engine
    from analytics.model import Scope, Snapshot
    from bot.access.groups import Groups
    from bot.delivery.connector import Connector
    from bot.events import Clock, Conversation, Person
    from bot.state import State

__all__ = ["EVERYTHING", "GROUPS", "NOTHING", "TOTALS", "Access", "Asker", "Principal", "Role", "Seen", "today_of"]

log = structlog.get_logger(__name__)

MOST_KEPT = 2_000
MEMBER_MINUTES = 10.0
WIDEST: tuple[Role, ...] = ("program", "analyst")


class Access:
    """Works out askers and scopes. `roles`: user principal name or Entra object id, lower case -> role from the settings.

    Without `state` there are no deputies and every channel shows totals; without `connector` so does every group chat;
    without `groups` roles come from the settings alone. Members of a group chat are kept for `member_minutes`.
    """

    def __init__(
        self,
        engine: Engine,
        roles: Mapping[str, Role],
        clock: Clock,
        *,
        directory_days: int,
        directory_file_days: int | None = None,
        state: State | None = None,
        connector: Connector | None = None,
        groups: Groups | None = None,
        member_minutes: float = MEMBER_MINUTES,
    ) -> None:
        self._engine = engine
        self._roles = roles
        self._clock = clock
        self._directory_days = {True: directory_days, False: directory_file_days or directory_days}
        self._state = state
        self._groups = groups
        self.people = People(engine)
        self.rooms = Rooms(connector, clock, member_minutes)
        self._visible: dict[tuple[int, Scope], Mapping[str, frozenset[str]]] = {}

    async def who(self, person: Person) -> Asker | None:
        """The employee behind a verified identity; None for a guest and where the directory knows no active one."""
        if person.guest:
            log.info("guest_refused")
            return None
        found = await self.people.find(person.entra_id)
        return await self._complete(found, person.tenant, person.entra_id) if found else None

    async def _complete(self, asker: Asker, tenant: str, entra_id: str) -> Asker:
        """With their role and whom they stand in for today."""
        stands_for = await self._principals(tenant, entra_id)
        given = {self._roles.get(entra_id.lower()), self._roles.get(asker.upn.lower())}
        if self._groups is not None:
            given |= await self._groups.groups(entra_id)
        leads = asker.leads or bool(stands_for)
        role = next((one for one in WIDEST if one in given), "manager" if leads else "none")
        return replace(asker, role=role, leads=leads, stands_for=stands_for)

    async def _principals(self, tenant: str, entra_id: str) -> tuple[Principal, ...]:
        """Whose lines they have as deputies today: of active managers only, and only those managers' own."""
        if self._state is None:
            return ()
        today = self.today()
        named = [
            one
            for one in await self._state.deputies.listed(tenant, today)
            if one.deputy == entra_id.lower() and one.runs(today)
        ]
        found = await self.people.find_all(one.principal for one in named) if named else {}
        principals = {}
        for one in named:
            principal = found[one.principal]
            if principal is not None and principal.leads:
                principals[principal.person] = Principal(principal.person, principal.name, one.ends)
        return tuple(principals.values())

    def today(self) -> date:
        """The day it is where the company reports."""
        return today_of(self._engine.store.snapshot, self._clock)

    def stale(self) -> bool:
        """Whether the directory is too old to say who is in whose line: one that is asked ages sooner than a file."""
        directory = self._engine.version().directory
        return directory.age(self._clock().date()) > self._directory_days[directory.asked]

    async def seen(self, asker: Asker, where: Conversation, audience: Audience | None = None) -> Seen | None:
        """Whose rows this question may use; None where there is no line to show ("my team" of somebody without one).

        In a shared conversation everyone sees the same, so who asks does not matter, but for "my team": that is answered
        where nobody else reads along.
        """
        seen = await self.place(where, asker) if where.shared else self.own(asker, audience)
        if audience == "company" and seen and seen.scope.rows != "all":
            return Seen(TOTALS, "desk.totals", place=seen.place)
        return seen

    def own(self, asker: Asker, audience: Audience | None = None) -> Seen | None:
        """What somebody may see for themselves, in their personal chat."""
        if audience == "own":
            return self._line(asker) if asker.leads else None
        if asker.role == "program":
            return Seen(EVERYTHING, "desk.whole")
        if asker.role == "analyst":
            return Seen(GROUPS, "desk.groups")
        return self._line(asker) if asker.role == "manager" else Seen(TOTALS, "desk.totals")

    async def place(self, where: Conversation, asker: Asker | None = None) -> Seen:
        """What everyone in a shared conversation sees, whoever asks and also when nobody does."""
        if where.kind == "channel":
            given = await self._state.channel_scopes.get(where) if self._state else None
            return replace(await shown(given or {}, self), place="channel")
        return replace(await self._chat(where, asker), place="chat")

    async def _chat(self, where: Conversation, asker: Asker | None) -> Seen:
        askers = await self._members(where)
        if askers and asker and asker.person not in {one.person for one in askers}:
            # Whoever speaks is there: the list is older than their coming.
            self.rooms.changed(where)
            askers = await self._members(where)
            if askers and asker.person not in {one.person for one in askers}:
                askers = None
        if askers is None:
            return Seen(TOTALS, "access.not_read")
        return await in_common(askers, self) if askers else Seen(TOTALS, "access.outsiders")

    async def _members(self, where: Conversation) -> list[Asker] | None:
        """Everyone in a group chat; nobody where one of them is no employee, None where the list cannot be read."""
        members = await self.rooms.members(where)
        if not members:
            return None
        if any(one.guest or not one.entra_id for one in members):
            return []
        found = await self.people.find_all(one.entra_id for one in members)
        if not all(found.values()):
            return []
        known = {one.entra_id: asker for one in members if (asker := found[one.entra_id])}
        return [await self._complete(asker, where.tenant, entra_id) for entra_id, asker in known.items()]

    async def names(self, scope: Scope) -> Mapping[str, frozenset[str]]:
        """The names that exist within a scope, by dimension; kept as long as the data version is current."""
        key = (self._engine.store.snapshot.version, scope)
        if key not in self._visible:
            self._visible = {k: v for k, v in list(self._visible.items())[-MOST_KEPT:] if k[0] == key[0]}
            self._visible[key] = await self._engine.run(lambda: self._names(scope))
        return self._visible[key]

    def _names(self, scope: Scope) -> Mapping[str, frozenset[str]]:
        with self._engine.store.lease() as lease:
            return visible(lease, scope)

    def team_name(self, team: str) -> str:
        """What a team is called."""
        return self._engine.version().members.label("team", team)

    def _line(self, asker: Asker) -> Seen:
        return Seen(NOTHING, "desk.stale") if self.stale() else line_of(asker)


def today_of(snapshot: Snapshot, clock: Clock) -> date:
    """The day it is where the company reports."""
    return clock().astimezone(ZoneInfo(snapshot.reporting.timezone)).date()
