"""Who asks, and what they may see: from a verified identity and a place to a Scope; never from a card or a message."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Literal
from zoneinfo import ZoneInfo

from analytics.model import Scope
from analytics.visible import visible

if TYPE_CHECKING:
    from collections.abc import Mapping

    from analytics.engine import Engine
    from analytics.model import Snapshot
    from bot.events import Clock, Conversation, Person

Role = Literal["program", "analyst", "manager", "none"]

EVERYTHING = Scope("all", "named")
GROUPS = Scope("all", "groups")
TOTALS = Scope("all", "totals")
NOTHING = Scope("none", "totals")

MOST_KEPT = 2_000

FIND = "SELECT person, name, upn FROM person WHERE lower(entra) = $entra AND active"
LEADS = """SELECT EXISTS (SELECT 1 FROM headed WHERE person = $person)
    OR EXISTS (SELECT 1 FROM reporting_line WHERE manager = $person)"""
HEADS = "SELECT t.name FROM team t WHERE t.head = $person AND t.valid_to IS NULL ORDER BY t.depth, t.name"


@dataclass(frozen=True, slots=True)
class Asker:
    """Somebody the directory knows: their role and, for managers, the teams they head (names, nearest the top first)."""

    person: str
    name: str
    upn: str
    role: Role
    leads: bool
    heads: tuple[str, ...]


class Access:
    """Works out askers and scopes. `roles`: user principal name or Entra object id, lower case -> role from the settings."""

    def __init__(
        self,
        engine: Engine,
        roles: Mapping[str, Role],
        clock: Clock,
        *,
        directory_days: int,
        directory_file_days: int | None = None,
    ) -> None:
        self._engine = engine
        self._roles = roles
        self._clock = clock
        self._directory_days = {True: directory_days, False: directory_file_days or directory_days}
        self._known: dict[tuple[int, str], Asker | None] = {}
        self._visible: dict[tuple[int, Scope], Mapping[str, frozenset[str]]] = {}

    async def who(self, person: Person) -> Asker | None:
        """The employee behind a verified identity; None where the directory knows no active one (a guest, for instance)."""
        if not person.entra_id:
            return None
        version = self._engine.store.snapshot.version
        key = (version, person.entra_id.lower())
        if key not in self._known:
            self._known = {k: v for k, v in self._known.items() if k[0] == version}
            self._known[key] = await self._engine.run(lambda: self._find(key[1]))
        return self._known[key]

    def _find(self, entra: str) -> Asker | None:
        with self._engine.store.lease() as lease:
            found = lease.cursor.execute(FIND, {"entra": entra}).fetchall()
            if len(found) != 1:
                return None
            person, name, upn = found[0]
            leads = bool(lease.cursor.execute(LEADS, {"person": person}).fetchall()[0][0])
            heads = tuple(row[0] for row in lease.cursor.execute(HEADS, {"person": person}).fetchall())
        given = self._roles.get(entra) or self._roles.get((upn or "").lower())
        return Asker(person, name, upn or "", given or ("manager" if leads else "none"), leads, heads)

    def stale(self) -> bool:
        """Whether the directory is too old to say who is in whose line: one that is asked ages sooner than a file."""
        directory = self._engine.version().directory
        return directory.age(self._clock().date()) > self._directory_days[directory.asked]

    def scope(self, asker: Asker, where: Conversation, audience: str | None) -> Scope | None:
        """Whose rows this question may use; None where there is no line to show ("my team" of somebody without one).

        In a shared conversation everyone sees the same, so who asks does not matter: company totals.
        """
        if where.shared:
            return TOTALS
        if audience == "own":
            return self._line(asker) if asker.leads else None
        if asker.role == "program":
            return EVERYTHING
        if asker.role == "analyst":
            return GROUPS
        if asker.role == "manager" and audience != "company":
            return self._line(asker)
        return TOTALS

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

    def _line(self, asker: Asker) -> Scope:
        return NOTHING if self.stale() else Scope("line", "named", people=(asker.person,))


def today_of(snapshot: Snapshot, clock: Clock) -> date:
    """The day it is where the company reports."""
    return clock().astimezone(ZoneInfo(snapshot.reporting.timezone)).date()
