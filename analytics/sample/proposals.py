"""Proposals for jobs and offers to workers, in the order in which things happen: proposal, offer drafted, sent, answered."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analytics.sample.base import DAY, NONE, Flags, Ints, Story, spread
from analytics.sample.contracts import Contracts
from analytics.sample.jobs import EXPIRED, Hires, Jobs
from analytics.sample.requests import BEELINE, TOPTAL, Requests
from analytics.sample.words import Market
from analytics.sample.workers import Workers

SUBMITTED, SHORTLISTED, DECLINED, WITHDRAWN, HIRED = range(5)
PROPOSAL_STATUSES = ("submitted", "shortlisted", "declined", "withdrawn", "hired")
SENT, ACCEPTED, OFFER_DECLINED, OFFER_WITHDRAWN, OFFER_EXPIRED = range(5)
OFFER_STATES = ("sent", "accepted", "declined", "withdrawn", "expired")
NEW, REHIRE, DIRECT = range(3)
HIRE_KINDS = ("new", "rehire", "direct")


@dataclass(frozen=True)
class Proposals:
    """Proposals ordered by moment. `ask` is the rate asked in percent of what the job pays."""

    job: Ints
    worker: Ints
    created: Ints
    status: Ints
    contract: Ints
    ask: Ints
    qualified: Flags
    invited: Flags


@dataclass(frozen=True)
class Offers:
    """Offers ordered by moment; `job` and `contract` are -1 where there is none."""

    job: Ints
    contract: Ints
    worker: Ints
    created: Ints
    sent: Ints
    answered: Ints
    state: Ints
    kind: Ints


def _pool_draw(rng: np.random.Generator, workers: Workers, platform: Ints, category: Ints) -> Ints:
    """A worker of each platform and category, -1 where there is none."""
    found = np.full(len(platform), -1, dtype=np.int64)
    for (p, k), pool in workers.pool.items():
        here = (platform == p) & (category == k)
        if len(pool):
            found[here] = pool[np.floor(rng.random(int(here.sum())) * len(pool)).astype(np.int64)]
    return found


def proposals(
    story: Story, market: Market, requests: Requests, jobs: Jobs, hires: Hires, contracts: Contracts, workers: Workers
) -> Proposals:
    """Proposals of those who were hired, and of the others."""
    rng = story.rng("proposals")
    platform, category = requests.platform[jobs.request], requests.category[jobs.request]
    live = jobs.published != NONE
    hired = np.flatnonzero(contracts.job >= 0)
    hire_job = contracts.job[hired]
    first_hire = np.full(len(jobs), story.stop + 40 * DAY)
    expected = hires.job >= 0
    np.minimum.at(first_hire, hires.job[expected], hires.at[expected])
    closing = np.where(jobs.closed == NONE, story.stop + 40 * DAY, jobs.closed)
    window = np.clip(np.minimum(first_hire, closing) - jobs.published, 600, 25 * DAY)
    wait = 3.2 * 3600 * rng.lognormal(0, 0.85, len(jobs)) * np.where(platform >= BEELINE, 9.0, 1.0)
    first = jobs.published + np.maximum(120, np.minimum(wait, 0.28 * window)).astype(np.int64)

    bids = np.array([c.bids for c in market.categories])[category] * np.where(platform == TOPTAL, 0.4, 1.0)
    bids = np.where(platform >= BEELINE, 3.5, bids) * 1.04 ** ((jobs.created / DAY - story.begin) / 365.25)
    others = rng.poisson(bids * rng.gamma(3.0, 1 / 3.0, len(jobs)))
    none_yet = (jobs.status == EXPIRED) & (rng.random(len(jobs)) < 0.3)
    job, place = spread(np.where(live & ~none_yet, others, 0))
    moment = np.where(
        place == 0, first[job], first[job] + (rng.random(len(job)) ** 1.6 * 0.7 * window[job]).astype(np.int64)
    )
    worker = _pool_draw(rng, workers, platform[job], category[job])

    opened = contracts.opened[hired]
    since = np.maximum(opened, first[hire_job])
    share = rng.uniform(0.02, 0.55, len(hired))
    hire_moment = since + (share * np.maximum(contracts.created[hired] - since, 0) * 0.9).astype(np.int64)
    alone = np.bincount(job, minlength=len(jobs))[hire_job] == 0
    hire_moment = np.where(
        alone & (opened == jobs.published[hire_job]), np.minimum(hire_moment, first[hire_job]), hire_moment
    )

    status = _statuses(rng, jobs.status[job], len(job))
    every = Proposals(
        job=np.concatenate([hire_job, job]),
        worker=np.concatenate([workers.of_contract[hired], worker]),
        created=np.concatenate([hire_moment, moment]),
        status=np.concatenate([np.full(len(hired), HIRED), status]),
        contract=np.concatenate([hired, np.full(len(job), -1)]),
        ask=np.concatenate([rng.integers(97, 108, len(hired)), rng.integers(78, 140, len(job))]),
        qualified=np.concatenate([np.ones(len(hired), bool), (status == SHORTLISTED) | (rng.random(len(job)) < 0.28)]),
        invited=np.concatenate([workers.returning[hired], rng.random(len(job)) < 0.18]),
    )
    return _ordered(every, story)


def _statuses(rng: np.random.Generator, job_status: Ints, size: int) -> Ints:
    chance = rng.random(size)
    done = np.select([chance < 0.22, chance < 0.66, chance < 0.7], [SHORTLISTED, DECLINED, WITHDRAWN], SUBMITTED)
    waiting = np.select([chance < 0.2, chance < 0.23], [SHORTLISTED, WITHDRAWN], SUBMITTED)
    return np.where(job_status >= 2, done, waiting).astype(np.int64)


def _ordered(every: Proposals, story: Story) -> Proposals:
    """In order of time, within the story, one proposal of a worker for a job (the hired one, where there are two)."""
    wide = 10**7
    _, kept = np.unique(every.job * wide + every.worker, return_index=True)
    again = every.status == HIRED
    keep = again.copy()
    keep[kept] = True
    keep &= (every.created < story.stop) & (every.worker >= 0)
    order = np.flatnonzero(keep)
    order = order[np.argsort(every.created[order], kind="stable")]
    return Proposals(**{name: column[order] for name, column in vars(every).items()})


def offers(story: Story, requests: Requests, hires: Hires, contracts: Contracts, workers: Workers) -> Offers:
    """Offers on freelance platforms: accepted ones, some that came to nothing, and those still waiting for an answer."""
    rng = story.rng("offers")
    made = np.flatnonzero(requests.platform[contracts.request] <= TOPTAL)
    blocks = (
        _accepted(contracts, workers, made),
        _in_vain(rng, requests, contracts, workers, made),
        _pending(rng, story, requests, hires, workers),
    )
    columns = {name: np.concatenate([getattr(b, name) for b in blocks]) for name in Offers.__dataclass_fields__}
    order = np.argsort(columns["sent"], kind="stable")
    order = order[columns["worker"][order] >= 0]
    return Offers(**{name: column[order] for name, column in columns.items()})


def _accepted(contracts: Contracts, workers: Workers, made: Ints) -> Offers:
    job = contracts.job[made]
    kind = np.where(workers.returning[made], REHIRE, np.where(job < 0, DIRECT, NEW))
    drafted, sent = _between(contracts.opened[made], contracts.created[made], 0.8, 0.86)
    state, answered = _same(made, ACCEPTED), contracts.created[made]
    return Offers(job, made, workers.of_contract[made], drafted, sent, answered, state, kind)


def _in_vain(
    rng: np.random.Generator, requests: Requests, contracts: Contracts, workers: Workers, made: Ints
) -> Offers:
    """One job in six first makes an offer that is declined, withdrawn, or runs out."""
    tried = made[(rng.random(len(made)) < 0.17) & (contracts.job[made] >= 0)]
    request = contracts.request[tried]
    state = np.searchsorted([0.62, 0.78], rng.random(len(tried))) + OFFER_DECLINED
    worker = _pool_draw(rng, workers, requests.platform[request], requests.category[request])
    drafted, sent = _between(contracts.opened[tried], contracts.created[tried], 0.6, 0.64)
    answered, _ = _between(contracts.opened[tried], contracts.created[tried], 0.75, 0.75)
    none, kind = _same(tried, -1), _same(tried, NEW)
    return Offers(contracts.job[tried], none, worker, drafted, sent, answered, state, kind)


def _pending(rng: np.random.Generator, story: Story, requests: Requests, hires: Hires, workers: Workers) -> Offers:
    """Hires that will be made after the story, and whose offers were sent within it."""
    _, sent = _between(hires.opened, hires.at, 0.8, 0.86)
    freelance = requests.platform[hires.request] <= TOPTAL
    waiting = np.flatnonzero((hires.at >= story.stop) & freelance & (sent < story.stop))
    drafted, sent = _between(hires.opened[waiting], hires.at[waiting], 0.8, 0.86)
    request, job = hires.request[waiting], hires.job[waiting]
    worker = _pool_draw(rng, workers, requests.platform[request], requests.category[request])
    none, answered, state = _same(waiting, -1), _same(waiting, NONE), _same(waiting, SENT)
    return Offers(job, none, worker, drafted, sent, answered, state, np.where(job < 0, DIRECT, NEW))


def _between(opened: Ints, made: Ints, drafted: float, sent: float) -> tuple[Ints, Ints]:
    """Moments at two shares of the time from opening to hire."""
    wait = made - opened
    return opened + (drafted * wait).astype(np.int64), opened + (sent * wait).astype(np.int64)


def _same(like: Ints, value: int) -> Ints:
    return np.full(len(like), value, dtype=np.int64)
