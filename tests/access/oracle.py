"""Who may see what, once more: by replaying the log with plain sets, without any database and without the product's code."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from tests.access.events import Company, Contracted, HandedOver, Headed, Joined, Left, Merged, Paid

Detail = Literal["totals", "groups", "named"]
ORDER: tuple[Detail, ...] = ("totals", "groups", "named")


@dataclass(frozen=True)
class Record:
    """One contract or one payment, with whom it belonged to on its own day."""

    key: str
    kind: Literal["contract", "paid"]
    owner: str | None
    team: str | None
    manager: str | None
    amount: int


@dataclass(frozen=True)
class May:
    """What somebody, or everybody in a place, may see: company totals, or these records in this detail."""

    detail: Detail
    records: frozenset[Record]


@dataclass
class Oracle:
    """`roles`: person -> program or analyst. `stands_for`: deputy -> principals, of today."""

    company: Company
    today: date
    roles: dict[str, str] = field(default_factory=dict)
    stands_for: dict[str, set[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        joined = sorted((e for e in self.company.events if isinstance(e, Joined | Left)), key=lambda e: e.on)
        self._moves: dict[str, list[Joined | Left]] = {p: [] for p in self.company.people}
        for event in joined:
            self._moves[event.person].append(event)
        self.ended = {e.team: e.into for e in self.company.of(Merged)}
        self.heads = {e.team: e.head for e in self.company.of(Headed)}
        self.records = frozenset(self._records())

    # -- what was so on a day --------------------------------------------------------------------------------------

    def place(self, person: str | None, on: date) -> Joined | None:
        """Where somebody sat on a day; None where they were not there."""
        known = [event for event in self._moves.get(person or "", []) if event.on <= on]
        return known[-1] if known and isinstance(known[-1], Joined) else None

    def _records(self) -> list[Record]:
        contracts = {c.contract: c for c in self.company.of(Contracted)}
        handed = {h.contract: h for h in self.company.of(HandedOver)}
        out = []
        for c in contracts.values():
            sat = self.place(c.owner, c.on)
            own = c.team or (sat.team if sat else None)
            out.append(Record(c.contract, "contract", self._known(c.owner), own, (sat and sat.manager) or None, 0))
        first = {r.key: r for r in out}
        for n, paid in enumerate(self.company.of(Paid)):
            now = handed.get(paid.contract)
            later = now is not None and now.on <= paid.on
            owner = now.owner if now and later else contracts[paid.contract].owner
            sat = self.place(owner, paid.on)
            where = now.team if now and later else first[paid.contract].team or (sat.team if sat else None)
            out.append(Record(f"X{n}", "paid", self._known(owner), where, (sat and sat.manager) or None, paid.amount))
        return out

    def _known(self, person: str) -> str | None:
        return person if person in self.company.people else None

    # -- what is so today ------------------------------------------------------------------------------------------

    def active(self, person: str) -> bool:
        return not any(isinstance(event, Left) for event in self._moves.get(person, []))

    def boss(self, person: str) -> str:
        """Today's manager as the directory says, whoever that is."""
        sat = self.place(person, self.today)
        return sat.manager if sat else ""

    def above(self, person: str) -> set[str]:
        """Everyone above somebody. Whoever stands on a circle has nobody above."""
        found: list[str] = []
        at = person
        while (boss := self.boss(at)) in self.company.people and not self._circles(at):
            found.append(boss)
            at = boss
        return set(found)

    def _circles(self, person: str) -> bool:
        seen: set[str] = set()
        at = self.boss(person)
        while at and at not in seen:
            if at == person:
                return True
            seen.add(at)
            at = self.boss(at)
        return False

    def below(self, team: str) -> set[str]:
        """A team, all below it in the tree, and all that was merged into any of these."""
        found = {team}
        while True:
            more = {t for t, parent in self.company.teams.items() if parent in found}
            more |= {t for t, into in self.ended.items() if into in found}
            if more <= found:
                return found
            found |= more

    def heads_of(self, person: str) -> set[str]:
        """Every team somebody heads now, with what lies below it; a team that has ended has no head."""
        own = [t for t, head in self.heads.items() if head == person and t not in self.ended]
        return {t for one in own for t in self.below(one)}

    def sits_in(self, person: str) -> set[str]:
        """The teams where a manager's line is now: their own, those of their reports, and what was merged into these."""
        seats = {
            self.place(one, self.today) for one in self.company.people if self.boss(one) == person or one == person
        }
        found = {seat.team for seat in seats if seat}
        while more := {t for t, into in self.ended.items() if into in found} - found:
            found |= more
        return found

    def leads(self, person: str) -> bool:
        return bool(self.heads_of(person)) or any(person in self.above(one) for one in self.company.people)

    def line(self, person: str) -> frozenset[Record]:
        """What one manager may see by themselves."""
        return frozenset(r for r in self.records if self._in_line(person, r))

    def _in_line(self, person: str, record: Record) -> bool:
        if record.owner is None:
            return False
        if record.owner == person or record.team in self.heads_of(person):
            return True
        manager = record.manager
        near = manager is not None and (manager == person or person in self.above(manager))
        return near and manager is not None and record.team in self.sits_in(manager)

    # -- people and places -----------------------------------------------------------------------------------------

    def principals(self, person: str) -> set[str]:
        return {p for p in self.stands_for.get(person, ()) if self.active(p) and self.leads(p)}

    def people_of(self, person: str) -> frozenset[str]:
        return frozenset({person, *self.principals(person)})

    def may(self, person: str) -> May:
        """In their personal chat."""
        if self.roles.get(person) == "program":
            return May("named", self.records)
        if self.roles.get(person) == "analyst":
            return May("groups", self.records)
        if self.leads(person) or self.principals(person):
            return May("named", frozenset().union(*(self.line(p) for p in self.people_of(person))))
        return May("totals", self.records)

    def all_may(self, members: list[str]) -> May:
        """In a group chat. The lines of two who have nothing to do with each other have nothing to show."""
        each = [self.may(person) for person in members]
        detail = min((one.detail for one in each), key=ORDER.index)
        lines = {self.people_of(p) for p in members if not self.roles.get(p)}
        if detail == "totals" or (lines and not self._meet(lines)):
            return May("totals", self.records)
        return May(detail, frozenset.intersection(*(one.records for one in each)))

    def _meet(self, lines: set[frozenset[str]]) -> bool:
        def inside(line: frozenset[str], other: frozenset[str]) -> bool:
            return any(b == a or a in self.above(b) or self.heads_of(a) & self.heads_of(b) for a in other for b in line)

        return any(all(inside(line, other) for other in lines) for line in lines)

    def channel(self, show: str, which: str = "") -> May:
        """Where a program lead set this."""
        if show in {"groups", "everything"}:
            return May("named" if show == "everything" else "groups", self.records)
        if show == "teams":
            return May("named", frozenset(r for r in self.records if r.owner and r.team in self.below(which)))
        if show == "line" and self.active(which) and self.leads(which):
            return May("named", self.line(which))
        return May("totals", self.records)
