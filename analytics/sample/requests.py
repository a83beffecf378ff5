"""Requests for outside work: on which day, by whom, on which platform, for what, and how it is to be paid."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analytics.sample.base import DAY, FAR, Flags, Floats, Ints, Story, pick, weekday
from analytics.sample.seats import Seats
from analytics.sample.teams import Teams
from analytics.sample.words import Division, Market

UPWORK, TOPTAL, BEELINE, FIELDGLASS = range(4)
HOURLY, FIXED, DAILY, STIPEND = range(4)
# Demand by month of the year: quiet summers and Decembers, busy springs and autumns.
SEASON = np.array([0.95, 1.0, 1.12, 1.0, 1.02, 1.05, 0.9, 0.8, 1.15, 1.15, 1.05, 0.75])
FREELANCE_A_YEAR, STAFFING_A_YEAR = 0.0565, 0.0054  # per employee
FREELANCE_AT_START, STAFFING_AT_START = 0.0045, 0.0032  # per employee
FREELANCE_GROWTH, STAFFING_GROWTH = 1.15, 1.01


@dataclass(frozen=True)
class Requests:
    """Requests ordered by creation; `direct` ones skip the job and become a contract at once.

    `taken_over` ones are those: contracts that were running when the program began.
    """

    created: Ints
    platform: Ints
    direct: Flags
    taken_over: Flags
    seat: Ints
    category: Ints
    subcategory: Ints
    title: Ints
    contract_type: Ints
    positions: Ints
    currency: Ints

    def __len__(self) -> int:
        return len(self.created)

    @property
    def freelance(self) -> Flags:
        """Whether a freelance platform, not a staffing system, holds the request."""
        return np.asarray(self.platform <= TOPTAL, dtype=np.bool_)


@dataclass(frozen=True)
class Desks:
    """The seats that ask for outside work, team by team: `seats[begin[t] : begin[t] + count[t]]`."""

    seats: Ints
    begin: Ints
    count: Ints

    def draw(self, rng: np.random.Generator, team: Ints) -> Ints:
        """One seat of each team; the first ones ask most."""
        place = np.floor(rng.random(len(team)) ** 1.7 * self.count[team]).astype(np.int64)
        return np.asarray(self.seats[self.begin[team] + place], dtype=np.int64)


def desks(story: Story, teams: Teams, seats: Seats) -> Desks:
    """A handful of seats of every team, its head first; people who joined late or the plain sample employee never."""
    rng = story.rng("desks")
    order = rng.permutation(len(seats.team))
    order = order[(seats.start[order] <= story.begin) & (order != seats.special[-1])]
    order = order[np.argsort(~seats.manages[order], kind="stable")]
    found, count = [], np.empty(len(teams), dtype=np.int64)
    by_team = order[np.argsort(seats.team[order], kind="stable")]
    edges = np.searchsorted(seats.team[by_team], np.arange(len(teams) + 1))
    for t, head in enumerate(seats.head.tolist()):
        others = by_team[edges[t] : edges[t + 1]]
        wanted = min(16, 2 + int(0.025 * teams.size[t]))
        chosen = [head, *[int(s) for s in others if s != head][:wanted]]
        found += chosen
        count[t] = len(chosen)
    return Desks(np.array(found, dtype=np.int64), np.cumsum(count) - count, count)


def build(story: Story, market: Market, divisions: tuple[Division, ...], teams: Teams, who: Desks) -> Requests:
    """All requests of the story, freelance and staffing."""
    rng = story.rng("requests")
    per_year = np.array(
        [
            max(FREELANCE_A_YEAR * story.employees, 115.0),
            max(STAFFING_A_YEAR * story.employees, 20.0),
        ]
    )
    day = _days(rng, story, per_year[0], FREELANCE_GROWTH)
    staffing_day = _days(rng, story, per_year[1], STAFFING_GROWTH)
    taken = [round(max(FREELANCE_AT_START * story.employees, 15)), round(max(STAFFING_AT_START * story.employees, 10))]
    stock = first_monday(story) - 1 - rng.integers(0, 3, sum(taken))
    days = np.concatenate([day, staffing_day, stock])
    size = len(days)
    place = np.arange(size) - len(day) - len(staffing_day)
    taken_over = place >= 0
    staffing = np.where(taken_over, place >= taken[0], place >= -len(staffing_day))
    platform = _platforms(rng, market, staffing)
    platform[taken_over] = np.where(staffing[taken_over], BEELINE, UPWORK) + (place[taken_over] % 4 == 0)
    team = _teams(rng, story, teams, days)
    category, subcategory, title = _subjects(rng, market, divisions, teams.division[team], staffing)
    hours = np.clip(rng.normal(13.0, 3.2, size), 5.0, 22.0) * 3600
    created = days * DAY + hours.astype(np.int64)
    again = np.argsort(created, kind="stable")
    found = Requests(
        created=created,
        platform=platform,
        direct=taken_over | (~staffing & (rng.random(size) < 0.08)),
        taken_over=taken_over,
        seat=who.draw(rng, team),
        category=category,
        subcategory=subcategory,
        title=title,
        contract_type=np.where(taken_over, HOURLY, _types(rng, market, category, platform)),
        positions=1 + pick(rng, np.array([0.9, 0.07, 0.02, 0.0, 0.01]), size),
        currency=_currencies(rng, market, teams.country[team], platform),
    )
    return Requests(**{name: column[again] for name, column in vars(found).items()})


def first_monday(story: Story) -> int:
    """The Monday on which the contracts taken over begin; new requests come in from a week later on."""
    return story.begin + 3 + (7 - int(weekday(np.array([story.begin + 3]))[0])) % 7


def _platforms(rng: np.random.Generator, market: Market, staffing: Flags) -> Ints:
    chance = rng.random(len(staffing))
    second = np.where(staffing, chance > market.platform_share[BEELINE], chance > market.platform_share[UPWORK])
    return np.asarray(np.where(staffing, BEELINE, UPWORK) + second, dtype=np.int64)


def _days(rng: np.random.Generator, story: Story, first_year: float, growth: float) -> Ints:
    """Days of arrivals, in order: growth, season, quiet weekends and the turn of the year."""
    days = np.arange(first_monday(story) + 7, story.end + 1, dtype=np.int64)
    dates = days.astype("datetime64[D]")
    month = dates.astype("datetime64[M]").astype(np.int64) % 12
    in_month = (dates - dates.astype("datetime64[M]")).astype(np.int64) + 1
    rate = growth ** ((days - story.begin) / 365.25 - 0.5) * SEASON[month]
    rate *= np.where(weekday(days) < 5, 7 / 5.3, 7 / 5.3 * 0.15)
    rate *= np.where((month == 11) & (in_month >= 24), 0.3, 1.0)
    return np.repeat(days, rng.poisson(rate * first_year / 365.25))


def _teams(rng: np.random.Generator, story: Story, teams: Teams, days: Ints) -> Ints:
    """The team behind each request: month by month, among the teams that use the program by then."""
    team = np.zeros(len(days), dtype=np.int64)
    months = days.astype("datetime64[D]").astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)
    ended = teams.ended()
    usual = teams.adopted.copy()
    usual[usual == FAR] = story.end + 1
    for month in np.unique(months):
        weight: Floats = np.where((usual <= max(month, story.begin)) & (ended > month), teams.weight, 0.0)
        here = months == month
        team[here] = pick(rng, weight, int(here.sum()))
    return team


def _subjects(
    rng: np.random.Generator, market: Market, divisions: tuple[Division, ...], division: Ints, staffing: Flags
) -> tuple[Ints, Ints, Ints]:
    """Category, subcategory and title of each request (positions within the market, the category and the subcategory)."""
    codes = [c.id for c in market.categories]
    wants = np.array([[d.wants.get(code, 0.4) for code in codes] for d in divisions])
    category = np.zeros(len(division), dtype=np.int64)
    for external, tilt in ((False, np.ones(len(codes))), (True, np.array([c.staffing / 8 for c in market.categories]))):
        for d in np.unique(division):
            here = (division == d) & (staffing == external)
            category[here] = pick(rng, wants[d] * tilt, int(here.sum()))
    subs = np.array([len(c.subcategories) for c in market.categories])
    titles = np.zeros((len(codes), int(subs.max())), dtype=np.int64)
    for i, c in enumerate(market.categories):
        titles[i, : len(c.subcategories)] = [len(words) for _, words in c.subcategories]
    subcategory = np.floor(rng.random(len(category)) ** 1.3 * subs[category]).astype(np.int64)
    title = np.floor(rng.random(len(category)) * titles[category, subcategory]).astype(np.int64)
    return category, subcategory, title


def _types(rng: np.random.Generator, market: Market, category: Ints, platform: Ints) -> Ints:
    hourly = np.array([c.hourly for c in market.categories])[category]
    hourly = np.select([platform == TOPTAL, platform >= BEELINE], [0.9, 0.87], hourly)
    chance = rng.random(len(category))
    timed = np.where((platform <= TOPTAL) & (rng.random(len(category)) < 0.015), STIPEND, HOURLY)
    return np.where(chance < hourly, timed, np.where(platform >= BEELINE, DAILY, FIXED)).astype(np.int64)


def _currencies(rng: np.random.Generator, market: Market, country: Ints, platform: Ints) -> Ints:
    """Staffing bills in the currency of the country; freelance platforms mostly in US dollars."""
    local = (platform >= BEELINE) | ((platform == UPWORK) & (rng.random(len(country)) < 0.3))
    return np.where(local, market.country_currency[country], 0).astype(np.int64)
