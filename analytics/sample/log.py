"""The generator's own record of what happened: one file for each kind of event, one row for each event.

Columns are written as fast as the import files are, and the csv module of plain Python reads them; a line of JSON
for each of a million events would take longer to write than the whole sample. Every event carries the team, owner and
manager that the generator knows to have been in charge at that moment; none of it is derived from the import files.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from analytics.sample import workfiles
from analytics.sample.base import DAY, NONE, Ints
from analytics.sample.book import CLASSES
from analytics.sample.fx import DIGITS
from analytics.sample.out import Coded, Scaled, as_date, as_time, ids, write_rows
from analytics.sample.proposals import OFFER_STATES, PROPOSAL_STATUSES
from analytics.sample.requests import BEELINE
from analytics.sample.workfiles import Books
from analytics.sample.world import World
from analytics.tables.columns import CHARGE_TYPES

Events = dict[str, Any]
SOURCES = ("freelance", "staffing")


def write(folder: Path, world: World, books: Books) -> dict[str, int]:
    """Write every kind of event into `folder`; how many there are of each."""
    folder.mkdir(parents=True, exist_ok=True)
    counts = {}
    for name, events in {
        "job_published": _jobs_published(world),
        "hired": _hired(world),
        "contract_started": _started(world),
        "contract_ended": _ended(world),
        "charged": _charged(world, books),
        "transferred": _transferred(world),
        "headcount": _headcount(world, books),
        "proposed": _proposed(world),
        "offered": _offered(world),
        "milestone": _milestones(world),
        "worked": _worked(world),
        "rated": _rated(world),
    }.items():
        cells = [column.text() if isinstance(column, Coded | Scaled) else column for column in events.values()]
        write_rows(folder / f"{name}.csv", list(events), cells)
        counts[name] = len(cells[0])
    return counts


def _market_place(world: World, platform: Ints, country: Ints) -> Events:
    return {
        "platform": Coded(platform, world.market.platforms),
        "source": Coded((platform >= BEELINE).astype(np.int64), SOURCES),
        "country": Coded(country, world.market.countries),
    }


def _category(world: World, request: Ints) -> Any:
    codes = tuple(c.id for c in world.market.categories)
    return Coded(np.where(request >= 0, world.requests.category[request], -1), codes)


def _worker(world: World, worker: Ints) -> Any:
    """The person behind a worker's profile: one id for somebody on two platforms."""
    twin = world.workers.twin[worker]
    key = np.where((twin >= 0) & (worker >= 0), np.minimum(worker, twin), -1)
    return pc.coalesce(ids("h-", key, 5), ids("W", worker))


def _job_place(world: World, job: Ints) -> Events:
    """Team, poster and the poster's manager of each job on its day; empty where there is no job."""
    known = job >= 0
    poster, day = world.job_poster[job], world.job_day[job]
    manager = world.spans.manager_of(np.where(known, poster, -1), day)
    return {
        "team": ids("T", np.where(known, world.job_team[job], -1), 4),
        "poster": ids("P", np.where(known, poster, -1)),
        "manager": ids("P", manager),
    }


def _jobs_published(world: World) -> Events:
    job = np.flatnonzero(world.jobs.published != NONE)
    request = world.jobs.request[job]
    return {
        "at": as_time(world.jobs.published[job]),
        "job": ids("J", job),
        **_job_place(world, job),
        "category": _category(world, request),
        **_market_place(world, world.requests.platform[request], world.job_country[job]),
        "created_at": as_time(world.jobs.created[job]),
        "approved_at": as_time(world.jobs.approved[job]),
        "positions": pa.array(world.requests.positions[request]).cast(pa.string()),
    }


def _hired(world: World) -> Events:
    found = world.contracts
    has_job = found.job >= 0
    job_country = np.where(has_job, world.job_country[found.job], world.contract_country)
    return {
        "at": as_time(found.created),
        "contract": ids("C", np.arange(len(found))),
        "job": ids("J", found.job),
        "worker": _worker(world, world.workers.of_contract),
        **_job_place(world, found.job),
        "category": _category(world, found.request),
        **_market_place(world, world.requests.platform[found.request], job_country),
        "job_created_at": as_time(np.where(has_job, world.jobs.created[found.job], NONE)),
        "published_at": as_time(np.where(has_job, world.jobs.published[found.job], NONE)),
        "opened_at": as_time(np.where(has_job, found.opened, NONE)),
        "started_on": as_date(found.start),
        "cancelled": pa.array(found.cancelled).cast(pa.string()),
    }


def _contract_place(world: World, contract: Ints) -> Events:
    owner = world.contract_owner[contract]
    return {
        "contract": ids("C", contract),
        "worker": _worker(world, world.workers.of_contract[contract]),
        "team": ids("T", world.contract_team[contract], 4),
        "owner": ids("P", owner),
        "manager": ids("P", world.spans.manager_of(owner, world.contracts.start[contract])),
        "category": _category(world, world.contracts.request[contract]),
        **_market_place(
            world, world.requests.platform[world.contracts.request[contract]], world.contract_country[contract]
        ),
        "supplier": ids("S", world.suppliers[contract], 3),
    }


def _started(world: World) -> Events:
    """Cancelled contracts never started."""
    contract = np.flatnonzero(~world.contracts.cancelled)
    return {"on": as_date(world.contracts.start[contract]), **_contract_place(world, contract)}


def _ended(world: World) -> Events:
    found = world.contracts
    contract = np.flatnonzero((found.end != NONE) & ~found.cancelled)
    days = found.end[contract] - found.start[contract] + 1
    return {
        "on": as_date(found.end[contract]),
        **_contract_place(world, contract),
        "days": pa.array(days).cast(pa.string()),
        "planned_end": as_date(found.planned[contract]),
    }


def _charged(world: World, books: Books) -> Events:
    book = world.charges
    has = book.contract >= 0
    request = np.where(has, world.contracts.request[book.contract], -1)
    # The country is where the paying team sits: the contract's own, until another team takes the contract over.
    paying = np.where(books.team >= 0, world.teams.country[books.team], -1)
    stayed = has & ((books.team < 0) | (books.team == world.contract_team[book.contract]))
    country = np.where(stayed, world.contract_country[book.contract], paying)
    rate = world.rates.daily[book.currency, book.posted // DAY - world.rates.begin]
    return {
        "at": as_time(book.posted),
        "charge": ids("X", np.arange(len(book)), 7),
        "contract": ids("C", book.contract),
        "team": ids("T", books.team, 4),
        "owner": ids("P", books.owner),
        "manager": ids("P", books.manager),
        "category": _category(world, request),
        **_market_place(world, book.platform, country),
        "type": Coded(book.type, CHARGE_TYPES),
        "class": Coded(book.kind, CLASSES),
        "status": Coded(book.preliminary, ("final", "preliminary")),
        "amount": Scaled(book.amount, world.market.decimals[book.currency]),
        "currency": Coded(book.currency, world.market.currencies),
        "rate": Scaled(rate, DIGITS),
        "usd_cents": pa.array(books.dollars).cast(pa.string()),
    }


def _transferred(world: World) -> Events:
    """Contracts that came to another owner or another team while they ran."""
    contract, begin, _, team, owner = world.ownership.spans()
    later = np.flatnonzero(contract[1:] == contract[:-1]) + 1
    return {
        "on": as_date(begin[later]),
        "contract": ids("C", contract[later]),
        "from_team": ids("T", team[later - 1], 4),
        "from_owner": ids("P", owner[later - 1]),
        "to_team": ids("T", team[later], 4),
        "to_owner": ids("P", owner[later]),
    }


def _headcount(world: World, books: Books) -> Events:
    """Employees by month end, team and country, over all managers and kinds of employment."""
    found = books.headcount
    key = (found.as_of * 10**4 + found.team) * 100 + found.country
    keys, group = np.unique(key, return_inverse=True)
    count, fte = np.zeros(len(keys), dtype=np.int64), np.zeros(len(keys), dtype=np.int64)
    np.add.at(count, group, found.headcount)
    np.add.at(fte, group, found.fte)
    return {
        "on": as_date(keys // 10**6),
        "team": ids("T", keys // 100 % 10**4, 4),
        "country": Coded(keys % 100, world.market.countries),
        "headcount": pa.array(count).cast(pa.string()),
        "fte": Scaled(fte, 1),
    }


def _proposed(world: World) -> Events:
    found = world.proposals
    return {
        "at": as_time(found.created),
        "job": ids("J", found.job),
        "worker": _worker(world, found.worker),
        "status": Coded(found.status, PROPOSAL_STATUSES),
        "qualified": pa.array(found.qualified).cast(pa.string()),
    }


def _offered(world: World) -> Events:
    found = world.offers
    return {
        "sent_at": as_time(found.sent),
        "offer": ids("O", np.arange(len(found.job))),
        "job": ids("J", found.job),
        "contract": ids("C", found.contract),
        "answered_at": as_time(found.answered),
        "state": Coded(found.state, OFFER_STATES),
    }


def _milestones(world: World) -> Events:
    found = world.milestones
    currency = world.requests.currency[world.contracts.request[found.contract]]
    return {
        "contract": ids("C", found.contract),
        "due_on": as_date(found.due),
        "submitted_at": as_time(found.submitted),
        "approved_at": as_time(found.approved),
        "amount": Scaled(found.amount, world.market.decimals[currency]),
        "currency": Coded(currency, world.market.currencies),
    }


def _worked(world: World) -> Events:
    found = world.entries
    return {
        "on": as_date(found.day),
        "contract": ids("C", found.contract),
        "team": ids("T", world.ownership.team(found.contract, found.day), 4),
        "hours": Scaled(found.quarters * 25, 2),
        "overtime": Scaled(found.overtime * 25, 2),
    }


def _rated(world: World) -> Events:
    contract, moment, scale, direction, score = workfiles.ratings(world)
    return {
        "at": as_time(moment),
        "contract": ids("C", contract),
        "direction": Coded(direction, ("client_to_worker", "worker_to_client")),
        "score": Scaled(score, 1),
        "of": pa.array(scale).cast(pa.string()),
    }
