"""People of the sample company: names, accounts, and where everyone worked from when to when."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

import numpy as np
import pandas as pd

from analytics.sample import words
from analytics.sample.base import FAR, Flags, Ints, Story
from analytics.sample.seats import GUESTS, Seats
from analytics.sample.teams import Teams

DOMAIN = "contoso.example"
# The five sample people everybody can be in the local demo: key, first name, last name, title.
NAMED = (
    ("lead", "Nadia", "Hassan", "Program Lead, Freelance Program Office"),
    ("program", "Tomás", "Rivera", "Program Manager, Freelance Program Office"),
    ("manager", "Grace", "Lindqvist", "Chief Marketing Officer"),
    ("small", "May", "Okafor", "Head of Brand Studio"),
    ("employee", "Will", "Turner", "Specialist"),
)
# What the company lets them see beyond their own reporting line.
ROLES = {"lead": "program", "program": "program"}
WORKER_TYPES = ("employee", "fixed-term", "intern")


@dataclass(frozen=True)
class Spans:
    """Employment, ordered by person and day: [begin, end) with FAR for "still so"; manager -1 for the root."""

    person: Ints
    begin: Ints
    end: Ints
    team: Ints
    manager: Ints

    def find(self, person: Ints, day: Ints) -> Ints:
        """Position of the span that covers each person's day, -1 where there is none (or no person)."""
        wide = 10**6
        at = np.searchsorted(self.person * wide + self.begin, person * wide + day, side="right") - 1
        known = (at >= 0) & (person >= 0) & (self.person[at] == person) & (day < self.end[at])
        return np.where(known, at, -1)

    def manager_of(self, person: Ints, day: Ints) -> Ints:
        """Who managed each person on each day, -1 for nobody or unknown."""
        at = self.find(person, day)
        return np.where(at >= 0, self.manager[at], -1)

    def team_of(self, person: Ints, day: Ints) -> Ints:
        """Team of each person on each day, -1 for unknown."""
        at = self.find(person, day)
        return np.where(at >= 0, self.team[at], -1)


@dataclass(frozen=True)
class People:
    """Persons by position; `fte` in tenths, `kind` a position in WORKER_TYPES."""

    names: list[str]
    upns: list[str]
    entra: list[str]
    active: Flags
    country: Ints
    fte: Ints
    kind: Ints


def spans(seats: Seats, teams: Teams) -> Spans:
    """Cut every seat's time at each change that its holder feels: holder, team, or the manager above."""
    seat = np.arange(len(seats.team))
    merged = seats.team == teams.merged
    moved = np.where(merged, teams.merge_day, FAR)
    above = seats.parent
    later = np.where(merged & (seat == seats.head[teams.merged]), seats.head[teams.successor], above)
    upper = np.where(above >= 0, seats.change[above], FAR)
    upper_later = np.where(later >= 0, seats.change[later], FAR)
    cuts = np.stack(
        [
            seats.change,
            moved,
            np.where(upper < moved, upper, FAR),
            np.where(upper_later > moved, upper_later, np.where(merged, FAR, upper)),
        ]
    )
    edges = np.vstack([seats.start, np.sort(np.maximum(cuts, seats.start), axis=0), np.full(len(seat), FAR)])
    rows = []
    for begin, end in pairwise(edges):
        live = begin < end
        s, day = seat[live], begin[live]
        boss = np.where(day < moved[s], above[s], later[s])
        team = np.where(day < moved[s], seats.team[s], teams.successor)
        manager = np.where(boss >= 0, seats.holder(boss, day), -1)
        rows.append(np.stack([seats.holder(s, day), day, end[live], team, manager]))
    found = np.concatenate(rows, axis=1)
    found = found[:, np.lexsort((found[1], found[0]))]
    return Spans(*found)


def build(story: Story, seats: Seats, found: Spans) -> People:
    """Names, sign-in names and accounts of everyone who ever worked in the story."""
    rng = story.rng("people")
    first, last, first_at, last_at = _names(rng, seats.persons)
    upns = _upns(first, last, first_at, last_at)
    active = np.zeros(seats.persons, dtype=bool)
    active[found.person[found.end > story.end]] = True
    country = np.zeros(seats.persons, dtype=np.int64)
    country[seats.second] = seats.country
    country[seats.first] = seats.country
    chance = rng.random(seats.persons)
    fte = np.select([chance < 0.9, chance < 0.95, chance < 0.98], [10, 8, 5], 6).astype(np.int64)
    fte[:GUESTS] = 10
    chance = rng.random(seats.persons)
    kind = np.select([chance < 0.965, chance < 0.985], [0, 1], 2).astype(np.int64)
    kind[:GUESTS] = 0
    names = [f"{first[f]} {last[n]}" for f, n in zip(first_at.tolist(), last_at.tolist(), strict=True)]
    return People(names, upns, _accounts(rng, seats.persons), active, country, fte, kind)


def _names(rng: np.random.Generator, size: int) -> tuple[list[str], list[str], Ints, Ints]:
    first, last = words.names()
    firsts, lasts = (
        list(dict.fromkeys([*first, *(n[1] for n in NAMED)])),
        list(dict.fromkeys([*last, *(n[2] for n in NAMED)])),
    )
    first_at = np.floor(len(first) * rng.random(size) ** 1.15).astype(np.int64)
    last_at = rng.integers(0, len(last), size)
    for i, (_, one, two, _) in enumerate(NAMED):
        first_at[i], last_at[i] = firsts.index(one), lasts.index(two)
    return firsts, lasts, first_at, last_at


@cache
def plain(name: str) -> str:
    """A name in the letters that sign-in names allow."""
    letters = unicodedata.normalize("NFKD", name.replace("Ł", "L").replace("ł", "l").replace("ø", "o"))
    return "".join(c for c in letters.lower() if c.isascii() and c.isalpha())


def _upns(first: list[str], last: list[str], first_at: Ints, last_at: Ints) -> list[str]:
    """first.last, and a number from the second person of that name on; umlauts may make two names one."""
    short_first = pd.Series([plain(n) for n in first]).take(first_at)
    short_last = pd.Series([plain(n) for n in last]).take(last_at)
    local = pd.Series(short_first.to_numpy() + "." + short_last.to_numpy())
    repeat = local.groupby(local, sort=False).cumcount().to_numpy()
    return [f"{n}{k + 1 if k else ''}@{DOMAIN}" for n, k in zip(local.tolist(), repeat.tolist(), strict=True)]


def _accounts(rng: np.random.Generator, size: int) -> list[str]:
    """Entra object ids; those of the five named people are fixed."""
    text = rng.bytes(16 * size).hex()
    made = [text[i : i + 32] for i in range(0, len(text), 32)]
    found = [f"{t[:8]}-{t[8:12]}-4{t[13:16]}-a{t[17:20]}-{t[20:]}" for t in made]
    found[:GUESTS] = [f"00000000-0000-4000-8000-00000000000{i + 1}" for i in range(GUESTS)]
    return found
