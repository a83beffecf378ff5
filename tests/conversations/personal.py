"""A company of four and the whole bot on it, whose data can be synced anew while people talk; and its clockwork."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.access import Access
from bot.bootstrap import links_of
from bot.delivery.connector import Connector
from bot.delivery.outbox import Sender
from bot.desk import Insights
from bot.events import Person
from bot.settings import SAMPLE_TENANT, Settings
from bot.state import State
from bot.telemetry.counts import Counts
from tests.cards.validate import check_card
from tests.conversations.conftest import Talk
from tests.fakes.serving import ThrowawayCA
from tests.fakes.stage import FakeClock, stage
from tests.world import NOW, Rows, World

# Ana heads Design, Ben heads Research; Pia leads the program, Eve leads nobody.
IDS = {"ana": "e1", "ben": "e2", "pia": "e3", "eve": "e4"}
COMPANY: Rows = {
    "people": [
        {"person_id": "P2", "name": "Ben Okafor", "entra_object_id": "e2", "upn": "ben@contoso.example"},
        {"person_id": "P3", "name": "Pia Lead", "entra_object_id": "e3", "upn": "pia@contoso.example"},
        {"person_id": "P4", "name": "Eve Small", "entra_object_id": "e4", "upn": "eve@contoso.example"},
    ],
    "employment": [
        {"person_id": "P2", "team_id": "T2"},
        {"person_id": "P3", "team_id": "T3"},
        {"person_id": "P4", "team_id": "T3"},
    ],
    "teams": [
        {"team_id": "T2", "name": "Research", "head_person_id": "P2", "country": "Germany"},
        {"team_id": "T3", "name": "Procurement", "country": "Germany"},
    ],
}


def company(design: float, research: float, **more: list[dict[str, Any]]) -> Rows:
    """What both teams have spent this quarter, in dollars."""
    contracts = [
        {"contract_id": "C1", "title": "Logo", "start_date": "2026-09-01"},
        {"contract_id": "C2", "title": "Survey", "start_date": "2026-09-01", "team_id": "T2", "owner_id": "P2"},
    ]
    charges = [
        {"charge_id": "L1", "contract_id": "C1", "posted_at": "2026-10-05T12:00:00Z", "amount": str(design)},
        {"charge_id": "L2", "contract_id": "C2", "posted_at": "2026-10-05T12:00:00Z", "amount": str(research)},
    ]
    rows: Rows = {**COMPANY, "contracts": contracts, "charges": charges}
    return {name: [*rows.get(name, []), *more.get(name, [])] for name in {*rows, *more}}


@dataclass
class Company(Talk):
    """People talking to the bot about a tiny world."""

    world: World

    def person(self, key: str) -> Person:
        """One of the four."""
        return Person(SAMPLE_TENANT, IDS[key], key.title(), f"29:{key}")

    def synced(self, rows: Rows) -> None:
        """A new version of the data."""
        self.world.sync(rows, NOW)

    async def passes(self, *ticks: str) -> list[tuple[str, dict[str, Any]]]:
        """What the clockwork sends now: to whom (a key of IDS), and each message as the connector got it."""
        at = self.stage
        before = len(at.connector.messages())
        sender = Sender(at.state.outbox, at.state.conversations, at.parts.connector, at.clock, Counts())
        for _ in range(3):
            for tick in ticks or ("schedules", "alerts"):
                await self.tick(tick)
            await sender.sweep()
            await sender.idle()
        # The bot's own sender may have been quicker: what it has taken is waited for.
        while (await at.state.outbox.depth()).get("sending"):
            await asyncio.sleep(0.01)
        sent = at.connector.messages()[before:]
        for one in sent:
            for attached in one.body.get("attachments", ()):
                check_card(attached["content"])
        names = {f"a:{entra}": key for key, entra in IDS.items()}
        return [(names[one.conversation], one.body) for one in sent]


@asynccontextmanager
async def talking_in(world: World, ca: ThrowawayCA, folder: Path, **changes: Any) -> AsyncIterator[Company]:
    """The bot on a tiny world; `changes` are settings."""
    clock, roles = FakeClock(), {"pia@contoso.example": "program"}

    def desk(state: State, connector: Connector, settings: Settings) -> Insights:
        access = Access(world.engine, roles, clock, directory_days=40, state=state, connector=connector)  # type: ignore[arg-type]
        links = links_of(settings, clock)
        return Insights(world.engine, access, state, clock, settings=settings, connector=connector, links=links)

    async with stage(desk, ca, folder, clock=clock, **changes) as played:
        yield Company(played, {}, world)


def card(sent: tuple[str, dict[str, Any]]) -> dict[str, Any]:
    """The card of a message."""
    found: dict[str, Any] = sent[1]["attachments"][0]["content"]
    return found
