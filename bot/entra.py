"""The bot's reading of Entra groups for roles, set up only where group ids are in the settings."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from analytics.sources.graph.client import ENDPOINT, Client
from bot.access.groups import Groups
from bot.delivery.tokens import GRAPH_SCOPE, CachedTokens

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

    from bot.access import Role
    from bot.events import Clock
    from bot.parts import Parts
    from bot.settings import Settings


def group_roles(settings: Settings) -> Mapping[str, Role]:
    """Role by object id of a group; the program role wins where both are given."""
    roles: dict[str, Role] = {group.lower(): "analyst" for group in settings.analyst_groups}
    return roles | {group.lower(): "program" for group in settings.program_groups}


@asynccontextmanager
async def open_groups(
    settings: Settings, parts: Parts, clock: Clock, endpoint: str = ENDPOINT
) -> AsyncIterator[Groups | None]:
    """Roles by group, closed at the end; None where no group is set, or where the bot has no identity to ask with."""
    roles = group_roles(settings)
    if not roles or parts.identity is None:
        yield None
        return
    tokens = CachedTokens(parts.identity, GRAPH_SCOPE, clock)
    client = Client(parts.session, tokens.get, clock=clock, sleep=asyncio.sleep, endpoint=endpoint)
    groups = Groups(client, roles, clock)
    try:
        yield groups
    finally:
        await groups.close()
        await tokens.close()
