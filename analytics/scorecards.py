"""What adoption everywhere would ask of today's supply: the question behind the scorecard of supply."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from analytics.model import Answer, Period, Query
from analytics.notes import Note

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
    )


def sentences(found: Projection) -> tuple[str, ...]:
    """The projection in words, then what it takes for granted."""
    if found.jobs_then is None or found.qualified_now is None or found.qualified_then is None:
        return (Note("projection_none"),)
    supply = "projection_holds" if found.holds else "projection_fails"
    return (
        Note(
            "projection_jobs",
            adopting=found.adopting_teams,
            teams=found.teams,
            then=round(found.jobs_then),
            now=found.jobs_now,
        ),
        Note(supply, then=float(found.qualified_then), now=float(found.qualified_now)),
        Note("projection_assumed", enough=f"{ENOUGH:g}"),
    )
