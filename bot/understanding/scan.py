"""From tokens to marks: the cheapest way to read every word as phrases, patterns, periods, numbers and names."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import product

from bot.understanding.calendar import NUMBERS, Calendar
from bot.understanding.lexicon import Lexicon, Meaning, Pattern
from bot.understanding.names import PERSONS, Entry
from bot.understanding.periods import Span, spans_at
from bot.understanding.vocabulary import Vocabulary
from bot.understanding.words import Token

UNREAD, PART, NAME, PHRASE, PERIOD, PATTERN, CUED = 6.0, 2.2, 1.04, 1.0, 0.95, 0.92, 0.8
GUESS = 0.15  # what a corrected spelling costs beside the right one
NUMBER = re.compile(r"(\d[\d,]*(?:\.\d+)?)(k|m|mn|bn)?")
PLAIN = frozenset({"team", "division", "job_category", "job_family", "country", "worker_country", "region", "supplier"})
SCALE = {"k": 1e3, "m": 1e6, "mn": 1e6, "bn": 1e9, "thousand": 1e3, "million": 1e6, "billion": 1e9, "grand": 1e3}
POSTING = frozenset({"posted", "post", "posts", "posting", "postings", "jobs", "job", "advertised", "published", "requested", "reqs", "gigs"})  # fmt: skip
COMPARED = frozenset({"than", "least", "most", "only", "just", "exactly", "over", "under", "above", "below"})
AUXILIARY = frozenset({"did", "does", "has", "do", "have", "had"})
PERSON_NOUNS = frozenset({"manager", "managers", "owner", "poster", "requester", "freelancer", "contractor", "consultant", "worker", "colleague", "person"})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Mark:
    """One stretch of words, as typed (`text`) and as plain English words (`plain`), and what it may mean."""

    start: int
    end: int
    text: str
    meanings: tuple[Meaning, ...] = ()
    entries: tuple[Entry, ...] = ()
    span: Span | None = None
    number: float | None = None
    whole: bool = True
    unit: str = ""
    plain: str = ""

    def value(self, kind: str) -> str | None:
        """What it stands for as this kind of word, if it may be one."""
        return next((value for k, value in self.meanings if k == kind), None)

    def has(self, *kinds: str) -> bool:
        """Whether it may be one of these kinds of words."""
        return any(kind in kinds for kind, _ in self.meanings)


Edge = tuple[float, Mark]


class Scan:
    """One question on its way from tokens to marks."""

    def __init__(self, said: list[Token], lexicon: Lexicon, vocabulary: Vocabulary, calendar: Calendar) -> None:
        self.said, self.lexicon, self.vocabulary, self.calendar = said, lexicon, vocabulary, calendar
        self.words = [token.text for token in said]
        self.plain = " ".join(self.words)
        self.starts: dict[int, int] = {}
        self.ends: dict[int, int] = {}
        at = 0
        for i, word in enumerate(self.words):
            self.starts[at] = i
            self.ends[at + len(word)] = i + 1
            at += len(word) + 1

    def marks(self) -> list[Mark]:
        """The cheapest reading of all words, left to right."""
        edges: list[list[Edge]] = [[] for _ in self.said]
        for cost, mark in self._edges():
            plain = " ".join(self.words[mark.start : mark.end])
            edges[mark.start].append((cost + GUESS * self._guesses(mark), replace(mark, plain=plain)))
        best: list[tuple[float, Mark | None]] = [(0.0, None)] * (len(self.said) + 1)
        for i in range(len(self.said) - 1, -1, -1):
            options = [(cost + best[mark.end][0], -mark.end, n, mark) for n, (cost, mark) in enumerate(edges[i])]
            cost, _, _, mark = min(options)
            best[i] = (cost, mark)
        return list(self._walk(best))

    @staticmethod
    def _walk(best: list[tuple[float, Mark | None]]) -> Iterator[Mark]:
        i = 0
        while (mark := best[i][1]) is not None:
            yield mark
            i = mark.end

    def _guesses(self, mark: Mark) -> int:
        return sum(token.guessed for token in self.said[mark.start : mark.end])

    def _edges(self) -> Iterator[Edge]:
        offset = 0
        for i, token in enumerate(self.said):
            yield UNREAD, self._mark(i, i + 1, ("unread", ""))
            yield from self._phrases(i)
            yield from self._numbers(i)
            yield from self._names(i)
            yield from self._parts(i)
            yield from self._initials(i)
            for end, span in spans_at(self.plain, offset, self.calendar)[:2]:
                if end in self.ends:
                    yield PERIOD, Mark(i, self.ends[end], self._text(i, self.ends[end]), span=span)
            offset += len(token.text) + 1
        yield from self._patterns(self.lexicon.marks, PATTERN)
        yield from self._patterns(self.lexicon.actions, PATTERN)

    def _text(self, start: int, end: int) -> str:
        return " ".join(token.raw for token in self.said[start:end])

    def _mark(self, start: int, end: int, *meanings: Meaning) -> Mark:
        return Mark(start, end, self._text(start, end), meanings)

    def _phrases(self, i: int) -> Iterator[Edge]:
        for n, meanings in self.lexicon.matches(self.words, i):
            if alias := next((value for kind, value in meanings if kind == "alias"), None):
                entry = self.vocabulary.names.find(*alias.split("=", 1))
                yield from (
                    [(CUED, Mark(i, i + n, self._text(i, i + n), entries=(entry,), unit="learned"))] if entry else []
                )
                continue
            yield PHRASE, Mark(i, i + n, self._text(i, i + n), tuple(meanings), tuple(self._whole(i, i + n)))

    def _patterns(self, patterns: list[Pattern], cost: float) -> Iterator[Edge]:
        for pattern in patterns:
            for found in pattern.regex.finditer(self.plain):
                start, end = self.starts.get(found.start()), self.ends.get(found.end())
                if start is None or end is None or start >= end:
                    continue
                unit = found.groupdict().get("unit") or ""
                yield cost, Mark(start, end, self._text(start, end), ((pattern.kind, pattern.value),), unit=unit)

    def _numbers(self, i: int) -> Iterator[Edge]:
        word = self.words[i]
        found = NUMBER.fullmatch(word)
        value = float(found[1].replace(",", "")) * SCALE.get(found[2] or "", 1) if found else None
        if value is None and word in NUMBERS and word not in {"a", "an", "one", "couple"}:
            value = float(NUMBERS[word])
        if word == "one" and i and self.words[i - 1] in COMPARED:
            yield PATTERN, Mark(i, i + 1, self._text(i, i + 1), number=1.0)
        if value is None:
            return
        following = self.words[i + 1] if i + 1 < len(self.words) else ""
        if following in SCALE and following not in {"k", "m"}:
            yield PHRASE, Mark(i, i + 2, self._text(i, i + 2), number=value * SCALE[following])
        elif following in {"%", "percent"}:
            yield PHRASE, Mark(i, i + 2, self._text(i, i + 2), number=value / 100, unit="percent")
        yield PHRASE, Mark(i, i + 1, self._text(i, i + 1), number=value)

    def _whole(self, start: int, end: int) -> list[Entry]:
        names = self.vocabulary.names
        options = [token.spellings() for token in self.said[start:end]]
        found = (names.whole.get(words, ()) for words in product(*options))
        return self.vocabulary.visible(entry for entries in found for entry in entries)

    def _names(self, i: int) -> Iterator[Edge]:
        lengths = {n for word in self.said[i].spellings() for n in self.vocabulary.names.lengths.get(word, ())}
        for n in sorted(n for n in lengths if i + n <= len(self.said)):
            entries = self._whole(i, i + n)
            daily = n == 1 and self.words[i] in self.lexicon.ordinary
            cued = daily and self._skill_cue(i)
            if daily and not cued:
                entries = [entry for entry in entries if entry.dimension in PLAIN]
            if entries and cued:
                yield CUED, Mark(i, i + n, self._text(i, i + n), entries=_unique(entries))
            elif entries:
                yield NAME, Mark(i, i + n, self._text(i, i + n), entries=_unique(entries))

    def _skill_cue(self, i: int) -> bool:
        """Whether the words around say that an ordinary word is a name here ("needing swift", "excel skills")."""
        before, after = self.words[max(0, i - 2) : i], self.words[i + 1 : i + 2]
        entries = self._whole(i, i + 1)
        if any(entry.dimension == "team" for entry in entries):
            return True
        return bool(
            {"needing", "requiring", "skill", "skills", "knowing", "using", "need", "require", "needs"} & set(before)
            or {"skill", "skills", "developers", "developer", "engineers", "freelancers", "jobs", "experts", "contracts", "programmers"} & set(after)
        )  # fmt: skip

    def _parts(self, i: int) -> Iterator[Edge]:
        found = (e for word in self.said[i].spellings() for e in self.vocabulary.names.parts.get(word, ()))
        entries = self.vocabulary.visible(found)
        if not entries:
            return
        word, cue = self.words[i], self._person_cue(i)
        persons = [entry for entry in entries if entry.dimension in PERSONS]
        if persons and cue:
            yield CUED, Mark(i, i + 1, self._text(i, i + 1), entries=_unique(persons), whole=False, unit="person")
        if word not in self.lexicon.ordinary and word not in self.lexicon.words:
            yield PART, Mark(i, i + 1, self._text(i, i + 1), entries=_unique(entries), whole=False)
        elif others := [e for e in entries if e.dimension not in PERSONS]:
            yield PART + 0.3, Mark(i, i + 1, self._text(i, i + 1), entries=_unique(others), whole=False)

    def _initials(self, i: int) -> Iterator[Edge]:
        """As in "the R&D team": initials before a word for a team."""
        for n in (1, 3):
            following = self.words[i + n : i + n + 1]
            if following and following[0] in {"team", "department", "division", "group", "unit", "squad", "teams"}:
                entries = self.vocabulary.visible(
                    self.vocabulary.names.initials.get(" ".join(self.words[i : i + n]), ())
                )
                if entries:
                    yield CUED, Mark(i, i + n, self._text(i, i + n), entries=_unique(entries), whole=False)

    def _person_cue(self, i: int) -> bool:
        before = self.words[i - 1] if i else ""
        after = self.words[i + 1] if i + 1 < len(self.words) else ""
        earlier = set(self.words[:i])
        if before == "by":
            return bool(earlier & (POSTING | {"owned", "managed", "run", "held"}))
        if before in AUXILIARY:
            return bool(set(self.words[i + 1 :]) & {"post", "posted", "put", "publish", "own", "hire", "manage", "advertise", "request"})  # fmt: skip
        if after in {"posted", "posts", "owns", "manages"} or before in PERSON_NOUNS:
            return True
        possessive = after == "'s" or (self.said[i].raw.casefold().endswith("s") and self.said[i].guessed)
        following = self.words[i + 2] if after == "'s" and i + 2 < len(self.words) else after
        return possessive and following in {"jobs", "postings", "contracts", "job", "hires", "gigs", "reqs", "team"}


def _unique(entries: list[Entry]) -> tuple[Entry, ...]:
    return tuple(dict.fromkeys(entries))
