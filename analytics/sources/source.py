"""What a source is: it gives batches of rows in the import format since a checkpoint, and ends with a new checkpoint."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, Protocol

NAMES = "names"
"""Beside the import tables: what the platform calls its people, teams and categories, to be matched with the company's."""
NAME_COLUMNS = ("kind", "native_id", "name", "email")
CHANGED = "source_updated_at"
"""A column any row may carry beside those of its table: when the platform last changed the record, if it says so."""

Row = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Batch:
    """Some rows of one table: `table` is a table of the import format or NAMES; cells are text, absent or "" = not known."""

    table: str
    rows: Sequence[Row]


@dataclass(frozen=True, slots=True)
class Gap:
    """A value of the platform that nobody has mapped yet: how many rows hold it, and their money by currency."""

    kind: str
    value: str
    rows: int
    amounts: Mapping[str, Decimal] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Report:
    """What it took: requests sent, how many of them were repetitions, and what could not be had.

    `refused` names fields as Type.field with the tables they feed, `missing` tables whose rows are not (all) there, each
    with a sentence why: such a table withholds the metrics built on it. `left_out` counts by rule what was read and is no
    record.
    """

    calls: int = 0
    retries: int = 0
    refused: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    missing: Mapping[str, str] = field(default_factory=dict)
    gaps: tuple[Gap, ...] = ()
    left_out: Mapping[str, int] = field(default_factory=dict)
    not_read: tuple[str, ...] = ()
    """What the platform has and nobody asks it for."""


@dataclass(frozen=True, slots=True)
class End:
    """The last thing a source gives; without it the records before are not whole and are thrown away.

    `swept` are tables of which every live row was given, so that what is absent is gone. `window` says of a table given
    only in part: all rows whose column is at or after this text were given. `counted` says of a table that
    was given whole how many rows the platform itself says there are.
    """

    checkpoint: Mapping[str, Any]
    swept: frozenset[str] = frozenset()
    window: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    report: Report = Report()
    counted: Mapping[str, int] = field(default_factory=dict)


class Known(Protocol):
    """The rows of this source in the version before."""

    def rows(self, table: str, columns: Sequence[str]) -> list[tuple[str, ...]]:
        """These columns of every live row, as text; none where there is no version before."""
        ...


class Source(Protocol):
    """A platform. `name` is one word and stable (it names the kept rows), `platform` is how people call it."""

    @property
    def name(self) -> str:
        """One stable word."""
        ...

    @property
    def platform(self) -> str:
        """The platform as people call it."""
        ...

    def records(self, since: Mapping[str, Any] | None, known: Known, now: datetime) -> AsyncIterator[Batch | End]:
        """Batches, then one End. `since` is the checkpoint of the version before, None = everything. Raises DataError."""
        ...


class Vault(Protocol):
    """Where a source keeps what must survive a restart (tokens, counters), encrypted by whoever provides it."""

    async def get(self, name: str) -> dict[str, Any] | None:
        """What was put under this name, or None."""
        ...

    async def put(self, name: str, secret: Mapping[str, Any]) -> None:
        """Keep it; done when it would survive a crash."""
        ...
