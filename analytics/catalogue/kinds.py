"""What a metric, a dimension and a fact table declare: the kinds of entry that the catalogue is made of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Unit = Literal["count", "money", "days", "hours", "ratio", "rating", "fte", "index"]
At = Literal["start", "end", "average", "any"]


@dataclass(frozen=True)
class Fact:
    """A fact table: one row per `grain`; `dimensions` are its columns that hold member ids."""

    name: str
    grain: str
    plural: str
    dimensions: frozenset[str]
    key: str
    bridges: frozenset[str] = frozenset()
    measures: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Part:
    """One measure folded on one fact table before anything is joined.

    `measure` is an SQL aggregate over the fact's columns; `date` the column a row counts by.
    A population has `alive=(from, gone)` instead: a row counts at the end of day d when from <= d < gone (null gone:
    still there), and `$day` in `measure` stands for d. `per=(column, inner)` folds twice: `inner` by that column
    first, then `measure` over its results `v` (ranked by size in `r`). `shared` parts do not take the dimensions
    their fact lacks: the whole is used for every group, and the card says so. `any_source`: never narrowed to
    freelance or staffing. `planned`: known ahead, so the period is taken whole, also where it is not over.
    """

    fact: str
    measure: str
    date: str | None = None
    where: str = ""
    alive: tuple[str, str] | None = None
    at: At | None = None
    per: tuple[str, str] | None = None
    shared: bool = False
    any_source: bool = False
    planned: bool = False


@dataclass(frozen=True)
class Metric:
    """One number people ask for: what it is, how it is computed, and how it is talked about.

    `formula` combines parts `{0}`, `{1}`, ... ; None takes the only part. `additive`: groups sum to the total.
    `period`: the span used when none is asked. `source`: what is counted unless the question says otherwise.
    `facts`: further measures (key, SQL, unit) on the first part's rows, listed on the metric card. `bases`: other dates it may count by.
    """

    key: str
    label: str
    definition: str
    why: str
    good_is: str
    unit: Unit
    parts: tuple[Part, ...]
    formula: str | None = None
    good: Literal["up", "down"] | None = None
    additive: bool = False
    period: Literal["last_12_months", "fiscal_year", "now", "next_90_days"] = "last_12_months"
    synonyms: tuple[str, ...] = ()
    facts: tuple[tuple[str, str, Unit], ...] = ()
    people: bool = False
    future: bool = False
    source: Literal["freelance", "staffing", "both"] = "freelance"
    bases: tuple[tuple[str, str], ...] = ()
    survival: bool = False
    dates: str = ""
    estimate: str = ""

    @property
    def fact(self) -> str:
        """The fact table whose records the answer counts."""
        return self.parts[0].fact

    @property
    def at(self) -> At | None:
        """The moment a population is counted at, where this is one."""
        return self.parts[0].at

    @property
    def moments(self) -> tuple[At, ...]:
        """The moments a question may ask it at: none unless it is one population, and nothing planned.

        Month-end counts know no "any" (that would add up the months), and a mean over people is no mean over days.
        """
        own = [part for part in self.parts if not part.shared]
        if len({part.at for part in own}) > 1 or not own[0].alive or any(part.planned for part in own):
            return ()
        if self.unit == "days":
            return ("start", "end")
        counted = any(part.alive and part.alive[0] == part.alive[1] and part.at == self.at for part in self.parts)
        return ("start", "end", "average") if counted else ("start", "end", "average", "any")


@dataclass(frozen=True)
class Dimension:
    """A way to split or filter: ids stand in the fact column of the same name, names in table member."""

    key: str
    label: str
    plural: str
    synonyms: tuple[str, ...] = ()
    null_label: str = "Unmapped"
    person: bool = False
    bridge: str | None = None
    parent: str | None = None
    tree: bool = False


@dataclass(frozen=True)
class Measure:
    """A number on a record that filters and bands may use: age, tenure, duration, rate, amount."""

    key: str
    label: str
    unit: Unit
    columns: tuple[tuple[str, str], ...]
    edges: tuple[float, ...]
    synonyms: tuple[str, ...] = ()


@dataclass(frozen=True)
class Absent:
    """A word people use that this data cannot answer: refused by name, with the nearest answer offered."""

    key: str
    words: tuple[str, ...]
    why: str
    offer: str | None = None
