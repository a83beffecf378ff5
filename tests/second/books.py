"""The tables of the import format as plain Python has them: cells as values, rows by what they say."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

Table = Sequence[Mapping[str, Any]]


def text(row: Mapping[str, Any], key: str) -> str | None:
    """A cell; None where it is empty or missing."""
    value = row.get(key)
    return str(value) if value not in {None, ""} else None


def day(row: Mapping[str, Any], key: str) -> date | None:
    """A plain date."""
    said = text(row, key)
    return date.fromisoformat(said) if said else None


def moment(row: Mapping[str, Any], key: str) -> datetime | None:
    """A moment as naive UTC."""
    said = text(row, key)
    return datetime.fromisoformat(said).astimezone(UTC).replace(tzinfo=None) if said else None


def flag(row: Mapping[str, Any], key: str) -> bool:
    """A yes or no; empty is no."""
    return (text(row, key) or "false").lower() in {"true", "yes", "1"}


@dataclass(frozen=True)
class Books:
    """The tables, and what every attribution needs: zone, currency, exchange rates, spans of employment and ownership."""

    tables: Mapping[str, Table]
    zone: ZoneInfo
    currency: str
    _found: dict[tuple[str, str], dict[str, list[Mapping[str, Any]]]] = field(default_factory=dict, repr=False)

    def rows(self, name: str) -> Table:
        """One table; empty where it was not sent."""
        return self.tables.get(name, [])

    def one(self, name: str, key: str, value: str | None) -> Mapping[str, Any] | None:
        """The row of a table that has this key, if there is one."""
        found = self.all(name, key, value)
        return found[-1] if found else None

    def all(self, name: str, column: str, value: str | None) -> Sequence[Mapping[str, Any]]:
        """The rows of a table that say this in a column; a table is gone through once, not for every row of another."""
        if (name, column) not in self._found:
            by_value = self._found[name, column] = defaultdict(list)
            for row in self.rows(name):
                by_value[text(row, column) or ""].append(row)
        return self._found[name, column].get(value or "", ())

    def of(self, name: str, key: str) -> dict[str, Mapping[str, Any]]:
        """One table by its key."""
        return {str(row[key]): row for row in self.rows(name)}

    def local(self, at: datetime | None) -> date | None:
        """The calendar day of a moment in the reporting zone."""
        return at.replace(tzinfo=UTC).astimezone(self.zone).date() if at else None
