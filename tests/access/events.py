"""Companies made from a seed, as a log of what happened; the import files are written from the log, and so is the oracle."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from tests.soundness.rows import charge, contract, team
from tests.world import TODAY, Rows

BEGIN = date(2026, 1, 1)
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Joined:
    """Somebody begins, or moves: from this day on they sit in a team below a manager."""

    on: date
    person: str
    team: str
    manager: str


@dataclass(frozen=True)
class Left:
    """Somebody is gone from this day on."""

    on: date
    person: str


@dataclass(frozen=True)
class Headed:
    """From now on the team has this head, or none."""

    team: str
    head: str


@dataclass(frozen=True)
class Merged:
    """A team ends and lives on in another."""

    on: date
    team: str
    into: str


@dataclass(frozen=True)
class Contracted:
    """A contract: `team` is empty where it follows its owner's; an owner may be nobody the directory knows."""

    on: date
    contract: str
    owner: str
    team: str


@dataclass(frozen=True)
class HandedOver:
    """A contract changes hands: from this day on another owner in another team pays."""

    on: date
    contract: str
    owner: str
    team: str


@dataclass(frozen=True)
class Paid:
    """Money for a contract, in whole units."""

    on: date
    contract: str
    amount: int


Event = Joined | Left | Headed | Merged | Contracted | HandedOver | Paid


@dataclass
class Company:
    """What was there at the beginning, and what happened since."""

    people: list[str]
    teams: dict[str, str]
    events: list[Event] = field(default_factory=list)

    def of(self, kind: type[Any]) -> list[Any]:
        return [event for event in self.events if isinstance(event, kind)]

    def rows(self) -> Rows:
        """The import files."""
        gone = {event.person for event in self.of(Left)}
        heads = {event.team: event.head for event in self.of(Headed)}
        merged = {event.team: event for event in self.of(Merged)}
        teams = [
            team(
                key,
                name_of(key),
                parent_team_id=parent,
                head_person_id=heads.get(key, ""),
                valid_to=merged[key].on.isoformat() if key in merged else "",
                successor_team_id=merged[key].into if key in merged else "",
            )
            for key, parent in self.teams.items()
        ]
        people = [
            {"person_id": p, "name": name_of(p), "entra_object_id": entra_of(p), "upn": f"{p}@contoso.example".lower(),
             "active": "false" if p in gone else "true"} for p in self.people
        ]  # fmt: skip
        return {
            "people!": people,
            "teams!": teams,
            "employment!": self._employment(),
            "workers!": [{"worker_id": f"W{n}", "name": f"Worker {n}"} for n in range(7)],
            "contracts": [
                contract(c.contract, c.on.isoformat(), owner_id=c.owner, team_id=c.team, worker_id=f"W{n % 7}")
                for n, c in enumerate(self.of(Contracted))
            ],
            "owner_history": self._owners(),
            "charges": [
                charge(f"X{n}", p.on.isoformat(), p.amount, contract_id=p.contract) for n, p in enumerate(self.of(Paid))
            ],
        }

    def _employment(self) -> list[dict[str, Any]]:
        spans: dict[str, list[dict[str, Any]]] = {person: [] for person in self.people}
        for event in sorted((e for e in self.events if isinstance(e, Joined | Left)), key=lambda e: e.on):
            mine = spans[event.person]
            if mine and "valid_to" not in mine[-1]:
                mine[-1]["valid_to"] = event.on.isoformat()
            if isinstance(event, Joined):
                mine.append(
                    {"person_id": event.person, "team_id": event.team, "manager_id": event.manager, "valid_from": event.on.isoformat()}
                )  # fmt: skip
        return [span for mine in spans.values() for span in mine if span.get("valid_to") != span["valid_from"]]

    def _owners(self) -> list[dict[str, Any]]:
        begun = {c.contract: c for c in self.of(Contracted)}
        out: list[dict[str, Any]] = []
        for one in self.of(HandedOver):
            first = begun[one.contract]
            before = {"contract_id": one.contract, "valid_from": first.on.isoformat(), "valid_to": one.on.isoformat()}
            out += [
                {**before, "team_id": first.team, "owner_id": first.owner},
                {
                    "contract_id": one.contract,
                    "valid_from": one.on.isoformat(),
                    "team_id": one.team,
                    "owner_id": one.owner,
                },
            ]
        return out


def name_of(key: str) -> str:
    return f"Person {key[1:]}" if key.startswith("P") else f"Team {key[1:]}"


def entra_of(person: str) -> str:
    return f"e-{person.lower()}"


class Maker:
    """One company from one chance. It grows a tree, then lets things happen on random days in order."""

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        n, m = chance.randint(4, 12), chance.randint(2, 7)
        self.company = Company(
            [f"P{i}" for i in range(n)], {f"T{i}": f"T{chance.randrange(i)}" if i else "" for i in range(m)}
        )
        self.sits: dict[str, tuple[str, str]] = {}

    def make(self) -> Company:
        c, chance = self.company, self.chance
        for i, person in enumerate(c.people):
            manager = f"P{chance.randrange(i)}" if i and chance.random() < 0.92 else ""
            self._join(date(2020, 1, 1), person, chance.choice(list(c.teams)), manager)
        for key in c.teams:
            if chance.random() < 0.85:
                c.events.append(Headed(key, chance.choice(c.people)))
        if chance.random() < 0.15 and len(c.people) > 4:
            self._circle()
        for on in sorted(BEGIN + DAY * chance.randrange(300) for _ in range(chance.randint(8, 30))):
            chance.choices(
                (self._contract, self._pay, self._move, self._lead, self._leave, self._merge, self._hand_over),
                (6, 9, 3, 2, 1, 1, 2),
            )[0](on)
        for one in c.of(Contracted):
            c.events.append(
                Paid(min(one.on + DAY * chance.randrange(60), TODAY - DAY), one.contract, chance.randint(1, 9_999))
            )
        return c

    def _join(self, on: date, person: str, team_id: str, manager: str) -> None:
        self.sits[person] = (team_id, manager)
        self.company.events.append(Joined(on, person, team_id, manager))

    def _here(self) -> list[str]:
        return [person for person in self.company.people if person in self.sits]

    def _live(self) -> list[str]:
        ended = {event.team for event in self.company.of(Merged)}
        return [key for key in self.company.teams if key not in ended]

    def _circle(self) -> None:
        some = self.chance.sample(self.company.people, self.chance.randint(1, 4))
        for person, manager in zip(some, [*some[1:], some[0]], strict=True):
            self._join(date(2020, 2, 1), person, self.sits[person][0], manager)

    def _contract(self, on: date) -> None:
        unknown = self.chance.random() < 0.12
        owner = "P99" if unknown else self.chance.choice(self._here())
        given = self.chance.choice(list(self.company.teams)) if self.chance.random() < 0.25 else ""
        self.company.events.append(Contracted(on, f"C{len(self.company.of(Contracted))}", owner, given))

    def _pay(self, on: date) -> None:
        if contracts := self.company.of(Contracted):
            self.company.events.append(Paid(on, self.chance.choice(contracts).contract, self.chance.randint(1, 9_999)))

    def _move(self, on: date) -> None:
        person = self.chance.choice(self._here())
        others = [p for p in self._here() if p != person]
        if others:
            self._join(on, person, self.chance.choice(self._live()), self.chance.choice([*others, ""]))

    def _lead(self, on: date) -> None:
        """A team gets a new head, and whoever sat there below the old one gets the new one as manager."""
        key, head = self.chance.choice(self._live()), self.chance.choice(self._here())
        heads = {event.team: event.head for event in self.company.of(Headed)}
        old = heads.get(key)
        self.company.events.append(Headed(key, head))
        for person, (sits, manager) in list(self.sits.items()):
            if sits == key and manager == old and person != head:
                self._join(on, person, sits, head)
        if old in self.sits and old != head and self.chance.random() < 0.7:
            self._move_to(on, old)

    def _move_to(self, on: date, person: str) -> None:
        managers = [p for p in self._here() if p != person]
        self._join(on, person, self.chance.choice(self._live()), self.chance.choice(managers) if managers else "")

    def _leave(self, on: date) -> None:
        if len(self._here()) > 3:
            person = self.chance.choice(self._here())
            del self.sits[person]
            self.company.events.append(Left(on, person))

    def _merge(self, on: date) -> None:
        live = self._live()
        if len(live) < 3:
            return
        key = self.chance.choice([one for one in live if self.company.teams[one]] or live)
        into = self.chance.choice([one for one in live if one != key])
        self.company.events.append(Merged(on, key, into))
        for person, (sits, manager) in list(self.sits.items()):
            if sits == key:
                self._join(on, person, into, manager)

    def _hand_over(self, on: date) -> None:
        changed = {event.contract for event in self.company.of(HandedOver)}
        begun = [c for c in self.company.of(Contracted) if c.contract not in changed and c.on < on and c.team]
        if begun:
            one = self.chance.choice(begun)
            owner, key = self.chance.choice(self._here()), self.chance.choice(self._live())
            self.company.events.append(HandedOver(on, one.contract, owner, key))
