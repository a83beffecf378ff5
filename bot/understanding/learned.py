"""Words that a program lead has mapped: read like the built-in ones, laid over the word tables without changing them."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal

from bot.understanding.lexicon import Lexicon, Meaning, lexicon
from bot.understanding.words import phrase

KEPT = 200  # tables kept at once: one for every set of words that some scope and some language may use


@dataclass(frozen=True, slots=True)
class Learned:
    """One mapped phrase.

    `kind` "metric" and "dimension": `key` is theirs in the catalogue. "value": `key` is the name (or stable id) of a
    member of `dimension`. "no_data": nothing here answers it; `key` is what it is about. `language` None: in every one.
    """

    phrase: str
    kind: Literal["metric", "dimension", "value", "no_data"]
    key: str
    dimension: str | None = None
    language: str | None = None

    def spoken_in(self, language: str) -> bool:
        """Whether the phrase belongs to this language."""
        return self.language is None or self.language[:2].lower() == language


def meaning_of(learned: Learned, daily: frozenset[str]) -> Meaning:
    """What the phrase stands for in the word tables; values of the `daily` dimensions are words, others are names."""
    if learned.kind == "no_data":
        return "absent", learned.key or learned.phrase
    if learned.kind != "value":
        return learned.kind, learned.key
    if learned.dimension == "source":
        return "source", learned.key
    return ("value" if learned.dimension in daily else "alias"), f"{learned.dimension}={learned.key}"


@lru_cache(maxsize=KEPT)
def table_with(learned: tuple[Learned, ...], daily: frozenset[str]) -> Lexicon:
    """The word tables with these phrases on top; a learned meaning replaces a built-in one of the same words."""
    base = lexicon()
    if not learned:
        return base
    phrases, lengths = defaultdict(list, base.phrases), defaultdict(set, base.lengths)
    for one in learned:
        words = phrase(one.phrase)
        if words:
            phrases[words] = [meaning_of(one, daily)]
            lengths[words[0]] = lengths[words[0]] | {len(words)}
    new = {word for one in learned for word in phrase(one.phrase)} - base.words
    by_length = defaultdict(list, base.by_length)
    for word in sorted(new):
        by_length[len(word)] = [*by_length[len(word)], word]
    return replace(
        base, phrases=phrases, lengths=lengths, words=base.words | new, by_length=by_length,
        misspelt={slip: right for slip, right in base.misspelt.items() if slip not in new},
        ordinary=base.ordinary - {words[0] for one in learned if len(words := phrase(one.phrase)) == 1},
    )  # fmt: skip
