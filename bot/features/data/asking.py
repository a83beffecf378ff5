"""Questions about the data itself: its sources and checks, what was set aside, what is not mapped; and mapping it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from analytics import mapping
from analytics.errors import DataError
from analytics.mapping import KINDS, Link
from analytics.standing import coverage, rejections, sources
from bot import auditing
from bot.answering import Answered
from bot.apart import alone
from bot.events import Choice
from bot.features.data.running import Wish
from cards.files import said_card
from cards.mapping import KIND, TARGET, VALUE, Gap, unmapped_card
from cards.quality import SourceState, Standing, quality_card
from cards.rejected import Rejected, rejected_card
from cards.trouble import refusal_card
from cards.words import words

if TYPE_CHECKING:
    import re
    from collections.abc import Mapping, Sequence

    from bot.features.data.running import Runs
    from bot.features.feature import Services
    from bot.settings import Settings
    from bot.understanding import Reading
    from bot.visit import Visit

_MOST = 200


class Asking:
    """Answers with cards. Lists of values are for program leads, in their personal chat; sums are for everybody."""

    def __init__(self, services: Services, settings: Settings | None, runs: Runs | None) -> None:
        self._services = services
        self._settings = settings
        self._runs = runs

    async def quality(self, visit: Visit, _: Reading) -> Answered:
        """The state of the data; the same for whoever asks, but for the buttons of a program lead."""
        found = await self._services.engine.run(self._standing)
        lease_findings, snapshot, standing = found
        details = visit.asker.role == "program" and not visit.turn.conversation.shared
        standing = Standing(standing.sources, standing.coverage, standing.unmapped, standing.aside, details)
        view = await self._services.answering.view(visit.reader)
        return Answered(quality_card(view, lease_findings, snapshot, standing), "helped")

    def _standing(self) -> tuple[Any, Any, Standing]:
        with self._services.engine.store.lease() as lease:
            gaps = mapping.unmapped(lease.cursor)
            found = sources(lease.cursor)
            listed = [SourceState(one.name or "CSV", one.until, one.rows) for one in found]
            counted = (len(gaps), sum(gap.amount for gap in gaps if gap.dimension == "team"))
            aside = sum(one.aside for one in found)
            return lease.findings, lease.snapshot, Standing(
                tuple(listed), tuple(coverage(lease.cursor).items()), counted, aside
            )  # fmt: skip

    async def rejected(self, visit: Visit, _: object) -> Answered:
        """What the last sync set aside, by reason."""
        if refused := await self._not_theirs(visit):
            return refused

        def read() -> list[Rejected]:
            with self._services.engine.store.lease() as lease:
                return [Rejected(o.file, o.table, o.column, o.rule, o.rows, o.line) for o in rejections(lease.cursor)]

        found = await self._services.engine.run(read)
        card = rejected_card(await self._services.answering.view(visit.reader), found)
        return await alone(visit, self._services.state, Answered(card, "helped"))

    # -- mapping -----------------------------------------------------------------------------------------------------

    async def unmapped(self, visit: Visit, data: object) -> Answered:
        """The values nobody has mapped, of the kind asked for or the one with most money."""
        if refused := await self._not_theirs(visit):
            return refused
        wanted = _text(data, KIND) if isinstance(data, dict) else ""
        return await self._shown(visit, wanted)

    async def _shown(self, visit: Visit, kind: str, said: str = "", *, offer_sync: bool = False) -> Answered:
        done = await asyncio.to_thread(self._mapped)
        found = await self._services.engine.run(self._gaps)
        gaps = [gap for gap in found if Link(gap.kind, gap.value, "").key not in done]
        wanted = kind if kind in KINDS else (gaps[0].kind if gaps else "team")
        view, currency = await self._services.answering.view(visit.reader), visit.snapshot.reporting.currency
        answered = Answered(
            unmapped_card(view, gaps, wanted, currency, said=said, offer_sync=offer_sync),
            "mapped" if said else "helped",
        )
        return await alone(visit, self._services.state, answered)

    def _gaps(self) -> list[Gap]:
        with self._services.engine.store.lease() as lease:
            found = mapping.unmapped(lease.cursor)
            return [Gap(one.dimension, one.value, one.name, one.rows, one.amount) for one in found]

    def _mapped(self) -> set[tuple[str, str]]:
        """What was mapped, perhaps since the last sync."""
        try:
            return {link.key for link in mapping.read(self._settings.files_folder)} if self._settings else set()
        except DataError:
            return set()

    async def map(self, visit: Visit, data: Mapping[str, Any]) -> Answered:
        """Write down what a value stands for; it counts from the next sync on."""
        if refused := await self._not_theirs(visit):
            return refused
        say = words(visit.reader.language).say
        kind, value, to = (_text(data, name) for name in (KIND, VALUE, TARGET))
        if visit.turn.conversation.shared or self._settings is None:
            return Answered({}, "refused", text=say("mapping.personal"))
        if kind not in KINDS or not value or not to:
            return Answered({}, "not mapped", text=say("mapping.choose"))
        name = await self._services.engine.run(lambda: self._known(kind, value, to))
        if not name:
            return Answered({}, "not mapped", text=say("mapping.lost"))
        link = Link(kind, value, to, visit.asker.upn or visit.asker.person, visit.reader.today.isoformat())
        try:
            await asyncio.to_thread(mapping.add, self._settings.files_folder, link)
        except DataError as error:
            view = await self._services.answering.view(visit.reader)
            return Answered(refusal_card(view, "unsupported", str(error)), "failed")
        await self._note(visit, link)
        return await self._shown(visit, kind, say("mapping.done", value=value, name=name))

    def _known(self, kind: str, value: str, to: str) -> str:
        """What the target is called; empty where it or the value is not there."""
        with self._services.engine.store.lease() as lease:
            there = any(one.dimension == kind and one.value == value for one in mapping.unmapped(lease.cursor))
            return mapping.label_of(lease.cursor, kind, to) if there else ""

    async def _note(self, visit: Visit, link: Link) -> None:
        told = {"map": {"dimension": link.dimension, "value": link.value, "to": link.to}}
        await self._services.state.audit.add(auditing.of_deed(visit, "mapping", "mapped", told))

    async def look_up(self, kind: str, visit: Visit, typed: str) -> Sequence[Choice]:
        """Teams, categories or people whose name holds what was typed; for program leads."""
        if visit.asker.role != "program" or visit.turn.conversation.shared:
            return ()

        def read() -> list[tuple[str, str]]:
            with self._services.engine.store.lease() as lease:
                return mapping.targets(lease.cursor, kind, typed)

        return [Choice(label, key) for key, label in await self._services.engine.run(read)]

    # -- syncs -------------------------------------------------------------------------------------------------------

    async def sync(self, visit: Visit, _: object) -> Answered:
        """Have a sync run; the pressed card says what came of it."""
        if refused := await self._not_theirs(visit):
            return refused
        say, turn = words(visit.reader.language).say, visit.turn
        if self._runs is None or turn.conversation.shared:
            return Answered({}, "refused", text=say("mapping.personal"))
        if self._runs.running:
            return Answered({}, "helped", text=say("synced.running"))
        self._runs.start(
            Wish(turn.person, turn.conversation, turn.reply_to_id, visit.reader.language, visit.reader.locale)
        )
        view = await self._services.answering.view(visit.reader)
        return Answered(said_card(view, say("synced.started"), say("synced.started_below")), "sync started")

    async def ask_sync(self, visit: Visit, _: object) -> Answered:
        """Asked for in words, there is no card yet that could say what comes of it: a button makes one."""
        if visit.turn.conversation.shared:
            return Answered({}, "refused", text=words(visit.reader.language).say("mapping.personal"))
        return await self._shown(visit, "", offer_sync=True)

    async def listen(self, visit: Visit, fit: re.Match[str]) -> Answered:
        """Tell them of every sync, or only of what is wrong."""
        say, kept = words(visit.reader.language).say, self._services.state.sync_listeners
        if fit.groupdict().get("stop"):
            await kept.remove(visit.turn.person)
            return Answered({}, "unsubscribed", text=say("synced.off"))
        await kept.add(visit.turn.person)
        return Answered({}, "subscribed", text=say("synced.on"))

    async def _not_theirs(self, visit: Visit) -> Answered | None:
        if visit.asker.role == "program":
            return None
        return await self._services.answering.not_their_role(visit.reader)


def _text(data: Mapping[str, Any], name: str) -> str:
    said = data.get(name)
    return said.strip() if isinstance(said, str) and len(said) <= _MOST and said.isprintable() else ""
