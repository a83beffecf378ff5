"""From a turn to a visit: who asks, what they may see where they ask it, and how they read; or the card that turns them away."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from analytics.errors import DataError
from bot import says
from bot.access import today_of
from bot.answering import Answered, Reader
from bot.language import language_of, locale_of
from bot.telemetry import logs
from bot.visit import Visit
from cards.trouble import error_card, refusal_card

if TYPE_CHECKING:
    from analytics.engine import Engine
    from bot.access import Access, Seen
    from bot.events import Clock, Conversation, Turn


class Visits:
    """Makes visits."""

    def __init__(self, engine: Engine, access: Access, clock: Clock) -> None:
        self._engine = engine
        self._access = access
        self._clock = clock

    async def of(self, turn: Turn) -> Visit | Answered:
        """Who asks, and what they may see here; a card instead where there is no data or nobody we know."""
        reference = logs.reference()
        reader = self._stranger(turn)
        try:
            snapshot = self._engine.store.snapshot
            asker = await self._access.who(turn.person)
        except DataError as error:
            return Answered(error_card(says.plain_view(reader), reference, turn.at, None, str(error)), "failed")
        if asker is None:
            logs.note(denied=True)
            why = says.say(reader.language, "guest" if turn.person.guest else "stranger")
            return Answered(refusal_card(says.plain_view(reader), "scope", why), "refused")
        changes = self._access.rooms.changes(turn.conversation)
        seen = await self._access.seen(asker, turn.conversation) or says.NO_DATA
        reader = replace(reader, today=today_of(snapshot, self._clock))
        return within(Visit(turn, asker, seen.scope, reader, snapshot, reference, changes), seen)

    def _stranger(self, turn: Turn) -> Reader:
        shared = turn.conversation.shared
        language, locale = ("en", "en_US") if shared else (language_of(turn.locale), locale_of(turn.locale))
        return Reader(
            says.NOTHING, "", self._clock().date(), language, locale, shared, turn.text, tenant=turn.person.tenant
        )


def within(visit: Visit, seen: Seen) -> Visit:
    """The same visit with this scope."""
    label = says.scope_label(seen, visit.reader.language)
    return replace(visit, scope=seen.scope, reader=replace(visit.reader, scope=seen.scope, scope_label=label))


def at_home(visit: Visit, home: Conversation) -> Visit:
    """The same visit in the asker's personal chat, where cards speak their own language."""
    locale = visit.turn.locale
    reader = replace(visit.reader, shared=False, language=language_of(locale), locale=locale_of(locale))
    return replace(visit, turn=replace(visit.turn, conversation=home), reader=reader)
