"""What a card knows about whoever reads it: language, place, scope, and what may be asked next."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from analytics.model import Answer, Query
from cards.depicted import Picture

Place = Literal["personal", "shared"]


@dataclass(frozen=True, slots=True)
class Choice:
    """One line of a chooser: what is read, and the stable id (never JSON) that comes back."""

    title: str
    value: str


@dataclass(frozen=True, slots=True)
class Choices:
    """What one filter behind "Change" may be set to; `input` is a dimension, for instance "team"."""

    input: str
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class Next:
    """A question to ask with one press; `hint` is a quiet second line where there is room for one."""

    label: str
    query: Query
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Person:
    """What is said beside somebody who posted jobs: most jobs went to this team and category; `open` of theirs are open."""

    team: str = ""
    category: str = ""
    open: int = 0


@dataclass(frozen=True, slots=True)
class View:
    """Who reads a card and where.

    `language` picks the words, `locale` ("en_US") the way numbers and dates are written, `scope` is whose data it is
    in a few words ("Whole program"), `asked` the question as typed. `next` left empty lets the card suggest its own;
    `back` is the question before a row was opened, where it is known. `picture` gives the address of a picture for
    clients without charts; without it a card is complete too. `spark` is the same metric month by month, `page` which part of a long list this is.
    `remarks` are lines to say below the answer; `people` what to say beside people, by their id.
    """

    today: date
    language: str = "en"
    locale: str = "en_US"
    place: Place = "personal"
    scope: str = ""
    asked: str = ""
    filters: tuple[Choices, ...] = ()
    next: tuple[Next, ...] = ()
    back: Query | None = None
    picture: Callable[[Picture], str] | None = None
    spark: Answer | None = None
    page: int = 1
    remarks: tuple[str, ...] = ()
    people: Mapping[str, Person] = field(default_factory=dict)
