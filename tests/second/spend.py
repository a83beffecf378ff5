"""Money: spend and what it is divided by, fees, budgets, commitments, rates, savings, concentration."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date

from tests.second.numbers import half_away, mean, quantile, ratio
from tests.second.records import Asked, Charge, Contract, Log, Number
from tests.second.work import full_time_average, running

COMPARABLE = 10


def spent(log: Log, asked: Asked) -> list[Charge]:
    """Final lines for work and fees posted in the span."""
    return [c for c in log.charges if c.final and c.kind in {"work", "fee"} and asked.holds(c.posted_on)]


def added(lines: Iterable[Charge]) -> int:
    """The amounts that have an exchange rate."""
    return sum(c.amount for c in lines if c.amount is not None)


def spend(log: Log, asked: Asked) -> Number:
    return added(spent(log, asked))


def avg_spend_per_contract(log: Log, asked: Asked) -> Number:
    lines = [c for c in spent(log, asked) if c.contract and c.amount is not None]
    return ratio(added(lines), len({c.contract for c in lines}))


def spend_per_fte(log: Log, asked: Asked) -> Number:
    return ratio(added(spent(log, asked)), full_time_average(log, asked))


def spend_per_freelancer(log: Log, asked: Asked) -> Number:
    lines = [c for c in spent(log, asked) if c.by["freelancer"] and c.amount is not None]
    return ratio(added(lines), len({c.by["freelancer"] for c in lines}))


def fee_share(log: Log, asked: Asked) -> Number:
    lines = spent(log, asked)
    work = added(c for c in lines if c.kind == "work")
    return added(c for c in lines if c.kind == "fee") / work if work > 0 else None


def staffing_medians(log: Log) -> dict[tuple[str, str], float]:
    """What an hour of staffing usually costs, by category and country, where enough contracts say so."""
    rates: dict[tuple[str, str], list[int]] = defaultdict(list)
    for c in log.company.contracts:
        cell = (c.by["job_category"], c.by["country"])
        if c.by["source"] == "staffing" and c.status != "cancelled" and c.hourly_rate is not None and None not in cell:
            rates[cell].append(c.hourly_rate)
    return {cell: quantile(found, 0.5) or 0.0 for cell, found in rates.items() if len(found) >= COMPARABLE}


def savings_vs_staffing(log: Log, asked: Asked) -> Number:
    usual, total = staffing_medians(log), 0
    for t in log.time_entries:
        cell = (t.by["job_category"], t.by["country"])
        counts = asked.holds(t.worked_on) and t.status != "rejected" and t.by["source"] == "freelance"
        if counts and cell in usual and t.hourly_rate is not None:
            total += half_away(t.hours * (usual[cell] - t.hourly_rate))
    return total


def budget(log: Log, asked: Asked) -> Number:
    """Each budget is spent evenly over its days, to the whole minor unit at every day's end."""
    return sum(
        _used(b.amount, b.first, b.until, asked.end) - _used(b.amount, b.first, b.until, asked.start)
        for b in log.budgets
    )


def _used(amount: int, first: date, until: date, day: date) -> int:
    length = (until - first).days
    return half_away(amount * min(max((day - first).days, 0), length) / length)


def lifetime(log: Log, kinds: frozenset[str] = frozenset({"work", "fee"})) -> dict[str, int]:
    """What every contract cost over its whole life."""
    total: dict[str, int] = defaultdict(int)
    for c in log.company.charges:
        if c.contract and c.final and c.kind in kinds:
            total[c.contract] += c.amount or 0
    return total


def budget_variance(log: Log, asked: Asked) -> Number:
    cost = lifetime(log)
    ended = [c for c in log.contracts if c.status == "ended" and c.budget and c.budget > 0 and asked.holds(c.last_day)]
    planned = sum(c.budget or 0 for c in ended)
    return ratio(sum(cost[c.contract] for c in ended) - planned, planned)


def promise(contract: Contract, log: Log, today: date) -> int:
    """What a contract may still cost."""
    paid = lifetime(log, frozenset({"work"}))[contract.contract]
    if contract.status != "active":
        return 0
    if contract.by["contract_type"] == "hourly":
        if None in {contract.planned_end_on, contract.weekly_limit, contract.hourly_rate}:
            return 0
        assert contract.planned_end_on
        days = max((contract.planned_end_on - today).days, 0)
        return half_away(days / 7 * (contract.weekly_limit or 0) * (contract.hourly_rate or 0))
    agreed = contract.budget or 0
    if contract.by["contract_type"] == "fixed":
        mine = [m for m in log.company.milestones if m.contract == contract.contract and m.state != "cancelled"]
        parts = [m.amount for m in mine if m.amount is not None]
        agreed = sum(parts) if parts else contract.budget if contract.budget is not None else contract.agreed or 0
    return max(agreed - paid, 0)


def committed(log: Log, asked: Asked) -> Number:
    alive = [c for c in log.contracts if running(c, asked.last, asked.known_end)]
    return sum(promise(c, log, asked.today) for c in alive)


def available(log: Log, asked: Asked) -> Number:
    return (budget(log, asked) or 0) - added(spent(log, asked)) - (committed(log, asked) or 0)


def hourly_rates(log: Log, asked: Asked) -> list[int]:
    """All-in hourly rates of the contracts started in the span."""
    return [
        c.hourly_rate
        for c in log.contracts
        if c.status != "cancelled" and c.hourly_rate is not None and asked.holds(c.started_on)
    ]


def avg_hourly_rate(log: Log, asked: Asked) -> Number:
    return mean(hourly_rates(log, asked))


def median_hourly_rate(log: Log, asked: Asked) -> Number:
    return quantile(hourly_rates(log, asked), 0.5)


def p25_hourly_rate(log: Log, asked: Asked) -> Number:
    return quantile(hourly_rates(log, asked), 0.25)


def p75_hourly_rate(log: Log, asked: Asked) -> Number:
    return quantile(hourly_rates(log, asked), 0.75)


def min_hourly_rate(log: Log, asked: Asked) -> Number:
    return min(hourly_rates(log, asked), default=None)


def max_hourly_rate(log: Log, asked: Asked) -> Number:
    return max(hourly_rates(log, asked), default=None)


def rate_over_ask(log: Log, asked: Asked) -> Number:
    both = [
        (h.agreed_rate, h.asked_rate)
        for h in log.hires
        if asked.holds(h.hired_on) and h.agreed_rate is not None and h.asked_rate
    ]
    share = ratio(sum(a for a, _ in both), sum(a for _, a in both))
    return share - 1 if share is not None else None


def _payees(log: Log, asked: Asked) -> list[int]:
    """What every payee got, refunds taken off; those who gave back more than they got are left out."""
    got: dict[str | None, int] = defaultdict(int)
    for c in spent(log, asked):
        got[c.by["supplier"] or c.by["freelancer"]] += c.amount or 0
    return sorted((v for v in got.values() if v > 0), reverse=True)


def concentration(log: Log, asked: Asked) -> Number:
    got = _payees(log, asked)
    return ratio(sum(v * v for v in got), sum(got) ** 2)


def top_10_share(log: Log, asked: Asked) -> Number:
    got = _payees(log, asked)
    return ratio(sum(got[:10]), sum(got))
