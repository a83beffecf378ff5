"""Puts together what the bot needs of the outside world: signing keys, its own tokens, the connector."""

from __future__ import annotations

import time
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.delivery.connector import Connector, open_session
from bot.delivery.inbound import is_loopback, service_host
from bot.delivery.keys import Keys
from bot.delivery.pace import READS_PER_CONVERSATION, Pace
from bot.delivery.tokens import CONNECTOR_SCOPE, AppIdentity, CachedTokens, ManagedIdentity, Unsigned, certificate

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    import aiohttp

    from bot.events import Clock
    from bot.settings import Settings


@dataclass(frozen=True, slots=True)
class Parts:
    """What lives as long as the process. `identity` is None in a local bot; it serves tokens for Graph as well."""

    session: aiohttp.ClientSession
    keys: Keys
    identity: AppIdentity | ManagedIdentity | None
    connector: Connector


@asynccontextmanager
async def open_parts(settings: Settings, clock: Clock) -> AsyncIterator[Parts]:
    """The parts for these settings, closed at the end."""
    session = open_session(str(settings.ca_file or ""))
    keys = Keys(session, settings.metadata, clock)
    identity = None if settings.local else identity_of(settings)
    own = CachedTokens(identity, CONNECTOR_SCOPE, clock) if identity else None
    sends = Pace(settings.send_limits, settings.send_limits_overall, time.monotonic)
    reads = Pace(READS_PER_CONVERSATION, settings.send_limits_overall, time.monotonic)
    connector = Connector(session, own or Unsigned(), allowed(settings), sends=sends, reads=reads, clock=clock)
    try:
        yield Parts(session, keys, identity, connector)
    finally:
        await keys.close()
        await session.close()
        if identity is not None and own is not None:
            await own.close()
            identity.close()


def identity_of(settings: Settings) -> AppIdentity | ManagedIdentity:
    """Who the bot is towards the directory: a managed identity, a certificate or a secret, whichever is set."""
    if settings.app_managed_identity:
        return ManagedIdentity(settings.app_id)
    credential = certificate(settings.app_certificate) if settings.app_certificate else settings.app_secret
    ca_file = str(settings.ca_file or "")
    return AppIdentity(settings.app_id, settings.app_tenant, credential, settings.authority, ca_file)


def allowed(settings: Settings) -> Callable[[str], bool]:
    """Whether the bot may send to a service address at all."""
    if settings.local:
        return is_loopback
    hosts = frozenset(settings.service_hosts)
    return lambda address: service_host(address) in hosts
