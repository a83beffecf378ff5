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


@dataclass(frozen=True)
class _Course:
    """How fixed-price work goes: contracts in `fixed`, and rows of milestones (`row` points into `fixed`).

    `plan` is the planned last day; moments are as they will be, even after the story; `dropped` ones never come.
    """

    fixed: Ints
    plan: Ints
    cut_short: Flags
    row: Ints
    place: Ints
    count: Ints
    due: Ints
    submitted: Ints
    approved: Ints
    dropped: Flags


def milestones(story: Story, requests: Requests, contracts: Contracts) -> tuple[Milestones, Contracts]:
    """Milestones of fixed-price contracts, and the contracts with the end that these bring about."""
    rng = story.rng("milestones")
    course = _course(rng, requests, contracts)
    contract = course.fixed[course.row]
    ended, over = _ends(story, contracts, course)
    total = contracts.rate[contract]
    part = total // course.count
    not_yet = course.dropped | (course.submitted >= story.stop)
    found = Milestones(
        contract=contract,
        sequence=course.place,
        amount=np.where(course.place + 1 == course.count, total - part * (course.count - 1), part),
        due=np.where(rng.random(len(contract)) < 0.04, NONE, course.due),
        submitted=np.where(not_yet, NONE, course.submitted),
        approved=np.where(not_yet | (course.approved >= story.stop), NONE, course.approved),
        state=_states(story, course, over),
    )
    return found, ended


def _course(rng: np.random.Generator, requests: Requests, contracts: Contracts) -> _Course:
    kind = requests.contract_type[contracts.request]
    fixed = np.flatnonzero((kind == FIXED) & ~contracts.cancelled)
    plan = np.where(contracts.planned[fixed] == NONE, contracts.last[fixed], contracts.planned[fixed])
    length = plan - contracts.start[fixed] + 1
    row, place = spread(np.clip(1 + rng.poisson(length / 22), 1, 6))
    count = np.bincount(row, minlength=len(fixed))[row]
    contract, size = fixed[row], len(row)
    share = (place + 1) / count
    due = contracts.start[contract] + np.maximum(1, (length[row] * share).astype(np.int64)) - 1
    cut_short = (contracts.reason[fixed] == 2) | contracts.broken[fixed]
    over_plan = contracts.last[contract] - plan[row]
    slip = np.where(
        (over_plan > 0) & ~cut_short[row],
        (rng.random(size) * over_plan * share).astype(np.int64),
        np.where(rng.random(size) < 0.93, -rng.integers(0, 4, size), rng.integers(1, 5, size)),
    )
    submitted = np.maximum(due + slip, contracts.start[contract]) * DAY + rng.integers(9 * 3600, 19 * 3600, size)
    approved = submitted + (rng.uniform(0.1, 4.0, size) * DAY).astype(np.int64)
    dropped = cut_short[row] & (place > 0) & (due > contracts.last[contract])
    return _Course(fixed, plan, cut_short, row, place, count, due, submitted, approved, dropped)


def _ends(story: Story, contracts: Contracts, course: _Course) -> tuple[Contracts, Flags]:
    """Contracts that end with their last milestone (not before the plan, unless cut short), and which have ended."""
    fixed, cut = course.fixed, course.cut_short
    through = np.zeros(len(fixed), dtype=np.int64)
    np.maximum.at(through, course.row[~course.dropped], course.approved[~course.dropped])
    last_day = np.where(cut, through // DAY, np.maximum(through // DAY, course.plan))
    over = (through < story.stop) & (last_day <= story.end)
    end, last, reason = contracts.end.copy(), contracts.last.copy(), contracts.reason.copy()
    end[fixed], last[fixed] = np.where(over, last_day, NONE), last_day
    normal = np.where(last_day > course.plan, 1, 0)
    reason[fixed] = np.where(~over, -1, np.where(cut, np.maximum(reason[fixed], 2), normal))
    reason[fixed[over & contracts.broken[fixed]]] = 3
    return replace(contracts, end=end, last=last, reason=reason), over


def _states(story: Story, course: _Course, over: Flags) -> Ints:
    """The first milestone not handed in is the active one; those after it are planned, or cancelled with the contract."""
    waiting = ~course.dropped & (course.submitted >= story.stop)
    following = np.full(len(course.fixed), 99)
    np.minimum.at(following, course.row[waiting], course.place[waiting])
    later = course.dropped | (waiting & (course.place != following[course.row]))
    cases = [course.dropped & over[course.row], later, waiting, course.approved >= story.stop]
    return np.select(cases, [CANCELLED, PLANNED, ACTIVE, SUBMITTED], APPROVED).astype(np.int64)


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
