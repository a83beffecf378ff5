"""The review by a schedule: announced to its program lead each month, whose press makes the files while links are fresh."""

from __future__ import annotations

import time
from datetime import time as clock_time
from typing import TYPE_CHECKING

from analytics.errors import InsightsError
from bot.access import EVERYTHING
from bot.answering import Answered, Reader
from bot.apart import alone
from bot.auditing import told_of
from bot.delivery.activity import unasked
from bot.events import Person
from bot.features.review.gathering import last_month
from bot.runner import TOLD, done, failed, in_doubt, later, left_out, waiting
from bot.says import NOTHING
from bot.schedules import Rule, next_due
from cards.words import words

if TYPE_CHECKING:
    import re
    from datetime import datetime

    from bot.features.feature import Services
    from bot.features.review.handing import Reviews
    from bot.runner import Due, Outcome
    from bot.visit import Visit

KIND = "review"
# By the third, what was booked late has mostly come in.
DAY, AT = 3, clock_time(9)
RETRY = 900.0


class Scheduling:
    """The handler of monthly reviews, and the words that set one up and stop it."""

    def __init__(self, services: Services, reviews: Reviews) -> None:
        self._services = services
        self._state = services.state
        self._reviews = reviews

    async def on(self, visit: Visit, _: re.Match[str]) -> Answered:
        """Every month from now on, into the personal chat."""
        say, person = words(visit.reader.language).say, visit.turn.person
        home = await self._state.conversations.personal(person.tenant, person.entra_id)
        if home is None:
            return await alone(visit, self._state, Answered({}, "refused", text=say("review.no_chat")))
        zone = self._services.settings.time_zone if self._services.settings else "UTC"
        rule = Rule("month", AT, zone, day=DAY)
        due = next_due(rule, visit.turn.at).at
        said = {"language": visit.reader.language, "locale": visit.reader.locale}
        await self._state.schedules.add(person, KIND, home, rule, {}, next_due=due, key=_key(person), **said)
        told = say("review.every_month", day=DAY, at=f"{AT:%H:%M}")
        return await alone(visit, self._state, Answered({}, "review on", text=told))

    async def off(self, visit: Visit, _: re.Match[str]) -> Answered:
        """No more of them."""
        say = words(visit.reader.language).say
        found = await self._state.schedules.find(_key(visit.turn.person))
        was = found is not None and await self._state.schedules.end(found.id)
        told = say("review.stopped" if was else "review.was_off")
        return await alone(visit, self._state, Answered({}, "review off", text=told))

    async def run(self, due: Due, _: datetime) -> Outcome:
        """Announce it, then see what became of that."""
        began, key, one = time.perf_counter(), due.key("post"), due.schedule
        if receipt := await self._state.outbox.receipt(key):
            if receipt.state == "sent":
                return done(receipt.activity)
            ended = {"failed": failed, "indoubt": in_doubt}.get(receipt.state)
            return ended(receipt.problem) if ended else waiting(key)
        asker = await self._services.access.who(Person(one.tenant, one.owner))
        home = await self._state.conversations.personal(one.tenant, one.owner)
        if asker is None or asker.role != "program" or home is None:
            await self._state.schedules.pause(one.id, "owner_gone" if home else "no_chat")
            return left_out("no program lead")
        reader = Reader(NOTHING, "", self._services.access.today(), one.language, one.locale)
        try:
            card = await self._reviews.announced(asker, one.tenant, last_month(reader.today), reader)
        except InsightsError:
            return later(RETRY, "no data")
        await self._state.outbox.put(home, unasked(home, card), purpose="digest", key=key)
        return waiting(key, {TOLD: told_of(EVERYTHING, [], began)})

    async def too_late(self, due: Due, now: datetime) -> Outcome:
        """A review speaks of a month that is over: late is better than never."""
        return await self.run(due, now)


def _key(person: Person) -> str:
    return f"{KIND}:{person.tenant}:{person.entra_id}"
