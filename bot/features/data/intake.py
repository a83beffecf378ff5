"""Files that people send: fetched, looked at, shown, and used or thrown away on their word."""

from __future__ import annotations

import asyncio
import shutil
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from analytics.drop import Arrived
from bot import events
from bot.answering import Answered
from bot.features.data.fetching import NotFetched, fetch, safe_name
from bot.features.data.seeing import change_of, see
from bot.state.data import SentFile
from cards.files import FILE, PROFILE, file_card, said_card
from cards.trouble import refusal_card
from cards.words import words

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from bot.events import SharedFile
    from bot.features.data.running import Runs
    from bot.features.feature import Services
    from bot.settings import Settings
    from bot.visit import Visit
    from cards.elements import Card
    from cards.files import Sent
    from cards.view import View

TRIAL_SECONDS = 90.0
"""How long somebody waits for what a file would change; the card comes without it then."""

_MOST_NAME = 200


class Intake:
    """Takes files from program leads in their personal chat; everybody else is told kindly whom to give them to."""

    def __init__(self, services: Services, settings: Settings, runs: Runs) -> None:
        self._services = services
        self._settings = settings
        self._runs = runs
        self._kept = services.state.files

    async def arrived(self, visit: Visit) -> Answered | None:
        """Files, alone or beside words; None for a message without any."""
        files, say = visit.turn.files, words(visit.reader.language).say
        if not files:
            return None
        if visit.turn.conversation.shared:
            return Answered({}, "file ignored", text=say("files.shared"))
        if visit.asker.role != "program":
            return Answered(refusal_card(await self._view(visit), "scope", say("files.not_program")), "refused")
        cards = [await self._take(visit, file) for file in files]
        beside = tuple(events.message(card=card, summary=str(card.get("fallbackText", ""))) for card in cards[1:])
        return Answered(cards[0], "file checked", beside=beside)

    async def _take(self, visit: Visit, file: SharedFile) -> Card:
        key = uuid4().hex
        folder = self._runs.folder_of(key)
        try:
            name = safe_name(file.name)
            await asyncio.to_thread(folder.mkdir, parents=True, mode=0o700)
            await fetch(file, folder / name, self._settings)
        except NotFetched as problem:
            await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)
            said = {"name": file.name[:_MOST_NAME], "n": self._settings.file_max_mb}
            why = words(visit.reader.language).say(f"files.{problem.word}", **said)
            return said_card(await self._view(visit), file.name[:_MOST_NAME] or "?", why)
        turn, reader = visit.turn, visit.reader
        kept = SentFile(key, turn.person, turn.conversation, name, "", reader.language, reader.locale)
        await self._kept.add(kept)
        return await self._checked(visit, kept)

    async def _checked(self, visit: Visit, kept: SentFile) -> Card:
        path = self._runs.folder_of(kept.id) / kept.name
        sent = await asyncio.to_thread(see, kept.id, path, kept.profile, self._settings.files_folder)
        if sent.profile and not sent.problems:
            sent = await self._with_change(visit, sent, path, kept.profile)
        return file_card(await self._view(visit), sent)

    async def _with_change(self, visit: Visit, sent: Sent, path: Path, profile: str) -> Sent:
        outcome = await self._runs.syncs.trial(Arrived(path, profile), TRIAL_SECONDS)
        return replace(sent, change=change_of(outcome, visit.snapshot.reporting.currency))

    # -- what people press -------------------------------------------------------------------------------------------

    async def use(self, visit: Visit, data: Mapping[str, Any]) -> Answered:
        """Hand the file to a sync; the card says at once that it is being worked on, and later what came of it."""
        kept = None
        if self._may(visit):
            kept = await self._kept.use(_text(data, FILE), visit.turn.person, visit.turn.reply_to_id)
        if kept is None:
            return self._over(visit)
        self._runs.start()
        say = words(visit.reader.language).say
        card = said_card(await self._view(visit), say("files.working"), say("files.working_below", name=kept.name))
        return Answered(card, "file used")

    async def discard(self, visit: Visit, data: Mapping[str, Any]) -> Answered:
        """Throw our copy away; the sender's own stays where it is."""
        kept = await self._kept.discard(_text(data, FILE), visit.turn.person)
        if kept is None:
            return self._over(visit)
        await asyncio.to_thread(shutil.rmtree, self._runs.folder_of(kept.id), ignore_errors=True)
        say = words(visit.reader.language).say
        card = said_card(await self._view(visit), say("files.discarded"), say("files.discarded_below", name=kept.name))
        return Answered(card, "file discarded")

    async def read_as(self, visit: Visit, data: Mapping[str, Any]) -> Answered:
        """Look at it again, through the profile somebody picked."""
        kept = None
        if self._may(visit):
            kept = await self._kept.choose(_text(data, FILE), visit.turn.person, _text(data, PROFILE))
        return Answered(await self._checked(visit, kept), "file checked") if kept else self._over(visit)

    @staticmethod
    def _may(visit: Visit) -> bool:
        return visit.asker.role == "program" and not visit.turn.conversation.shared

    @staticmethod
    def _over(visit: Visit) -> Answered:
        return Answered({}, "file gone", text=words(visit.reader.language).say("files.over"))

    async def _view(self, visit: Visit) -> View:
        return await self._services.answering.view(visit.reader)


def _text(data: Mapping[str, Any], name: str) -> str:
    said = data.get(name)
    return said if isinstance(said, str) and len(said) <= _MOST_NAME and said.isprintable() else ""
