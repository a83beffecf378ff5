"""The desk: one function for each kind of thing that happens in Teams, from a Turn to Replies."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from analytics import query as public
from analytics.catalogue import DIMENSIONS, METRICS
from analytics.errors import DataError, QuestionError
from bot import events, says
from bot.access import Access
from bot.answering import Answered, Answering
from bot.apart import apart, home_of, not_installed
from bot.auditing import of_turn
from bot.features import features
from bot.features.feature import Services
from bot.helping import Helping
from bot.pictures import Pictures
from bot.state.line import StateUnavailable
from bot.talks import Talks, earlier_of
from bot.telemetry import logs
from bot.understanding import Earlier, Question, Reading, read
from bot.understanding.interpret import remembered
from bot.visits import Visits, at_home, within
from bot.vocabularies import Vocabularies
from cards import actions
from cards.choose import choose_card
from cards.definition import definition_card
from cards.help import welcome_card
from cards.trouble import refusal_card, unclear_card
from cards.view import Next
from cards.words import words

if TYPE_CHECKING:
    import re

    from aiohttp.web import RouteDef

    from analytics.engine import Engine
    from analytics.model import Query
    from bot.delivery.connector import Connector
    from bot.events import Clock, Reply, Turn
    from bot.features.feature import Command, Tick
    from bot.links import Links
    from bot.mail import Mail
    from bot.settings import Settings
    from bot.state import State
    from bot.visit import Visit

ASKING = frozenset({"message", "action", "search", "files"})
COMING_AND_GOING = frozenset({"members", "installed", "removed"})


class Insights:
    """Answers turns. All it needs comes in: the engine, who may see what, the bot's memory, the clock."""

    def __init__(
        self,
        engine: Engine,
        access: Access,
        state: State,
        clock: Clock,
        *,
        settings: Settings | None = None,
        connector: Connector | None = None,
        links: Links | None = None,
        mail: Mail | None = None,
    ) -> None:
        self._engine = engine
        self._access = access
        self._state = state
        address = settings.public_address if settings else ""
        self._pictures = Pictures(links, address) if links and address else None
        self._answering = Answering(engine, self._pictures, access.names)
        self._vocabularies = Vocabularies(engine, state.taught)
        services = Services(
            engine,
            access,
            state,
            self._answering,
            clock,
            settings,
            connector,
            links,
            mail,
            vocabularies=self._vocabularies,
        )
        self._features = features(services)
        self._answering.remarks = self._features.remarks
        self._helping = Helping(engine, access)
        self._visits = Visits(engine, access, clock)
        self._talks = Talks(state)
        self._by_kind: dict[str, Callable[[Turn], Awaitable[Sequence[Reply]]]] = {
            "message": self._message,
            "action": self._action,
            "installed": self._installed,
            "feedback": self._feedback,
            "search": self._search,
        }

    async def handle(self, turn: Turn) -> Sequence[Reply]:
        """Everything to say to this turn; nothing to what needs no answer."""
        if turn.kind in COMING_AND_GOING:
            self._access.rooms.changed(turn.conversation)
        answer, began = self._by_kind.get(turn.kind), time.perf_counter()
        try:
            return [*(await answer(turn) if answer else ()), *await self._arrived(turn)]
        except Exception:
            if turn.kind in ASKING:
                with contextlib.suppress(StateUnavailable):
                    await self._audit(turn, "failed", None, None, began)
            raise

    @property
    def ticks(self) -> Sequence[Tick]:
        """What is to be done by the clock while the bot is up."""
        return self._features.ticks

    @property
    def routes(self) -> Sequence[RouteDef]:
        """Addresses beside that of the messages: what cards show and what people download."""
        return (*([self._pictures.route] if self._pictures else []), *self._features.routes)

    async def warm(self) -> None:
        """Read the names of the current version before somebody waits for them; without data there is nothing to read."""
        with contextlib.suppress(DataError):
            await self._vocabularies.plain()

    # -- what people say -------------------------------------------------------------------------------------------

    async def _message(self, turn: Turn) -> Sequence[Reply]:
        began = time.perf_counter()
        visit = await self._visits.of(turn)
        if isinstance(visit, Answered):
            return await self._say(turn, visit, began, None)
        if given := self._features.command(turn.text):
            return await self._say(turn, await self._commanded(visit, *given), began, visit)
        visit, reading, answered = await self._considered(visit)
        for one in remembered(reading, turn.text):
            # A question that was asked back is leant on as well; one that was refused is not.
            if one.query is None or answered.answer is not None:
                await self._talks.remember(visit.turn, one, await self._talks.kept(visit.turn))
        said = await self._say(turn, answered, began, visit)
        for heard in self._features.heard:
            await heard(visit, reading, answered)
        return said

    async def _commanded(self, visit: Visit, command: Command, fit: re.Match[str]) -> Answered:
        if command.roles is None or visit.asker.role in command.roles:
            return await command.run(visit, fit)
        logs.note(denied=True)
        return await self._answering.not_their_role(visit.reader)

    async def consider(self, turn: Turn) -> tuple[Reading | None, Answered]:
        """How a message is read and what the card would be, without saying or keeping anything."""
        visit = await self._visits.of(turn)
        if isinstance(visit, Answered):
            return None, visit
        _, reading, answered = await self._considered(visit)
        return reading, answered

    async def _considered(self, visit: Visit) -> tuple[Visit, Reading, Answered]:
        reading = await self._read(visit)
        visit = replace(visit, reader=replace(visit.reader, language=reading.language or visit.reader.language))
        if reading.audience == "own" and visit.turn.conversation.shared:
            return await self._apart(visit, reading)
        seen = await self._access.seen(visit.asker, visit.turn.conversation, reading.audience)
        if seen is None:
            view = await self._answering.view(visit.reader)
            logs.note(denied=True)
            why = says.say(visit.reader.language, "no_line")
            return visit, reading, Answered(refusal_card(view, "scope", why), "refused")
        visit = within(visit, seen)
        return visit, reading, await self._answer(visit, reading)

    async def _apart(self, visit: Visit, reading: Reading) -> tuple[Visit, Reading, Answered]:
        """What is for one person's eyes is answered in their personal chat."""
        home = await home_of(visit, self._state)
        if home is None:
            return visit, reading, not_installed(visit.reader.language)
        seen = self._access.own(visit.asker) or says.NO_DATA
        own, reading, answered = await self._considered(within(at_home(visit, home), seen))
        return own, reading, apart(answered, home, visit.reader.language)

    async def _read(self, visit: Visit) -> Reading:
        words_known = await self._vocabularies.of(visit.turn.person.tenant)
        vocabulary = words_known.within(await self._access.names(visit.scope))
        # Where others read along, the same words mean the same whoever says them.
        chosen = {} if visit.reader.shared else await self._state.choices.all(visit.turn.person)
        question = Question(
            text=visit.turn.text,
            language=visit.reader.language,
            today=visit.reader.today,
            earlier=earlier_of(await self._talks.kept(visit.turn)),
            fiscal_year_start_month=visit.snapshot.reporting.fiscal_year_start_month,
            chosen=chosen,
        )
        return await self._engine.run(lambda: read(question, vocabulary))

    async def _answer(self, visit: Visit, reading: Reading) -> Answered:
        """The card for a reading."""
        view = await self._answering.view(visit.reader)
        if reading.kind == "answer" and reading.query and reading.action is None:
            return await self._ask(visit, reading.query)
        if reading.kind == "clarify":
            return await self._clarify(visit, reading)
        if reading.kind != "refuse" and (action := self._features.actions.get(reading.action or "")):
            return await action(visit, reading)
        return await self._helping.answer(visit, reading, view)

    async def _ask(self, visit: Visit, query: Query) -> Answered:
        answered = await self._answering.answer(query, visit.reader, at=visit.turn.at, reference=visit.reference)
        where = visit.turn.conversation
        if visit.scope.detail == "totals" or self._access.rooms.changes(where) == visit.changes:
            return answered
        # Somebody came while this was worked on: what they may not see is not said.
        seen = await self._access.place(where, visit.asker)
        return await self._ask(within(replace(visit, changes=self._access.rooms.changes(where)), seen), query)

    async def _clarify(self, visit: Visit, reading: Reading) -> Answered:
        view = await self._answering.view(visit.reader)
        if reading.choices:
            await self._talks.offer(visit.turn, reading.choices)
            choices = says.choices(reading, visit.reader)
            return Answered(choose_card(view, choices), "asked back")
        why = _why(reading, visit.reader.language)
        return Answered(unclear_card(view, says.examples(visit), why), "not understood")

    # -- what people press -----------------------------------------------------------------------------------------

    async def _action(self, turn: Turn) -> Sequence[Reply]:
        began = time.perf_counter()
        visit = await self._visits.of(turn)
        if isinstance(visit, Answered):
            return await self._say(turn, visit, began, None)
        data = turn.value.get("data")
        if isinstance(data, dict) and "verb" not in data:
            # A client without Action.Execute sends the verb beside the data.
            data = {**data, "verb": turn.value.get("verb", "")}
        if isinstance(data, dict) and (press := self._features.presses.get(str(data.get("verb")))):
            return await self._say(turn, await press(visit, data), began, visit)
        try:
            fiscal = visit.snapshot.reporting.fiscal_year_start_month
            query = actions.pressed(data if isinstance(data, dict) else {}, visit.reader.today, fiscal)
        except QuestionError as error:
            view = await self._answering.view(visit.reader)
            return await self._say(
                turn, Answered(refusal_card(view, "unsupported", str(error)), "refused"), began, visit
            )
        kept = await self._talks.kept(turn)
        await self._talks.choose(turn, query, kept)
        if isinstance(data, dict) and data.get("verb") == actions.DEFINE:
            return await self._say(turn, await self._define(visit, query), began, visit)
        answered = await self._ask(visit.opened(data), query)
        if answered.answer is not None:
            await self._talks.remember(turn, Earlier(public.to_json(answered.answer.query), turn.text), kept)
        return await self._say(turn, answered, began, visit)

    async def _define(self, visit: Visit, query: Query) -> Answered:
        """How the number on a card is computed, with what was run for this very question."""
        answered = await self._ask(visit, query)
        if answered.answer is None or not query.metrics:
            return answered
        view = await self._answering.view(visit.reader)
        back = Next(words(visit.reader.language).say("button.back"), answered.answer.query)
        return Answered(
            definition_card(view, METRICS[query.metrics[0]], [back], answered.answer), "defined", answered.answer
        )

    async def _search(self, turn: Turn) -> Sequence[Reply]:
        """Names for a typeahead: of one dimension, within what the asker may see, the best fits first."""
        began = time.perf_counter()
        visit = await self._visits.of(turn)
        dimension, typed = str(turn.value.get("dataset", "")), str(turn.value.get("query", ""))
        if isinstance(visit, Answered):
            await self._audit(turn, visit.outcome, visit, None, began)
            return (events.results(()),)
        search = self._features.searches.get(dimension)
        found = await (search(visit, typed) if search else self._helping.names(visit, dimension, typed))
        known = dimension if search or dimension in DIMENSIONS else ""
        await self._audit(turn, "suggested", None, visit, began, (known, len(found)))
        return (events.results(found),)

    async def _feedback(self, turn: Turn) -> Sequence[Reply]:
        await self._audit(turn, str(turn.value.get("reaction", ""))[:20], None, None, time.perf_counter())
        return ()

    async def _installed(self, turn: Turn) -> Sequence[Reply]:
        began = time.perf_counter()
        visit = await self._visits.of(turn)
        if isinstance(visit, Answered):
            await self._audit(turn, visit.outcome, visit, None, began)
            return (events.message(card=visit.card),)
        view = await self._answering.view(visit.reader)
        return (events.message(card=welcome_card(view, says.examples(visit), says.first_name(visit))),)

    async def _arrived(self, turn: Turn) -> Sequence[Reply]:
        """What features do about a turn that is neither a message nor a press."""
        began, arrivals = time.perf_counter(), self._features.arrivals.get(turn.kind, ())
        visit = await self._visits.of(turn) if arrivals else None
        if visit is None or isinstance(visit, Answered):
            # Somebody waits for a word about the file they sent.
            return await self._say(turn, visit, began, None) if visit and turn.kind == "files" else ()
        answered = [await arrival(visit) for arrival in arrivals]
        return [reply for one in answered if one for reply in await self._say(turn, one, began, visit)]

    # -- what every turn needs -------------------------------------------------------------------------------------

    async def _say(self, turn: Turn, answered: Answered, began: float, visit: Visit | None) -> Sequence[Reply]:
        await self._audit(turn, answered.outcome, answered, visit, began)
        summary = str(answered.card.get("fallbackText", ""))
        if turn.kind != "action" and not answered.card and not answered.text:
            return answered.beside
        if turn.kind != "action":
            thumbs = answered.answer is not None
            said = events.message(answered.text or None, answered.card or None, summary=summary, thumbs=thumbs)
            return (said, *answered.beside)
        if not answered.card:
            return (events.toast(answered.text), *answered.beside)
        return (events.replace_card(answered.card, summary=summary), *answered.beside)

    async def _audit(
        self,
        turn: Turn,
        outcome: str,
        answered: Answered | None,
        visit: Visit | None,
        began: float,
        searched: tuple[str, int] | None = None,
    ) -> None:
        told = logs.facts_of(answered.answer if answered else None, visit)
        logs.note(outcome=outcome if answered or searched else turn.kind, **told)
        await self._state.audit.add(of_turn(turn, outcome, answered, visit, began, searched))


def _why(reading: Reading, language: str) -> str:
    """What is unclear: the words that could not be read, or what is missing."""
    if reading.unread:
        return says.unread(language, reading.unread)
    return says.say(language, reading.topic) if says.can_say(language, reading.topic) else ""
