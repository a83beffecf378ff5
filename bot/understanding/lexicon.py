"""What words mean: phrases of the word tables and the catalogue, and patterns over plain words, ready to be looked up."""

from __future__ import annotations

import re
import tomllib
from collections import defaultdict
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from analytics.catalogue import ABSENT, DIMENSIONS, METRICS
from bot.understanding.calendar import DAYS, MONTHS, NUMBERS, ORDINALS, SEASONS
from bot.understanding.words import phrase

FOLDER = Path(__file__).parent / "words"
PERIOD_WORDS = frozenset(["fiscal", "financial", "calendar", "ytd", "mtd", "qtd", "wtd", "fytd", "past", "previous", "prior", "trailing", "next", "coming", "upcoming", "last", "this", "current", "first", "second", "third", "fourth", "half", "halves", "quarter", "quarters", "year", "years", "month", "months", "week", "weeks", "day", "days", "today", "yesterday", "tomorrow", "since", "before", "after", "until", "till", "between", "from", "through", "ago", "date", "beginning", "start", "end", "full", "fortnight", "rolling", "preceding"])  # fmt: skip

Meaning = tuple[str, str]


@dataclass(frozen=True)
class Pattern:
    """A regular expression over plain words, and what it stands for."""

    kind: str
    value: str
    regex: re.Pattern[str]
    soft: bool = False


@dataclass
class Lexicon:
    """Phrases by their first word; patterns; words that are never corrected, and slips that always are."""

    phrases: dict[tuple[str, ...], list[Meaning]] = field(default_factory=lambda: defaultdict(list))
    lengths: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))
    words: set[str] = field(default_factory=set)
    marks: list[Pattern] = field(default_factory=list)
    actions: list[Pattern] = field(default_factory=list)
    helps: list[Pattern] = field(default_factory=list)
    refusals: list[Pattern] = field(default_factory=list)
    smalltalk: re.Pattern[str] = re.compile("$^")
    ordinary: frozenset[str] = frozenset()
    misspelt: dict[str, str] = field(default_factory=dict)
    by_length: dict[int, list[str]] = field(default_factory=lambda: defaultdict(list))

    def add(self, said: str, kind: str, value: str) -> None:
        """One more phrase; words are folded as those of a question are."""
        words = phrase(said)
        if words and (kind, value) not in self.phrases[words]:
            self.phrases[words].append((kind, value))
            self.lengths[words[0]].add(len(words))
            self.words.update(words)

    def matches(self, words: list[str], at: int) -> list[tuple[int, list[Meaning]]]:
        """Every phrase that begins at this word: how many words it has, and what it may mean."""
        found = ((n, self.phrases.get(tuple(words[at : at + n]))) for n in self.lengths.get(words[at], ()))
        return [(n, meanings) for n, meanings in found if meanings and at + n <= len(words)]


@lru_cache(maxsize=1)
def lexicon() -> Lexicon:
    """The English lexicon: other languages are brought to plain English words first."""
    english, patterns = _read("en"), _read("patterns")
    found = Lexicon()
    _add_tables(found, english["phrases"])
    _add_tables(found, {"place": _read("places")["place"]})
    _add_catalogue(found, frozenset(phrase(said) for said in english["catalogue"]["ignored"]))
    groups = english["groups"]
    found.marks = _patterns(patterns["mark"], groups, "value")
    found.actions = _patterns(patterns["action"], groups, "action")
    found.helps = _patterns(patterns["help"], groups, "action")
    found.refusals = _patterns(patterns["refuse"], groups, "reason")
    parts = "|".join(text for table in patterns["smalltalk"] for text in table["match"])
    found.smalltalk = re.compile(rf"(?:(?:{parts})(?: [,:;?])*(?: |$))+")
    found.ordinary = frozenset(patterns["ordinary"]["words"])
    found.misspelt = patterns["misspelt"]
    found.words |= set(patterns["ordinary"]["targets"])
    found.words |= PERIOD_WORDS | set(MONTHS) | set(SEASONS) | set(DAYS) | set(NUMBERS) | set(ORDINALS)
    for word in sorted(found.words):
        found.by_length[len(word)].append(word)
    every = (*found.marks, *found.actions, *found.helps, *found.refusals)
    found.words |= {word for pattern in every for word in _letters(pattern.regex.pattern)}
    found.words |= _letters(found.smalltalk.pattern)
    return found


def _letters(pattern: str) -> set[str]:
    """The words that a pattern speaks of: they are known, and never slips of others."""
    return set(re.findall(r"(?<!\\)[a-z]{3,}", pattern))


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads((FOLDER / f"{name}.toml").read_text(encoding="utf-8"))


def _add_tables(found: Lexicon, tables: dict[str, dict[str, list[str]]]) -> None:
    for kind, values in tables.items():
        for value, phrases in values.items():
            for said in phrases:
                found.add(said, kind, value)


def _add_catalogue(found: Lexicon, ignored: frozenset[tuple[str, ...]]) -> None:
    """Labels, keys and synonyms of the catalogue; a phrase that the word table has already keeps its meaning there."""
    taken = set(found.phrases) | ignored
    entries = [("metric", m.key, (m.label, m.key.replace("_", " "), *m.synonyms)) for m in METRICS.values()]
    entries += [
        ("dimension", d.key, (d.label, d.plural, d.key.replace("_", " "), *d.synonyms)) for d in DIMENSIONS.values()
    ]
    entries += [("absent", absent.key, absent.words) for absent in ABSENT]
    for kind, key, phrases in entries:
        for said in phrases:
            if phrase(said) not in taken:
                found.add(said, kind, key)


def _patterns(tables: list[dict[str, Any]], groups: dict[str, str], kind: str) -> list[Pattern]:
    return [
        Pattern(str(table.get("kind", kind)), str(table[kind]), _compiled(text, groups), bool(table.get("soft")))
        for table in tables
        for text in table["match"]
    ]


def _compiled(text: str, groups: dict[str, str]) -> re.Pattern[str]:
    for name, group in groups.items():
        text = text.replace("{" + name + "}", group)
    return re.compile(text if text.startswith(("^", r"\b")) else rf"(?<![^ ])(?:{text})(?![^ ])")
