"""A directory that is too old closes every view that hangs on reporting lines; a new version counts at once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest

from analytics.engine import Engine
from analytics.store import Store
from bot.access import NOTHING, TOTALS, Access, Seen
from bot.events import Conversation, Person
from bot.state import State
from tests.access.companies import Roster
from tests.access.events import entra_of
from tests.fakes.stage import FakeClock
from tests.soundness.rows import charge, contract, team
from tests.world import NOW, World

TENANT = "t1"
GRAPH_DAYS, FILE_DAYS = 7, 40
# (asked rather than a file, how many people it places today, its age in days)
Source = tuple[bool, int, int]


def company(manager: str = "P1") -> dict[str, Any]:
    """P2 works for somebody; P1 and P3 head nothing; P0 leads the program, P4 is a deputy."""
    people = [{"person_id": f"P{n}", "name": f"Person {n}", "entra_object_id": entra_of(f"P{n}")} for n in range(5)]
    sits = [{"person_id": f"P{n}", "team_id": "T1", "valid_from": "2020-01-01"} for n in range(5) if n != 2]
    return {
        "people!": people,
        "teams!": [team("T1", "One")],
        "employment!": [
            *sits,
            {"person_id": "P2", "team_id": "T1", "manager_id": manager, "valid_from": "2020-01-01"},
        ],
        "contracts": [contract("C1", owner_id="P2")],
        "charges": [charge("X1", "2026-03-01", 700, contract_id="C1")],
    }


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    made = World(tmp_path_factory.mktemp("aging"), company())
    yield made
    made.close()


@pytest.fixture
async def state(tmp_path: Path) -> Any:
    opened = await State.open(f"sqlite+aiosqlite:///{tmp_path / 'state.db'}", lambda: NOW)
    yield opened
    await opened.close()


def speaks_of(world: World, sources: Sequence[Source]) -> None:
    """Let the version say that its lines of today come from these."""
    world.close()
    file = max((world.folder / "store").glob("v*.duckdb"))
    with duckdb.connect(str(file)) as version:
        version.execute("DELETE FROM directory")
        for n, (asked, people, age) in enumerate(sources):
            day = NOW.date() - timedelta(days=age)
            row = {"source": f"source {n}", "asked": asked, "day": day, "people": people}
            version.execute(
                "INSERT INTO directory BY NAME SELECT $source AS source, $asked AS asked, $day AS day, $people AS people",
                row,
            )
    world.store = Store(world.folder / "store")
    world.engine = Engine(world.store, cache=1)


def access_to(world: World, clock: FakeClock, **more: Any) -> Access:
    more |= {"directory_days": GRAPH_DAYS, "directory_file_days": FILE_DAYS}
    return Access(world.engine, {entra_of("P0"): "program"}, clock, **more)


def alone(key: str) -> Conversation:
    return Conversation(f"a:{key}", "personal", TENANT, "https://smba.example/emea", bot_id="28:bot")


async def seen_by(access: Access, key: str, where: Conversation | None = None) -> Seen:
    asker = await access.who(Person(TENANT, entra_of(key)))
    assert asker is not None
    seen = await access.seen(asker, where or alone(key))
    assert seen is not None
    return seen


@pytest.mark.parametrize(
    ("sources", "closed"),
    [
        ([(True, 8, GRAPH_DAYS)], False),
        ([(True, 8, GRAPH_DAYS + 1)], True),
        ([(False, 8, FILE_DAYS)], False),
        ([(False, 8, FILE_DAYS + 1)], True),
        # Of two sources the one that places most people counts, with its own age.
        ([(True, 8, GRAPH_DAYS + 1), (False, 3, 0)], True),
        ([(True, 8, GRAPH_DAYS), (False, 3, FILE_DAYS + 1)], False),
        ([(False, 8, GRAPH_DAYS + 1), (True, 3, GRAPH_DAYS + 1)], False),
        ([(False, 8, FILE_DAYS + 1), (True, 3, 0)], True),
        # As many in both: the younger one.
        ([(False, 4, FILE_DAYS + 1), (True, 4, GRAPH_DAYS)], False),
        ([(False, 4, FILE_DAYS + 1), (True, 4, GRAPH_DAYS + 1)], True),
        # One that speaks of a day to come is as old as the version.
        ([(False, 8, -30)], False),
    ],
    ids=str,
)
async def test_each_kind_of_source_has_its_own_age_and_the_larger_one_counts(
    world: World, sources: Sequence[Source], closed: bool
) -> None:
    speaks_of(world, sources)
    access = access_to(world, FakeClock(NOW))
    assert access.stale() is closed
    seen = await seen_by(access, "P1")
    assert seen.scope == NOTHING if closed else seen.scope.people == ("P1",)


async def test_lines_close_the_moment_they_are_too_old_and_nothing_else_does(world: World, state: State) -> None:
    """The manager, their deputy, a chat with them and a channel of their line; not the program, not company totals."""
    roster, clock = Roster(), FakeClock(datetime(NOW.year, NOW.month, NOW.day, 12, tzinfo=UTC))
    speaks_of(world, [(True, 5, 0)])
    access = access_to(world, clock, state=state, connector=roster)
    lead = Person(TENANT, entra_of("P0"))
    begin, end = NOW.date() - timedelta(days=1), NOW.date() + timedelta(days=30)
    await state.deputies.name(lead, entra_of("P1"), entra_of("P4"), begin, end)
    chat = Conversation("19:g@thread.v2", "groupChat", TENANT, "https://smba.example/emea", bot_id="28:bot")
    channel = Conversation("19:c@thread.tacv2", "channel", TENANT, "https://smba.example/emea", bot_id="28:bot")
    roster.listed = [{"id": f"29:{key}", "aadObjectId": entra_of(key), "tenantId": TENANT} for key in ("P0", "P1")]
    await state.channel_scopes.set(channel, {"show": "line", "person": entra_of("P1"), "detail": "named"}, lead)

    async def told() -> dict[str, str]:
        places = {"P0": None, "P1": None, "P3": None, "P4": None, "chat": chat, "channel": channel}
        found = {name: await seen_by(access, "P1" if where else name, where) for name, where in places.items()}
        return {name: seen.scope.rows if seen.scope != TOTALS else "totals" for name, seen in found.items()}

    open_ones = {"P0": "all", "P1": "line", "P3": "totals", "P4": "line", "chat": "line", "channel": "line"}
    assert await told() == open_ones
    clock.pass_by(GRAPH_DAYS * 86_400)
    assert await told() == open_ones
    clock.pass_by(86_400)
    closed = {"P0": "all", "P1": "none", "P3": "totals", "P4": "none", "chat": "totals", "channel": "totals"}
    assert await told() == closed


async def test_whoever_gets_another_manager_is_seen_by_that_one_from_the_next_version_on(world: World) -> None:
    access = access_to(world, FakeClock(NOW))
    before = [await seen_by(access, key) for key in ("P1", "P3")]
    assert [one.scope.rows for one in before] == ["line", "all"]
    world.sync(company(manager="P3"), NOW + timedelta(hours=1))
    after = [await seen_by(access, key) for key in ("P1", "P3")]
    assert after[0].scope == TOTALS
    assert after[1].scope.people == ("P3",)
