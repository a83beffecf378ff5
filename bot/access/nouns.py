"""The nouns of access: a role, an asker with whom they stand in for, and what may be seen in a place and why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from analytics.model import Scope

Role = Literal["program", "analyst", "manager", "none"]
Audience = Literal["own", "company"]

EVERYTHING = Scope("all", "named")
GROUPS = Scope("all", "groups")
TOTALS = Scope("all", "totals")
NOTHING = Scope("none", "totals")


@dataclass(frozen=True, slots=True)
class Principal:
    """Somebody whose line a deputy has as well; `ends` is the first day on which they have it no more."""

    person: str
    name: str
    ends: date


@dataclass(frozen=True, slots=True)
class Asker:
    """Somebody the directory knows: their role, the teams they head (names, nearest the top first), whom they stand in for.

    `leads` says whether there is a line of theirs at all, their own or one they stand in for.
    """

    person: str
    name: str
    upn: str
    role: Role
    leads: bool
    heads: tuple[str, ...]
    stands_for: tuple[Principal, ...] = ()

    @property
    def people(self) -> tuple[str, ...]:
        """Whose lines they have: their own first. Nobody has the lines that a principal stands in for."""
        return (self.person, *(one.person for one in self.stands_for))


@dataclass(frozen=True, slots=True)
class Seen:
    """What may be seen in a place, and the sentence that says whose data that is.

    `said` is the key of the sentence, `values` fill its gaps; `place` is empty where one person sees it for themselves.
    """

    scope: Scope
    said: str
    values: tuple[tuple[str, object], ...] = ()
    place: Literal["", "channel", "chat"] = ""
