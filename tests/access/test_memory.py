"""What is kept about deputies and channels, on every database; and Entra groups as roles, open only while they can be read."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from analytics.model import Scope
from analytics.sources.graph.client import Client
from bot.access import Access
from bot.access.groups import Groups
from bot.access.meeting import in_common
from bot.access.nouns import Asker, Principal, Role, Seen
from bot.access.rooms import Rooms
from bot.delivery.retries import NotSent
from bot.events import Conversation, Person
from bot.state import State
from bot.state.line import open_engine
from tests.fakes.graph import FakeGraph, status, user
from tests.fakes.serving import serving
from tests.fakes.stage import FakeClock
from tests.world import World

LEAD = Person("t1", "e-lead")
CHANNEL = Conversation("19:c@thread.tacv2;messageid=5", "channel", "t1", "https://smba.example/emea")
TODAY = date(2026, 11, 20)
WEEK = timedelta(days=7)


@pytest.fixture(params=["sqlite", "postgresql"])
async def state(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[State]:
    """SQLite always; PostgreSQL where one is named, in a database that may be emptied."""
    url = f"sqlite+aiosqlite:///{tmp_path / 'state.db'}"
    if request.param == "postgresql":
        url = os.environ.get("TEST_POSTGRES_URL", "")
        if not url:
            pytest.skip("PostgreSQL is not tried: TEST_POSTGRES_URL names none (a database that may be emptied).")
        engine = open_engine(url)
        async with engine.connect() as connection:
            await connection.execute(text("DROP SCHEMA public CASCADE"))
            await connection.execute(text("CREATE SCHEMA public"))
        await engine.dispose()
    opened = await State.open(url, FakeClock())
    yield opened
    await opened.close()


async def test_a_deputy_is_kept_listed_and_ended_once(state: State) -> None:
    number = await state.deputies.name(LEAD, "e-ana", "e-ben", TODAY, TODAY + WEEK)
    (one,) = await state.deputies.listed("t1", TODAY)
    assert (one.principal, one.deputy, one.named_by) == ("e-ana", "e-ben", "e-lead")
    assert [one.runs(TODAY + timedelta(days=n)) for n in (-1, 0, 6, 7)] == [False, True, True, False]
    assert await state.deputies.listed("t1", TODAY + WEEK) == []
    assert await state.deputies.listed("t2", TODAY) == []
    assert not await state.deputies.end("t2", number, "e-lead")
    assert [await state.deputies.end("t1", number, "e-lead") for _ in range(2)] == [True, False]
    assert await state.deputies.listed("t1", TODAY) == []


async def test_a_person_to_be_forgotten_leaves_no_deputy_behind(state: State) -> None:
    await state.deputies.name(LEAD, "e-ana", "e-ben", TODAY, TODAY + WEEK)
    await state.deputies.name(LEAD, "e-cid", "e-dan", TODAY, TODAY + WEEK)
    assert await state.deputies.forget("e-ben") == 1
    assert [one.deputy for one in await state.deputies.listed("t1", TODAY)] == ["e-dan"]


async def test_what_another_replica_wrote_counts_within_half_a_minute(state: State) -> None:
    clock = FakeClock()
    other = type(state.deputies)(state.line, clock)
    assert await other.listed("t1", TODAY) == []
    await state.deputies.name(LEAD, "e-ana", "e-ben", TODAY, TODAY + WEEK)
    assert await other.listed("t1", TODAY) == []
    clock.pass_by(31)
    assert len(await other.listed("t1", TODAY)) == 1


async def test_the_scope_of_a_channel_holds_in_all_its_threads(state: State) -> None:
    assert await state.channel_scopes.get(CHANNEL) is None
    for show in ("groups", "everything"):
        await state.channel_scopes.set(CHANNEL, {"show": show}, LEAD)
        thread = Conversation("19:c@thread.tacv2;messageid=9", "channel", "t1", "")
        assert await state.channel_scopes.get(thread) == {"show": show}
    assert await state.channel_scopes.get(Conversation(CHANNEL.id, "channel", "t2", "")) is None


class Graph:
    """A real client at a small honest Graph that knows two groups."""

    def __init__(self, fake: FakeGraph, client: Client) -> None:
        self.fake = fake
        self.client = client


@pytest.fixture
async def graph() -> AsyncIterator[Graph]:
    fake = FakeGraph(page=2)
    fake.add(*(user(n) for n in range(1, 6)))
    fake.groups = {"g-program": ["id-00001", "id-00002", "id-00003"], "g-hr": ["id-00003", "id-00004"]}
    clock = FakeClock()

    async def token() -> str:
        return fake.token

    async def sleep(_: float) -> None:
        return

    async with serving(fake.app(), None) as address, aiohttp.ClientSession() as session:
        yield Graph(fake, Client(session, token, clock=clock, sleep=sleep, endpoint=f"{address}/v1.0"))


ROLES: dict[str, Role] = {"g-program": "program", "g-hr": "analyst"}


async def test_members_of_a_group_have_its_role_and_the_list_is_read_once_for_all(graph: Graph) -> None:
    groups = Groups(graph.client, ROLES, FakeClock())
    told = [sorted(await groups.groups(f"id-0000{n}")) for n in range(1, 6)]
    assert told == [["program"], ["program"], ["analyst", "program"], ["analyst"], []]
    assert sum("g-program" in path for path, _ in graph.fake.log) == 2
    await groups.close()


async def test_without_the_permission_nobody_has_a_role_by_a_group(graph: Graph) -> None:
    clock = FakeClock()
    graph.fake.faults.append(status(403, error="Authorization_RequestDenied"))
    groups = Groups(graph.client, ROLES, clock)
    assert await groups.groups("id-00001") == frozenset()
    asked = len(graph.fake.log)
    assert await groups.groups("id-00001") == frozenset()
    assert len(graph.fake.log) == asked
    clock.pass_by(61)
    assert await groups.groups("id-00001") == {"program"}
    await groups.close()


async def test_lists_that_can_no_longer_be_read_close_after_an_hour(graph: Graph) -> None:
    clock = FakeClock()
    groups = Groups(graph.client, ROLES, clock)
    assert await groups.groups("id-00001") == {"program"}
    graph.fake.token = "another"
    clock.pass_by(30 * 60)
    graph.fake.groups = {}
    graph.client._token = _wrong
    assert await groups.groups("id-00001") == {"program"}
    clock.pass_by(31 * 60)
    assert await groups.groups("id-00001") == frozenset()
    await groups.close()


async def test_a_role_by_group_opens_what_the_role_may_see_and_goes_with_it(graph: Graph, tmp_path: Path) -> None:
    world = World(tmp_path, {"people!": [{"person_id": "P1", "name": "Ana", "entra_object_id": "id-00004"}]})
    clock = FakeClock()
    groups = Groups(graph.client, ROLES, clock)
    ana = Person("t1", "id-00004")
    for settings, role in (({}, "analyst"), ({"id-00004": "program"}, "program")):
        access = Access(world.engine, settings, clock, directory_days=7, groups=groups)  # type: ignore[arg-type]
        asker = await access.who(ana)
        assert asker is not None
        assert asker.role == role
    graph.client._token = _wrong
    clock.pass_by(61 * 60)
    plain = await Access(world.engine, {}, clock, directory_days=7, groups=groups).who(ana)
    assert plain is not None
    assert plain.role == "manager"
    await groups.close()
    world.close()


async def _wrong() -> str:
    return "expired"


class Chats:
    """A roster that may fail, and that counts."""

    def __init__(self, *answers: Any) -> None:
        self.answers = list(answers)

    async def members(self, _where: Conversation) -> list[dict[str, Any]]:
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return list(answer)


async def test_a_list_that_changes_while_it_is_read_is_not_used() -> None:
    where = Conversation("19:g", "groupChat", "t1", "")

    class Changing(Chats):
        async def members(self, where: Conversation) -> list[dict[str, Any]]:
            rooms.changed(where)
            return await super().members(where)

    account = {"id": "29:ana", "aadObjectId": "E-ANA"}
    rooms = Rooms(Changing([account]), FakeClock(), 10)  # type: ignore[arg-type]
    assert await rooms.members(where) is None
    calm = Rooms(Chats(NotSent("no"), [account]), clock := FakeClock(), 10)  # type: ignore[arg-type]
    assert [await calm.members(where) for _ in range(2)] == [None, None]
    clock.pass_by(31)
    assert await calm.members(where) == (Person("t1", "e-ana", "", "29:ana"),)


class Everybody:
    """What `in_common` asks of access: scopes by role, and an order of lines."""

    def __init__(self, inner: bool) -> None:
        self.people: Any = self
        self._inner = inner

    def own(self, asker: Asker) -> Seen:
        scopes = {"program": Scope("all", "named"), "analyst": Scope("all", "groups"), "none": Scope("all", "totals")}
        return Seen(scopes.get(asker.role) or Scope("line", "named", people=asker.people), "desk.line")

    async def innermost(self, lines: Any) -> Any:
        return next(iter(lines)) if self._inner else None


ASKERS = st.builds(
    lambda n, role, stands: Asker(
        f"P{n}", f"N{n}", "", role, True, (), (Principal(f"P{n + 9}", "X", TODAY),) if stands else ()
    ),
    st.integers(0, 8),
    st.sampled_from(["program", "analyst", "manager", "none"]),
    st.booleans(),
)


@given(st.lists(ASKERS, min_size=1, max_size=10, unique_by=lambda one: one.person), st.booleans())
async def test_what_several_may_see_is_never_more_than_what_each_may(askers: list[Asker], inner: bool) -> None:
    """Totals are open to all. Beyond them: no more detail than anyone has, and every line is among the conditions."""
    access = Everybody(inner)
    scope = (await in_common(askers, access)).scope
    if scope == Scope("all", "totals"):
        return
    order = ("totals", "groups", "named")
    for asker in askers:
        own = access.own(asker).scope
        assert order.index(scope.detail) <= order.index(own.detail)
        if own.rows == "line":
            held = {scope.people, *(one.people for one in scope.among)}
            assert scope.rows == "line"
            assert own.people in held
