"""What stands around the program: headcount at month ends, invoices, purchase orders, budgets of teams."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analytics.sample.base import DAY, Ints, day_number, half_up, months_of, to_date
from analytics.sample.book import IS_FEE, IS_WORK
from analytics.sample.requests import BEELINE, TOPTAL
from analytics.sample.world import World

FISCAL_START = 7


@dataclass(frozen=True)
class Headcount:
    """Employees at each month end by team, country, manager and kind of employment; `fte` in tenths."""

    as_of: Ints
    team: Ints
    country: Ints
    manager: Ints
    kind: Ints
    headcount: Ints
    fte: Ints


@dataclass(frozen=True)
class Invoices:
    """Invoices; `of_charge` is the invoice of every ledger line, -1 for lines on none."""

    platform: Ints
    supplier: Ints
    currency: Ints
    month: Ints
    issued: Ints
    total: Ints
    tax: Ints
    of_charge: Ints


@dataclass(frozen=True)
class Orders:
    """Purchase orders by team, supplier and fiscal year; `of_contract` is each contract's order, -1 for none."""

    team: Ints
    supplier: Ints
    year: Ints
    amount: Ints
    currency: Ints
    of_contract: Ints


@dataclass(frozen=True)
class Budgets:
    """What each team may spend on freelancers in a fiscal year, in whole US dollars."""

    team: Ints
    year: Ints
    amount: Ints


def fiscal_year(days: Ints) -> Ints:
    """The fiscal year of each day: it begins in July and is named by the year it ends in."""
    months = months_of(days) + (13 - FISCAL_START)
    return np.asarray(months // 12 + 1970, dtype=np.int64)


def fiscal_begin(year: int) -> int:
    """Day number of the first day of a fiscal year."""
    return day_number(to_date(0).replace(year=year - 1, month=FISCAL_START))


def headcount(world: World) -> Headcount:
    """Count the employment spans that cover each month end."""
    spans, people = world.spans, world.people
    columns: list[list[Ints]] = []
    persons = np.int64(len(people.names) + 1)
    key = (spans.team * 64 + people.country[spans.person]) * 4 + people.kind[spans.person]
    key = key * persons + spans.manager + 1
    for as_of in world.story.month_ends():
        day = day_number(as_of)
        here = np.flatnonzero((spans.begin <= day) & (spans.end > day))
        keys, group = np.unique(key[here], return_inverse=True)
        count = np.bincount(group)
        fte = np.bincount(group, people.fte[spans.person[here]]).astype(np.int64)
        rest = keys // persons
        columns.append([np.full(len(keys), day), rest // 256, rest // 4 % 64, keys % persons - 1, rest % 4, count, fte])
    return Headcount(*(np.concatenate(parts) for parts in zip(*columns, strict=True)))


def invoices(world: World) -> Invoices:
    """One invoice for each platform, supplier, currency and month; the running month is not invoiced yet."""
    book = world.charges
    day = book.posted // DAY
    month = months_of(day)
    this_month = np.datetime64(world.story.until, "M").astype(np.int64)
    external = book.platform >= BEELINE
    supplier = np.where(book.contract >= 0, world.suppliers[book.contract], book.supplier)
    supplier = np.where(external, supplier, -1)
    billed = (book.preliminary == 0) & (book.kind <= IS_FEE) & (month < this_month) & (~external | (supplier >= 0))
    key = ((book.platform * 100 + supplier + 1) * 100 + book.currency) * 10**5 + month
    keys, group = np.unique(key[billed], return_inverse=True)
    total = np.zeros(len(keys), dtype=np.int64)
    np.add.at(total, group, book.amount[billed])
    of_charge = np.full(len(book), -1)
    of_charge[billed] = group
    platform, rest = keys // 10**9, keys % 10**9
    found_month = rest % 10**5
    issued = (found_month + 1).astype("datetime64[M]").astype("datetime64[D]").astype(np.int64) + 2
    issued = np.minimum(issued, world.story.end)
    tax = np.where((platform >= BEELINE) & (rest // 10**5 % 100 != 0), np.maximum(half_up(total * 20, 100), 0), 0)
    return Invoices(platform, rest // 10**7 - 1, rest // 10**5 % 100, found_month, issued, total, tax, of_charge)


def orders(world: World) -> Orders:
    """A purchase order for each team, supplier and fiscal year of staffing; most leave room, some are nearly used up."""
    rng = world.story.rng("orders")
    contracts = world.contracts
    platform = world.requests.platform[contracts.request]
    team = world.ownership.team(np.arange(len(contracts)), contracts.start)
    year = fiscal_year(contracts.start)
    currency = world.requests.currency[contracts.request]
    chosen = (platform >= BEELINE) & (team >= 0) & (world.suppliers >= 0)
    key = ((year * 10**4 + team) * 100 + world.suppliers) * 100 + currency
    keys, group = np.unique(key[chosen], return_inverse=True)
    of_contract = np.full(len(contracts), -1)
    of_contract[chosen] = group
    book = world.charges
    lines = (book.contract >= 0) & (book.kind == IS_WORK)
    lines &= of_contract[book.contract] >= 0
    spent = np.zeros(len(keys), dtype=np.int64)
    np.add.at(spent, of_contract[book.contract[lines]], book.amount[lines])
    unit = 10 ** world.market.decimals[keys % 100]
    amount = np.ceil(np.maximum(spent, unit * 5000) * rng.uniform(1.0, 1.5, len(keys)) / (1000 * unit)).astype(np.int64)
    return Orders(
        keys // 100 // 100 % 10**4, keys // 100 % 100, keys // 10**8, amount * 1000 * unit, keys % 100, of_contract
    )


def budgets(world: World, dollars: Ints, team: Ints) -> Budgets:
    """Budgets for every fiscal year the story touches, set near what the team spent: most hold, some are nearly used up.

    `dollars` and `team` are each ledger line's amount in US cents and team.
    """
    rng = world.story.rng("budgets")
    book = world.charges
    counted = book.is_spend & (book.platform <= TOPTAL) & (team >= 0)
    year = fiscal_year(book.posted // DAY)
    teams, years = len(world.teams), np.unique(year)
    spent = np.zeros((len(years), teams), dtype=np.int64)
    np.add.at(spent, (year[counted] - years[0], team[counted]), dollars[counted])
    hasty = rng.random(teams) < 0.06  # teams whose budget of the running year is nearly gone already
    for place, number in enumerate(years.tolist()):
        begin, following = fiscal_begin(number), fiscal_begin(number + 1)
        told = min(following, world.story.end + 1) - max(begin, world.story.begin)
        whole = spent[place] * (following - begin) // max(told, 30)
        spent[place] = np.where(hasty & (following > world.story.end), spent[place], whole)
    factor = rng.choice([0.93, 1.04, 1.15, 1.3, 1.5], p=[0.08, 0.14, 0.33, 0.3, 0.15], size=spent.shape)
    factor = np.where(hasty & (spent > 0), np.minimum(factor, 1.04), factor)
    amount = np.ceil(spent / 100 * factor / 500).astype(np.int64) * 500
    row, who = np.nonzero(spent > 100_000)
    return Budgets(who.astype(np.int64), years[row], amount[row, who])
