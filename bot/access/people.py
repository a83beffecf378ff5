"""People as the directory of the current version knows them, by their Entra object id."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.access.nouns import Asker
from bot.events import GUEST

if TYPE_CHECKING:
    from collections.abc import Iterable

    from analytics.engine import Engine
    from analytics.store import Lease

# One condition alone, since with a second one DuckDB reads the whole table instead of its index.
FIND = "SELECT person, name, coalesce(upn, ''), active FROM person WHERE entra = $entra"
LEADS = "SELECT person FROM headed UNION SELECT manager FROM reporting_line"
HEADS = "SELECT head, name FROM team WHERE head IS NOT NULL AND valid_to IS NULL ORDER BY depth, name"
NAMED = """SELECT entra, name FROM person
WHERE active AND entra IS NOT NULL AND contains(lower(name), $first) ORDER BY name, entra"""
LEADING = """SELECT DISTINCT p.entra FROM person p WHERE p.active AND p.entra IS NOT NULL
    AND coalesce(p.upn, '') NOT ILIKE '%' || $guest || '%'
    AND (EXISTS (SELECT 1 FROM headed h WHERE h.person = p.person)
        OR EXISTS (SELECT 1 FROM reporting_line l WHERE l.manager = p.person))
ORDER BY 1"""
HEADED = "SELECT person, team FROM headed WHERE person IN (SELECT unnest($people))"
ABOVE = """SELECT manager, person FROM reporting_line
WHERE manager IN (SELECT unnest($people)) AND person IN (SELECT unnest($people))"""

MOST_NAMESAKES = 8


@dataclass(frozen=True, slots=True)
class Heads:
    """Who in a version has a line of their own, and the teams that each heads: few, so read once and not for everyone anew."""

    version: int
    leads: frozenset[str]
    teams: Mapping[str, tuple[str, ...]]


class People:
    """Looks people up; what was found is kept as long as the version is current. `leads` and `heads` are their own."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        # Of one version: whoever was looked up in it, by their id in lower case.
        self._known: tuple[int, dict[str, Asker | None]] = (0, {})
        self._heads: Heads | None = None

    async def find(self, entra_id: str) -> Asker | None:
        """The active employee with this id, without a role; None where there is none, or more than one."""
        if not entra_id:
            return None
        return (await self.find_all([entra_id]))[entra_id.lower()]

    async def find_all(self, entra_ids: Iterable[str]) -> Mapping[str, Asker | None]:
        """The same for many at once, by id in lower case."""
        version = self._engine.store.snapshot.version
        if self._known[0] != version:
            self._known = (version, {})
        known, wanted = self._known[1], {one.lower() for one in entra_ids}
        if missing := [one for one in wanted if one not in known]:
            known |= await self._engine.run(lambda: self._find(missing))
        return {one: known[one] for one in wanted}

    async def leading(self) -> list[str]:
        """Entra object ids of every active employee who has a line of their own."""
        return await self._engine.run(self._leading)

    def _leading(self) -> list[str]:
        with self._engine.store.lease() as lease:
            return [entra for (entra,) in lease.cursor.execute(LEADING, {"guest": GUEST}).fetchall()]

    async def named(self, said: str) -> list[tuple[str, Asker]]:
        """Active employees of this name with their Entra object ids: of exactly this one, or with every word as typed in theirs."""
        wanted = " ".join(said.casefold().split())
        if not wanted:
            return []
        rows = await self._engine.run(lambda: self._named(wanted.split(" ")))
        exact = [entra for entra, name in rows if name.casefold() == wanted]
        found = await self.find_all(exact or [entra for entra, _ in rows])
        return [(entra, asker) for entra, asker in found.items() if asker]

    def _named(self, typed: list[str]) -> list[tuple[str, str]]:
        with self._engine.store.lease() as lease:
            rows = lease.cursor.execute(NAMED, {"first": typed[0]}).fetchall()
        fits = [(e, n) for e, n in rows if set(typed) <= set(n.casefold().split())]
        return fits[:MOST_NAMESAKES]

    def _find(self, entra_ids: list[str]) -> dict[str, Asker | None]:
        with self._engine.store.lease() as lease:
            heads = self._heads
            if heads is None or heads.version != lease.snapshot.version:
                heads = self._heads = _heads(lease)
            return {one: _found(lease, one, heads) if one else None for one in entra_ids}

    async def innermost(self, lines: Iterable[tuple[str, ...]]) -> tuple[str, ...] | None:
        """Of several lines (people each) the one inside which all others may be looked for; None where some have nothing in common.

        A line is inside another whose people stand above it in the directory, or head a team in common with it.
        """
        wanted = list(lines)
        return await self._engine.run(lambda: self._innermost(wanted))

    def _innermost(self, lines: list[tuple[str, ...]]) -> tuple[str, ...] | None:
        people = {"people": sorted({person for line in lines for person in line})}
        with self._engine.store.lease() as lease:
            above = set(lease.cursor.execute(ABOVE, people).fetchall())
            headed: dict[str, set[str]] = {}
            for person, team in lease.cursor.execute(HEADED, people).fetchall():
                headed.setdefault(person, set()).add(team)

        def inside(line: tuple[str, ...], other: tuple[str, ...]) -> bool:
            return any(
                b == a or (a, b) in above or headed.get(a, set()) & headed.get(b, set()) for a in other for b in line
            )

        return next((line for line in lines if all(inside(line, other) for other in lines)), None)


def _heads(lease: Lease) -> Heads:
    teams: dict[str, tuple[str, ...]] = {}
    for person, name in lease.cursor.execute(HEADS).fetchall():
        teams[person] = (*teams.get(person, ()), name)
    leads = frozenset(person for (person,) in lease.cursor.execute(LEADS).fetchall())
    return Heads(lease.snapshot.version, leads, teams)


def _found(lease: Lease, entra_id: str, heads: Heads) -> Asker | None:
    rows = lease.cursor.execute(FIND, {"entra": entra_id}).fetchall()
    # Whoever is in the directory as a guest is no employee.
    found = [(person, name, upn) for person, name, upn, active in rows if active and GUEST not in upn.lower()]
    if len(found) != 1:
        return None
    person, name, upn = found[0]
    leads = person in heads.leads
    return Asker(person, name, upn, "manager" if leads else "none", leads, heads.teams.get(person, ()))
