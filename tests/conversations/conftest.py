"""A small sample enterprise and the whole bot on it: real server, real tokens, real data, a scripted connector."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from analytics.engine import Engine
from analytics.store import Store
from analytics.targets import load_goals
from bot.access import Access
from bot.bootstrap import links_of
from bot.delivery.connector import Connector
from bot.desk import Insights
from bot.events import Conversation, Person
from bot.sample_people import SamplePerson, sample_people
from bot.settings import SAMPLE_TENANT, Settings
from bot.state import State
from tests.canaries import NOW as CANARIES
from tests.canaries import Words, names_of
from tests.cards.validate import check_card
from tests.enterprise import synced_sample
from tests.fakes.serving import ThrowawayCA, make_ca
from tests.fakes.stage import FakeClock, Stage, stage

TARGETS = Path(__file__).parents[2] / "docs" / "examples" / "targets.toml"


@dataclass(frozen=True)
class Enterprise:
    """Where the data lies, who the five sample people are, and what everybody, every team and every job is called."""

    store: Path
    people: dict[str, SamplePerson]
    named: Words


@pytest.fixture(scope="session")
def enterprise(tmp_path_factory: pytest.TempPathFactory) -> Enterprise:
    made = synced_sample(tmp_path_factory)
    return Enterprise(made.store, sample_people(made.files), names_of(made.files))


@pytest.fixture(scope="session")
def ca(tmp_path_factory: pytest.TempPathFactory) -> ThrowawayCA:
    return make_ca(tmp_path_factory.mktemp("ca"))


@pytest.fixture(scope="session")
def engine(enterprise: Enterprise) -> Iterator[Engine]:
    store = Store(enterprise.store)
    made = Engine(store, goals=load_goals(TARGETS))
    yield made
    made.close()
    store.close()


@dataclass
class Talk:
    """Somebody talking to the bot; every card that comes back is checked against all card rules."""

    stage: Stage
    people: dict[str, SamplePerson]

    def person(self, key: str) -> Person:
        """A sample person as Teams names them; anyone else is a stranger to the directory."""
        if key not in self.people:
            return Person(SAMPLE_TENANT, "99999999-0000-4000-8000-000000000000", "Robin Visitor", "29:robin")
        sample_person = self.people[key]
        return Person(SAMPLE_TENANT, sample_person.entra_id, sample_person.name, f"29:{key}")

    async def say(self, text: str, key: str = "lead", where: Conversation | None = None) -> dict[str, Any]:
        """What one person says; the one card that comes back."""
        (sent,) = await self.stage.teams.say(text, self.person(key), where)
        card: dict[str, Any] = sent.body["attachments"][0]["content"]
        check_card(card)
        return card

    async def tick(self, name: str) -> None:
        """Do what the clock would have done by now."""
        assert isinstance(self.stage.desk, Insights)
        (tick,) = [tick for tick in self.stage.desk.ticks if tick.name == name]
        await tick.run(self.stage.clock())

    async def press(
        self, action: dict[str, Any], key: str = "lead", where: Conversation | None = None, **inputs: str
    ) -> dict[str, Any]:
        """A press of one of the card's buttons; the card that takes its place."""
        body = await self.stage.teams.press(action, self.person(key), where, inputs=inputs)
        assert body["type"] == "application/vnd.microsoft.card.adaptive", body
        check_card(body["value"])
        card: dict[str, Any] = body["value"]
        return card


@asynccontextmanager
async def talking(
    enterprise: Enterprise, engine: Engine, ca: ThrowawayCA, folder: Path, clock: FakeClock, **changes: Any
) -> AsyncIterator[Talk]:
    people = enterprise.people
    CANARIES.people.append(enterprise.named)
    roles = {people["lead"].upn.lower(): "program", people["program"].upn.lower(): "program"}

    def desk(state: State, connector: Connector, settings: Settings) -> Insights:
        access = Access(engine, roles, clock, directory_days=7, state=state, connector=connector)  # type: ignore[arg-type]
        return Insights(
            engine, access, state, clock, settings=settings, connector=connector, links=links_of(settings, clock)
        )

    async with stage(desk, ca, folder, clock=clock, **changes) as played:
        yield Talk(played, people)


@pytest.fixture
async def talk(enterprise: Enterprise, engine: Engine, ca: ThrowawayCA, tmp_path: Path) -> AsyncIterator[Talk]:
    async with talking(enterprise, engine, ca, tmp_path, FakeClock()) as made:
        yield made


@pytest.fixture
async def pictured(enterprise: Enterprise, engine: Engine, ca: ThrowawayCA, tmp_path: Path) -> AsyncIterator[Talk]:
    """The same with an address that clients reach, so that cards have pictures and links."""
    async with talking(enterprise, engine, ca, tmp_path, FakeClock(), public_url="https://bot.example") as made:
        yield made


def texts(card: Any) -> str:
    """Everything a card says, in one text."""
    if isinstance(card, dict):
        own = [str(card[k]) for k in ("text", "title", "value", "label") if isinstance(card.get(k), str)]
        return "\n".join([*own, *(texts(v) for k, v in card.items() if k not in {"fallback", "data"})])
    return "\n".join(texts(one) for one in card) if isinstance(card, list) else ""


def actions(card: Any) -> Iterator[dict[str, Any]]:
    """Every Action.Execute of a card, wherever it stands."""
    if isinstance(card, dict):
        if card.get("type") == "Action.Execute":
            yield card
        for key, value in card.items():
            if key != "fallback":
                yield from actions(value)
    elif isinstance(card, list):
        for one in card:
            yield from actions(one)
