"""The three promises of a freelance program as scorecards, and what adoption everywhere would ask of today's supply."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from analytics.model import Answer, Period, Query

Ask = Callable[[Query], Answer]

ENOUGH = 3.0
"""Qualified proposals per job that make a choice; fewer is thin supply."""


@dataclass(frozen=True, slots=True)
class Scorecard:
    """A promise and the metrics that can carry it, in the order they are read."""

    key: str
    label: str
    promise: str
    metrics: tuple[str, ...]

    def query(self, time: Period | None = None) -> Query:
        """Its metrics as one question, held against the period before."""
        return Query(self.metrics, time=time)


SCORECARDS: dict[str, Scorecard] = {
    card.key: card
    for card in (
        Scorecard(
            "demand", "Demand", "Demand grows.",
            ("jobs_posted", "hires", "unique_posters", "teams_active", "adoption", "positions_open"),
        ),
        Scorecard(
            "value", "Skilled, fast, economical", "Freelance is skilled, fast and economical.",
            ("rating", "on_time_rate", "repeat_hire_rate", "avg_time_to_hire", "time_to_start", "avg_hourly_rate", "savings_vs_staffing", "fee_share"),
        ),
        Scorecard(
            "supply", "Supply at scale", "Supply scales to the whole company.",
            ("proposals_per_job", "supply_per_job", "supply_coverage", "time_to_first_proposal", "fill_rate", "offer_acceptance", "country_count"),
        ),
    )
}  # fmt: skip


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
        assumptions=assumptions(year),
    )


def assumptions(year: Period) -> tuple[str, ...]:
    """What the projection takes for granted, to be printed beside it."""
    return (
        f"An adopting team posted at least one job between {year.start} and {year.end} (end not included).",
        "Every other team would post as many jobs per full-time employee as the adopting teams together.",
        "Supply stays as it is: the same number of qualified proposals would be spread over more jobs.",
        f"Supply holds while a job gets at least {ENOUGH:g} qualified proposals on average.",
        "Categories, skills and countries are not weighed against each other.",
    )
