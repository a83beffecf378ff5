"""The whole bot on a stage of fakes: real server, real TLS, real tokens, real database; for conversation tests."""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import aiohttp

from bot.parts import Parts, open_parts
from bot.server import listening_on, make_app
from bot.settings import SAMPLE_TENANT, Settings
from bot.state import State
from tests.fakes.authority import APP_ID, FakeAuthority, authority_on
from tests.fakes.connector import FakeConnector, connector_on
from tests.fakes.serving import ThrowawayCA
from tests.fakes.teams import TeamsClient

if TYPE_CHECKING:
    import ssl
    from collections.abc import AsyncIterator, Callable, Sequence
    from pathlib import Path

    from aiohttp import web

    from bot.delivery.connector import Connector
    from bot.events import Desk, Reply, Turn

    DeskMaker = Callable[[State, Connector, Settings], Desk]


class FakeClock:
    """Stands still until it is moved."""

    def __init__(self, now: datetime = datetime(2026, 11, 20, 10, tzinfo=UTC)) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def pass_by(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


class FakeDesk:
    """Answers what it is told to, and remembers what it was asked."""

    def __init__(self, answer: Callable[[Turn], Sequence[Reply]]) -> None:
        self.turns: list[Turn] = []
        self.answer = answer

    async def handle(self, turn: Turn) -> Sequence[Reply]:
        self.turns.append(turn)
        return self.answer(turn)


@dataclass
class LocalStage:
    """Everything a test may look at or push."""

    teams: TeamsClient
    connector: FakeConnector
    state: State
    parts: Parts
    settings: Settings
    clock: FakeClock
    desk: Desk
    app: web.Application


@dataclass
class Stage(LocalStage):
    """The same for a signed bot, with the authorities it trusts."""

    authority: FakeAuthority
    ca: ThrowawayCA


def settings_for(
    connector: FakeConnector, authority: FakeAuthority, ca: ThrowawayCA, folder: Path, **changes: Any
) -> Settings:
    """Settings of a real, signed bot whose outside world is the fakes."""
    given: dict[str, Any] = {
        "app_id": APP_ID,
        "app_tenant": SAMPLE_TENANT,
        "app_secret": "canary-secret-of-the-app",
        "allowed_tenants": (SAMPLE_TENANT,),
        "service_hosts": (connector.host,),
        "metadata": authority.metadata,
        "authority": authority.address,
        "ca_file": ca.ca_file,
        "data_dir": folder,
        # Tests send faster than Teams allows; those about the limits set them.
        "send_limits": (),
        "send_limits_overall": (),
        "turn_limits": (),
    }
    return Settings(**{**given, **changes})


@asynccontextmanager
async def stage(
    desk: Desk | DeskMaker, ca: ThrowawayCA, folder: Path, *, clock: FakeClock | None = None, **changes: Any
) -> AsyncIterator[Stage]:
    """The bot with this desk, served over TLS; `changes` are settings. State lives in `folder` and outlives the stage.

    A desk that needs the bot's memory or the connector is made by a function of both and the settings.
    """
    clock = clock or FakeClock()
    async with authority_on(clock, ca.server()) as authority, connector_on(ca.server()) as connector:
        settings = settings_for(connector, authority, ca, folder, **changes)
        async with staged(desk, settings, ca, clock, connector, authority) as made:
            yield made


@asynccontextmanager
async def staged(
    desk: Desk | DeskMaker,
    settings: Settings,
    ca: ThrowawayCA,
    clock: FakeClock,
    connector: FakeConnector,
    authority: FakeAuthority,
) -> AsyncIterator[Stage]:
    """The bot among fakes that are there already; twice in a row is a restart."""
    async with (
        _assembled(desk, settings, clock) as (state, parts, made, app),
        _session(ca.client()) as session,
        _served(app, ca.server()) as address,
    ):
        teams = TeamsClient(session, address, connector, clock, authority)
        yield Stage(teams, connector, state, parts, settings, clock, made, app, authority, ca)


@asynccontextmanager
async def local_stage(
    desk: Desk | DeskMaker, folder: Path, *, clock: FakeClock | None = None, **changes: Any
) -> AsyncIterator[LocalStage]:
    """The bot as --local runs it: nothing signed, plain HTTP on this machine."""
    clock = clock or FakeClock()
    given: dict[str, Any] = {"data_dir": folder, "send_limits": (), "send_limits_overall": (), "turn_limits": ()}
    settings = Settings(**{**given, **changes}, local=True, allowed_tenants=(SAMPLE_TENANT,))
    async with (
        connector_on(None) as connector,
        _assembled(desk, settings, clock) as (state, parts, made, app),
        _session(None) as session,
        _served(app, None) as address,
    ):
        teams = TeamsClient(session, address, connector, clock)
        yield LocalStage(teams, connector, state, parts, settings, clock, made, app)


@asynccontextmanager
async def _assembled(
    desk: Desk | DeskMaker, settings: Settings, clock: FakeClock
) -> AsyncIterator[tuple[State, Parts, Desk, web.Application]]:
    state = await State.open(settings.state_address, clock, settings.state_keys)
    try:
        async with open_parts(settings, clock) as parts:
            made = desk(state, parts.connector, settings) if callable(desk) else desk
            routes = getattr(made, "routes", ())
            app = make_app(
                settings, made, state, keys=parts.keys, connector=parts.connector, clock=clock, routes=routes
            )
            yield state, parts, made, app
    finally:
        await state.close()


@asynccontextmanager
async def _served(app: web.Application, context: ssl.SSLContext | None) -> AsyncIterator[str]:
    async with listening_on(app, "127.0.0.1", 0, context) as port:
        yield f"{'https' if context else 'http'}://127.0.0.1:{port}"


def _session(context: ssl.SSLContext | None) -> aiohttp.ClientSession:
    return aiohttp.ClientSession(connector=aiohttp.TCPConnector(ssl=context or True))
