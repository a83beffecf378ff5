"""From what people say a phrase means to what the bot keeps, and what a phrase means already."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from analytics.catalogue import DIMENSIONS, METRICS
from bot.understanding import Learned, Question, Reading, read
from bot.understanding.languages import to_english
from bot.understanding.lexicon import lexicon
from bot.understanding.words import phrase as words_of
from cards.learning import NO_DATA, Meaning, Read

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from bot.understanding import Vocabulary
    from bot.understanding.names import Entry

LONGEST = 200
KNOWN = {"metric": frozenset(METRICS), "dimension": frozenset(DIMENSIONS)}
KINDS = ("metric", "dimension", "value", NO_DATA)
# How "there is no data for it" is typed, in the languages there are.
NOTHING = frozenset(words_of(said) for said in (
    "no data", "nothing", "no data: say so", "keine daten", "nichts", "pas de données", "aucune donnée", "rien", "sin datos", "nada",
    "sem dados", "データなし", "なし",
))  # fmt: skip


def normal(said: str) -> str:
    """A phrase as it is kept: folded like the words of a question, at most 200 characters."""
    return " ".join(words_of(said[:LONGEST]))[:LONGEST].strip()


def as_read(text: str, vocabulary: Vocabulary, today: date, language: str | None) -> Reading:
    """How this text is read with nothing before it."""
    return read(Question(text, language, today, (), vocabulary.fiscal_year_start_month), vocabulary)


def told(reading: Reading) -> Read:
    """A reading as far as a card says it."""
    return Read(reading.kind, reading.query, reading.unread)


def unreadable(said: str, vocabulary: Vocabulary, today: date, language: str | None) -> bool:
    """Whether this phrase, by itself, holds a word that cannot be read."""
    return bool(as_read(said, vocabulary, today, language).unread)


def known_as(said: str, vocabulary: Vocabulary, language: str | None) -> Meaning | None:
    """What these words mean in the word tables or name in the data; None where they only have a part in reading."""
    words = _english(said, vocabulary, language)
    if exact := _exact(words):
        return exact
    names = [*vocabulary.names.whole.get(words, ()), *vocabulary.names.cued.get(words, ())]
    if not names and len(words) == 1:
        names = vocabulary.names.of_word(words[0])
    return _member(names[0]) if names else None


def meant(said: str, vocabulary: Vocabulary, language: str | None) -> list[Meaning]:
    """What people may mean by naming this meaning: one where it is clear, several, or nothing."""
    if words_of(said) in NOTHING:
        return [Meaning(NO_DATA, "")]
    kind, colon, name = (part.strip() for part in said.partition(":"))
    if colon and (exact := _exact(_english(kind, vocabulary, language))) and exact.kind == "dimension":
        return _members(name, vocabulary, exact.key)
    if exact := _exact(_english(said, vocabulary, language)):
        return [exact]
    return _members(said, vocabulary)


def chosen(said: str, vocabulary: Vocabulary) -> Meaning | None:
    """What a chooser sent: "metric:spend", "dimension:team" or "no_data"; None for anything else."""
    kind, _, key = said.partition(":")
    return checked(Meaning(kind, key), vocabulary)


def checked(meaning: Meaning, vocabulary: Vocabulary) -> Meaning | None:
    """The same with the label it has now; None where there is no such thing. What came from a card passes through here."""
    if meaning.kind == NO_DATA:
        return Meaning(NO_DATA, "")
    if meaning.kind == "value" and meaning.dimension in DIMENSIONS:
        entry = vocabulary.names.find(meaning.dimension or "", meaning.key)
        return _member(entry) if entry else None
    known = KNOWN.get(meaning.kind, frozenset())
    return Meaning(meaning.kind, meaning.key) if meaning.key in known else None


def learned(said: str, meaning: Meaning) -> Learned:
    """The phrase with this meaning, as understanding takes it."""
    return Learned(said, meaning.kind, meaning.key, meaning.dimension)  # type: ignore[arg-type]


def packed(meaning: Meaning) -> str:
    """A meaning as a button carries it."""
    return json.dumps([meaning.kind, meaning.key, meaning.dimension], ensure_ascii=False)


def unpacked(said: object) -> Meaning | None:
    """What a button sent back, form checked and nothing else."""
    try:
        parts = json.loads(str(said)[:1_000])
    except (ValueError, RecursionError):
        return None
    if not isinstance(parts, list) or len(parts) != 3 or parts[0] not in KINDS:
        return None
    kind, key, dimension = parts
    return Meaning(kind, str(key), str(dimension) if dimension else None)


def _english(said: str, vocabulary: Vocabulary, language: str | None) -> tuple[str, ...]:
    return tuple(token.text for token in to_english(said, language, vocabulary)[1] if token.text not in {"the", "um"})


def _exact(words: tuple[str, ...]) -> Meaning | None:
    """A metric, dimension or value that the word tables have under exactly these words."""
    found = dict(reversed(lexicon().phrases.get(words, [])))
    for kind in ("metric", "dimension"):
        if found.get(kind) in KNOWN[kind]:
            return Meaning(kind, found[kind])
    if "absent" in found:
        return Meaning(NO_DATA, "")
    dimension, _, name = found.get("value", "").partition("=")
    if dimension in DIMENSIONS and name:
        return Meaning("value", name, dimension, name)
    return Meaning("value", found["source"], "source", found["source"]) if found.get("source") else None


def _members(said: str, vocabulary: Vocabulary, dimension: str | None = None) -> list[Meaning]:
    words, names = words_of(said), vocabulary.names
    found: Sequence[Entry] = [*names.whole.get(words, ()), *names.cued.get(words, ())]
    inside = [entry for entry in found if dimension in {None, entry.dimension}]
    if dimension and not inside and (entry := names.find(dimension, said)):
        inside = [entry]
    return list(dict.fromkeys(_member(entry) for entry in inside))


def _member(entry: Entry) -> Meaning:
    return Meaning("value", entry.id or entry.name, entry.dimension, entry.label)
