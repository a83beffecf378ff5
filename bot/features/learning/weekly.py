"""Once a week, in their personal chat, program leads are shown what could not be read; and what is old is forgotten."""

from __future__ import annotations

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from bot.delivery.activity import unasked
from bot.events import Person
from bot.state.learning import Lead
from cards.learning import unread_card
from cards.view import View

if TYPE_CHECKING:
    from datetime import datetime

    from bot.answering import Answered
    from bot.features.feature import Services
    from bot.features.learning.collecting import Collecting
    from bot.understanding import Reading
    from bot.visit import Visit

MORNING = 9  # on Monday, where the company reports; later in the week where there was nothing to show before
FRESH = 7  # days: what nobody has typed since the last card is no reason for another


class Weekly:
    """The weekly card: at most one for each program lead in an ISO week, whatever restarts in between."""

    def __init__(self, services: Services, collecting: Collecting) -> None:
        self._services = services
        self._collecting = collecting
        self._state = services.state
        self._seen: set[Lead] = set()

    async def heard(self, visit: Visit, reading: Reading, _: Answered) -> None:
        """Collect what could not be read; and whoever leads the program will be shown it."""
        await self._collecting.heard(visit, reading)
        person = visit.turn.person
        if visit.asker.role == "program" and person.entra_id and not visit.turn.conversation.shared:
            lead = Lead(person.tenant, person.entra_id, visit.reader.language, visit.reader.locale)
            if lead not in self._seen:
                await self._state.word_leads.remember(lead)
                self._seen.add(lead)

    async def send(self, now: datetime) -> None:
        """The card of this week to everyone who leads the program, has not had it, and has something to look at."""
        there = now.astimezone(ZoneInfo(self._services.engine.store.snapshot.reporting.timezone))
        if there.weekday() == 0 and there.hour < MORNING:
            return
        for lead in await self._state.word_leads.all():
            await self._send(lead, there)

    async def purge(self, _: datetime) -> None:
        """Forget what is older than the settings allow."""
        await self._collecting.purge()

    async def _send(self, lead: Lead, now: datetime) -> None:
        asker = await self._services.access.who(Person(lead.tenant, lead.entra_id))
        if asker is None or asker.role != "program":
            self._seen.discard(lead)
            await self._state.word_leads.forget(lead)
            return
        where = await self._state.conversations.personal(lead.tenant, lead.entra_id)
        found = await self._collecting.found(lead.tenant)
        if where and any((now.date() - one.last).days < FRESH for one in found):
            view = View(today=now.date(), language=lead.language, locale=lead.locale)
            card = unread_card(view, found, self._collecting.days, weekly=True)
            year, week, _ = now.isocalendar()
            # What was put under this week's key before stands, also when it was another process that put it.
            key = f"words:{lead.tenant}:{lead.entra_id}:{year}-W{week:02d}"
            await self._state.outbox.put(where, unasked(where, card), purpose="digest", key=key)
