"""A small company with a bot, a host that holds files, and a store of its own, for tests of data that comes in."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from analytics import facts
from analytics.engine import Engine
from analytics.store import Store
from analytics.sync import sync
from bot.access import Access
from bot.desk import Insights
from bot.features import data as feature_module
from bot.features.data.running import Runs
from bot.sample_people import SamplePerson
from tests.analytics.company import REPORTING, company, write
from tests.analytics.profiles.mapping import FILES
from tests.cards.validate import check_card
from tests.conversations.conftest import Talk, actions
from tests.fakes.filehost import FakeFileHost, files_on
from tests.fakes.serving import ThrowawayCA
from tests.fakes.stage import FakeClock, stage
from tests.world import NOW

INFO = "application/vnd.microsoft.teams.file.download.info"
SEPTEMBER = FILES / "beeline_invoice_2026-09.csv"
LEAD = "aaaaaaaa-0000-4000-8000-000000000001"
MANAGER = "aaaaaaaa-0000-4000-8000-000000000002"


@dataclass
class Office:
    """A small company with a bot, a host that holds files, and what was in store before."""

    talk: Talk
    host: FakeFileHost
    runs: Runs
    home: Path

    async def send(self, *files: tuple[str, str], key: str = "lead", text: str = "", shared: bool = False) -> list[Any]:
        """Files as (name, address); the cards, or texts, that come back."""
        teams, person = self.talk.stage.teams, self.talk.person(key)
        where = teams.group() if shared else teams.personal(person)
        attachments = [
            {"contentType": "text/html", "content": "<p>here</p>"},
            *({"contentType": INFO, "name": n, "content": {"downloadUrl": u, "fileType": "csv"}} for n, u in files),
        ]
        sent = await teams._answers(teams.activity("message", person, where, text=text, attachments=attachments))
        for one in sent:
            if one.card:
                check_card(one.card)
        return [one.card or one.text for one in sent]

    async def check(self, path: Path, name: str = "", **how: Any) -> dict[str, Any]:
        """Sends one file; the card of its check."""
        (card,) = await self.send((name or path.name, self.host.holds(path.name, path.read_bytes())), **how)
        return dict(card)

    async def done(self) -> dict[str, Any]:
        """Waits until syncs are over; the last card that was rewritten."""
        await self.runs.settled()
        async with asyncio.timeout(20):
            while not (put := [one for one in self.talk.stage.connector.messages() if one.method == "PUT"]):
                await asyncio.sleep(0.02)
        check_card(put[-1].card)
        return dict(put[-1].card)

    def charges(self) -> dict[str, int]:
        store = Store(self.home)
        try:
            with store.lease() as lease:
                return dict(lease.cursor.execute("SELECT charge, amount FROM charge").fetchall())
        finally:
            store.close()


def button(card: Any, verb: str) -> dict[str, Any]:
    return next(one for one in actions(card) if one["data"].get("verb") == verb)


def seeded(home: Path) -> Path:
    """A company whose people can use the bot, synced once; one charge names a team nobody knows."""
    tables = company()
    tables["people"][0] |= {"entra_object_id": LEAD, "upn": "lead@contoso.example"}
    tables["people"][1] |= {"entra_object_id": MANAGER}
    for row in tables["charges"][:8]:
        row["team_id"] = "CC-77 [x](http://evil.example)"
    write(home / "files", tables)
    sync(home / "files", home, reporting=REPORTING, now=NOW, build=facts.build)
    return home


@asynccontextmanager
async def opened(home: Path, ca: ThrowawayCA, clock: FakeClock, **changes: Any) -> AsyncIterator[Office]:
    store = Store(home)
    engine = Engine(store)
    made: list[Runs] = []
    keep: Callable[..., Runs] = Runs

    def runs(*given: Any) -> Runs:
        made.append(keep(*given))
        return made[-1]

    patch = pytest.MonkeyPatch()
    patch.setattr(feature_module, "Runs", runs)
    async with files_on(ca.server()) as host:

        def desk(state: Any, connector: Any, settings: Any) -> Insights:
            access = Access(
                engine,
                {"lead@contoso.example": "program"},
                clock,
                directory_days=4_000,
                directory_file_days=4_000,
                state=state,
                connector=connector,
            )
            return Insights(engine, access, state, clock, settings=settings, connector=connector)

        given: dict[str, Any] = {
            "file_hosts": (host.host,),
            "currency": "EUR",
            "time_zone": "Europe/Berlin",
            "turn_seconds": 60.0,
            "invoke_seconds": 30.0,
            "typing_seconds": 60.0,
        }
        async with stage(desk, ca, home, clock=clock, **{**given, **changes}) as played:
            people = {
                "lead": SamplePerson("lead", "Person 1", "lead@contoso.example", LEAD, "Lead", "program"),
                "manager": SamplePerson("manager", "Person 2", "p2@contoso.example", MANAGER, "Manager", "manager"),
            }
            try:
                yield Office(Talk(played, people), host, made[0], home)
            finally:
                patch.undo()
                await made[0].settled()
    engine.close()
    store.close()
