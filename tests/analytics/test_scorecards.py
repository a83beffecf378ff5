"""Scorecards hold real metrics, and the question of scale is worked out as its assumptions say."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from analytics.catalogue import METRICS, SCORECARDS
from analytics.model import Answer, Period, Query
from analytics.scorecards import Projection, projection, sentences
from tests.world import EVERYTHING, World

YEAR = Period(date(2025, 11, 1), date(2026, 11, 1))
MONTHS = ["2025-11-30", "2025-12-31", *(f"2026-{m:02d}-28" for m in (2,)), "2026-01-31", "2026-03-31", "2026-04-30",
          "2026-05-31", "2026-06-30", "2026-07-31", "2026-08-31", "2026-09-30", "2026-10-31"]  # fmt: skip


def test_every_metric_of_a_scorecard_exists() -> None:
    assert [m for card in SCORECARDS.values() for m in card.metrics if m not in METRICS] == []


def test_the_question_of_scale_is_what_its_assumptions_say(tmp_path: Path) -> None:
    """Design: 10 people, 2 jobs, 8 qualified proposals. Legal: 30 people, no job.

    Everywhere as in Design: 2 / 10 * 40 = 8 jobs. 8 proposals over 8 jobs are 1 a job, today 4: supply would not hold.
    """
    heads = [
        {"team_id": team, "as_of": day, "country": "Germany", "headcount": n, "fte": n}
        for team, n in (("T1", "10"), ("T2", "30"))
        for day in MONTHS
    ]
    world = World(
        tmp_path,
        {
            "teams": [{"team_id": "T2", "name": "Legal"}],
            "jobs": [{"job_id": f"J{i}", "published_at": "2026-05-04T00:00:00Z"} for i in (1, 2)],
            "proposals": [
                {
                    "proposal_id": f"B{i}",
                    "job_id": f"J{1 + i % 2}",
                    "created_at": "2026-05-05T00:00:00Z",
                    "qualified": "true",
                }
                for i in range(8)
            ],
            "headcount": heads,
            "contracts": [{"contract_id": "C1", "start_date": "2026-10-31"}],
            "charges": [{"charge_id": "X1", "contract_id": "C1", "posted_at": "2026-11-19T00:00:00Z", "amount": "1"}],
        },
    )

    def ask(query: Query) -> Answer:
        return world.engine.ask(query, EVERYTHING, today=world.today)

    found = projection(ask, YEAR)
    assert (found.adopting_teams, found.teams, found.jobs_now) == (1, 2, 2)
    assert (found.jobs_then, found.qualified_now, found.qualified_then, found.holds) == (8.0, 4.0, 1.0, False)
    said = " ".join(sentences(found))
    assert "8 jobs a year instead of 2" in said
    assert "would not hold" in said
    world.close()


def test_a_missing_headcount_gives_no_projection_and_says_so() -> None:
    nothing = Projection(0, 0, 0, 0.0, 0.0, None, None, None, None)
    assert "cannot be said" in sentences(nothing)[0]
