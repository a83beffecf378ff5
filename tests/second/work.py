"""Work under way and people: contracts, freelancers, endings, tenure, hours, quality, headcount."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from datetime import date, timedelta

from tests.second.numbers import mean, ratio
from tests.second.records import DAY, Asked, Contract, Headcount, Log, Milestone, Number

RESET = 180
IDLE = 30


def counts(contract: Contract) -> bool:
    """Whether a contract came about."""
    return contract.status != "cancelled"


def running(contract: Contract, start: date, end: date) -> bool:
    """Whether a contract ran on at least one day of [start, end)."""
    over = contract.last_day is not None and contract.last_day < start
    return counts(contract) and contract.started_on < end and not over


def started(log: Log, asked: Asked) -> list[Contract]:
    return [c for c in log.contracts if counts(c) and asked.holds(c.started_on)]


def ended(log: Log, asked: Asked) -> list[Contract]:
    return [c for c in log.contracts if c.status == "ended" and asked.holds(c.last_day)]


def contracts(log: Log, asked: Asked) -> Number:
    return len(started(log, asked))


def active_contracts(log: Log, asked: Asked) -> Number:
    return sum(running(c, asked.start, asked.known_end) for c in log.contracts)


def people_at(log: Log, day: date) -> int:
    """Different freelancers at work on a day."""
    return len({c.freelancer for c in log.contracts if running(c, day, day + DAY)})


def freelancers(log: Log, asked: Asked) -> Number:
    return len({c.freelancer for c in log.contracts if running(c, asked.start, asked.known_end)})


def _average(asked: Asked, at: Callable[[date], float]) -> float:
    days = asked.month_ends() or [asked.last]
    return sum(at(day) for day in days) / len(days)


def heads(log: Log, asked: Asked, *, average: bool) -> list[tuple[date, list[Headcount]]] | None:
    """The month-end counts that speak for a span: those in it, or its last one; None where one is missing."""
    known = sorted({h.as_of for h in log.company.headcount})
    over = [day for day in asked.month_ends() if day <= asked.as_of]
    needed = over if average else over[-1:]
    before = [day for day in known if day <= asked.last]
    if not before or not set(needed) <= set(known):
        return None
    within = [day for day in before if day >= asked.start] if average else []
    return [(day, [h for h in log.headcount if h.as_of == day]) for day in within or before[-1:]]


def full_time_average(log: Log, asked: Asked) -> Number:
    """Mean full-time equivalents over the month ends of the span."""
    found = heads(log, asked, average=True)
    return sum(h.fte for _, rows in found for h in rows) / len(found) if found else None


def headcount(log: Log, asked: Asked) -> Number:
    found = heads(log, asked, average=False)
    return sum(h.headcount for _, rows in found for h in rows) if found else None


def fte(log: Log, asked: Asked) -> Number:
    return full_time_average(log, asked)


def contingent_share(log: Log, asked: Asked) -> Number:
    employees, external = headcount(log, asked), people_at(log, asked.last)
    return ratio(external, external + employees) if employees else None


def contracts_ended(log: Log, asked: Asked) -> Number:
    return len(ended(log, asked))


def contracts_ending(log: Log, asked: Asked) -> Number:
    return sum(c.status == "active" and asked.holds(c.planned_end_on) for c in log.contracts)


def early_end_rate(log: Log, asked: Asked) -> Number:
    planned = [(c.last_day, c.planned_end_on) for c in ended(log, asked) if c.planned_end_on]
    return ratio(sum(last is not None and last < plan for last, plan in planned), len(planned))


def turnover(log: Log, asked: Asked) -> Number:
    left = set()
    for c in ended(log, asked):
        assert c.last_day
        others = [
            o for o in log.company.contracts if counts(o) and o.contract != c.contract and o.freelancer == c.freelancer
        ]
        stays = [
            o for o in others if o.started_on <= c.last_day + DAY and (o.last_day is None or o.last_day > c.last_day)
        ]
        left |= set() if stays else {c.freelancer}
    return ratio(len(left), _average(asked, lambda day: people_at(log, day)))


def avg_contract_duration(log: Log, asked: Asked) -> Number:
    return mean((c.last_day - c.started_on).days + 1 for c in ended(log, asked) if c.last_day)


def avg_contract_age(log: Log, asked: Asked) -> Number:
    return mean((asked.last - c.started_on).days + 1 for c in log.contracts if running(c, asked.last, asked.known_end))


def idle_contracts(log: Log, asked: Asked) -> Number:
    seen: dict[str, date] = {}
    for contract, day in [
        *((c.contract, c.posted_on) for c in log.company.charges if c.contract),
        *((t.contract, t.worked_on) for t in log.company.time_entries),
    ]:
        seen[contract] = max(seen.get(contract, day), day)
    quiet = asked.today - timedelta(days=IDLE)
    return sum(
        running(c, asked.last, asked.known_end)
        and c.status == "active"
        and c.started_on < quiet
        and seen.get(c.contract, c.started_on) < quiet
        for c in log.contracts
    )


def had_worked(log: Log, contract: Contract) -> bool:
    """Whether the freelancer had started to work for the company on an earlier day."""
    earlier = [c for c in log.company.contracts if counts(c) and c.freelancer == contract.freelancer]
    return any(c.started_on < contract.started_on for c in earlier)


def rehires(log: Log, asked: Asked) -> Number:
    return sum(had_worked(log, c) for c in started(log, asked))


def repeat_hire_rate(log: Log, asked: Asked) -> Number:
    return ratio(rehires(log, asked), len(started(log, asked)))


def _longer_than(log: Log, asked: Asked, limit: int) -> Number:
    """Freelancers at work on the last day with more days on assignment than the limit since their last long break."""
    wanted, found = {c.contract for c in log.contracts}, 0
    of: dict[str, list[Contract]] = defaultdict(list)
    for c in log.company.contracts:
        if counts(c):
            of[c.freelancer].append(c)
    for mine in of.values():
        days = _spells(mine)
        now = [spell for spell in days if spell[0] <= asked.last and (spell[1] is None or spell[1] >= asked.last)]
        if now and now[0][2].contract in wanted:
            found += _service(days, now[0], asked.last) > limit
    return found


Spell = tuple[date, date | None, Contract]


def _spells(mine: list[Contract]) -> list[Spell]:
    """Spans of work without a day between: first day, last day, and the contract begun last in it."""
    out: list[Spell] = []
    for c in sorted(mine, key=lambda c: (c.started_on, c.contract)):
        if out and (out[-1][1] is None or c.started_on <= out[-1][1] + DAY):
            last = (
                None
                if None in {out[-1][1], c.last_day}
                else max(out[-1][1] or c.started_on, c.last_day or c.started_on)
            )
            out[-1] = (out[-1][0], last, c)
        else:
            out.append((c.started_on, c.last_day, c))
    return out


def _service(spells: list[Spell], now: Spell, day: date) -> int:
    total = (day - now[0]).days + 1
    begin = now[0]
    for spell in reversed(spells[: spells.index(now)]):
        assert spell[1]
        if (begin - spell[1]).days - 1 >= RESET:
            break
        total += (spell[1] - spell[0]).days + 1
        begin = spell[0]
    return total


def tenure_flags(log: Log, asked: Asked) -> Number:
    return _longer_than(log, asked, 365)


def tenure_breaches(log: Log, asked: Asked) -> Number:
    return _longer_than(log, asked, 547)


def amendments(log: Log, asked: Asked) -> Number:
    return sum(asked.holds(a.changed_on) for a in log.amendments)


def _hours(log: Log, asked: Asked) -> list[tuple[float, float]]:
    return [(t.hours, t.overtime) for t in log.time_entries if t.status != "rejected" and asked.holds(t.worked_on)]


def hours(log: Log, asked: Asked) -> Number:
    return sum(h for h, _ in _hours(log, asked))


def overtime_share(log: Log, asked: Asked) -> Number:
    found = _hours(log, asked)
    return ratio(sum(o for _, o in found), sum(h for h, _ in found))


def rating(log: Log, asked: Asked) -> Number:
    return mean(f.score for f in log.feedback if f.by_client and asked.holds(f.given_on))


def on_time_rate(log: Log, asked: Asked) -> Number:
    due = [m for m in log.milestones if asked.holds(m.due_on) and m.due_on]
    told = [m for m in due if m.submitted_on or (m.due_on and m.due_on < asked.as_of)]
    return ratio(
        sum(m.submitted_on is not None and m.due_on is not None and m.submitted_on <= m.due_on for m in told), len(told)
    )


def milestones_submitted(log: Log, asked: Asked) -> Number:
    return sum(asked.holds(m.submitted_on) for m in log.milestones)


def _accepted(log: Log, asked: Asked) -> list[Milestone]:
    return [m for m in log.milestones if asked.holds(m.approved_on)]


def milestones_accepted(log: Log, asked: Asked) -> Number:
    return len(_accepted(log, asked))


def cost_per_accepted_milestone(log: Log, asked: Asked) -> Number:
    found = _accepted(log, asked)
    return ratio(sum(m.amount or 0 for m in found), len(found))


def country_count(log: Log, asked: Asked) -> Number:
    return len({c.by["country"] for c in started(log, asked)} - {None})
