"""Writes the ledger of the sample: work, extras, fees and their tax, refunds and corrections, lines without a contract."""

from __future__ import annotations

import numpy as np

from analytics.sample import activity, book
from analytics.sample.activity import Milestones, Stretches, Weeks
from analytics.sample.base import DAY, NONE, Ints, Story, half_up, months_of
from analytics.sample.book import IS_FEE, IS_TAX, IS_WORK, Book, Charges
from analytics.sample.requests import BEELINE, FIELDGLASS, TOPTAL, UPWORK, first_monday

FEE_PERCENT, TAX_PERCENT, SUPPLIER_FEE_PERCENT = 5, 20, 2
OPENING_FEE_CENTS, ACCOUNT_FEE_CENTS = 495, 249_900
TAXED = ("Germany", "France", "Spain", "Ireland")
PRELIMINARY_DAYS = 9


def build(ledger: Book, done: Milestones, weeks: Weeks, stretches: Stretches) -> Charges:
    """Every line of the ledger, in order of posting."""
    rng = ledger.story.rng("ledger")
    _work(ledger, done, weeks, stretches)
    _extras(rng, ledger)
    _fees(ledger)
    _corrections(rng, ledger)
    _supplier_fees(ledger)
    _account(ledger)
    _supplier_tax(ledger)
    return ledger.in_order()


def _preliminary(story: Story, external: Ints, posted: Ints) -> Ints:
    """Staffing lines of the last days are not final yet."""
    return np.asarray((external >= BEELINE) & (posted >= story.stop - PRELIMINARY_DAYS * DAY), dtype=np.int64)


def _work(ledger: Book, done: Milestones, weeks: Weeks, stretches: Stretches) -> None:
    """Weeks of hourly work, approved milestones, four-week stretches of daily and monthly rates."""
    story, contracts, platform = ledger.story, ledger.contracts, ledger.platform
    of = weeks.contract
    last = np.where(contracts.end == NONE, story.end, np.minimum(contracts.last, story.end))[of]
    ledger.add(
        weeks.billed, type=book.HOURLY, contract=of, work_from=weeks.first_day, work_to=np.minimum(weeks.monday + 6, last),
        amount=half_up(weeks.quarters * activity.rate_in_week(contracts, weeks, platform[of] >= BEELINE), 4),
        preliminary=_preliminary(story, platform[of], weeks.billed),
    )  # fmt: skip
    paid = done.approved != NONE
    of, approved = done.contract[paid], done.approved[paid]
    ledger.add(
        approved + 3600 + approved % 7200, type=book.FIXED, contract=of, amount=done.amount[paid],
        work_from=contracts.start[of], work_to=done.submitted[paid] // DAY,
    )  # fmt: skip
    of = stretches.contract
    ledger.add(
        stretches.billed, type=book.FIXED, contract=of, work_from=stretches.begin, work_to=stretches.end,
        amount=activity.stretch_amount(ledger.requests, contracts, stretches),
        preliminary=_preliminary(story, platform[of], stretches.billed),
    )  # fmt: skip


def _extras(rng: np.random.Generator, ledger: Book) -> None:
    """Bonuses at the end of good contracts, and travel expenses now and then."""
    contracts, lines = ledger.contracts, ledger.lines()
    ended = np.flatnonzero((contracts.end != NONE) & (contracts.end < ledger.story.end) & (contracts.reason <= 1))
    ended = ended[rng.random(len(ended)) < 0.05]
    earned = np.zeros(len(contracts), dtype=np.int64)
    np.add.at(earned, lines.contract, lines.amount)
    bonus = half_up(earned[ended] * rng.integers(3, 9, len(ended)), 100)
    ended, bonus = ended[bonus > 0], bonus[bonus > 0]
    posted = (contracts.end[ended] + 1) * DAY + rng.integers(8 * 3600, 17 * 3600, len(ended))
    ledger.add(posted, type=book.BONUS, contract=ended, amount=bonus)
    trips = np.flatnonzero((rng.random(len(lines)) < 0.012) & (lines.preliminary == 0))
    ledger.add(
        lines.posted[trips] + rng.integers(3600, 3 * DAY, len(trips)), type=book.EXPENSE, contract=lines.contract[trips],
        amount=np.maximum(half_up(lines.amount[trips] * rng.integers(4, 30, len(trips)), 100), 1),
        work_from=lines.work_from[trips], work_to=lines.work_to[trips],
    )  # fmt: skip


def _fees(ledger: Book) -> None:
    """Upwork takes a share of every payment, taxed in some countries, and a small fee with a contract's first one."""
    market, lines = ledger.market, ledger.lines()
    paid = np.flatnonzero((lines.platform == UPWORK) & (lines.amount >= 20))
    of, posted, currency = lines.contract[paid], lines.posted[paid], lines.currency[paid]
    fee = half_up(lines.amount[paid] * FEE_PERCENT, 100)
    numbers = ledger.add(posted, type=book.PLATFORM_FEE, contract=of, amount=fee, related=paid)
    taxed = np.isin(ledger.countries[of], [market.countries.index(c) for c in TAXED]) & (fee >= 5) & (numbers >= 0)
    ledger.add(
        posted[taxed], type=book.TAX, contract=of[taxed], related=numbers[taxed],
        amount=half_up(fee[taxed] * TAX_PERCENT, 100),
    )  # fmt: skip
    order = np.argsort(posted, kind="stable")
    first, where = np.unique(of[order], return_index=True)
    opening = order[where]
    cents = OPENING_FEE_CENTS * 10 ** market.decimals[currency[opening]] // 100
    price = np.maximum(1, np.round(cents / market.usd[currency[opening]])).astype(np.int64)
    ledger.add(posted[opening], type=book.PROCESSING_FEE, contract=first, amount=price)


def _corrections(rng: np.random.Generator, ledger: Book) -> None:
    """Refunds of work, of the fee on it and of the tax on that; chargebacks; small adjustments up or down."""
    lines = ledger.lines()
    work = (lines.kind == IS_WORK) & (lines.preliminary == 0) & (lines.type != book.EXPENSE)
    chance = rng.random(len(lines))
    wait = rng.integers(2 * DAY, 32 * DAY, len(lines))
    part = np.where(rng.random(len(lines)) < 0.4, 100, rng.integers(10, 80, len(lines)))

    def correct(chosen: Ints, percent: Ints, kind: int) -> None:
        amount = half_up(lines.amount[chosen] * percent, 100)
        chosen, amount = chosen[amount != 0], amount[amount != 0]
        ledger.add(
            lines.posted[chosen] + wait[chosen], type=kind, kind=lines.kind[chosen], related=chosen,
            contract=lines.contract[chosen], amount=amount,
        )  # fmt: skip

    refunded = np.flatnonzero(work & (chance < 0.008))
    correct(refunded, -part[refunded], book.REFUND)
    for kind in (IS_FEE, IS_TAX):
        child = np.flatnonzero((lines.kind == kind) & (lines.related >= 0) & np.isin(lines.related, refunded))
        parent = lines.related[child]
        wait[child], part[child] = wait[parent], part[parent]
        correct(child, -part[child], book.REFUND)
        refunded = child
    lost = np.flatnonzero(work & (chance > 0.9996) & (lines.platform <= TOPTAL))
    correct(lost, np.full(len(lost), -100), book.CHARGEBACK)
    adjusted = np.flatnonzero(work & (chance > 0.5) & (chance < 0.5025))
    percent = rng.integers(1, 6, len(adjusted)) * np.where(rng.random(len(adjusted)) < 0.4, 1, -1)
    correct(adjusted, percent, book.ADJUSTMENT)


def _monthly(lines: Charges, chosen: Ints, group: Ints) -> tuple[Ints, Ints, Ints]:
    """Sums of the chosen lines by group and month: one line of each, the first day of the next month, the sum."""
    month = months_of(lines.posted[chosen] // DAY)
    _, where, place = np.unique(group * 10**5 + month, return_index=True, return_inverse=True)
    total = np.zeros(len(where), dtype=np.int64)
    np.add.at(total, place, lines.amount[chosen])
    day = (month[where] + 1).astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)
    return chosen[where], day, total


def _supplier_fees(ledger: Book) -> None:
    """Fieldglass suppliers fund the system themselves: a share off each month's lines of a contract."""
    lines = ledger.lines()
    chosen = np.flatnonzero((lines.platform == FIELDGLASS) & (lines.preliminary == 0) & (lines.kind == IS_WORK))
    one, day, total = _monthly(lines, chosen, lines.contract[chosen])
    amount = -half_up(total * SUPPLIER_FEE_PERCENT, 100)
    kept = amount < 0
    posted = day[kept] * DAY + 4 * 3600
    ledger.add(posted, type=book.SUPPLIER_FEE, contract=lines.contract[one[kept]], amount=amount[kept])


def _account(ledger: Book) -> None:
    """Lines without a contract: the account is funded every week, and costs the program's own team a fee every month."""
    story, lines = ledger.story, ledger.lines()
    dollars = (lines.currency == 0) & (lines.platform == UPWORK)
    first = first_monday(story) + 7
    mondays = np.arange(first, story.end + 1, 7, dtype=np.int64)
    week = np.clip((lines.posted[dollars] // DAY - first) // 7, 0, len(mondays) - 1)
    spent = np.zeros(len(mondays), dtype=np.int64)
    np.add.at(spent, week, lines.amount[dollars])
    funded = np.maximum(-(-spent // 100_000) * 100_000, 500_000)
    ledger.add(mondays * DAY + 5 * 3600, type=book.FUNDING, platform=UPWORK, currency=0, amount=funded)
    months = np.unique(months_of(np.arange(first, story.end + 1, dtype=np.int64)))[1:]
    firsts = months.astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)
    ledger.add(
        firsts * DAY + 9 * 3600, type=book.PLATFORM_FEE, platform=UPWORK, currency=0, team=ledger.office,
        amount=ACCOUNT_FEE_CENTS,
    )  # fmt: skip


def _supplier_tax(ledger: Book) -> None:
    """Tax on a supplier's lines of one month, system and currency, except in US dollars."""
    lines = ledger.lines()
    chosen = np.flatnonzero(
        (lines.platform >= BEELINE) & (lines.preliminary == 0) & (lines.kind == IS_WORK) & (lines.currency != 0)
    )
    supplier = ledger.suppliers[lines.contract[chosen]]
    group = (supplier * 10 + lines.platform[chosen]) * 100 + lines.currency[chosen]
    one, day, total = _monthly(lines, chosen, group)
    tax = half_up(total * TAX_PERCENT, 100)
    one, day, tax = one[tax > 0], day[tax > 0], tax[tax > 0]
    ledger.add(
        day * DAY + 5 * 3600, type=book.TAX, platform=lines.platform[one], currency=lines.currency[one],
        supplier=ledger.suppliers[lines.contract[one]], amount=tax,
    )  # fmt: skip
