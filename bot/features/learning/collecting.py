"""Collects what could not be read, without who said it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.features.learning.meanings import normal, unreadable
from cards.learning import SHOWN, Found

if TYPE_CHECKING:
    from bot.features.feature import Services
    from bot.understanding import Reading
    from bot.visit import Visit

COLLECTED = 5  # phrases of one question
DAYS = 90  # without settings


class Collecting:
    """Unread phrases of every tenant, kept for `days` days."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._unread = services.state.unread
        self.days = services.settings.unread_days if services.settings else DAYS

    async def heard(self, visit: Visit, reading: Reading) -> None:
        """Collect what could not be read, unless the question was refused for a reason that is nobody's business."""
        if not reading.unread or not (reading.kind == "clarify" or reading.reason == "scope"):
            return
        vocabulary = await self._services.vocabularies.of(visit.turn.person.tenant)
        today, language, text = visit.reader.today, reading.language, visit.turn.text

        def open_ones() -> list[str]:
            # A name that is only hidden from the asker is read here, with everything in view, and is not collected.
            alone = [one for one in map(normal, reading.unread) if one]
            unread = [one for one in alone if unreadable(one, vocabulary, today, language)]
            return together(unread, normal(text))

        found = await self._services.engine.run(open_ones)
        await self._unread.collect(visit.turn.person.tenant, text, found[:COLLECTED], language)

    async def found(self, tenant: str) -> list[Found]:
        """The most frequent unread phrases of a tenant."""
        return [Found(w.phrase, w.count, w.days, w.last) for w in await self._unread.frequent(tenant, SHOWN)]

    async def purge(self) -> None:
        """Forget what is older than the settings allow."""
        await self._unread.purge(self.days)


def together(unread: list[str], text: str) -> list[str]:
    """Unread words that stand side by side in the text, as one phrase; each phrase once."""
    found: list[str] = []
    for word in unread:
        if found and f" {found[-1]} {word} " in f" {text} ":
            found[-1] = f"{found[-1]} {word}"
        else:
            found.append(word)
    return list(dict.fromkeys(found))
