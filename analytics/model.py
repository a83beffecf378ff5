"""Every noun of the analytics layer, as frozen dataclasses: what a question is, who asks, and what an answer holds."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Literal, NamedTuple

Grain = Literal["week", "month", "quarter", "year", "fiscal_year"]
Detail = Literal["totals", "groups", "named"]
RowKind = Literal["value", "other", "unmapped", "withheld"]
Sight = Literal["up", "down", "target", "open", "past", "tenure", "new_teams", "check"]
Number = int | float | None

GRAINS: tuple[Grain, ...] = ("week", "month", "quarter", "year", "fiscal_year")


@dataclass(frozen=True, slots=True)
class Period:
    """Half-open span of days [start, end); an open start is None."""

    start: date | None
    end: date

    def days(self) -> int:
        """Length in days; 0 for an open start."""
        return (self.end - self.start).days if self.start else 0


@dataclass(frozen=True, slots=True)
class Value:
    """One member of a dimension: its name as people say it, and its stable id where it is known."""

    name: str
    id: str | None = None


@dataclass(frozen=True, slots=True)
class Filter:
    """A condition on one dimension (include, exclude, under) or on one record measure (numeric bounds)."""

    dimension: str
    include: tuple[Value, ...] = ()
    exclude: tuple[Value, ...] = ()
    under: tuple[Value, ...] = ()
    bounds: tuple[tuple[Literal["gt", "gte", "lt", "lte"], float], ...] = ()


@dataclass(frozen=True, slots=True)
class Having:
    """A threshold on a metric of the answer: keep only the groups where `metric op value` holds."""

    metric: str
    op: Literal[">", ">=", "<", "<=", "="]
    value: float


@dataclass(frozen=True, slots=True)
class Compare:
    """What the answer is held against: a period, a declared goal, or chosen members of one dimension side by side."""

    to: Literal["previous_period", "previous_year", "target", "benchmark", "budget", "period", "dimension"]
    period: Period | None = None
    dimension: str | None = None
    values: tuple[Value, ...] = ()


@dataclass(frozen=True, slots=True)
class Bands:
    """Group records by ranges of a measure; edges ascending, so n edges make n + 1 bands."""

    dimension: str
    edges: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Query:
    """What to compute, in the terms of the catalogue; the one format of buttons, saved questions and the command line."""

    metrics: tuple[str, ...]
    group_by: tuple[str, ...] = ()
    filters: tuple[Filter, ...] = ()
    time: Period | None = None
    grain: Grain | None = None
    compare: Compare | None = None
    having: tuple[Having, ...] = ()
    order: tuple[tuple[str, Literal["asc", "desc"]], ...] = ()
    limit: int | None = None
    as_share: bool = False
    rows: Literal["contract", "job", "charge", "proposal"] | None = None
    at: Literal["start", "end", "average", "any"] | None = None
    bands: Bands | None = None
    basis: str | None = None

    def filter(self, dimension: str) -> Filter | None:
        """The condition on this dimension, if there is one."""
        return next((f for f in self.filters if f.dimension == dimension), None)

    def with_filter(self, wanted: Filter) -> Query:
        """The same question with the condition on one dimension replaced (or removed, when it is empty)."""
        rest = tuple(f for f in self.filters if f.dimension != wanted.dimension)
        empty = not (wanted.include or wanted.exclude or wanted.under or wanted.bounds)
        return replace(self, filters=rest if empty else (*rest, wanted))


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose records the asker may see, and in what detail; worked out from a verified identity, never from a card.

    `rows="line"` holds the reporting lines of `people` (the asker, and whoever they stand in for)
    and the teams of `teams` with everything below them. `among` narrows further: a row must lie in
    every scope listed there (what all members of a group chat may see).
    """

    rows: Literal["all", "line", "none"]
    detail: Detail
    people: tuple[str, ...] = ()
    teams: tuple[str, ...] = ()
    among: tuple[Scope, ...] = ()


@dataclass(frozen=True, slots=True)
class Reporting:
    """How the company counts: currency of every total, zone of every day, first month of the fiscal year."""

    currency: str = "USD"
    timezone: str = "UTC"
    fiscal_year_start_month: int = 7


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One published version of the data: its number and the moment its newest record is known up to."""

    version: int
    as_of: datetime
    synced_at: datetime
    first_day: date
    reporting: Reporting


@dataclass(frozen=True, slots=True)
class Column:
    """One column of an answer. `unit`: text, count, money, days, hours, ratio, rating, fte, date."""

    key: str
    label: str
    unit: str
    kind: Literal["dimension", "time", "metric", "change", "share", "compare"]
    metric: str | None = None
    good: Literal["up", "down"] | None = None


class Row(NamedTuple):
    """One row of an answer: `keys` are stable ids, `labels` what to show, `values` one number per number column.

    Money is in minor units of the reporting currency; ratios are fractions; None means "no number".
    A named tuple, because an answer may have thousands.
    """

    keys: tuple[str | None, ...]
    labels: tuple[str, ...]
    values: tuple[Number, ...]
    kind: RowKind = "value"
    records: int = 0


@dataclass(frozen=True, slots=True)
class Target:
    """A declared goal of the company for a metric, whole or for one member of a dimension, while it runs."""

    metric: str
    value: float
    direction: Literal["up", "down"]
    owner: str
    period: Period
    dimension: str | None = None
    member: str | None = None


@dataclass(frozen=True, slots=True)
class Benchmark:
    """A published figure to hold a metric against; `note` says where it measures something else."""

    metric: str
    value: float
    population: str
    source: str
    url: str
    year: int
    note: str


@dataclass(frozen=True, slots=True)
class Goal:
    """A target or benchmark that applies to a metric of the answer."""

    metric: str
    value: float
    label: str
    direction: Literal["up", "down"]
    kind: Literal["target", "benchmark"]
    met: bool | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Figure:
    """A further figure beside the number: `key` names it (median, slowest_tenth, ...), in the unit of a Column."""

    key: str
    value: Number
    unit: str


@dataclass(frozen=True, slots=True)
class Finding:
    """One data quality finding: E withholds what it touches, W puts a badge on it, I is listed."""

    check: str
    severity: Literal["E", "W", "I"]
    text: str
    rows: int
    metrics: tuple[str, ...] = ()
    samples: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """Everything a card needs and nothing it has to compute: rows, total, what was counted, how it was read."""

    query: Query
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    total: Row | None
    records: int
    period: Period
    compared: Period | None
    snapshot: Snapshot
    currency: str
    scope: Scope
    platforms: tuple[str, ...] = ()
    partial: bool = False
    more: int = 0
    goals: tuple[Goal, ...] = ()
    findings: tuple[Finding, ...] = ()
    notes: tuple[str, ...] = ()
    facts: tuple[tuple[str, str], ...] = ()
    details: tuple[Figure, ...] = ()
    sql: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Contribution:
    """What one member of a dimension contributed to a change, in the metric's unit; `rate` and `mix` sum to `value`.

    `value` is None where there is none: a number without exact contributions, or one that was not there in a period.
    """

    key: str | None
    label: str
    kind: RowKind
    now: Number
    then: Number
    value: Number
    rate: Number = None
    mix: Number = None


@dataclass(frozen=True, slots=True)
class Split:
    """A change by one dimension, the largest contribution first. `exact`: the contributions sum to the change."""

    dimension: str
    parts: tuple[Contribution, ...]
    exact: bool


Inexact = Literal["", "inexact", "withheld", "totals"]
EffectKind = Literal["volume", "mix", "rate"]


@dataclass(frozen=True, slots=True)
class Why:
    """Where a change came from. `answer` is the number with what it is held against; `splits` come by what they explain.

    `moved` is the change, None without a number in both periods. `reason` says why nothing sums to it: "" (it does),
    "inexact" (a median and the like), "withheld" (people are protected), "totals" (the reader sees no parts).
    `effects` split the change by the first dimension: (name, part of the change) each, summing to it.
    """

    answer: Answer
    moved: Number
    splits: tuple[Split, ...]
    reason: Inexact = ""
    effects: tuple[tuple[EffectKind, float], ...] = ()


@dataclass(frozen=True, slots=True)
class Notable:
    """Something worth a look in a week. `value` is in the unit of `column` where there is one, `usual` the median week or the target.

    `members` name who is behind it, the largest first; `query` opens it in full; `said` is the sentence of a check.
    """

    kind: Sight
    weight: float
    value: float
    query: Query | None = None
    column: Column | None = None
    usual: float = 0.0
    members: tuple[str, ...] = ()
    said: str = ""
