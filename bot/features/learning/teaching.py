"""Teaching: the card of unread words, the preview, teaching and forgetting, by words and by buttons."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot import auditing
from bot.answering import Answered
from bot.features.learning import meanings
from bot.features.learning.commands import said
from bot.features.learning.preview import LOOKED_AT, changes
from cards.learning import (
    MEANING,
    PHRASE,
    VALUE,
    Change,
    Known,
    Meaning,
    known_card,
    learned_card,
    meaning_said,
    preview_card,
    refused_card,
    taught_card,
    unread_card,
)
from cards.words import words

if TYPE_CHECKING:
    import re
    from collections.abc import Mapping

    from bot.features.feature import Services
    from bot.features.learning.collecting import Collecting
    from bot.state.learning import TaughtWord
    from bot.understanding import Vocabulary
    from bot.visit import Visit
    from cards.view import View

MEANT = "meant"  # what a button carries of a meaning


class Teaching:
    """What program leads do about words that could not be read. Every function checks who asks and where."""

    def __init__(self, services: Services, collecting: Collecting) -> None:
        self._services = services
        self._state = services.state
        self._collecting = collecting

    # -- what sets it going ----------------------------------------------------------------------------------------

    async def unread(self, visit: Visit, _: re.Match[str] | Mapping[str, Any]) -> Answered:
        """The card of unread words."""
        if refused := await self._refused(visit):
            return refused
        found = await self._collecting.found(visit.turn.person.tenant)
        return Answered(unread_card(await self._view(visit), found, self._collecting.days), "listed")

    async def learned(self, visit: Visit, _: re.Match[str]) -> Answered:
        """Everything that was taught."""
        if refused := await self._refused(visit):
            return refused
        return Answered(learned_card(await self._view(visit), await self._known(visit)), "listed")

    async def teach(self, visit: Visit, fit: re.Match[str]) -> Answered:
        """`"burn" means spend`: taught at once; the card says what it changes and takes it back."""
        if refused := await self._refused(visit):
            return refused
        phrase = meanings.normal(said(fit, "phrase", "plain", "japanese"))
        meaning = await self._meant(visit, said(fit, "meaning", "plainly", "japanese_meaning"))
        return await self._teach(visit, phrase, meaning) if isinstance(meaning, Meaning) else meaning

    async def forget(self, visit: Visit, fit: re.Match[str]) -> Answered:
        """`forget "burn"`."""
        return await self._refused(visit) or await self._forget(visit, said(fit, "phrase", "japanese"))

    async def press_preview(self, visit: Visit, data: Mapping[str, Any]) -> Answered:
        """What would change if the chosen words had the chosen meaning."""
        if refused := await self._refused(visit):
            return refused
        view, phrase, typed = await self._view(visit), _text(data, PHRASE), _text(data, VALUE)
        vocabulary = await self._vocabulary(visit)
        meaning = await self._meant(visit, typed) if typed else meanings.chosen(_text(data, MEANING), vocabulary)
        phrase = meanings.normal(phrase)
        if not phrase or meaning is None:
            return Answered(refused_card(view, "incomplete"), "asked back")
        if isinstance(meaning, Answered):
            return meaning
        if taken := await self._taken(visit, phrase):
            return taken
        found, looked_at = await self._changes(visit, phrase, meaning)
        carried = {PHRASE: phrase, MEANT: meanings.packed(meaning)}
        return Answered(preview_card(view, phrase, meaning, found, looked_at, carried), "previewed")

    async def press_teach(self, visit: Visit, data: Mapping[str, Any]) -> Answered:
        """The button "Teach it": what the preview showed."""
        if refused := await self._refused(visit):
            return refused
        sent, phrase = meanings.unpacked(data.get(MEANT)), meanings.normal(_text(data, PHRASE))
        meaning = meanings.checked(sent, await self._vocabulary(visit)) if sent else None
        if not phrase or meaning is None:
            return Answered(refused_card(await self._view(visit), "incomplete"), "asked back")
        return await self._teach(visit, phrase, meaning)

    async def press_forget(self, visit: Visit, data: Mapping[str, Any]) -> Answered:
        """The button "Forget": the chosen words, or those the card speaks of."""
        return await self._refused(visit) or await self._forget(visit, _text(data, PHRASE))

    # -- what it does ----------------------------------------------------------------------------------------------

    async def _teach(self, visit: Visit, phrase: str, meaning: Meaning) -> Answered:
        if taken := await self._taken(visit, phrase):
            return taken
        person, view = visit.turn.person, await self._view(visit)
        before = next((_meaning(w) for w in await self._state.taught.all(person.tenant) if w.phrase == phrase), None)
        found, looked_at = await self._changes(visit, phrase, meaning)
        await self._state.taught.teach(person, phrase, meaning.kind, meaning.key, meaning.dimension, meaning.label)
        await self._state.unread.settle(person.tenant, phrase)
        await self._audit(visit, "taught", phrase, meaning)
        return Answered(taught_card(view, phrase, meaning, found, looked_at, before), "taught")

    async def _forget(self, visit: Visit, typed: str) -> Answered:
        view, phrase = await self._view(visit), meanings.normal(typed)
        if not phrase:
            return Answered(learned_card(view, await self._known(visit)), "listed")
        gone = await self._state.taught.forget(visit.turn.person.tenant, phrase)
        if gone is None:
            return Answered(refused_card(view, "untaught", phrase=phrase), "asked back")
        await self._audit(visit, "forgotten", phrase, _meaning(gone))
        return Answered(learned_card(view, await self._known(visit), forgotten=_known(gone)), "forgotten")

    async def _meant(self, visit: Visit, typed: str) -> Meaning | Answered:
        """The one meaning these words name, or a card that says why there is none."""
        vocabulary, language = await self._vocabulary(visit), visit.reader.language
        found = await self._services.engine.run(lambda: meanings.meant(typed, vocabulary, language))
        if len(found) == 1:
            return found[0]
        view, w = await self._view(visit), words(language)
        if not found:
            return Answered(refused_card(view, "unknown", meaning=typed), "asked back")
        options = " · ".join(meaning_said(one, w) for one in found[:5])
        return Answered(refused_card(view, "several", meaning=typed, options=options), "asked back")

    async def _taken(self, visit: Visit, phrase: str) -> Answered | None:
        """A card that says so, where the phrase means something without having been taught."""
        whole, language, today = await self._vocabulary(visit), visit.reader.language, visit.reader.today
        bare = whole.with_learned([one for one in whole.learned if one.phrase != phrase])
        run = self._services.engine.run
        if await run(lambda: meanings.unreadable(phrase, bare, today, language)):
            return None
        known = await run(lambda: meanings.known_as(phrase, bare, language))
        return Answered(known_card(await self._view(visit), phrase, known), "asked back")

    async def _changes(self, visit: Visit, phrase: str, meaning: Meaning) -> tuple[list[Change], int]:
        kept = await self._state.unread.questions(visit.turn.person.tenant, LOOKED_AT)
        vocabulary, word = await self._vocabulary(visit), meanings.learned(phrase, meaning)
        return await self._services.engine.run(lambda: changes(kept, vocabulary, word, visit.reader.today))

    async def _refused(self, visit: Visit) -> Answered | None:
        if visit.asker.role != "program":
            return await self._services.answering.not_their_role(visit.reader)
        if visit.turn.conversation.shared:
            return Answered(refused_card(await self._view(visit), "personal"), "refused")
        return None

    async def _view(self, visit: Visit) -> View:
        return await self._services.answering.view(visit.reader)

    async def _vocabulary(self, visit: Visit) -> Vocabulary:
        return await self._services.vocabularies.of(visit.turn.person.tenant)

    async def _known(self, visit: Visit) -> list[Known]:
        return [_known(word) for word in await self._state.taught.all(visit.turn.person.tenant)]

    async def _audit(self, visit: Visit, outcome: str, phrase: str, meaning: Meaning) -> None:
        learned = {"phrase": phrase, "kind": meaning.kind, "key": meaning.key, "dimension": meaning.dimension}
        await self._state.audit.add(auditing.of_deed(visit, "learn", outcome, {"learned": learned}))


def _text(data: Mapping[str, Any], name: str) -> str:
    typed = data.get(name)
    return typed.strip()[: meanings.LONGEST] if isinstance(typed, str) else ""


def _meaning(word: TaughtWord) -> Meaning:
    return Meaning(word.kind, word.key, word.dimension, word.label)


def _known(word: TaughtWord) -> Known:
    return Known(word.phrase, _meaning(word), word.at.date())
