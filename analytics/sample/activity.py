"""Work done under contracts: milestones of fixed prices, weeks and days of hourly work, months of daily rates."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from analytics.sample.base import DAY, FAR, NONE, Flags, Ints, Story, half_up, spread, weekday
from analytics.sample.contracts import Contracts
from analytics.sample.requests import BEELINE, DAILY, FIXED, HOURLY, STIPEND, Requests

PLANNED, ACTIVE, SUBMITTED, APPROVED, CANCELLED = range(5)
MILESTONE_STATES = ("planned", "active", "submitted", "approved", "cancelled")
FULL_WEEK = 160  # quarter hours
PERIOD = 28


@dataclass(frozen=True)
class Milestones:
    """Milestones by contract and sequence (from 0); moments in seconds, NONE where not yet."""

    contract: Ints
    sequence: Ints
    amount: Ints
    due: Ints
    submitted: Ints
    approved: Ints
    state: Ints


@dataclass(frozen=True)
class Weeks:
    """Weeks of hourly work: Monday, quarter hours worked, days worked on, the first of them, and when it is billed."""

    contract: Ints
    monday: Ints
    quarters: Ints
    days: Ints
    open_days: Ints
    first_day: Ints
    billed: Ints


@dataclass(frozen=True)
class Entries:
    """One row for each contract and day worked; hours in quarters."""

    contract: Ints
    day: Ints
    quarters: Ints
    overtime: Ints
    billed: Ints


@dataclass(frozen=True)
class Stretches:
    """Four-week stretches of contracts paid by the day or by the month, and the days paid."""

    contract: Ints
    begin: Ints
    end: Ints
    paid_days: Ints
    billed: Ints


def milestones(story: Story, requests: Requests, contracts: Contracts) -> tuple[Milestones, Contracts]:
    """Milestones of fixed-price contracts, and the contracts with the end that these bring about."""
    rng = story.rng("milestones")
    kind = requests.contract_type[contracts.request]
    fixed = np.flatnonzero((kind == FIXED) & ~contracts.cancelled)
    plan = np.where(contracts.planned[fixed] == NONE, contracts.last[fixed], contracts.planned[fixed])
    length = plan - contracts.start[fixed] + 1
    count = np.clip(1 + rng.poisson(length / 22), 1, 6)
    row, place = spread(count)
    contract = fixed[row]
    share = (place + 1) / count[row]
    due = contracts.start[contract] + np.maximum(1, (length[row] * share).astype(np.int64)) - 1
    early = (contracts.reason[contract] == 2) | contracts.broken[contract]
    extended = contracts.last[contract] > plan[row]
    slip = np.where(
        extended & ~early,
        (rng.random(len(row)) * (contracts.last[contract] - plan[row]) * share).astype(np.int64),
        np.where(rng.random(len(row)) < 0.93, -rng.integers(0, 4, len(row)), rng.integers(1, 5, len(row))),
    )
    day = np.maximum(due + slip, contracts.start[contract])
    submitted = day * DAY + rng.integers(9 * 3600, 19 * 3600, len(row))
    approved = submitted + (rng.uniform(0.1, 4.0, len(row)) * DAY).astype(np.int64)
    dropped = early & (place > 0) & (due > contracts.last[contract])

    through = np.zeros(len(fixed), dtype=np.int64)
    np.maximum.at(through, row[~dropped], approved[~dropped])
    cut = (contracts.reason[fixed] == 2) | contracts.broken[fixed]
    end_day = np.where(cut, through // DAY, np.maximum(through // DAY, plan))
    over = (through < story.stop) & (end_day <= story.end)
    end = contracts.end.copy()
    last = contracts.last.copy()
    reason = contracts.reason.copy()
    end[fixed], last[fixed] = np.where(over, end_day, NONE), end_day
    reason[fixed] = np.where(~over, -1, np.where(cut, np.maximum(reason[fixed], 2), np.where(end_day > plan, 1, 0)))
    reason[fixed[over & contracts.broken[fixed]]] = 3

    total = contracts.rate[contract]
    amount = np.where(place + 1 == count[row], total - total // count[row] * (count[row] - 1), total // count[row])
    none = dropped | (submitted >= story.stop)
    waiting = ~dropped & (submitted >= story.stop)
    next_one = np.full(len(fixed), 99)
    np.minimum.at(next_one, row[waiting], place[waiting])
    state = np.select(
        [dropped & over[row], dropped | (none & (place != next_one[row])), none, approved >= story.stop],
        [CANCELLED, PLANNED, ACTIVE, SUBMITTED],
        APPROVED,
    ).astype(np.int64)
    found = Milestones(
        contract=contract,
        sequence=place,
        amount=amount,
        due=np.where(rng.random(len(row)) < 0.04, NONE, due),
        submitted=np.where(none, NONE, submitted),
        approved=np.where(none | (approved >= story.stop), NONE, approved),
        state=state,
    )
    return found, replace(contracts, end=end, last=last, reason=reason)


def weeks(story: Story, requests: Requests, contracts: Contracts) -> Weeks:
    """Every week in which an hourly contract was worked on, until the last day of the story."""
    rng = story.rng("weeks")
    hourly = np.flatnonzero((requests.contract_type[contracts.request] == HOURLY) & ~contracts.cancelled)
    last = np.minimum(contracts.last[hourly], story.end)
    monday = contracts.start[hourly] - weekday(contracts.start[hourly])
    row, place = spread((last - monday) // 7 + 1)
    contract = hourly[row]
    start = monday[row] + 7 * place
    begin = np.maximum(contracts.start[contract], start)
    open_days = np.minimum(last[row], start + 4) - begin + 1
    external = requests.platform[contracts.request[contract]] >= BEELINE
    away = rng.random(len(row)) < np.where(external, 0.07, 0.12)
    limit = contracts.weekly_limit[contract] * 4
    usual = contracts.weekly_hours[contract] * np.where(
        external, rng.normal(1.0, 0.06, len(row)), rng.uniform(0.55, 1.35, len(row))
    )
    quarters = np.minimum((usual * 4 * np.clip(open_days, 0, 5) / 5).astype(np.int64), limit)
    quarters = np.minimum(quarters, np.maximum(open_days, 0) * 40)
    kept = (open_days > 0) & ~away & (quarters >= 2)
    days = np.where(external, open_days, np.minimum(open_days, -(-quarters // 30)))
    days = np.maximum(days, -(-quarters // 40))
    billed = (start + 7 + rng.integers(0, 3, len(row))) * DAY + rng.integers(6 * 3600, 18 * 3600, len(row))
    found = Weeks(contract, start, quarters, days, open_days, begin, billed)
    return Weeks(**{name: column[kept] for name, column in vars(found).items()})


def entries(requests: Requests, contracts: Contracts, found: Weeks) -> Entries:
    """The days of those weeks; what goes beyond 40 hours a week in staffing is overtime of its last day."""
    row, place = spread(found.days)
    quarters = found.quarters[row] // found.days[row] + (place < found.quarters[row] % found.days[row])
    day = found.first_day[row] + place * found.open_days[row] // found.days[row]
    external = requests.platform[contracts.request[found.contract[row]]] >= BEELINE
    over = np.where(external & (place + 1 == found.days[row]), np.maximum(found.quarters[row] - FULL_WEEK, 0), 0)
    return Entries(found.contract[row], day, quarters, np.minimum(over, quarters), found.billed[row])


def rate_in_week(contracts: Contracts, found: Weeks, external: Flags) -> Ints:
    """What one hour of each week costs: the bill rate in staffing, the worker's rate elsewhere."""
    later = found.monday >= contracts.raise_day[found.contract]
    bill = np.where(later, contracts.bill_raised[found.contract], contracts.bill[found.contract])
    rate = np.where(later, contracts.raised[found.contract], contracts.rate[found.contract])
    return np.where(external, bill, rate)


def stretches(story: Story, requests: Requests, contracts: Contracts) -> Stretches:
    """Four-week stretches of daily and monthly contracts, billed two days after each."""
    rng = story.rng("stretches")
    kind = requests.contract_type[contracts.request]
    chosen = np.flatnonzero(((kind == DAILY) | (kind == STIPEND)) & ~contracts.cancelled)
    last = np.minimum(contracts.last[chosen], FAR)
    row, place = spread((last - contracts.start[chosen]) // PERIOD + 1)
    contract = chosen[row]
    begin = contracts.start[contract] + PERIOD * place
    end = np.minimum(begin + PERIOD - 1, last[row])
    span = end - begin + 1
    paid = np.where(kind[contract] == DAILY, np.maximum(1, span * 5 // 7 - rng.integers(0, 3, len(row))), span)
    billed = (end + 2) * DAY + rng.integers(6 * 3600, 18 * 3600, len(row))
    return Stretches(contract, begin, end, paid, billed)


def stretch_amount(requests: Requests, contracts: Contracts, found: Stretches) -> Ints:
    """Days times the daily bill rate; a month's stipend in proportion to the days."""
    daily = requests.contract_type[contracts.request[found.contract]] == DAILY
    by_day = contracts.bill[found.contract] * found.paid_days
    return np.where(daily, by_day, half_up(contracts.rate[found.contract] * found.paid_days, PERIOD))
