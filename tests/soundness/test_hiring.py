"""Waiting times: which clock runs, for whom it has not stopped yet, and what is open."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.soundness.rows import charge, contract, hire, job
from tests.world import World

Make = Callable[..., World]
JULY = ("2026-07-01", "2026-08-01")


def test_open_jobs_are_censored_by_posting_date_and_left_out_by_hire_date(world: Make) -> None:
    """Ten jobs posted on October 21 (day 0). Hired after 2, 4, 6 and 8 days: J1..J4; six open since; data up to November 20.

    Hired only: mean 5, median 5. Kaplan-Meier: 9/10, 8/10, 7/10, 6/10 still waiting: never half: not reached.
    With seven jobs (three open): 6/7, 5/7, 4/7, 3/7 <= 1/2: 8 days.
    """
    jobs = [job(f"J{n}", "2026-10-21", status="filled" if n <= 4 else "open") for n in range(1, 11)]
    hires = [hire(f"C{n}", f"J{n}", f"2026-10-{21 + 2 * n}") for n in range(1, 5)]
    october = ("2026-10-01", "2026-11-01")
    w = world({"jobs": jobs, "contracts": hires})
    assert w.total("avg_time_to_hire", *october) == 5.0
    assert w.total("median_time_to_hire", *october) == 5.0
    assert w.total("time_to_hire_km", *october) is None
    assert world({"jobs": jobs[:7], "contracts": hires}).total("time_to_hire_km", *october) == 8.0


def test_a_cancelled_job_counts_as_waiting_until_it_was_cancelled(world: Make) -> None:
    """J1 hired after 1 day, J2 cancelled after 2, J3 hired after 3, J4 open. 3/4 after day 1; on day 3 two are at risk:

    3/4 * 1/2 = 3/8 <= 1/2: 3 days. Were the cancelled job left out it would be 2/3, 1/3: also 3; counted as open for ever:
    3/4, then 3 at risk: 3/4 * 2/3 = 1/2: 3; counted as hired: 3/4, 1/2: 2 days, which is wrong.
    """
    jobs = [job("J1", "2026-07-01", status="filled"), job("J2", "2026-07-01", status="cancelled", closed_at="2026-07-03T00:00:00Z"),
            job("J3", "2026-07-01", status="filled"), job("J4", "2026-07-01")]  # fmt: skip
    w = world({"jobs": jobs, "contracts": [hire("C1", "J1", "2026-07-02"), hire("C3", "J3", "2026-07-04")]})
    assert w.total("time_to_hire_km", *JULY) == 3.0
    assert w.total("cancel_rate", *JULY) == 0.25


def test_a_hire_counts_in_the_month_of_the_hire_and_direct_contracts_have_no_wait(world: Make) -> None:
    """Posted June 20, hired July 10: 20 days, in July. A direct contract of July has no job: a hire, but no wait."""
    w = world(
        {
            "jobs": [job("J1", "2026-06-20", status="filled")],
            "contracts": [hire("C1", "J1", "2026-07-10"), contract("C2", "2026-07-11")],
        }
    )
    assert w.total("avg_time_to_hire", *JULY) == 20.0
    assert w.total("avg_time_to_hire", "2026-06-01", "2026-07-01") is None
    assert w.total("hires", *JULY) == 2
    assert w.answer({"metrics": ["avg_time_to_hire"], "time": {"from": JULY[0], "to": JULY[1]}}).records == 1


def test_the_hire_is_the_acceptance_of_the_offer_where_there_is_one(world: Make) -> None:
    """Posted July 1, offer accepted July 5, contract written July 9, first day July 12 (created June 28).

    Wait 4 days; to fill (from creation) 7; to start 14; onboarding 7.
    """
    w = world({
        "jobs": [job("J1", "2026-07-01", created_at="2026-06-28T00:00:00Z", status="filled")],
        "contracts": [hire("C1", "J1", "2026-07-09", start_date="2026-07-12")],
        "offers": [{"offer_id": "O1", "job_id": "J1", "contract_id": "C1", "sent_at": "2026-07-04T00:00:00Z", "responded_at": "2026-07-05T00:00:00Z"}],
    })  # fmt: skip
    said = {
        m: w.total(m, *JULY)
        for m in ("avg_time_to_hire", "time_to_fill", "time_to_start", "onboarding_time", "time_to_offer")
    }
    assert said == {
        "avg_time_to_hire": 4.0,
        "time_to_fill": 7.0,
        "time_to_start": 14.0,
        "onboarding_time": 7.0,
        "time_to_offer": 3.0,
    }


def test_somebody_who_starts_on_the_day_of_the_hire_was_onboarded_in_no_time(world: Make) -> None:
    """Hired July 10 at 15:00, first day July 10: 0 days, not minus 15 hours (which would be thrown away). With one of 4: mean 2."""
    rows = [
        hire("C1", "J1", "2026-07-10", created_at="2026-07-10T15:00:00Z"),
        hire("C2", "J1", "2026-07-10", start_date="2026-07-14"),
    ]
    w = world({"jobs": [job("J1", "2026-07-01", positions="2", status="filled")], "contracts": rows})
    assert w.total("onboarding_time", *JULY) == 2.0


def test_every_position_has_its_own_clock(world: Make) -> None:
    """Two positions, posted July 1, filled July 3 and July 11: 2 and 10 days, mean 6. One job hired, hire rate 1, fill rate 1."""
    rows = [hire("C1", "J1", "2026-07-03"), hire("C2", "J1", "2026-07-11")]
    w = world(
        {
            "jobs": [job("J1", "2026-07-01", positions="2", status="filled")],
            "contracts": rows,
            "charges": [charge("X1", "2026-11-01", 1)],
        }
    )
    said = {m: w.total(m, *JULY) for m in ("avg_time_to_hire", "hire_rate", "fill_rate", "jobs_posted", "hires")}
    assert said == {"avg_time_to_hire": 6.0, "hire_rate": 1.0, "fill_rate": 1.0, "jobs_posted": 1, "hires": 2}


def test_a_hire_before_the_posting_is_an_error_and_not_a_negative_wait(world: Make) -> None:
    """Hired two days before it was posted, and another after 4 days: 4, not 1."""
    rows = [hire("C1", "J1", "2026-07-08"), hire("C2", "J2", "2026-07-14")]
    w = world({"jobs": [job("J1", "2026-07-10"), job("J2", "2026-07-10")], "contracts": rows})
    assert w.total("avg_time_to_hire", *JULY) == 4.0


def test_a_reopened_job_waits_from_its_last_opening_and_was_posted_once(world: Make) -> None:
    """Posted July 1, hired July 3 (2 days); reopened July 20, hired July 25 (5 days): mean 3.5, not (2 + 24) / 2 = 13.

    A reopening after the hire changes nothing for it. One job posted.
    """
    w = world(
        {
            "jobs": [job("J1", "2026-07-01", positions="2", status="filled")],
            "job_events": [{"job_id": "J1", "event": "reopened", "at": "2026-07-20T00:00:00Z"}],
            "contracts": [hire("C1", "J1", "2026-07-03"), hire("C2", "J1", "2026-07-25")],
        }
    )
    assert w.total("avg_time_to_hire", *JULY) == 3.5
    assert w.total("jobs_posted", *JULY) == 1


def test_a_job_kept_open_after_a_hire_waits_for_its_unfilled_positions_only(world: Make) -> None:
    """J1 wants 3, has 1, is kept open: open, two positions. J2 wants 1, has 1, kept open: not open. J3 is plainly filled.

    On July 4 (before the hires of July 5) all three are open with 3 + 1 + 1 positions. A cancelled job is open no more.
    """
    jobs = [job("J1", "2026-07-01", positions="3", keep_open="true", status="filled", filled_at="2026-07-05T00:00:00Z"),
            job("J2", "2026-07-01", keep_open="true", status="filled", filled_at="2026-07-05T00:00:00Z"),
            job("J3", "2026-07-01", status="filled", closed_at="2026-07-05T00:00:00Z"),
            job("J4", "2026-07-01", status="cancelled", closed_at="2026-07-02T00:00:00Z")]  # fmt: skip
    w = world({"jobs": jobs, "contracts": [hire(f"C{n}", f"J{n}", "2026-07-05") for n in (1, 2, 3)]})
    assert w.total("open_ageing", "2026-07-04", "2026-07-05") == 3
    assert w.total("positions_open", "2026-07-04", "2026-07-05") == 5
    assert w.total("open_ageing", "2026-07-05", "2026-07-06") == 1
    assert w.total("positions_open", "2026-07-05", "2026-07-06") == 2


def test_ages_of_open_jobs_fall_into_bands_that_hold_their_upper_edge(world: Make) -> None:
    """On November 20: ages 0, 7 | 8, 14 | 15, 30 | 31 | 61 | 91 days. Bands 0-7, 8-14, 15-30, 31-60, 61-90, over 90."""
    days = ["11-20", "11-13", "11-12", "11-06", "11-05", "10-21", "10-20", "09-20", "08-21"]
    w = world({"jobs": [job(f"J{n}", f"2026-{d}") for n, d in enumerate(days)]})
    assert w.ask({"metrics": ["open_ageing"]}) == {
        "0–7": 2,
        "8–14": 2,
        "15–30": 2,
        "31–60": 1,
        "61–90": 1,
        "91+": 1,
        "total": 9,
    }
    over = {"metrics": ["open_ageing"], "filters": {"age_days": {"gt": 30}}, "group_by": ["team"]}
    assert w.ask(over) == {"Design": 3, "total": 3}
    listed = w.answer({"metrics": [], "rows": "job", "filters": {"age_days": {"gt": 30}}})
    assert [r.keys[0] for r in listed.rows] == ["J8", "J7", "J6"]


def test_drafts_are_no_jobs_and_a_fill_rate_waits_for_thirty_days(world: Make) -> None:
    """The data ends on November 20. Posted October 21 (30 days ago): counts; October 22: does not. 1 filled of 2 positions = 1/2."""
    jobs = [
        job("J1", "2026-10-21", positions="2"),
        job("J2", "2026-10-22"),
        job("J3", "2026-10-21", status="draft", published_at="", created_at="2026-10-21T00:00:00Z"),
    ]
    w = world(
        {
            "jobs": jobs,
            "contracts": [hire("C1", "J1", "2026-10-30")],
            "charges": [charge("X1", "2026-11-20T00:00:00Z", 1)],
        }
    )
    october = ("2026-10-01", "2026-11-01")
    assert w.total("jobs_posted", *october) == 2
    assert w.total("fill_rate", *october) == 0.5
    assert w.total("hire_rate", *october) == 0.5


def test_an_unanswered_or_withdrawn_offer_is_neither_accepted_nor_refused(world: Make) -> None:
    """Accepted 2, declined 1, expired 1, withdrawn 5, no answer 3: 2 / 4. Direct offers (no job) count as well: 12 sent."""
    states = ["accepted"] * 2 + ["declined", "expired"] + ["withdrawn"] * 5 + ["sent"] * 3
    rows: list[dict[str, Any]] = [
        {
            "offer_id": f"O{n}",
            "state": s,
            "sent_at": "2026-07-02T00:00:00Z",
            "responded_at": "" if s == "sent" else "2026-07-03T00:00:00Z",
        }
        for n, s in enumerate(states)
    ]
    w = world({"offers": rows, "contracts": [contract()], "jobs": [job("J1", "2026-07-01")]})
    assert w.total("offer_acceptance", *JULY) == 0.5
    assert w.total("offers", *JULY) == 12


def test_supply_is_covered_where_a_skill_has_three_qualified_proposals(world: Make) -> None:
    """J1 (Figma, Rust) has 2 qualified of 3, J2 (Figma) 1 of 1: Figma 3, Rust 2: 1 of 2 skills covered.

    Qualified per job: 3 / 2; proposals per job 4 / 2. First proposals after 6 and 12 hours: 9 hours.
    """
    rows = [("J1", "06", "true"), ("J1", "07", "true"), ("J1", "08", "false"), ("J2", "12", "true")]
    w = world({
        "jobs": [job("J1", "2026-07-01"), job("J2", "2026-07-01"), job("J3", "2026-06-01")],
        "job_skills": [{"job_id": j, "skill": s} for j, s in (("J1", "Figma"), ("J1", "Rust"), ("J2", "Figma"), ("J3", "Excel"))],
        "proposals": [{"proposal_id": f"B{n}", "job_id": j, "created_at": f"2026-07-01T{h}:00:00Z", "qualified": q} for n, (j, h, q) in enumerate(rows)],
    })  # fmt: skip
    said = {
        m: w.total(m, *JULY)
        for m in ("supply_coverage", "supply_per_job", "proposals_per_job", "time_to_first_proposal")
    }
    assert said == {
        "supply_coverage": 0.5,
        "supply_per_job": 1.5,
        "proposals_per_job": 2.0,
        "time_to_first_proposal": 9.0,
    }


def test_nothing_posted_is_no_rate_rather_than_zero(world: Make) -> None:
    """No job in July: counts are 0; rates and waits have no number."""
    w = world({"jobs": [job("J1", "2026-06-01")]})
    assert w.total("jobs_posted", *JULY) == 0
    assert w.total("unique_posters", *JULY) == 0
    for metric in (
        "hire_rate",
        "fill_rate",
        "cancel_rate",
        "avg_time_to_hire",
        "proposals_per_job",
        "time_to_hire_km",
        "supply_coverage",
    ):
        assert w.total(metric, *JULY) is None, metric


def test_rate_over_ask_compares_only_where_both_rates_are_known(world: Make) -> None:
    """Asked 50 and got 55 an hour; asked 100 and was hired for a fixed price: 55 / 50 - 1 = 0.1, not 55 / 150 - 1."""
    w = world({
        "workers": [{"worker_id": "W2"}],
        "jobs": [job("J1", "2026-07-01", positions="2")],
        "proposals": [{"proposal_id": "B1", "job_id": "J1", "rate": "50"}, {"proposal_id": "B2", "job_id": "J1", "rate": "100", "worker_id": "W2"}],
        "contracts": [hire("C1", "J1", "2026-07-03", rate="55", rate_unit="hour"), hire("C2", "J1", "2026-07-03", worker_id="W2", rate="900", rate_unit="total")],
    })  # fmt: skip
    assert w.total("rate_over_ask", *JULY) == pytest.approx(0.1)
