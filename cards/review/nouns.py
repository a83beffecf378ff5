"""The nouns of the monthly review: what was found for it, and a page as data that every kind of file is drawn from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from analytics.model import Answer, Finding, Number, Period

ChartKind = Literal["bars", "columns", "lines"]


@dataclass(frozen=True, slots=True)
class Told:
    """A story for the review: what it is about, its text, and who tells it."""

    title: str
    text: str
    author: str


@dataclass(frozen=True, slots=True)
class Found:
    """All answers of one month's review, by the names in `bot.features.review.gathering`; in one scope."""

    month: Period
    answers: Mapping[str, Answer]
    scale: tuple[str, ...] = ()
    stories: tuple[Told, ...] = ()
    findings: tuple[Finding, ...] = ()
    made_for: str = ""


@dataclass(frozen=True, slots=True)
class Drawing:
    """A chart: a number for each label in each series, in major units; `unit` as of a Column."""

    kind: ChartKind
    title: str
    labels: tuple[str, ...]
    series: tuple[tuple[str, tuple[Number, ...]], ...]
    unit: str


@dataclass(frozen=True, slots=True)
class Page:
    """One page: a title, one sentence, a table (its first row is the header), charts, lines of text, and what a speaker needs."""

    key: str
    title: str
    lead: str = ""
    table: tuple[tuple[str, ...], ...] = ()
    charts: tuple[Drawing, ...] = ()
    lines: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    foot: str = ""
