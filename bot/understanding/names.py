"""An index of names by their words: whole names, halves of names, single words of names, and initials."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from bot.understanding.words import phrase, spellings_of_name

PERSONS = frozenset({"poster", "owner", "freelancer"})
# Values of these dimensions are words of daily use ("open", "fixed", "other"): they are named through the
# dimension ("end reason other") or through phrases of the word tables.
CUED = frozenset({"source", "engagement_kind", "status", "contract_type", "charge_type", "end_reason", "hire_channel"})
HALVED = frozenset({"job_category", "job_family", "job_subcategory"})
INITIALS = frozenset({"team", "division"})
NUMBERED = frozenset({"cost_center", "po_number"})
LETTERS = frozenset(
    {"ux", "ui", "qa", "ai", "ml", "vr", "ar"}
)  # short words that are long enough to be a part of a name
SMALL = frozenset({"and", "of", "the", "for", "van", "de", "di", "al", "el", "la"})


@dataclass(frozen=True, slots=True)
class Entry:
    """One name of one dimension."""

    dimension: str
    name: str
    label: str
    id: str | None = None
    records: int = 0


class Names:
    """Names by words. Built once per version of the data; 100,000 people take under a second."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self.whole: dict[tuple[str, ...], list[Entry]] = defaultdict(list)
        self.lengths: dict[str, set[int]] = defaultdict(set)
        self.cued: dict[tuple[str, ...], list[Entry]] = defaultdict(list)
        self.parts: dict[str, list[Entry]] = defaultdict(list)
        self.initials: dict[str, list[Entry]] = defaultdict(list)
        self.by_name: dict[tuple[str, str], Entry] = {}
        self.by_id: dict[tuple[str, str], Entry] = {}
        for entry in entries:
            self._add(entry)
        self.by_length: dict[int, list[str]] = defaultdict(list)
        for word in {word for words in self.whole for word in words} | set(self.parts):
            self.by_length[len(word)].append(word)

    def _add(self, entry: Entry) -> None:
        said = spellings_of_name(entry.name)
        self.by_name[entry.dimension, " ".join(phrase(entry.name))] = entry
        if entry.id:
            self.by_id[entry.dimension, entry.id] = entry
        if entry.dimension in CUED:
            for words in said:
                self.cued[words].append(entry)
            return
        for words in said | (_halves(entry.name) if entry.dimension in HALVED else set()):
            self._whole(words, entry)
        for word in {word for words in said if len(words) > 1 for word in words if word not in SMALL}:
            if (len(word) > 2 or (word in LETTERS and word.upper() in entry.name.split())) and (
                not word.isdigit() or entry.dimension in NUMBERED
            ):
                self.parts[word].append(entry)
        if entry.dimension in INITIALS and len(phrase(entry.name)) > 1:
            self._initials(entry)

    def _whole(self, words: tuple[str, ...], entry: Entry) -> None:
        self.whole[words].append(entry)
        self.lengths[words[0]].add(len(words))

    def _initials(self, entry: Entry) -> None:
        words = phrase(entry.name)
        short = "".join(word[0] for word in words if word != "and")
        self.initials[short].append(entry)
        if "and" in words:
            self.initials[" ".join(word if word == "and" else word[0] for word in words)].append(entry)

    def find(self, dimension: str, said: str) -> Entry | None:
        """The member of this name or stable id."""
        return self.by_id.get((dimension, said)) or self.by_name.get((dimension, " ".join(phrase(said))))

    def knows(self, word: str) -> bool:
        """Whether any name has this word."""
        return word in self.parts or word in self.lengths

    def of_word(self, word: str) -> list[Entry]:
        """Every name that has this word."""
        whole = self.whole.get((word,), []) if word in self.lengths else []
        return [*self.parts.get(word, ()), *whole]


def _halves(name: str) -> set[tuple[str, ...]]:
    """As in "Translation & Localization" goes by either half, and by its plural."""
    if name.count(" & ") != 1:
        return set()
    halves = {phrase(half) for half in name.split(" & ")}
    return halves | {(*half[:-1], half[-1] + "s") for half in halves if half and not half[-1].endswith("s")}
