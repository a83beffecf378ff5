"""The weekly digest of a channel: arranged by a program lead, posted once and kept current in place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analytics.errors import DataError
from bot.events import Person
from bot.features.digest.arranging import Arranging
from bot.features.digest.content import Content
from bot.features.digest.said import COMMANDS, SHORT
from bot.features.digest.sending import KIND, Sending
from bot.features.feature import PROGRAM, Command, Feature, Tick
from cards.digest import MY_TEAMS, SAVE

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from bot.answering import Answered
    from bot.features.feature import Services
    from bot.state.schedule import Schedule
    from bot.visit import Visit

LOOK_SECONDS = 300.0
FREE = frozenset({"tell"})  # what anyone may ask


class Watching:
    """Looks after digests whose channel or owner is gone."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self.sending = Sending(services.state, Content(services).compose, self.active, self.leads)

    async def active(self, one: Schedule) -> bool:
        """Whether the directory still has the owner as an active employee. Raises DataError without data."""
        return await self._services.access.who(Person(one.tenant, one.owner)) is not None

    async def leads(self, tenant: str) -> Sequence[str]:
        """Everyone who leads the program and has spoken to the bot in private."""
        listed = [one for one in await self._services.state.word_leads.all() if one.tenant == tenant]
        askers = [(one, await self._services.access.who(Person(tenant, one.entra_id))) for one in listed]
        return [one.entra_id for one, asker in askers if asker and asker.role in PROGRAM]

    async def removed(self, visit: Visit) -> Answered | None:
        """The bot was taken out of a conversation."""
        where = visit.turn.conversation
        for one in await self._services.state.schedules.listed(where.tenant, kind=KIND, conversation=where.root):
            if one.state == "active":
                await self.sending.pause(one, "removed")
        return None

    async def look(self, _: datetime) -> None:
        """Pause what stands where the bot is no more, however that came about."""
        settings, state = self._services.settings, self._services.state
        for tenant in settings.allowed_tenants if settings else ():
            for one in await state.schedules.listed(tenant, kind=KIND):
                gone = one.state == "active" and await state.conversations.get(tenant, one.conversation) is None
                try:
                    if gone:
                        await self.sending.pause(one, "removed")
                except DataError:
                    return


def feature(services: Services) -> Feature:
    """The commands, the card, the handler and the clockwork of digests."""
    arranging, watching = Arranging(services), Watching(services)
    commands = tuple(
        Command(
            f"digest {name} {tag}", SHORT + pattern, arranging.command(name, tag), None if name in FREE else PROGRAM
        )
        for name, patterns in COMMANDS.items()
        for tag, pattern in patterns.items()
    )
    return Feature(
        "digest",
        commands=commands,
        presses={SAVE: arranging.save, MY_TEAMS: arranging.my_teams},
        arrivals={"removed": watching.removed, "installed": arranging.arrived},
        handlers={KIND: watching.sending},
        ticks=(Tick("digests", LOOK_SECONDS, watching.look),),
    )
