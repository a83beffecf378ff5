"""Syncs that the bot runs: with files that were sent or dropped, when asked, or by the clock; and who is told what came of them."""

from __future__ import annotations

import asyncio
import shutil
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import structlog

from analytics.drop import Arrived, complete, look
from analytics.errors import DataError, InsightsError
from bot.delivery.activity import unasked
from bot.features.data.due import due
from bot.state.audit import Entry
from bot.syncs import BUSY, Syncs
from cards.synced import Synced, synced_card
from cards.view import View

if TYPE_CHECKING:
    from pathlib import Path

    from analytics.drop import Mark
    from bot.events import Conversation, Person
    from bot.features.feature import Services
    from bot.outcome import Outcome
    from bot.settings import Settings
    from bot.state.data import SentFile
    from cards.elements import Card

log = structlog.get_logger(__name__)

AGAIN = timedelta(hours=1)
_NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Wish:
    """Somebody who asked for a sync, and the card that is to say what came of it."""

    person: Person
    conversation: Conversation
    activity: str
    language: str
    locale: str


class Runs:
    """One sync after the other. What is wished for while one runs is done by the next."""

    def __init__(self, services: Services, settings: Settings) -> None:
        self._services = services
        self._settings = settings
        self.syncs = Syncs(settings, services.clock)
        self._task: asyncio.Task[None] | None = None
        self._wishes: list[Wish] = []
        self._by_clock = False
        self._dropped: list[str] = []
        self._marks: dict[str, Mark] = {}
        self._stuck: tuple[dict[str, Mark], datetime] = ({}, _NEVER)
        self._began = _NEVER
        self._told = ""

    def folder_of(self, key: str) -> Path:
        """Where the content of a sent file lies while it waits."""
        return self._settings.data_dir / "sent" / key

    @property
    def running(self) -> bool:
        """Whether a sync is under way."""
        return self._task is not None and not self._task.done()

    def start(self, wish: Wish | None = None) -> None:
        """Have a sync run soon, with whatever files are to be used by then."""
        if wish:
            self._wishes.append(wish)
        if not self.running:
            self._task = asyncio.create_task(self._work(), name="sync")

    async def settled(self) -> None:
        """Wait until nothing is under way."""
        if self._task:
            await asyncio.wait({self._task})

    async def tick(self, now: datetime) -> None:
        """Forget files nobody decided on; start what was cut off, what has arrived and what is due."""
        for key in await self._services.state.files.expired():
            await asyncio.to_thread(shutil.rmtree, self.folder_of(key), ignore_errors=True)
        self._dropped = await asyncio.to_thread(self._arrivals, now)
        self._by_clock = self._by_clock or self._due(now)
        if not self.running and (self._by_clock or self._dropped or await self._services.state.files.in_use()):
            self.start()

    def _arrivals(self, now: datetime) -> list[str]:
        """The complete files of the drop folder; those that the last sync could not use are left alone for an hour."""
        if not self._settings.drop_dir:
            return []
        before, self._marks = self._marks, look(self._settings.drop_dir)
        stuck, since = self._stuck
        ready = complete(before, self._marks)
        return [name for name in ready if stuck.get(name) != self._marks[name] or now - since >= AGAIN]

    def _due(self, now: datetime) -> bool:
        settings = self._settings
        if self.running or not (settings.sync_at or settings.sync_every_hours):
            return False
        try:
            published = self._services.engine.store.snapshot.synced_at
        except DataError:
            published = _NEVER
        last = max(self._began, published)
        return due(now, last, at=settings.sync_at, every_hours=settings.sync_every_hours, zone=settings.time_zone)

    # -- one after the other -----------------------------------------------------------------------------------------

    async def _work(self) -> None:
        while True:
            files = await self._services.state.files.in_use()
            if not (files or self._wishes or self._dropped or self._by_clock):
                return
            try:
                await self._once(files)
            except InsightsError as problem:
                # The bot's own memory: what was to be used is still noted there, and a tick comes back to it.
                log.error("sync_not_told", problem=type(problem).__name__)  # noqa: TRY400 - it has logged its cause
                return
            except Exception as problem:  # noqa: BLE001 - one sync that broke must not be the last one
                log.error("sync_broke", problem=type(problem).__name__)  # noqa: TRY400 - its text may come from the data
                return

    async def _once(self, files: list[SentFile]) -> None:
        wishes, self._wishes = self._wishes, []
        dropped, self._dropped = self._dropped, []
        by_clock, self._by_clock = self._by_clock, False
        self._began = self._services.clock()
        arrived = [Arrived(self.folder_of(file.id) / file.name, file.profile) for file in files]
        arrived += [Arrived(self._settings.drop_folder / name) for name in dropped]
        outcome = await self.syncs.sync(arrived)
        self._remember(dropped, outcome)
        for file in files:
            await self._report_file(file, outcome)
        for wish in wishes:
            card = synced_card(self._view(wish.language, wish.locale), synced_of(outcome))
            await self._update(wish.conversation, wish.activity, card)
        if dropped or by_clock:
            await self._report(outcome)
        await self._audit([file.person for file in files] or [wish.person for wish in wishes], outcome)

    def _remember(self, dropped: list[str], outcome: Outcome) -> None:
        busy = outcome.error.startswith(BUSY)
        waiting = {name: self._marks[name] for name in dropped if name in outcome.waiting and name in self._marks}
        self._stuck = ({}, _NEVER) if busy else (waiting, self._services.clock())

    async def _report_file(self, file: SentFile, outcome: Outcome) -> None:
        """Tell its sender; a file that was not itself at fault waits for their word again."""
        again = bool(outcome.error) and not any(name == file.name for name, _ in outcome.refused)
        if again:
            await self._services.state.files.wait_again(file.id)
        card = synced_card(self._view(file.language, file.locale), synced_of(outcome), file.id if again else "")
        await self._update(file.conversation, file.activity, card)
        if not again:
            await self._services.state.files.done(file.id)
            await asyncio.to_thread(shutil.rmtree, self.folder_of(file.id), ignore_errors=True)

    async def _report(self, outcome: Outcome) -> None:
        """Tell who wants to hear of every sync; and who leads the program, once, when somebody has to look."""
        synced, state = synced_of(outcome), self._services.state
        leads = {(lead.tenant, lead.entra_id): lead for lead in await state.word_leads.all()}
        wanted = {(one.tenant, one.entra_id) for one in await state.sync_listeners.all()}
        said = "\n".join([outcome.error, *(f"{a} {b}" for a, b in outcome.refused), *(f.check for f in outcome.grave)])
        news, self._told = synced.wrong and said != self._told, said if synced.wrong else ""
        for key in wanted | (set(leads) if news else set()):
            lead = leads.get(key)
            view = self._view(lead.language, lead.locale) if lead else self._view("en", "en_US")
            if where := await state.conversations.personal(*key):
                await state.outbox.put(where, unasked(where, synced_card(view, synced)), purpose="digest")

    async def _update(self, where: Conversation, activity: str, card: Card) -> None:
        await self._services.state.outbox.put(where, unasked(where, card), purpose="reply", update=activity)

    async def _audit(self, people: list[Person], outcome: Outcome) -> None:
        said = "failed" if outcome.error else f"version {outcome.version}"
        # Nobody's sync, but of a tenant all the same: whoever reads the audit of that tenant should find it.
        actors = [(one.tenant, one.entra_id) for one in people] or [(one, "") for one in self._settings.allowed_tenants]
        for tenant, actor in actors:
            await self._services.state.audit.add(
                Entry(self._services.clock(), tenant, actor, "", "sync", said, records=outcome.loaded)
            )

    def _view(self, language: str, locale: str) -> View:
        return View(today=self._services.clock().date(), language=language, locale=locale)


def synced_of(outcome: Outcome) -> Synced:
    """What the card of a sync shows."""
    return Synced(
        error=outcome.error,
        read=outcome.read,
        loaded=outcome.loaded,
        aside=outcome.quarantined,
        dropped=outcome.dropped,
        used=outcome.used,
        refused=outcome.refused,
        waiting=outcome.waiting,
        findings=outcome.findings,
    )
