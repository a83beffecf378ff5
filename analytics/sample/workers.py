"""Freelancers and external workers, and which of them got each contract: new ones, returning ones, one on two platforms."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

import numpy as np

from analytics.sample import words
from analytics.sample.base import NONE, Flags, Ints, Story, pick
from analytics.sample.contracts import Contracts
from analytics.sample.requests import BEELINE, TOPTAL, UPWORK, Requests
from analytics.sample.seats import Seats
from analytics.sample.words import Market

FREELANCER, AGENCY, TEMP = range(3)
KINDS = ("freelancer", "agency", "temp")
SPARE = 1.3


@dataclass(frozen=True)
class Workers:
    """Workers by position; `twin` is the same person's profile on another platform (-1), `supplier` -1 for independent.

    `pool` lists, for each (platform, category), the workers who may be proposed.
    """

    platform: Ints
    category: Ints
    kind: Ints
    country: Ints
    supplier: Ints
    twin: Ints
    names: list[str]
    of_contract: Ints
    returning: Flags
    pool: dict[tuple[int, int], Ints]

    def __len__(self) -> int:
        return len(self.platform)


@dataclass
class _Roster:
    """What is known while contracts are handed out one after the other."""

    platform: list[int]
    category: list[int]
    twin: list[int]
    free_from: list[int]

    def add(self, platform: int, category: int, twin: int = -1) -> int:
        """A new profile; its position."""
        self.platform.append(platform)
        self.category.append(category)
        self.twin.append(twin)
        self.free_from.append(NONE)
        return len(self.platform) - 1


def build(story: Story, market: Market, requests: Requests, contracts: Contracts, seats: Seats) -> Workers:
    """Everyone who worked, and half as many again who only ever made proposals."""
    rng = story.rng("workers")
    roster = _Roster([], [], [], [])
    of_contract, returning = _hand_out(rng, story, requests, contracts, seats, roster)
    hired = len(roster.platform)
    spare = np.repeat(np.arange(hired), rng.random(hired) < SPARE - 1) if hired else np.empty(0, dtype=np.int64)
    for worker in spare.tolist():
        roster.add(roster.platform[worker], roster.category[worker])
    platform, category = np.array(roster.platform), np.array(roster.category)
    twin = np.array(roster.twin)
    country = pick(rng, market.worker_country_weight, len(platform))
    external = platform >= BEELINE
    agency = ~external & (platform == UPWORK) & (rng.random(len(platform)) < 0.06)
    firms = len(market.staffing_firms)
    firm = np.where(
        platform == BEELINE,
        rng.integers(0, firms * 6 // 10, len(platform)),
        rng.integers(firms // 2, firms, len(platform)),
    )
    supplier = np.where(external, firm, np.where(agency, firms + category % len(market.agencies), -1))
    country[external] = _where_teams_are(market, rng, int(external.sum()))
    names = _names(rng, len(platform))
    for worker in np.flatnonzero(twin >= 0).tolist():
        names[worker], country[worker] = names[twin[worker]], country[twin[worker]]
        supplier[worker], agency[worker] = -1, False
    kind = np.where(external, TEMP, np.where(agency, AGENCY, FREELANCER))
    pool = {
        (int(p), int(k)): np.flatnonzero((platform == p) & (category == k))
        for p in np.unique(platform)
        for k in np.unique(category)
    }
    return Workers(platform, category, kind, country, supplier, twin, names, of_contract, returning, pool)


def _where_teams_are(market: Market, rng: np.random.Generator, size: int) -> Ints:
    """Staffing workers sit where the company does, as far as freelancers' countries know it."""
    shared = [i for i, name in enumerate(market.worker_countries) if name in market.countries]
    weight = np.array([market.country_weight[market.countries.index(market.worker_countries[i])] for i in shared])
    return np.array(shared, dtype=np.int64)[pick(rng, weight, size)]


def _hand_out(
    rng: np.random.Generator, story: Story, requests: Requests, contracts: Contracts, seats: Seats, roster: _Roster
) -> tuple[Ints, Flags]:
    """The worker of every contract, and whether someone came back; trust grows, so that rehiring becomes more common."""
    size = len(contracts)
    chance, pull, other = rng.random(size), rng.random(size), rng.random(size)
    years = (contracts.start - story.begin) / 365.25
    external = requests.platform[contracts.request] >= BEELINE
    back = np.where(external, 0.1, 0.3 + 0.05 * years)
    known: dict[tuple[int, int, int], list[int]] = defaultdict(list)
    worker, returning = np.empty(size, dtype=np.int64), np.zeros(size, dtype=bool)
    platform = requests.platform[contracts.request].tolist()
    category = requests.category[contracts.request].tolist()
    team = seats.team[contracts.seat].tolist()
    start, last = contracts.start.tolist(), contracts.last.tolist()
    for i in range(size):
        p, k = platform[i], category[i]
        candidates = known[p, k, team[i] if pull[i] < 0.6 else -1] or known[p, k, -1]
        found = -1
        if candidates and chance[i] < back[i]:
            tried = candidates[int(other[i] * len(candidates))]
            if roster.free_from[tried] <= start[i] + (0 if p >= BEELINE else 10):
                found = tried
        returning[i] = found >= 0
        if found < 0:
            old = known[UPWORK, k, -1]
            twin = old[int(other[i] * len(old))] if p == TOPTAL and old and pull[i] < 0.12 else -1
            found = roster.add(p, k, twin if twin < 0 or roster.twin[twin] < 0 else -1)
            if twin >= 0:
                roster.twin[found] = twin
                roster.twin[twin] = found
        worker[i] = found
        roster.free_from[found] = max(roster.free_from[found], last[i] + 1)
        known[p, k, team[i]].append(found)
        known[p, k, -1].append(found)
    return worker, returning


def _names(rng: np.random.Generator, size: int) -> list[str]:
    """Names of workers, all different: a second one gets a middle initial."""
    first, last = words.names()
    chosen = zip(rng.integers(0, len(first), size).tolist(), rng.integers(0, len(last), size).tolist(), strict=True)
    seen: dict[tuple[int, int], int] = {}
    found = []
    for f, n in chosen:
        times = seen.get((f, n), 0)
        seen[f, n] = times + 1
        middle = (
            ""
            if not times
            else f"{chr(64 + (times - 1) % 26 + 1)}. " + ("" if times <= 26 else f"{chr(64 + times // 26)}. ")
        )
        found.append(f"{first[f]} {middle}{last[n]}")
    return found
