"""Puts together the platforms that are asked over the network: keys from the settings, tokens from the bot's own memory."""

from __future__ import annotations

import asyncio
import random
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import aiohttp

from analytics import facts
from analytics.errors import SettingsError
from analytics.incremental import Asked, sync_all
from analytics.sources.graph import Client as GraphClient
from analytics.sources.graph import Directory
from analytics.sources.graph.client import ENDPOINT as GRAPH
from analytics.sources.upwork import Options, Upwork
from analytics.sources.upwork.client import ENDPOINT, Client, Where
from analytics.sources.upwork.limiter import Limiter, Limits
from analytics.sources.upwork.oauth import TOKEN, Key, Tokens
from analytics.sync import Resources
from bot.delivery.tokens import GRAPH_SCOPE, CachedTokens
from bot.delivery.trust import trusting
from bot.parts import identity_of
from bot.settings import reporting_of
from bot.state import State

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
    from pathlib import Path

    from analytics.progress import Progress
    from analytics.sync import SyncReport
    from bot.events import Clock
    from bot.settings import Settings

UPWORK, DIRECTORY = "upwork", "directory"
_TOKENS, _CALLS = "upwork tokens", "upwork calls"
# Nothing of an earlier reading may be used again, so every reading has to be whole, whatever it takes.
_CALLS_IN_ALL = 18_000


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where Upwork is, its data and its tokens, and where Microsoft Graph is."""

    data: str = ENDPOINT
    token: str = TOKEN
    graph: str = GRAPH


def to_ask(settings: Settings, wanted: str = "") -> tuple[str, ...]:
    """The sources that are set up, only the one wanted, or none of them ("none"). Raises SettingsError."""
    # A directory comes first: those who are known by then are found by what is asked after it.
    there = tuple(name for name, on in ((DIRECTORY, settings.directory), (UPWORK, settings.upwork)) if on)
    if wanted and wanted != "none" and wanted not in there:
        known = (
            f"set up are: {', '.join(there)}"
            if there
            else "no source is set up; FREELANCE_UPWORK or FREELANCE_DIRECTORY would be one"
        )
        raise SettingsError([f'There is no source "{wanted}": {known}.'])
    return there if not wanted else tuple(name for name in there if name == wanted)


async def sync_sources(
    files: Path,
    store: Path,
    settings: Settings,
    clock: Clock,
    progress: Progress,
    addresses: Addresses | None = None,
    *,
    names: Sequence[str] | None = None,
    graph_token: Callable[[], Awaitable[str]] | None = None,
    accept_losses: bool = False,
) -> SyncReport:
    """Ask the sources of these `names` (see `to_ask`; every one that is set up where left out), read the files, publish.

    `graph_token` gives the app's own token for Graph; made from the settings where left out. Raises InsightsError.
    """
    wanted, where = to_ask(settings) if names is None else names, addresses or Addresses()
    # Rows that may only be kept for hours must not lie about in a version before, whoever is asked this time.
    keep = 1 if settings.upwork and settings.upwork_retention_hours else max(1, settings.versions_kept)
    async with AsyncExitStack() as opened:
        session = await opened.enter_async_context(_session(settings))
        asked: list[Asked] = []
        if DIRECTORY in wanted:
            if graph_token is None:
                graph_token = await opened.enter_async_context(_app_token(settings, clock))
            asked.append(_directory(settings, clock, session, graph_token, where))
        if UPWORK in wanted:
            state = await opened.enter_async_context(_memory(settings, clock))
            asked += _upwork(settings, clock, state, session, where)
        return await sync_all(
            asked,
            files,
            store,
            reporting=reporting_of(settings),
            now=clock(),
            build=facts.build,
            progress=progress,
            resources=Resources(keep=keep, link_hosts=settings.link_hosts, privacy_key=settings.privacy_key),
            accept_losses=accept_losses,
        )


@asynccontextmanager
async def connecting(settings: Settings, clock: Clock, addresses: Addresses | None = None) -> AsyncIterator[Tokens]:
    """The tokens of Upwork, to be agreed to. Raises SettingsError where Upwork is not set up."""
    if not settings.upwork:
        raise SettingsError(
            ["FREELANCE_UPWORK is not set to true, so there is nothing to connect. See docs/upwork.md."]
        )
    async with _memory(settings, clock) as state, _session(settings) as session:
        yield Tokens(session, _key(settings, addresses or Addresses()), state.credentials, _TOKENS, clock)


def _directory(
    settings: Settings,
    clock: Clock,
    session: aiohttp.ClientSession,
    token: Callable[[], Awaitable[str]],
    addresses: Addresses,
) -> Asked:
    client = GraphClient(session, token, clock=clock, sleep=asyncio.sleep, endpoint=addresses.graph)
    return Asked(Directory(client, own_teams=settings.directory_own_teams, zone=settings.time_zone))


@asynccontextmanager
async def _app_token(settings: Settings, clock: Clock) -> AsyncIterator[Callable[[], Awaitable[str]]]:
    """Tokens of the app itself for Graph: the same credential the bot talks to Teams with."""
    identity = identity_of(settings)
    tokens = CachedTokens(identity, GRAPH_SCOPE, clock)
    try:
        yield tokens.get
    finally:
        await tokens.close()
        identity.close()


def _upwork(
    settings: Settings, clock: Clock, state: State, session: aiohttp.ClientSession, addresses: Addresses
) -> list[Asked]:
    tokens = Tokens(session, _key(settings, addresses), state.credentials, _TOKENS, clock)
    limits = Limits()
    limiter = Limiter(limits, state.credentials, _CALLS, clock, asyncio.sleep)
    hours, several = settings.upwork_retention_hours, len(settings.upwork_organizations) > 1
    field = settings.upwork_cost_center_field
    options = Options(field, _CALLS_IN_ALL, carried=False) if hours else Options(field)
    asked = []
    for organization in settings.upwork_organizations:
        where = Where(organization, addresses.data, settings.upwork_proxy or None)
        client = Client(
            session,
            where,
            tokens,
            limits=limits,
            limiter=limiter,
            clock=clock,
            sleep=asyncio.sleep,
            chance=random.random,
        )
        name = f"{UPWORK}_{organization}" if several else UPWORK
        asked.append(Asked(Upwork(client, name=name, options=options), hours))
    return asked


def _key(settings: Settings, addresses: Addresses) -> Key:
    return Key(
        settings.upwork_client_id,
        settings.upwork_client_secret,
        settings.upwork_service,
        addresses.token,
        redirect_url=settings.upwork_redirect,
        proxy=settings.upwork_proxy or None,
    )


def _session(settings: Settings) -> aiohttp.ClientSession:
    connector = aiohttp.TCPConnector(ssl=trusting(str(settings.ca_file) if settings.ca_file else ""))
    return aiohttp.ClientSession(connector=connector)


@asynccontextmanager
async def _memory(settings: Settings, clock: Clock) -> AsyncIterator[State]:
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    state = await State.open(settings.state_address, clock, settings.state_keys)
    try:
        yield state
    finally:
        await state.close()
