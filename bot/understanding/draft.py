"""A question half read: what has been named so far, what is still open, what could not be read."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from analytics.model import Bands, Compare, Filter, Having, Period, Query, Value
from bot.understanding.names import Entry
from bot.understanding.periods import Span

Bounds = list[tuple[str, float]]


@dataclass
class Named:
    """A name that was said: what it may be, whether it is excluded, and how it hangs on the name before it."""

    entries: tuple[Entry, ...]
    text: str
    place: int
    negated: bool = False
    under: bool = False
    joined: Literal["", "and", "or", "vs"] = ""
    by_person: bool = False
    worker: bool | None = None
    whole: bool = True
    cue: str = ""
    outright: bool = False
    led: bool = False


@dataclass
class Condition:
    """A threshold: what it is about may be a metric, a record measure, or not said."""

    op: str
    number: float
    percent: bool = False
    unit: str = ""
    metric: str | None = None
    measure: str | None = None


@dataclass
class Ask:
    """Something that has to be asked back: several readings, each with its label and the value to remember."""

    topic: str
    key: str
    options: list[tuple[str, str, Any]]
    field: str


@dataclass
class Draft:
    """Everything that was read from one question."""

    metrics: list[str] = field(default_factory=list)
    weak: set[str] = field(default_factory=set)
    joined_metrics: set[str] = field(default_factory=set)
    groups: list[str] = field(default_factory=list)
    named: list[Named] = field(default_factory=list)
    filters: dict[str, dict[str, list[Value]]] = field(default_factory=dict)
    bounds: dict[str, Bounds] = field(default_factory=dict)
    spans: list[Span] = field(default_factory=list)
    time: Period | None = None
    grain: str | None = None
    compare: Compare | None = None
    conditions: list[Condition] = field(default_factory=list)
    having: list[tuple[str, str, float]] = field(default_factory=list)
    order: list[tuple[str, str]] = field(default_factory=list)
    limit: int | None = None
    share: bool = False
    rows: str | None = None
    at: str | None = None
    bands: tuple[str, tuple[float, ...]] | None = None
    basis: str | None = None
    action: str | None = None
    audience: Literal["own", "company"] | None = None
    flags: set[str] = field(default_factory=set)
    sources: list[str] = field(default_factory=list)
    record: str | None = None
    measure: str | None = None
    stat: str | None = None
    sup: str | None = None
    rank: str | None = None
    change: str | None = None
    goal: str | None = None
    occupation: list[str] = field(default_factory=list)
    top: int | None = None
    versus_unit: str | None = None
    flagged_compare: str | None = None
    span_texts: list[str] = field(default_factory=list)
    step_back: str | None = None
    about_workers: bool = False
    unjoined: list[tuple[str, str]] = field(default_factory=list)
    earlier: dict[str, list[Value]] = field(default_factory=dict)
    asks: list[Ask] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)
    absent: list[str] = field(default_factory=list)
    filled: list[tuple[str, str]] = field(default_factory=list)

    def add_filter(self, dimension: str, how: str, values: list[Value]) -> None:
        """More values of one dimension, to include ("in"), exclude ("not") or with all below ("under")."""
        there = self.filters.setdefault(dimension, {}).setdefault(how, [])
        there += [value for value in values if value not in there]

    def typed(self, *read_as: str) -> str:
        """The words that were read as one of these, as they were typed; the last ones where there are several."""
        found = [text for text, kind in self.filled if kind in read_as]
        return found[-1] if found else read_as[0].replace("_", " ")

    def query(self) -> Query | None:
        """The query as far as it is complete: it needs metrics or rows."""
        if not self.metrics and not self.rows:
            return None
        return Query(
            metrics=() if self.rows else tuple(dict.fromkeys(self.metrics)),
            group_by=tuple(dict.fromkeys(self.groups)),
            filters=tuple(self._filters()),
            time=self.time,
            grain=self.grain,  # type: ignore[arg-type]
            compare=self.compare,
            having=tuple(Having(metric, op, value) for metric, op, value in self.having),  # type: ignore[arg-type]
            order=tuple(self.order),  # type: ignore[arg-type]
            limit=self.limit,
            as_share=self.share,
            rows=self.rows,  # type: ignore[arg-type]
            at=self.at,  # type: ignore[arg-type]
            bands=Bands(*self.bands) if self.bands else None,
            basis=self.basis,
        )

    def _filters(self) -> list[Filter]:
        out = [
            Filter(key, tuple(how.get("in", ())), tuple(how.get("not", ())), tuple(how.get("under", ())))
            for key, how in self.filters.items()
        ]
        return out + [Filter(key, bounds=tuple(bounds)) for key, bounds in self.bounds.items()]  # type: ignore[arg-type]
