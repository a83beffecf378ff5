"""What adoption everywhere would ask of today's supply: the question behind the scorecard of supply."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from analytics.model import Answer, Period, Query

Ask = Callable[[Query], Answer]

ENOUGH = 3.0
"""Qualified proposals per job that make a choice; fewer is thin supply."""


@dataclass(frozen=True, slots=True)
class Projection:
    """What a year would look like if every team used freelancers as the adopting teams do.

    `jobs` a year; `fte` full-time equivalents; `qualified` proposals per job; None where an input is missing.
    """

    adopting_teams: int
    teams: int
    jobs_now: int
    fte_adopting: float
    fte_all: float
    jobs_then: float | None
    qualified_now: float | None
    qualified_then: float | None
    holds: bool | None
    assumptions: tuple[str, ...]


def projection(ask: Ask, year: Period) -> Projection:
    """Jobs a year if every team used freelancers as the adopting teams do, and whether today's supply would hold."""
    jobs = {row.keys[0]: int(row.values[0] or 0) for row in ask(Query(("jobs_posted",), ("team",), time=year)).rows}
    fte = {row.keys[0]: float(row.values[0] or 0) for row in ask(Query(("fte",), ("team",), time=year)).rows}
    supply = ask(Query(("supply_per_job",), time=year)).total
    adopting = {team for team, n in jobs.items() if team is not None and n > 0 and fte.get(team)}
    posted = sum(jobs[team] for team in adopting)
    fte_adopting = sum(fte[team] for team in adopting)
    fte_all = sum(n for team, n in fte.items() if team is not None)
    then = posted / fte_adopting * fte_all if fte_adopting else None
    now = float(supply.values[0]) if supply and supply.values[0] is not None else None
    thinned = now * sum(jobs.values()) / then if now is not None and then else None
    return Projection(
        adopting_teams=len(adopting),
        teams=sum(1 for team, n in fte.items() if team is not None and n > 0),
        jobs_now=sum(jobs.values()),
        fte_adopting=fte_adopting,
        fte_all=fte_all,
        jobs_then=then,
        qualified_now=now,
        qualified_then=thinned,
        holds=None if thinned is None else thinned >= ENOUGH,
        assumptions=assumptions(),
    )


def assumptions() -> tuple[str, ...]:
    """What the projection takes for granted, to be printed beside it."""
    return (
        "an adopting team posted at least one job in the period",
        "other teams would post as many per full-time employee",
        "as many qualified proposals come in as today",
        f"{ENOUGH:g} a job are enough",
        "categories, skills and countries are not weighed",
    )


def sentences(found: Projection) -> tuple[str, ...]:
    """The projection in words, then what it takes for granted."""
    if found.jobs_then is None or found.qualified_now is None or found.qualified_then is None:
        return ("What it would be if every team used freelancers cannot be said: headcount or proposals are missing.",)
    would = "would hold" if found.holds else "would not hold"
    then = f"about {found.jobs_then:,.0f} jobs a year instead of {found.jobs_now:,}"
    teams = f"the {found.adopting_teams:,} adopting of {found.teams:,} teams"
    supply = f"{found.qualified_then:.1f} qualified proposals a job instead of {found.qualified_now:.1f}"
    return (
        f"If every team used freelancers as {teams} do, that would be {then}.",
        f"Today's supply would then give {supply}: it {would}.",
        f"Assumed: {'; '.join(found.assumptions)}.",
    )
