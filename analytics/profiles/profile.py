"""What a mapping profile is: how a customer's file is written, and which import tables its lines feed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Mode = Literal["full", "delta", "append"]
Role = Literal["main", "further", "fallback"]
Pick = Literal["last", "min", "max", "sum", "count"]

PART = re.compile(r"\{(\w+)\}")
PSEUDO = frozenset({"key", "file", "period_start", "period_end", "timezone"})
"""What a template may name besides the columns: the line's own key, its file, the days its file name
claims, and the profile's time zone."""


@dataclass(frozen=True, slots=True)
class Drop:
    """A rule for lines that are no records: the `field` is one of `values`, or matches; or all of `empty` are empty.

    The field `first cell` is the first cell of the line that is not empty.
    """

    name: str
    field: str = ""
    values: tuple[str, ...] = ()
    matches: str = ""
    empty: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Numbers:
    """How numbers are written. `negative`: any of "-5", "5-", "(5)", "5 CR"; a style not listed is refused."""

    decimal: str = "."
    thousands: str = ""
    symbols: tuple[str, ...] = ()
    negative: tuple[str, ...] = ("-5",)


@dataclass(frozen=True, slots=True)
class Sign:
    """What the sign of a column means: `costs` are positive or negative in the file; the types that are turned round."""

    costs: Literal["positive", "negative"] = "positive"
    by: str = ""
    negate: tuple[str, ...] = ()
    below_zero: str = ""
    """What `by` becomes where the amount is below zero, e.g. an adjustment; nothing where left out."""


@dataclass(frozen=True, slots=True)
class Control:
    """A total the file states about itself: the `field` of the last line dropped by the rule `row` is the sum of it."""

    row: str
    field: str
    required: bool = False


@dataclass(frozen=True, slots=True)
class Unpivot:
    """Columns that are records: those whose header matches become one line each, as the columns `name` and `value`."""

    headers: str
    name: str
    value: str


@dataclass(frozen=True, slots=True)
class Entity:
    """One import table a line feeds. `columns`: import column -> templates, of which the first that is not empty counts.

    main: every line is a row of the table, counted one by one. further: one row for each key that no other file has.
    fallback: like further, but only where nothing else feeds the table. `pick` says which of several lines counts.
    """

    table: str
    columns: Mapping[str, tuple[str, ...]]
    role: Role = "main"
    mode: Mode = "append"
    pick: Mapping[str, Pick] = field(default_factory=dict)
    only: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    assumes: str = ""
    touches: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Profile:
    """Everything a profile declares. Text in `unknown` stands for "not known"; an unlisted value stays what it says."""

    name: str
    title: str
    entities: tuple[Entity, ...]
    about: str = ""
    file_pattern: tuple[str, ...] = ()
    period_from_name: str = ""
    mode: Mode = "full"
    encoding: str = "auto"
    delimiter: str = "auto"
    quote: str = '"'
    header_row: int = 0
    skip_footer: int = 0
    timezone: str = "UTC"
    stands_alone: bool = False
    unknown: tuple[str, ...] = ()
    columns: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    required: tuple[str, ...] = ()
    constants: Mapping[str, str] = field(default_factory=dict)
    date_format: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    numbers: Numbers = field(default_factory=Numbers)
    sign: Mapping[str, Sign] = field(default_factory=dict)
    value_maps: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    drop_if: tuple[Drop, ...] = ()
    natural_key: tuple[str, ...] = ()
    control_total: Control | None = None
    unpivot: Unpivot | None = None

    @property
    def fields(self) -> frozenset[str]:
        """Every name a template may use."""
        spread = {self.unpivot.name, self.unpivot.value} if self.unpivot else set()
        return frozenset(self.columns) | frozenset(self.constants) | spread | PSEUDO
