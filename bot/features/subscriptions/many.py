"""One report to many: everyone gets their own, worked out when it is sent, and what became of each is written down."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Protocol

from bot import says
from bot.auditing import of_run, since, told_of
from bot.delivery.activity import unasked
from bot.events import Person
from bot.features.subscriptions.asking import Wanted
from bot.features.subscriptions.owners import Owner
from bot.features.subscriptions.sending import title_of
from bot.runner import done, later, left_out
from cards.subscriptions import Receipt
from cards.words import words

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from bot.features.feature import Services
    from bot.features.subscriptions.owners import Owners
    from bot.runner import Due, Outcome
    from bot.state.schedule import Schedule
    from bot.state.subscriptions import Outcome as Sent
    from cards.subscriptions import Got

Told = Mapping[str, Any]
# What became of somebody's part, in the words of the audit.
SAID: Mapping[str, str] = {
    "put": "sent",
    "muted": "muted",
    "not_installed": "not installed",
    "nothing": "left out",
    "refused": "refused",
}
# People of one step: few enough for the time a step may take.
BATCH = 20
MUTED = "mute:"  # the setting under which somebody keeps a kind of report away


class Part(Protocol):
    """Makes one person's part: a card, a line above it and what the audit is told of it, or why there is none for them."""

    async def __call__(self, owner: Owner, due: Due, now: datetime) -> tuple[Mapping[str, Any], str, Told] | Sent:
        """For this owner, at this moment."""
        ...


class Many:
    """The handler of whatever goes to everyone who leads a line. `audience` is whose data each gets."""

    def __init__(self, services: Services, owners: Owners, part: Part, *, audience: str = "own") -> None:
        self._services = services
        self._owners = owners
        self._part = part
        self._audience = audience
        self._state = services.state

    async def run(self, due: Due, now: datetime) -> Outcome:
        """The next people; called again until everyone has had their turn."""
        one = due.schedule
        if not await self._leads(one):
            await self.pause(one, due.key("paused"))
            return left_out("owner_gone")
        had = {sent.entra_id for sent in await self._state.receipts.of(one.id, due.period)}
        waiting = [who for who in await self._services.access.people.leading() if who not in had]
        for entra_id in waiting[:BATCH]:
            began = time.perf_counter()
            outcome, key, told = await self._one(due, entra_id, now)
            told = {"ms": since(began), **told}
            await self._state.audit.add(of_run(one, SAID[outcome], told, now, actor=entra_id))
            await self._state.receipts.note(one.id, due.period, entra_id, outcome, key)
        return later(0.0, note={"sent": len(had) + BATCH}) if len(waiting) > BATCH else done()

    async def too_late(self, due: Due, now: datetime) -> Outcome:  # noqa: ARG002 - the day it was due says it all
        """Whoever set it up is told that it did not go out."""
        one = due.schedule
        owner = await self._owners.find(one.tenant, one.owner)
        if isinstance(owner, Owner):
            said = words(one.language).say("subscriptions.missed", what=self.title(one))
            await self._state.outbox.put(
                owner.home, unasked(owner.home, text=said), purpose="digest", key=due.key("late")
            )
        return left_out("too late")

    def title(self, one: Schedule) -> str:
        """What goes out, in one line."""
        if "query" not in one.payload:
            return words(one.language).say("attention.title")
        wanted, today = Wanted.from_json(one.payload), self._services.access.today()
        return title_of(wanted, self._services, one.language, one.locale, today)

    async def pause(self, one: Schedule, key: str) -> None:
        """Nobody who leads the program stands behind it any more."""
        if await self._state.schedules.pause(one.id, "owner_gone"):
            name = await self._owners.name(one.owner)
            await self._owners.tell_leads(one.tenant, key, name, "owner_gone", self.title(one))

    async def receipts(self, one: Schedule, period: str) -> Sequence[Receipt]:
        """What became of everyone's part, as far as it is known by now."""
        found = []
        for sent in await self._state.receipts.of(one.id, period):
            got = await self._got(sent.key) if sent.outcome == "put" else sent.outcome
            found.append(Receipt(await self._owners.name(sent.entra_id), got))
        return found

    async def _got(self, key: str) -> Got:
        receipt = await self._state.outbox.receipt(key)
        if receipt is None or receipt.state == "sent":
            return "delivered"
        return "failed" if receipt.state in {"failed", "indoubt"} else "on_its_way"

    async def _leads(self, one: Schedule) -> bool:
        asker = await self._services.access.who(Person(one.tenant, one.owner))
        return asker is not None and asker.role == "program"

    async def _one(self, due: Due, entra_id: str, now: datetime) -> tuple[Sent, str, Told]:
        one, person = due.schedule, Person(due.schedule.tenant, entra_id)
        owner = await self._owners.find(one.tenant, entra_id, self._audience)
        if not isinstance(owner, Owner):
            return ("not_installed" if owner == "no_chat" else "refused"), "", {}
        if await self._state.person_settings.get(person, MUTED + one.kind):
            return "muted", "", {}
        made = await self._part(owner, due, now)
        scope = {"scope": says.scope_word(owner.reader.scope)}
        if isinstance(made, str):
            return made, "", scope
        card, said, told = made
        key, wait = due.key(f"to:{entra_id}"), await self._owners.quiet_seconds(person, now)
        activity = unasked(owner.home, card, said)
        await self._state.outbox.put(owner.home, activity, purpose="digest", key=key, wait=wait)
        return "put", key, {**scope, **told}


def report(services: Services) -> Part:
    """Everyone's slice of one question."""

    async def part(owner: Owner, due: Due, now: datetime) -> tuple[Mapping[str, Any], str, Told] | Sent:
        began, one = time.perf_counter(), due.schedule
        fiscal = services.engine.store.snapshot.reporting.fiscal_year_start_month
        query = Wanted.from_json(one.payload).on(owner.reader.today, fiscal)
        answered = await services.answering.answer(query, owner.reader, at=now, reference=one.id[:8].upper())
        if answered.answer is None:
            return "refused"
        if one.payload.get("only") == "data" and not answered.answer.records:
            return "nothing"
        said = words(owner.reader.language).say("subscriptions.from_program", name=one.payload.get("by") or "?")
        return answered.card, said, told_of(owner.reader.scope, [answered.answer], began)

    return part
