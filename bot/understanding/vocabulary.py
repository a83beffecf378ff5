"""The names that may occur in a question: values of every dimension, narrowed to what the asker may see."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from analytics.catalogue import DIMENSIONS
from analytics.members import Members
from analytics.model import Reporting, Value
from bot.understanding.learned import Learned, table_with
from bot.understanding.lexicon import Lexicon
from bot.understanding.names import CUED, Entry, Names


@dataclass(frozen=True)
class Vocabulary:
    """Every known name. `allowed`: for a dimension listed there, only these names or ids exist for this asker."""

    entries: tuple[Entry, ...]
    fiscal_year_start_month: int = 7
    allowed: Mapping[str, frozenset[str]] = field(default_factory=dict)
    shared: Names | None = None
    learned: tuple[Learned, ...] = ()

    @classmethod
    def from_members(cls, members: Members, reporting: Reporting) -> Vocabulary:
        """The names of one version of the data; build it once per version, it indexes every name."""
        found = (
            Entry(dimension, member.name, member.label, member.id, member.records)
            for dimension, by_id in members.by_id.items()
            if dimension in DIMENSIONS
            for member in by_id.values()
        )
        return cls(tuple(found), reporting.fiscal_year_start_month)

    @classmethod
    def from_json(cls, content: Mapping[str, Any]) -> Vocabulary:
        """The names of a vocabulary file: dimension to list of names, and "fiscal_year_start_month"."""
        found = (
            Entry(dimension, str(name), str(name))
            for dimension, names in content.items()
            if isinstance(names, list)
            for name in names
        )
        return cls(tuple(found), int(content.get("fiscal_year_start_month", 1)))

    @cached_property
    def names(self) -> Names:
        """The index over all names; shared by every narrowing of this vocabulary."""
        return self.shared or Names(self.entries)

    @property
    def limited(self) -> bool:
        """Whether some names are hidden from this asker."""
        return bool(self.allowed)

    def within(self, allowed: Mapping[str, Collection[str]]) -> Vocabulary:
        """What somebody sees for whom, in each dimension given, only these names (or ids) exist.

        A hidden name is read exactly as a name that does not exist, and never suggested.
        """
        narrowed = {dimension: frozenset(names) for dimension, names in allowed.items()}
        return replace(self, allowed=narrowed, shared=self.names)

    def with_learned(self, words: Sequence[Learned]) -> Vocabulary:
        """The same names, and these phrases read like built-in ones; they replace what was learned before."""
        return replace(self, learned=tuple(words), shared=self.names)

    @cached_property
    def _usable(self) -> tuple[Learned, ...]:
        """The learned phrases whose member still exists, and exists for the asker."""
        return tuple(word for word in self.learned if word.kind != "value" or self._member(word))

    def _member(self, word: Learned) -> bool:
        entry = self.names.find(word.dimension or "", word.key)
        return word.dimension == "source" or (entry is not None and self.sees(entry))

    def table(self, language: str | None = None) -> Lexicon:
        """The word tables with what was learned for this language; None takes the phrases of every language."""
        if not self.learned:
            return table_with((), CUED)
        return table_with(tuple(w for w in self._usable if language is None or w.spoken_in(language)), CUED)

    def visible(self, entries: Iterable[Entry]) -> list[Entry]:
        """Those of these entries that exist for the asker."""
        return [entry for entry in entries if self.sees(entry)]

    def sees(self, entry: Entry) -> bool:
        """Whether this name exists for the asker."""
        allowed = self.allowed.get(entry.dimension)
        return allowed is None or entry.name in allowed or entry.label in allowed or entry.id in allowed


def value_of(entry: Entry) -> Value:
    """The value a Query carries for this name."""
    return Value(entry.label, entry.id)
