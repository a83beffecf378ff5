"""Whose things are sent: what they may see at this moment, when they want quiet, and who is told when they are gone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Literal
from zoneinfo import ZoneInfo

from analytics.errors import QuestionError
from bot import says
from bot.access import TOTALS, Seen
from bot.answering import Reader
from bot.delivery.activity import unasked
from bot.events import Person
from bot.schedules import known_zone
from cards.words import words

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.access import Asker
    from bot.events import Conversation
    from bot.features.feature import Services
    from bot.understanding import Reading
    from bot.visit import Visit

Missing = Literal["owner_gone", "no_chat", "no_line"]
QUIET, VOICE = "quiet", "voice"
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Owner:
    """Somebody as they are now: where they are written to, and how they read cards."""

    person: Person
    asker: Asker
    home: Conversation
    reader: Reader


class Owners:
    """Works out owners at the moment of sending, never from what was kept."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._voices: dict[tuple[str, str], Mapping[str, str]] = {}

    async def find(
        self, tenant: str, entra_id: str, audience: str = "", language: str = "", locale: str = ""
    ) -> Owner | Missing:
        """The owner with what they may see now, or why nothing can be sent. Raises DataError without data."""
        person = Person(tenant, entra_id)
        asker = await self._services.access.who(person)
        if asker is None:
            return "owner_gone"
        home = await self._services.state.conversations.personal(tenant, entra_id)
        if home is None:
            return "no_chat"
        seen = self._services.access.own(asker, "own" if audience == "own" else None)
        if seen is None:
            return "no_line"
        if audience == "company" and seen.scope.rows != "all":
            seen = Seen(TOTALS, "desk.totals")
        spoken = await self.voice(person)
        language, locale = language or spoken["language"], locale or spoken["locale"]
        label, today = says.scope_label(seen, language), self._services.access.today()
        return Owner(person, asker, home, Reader(seen.scope, label, today, language, locale, tenant=tenant))

    # -- what is known of people beside the directory ------------------------------------------------------------------

    async def heard(self, visit: Visit) -> None:
        """Remember how somebody reads and in which zone they are, from what they last said in their personal chat."""
        turn = visit.turn
        if turn.conversation.shared or not turn.person.entra_id:
            return
        told = {
            "language": visit.reader.language,
            "locale": visit.reader.locale,
            "zone": zone_of(turn.local_timezone) or "",
        }
        key = (turn.person.tenant, turn.person.entra_id)
        if self._voices.get(key) != told:
            await self._services.state.person_settings.set(turn.person, VOICE, told)
            self._voices[key] = told

    async def voice(self, person: Person) -> Mapping[str, str]:
        """Language, locale and zone of somebody; English and the reporting zone where they never said anything."""
        kept = await self._services.state.person_settings.get(person, VOICE) or {}
        return {
            "language": kept.get("language") or "en",
            "locale": kept.get("locale") or "en_US",
            "zone": kept.get("zone") or self.company_zone,
        }

    @property
    def company_zone(self) -> str:
        """Where the company reports."""
        return self._services.engine.store.snapshot.reporting.timezone

    async def quiet_seconds(self, person: Person, now: datetime) -> float:
        """How long they still want to be left alone; 0 where they do not."""
        hours = await self._services.state.person_settings.get(person, QUIET)
        if not hours:
            return 0.0
        there = now.astimezone(ZoneInfo((await self.voice(person))["zone"]))
        return quiet_left(time.fromisoformat(hours["from"]), time.fromisoformat(hours["to"]), there)

    # -- telling -------------------------------------------------------------------------------------------------------

    async def tell_leads(self, tenant: str, key: str, name: str, why: str, what: str) -> None:
        """Once for this key, to everyone who leads the program and talks to the bot."""
        for lead in await self._services.state.word_leads.all():
            asker = await self._services.access.who(Person(lead.tenant, lead.entra_id))
            home = await self._services.state.conversations.personal(lead.tenant, lead.entra_id)
            if lead.tenant == tenant and asker and asker.role == "program" and home:
                say = words(lead.language).say
                said = say("subscriptions.paused_for", name=name or "?", what=what, why=say(f"subscriptions.why_{why}"))
                await self._services.state.outbox.put(
                    home, unasked(home, text=said), purpose="digest", key=f"{key}:{lead.entra_id}"
                )

    async def name(self, entra_id: str) -> str:
        """What somebody is called; empty for whoever is gone."""
        found = await self._services.access.people.find(entra_id)
        return found.name if found else ""


def quiet_left(start: time, end: time, there: datetime) -> float:
    """Seconds until a quiet time ends that runs now, also over midnight and over a change of the clocks."""
    now = there.time()
    inside = start <= now < end if start < end else now >= start or now < end
    if not inside or start == end:
        return 0.0
    day = there.date() + (DAY if now >= end else timedelta())
    until = datetime.combine(day, end, there.tzinfo)
    return until.timestamp() - there.timestamp()


def zone_of(said: str) -> str | None:
    """A zone as Teams names it, if it is one."""
    try:
        return known_zone(said) if said else None
    except QuestionError:
        return None


def audience_of(reading: Reading) -> str:
    """Whose data a reading speaks of, as it is kept."""
    return reading.audience or ""
