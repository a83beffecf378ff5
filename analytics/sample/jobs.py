"""What becomes of each request: approved, published, filled, cancelled, expired, reopened, and the hires it led to."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analytics.sample.base import DAY, NONE, Flags, Floats, Ints, Story, spread
from analytics.sample.requests import BEELINE, TOPTAL, Requests
from analytics.sample.words import Market

DRAFT, OPEN, FILLED, CANCELLED, EXPIRED = range(5)
STATUSES = ("draft", "open", "filled", "cancelled", "expired")
REASONS = ("Filled", "No longer needed", "Budget withdrawn", "Done in house", "No suitable proposal")
HIRE_SPREAD = 0.62
CANCELS, EXPIRES, FORGOTTEN, FILLS = range(4)
FARAWAY = 4000.0


@dataclass(frozen=True)
class Jobs:
    """Jobs ordered by creation; `request` is the position of the request. Moments are seconds, NONE where not yet."""

    request: Ints
    created: Ints
    approved: Ints
    published: Ints
    filled: Ints
    closed: Ints
    reopened: Ints
    refilled_from: Ints
    status: Ints
    reason: Ints
    keep_open: Flags
    invites: Ints

    def __len__(self) -> int:
        return len(self.request)


@dataclass(frozen=True)
class Hires:
    """Agreements with a worker, from a job or direct (`job` -1); `at` may lie after the story: those are not yet made."""

    request: Ints
    job: Ints
    opened: Ints
    at: Ints
    broken: Ints

    def __len__(self) -> int:
        return len(self.request)


def _lognormal(rng: np.random.Generator, median: Floats | float, sigma: float, size: int) -> Floats:
    return median * rng.lognormal(0.0, sigma, size)


def _later(moment: Ints, days: Floats) -> Ints:
    return moment + np.maximum(60, (days * DAY).astype(np.int64))


def build(story: Story, market: Market, requests: Requests) -> tuple[Jobs, Hires]:
    """Jobs of all requests that are not direct, and the hires of all."""
    rng = story.rng("jobs")
    of = np.flatnonzero(~requests.direct)
    size = len(of)
    external = requests.platform[of] >= BEELINE
    approved, published = _publish(rng, story, requests.created[of], external)
    live = published < story.stop
    fate = np.searchsorted([0.075, 0.115, 0.12], rng.random(size))
    job, at = _fill(rng, story, market, requests, of, published, live & (fate == FILLS))
    whole = np.bincount(job, minlength=size) == requests.positions[of]
    status, closed = _close(rng, story, fate, whole, published, _latest(job, at, size))
    filled = np.where(status == FILLED, closed, NONE)

    reopening = (status == FILLED) & ~external & (requests.positions[of] == 1) & (rng.random(size) < 0.018)
    reopened = np.where(reopening, _later(filled, rng.uniform(8, 25, size)), NONE)
    reopened[reopened >= story.stop] = NONE
    back = np.flatnonzero(reopened != NONE)
    again = _later(reopened[back], _days_to_hire(rng, story, market, requests, of[back], reopened[back]))
    refilled_from = np.where(reopened != NONE, filled, NONE)
    filled[back] = closed[back] = np.where(again < story.stop, again, NONE)
    status[back] = np.where(again < story.stop, FILLED, OPEN)

    why = [status == FILLED, status == CANCELLED, status == EXPIRED]
    jobs = Jobs(
        request=of,
        created=requests.created[of],
        approved=np.where(approved < story.stop, approved, NONE),
        published=np.where(live, published, NONE),
        filled=filled,
        closed=closed,
        reopened=reopened,
        refilled_from=refilled_from,
        status=status,
        reason=np.select(why, [0, 1 + rng.integers(0, 3, size), 4], -1),
        keep_open=requests.positions[of] > rng.integers(1, 4, size),
        invites=rng.poisson(np.where(external, 2.0, 3.5)),
    )
    return jobs, _hires(rng, requests, jobs, (job, at), (back, again))


def _publish(rng: np.random.Generator, story: Story, created: Ints, external: Flags) -> tuple[Ints, Ints]:
    """When each request is approved and becomes visible; drafts never do (the end of the story stands for "not yet")."""
    size = len(created)
    approved = _later(created, _lognormal(rng, np.where(external, 2.5, 0.35), 0.8, size))
    published = _later(approved, _lognormal(rng, np.where(external, 0.4, 0.05), 0.7, size))
    draft = rng.random(size) < 0.012
    approved[draft & (rng.random(size) < 0.6)] = story.stop
    published[draft] = story.stop
    return approved, np.where(approved < story.stop, published, story.stop)


def _fill(
    rng: np.random.Generator, story: Story, market: Market, requests: Requests, of: Ints, published: Ints, fills: Flags
) -> tuple[Ints, Ints]:
    """Job and moment of every hire that will be made; a second or third position now and then stays empty."""
    job, place = spread(np.where(fills, requests.positions[of], 0))
    days = _days_to_hire(rng, story, market, requests, of[job], published[job])
    empty = (place > 0) & (rng.random(len(job)) < 0.12)
    return job[~empty], _later(published[job[~empty]], days[~empty])


def _latest(job: Ints, at: Ints, size: int) -> Ints:
    last = np.full(size, NONE)
    np.maximum.at(last, job, at)
    return last


def _close(
    rng: np.random.Generator, story: Story, fate: Ints, whole: Flags, published: Ints, last: Ints
) -> tuple[Ints, Ints]:
    """Status of each job on the last day, and when it was closed: full, given up, run out, or (forgotten) never."""
    give_up = np.select([fate == CANCELS, fate == EXPIRES], [_lognormal(rng, 13.0, 0.6, len(fate)), 60.0], FARAWAY)
    closing = np.where(fate == FILLS, np.where(whole, last, last + 30 * DAY), _later(published, give_up))
    live = published < story.stop
    closed = np.where(live & (closing < story.stop), closing, NONE)
    cases = [~live, closed == NONE, (fate == FILLS) & whole, fate == CANCELS]
    return np.select(cases, [DRAFT, OPEN, FILLED, CANCELLED], EXPIRED).astype(np.int64), closed


def _hires(
    rng: np.random.Generator, requests: Requests, jobs: Jobs, first: tuple[Ints, Ints], second: tuple[Ints, Ints]
) -> Hires:
    """Hires of jobs (`first`), of reopened jobs (`second`; the first hire is broken off then), and direct ones."""
    (job, at), (back, again) = first, second
    direct = np.flatnonzero(requests.direct)
    wait = _lognormal(rng, np.where(requests.taken_over[direct], 0.05, 1.2), 0.6, len(direct))
    hires = Hires(
        request=np.concatenate([jobs.request[job], jobs.request[back], direct]),
        job=np.concatenate([job, back, np.full(len(direct), -1)]),
        opened=np.concatenate([jobs.published[job], jobs.reopened[back], requests.created[direct]]),
        at=np.concatenate([at, again, _later(requests.created[direct], wait)]),
        broken=np.concatenate([jobs.reopened[job], np.full(len(back) + len(direct), NONE)]),
    )
    order = np.argsort(hires.at, kind="stable")
    return Hires(**{name: column[order] for name, column in vars(hires).items()})


def _days_to_hire(
    rng: np.random.Generator, story: Story, market: Market, requests: Requests, request: Ints, opened: Ints
) -> Floats:
    """Log-normal by category; freelance platforms get a tenth faster every year, except where law slows everyone."""
    median = np.array([c.days for c in market.categories])[requests.category[request]]
    years = (opened / DAY - story.begin) / 365.25
    steady = median > 12
    platform = requests.platform[request]
    freelance = median * np.where(steady, 1.0, 0.9**years) * np.where(platform == TOPTAL, 0.8, 1.0)
    staffing = 21.0 * (median / 6.0) ** 0.3
    days = _lognormal(rng, np.where(platform >= BEELINE, staffing, freelance), HIRE_SPREAD, len(request))
    return np.clip(days, 0.25, 130.0)
