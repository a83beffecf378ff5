"""The shape of a question: everything that decides the SQL text, and no value."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from analytics.model import Grain

# Whether there is a compared period, and whether it shares days with the one asked for.
Compared = Literal["apart", "overlap"] | None


@dataclass(frozen=True, slots=True)
class FilterShape:
    """One condition: how many values it includes, excludes and looks under, whether each names the unmapped rows."""

    dimension: str
    include: int = 0
    exclude: int = 0
    under: int = 0
    include_null: bool = False
    exclude_null: bool = False
    bounds: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ScopeShape:
    """Whose rows: how many people's lines and how many teams; `among` holds scopes that must all hold it too."""

    rows: Literal["all", "line", "none"]
    people: int = 0
    teams: int = 0
    among: tuple[ScopeShape, ...] = ()


@dataclass(frozen=True, slots=True)
class Shape:
    """A question without its values. `sources`: per metric, the source it is narrowed to. `distinct`: count people."""

    metrics: tuple[str, ...]
    sources: tuple[str | None, ...]
    group_by: tuple[str, ...]
    filters: tuple[FilterShape, ...]
    grain: Grain | None
    fiscal: int
    open_start: bool
    compared: Compared
    scope: ScopeShape
    at: str | None = None
    basis: str | None = None
    bands: tuple[str, int] | None = None
    distinct: bool = False


@dataclass(frozen=True, slots=True)
class RecordShape:
    """A list of records without its values."""

    fact: str
    source: str | None
    filters: tuple[FilterShape, ...]
    scope: ScopeShape
    order: tuple[tuple[str, str], ...]
    alive: bool
