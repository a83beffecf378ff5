"""What goes into understanding and what comes out: a question, what was said before it, and how it was read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import Any, Literal

from analytics.model import Query

Kind = Literal["answer", "clarify", "refuse", "help", "smalltalk"]
NOTHING: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Earlier:
    """One earlier turn of this person here: the query it was read as (None when it was asked back) and its words."""

    query: Mapping[str, Any] | None
    text: str


@dataclass(frozen=True, slots=True)
class Question:
    """A question as typed. `earlier` has the newest turn last and never carries a scope; `chosen` are remembered choices."""

    text: str
    language: str | None
    today: date
    earlier: tuple[Earlier, ...] = ()
    fiscal_year_start_month: int = 7
    chosen: Mapping[str, str] = field(default_factory=lambda: NOTHING)


@dataclass(frozen=True, slots=True)
class Choice:
    """One of several readings to choose from; remembering it means storing `value` under `key` for that person."""

    label: str
    query: Query | None
    key: str = ""
    value: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """How a question was read.

    `unread`: words that could not be read, as typed; with the topic "left_out" they are known words whose meaning the
    query would have lost. `topic`: what a clarify or a refusal is about.
    `audience`: "own" for "my team", "company" for "company-wide". `filled`: (words as typed, what they were read as).
    """

    kind: Kind
    query: Query | None = None
    action: str | None = None
    reason: str | None = None
    choices: tuple[Choice, ...] = ()
    unread: tuple[str, ...] = ()
    topic: str = ""
    audience: Literal["own", "company"] | None = None
    language: str = "en"
    filled: tuple[tuple[str, str], ...] = ()
