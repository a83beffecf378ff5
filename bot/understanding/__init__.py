"""Understanding: from words as people type them to a Query, or to a question back; deterministic, in a closed domain."""

from __future__ import annotations

from bot.understanding.learned import Learned
from bot.understanding.nouns import Choice, Earlier, Question, Reading
from bot.understanding.reader import read, warm
from bot.understanding.vocabulary import Vocabulary

__all__ = ["Choice", "Earlier", "Learned", "Question", "Reading", "Vocabulary", "read", "warm"]
