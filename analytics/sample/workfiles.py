"""The sample's files about work and the company, column by column as the import format declares them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from analytics.sample import company
from analytics.sample.activity import MILESTONE_STATES, PLANNED
from analytics.sample.base import DAY, NONE, Ints
from analytics.sample.contracts import END_REASONS
from analytics.sample.files import Columns, cost_centers, open_ended, subcategory_ids, titles, urls
from analytics.sample.fx import DIGITS
from analytics.sample.out import Coded, Scaled, ids
from analytics.sample.people import WORKER_TYPES
from analytics.sample.requests import BEELINE, DAILY, FIELDGLASS, FIXED, HOURLY, TOPTAL
from analytics.sample.world import World
from analytics.tables.columns import CHARGE_TYPES, CONTRACT_TYPES, KINDS

RATE_UNITS = ("hour", "total", "day", "month")  # in the order of the contract types


@dataclass(frozen=True)
class Books:
    """What is worked out once from the world and written to several files."""

    headcount: company.Headcount
    invoices: company.Invoices
    orders: company.Orders
    budgets: company.Budgets
    dollars: Ints
    """Every ledger line in US cents."""
    team: Ints
    owner: Ints
    manager: Ints
    """Team, owner and the owner's manager of every ledger line on the day it was posted."""


def _order_numbers(order: Ints) -> object:
    return ids("PO-", np.where(order < 0, -1, order + 20000), 5)


def contracts(world: World, books: Books) -> Columns:
    """Every contract as it stands on the last day."""
    found, wanted = world.contracts, world.requests
    of = found.request
    platform, currency = wanted.platform[of], wanted.currency[of]
    digits = world.market.decimals[currency]
    kind = wanted.contract_type[of]
    raised = found.raise_day <= world.story.end
    rate = np.where(raised, found.raised, found.rate)
    bill = np.where(raised, found.bill_raised, found.bill)
    hourly = kind == HOURLY
    return {
        "contract_id": ids("C", np.arange(len(found))),
        "platform": Coded(platform, world.market.platforms),
        "kind": Coded(np.select([platform <= TOPTAL, kind == DAILY], [0, 1], 2).astype(np.int64), KINDS),
        "title": titles(world, of),
        "job_id": ids("J", found.job),
        "worker_id": ids("W", world.workers.of_contract),
        "supplier_id": ids("S", world.suppliers, 3),
        "team_id": ids("T", np.where((platform == TOPTAL) & (world.contract_owner >= 0), -1, world.contract_team), 4),
        "owner_id": ids("P", world.contract_owner),
        "category_id": subcategory_ids(world, of),
        "country": Coded(_country(world, platform), world.market.countries),
        "contract_type": Coded(kind, CONTRACT_TYPES),
        "status": Coded(np.select([found.cancelled, found.end == NONE], [2, 0], 1), ("active", "ended", "cancelled")),
        "created_at": found.created,
        "start_date": found.start,
        "end_date": found.end,
        "planned_end_date": found.planned,
        "end_reason": Coded(found.reason, END_REASONS),
        "rate": Scaled(rate, digits),
        "rate_unit": Coded(kind, RATE_UNITS),
        "bill_rate": Scaled(np.where(hourly, bill, NONE), digits),
        "weekly_limit": Scaled(np.where(hourly, found.weekly_limit, NONE), 0),
        "budget_amount": Scaled(_agreed(world, rate, bill), digits),
        "currency": Coded(currency, world.market.currencies),
        "cost_center": cost_centers(world.contract_team),
        "po_number": _order_numbers(books.orders.of_contract),
        "url": urls(world, platform, "contracts", np.arange(len(found))),
    }


def _country(world: World, platform: Ints) -> Ints:
    """Fieldglass leaves the country to the team's, where the team is known."""
    return np.where((platform == FIELDGLASS) & (world.contract_team >= 0), -1, world.contract_country)


def _agreed(world: World, rate: Ints, bill: Ints) -> Ints:
    """Budget agreed: the fixed price, or usual hours up to the planned end; now and then nothing was agreed."""
    found = world.contracts
    kind = world.requests.contract_type[found.request]
    days = np.where(found.planned == NONE, NONE, found.planned - found.start + 1)
    hours = (found.weekly_hours * 1.1).astype(np.int64)
    by_time = np.where(days == NONE, NONE, np.where(kind == HOURLY, bill * hours * np.maximum(days, 0) // 7, NONE))
    silent = np.arange(len(found)) % 7 == 3
    return np.where(kind == FIXED, rate, np.where(silent, NONE, by_time))


def owner_history(world: World) -> Columns:
    """Spans of ownership; Fieldglass only tells of contracts that changed hands."""
    contract, begin, until, team, owner = world.ownership.spans()
    several = np.bincount(contract, minlength=len(world.contracts)) > 1
    platform = world.requests.platform[world.contracts.request[contract]]
    kept = ((platform != FIELDGLASS) | several[contract]) & ((team >= 0) | (owner >= 0))
    return {
        "contract_id": ids("C", contract[kept]),
        "valid_from": begin[kept],
        "valid_to": open_ended(until[kept]),
        "team_id": ids("T", team[kept], 4),
        "owner_id": ids("P", owner[kept]),
    }


def rate_history(world: World) -> Columns:
    """Hourly rates of the workers, and the day they were raised."""
    found = world.contracts
    hourly = np.flatnonzero(world.requests.contract_type[found.request] == HOURLY)
    raised = hourly[found.raise_day[hourly] <= world.story.end]
    contract = np.concatenate([hourly, raised])
    first = np.arange(len(contract)) < len(hourly)
    begin = np.where(first, found.created[contract] // DAY, found.raise_day[contract])
    until = np.where(first & (found.raise_day[contract] <= world.story.end), found.raise_day[contract], NONE)
    rate = np.where(first, found.rate[contract], found.raised[contract])
    order = np.lexsort((begin, contract))
    currency = world.requests.currency[found.request[contract]][order]
    return {
        "contract_id": ids("C", contract[order]),
        "valid_from": begin[order],
        "valid_to": until[order],
        "rate": Scaled(rate[order], world.market.decimals[currency]),
        "rate_unit": Coded(np.zeros(len(order), dtype=np.int64), RATE_UNITS),
        "currency": Coded(currency, world.market.currencies),
    }


def milestones(world: World) -> Columns:
    """Milestones of fixed prices; the next one is funded in advance."""
    found = world.milestones
    currency = world.requests.currency[world.contracts.request[found.contract]]
    digits = world.market.decimals[currency]
    idle = (found.state == PLANNED) | (found.state == len(MILESTONE_STATES) - 1)
    return {
        "milestone_id": ids("M", np.arange(len(found.contract))),
        "contract_id": ids("C", found.contract),
        "sequence": found.sequence + 1,
        "amount": Scaled(found.amount, digits),
        "funded_amount": Scaled(np.where(idle, 0, found.amount), digits),
        "currency": Coded(currency, world.market.currencies),
        "due_date": found.due,
        "submitted_at": found.submitted,
        "approved_at": found.approved,
        "state": Coded(found.state, MILESTONE_STATES),
    }


def charges(world: World, books: Books) -> Columns:
    """The ledger; team and worker follow from the contract, where there is one."""
    book = world.charges
    order = np.where(book.contract >= 0, books.orders.of_contract[book.contract], -1)
    return {
        "charge_id": ids("X", np.arange(len(book)), 7),
        "platform": Coded(book.platform, world.market.platforms),
        "contract_id": ids("C", book.contract),
        "worker_id": ids("W", np.full(len(book), -1)),
        "supplier_id": ids("S", book.supplier, 3),
        "team_id": ids("T", book.team, 4),
        "charge_type": Coded(book.type, CHARGE_TYPES),
        "status": Coded(book.preliminary, ("final", "preliminary")),
        "posted_at": book.posted,
        "work_from": book.work_from,
        "work_to": book.work_to,
        "amount": Scaled(book.amount, world.market.decimals[book.currency]),
        "currency": Coded(book.currency, world.market.currencies),
        "related_charge_id": ids("X", book.related, 7),
        "invoice_id": ids("INV-", books.invoices.of_charge, 6),
        "cost_center": cost_centers(books.team),
        "po_number": _order_numbers(order),
    }


def invoices(world: World, books: Books) -> Columns:
    """Invoices; those older than two months are paid."""
    found = books.invoices
    month = np.datetime64(world.story.until, "M").astype(np.int64)
    digits = world.market.decimals[found.currency]
    last_day = (found.month + 1).astype("datetime64[M]").astype("datetime64[D]").astype(np.int64) - 1
    return {
        "invoice_id": ids("INV-", np.arange(len(found.month)), 6),
        "platform": Coded(found.platform, world.market.platforms),
        "supplier_id": ids("S", found.supplier, 3),
        "issued_on": found.issued,
        "period_end": last_day,
        "total": Scaled(found.total, digits),
        "tax": Scaled(found.tax, digits),
        "currency": Coded(found.currency, world.market.currencies),
        "status": Coded(np.where(month - found.month > 2, 1, 0), ("final", "paid")),
    }


def time_entries(world: World) -> Columns:
    """One row for each hourly contract and day worked."""
    found = world.entries
    return {
        "time_id": ids("H", np.arange(len(found.day)), 7),
        "contract_id": ids("C", found.contract),
        "work_date": found.day,
        "hours": Scaled(found.quarters * 25, 2),
        "overtime_hours": Scaled(found.overtime * 25, 2),
        "status": Coded((found.billed >= world.story.stop).astype(np.int64), ("approved", "submitted")),
    }


def feedback(world: World) -> Columns:
    """Ratings after the end: of five on freelance platforms, of ten in staffing; better ones where work was completed."""
    contract, moment, scale, direction, score = ratings(world)
    private = world.story.rng("private feedback").random(len(contract)) < 0.1
    return {
        "feedback_id": ids("R", np.arange(len(contract))),
        "contract_id": ids("C", contract),
        "given_at": moment,
        "direction": Coded(direction, ("client_to_worker", "worker_to_client")),
        "score": Scaled(score, 1),
        "scale_max": Scaled(scale, 0),
        "private": private,
    }


def ratings(world: World) -> tuple[Ints, Ints, Ints, Ints, Ints]:
    """Contract, moment, best possible rating, direction (0: of the worker) and score in tenths."""
    rng = world.story.rng("feedback")
    found = world.contracts
    ended = np.flatnonzero((found.end != NONE) & ~found.cancelled)
    external = world.requests.platform[found.request[ended]] >= BEELINE
    forward = ended[rng.random(len(ended)) < np.where(external, 0.3, 0.66)]
    backward = ended[rng.random(len(ended)) < np.where(external, 0.0, 0.4)]
    contract = np.concatenate([forward, backward])
    direction = np.repeat([0, 1], [len(forward), len(backward)])
    external = world.requests.platform[found.request[contract]] >= BEELINE
    poor = (found.reason[contract] >= 2) * 0.5 + external * 0.25
    five = np.clip(5.0 - rng.gamma(1.1, 0.24, len(contract)) - poor * rng.random(len(contract)) * 1.6, 1.0, 5.0)
    scale = np.where(external, 10, 5)
    score = np.round(five * 10 * scale / 5).astype(np.int64)
    moment = found.end[contract] * DAY + rng.integers(10 * 3600, 9 * DAY, len(contract))
    kept = np.flatnonzero(moment < world.story.stop)
    kept = kept[np.argsort(moment[kept], kind="stable")]
    return contract[kept], moment[kept], scale[kept], direction[kept], score[kept]


def headcount(world: World, books: Books) -> Columns:
    """Employees at each month end."""
    found = books.headcount
    return {
        "as_of": found.as_of,
        "team_id": ids("T", found.team, 4),
        "country": Coded(found.country, world.market.countries),
        "manager_id": ids("P", found.manager),
        "worker_type": Coded(found.kind, WORKER_TYPES),
        "headcount": found.headcount,
        "fte": Scaled(found.fte, 1),
    }


def budgets(world: World, books: Books) -> Columns:
    """Budgets by team and fiscal year."""
    found = books.budgets
    team = ids("G", found.team, 4)
    year = pa.array(found.year % 100).cast(pa.string())
    begin = np.array([company.fiscal_begin(int(y)) for y in found.year], dtype=np.int64)
    until = np.array([company.fiscal_begin(int(y) + 1) for y in found.year], dtype=np.int64)
    return {
        "budget_id": pc.binary_join_element_wise(team, year, "-FY"),
        "team_id": ids("T", found.team, 4),
        "category_id": pa.nulls(len(found.team), pa.string()),
        "period_from": begin,
        "period_to": until,
        "amount": Scaled(found.amount, 0),
        "currency": Coded(np.zeros(len(found.team), dtype=np.int64), world.market.currencies),
    }


def purchase_orders(world: World, books: Books) -> Columns:
    """Purchase orders of staffing, one fiscal year each."""
    found = books.orders
    return {
        "po_number": _order_numbers(np.arange(len(found.team))),
        "team_id": ids("T", found.team, 4),
        "supplier_id": ids("S", found.supplier, 3),
        "amount": Scaled(found.amount, world.market.decimals[found.currency]),
        "currency": Coded(found.currency, world.market.currencies),
        "valid_from": np.array([company.fiscal_begin(int(y)) for y in found.year], dtype=np.int64),
        "end_date": np.array([company.fiscal_begin(int(y) + 1) - 1 for y in found.year], dtype=np.int64),
    }


def fx_rates(world: World) -> Columns:
    """Published rates only; the days between are for the reader to fill."""
    rates = world.rates
    days = np.flatnonzero(rates.published)
    others = np.arange(1, len(world.market.currencies))
    currency, day = np.tile(others, len(days)), np.repeat(days, len(others))
    return {
        "rate_date": day + rates.begin,
        "from_currency": Coded(currency, world.market.currencies),
        "to_currency": Coded(np.zeros(len(currency), dtype=np.int64), world.market.currencies),
        "rate": Scaled(rates.daily[currency, day], DIGITS),
    }


def books(world: World) -> Books:
    """Work out what several files share."""
    book = world.charges
    day = book.posted // DAY
    has = book.contract >= 0
    team = np.where(has, world.ownership.team(book.contract, day), book.team)
    owner = np.where(has, world.ownership.owner(book.contract, day), -1)
    dollars = world.rates.dollars(book.amount, book.currency, book.posted)
    return Books(
        headcount=company.headcount(world),
        invoices=company.invoices(world),
        orders=company.orders(world),
        budgets=company.budgets(world, dollars, team),
        dollars=dollars,
        team=team,
        owner=owner,
        manager=world.spans.manager_of(owner, day),
    )
