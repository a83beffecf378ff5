"""The members of dimensions in one version of the data: from names to ids at the border, from ids to labels on the way out."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from analytics.catalogue import DIMENSIONS
from analytics.errors import QuestionError, UnknownName
from analytics.model import Value

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from duckdb import DuckDBPyConnection

Named = tuple[int, str]
"""A label, and before it its place in the alphabet (capitals or not) among those of its dimension; namesakes share it."""


@dataclass(frozen=True, slots=True)
class Member:
    """One member: `label` tells namesakes apart, `records` says how often it occurs."""

    id: str
    name: str
    label: str
    parent: str | None
    records: int


class _Labels(dict[str | None, str]):
    """Labels by id."""

    def __missing__(self, key: str | None) -> str:
        return str(key)


@dataclass
class Members:
    """All members of one version, by dimension."""

    by_id: dict[str, dict[str, Member]] = field(default_factory=lambda: defaultdict(dict))
    by_name: dict[str, dict[str, list[str]]] = field(default_factory=lambda: defaultdict(lambda: defaultdict(list)))
    _labels: dict[str, _Labels] = field(default_factory=dict)
    _named: dict[str, dict[str | None, Named]] = field(default_factory=dict)

    @classmethod
    def load(cls, cursor: DuckDBPyConnection) -> Members:
        """Read table member."""
        found = cls()
        rows = cursor.execute("SELECT dimension, id, name, label, parent, records FROM member").fetchall()
        for dimension, key, name, label, parent, records in rows:
            found.by_id[dimension][key] = Member(key, name, label, parent, records)
            found.by_name[dimension][name.casefold()].append(key)
            if label != name:
                found.by_name[dimension][label.casefold()].append(key)
        return found

    def label(self, dimension: str, key: str | None) -> str:
        """What to show for an id; the dimension's own word for none."""
        if key is None:
            return DIMENSIONS[dimension].null_label
        member = self.by_id[dimension].get(key)
        return member.label if member else key

    def labels(self, dimension: str) -> Mapping[str | None, str]:
        """From id (or None) to what to show; an id that is not known shows itself."""
        if dimension not in self._labels:
            known: dict[str | None, str] = {key: member.label for key, member in self.by_id[dimension].items()}
            self._labels[dimension] = _Labels({**known, None: DIMENSIONS[dimension].null_label})
        return self._labels[dimension]

    def named(self, dimension: str, keys: list[str | None]) -> list[Named]:
        """The place and label of each id; one step for both, because thousands of look-ups take their time."""
        if dimension not in self._named:
            self._named[dimension] = _named(self.labels(dimension), self.labels(dimension))
        try:
            return list(map(self._named[dimension].__getitem__, keys))
        except KeyError:
            return list(map(_named(self.labels(dimension), keys).__getitem__, keys))

    def resolve(self, dimension: str, value: Value) -> Value:
        """The value with its id. Raises UnknownName when it is unknown, QuestionError when the name fits several."""
        if value.id is not None:
            member = self.by_id[dimension].get(value.id)
            return Value(member.label, value.id) if member else self._unknown(dimension, value)
        if value.name == DIMENSIONS[dimension].null_label:
            return Value(value.name, None)
        ids = self.by_name[dimension].get(value.name.casefold(), [])
        if len(ids) > 1:
            labels = ", ".join(self.by_id[dimension][i].label for i in ids[:5])
            raise QuestionError(f'"{value.name}" fits several {DIMENSIONS[dimension].plural}: {labels}.')
        return Value(self.by_id[dimension][ids[0]].label, ids[0]) if ids else self._unknown(dimension, value)

    @staticmethod
    def _unknown(dimension: str, value: Value) -> Value:
        raise UnknownName(f'I know no {DIMENSIONS[dimension].label.lower()} called "{value.name}".')


def _named(labels: Mapping[str | None, str], keys: Iterable[str | None]) -> dict[str | None, Named]:
    shown = {key: labels[key] for key in keys}
    said = sorted(set(shown.values()), key=lambda label: (label.casefold(), label))
    places = {label: place for place, label in enumerate(said)}
    return {key: (places[label], label) for key, label in shown.items()}
