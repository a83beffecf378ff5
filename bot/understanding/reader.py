"""From a question to a reading."""

from __future__ import annotations

from bot.understanding.nouns import Question, Reading
from bot.understanding.vocabulary import Vocabulary
from bot.understanding.words import tokens

GREETINGS = frozenset({"hi", "hello", "hey", "thanks"})


def read(question: Question, vocabulary: Vocabulary) -> Reading:  # noqa: ARG001 - the first version knows no names
    """How this question is read; never raises, whatever the text."""
    said = [token.text for token in tokens(question.text)]
    if said == ["help"]:
        return Reading("help")
    if said and said[0] in GREETINGS and len(said) == 1:
        return Reading("smalltalk")
    return Reading("clarify", unread=tuple(said), topic="unread")
