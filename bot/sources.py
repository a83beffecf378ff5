"""Puts together the platforms that are asked over the network: keys from the settings, tokens from the bot's own memory."""

from __future__ import annotations

import asyncio
import random
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import aiohttp

from analytics import facts
from analytics.errors import SettingsError
from analytics.incremental import Asked, sync_all
from analytics.sources.upwork import Options, Upwork
from analytics.sources.upwork.client import ENDPOINT, Client, Where
from analytics.sources.upwork.limiter import Limiter, Limits
from analytics.sources.upwork.oauth import TOKEN, Key, Tokens
from analytics.sync import Resources
from bot.bootstrap import reporting_of
from bot.state import State
from bot.trust import trusting

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from analytics.progress import Progress
    from analytics.sync import SyncReport
    from bot.events import Clock
    from bot.settings import Settings

UPWORK = "upwork"
_TOKENS, _CALLS = "upwork tokens", "upwork calls"
# Nothing of an earlier reading may be used again, so every reading has to be whole, whatever it takes.
_CALLS_IN_ALL = 18_000


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where Upwork is: its data and its tokens."""

    data: str = ENDPOINT
    token: str = TOKEN


def to_ask(settings: Settings, wanted: str = "") -> tuple[str, ...]:
    """The sources that are set up, only the one wanted, or none of them ("none"). Raises SettingsError."""
    there = (UPWORK,) if settings.upwork else ()
    if wanted and wanted != "none" and wanted not in there:
        known = f"set up are: {', '.join(there)}" if there else "no source is set up; FREELANCE_UPWORK would be one"
        raise SettingsError([f'There is no source "{wanted}": {known}.'])
    return there if not wanted else tuple(name for name in there if name == wanted)


async def sync_sources(
    files: Path,
    store: Path,
    settings: Settings,
    clock: Clock,
    progress: Progress,
    addresses: Addresses | None = None,
) -> SyncReport:
    """Ask every source that is set up, read the files, publish a version. Raises DataError, SettingsError."""
    keep = 1 if settings.upwork_retention_hours else Resources().keep
    async with _memory(settings, clock) as state, _session(settings) as session:
        return await sync_all(
            _asked(settings, clock, state, session, addresses or Addresses()),
            files,
            store,
            reporting=reporting_of(settings),
            now=clock(),
            build=facts.build,
            progress=progress,
            resources=Resources(keep=keep),
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


def _asked(
    settings: Settings, clock: Clock, state: State, session: aiohttp.ClientSession, addresses: Addresses
) -> list[Asked]:
    tokens = Tokens(session, _key(settings, addresses), state.credentials, _TOKENS, clock)
    limits = Limits()
    limiter = Limiter(limits, state.credentials, _CALLS, clock, asyncio.sleep)
    hours, several = settings.upwork_retention_hours, len(settings.upwork_organizations) > 1
    options = Options(settings.upwork_cost_center_field, *([_CALLS_IN_ALL] if hours else ()))
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
