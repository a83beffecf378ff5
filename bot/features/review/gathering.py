"""Asks everything a month's review shows, all at once and in one scope; a figure that cannot be had is left out."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import date, timedelta
from typing import TYPE_CHECKING

from analytics.catalogue import SCORECARDS
from analytics.errors import InsightsError
from analytics.model import Answer, Compare, Period, Query, Value
from analytics.periods import add_months
from analytics.scorecards import projection, sentences
from cards.review.nouns import Found, Told

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analytics.engine import Engine
    from analytics.model import Scope

SIDES = Compare("dimension", dimension="source", values=(Value("freelance"), Value("staffing")))
BEFORE, YEAR = Compare("previous_period"), Compare("previous_year")


def questions(month: Period) -> Mapping[str, Query]:
    """Every question of the review, by the name under which its pages look for the answer."""
    past = year_to(month)
    asked = {
        "spend": Query(("spend",), time=month, compare=BEFORE),
        "spend_year": Query(("spend",), time=month, compare=YEAR),
        "hires": Query(("hires",), time=month, compare=BEFORE),
        "time_to_hire": Query(("avg_time_to_hire",), time=month, compare=BEFORE),
        "fill_rate": Query(("fill_rate",), time=month, compare=BEFORE),
        "jobs_trend": Query(("jobs_posted", "hires"), time=past, grain="month"),
        "hire_trend": Query(("avg_time_to_hire",), time=past, grain="month"),
        "supply_trend": Query(("supply_per_job",), time=past, grain="month"),
        "spend_trend": Query(("spend",), time=past, grain="month"),
        "jobs_by_category": _ranked("jobs_posted", "job_category", month),
        "jobs_by_team": _ranked("jobs_posted", "team", month),
        "spend_by_category": _ranked("spend", "job_category", month),
        "sides": Query(("spend", "contracts", "time_to_start", "avg_hourly_rate"), time=month, compare=SIDES),
        "sides_trend": Query(("spend",), time=past, grain="month", compare=SIDES),
    }
    for key, card in SCORECARDS.items():
        asked[key] = Query(card.metrics, time=month, compare=BEFORE)
        asked[f"{key}_goals"] = Query(card.metrics, time=month, compare=Compare("benchmark"))
    return asked


def last_month(today: date) -> Period:
    """The last month that is over."""
    first = today.replace(day=1)
    return Period((first - timedelta(days=1)).replace(day=1), first)


def year_to(month: Period) -> Period:
    """The twelve months that end with this one."""
    return Period(add_months(month.end, -12), month.end)


def _ranked(metric: str, dimension: str, month: Period) -> Query:
    return Query((metric,), (dimension,), time=month, order=((metric, "desc"),))


async def gather(
    engine: Engine, scope: Scope, month: Period, *, today: date, stories: Sequence[Told] = (), made_for: str = ""
) -> Found:
    """All answers. Raises DataError where there is no data at all."""
    wanted = questions(month)

    async def one(query: Query) -> Answer | None:
        try:
            return await engine.answer(query, scope, today=today)
        except InsightsError:
            return None

    found = await asyncio.gather(*(one(query) for query in wanted.values()))
    answers = {name: answer for name, answer in zip(wanted, found, strict=True) if answer is not None}
    if not answers:
        # Nothing could be asked: the first question says why.
        answers["spend"] = await engine.answer(wanted["spend"], scope, today=today)
    scale = await engine.run(lambda: _scale(engine, scope, month, today))
    with engine.store.lease() as lease:
        findings = tuple(lease.findings)
    return Found(month, answers, scale, tuple(stories), findings, made_for)


def _scale(engine: Engine, scope: Scope, month: Period, today: date) -> tuple[str, ...]:
    """Whether supply would hold everywhere, from the year up to the month; nothing where that cannot be asked."""
    try:
        return sentences(projection(lambda query: engine.ask(query, scope, today=today), year_to(month)))
    except InsightsError:
        return ()
