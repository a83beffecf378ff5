"""A generated company as the product sees it: synced data, real access with its memory, and a roster for group chats."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from analytics.errors import NotAllowed
from analytics.model import Answer, Scope
from analytics.query import from_json
from bot.access import Access, Asker
from bot.events import Conversation, Person
from bot.state import State
from tests.access.events import Company, Maker, entra_of
from tests.access.oracle import May, Oracle
from tests.world import TODAY, World

NOW = datetime(2026, 11, 20, 10, tzinfo=UTC)
YEAR = {"time": {"from": "2026-01-01", "to": "2026-11-20"}}
SPEND = {"metrics": ["spend"], **YEAR}
DAYS = timedelta(days=1)


class Roster:
    """Says who is in a chat, as the connector would; counts how often it was asked."""

    def __init__(self) -> None:
        self.listed: list[dict[str, Any]] = []
        self.asked = 0

    async def members(self, _where: Conversation) -> list[dict[str, Any]]:
        self.asked += 1
        return list(self.listed)


@dataclass
class Case:
    """One company with its oracle, its access and somebody's memory of deputies and channels."""

    world: World
    oracle: Oracle
    access: Access
    roster: Roster
    state: State
    tenant: str

    @property
    def company(self) -> Company:
        return self.oracle.company

    def person(self, key: str) -> Person:
        return Person(self.tenant, entra_of(key))

    def place(self, kind: Any, name: str) -> Conversation:
        return Conversation(name, kind, self.tenant, "https://smba.example/emea", bot_id="28:bot")

    async def asker(self, key: str) -> Asker:
        found = await self.access.who(self.person(key))
        assert found is not None
        return found

    def answer(self, query: dict[str, Any], scope: Scope) -> Answer | None:
        """The engine's answer, None where it refuses."""
        try:
            return self.world.engine.ask(from_json(query), scope, today=TODAY)
        except NotAllowed:
            return None


async def case_of(chance: random.Random, folder: Path, state: State, tenant: str) -> Case:
    """A company, roles for some of its people, deputies for some."""
    company = Maker(chance).make()
    oracle = Oracle(company, TODAY)
    world = World(folder, company.rows())
    roster = Roster()
    for person in company.people:
        if chance.random() < 0.1:
            oracle.roles[person] = chance.choice(("program", "analyst"))
    for _ in range(chance.choice((0, 0, 1, 2, 3))):
        await _deputy(chance, oracle, state, tenant)
    roles: Any = {entra_of(person): role for person, role in oracle.roles.items()}
    access = Access(world.engine, roles, lambda: NOW, directory_days=7, state=state, connector=roster)  # type: ignore[arg-type]
    return Case(world, oracle, access, roster, state, tenant)


async def _deputy(chance: random.Random, oracle: Oracle, state: State, tenant: str) -> None:
    principal, deputy = chance.sample(oracle.company.people, 2)
    starts = TODAY + DAYS * chance.randint(-9, 3)
    ends = starts + DAYS * chance.randint(1, 12)
    by = Person(tenant, "e-lead")
    number = await state.deputies.name(by, entra_of(principal), entra_of(deputy), starts, ends)
    if chance.random() < 0.15:
        await state.deputies.end(tenant, number, "e-lead")
    elif starts <= TODAY < ends:
        oracle.stands_for.setdefault(deputy, set()).add(principal)


def spent(may: May) -> dict[str, int]:
    """What the oracle counts, in hundredths: by team key, "owner P" and "total"."""
    out: dict[str, int] = {"total": 0}
    for record in may.records:
        if record.kind == "paid":
            for key in ("total", f"team {record.team}", f"owner {record.owner}"):
                out[key] = out.get(key, 0) + record.amount * 100
    return out


def begun(may: May) -> int:
    """How many contracts the oracle counts that began this year."""
    return sum(record.kind == "contract" for record in may.records)
