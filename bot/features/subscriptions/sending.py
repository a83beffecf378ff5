"""Sends a subscription when it is due: asked anew with what its owner may see by then, and never what they may not."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from analytics.errors import QuestionError
from bot.auditing import told_of
from bot.delivery.activity import unasked
from bot.events import Person
from bot.features.checked import digest_of
from bot.features.subscriptions.asking import Wanted
from bot.features.subscriptions.owners import Owner
from bot.runner import TOLD, done, failed, in_doubt, later, left_out, waiting
from cards.asking import asked
from cards.subscriptions import often
from cards.view import View
from cards.words import words

if TYPE_CHECKING:
    from datetime import date, datetime

    from bot.answering import Answered
    from bot.features.feature import Services
    from bot.features.subscriptions.owners import Owners
    from bot.runner import Due, Outcome
    from bot.state.schedule import Schedule

RETRY = 900.0
LAST = "last:"  # the setting under which the numbers last sent are kept, by schedule


class Sending:
    """The handler of personal subscriptions."""

    def __init__(self, services: Services, owners: Owners) -> None:
        self._services = services
        self._owners = owners
        self._state = services.state

    async def run(self, due: Due, now: datetime) -> Outcome:
        """Put it in the outbox, then see what became of it."""
        key, one = due.key("post"), due.schedule
        if receipt := await self._state.outbox.receipt(key):
            return await self._sent(due, receipt.state, receipt.activity, receipt.problem)
        wanted = Wanted.from_json(one.payload)
        owner = await self._owners.find(one.tenant, one.owner, wanted.audience, one.language, one.locale)
        if not isinstance(owner, Owner):
            await self.pause(one, owner, due.key("paused"))
            return left_out(owner)
        if wait := await self._owners.quiet_seconds(owner.person, now):
            return later(wait)
        return await self._put(due, now, wanted, owner)

    async def too_late(self, due: Due, now: datetime) -> Outcome:  # noqa: ARG002 - the day it was due says it all
        """The owner is told that one did not come."""
        owner = await self._owners.find(due.schedule.tenant, due.schedule.owner)
        if isinstance(owner, Owner):
            said = words(due.schedule.language).say(
                "subscriptions.missed", what=self.title(due.schedule, owner.reader.today)
            )
            await self._state.outbox.put(
                owner.home, unasked(owner.home, text=said), purpose="digest", key=due.key("late")
            )
        return left_out("too late")

    async def pause(self, one: Schedule, why: str, key: str) -> None:
        """Nothing more comes until somebody resumes it; whoever pauses it tells the program leads."""
        if await self._state.schedules.pause(one.id, why):
            name, what = await self._owners.name(one.owner), self.title(one, self._services.access.today())
            await self._owners.tell_leads(one.tenant, key, name, why, what)

    def title(self, one: Schedule, today: date) -> str:
        """What is sent, in one line."""
        return title_of(Wanted.from_json(one.payload), self._services, one.language, one.locale, today)

    async def _put(self, due: Due, now: datetime, wanted: Wanted, owner: Owner) -> Outcome:
        began, one, key = time.perf_counter(), due.schedule, due.key("post")
        answered = await self._answer(wanted, owner, now, due)
        if answered.answer is None and answered.outcome == "failed":
            return later(RETRY, "no data")
        if answered.answer is None:
            await self.pause(one, "refused", due.key("paused"))
        elif one.payload.get("only") == "data" and not answered.answer.records:
            return left_out("no data")
        digest = digest_of(answered.answer) if answered.answer else ""
        if one.payload.get("only") == "changed" and digest == await self._last(one):
            return left_out("nothing changed")
        view = View(owner.reader.today, one.language, one.locale)
        when = often(view, one.rule.every, one.rule.at, one.rule.weekday, one.rule.day)
        said = words(one.language).say("subscriptions.comes", when=when)
        await self._state.outbox.put(owner.home, unasked(owner.home, answered.card, said), purpose="digest", key=key)
        told = told_of(owner.reader.scope, [answered.answer] if answered.answer else [], began)
        return waiting(key, {"digest": digest, TOLD: told})

    async def _answer(self, wanted: Wanted, owner: Owner, now: datetime, due: Due) -> Answered:
        fiscal = self._services.engine.store.snapshot.reporting.fiscal_year_start_month
        query = wanted.on(owner.reader.today, fiscal)
        reference = due.schedule.id[:8].upper()
        return await self._services.answering.answer(query, owner.reader, at=now, reference=reference)

    async def _sent(self, due: Due, state: str, activity: str, problem: str) -> Outcome:
        one = due.schedule
        if state == "sent":
            if one.payload.get("only") == "changed" and due.note.get("digest"):
                await self._state.person_settings.set(_owner(one), LAST + one.id, due.note["digest"])
            return done(activity)
        if state == "indoubt":
            return in_doubt(problem)
        if state == "failed":
            if problem == "gone":
                await self.pause(one, "no_chat", due.key("paused"))
            return failed(problem)
        return waiting(due.key("post"), due.note)

    async def _last(self, one: Schedule) -> str:
        return await self._state.person_settings.get(_owner(one), LAST + one.id) or ""


def _owner(one: Schedule) -> Person:
    return Person(one.tenant, one.owner)


def title_of(wanted: Wanted, services: Services, language: str, locale: str, today: date) -> str:
    """A question in one line, with the days it means today."""
    fiscal = services.engine.store.snapshot.reporting.fiscal_year_start_month
    try:
        query = wanted.on(today, fiscal)
    except (QuestionError, KeyError):
        return "?"
    return asked(query, words(language), locale)
