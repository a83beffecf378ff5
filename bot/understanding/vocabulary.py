"""The names that may occur in a question: values of every dimension, narrowed to what the asker may see."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from analytics.catalogue import DIMENSIONS
from analytics.members import Members
from analytics.model import Reporting, Value
from bot.understanding.names import Entry, Names


@dataclass(frozen=True)
class Vocabulary:
    """Every known name. `allowed`: for a dimension listed there, only these names or ids exist for this asker."""

    entries: tuple[Entry, ...]
    fiscal_year_start_month: int = 7
    allowed: Mapping[str, frozenset[str]] = field(default_factory=dict)
    shared: Names | None = None

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
        return Vocabulary(self.entries, self.fiscal_year_start_month, narrowed, self.names)

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
