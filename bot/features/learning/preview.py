"""Which past questions a meaning would change: each is really read, as things are and with the phrase learned."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.features.learning.meanings import as_read, told
from bot.understanding.words import fold
from bot.understanding.words import phrase as words_of
from cards.learning import Change

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from bot.state.learning import UnreadQuestion
    from bot.understanding import Learned, Vocabulary

LOOKED_AT = 1_000  # questions that are kept longest in mind
READ = 150  # of them, those that may hold the phrase; at some milliseconds a reading, what a press has time for
BEGINNING = 3  # letters


def changes(
    questions: Sequence[UnreadQuestion], vocabulary: Vocabulary, word: Learned, today: date
) -> tuple[list[Change], int]:
    """Questions that are read differently with this word, the newest first, and how many were looked at.

    `vocabulary` is the one in use.
    """
    others = [one for one in vocabulary.learned if one.phrase != word.phrase]
    before, after = vocabulary.with_learned(others), vocabulary.with_learned([*others, word])
    places = [at for at, question in enumerate(questions) if _may_change(question.text, word.phrase)]
    looked_at = places[READ] if len(places) > READ else len(questions)
    found = []
    for question in (questions[at] for at in places[:READ]):
        old = told(as_read(question.text, before, today, question.language))
        new = told(as_read(question.text, after, today, question.language))
        if old != new:
            found.append(Change(question.text, old, new))
    return found, looked_at


def _may_change(text: str, phrase: str) -> bool:
    """Whether a word of the phrase may stand in the text, right or with a slip: its beginning is there."""
    folded = fold(text)
    return any(word[:BEGINNING] in folded for word in words_of(phrase))
