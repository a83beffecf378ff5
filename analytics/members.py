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
    _places: dict[str, dict[str | None, int]] = field(default_factory=dict)

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

    def places(self, dimension: str, keys: list[str | None]) -> list[int]:
        """The place of each id among the dimension's names in order of the alphabet, capitals or not; namesakes share it."""
        if dimension not in self._places:
            self._places[dimension] = _places(self.labels(dimension), self.labels(dimension))
        try:
            return list(map(self._places[dimension].__getitem__, keys))
        except KeyError:
            return list(map(_places(self.labels(dimension), keys).__getitem__, keys))

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


def _places(labels: Mapping[str | None, str], keys: Iterable[str | None]) -> dict[str | None, int]:
    shown = {key: labels[key] for key in keys}
    places = {
        label: n for n, label in enumerate(sorted(set(shown.values()), key=lambda label: (label.casefold(), label)))
    }
    return {key: places[label] for key, label in shown.items()}
