"""The sample's files about people, teams and demand, column by column as the import format declares them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from analytics.sample.base import FAR, NONE, Ints
from analytics.sample.jobs import CANCELLED, FILLED, REASONS, STATUSES
from analytics.sample.out import Coded, Scaled, ids
from analytics.sample.people import WORKER_TYPES
from analytics.sample.proposals import HIRE_KINDS, OFFER_STATES, PROPOSAL_STATUSES
from analytics.sample.requests import FIXED, HOURLY
from analytics.sample.workers import KINDS
from analytics.sample.world import World
from analytics.tables.columns import CONTRACT_TYPES

Columns = dict[str, Any]


def open_ended(days: Ints) -> Ints:
    """Days, with those that never come as empty cells."""
    return np.where(days >= FAR, NONE, days)


def cost_centers(team: Ints) -> Any:
    """Cost centre of each team, such as CC-1042."""
    return ids("CC-", np.where(team < 0, -1, team + 1000), 4)


def people(world: World) -> Columns:
    """Everyone who worked in the company during the story."""
    found = world.people
    upns = pa.array(found.upns)
    return {
        "person_id": ids("P", np.arange(len(found.names))),
        "entra_object_id": pa.array(found.entra),
        "upn": upns,
        "email": upns,
        "name": pa.array(found.names),
        "active": found.active,
    }


def employment(world: World) -> Columns:
    """Where everyone worked, and for whom, from when to when."""
    spans, people_ = world.spans, world.people
    return {
        "person_id": ids("P", spans.person),
        "valid_from": spans.begin,
        "valid_to": open_ended(spans.end),
        "team_id": ids("T", spans.team, 4),
        "manager_id": ids("P", spans.manager),
        "cost_center": cost_centers(spans.team),
        "country": Coded(people_.country[spans.person], world.market.countries),
        "fte": Scaled(people_.fte[spans.person], 1),
        "worker_type": Coded(people_.kind[spans.person], WORKER_TYPES),
    }


def teams(world: World) -> Columns:
    """The team tree; the merged team has no head any more."""
    found = world.teams
    place = np.arange(len(found))
    day = np.full(len(found), world.story.end)
    merged = place == found.merged
    return {
        "team_id": ids("T", place, 4),
        "name": pa.array(found.names),
        "parent_team_id": ids("T", found.parent, 4),
        "head_person_id": ids("P", np.where(merged, -1, world.seats.holder(world.seats.head, day))),
        "country": Coded(found.country, world.market.countries),
        "valid_from": np.full(len(found), world.story.begin - 92),
        "valid_to": np.where(merged, found.merge_day, NONE),
        "successor_team_id": ids("T", np.where(merged, found.successor, -1), 4),
    }


def platforms(world: World) -> Columns:
    """The two freelance platforms and the two staffing systems."""
    market = world.market
    return {
        "platform": pa.array(market.platforms),
        "source": pa.array(market.platform_source),
        "timezone": pa.array(["UTC"] * len(market.platforms)),
    }


def categories(world: World) -> Columns:
    """Job categories, each followed by its subcategories."""
    rows: list[tuple[str, str, str | None, str]] = []
    for category in world.market.categories:
        rows.append((category.id, category.name, None, category.family))
        for number, (name, _) in enumerate(category.subcategories, 1):
            rows.append((f"{category.id}-{number}", name, category.id, category.family))
    names = ("category_id", "name", "parent_category_id", "job_family")
    return {
        name: pa.array(list(column), pa.string()) for name, column in zip(names, zip(*rows, strict=True), strict=True)
    }


def subcategory_ids(world: World, request: Ints) -> Any:
    """Ids such as K05-2; every twentieth request only names the category."""
    wanted = world.requests
    category = pa.array([c.id for c in world.market.categories]).take(pa.array(wanted.category[request]))
    number = pa.array(wanted.subcategory[request] + 1).cast(pa.string())
    return pc.if_else(pa.array(request % 20 == 0), category, pc.binary_join_element_wise(category, number, "-"))


def titles(world: World, request: Ints) -> Any:
    """The title of each request."""
    words: list[str] = []
    begin = {}
    for c, category in enumerate(world.market.categories):
        for s, (_, found) in enumerate(category.subcategories):
            begin[c, s] = len(words)
            words += found
    table = np.zeros((len(world.market.categories), 8), dtype=np.int64)
    for place, first in begin.items():
        table[place] = first
    wanted = world.requests
    at = table[wanted.category[request], wanted.subcategory[request]] + wanted.title[request]
    return pa.array(words).take(pa.array(at))


def urls(world: World, platform: Ints, kind: str, row: Ints) -> Any:
    """Link to each record in its platform."""
    base = pa.array([f"{url}/{kind}/" for url in world.market.platform_url]).take(pa.array(platform))
    return pc.binary_join_element_wise(base, ids("", row, 7), "")


def suppliers(world: World) -> Columns:
    """Staffing firms, then agencies."""
    names = world.market.staffing_firms + world.market.agencies
    return {"supplier_id": ids("S", np.arange(len(names)), 3), "name": pa.array(names)}


def workers(world: World) -> Columns:
    """Freelancers and external workers; one person on two platforms has one key."""
    found = world.workers
    place = np.arange(len(found))
    pair = np.where(found.twin >= 0, np.minimum(place, found.twin), -1)
    return {
        "worker_id": ids("W", place),
        "platform": Coded(found.platform, world.market.platforms),
        "kind": Coded(found.kind, KINDS),
        "name": pa.array(found.names),
        "country": Coded(found.country, world.market.worker_countries),
        "supplier_id": ids("S", found.supplier, 3),
        "person_key": ids("h-", pair, 5),
    }


def _skills(world: World, rng: np.random.Generator, category: Ints, most: int) -> tuple[Ints, Ints]:
    """Rows and skills: two to `most` skills of each row's category, some of them asked for more than others."""
    counts = np.array([len(c.skills) for c in world.market.categories])
    begins = np.cumsum(counts) - counts
    draws = np.floor(rng.random((len(category), most)) ** 1.5 * counts[category][:, None]).astype(np.int64)
    kept = np.arange(most) < rng.integers(2, most + 1, len(category))[:, None]
    row = np.repeat(np.arange(len(category)), most)[kept.reshape(-1)]
    skill = (begins[category][:, None] + draws).reshape(-1)[kept.reshape(-1)]
    pairs = np.unique(row * 1000 + skill)
    return pairs // 1000, pairs % 1000


def worker_skills(world: World) -> Columns:
    """What each worker can do."""
    row, skill = _skills(world, world.story.rng("worker skills"), world.workers.category, 5)
    return {"worker_id": ids("W", row), "skill": Coded(skill, world.market.skills)}


def job_skills(world: World) -> Columns:
    """What each job asks for."""
    category = world.requests.category[world.jobs.request]
    row, skill = _skills(world, world.story.rng("job skills"), category, 4)
    return {"job_id": ids("J", row), "skill": Coded(skill, world.market.skills)}


def jobs(world: World) -> Columns:
    """Every job; budgets are left empty now and then."""
    found, wanted, rng = world.jobs, world.requests, world.story.rng("job budgets")
    of = found.request
    low, high = _budgets(world, rng)
    currency = wanted.currency[of]
    digits = world.market.decimals[currency]
    return {
        "job_id": ids("J", np.arange(len(found))),
        "platform": Coded(wanted.platform[of], world.market.platforms),
        "title": titles(world, of),
        "category_id": subcategory_ids(world, of),
        "team_id": ids("T", world.job_team_given, 4),
        "poster_id": ids("P", world.job_poster),
        "country": Coded(world.job_country, world.market.countries),
        "contract_type": Coded(wanted.contract_type[of], CONTRACT_TYPES),
        "status": Coded(found.status, STATUSES),
        "created_at": found.created,
        "approved_at": found.approved,
        "published_at": found.published,
        "filled_at": found.filled,
        "closed_at": found.closed,
        "close_reason": Coded(found.reason, REASONS),
        "positions": wanted.positions[of],
        "budget_min": Scaled(low, digits),
        "budget_max": Scaled(high, digits),
        "currency": Coded(currency, world.market.currencies),
        "invites": found.invites,
        "keep_open": found.keep_open,
        "cost_center": cost_centers(world.job_team),
        "po_number": pa.nulls(len(found), pa.string()),
        "url": urls(world, wanted.platform[of], "jobs", np.arange(len(found))),
    }


def _budgets(world: World, rng: np.random.Generator) -> tuple[Ints, Ints]:
    """Lowest and highest budget of each job: an hourly rate, or the price of the whole work."""
    wanted, of = world.requests, world.jobs.request
    category = wanted.category[of]
    usd = np.array([c.rate for c in world.market.categories])[category] * world.market.country_cost[world.job_country]
    work = np.array([c.hours * c.length / 7 * 0.8 for c in world.market.categories])[category]
    usd = usd * np.where(wanted.contract_type[of] == FIXED, work, 1.0) * rng.lognormal(0.15, 0.2, len(of))
    currency = wanted.currency[of]
    high = np.ceil(usd / world.market.usd[currency]).astype(np.int64) * 10 ** world.market.decimals[currency]
    low = high * rng.integers(50, 85, len(of)) // 100
    low = low - low % (10 ** world.market.decimals[currency])
    silent = rng.random(len(of)) < np.where(wanted.contract_type[of] == HOURLY, 0.25, 0.05)
    return np.where(silent, NONE, low), np.where(silent, NONE, high)


def job_events(world: World) -> Columns:
    """Posted, filled, reopened, filled again, cancelled."""
    found = world.jobs
    kinds = (
        found.published,
        found.reopened,
        np.where(found.status == FILLED, found.filled, NONE),
        np.where(found.status == CANCELLED, found.closed, NONE),
        found.refilled_from,
    )
    names = ("posted", "reopened", "filled", "cancelled")
    moment = np.concatenate(kinds)
    event = np.repeat([0, 1, 2, 3, 2], len(found))
    job = np.tile(np.arange(len(found)), len(kinds))
    kept = np.flatnonzero(moment != NONE)
    kept = kept[np.lexsort((moment[kept], job[kept]))]
    return {"job_id": ids("J", job[kept]), "event": Coded(event[kept], names), "at": moment[kept]}


def proposals(world: World) -> Columns:
    """Every proposal, with the rate asked where the platform tells it."""
    found, request = world.proposals, world.jobs.request[world.proposals.job]
    currency = world.requests.currency[request]
    return {
        "proposal_id": ids("B", np.arange(len(found.job)), 7),
        "job_id": ids("J", found.job),
        "worker_id": ids("W", found.worker),
        "created_at": found.created,
        "status": Coded(found.status, PROPOSAL_STATUSES),
        "rate": Scaled(asked(world), world.market.decimals[currency]),
        "currency": Coded(currency, world.market.currencies),
        "qualified": found.qualified,
        "channel": Coded(found.invited.astype(np.int64), ("applied", "invited")),
    }


def asked(world: World) -> Ints:
    """Rate asked in minor units: around the contract's for those hired, around the market's for the others."""
    found, wanted = world.proposals, world.requests
    request = world.jobs.request[found.job]
    category, currency = wanted.category[request], wanted.currency[request]
    usd = (
        np.array([c.rate for c in world.market.categories])[category]
        * world.market.country_cost[world.job_country[found.job]]
    )
    work = np.array([c.hours * c.length / 7 * 0.8 for c in world.market.categories])[category]
    usd = usd * np.where(wanted.contract_type[request] == FIXED, work, 1.0)
    market_rate = np.ceil(usd / world.market.usd[currency] * 10 ** world.market.decimals[currency]).astype(np.int64)
    hired = found.contract >= 0
    base = np.where(hired, world.contracts.rate[found.contract], market_rate)
    return np.maximum(base * found.ask // 100, 1)


def offers(world: World) -> Columns:
    """Offers on the freelance platforms; staffing systems send none."""
    found = world.offers
    return {
        "offer_id": ids("O", np.arange(len(found.job))),
        "job_id": ids("J", found.job),
        "contract_id": ids("C", found.contract),
        "worker_id": ids("W", found.worker),
        "created_at": found.created,
        "sent_at": found.sent,
        "responded_at": found.answered,
        "state": Coded(found.state, OFFER_STATES),
        "hire_kind": Coded(found.kind, HIRE_KINDS),
    }
