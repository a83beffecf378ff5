"""Contracts: one for each hire made, with how long it runs, what it pays, and which seat owns it from when to when."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analytics.sample.base import DAY, FAR, NONE, Flags, Floats, Ints, Story, half_up, pick, workday_from
from analytics.sample.jobs import Hires
from analytics.sample.requests import BEELINE, DAILY, FIXED, HOURLY, STIPEND, TOPTAL, Desks, Requests
from analytics.sample.seats import Seats
from analytics.sample.teams import Teams
from analytics.sample.words import Market

LIMITS = np.array([10, 20, 30, 40], dtype=np.int64)
STAFFING_LIMIT = 45
END_REASONS = (
    "Completed", "Extended and completed", "Ended early by client", "Freelancer unavailable", "Cancelled before start",
)  # fmt: skip


@dataclass(frozen=True)
class Contracts:
    """Contracts ordered by the moment of the hire. Days are day numbers; money is in minor units of `currency`.

    `last` is the last day of work as it will be, even after the story; `end` is NONE while a contract runs.
    `rate` is what the worker gets at first and `raised` from the day `raise_day` on; `bill` and `bill_raised` are what
    one hour costs the company. `seat` owns it until the day `moved`, `seat_later` from then on.
    """

    request: Ints
    job: Ints
    opened: Ints
    created: Ints
    start: Ints
    planned: Ints
    last: Ints
    end: Ints
    reason: Ints
    cancelled: Flags
    forgotten: Flags
    broken: Flags
    rate: Ints
    raised: Ints
    raise_day: Ints
    bill: Ints
    bill_raised: Ints
    weekly_hours: Floats
    weekly_limit: Ints
    seat: Ints
    seat_later: Ints
    moved: Ints
    kept_back: Flags
    unowned: Flags
    unplaced: Flags

    def __len__(self) -> int:
        return len(self.request)


def build(
    story: Story, market: Market, requests: Requests, hires: Hires, teams: Teams, seats: Seats, who: Desks
) -> Contracts:
    """Every contract concluded within the story; `last` and `end` of fixed-price ones follow from their milestones."""
    rng = story.rng("contracts")
    made = hires.at < story.stop
    request, created, broken = hires.request[made], hires.at[made], hires.broken[made]
    size, external = len(request), requests.platform[request] >= BEELINE
    hourly = requests.contract_type[request] == HOURLY
    day = created // DAY
    start = _starts(rng, story, day, external, broken != NONE, requests.taken_over[request])
    length = _lengths(rng, market, requests, request, external)
    last = _last_days(rng, start, length, broken)
    cancelled = ~external & (hires.job[made] >= 0) & (broken == NONE) & (rng.random(size) < 0.006)
    forgotten = ~external & hourly & (rng.random(size) < 0.012)
    end = np.where((last <= story.end) & ~cancelled & ~forgotten, last, NONE)
    unowned = rng.random(size) < 0.009
    country, years = teams.country[seats.team[requests.seat[request]]], (day - story.begin) / 365.25
    rate, bill = _rates(rng, market, requests, request, country, years)
    seat, told = requests.seat[request], np.minimum(last, story.end)
    moved, seat_later = _moves(rng, seat, start, told, teams, seats, who)
    raise_day, percent = _raises(rng, hourly & ~cancelled, start, length, told)
    mean, limit = _hours(rng, market, requests, request, external)
    return Contracts(
        request=request,
        job=hires.job[made],
        opened=hires.opened[made],
        created=created,
        start=start,
        planned=np.where(rng.random(size) < 0.1, NONE, start + length - 1),
        last=last,
        end=end,
        reason=_reasons(cancelled, end, broken, last - (start + length - 1)),
        cancelled=cancelled,
        forgotten=forgotten,
        broken=broken != NONE,
        rate=rate,
        raised=half_up(rate * percent, 100),
        raise_day=raise_day,
        bill=bill,
        bill_raised=half_up(bill * percent, 100),
        weekly_hours=mean,
        weekly_limit=limit,
        seat=seat,
        seat_later=seat_later,
        moved=moved,
        kept_back=rng.random(size) < 0.05,
        unowned=unowned,
        unplaced=unowned & (rng.random(size) < 0.5),
    )


def _reasons(cancelled: Flags, end: Ints, broken: Ints, late: Ints) -> Ints:
    """Positions in END_REASONS, -1 while a contract runs; `late` is in days after the plan."""
    cases = [cancelled, end == NONE, broken != NONE, late < 0, late > 0]
    return np.select(cases, [4, -1, 3, 2, 1], 0).astype(np.int64)


def _last_days(rng: np.random.Generator, start: Ints, length: Ints, broken: Ints) -> Ints:
    """The last day of work: as planned, or earlier, or later; when a job is reopened, its first contract is over."""
    size, chance = len(start), rng.random(len(start))
    early, late = rng.uniform(0.3, 0.9, size), rng.uniform(1.1, 1.8, size)
    share = np.where(chance < 0.12, early, np.where(chance < 0.75, 1.0, late))
    last = start + np.maximum(1, (length * share).astype(np.int64)) - 1
    return np.where(broken != NONE, np.maximum(broken // DAY, start), last)


def _raises(rng: np.random.Generator, hourly: Flags, start: Ints, length: Ints, last: Ints) -> tuple[Ints, Ints]:
    """The day on which some longer contracts get a better rate (FAR: never), and that rate in percent of the first."""
    raising = hourly & (length > 80) & (rng.random(len(start)) < 0.12)
    day = start + (length * rng.uniform(0.35, 0.7, len(start))).astype(np.int64)
    day += (4 - day) % 7  # a Monday, so that no week has two rates
    raising &= day <= last
    return np.where(raising, day, FAR), np.where(raising, 100 + rng.integers(4, 11, len(start)), 100)


def _starts(
    rng: np.random.Generator, story: Story, day: Ints, external: Flags, broken: Flags, taken_over: Flags
) -> Ints:
    """First day of work: soon after a freelance hire, weeks after a staffing one; never after the story's last day."""
    lag = np.where(external, rng.integers(8, 31, len(day)), pick(rng, np.array([2, 4, 3, 2, 1.5, 1, 1, 1.0]), len(day)))
    start = workday_from(day + np.where(broken, np.minimum(lag, 2), lag))
    soon = day + np.floor(rng.random(len(day)) * (story.end - day + 1)).astype(np.int64)
    return np.where(taken_over, workday_from(day + 1), np.where(start > story.end, soon, start))


def _lengths(rng: np.random.Generator, market: Market, requests: Requests, request: Ints, external: Flags) -> Ints:
    """Planned days from first to last: weeks for freelancers (a few stay much longer), most of a year for staffing."""
    median = np.array([c.length for c in market.categories])[requests.category[request]]
    kind = requests.contract_type[request]
    median = median * np.where(kind == FIXED, 0.8, 1.1) * np.where(requests.platform[request] == TOPTAL, 1.4, 1.0)
    days = np.where(external, 225 * rng.lognormal(0, 0.42, len(request)), median * rng.lognormal(0, 0.6, len(request)))
    days = np.where(~external & (rng.random(len(request)) < 0.012), days * 6, days)
    return np.clip(days, np.where(external, 30, 3), 900).astype(np.int64)


def _hours(
    rng: np.random.Generator, market: Market, requests: Requests, request: Ints, external: Flags
) -> tuple[Floats, Ints]:
    """Usual hours a week and the limit agreed on."""
    mean = np.array([c.hours for c in market.categories])[requests.category[request]]
    mean = np.clip(mean * rng.lognormal(0, 0.35, len(request)), 4, 36)
    limit = LIMITS[np.searchsorted(LIMITS, np.minimum(mean * 1.1, 40))]
    return np.where(external, 38.0, mean), np.where(external, STAFFING_LIMIT, limit)


def _rates(
    rng: np.random.Generator, market: Market, requests: Requests, request: Ints, country: Ints, years: Floats
) -> tuple[Ints, Ints]:
    """Rate of the worker and all-in rate of the company in minor units: an hour, a day, a month, or the whole work."""
    size = len(request)
    category, platform, kind = requests.category[request], requests.platform[request], requests.contract_type[request]
    usd = np.array([c.rate for c in market.categories])[category] * market.country_cost[country]
    usd = usd * rng.lognormal(0, 0.22, size) * 1.02**years
    usd = usd * np.select([platform == TOPTAL, platform >= BEELINE], [1.6, 1.1], 1.0)
    week = np.array([c.hours for c in market.categories])[category]
    weeks = np.array([c.length for c in market.categories])[category] / 7 * 0.8 * rng.lognormal(0, 0.45, size)
    usd = usd * np.select([kind == FIXED, kind == DAILY, kind == STIPEND], [week * weeks, 9.0, week * 4], 1.0)
    currency = requests.currency[request]
    scale = 10 ** market.decimals[currency]
    step = np.select([kind == FIXED, kind != HOURLY], [50 * scale, 5 * scale], np.maximum(scale // 2, 1))
    step = np.where(market.usd[currency] < 0.05, step * 10, step)
    rate = np.maximum(1, np.round(usd / market.usd[currency] * scale / step)).astype(np.int64) * step
    markup = np.select([platform >= BEELINE, platform == TOPTAL], [rng.integers(138, 164, size), 100], 105)
    return rate, half_up(rate * markup, 100)


def _moves(
    rng: np.random.Generator, seat: Ints, start: Ints, last: Ints, teams: Teams, seats: Seats, who: Desks
) -> tuple[Ints, Ints]:
    """A few contracts are handed to another team of the division while they run: the day, and the seat that gets them."""
    span = last - start
    moving = (span > 24) & (rng.random(len(seat)) < 0.035)
    day = start + 7 + np.floor(rng.random(len(seat)) * np.maximum(span - 14, 1)).astype(np.int64)
    order = rng.permutation(len(teams))
    order = order[(teams.level[order] == 3) & (order != teams.merged)]
    home = teams.division[seats.team[seat]]
    target = np.empty(len(seat), dtype=np.int64)
    for d in np.unique(home):
        inside = order[teams.division[order] == d]
        here = home == d
        target[here] = rng.choice(inside if len(inside) > 1 else order, int(here.sum()))
    moving &= target != seats.team[seat]
    return np.where(moving, day, FAR), np.where(moving, who.draw(rng, target), seat)


@dataclass(frozen=True)
class Ownership:
    """Who owns a contract on a day, and which team, by what the generator knows."""

    contracts: Contracts
    seats: Seats
    teams: Teams

    def _known(self, contract: Ints, day: Ints) -> Ints:
        """Nothing changes hands before a contract is made or after it has ended."""
        c = self.contracts
        end = np.where(c.end == NONE, FAR, c.end)
        return np.clip(day, c.created[contract] // DAY, np.maximum(end, c.created // DAY)[contract])

    def team(self, contract: Ints, day: Ints) -> Ints:
        """Team of each contract on each day, -1 where it is not known."""
        c, day = self.contracts, self._known(contract, day)
        seat = np.where(day < c.moved[contract], c.seat[contract], c.seat_later[contract])
        return np.where(c.unplaced[contract], -1, team_of_seat(self.seats, self.teams, seat, day))

    def owner(self, contract: Ints, day: Ints) -> Ints:
        """Person who owns each contract on each day, -1 where it is not known."""
        c, day = self.contracts, self._known(contract, day)
        before = day < c.moved[contract]
        seat = np.where(before, c.seat[contract], c.seat_later[contract])
        since = np.where(before & c.kept_back[contract], c.created[contract] // DAY, day)
        return np.where(c.unowned[contract], -1, self.seats.holder(seat, since))

    def spans(self) -> tuple[Ints, Ints, Ints, Ints, Ints]:
        """Contract, first day, first day after (FAR: still so), team and owner of every span of ownership."""
        c = self.contracts
        every = np.arange(len(c), dtype=np.int64)
        begin = c.created // DAY
        stop = np.where(c.end == NONE, FAR, c.end)
        cuts = np.stack(
            [
                self.seats.change[c.seat],
                c.moved,
                self.seats.change[c.seat_later],
                np.full(len(c), self.teams.merge_day),
            ]
        )
        cuts = np.where((cuts > begin) & (cuts <= stop), cuts, FAR)
        edges = np.vstack([begin, np.sort(cuts, axis=0)])
        contract = np.tile(every, len(edges))
        day = edges.reshape(-1)
        live = day < FAR
        contract, day = contract[live], day[live]
        order = np.lexsort((day, contract))
        contract, day = contract[order], day[order]
        team, owner = self.team(contract, day), self.owner(contract, day)
        same = np.zeros(len(contract), dtype=bool)
        same[1:] = (contract[1:] == contract[:-1]) & (team[1:] == team[:-1]) & (owner[1:] == owner[:-1])
        contract, day, team, owner = contract[~same], day[~same], team[~same], owner[~same]
        until = np.full(len(contract), FAR)
        follows = contract[1:] == contract[:-1]
        until[:-1][follows] = day[1:][follows]
        return contract, day, until, team, owner


def team_of_seat(seats: Seats, teams: Teams, seat: Ints, day: Ints) -> Ints:
    """Team of each seat on each day; a merged team's seats belong to its successor from the day of the merger."""
    team = seats.team[seat]
    return np.where((team == teams.merged) & (day >= teams.merge_day), teams.successor, team)
