"""Seats of the sample company: every seat has a place in the reporting tree and is held by one person at a time."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analytics.sample.base import FAR, Flags, Ints, Story, pick
from analytics.sample.teams import PROGRAM_TEAM, SMALL_TEAM, Teams
from analytics.sample.words import Market

SPAN = 11
GUESTS = 5


@dataclass(frozen=True)
class Seats:
    """Seats by position. `first` holds a seat until the day `change`, `second` from then on; persons are positions too.

    `head[t]` is the seat that heads team t. `special` are the seats of the five named people, who never move.
    """

    team: Ints
    parent: Ints
    manages: Flags
    country: Ints
    start: Ints
    change: Ints
    first: Ints
    second: Ints
    head: Ints
    special: Ints
    persons: int

    def holder(self, seat: Ints, day: Ints) -> Ints:
        """Who holds each seat on each day."""
        return np.where(day < self.change[seat], self.first[seat], self.second[seat])


def build(story: Story, market: Market, teams: Teams) -> Seats:
    """Every seat, and at most one change of its holder: leaving, swapping, rising."""
    rng = story.rng("seats")
    team, parent, manages, head = _tree(teams)
    country = np.where(rng.random(len(team)) < 0.85, teams.country[team], pick(rng, market.country_weight, len(team)))
    leaf = ~manages
    country[leaf] = np.where(rng.random(leaf.sum()) < 0.97, country[parent[leaf]], country[leaf])
    special = _special(teams, team, manages, head)
    fixed = np.isin(team, [teams.merged])
    fixed[special] = True
    fixed[0] = True
    start, fixed = _late_seats(rng, story, leaf, fixed)
    change, first, second, persons = _changes(rng, story, team, manages, head, fixed)
    first, second = _number_special(special, first, second)
    return Seats(team, parent, manages, country, start, change, first, second, head, special, persons)


def _tree(teams: Teams) -> tuple[Ints, Ints, Flags, Ints]:
    """Team, parent seat and whether it manages, for every seat; the first seat of a team is its head."""
    team = np.repeat(np.arange(len(teams), dtype=np.int64), teams.size)
    head = np.cumsum(teams.size) - teams.size
    parent = np.empty(len(team), dtype=np.int64)
    manages = np.zeros(len(team), dtype=bool)
    for t, (base, size) in enumerate(zip(head, teams.size, strict=True)):
        managers = max(1, round(size / SPAN))
        place = np.arange(size)
        low = (managers - 1) // 4
        below = np.where(place < managers, (place - 1) // 3, low + (place - managers) % (managers - low))
        parent[base : base + size] = base + below
        parent[base] = head[teams.parent[t]] if teams.parent[t] >= 0 else -1
        manages[base : base + managers] = True
    return team, parent, manages, head.astype(np.int64)


def _special(teams: Teams, team: Ints, manages: Flags, head: Ints) -> Ints:
    """Seats of the five named people: lead, program manager, head of a division, head of a small team, employee."""
    office = teams.index(PROGRAM_TEAM)
    helper = np.flatnonzero((team == office) & ~manages)[0]
    plain = np.flatnonzero((team != office) & (team != teams.merged) & ~manages & (teams.level[team] == 3))[-1]
    return np.array([head[office], helper, head[1], head[teams.index(SMALL_TEAM)], plain], dtype=np.int64)


def _day_in_story(rng: np.random.Generator, story: Story, size: int) -> Ints:
    """Days on which things change: two thirds on the first of a month, as payrolls like it."""
    days = rng.integers(story.begin + 40, story.end - 20, size)
    months = days.astype("datetime64[D]").astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)
    return np.where(rng.random(size) < 0.66, months, days).astype(np.int64)


def _late_seats(rng: np.random.Generator, story: Story, leaf: Flags, fixed: Flags) -> tuple[Ints, Flags]:
    """A tenth of the seats came into being during the story: the company grows."""
    start = np.full(len(leaf), story.begin - 92, dtype=np.int64)
    late = leaf & ~fixed & (rng.random(len(leaf)) < 0.11)
    start[late] = _day_in_story(rng, story, int(late.sum()))
    return start, fixed | late


def _changes(
    rng: np.random.Generator, story: Story, team: Ints, manages: Flags, head: Ints, fixed: Flags
) -> tuple[Ints, Ints, Ints, int]:
    """Change day, first and second holder of every seat, and how many persons there are."""
    seats = len(team)
    change, first, second = np.full(seats, FAR, dtype=np.int64), np.arange(seats, dtype=np.int64), np.arange(seats)
    free = ~fixed
    persons = seats

    def take(pool: Flags, share: float) -> Ints:
        candidates = np.flatnonzero(pool & free)
        chosen = rng.permutation(candidates)[: round(len(candidates) * share)]
        free[chosen] = False
        return chosen

    def swap(chosen: Ints) -> None:
        half = len(chosen) // 2
        left, right = chosen[:half], chosen[half : 2 * half]
        change[left] = change[right] = _day_in_story(rng, story, half)
        second[left], second[right] = first[right], first[left]

    heads = np.zeros(seats, dtype=bool)
    heads[head] = True
    swap(take(heads, 0.05))
    swap(take(manages & ~heads, 0.03))
    swap(take(~manages, 0.05))
    rising = take(~manages, 0.004)
    above = np.flatnonzero(manages & free)
    above = above[np.isin(team[above], team[rising])]
    for seat in rising:
        boss = next((int(b) for b in above[team[above] == team[seat]] if free[b]), -1)
        if boss >= 0:
            free[boss] = False
            change[boss] = change[seat] = _day_in_story(rng, story, 1)[0]
            second[boss] = first[seat]
            second[seat] = persons
            persons += 1
    leaving = np.concatenate([take(manages, 0.12), take(~manages, 0.19)])
    change[leaving] = _day_in_story(rng, story, len(leaving))
    second[leaving] = persons + np.arange(len(leaving))
    return change, first, second, persons + len(leaving)


def _number_special(special: Ints, first: Ints, second: Ints) -> tuple[Ints, Ints]:
    """Persons renumbered so that the five named people come first, whatever the size of the company."""
    order = np.arange(max(int(first.max()), int(second.max())) + 1, dtype=np.int64)
    for place, seat in enumerate(special):
        person = int(np.flatnonzero(order == first[seat])[0])
        order[[place, person]] = order[[person, place]]
    number = np.empty_like(order)
    number[order] = np.arange(len(order))
    return number[first], number[second]
