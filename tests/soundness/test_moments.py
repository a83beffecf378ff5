"""Populations: who is there at the start, at the end, on average, at any time; employees at month ends; tenure."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from analytics.errors import QuestionError
from tests.soundness.rows import charge, contract, heads, team
from tests.world import World

Make = Callable[..., World]
Q3 = {"time": {"from": "2026-07-01", "to": "2026-10-01"}}
LATE = [charge("Z", "2026-11-19", 0)]


@pytest.fixture
def crew(world: Make) -> World:
    """W1: C1 all year, C2 in August. W2: C3 until July 1 (its last day). W3: C4 from September 30. C5 cancelled. Q3 2026."""
    return world({
        "workers": [{"worker_id": "W2"}, {"worker_id": "W3"}],
        "contracts": [
            contract("C1"), contract("C2", "2026-08-01", end_date="2026-08-31", status="ended"),
            contract("C3", worker_id="W2", end_date="2026-07-01", status="ended"), contract("C4", "2026-09-30", worker_id="W3"),
            contract("C5", "2026-07-01", status="cancelled", worker_id="W3"),
        ],
        "charges": LATE,
    })  # fmt: skip


def test_contracts_are_counted_at_the_moment_that_is_asked(crew: World) -> None:
    """At the start (July 1): C1, C3. At the end (September 30): C1, C4. At any time: C1 to C4.

    Average of the month ends: July 31: C1; August 31: C1, C2; September 30: C1, C4: 5 / 3.
    """
    active = {"metrics": ["active_contracts"], **Q3}
    said = {at: crew.ask({**active, "at": at})["total"] for at in ("start", "end", "average", "any")}
    assert said == {"start": 2, "end": 2, "average": pytest.approx(5 / 3), "any": 4}
    assert crew.ask(active)["total"] == 4
    people = {
        at: crew.ask({"metrics": ["freelancers"], **Q3, "at": at})["total"] for at in ("start", "end", "average", "any")
    }
    assert people == {"start": 2, "end": 2, "average": pytest.approx(4 / 3), "any": 3}


def test_months_have_their_own_moments(crew: World) -> None:
    """Any: July C1, C3; August C1, C2; September C1, C4. End: 1, 2, 2. Start: 2, 2, 1. The total is the quarter's own."""
    active = {"metrics": ["active_contracts"], **Q3, "grain": "month"}
    assert crew.ask(active) == {"2026-07": 2, "2026-08": 2, "2026-09": 2, "total": 4}
    assert crew.ask({**active, "at": "end"}) == {"2026-07": 1, "2026-08": 2, "2026-09": 2, "total": 2}
    assert crew.ask({**active, "at": "start"}) == {"2026-07": 2, "2026-08": 2, "2026-09": 1, "total": 2}
    assert crew.ask({**active, "at": "average"})["total"] == pytest.approx(5 / 3)
    assert crew.ask({"metrics": ["freelancers"], **Q3, "grain": "month", "at": "end"}) == {
        "2026-07": 1,
        "2026-08": 1,
        "2026-09": 2,
        "total": 2,
    }


def test_two_populations_with_moments_of_their_own_keep_them_side_by_side(crew: World) -> None:
    """Active contracts (any time) 4 beside open jobs (at the end) 0, whichever comes first, and beside turnover's average.

    Turnover: one leaver (W2; W1's August contract ended, but W1 goes on) by the average of month ends, 4 / 3: 0.75.
    """
    assert crew.answer({"metrics": ["active_contracts", "open_ageing"], **Q3}).total.values == (4, 0)  # type: ignore[union-attr]
    assert crew.answer({"metrics": ["open_ageing", "active_contracts"], **Q3}).total.values == (0, 4)  # type: ignore[union-attr]
    assert crew.ask({"metrics": ["turnover"], **Q3})["total"] == pytest.approx(0.75)


def test_moments_that_mean_nothing_are_refused_with_the_nearest_question(crew: World) -> None:
    """Month-end counts know no "any", a mean age no average over days, spend no moment at all."""
    for metric, at in (
        ("headcount", "any"),
        ("avg_contract_age", "average"),
        ("spend", "end"),
        ("available", "end"),
        ("turnover", "start"),
    ):
        with pytest.raises(QuestionError) as refused:
            crew.ask({"metrics": [metric], "at": at, **Q3})
        assert refused.value.nearest
        assert crew.ask(refused.value.nearest)


def test_a_contract_ends_on_its_last_day_whatever_its_status_still_says(world: Make) -> None:
    """C1 says active but ended on July 10; C2 is open. On July 10 both run, on July 11 one."""
    w = world({"contracts": [contract("C1", end_date="2026-07-10"), contract("C2")], "charges": LATE})
    days = {"2026-07-10": 2, "2026-07-11": 1}
    assert {d: w.total("active_contracts", d, f"{d[:8]}{int(d[8:]) + 1}") for d in days} == days


def test_one_person_on_two_platforms_is_one_only_where_a_key_says_so(world: Make) -> None:
    """W1 and W2 share a key, W3 has the same name and none: three profiles, two people; 90 / 2 = 45.00 each."""
    w = world({
        "platforms": [{"platform": "Toptal"}],
        "workers!": [{"worker_id": "W1", "name": "Jo", "person_key": "h1"}, {"worker_id": "W2", "name": "Jo", "platform": "Toptal", "person_key": "h1"}, {"worker_id": "W3", "name": "Jo"}],
        "contracts": [contract("C1"), contract("C2", "2026-02-01", worker_id="W2", platform="Toptal"), contract("C3", "2026-02-01", worker_id="W3")],
        "charges": [*(charge(f"X{n}", "2026-07-01", 30, contract_id=f"C{n}") for n in (1, 2, 3)), *LATE],
    })  # fmt: skip
    assert w.ask({"metrics": ["freelancers"], **Q3})["total"] == 2
    assert w.ask({"metrics": ["spend_per_freelancer"], **Q3})["total"] == 4500
    # The second contract of the same person, on the other platform, is a rehire; the first of each is none.
    assert w.total("rehires", "2026-01-01", "2026-11-01") == 1
    assert w.total("repeat_hire_rate", "2026-01-01", "2026-11-01") == pytest.approx(1 / 3)


def test_two_first_contracts_of_one_day_are_no_rehires(world: Make) -> None:
    """W1 starts C1 and C2 on the same day: nobody had worked for the company before. C0 was cancelled and never worked."""
    rows = [
        contract("C0", "2026-01-01", status="cancelled"),
        contract("C1", "2026-02-01"),
        contract("C2", "2026-02-01"),
        contract("C3", "2026-03-01"),
    ]
    w = world({"contracts": rows, "charges": LATE})
    assert w.total("rehires", "2026-01-01", "2026-11-01") == 1


def test_somebody_who_goes_on_elsewhere_in_the_company_has_not_left(world: Make) -> None:
    """W1: C1 ends August 10, C2 begins August 11: stays. W2: C3 ends August 10, C4 begins August 20: left (and came back).

    Leavers in August: 1. At the only month end, August 31, both are at work: 1 / 2.
    """
    w = world({
        "workers": [{"worker_id": "W2"}],
        "contracts": [contract("C1", end_date="2026-08-10", status="ended"), contract("C2", "2026-08-11"),
                      contract("C3", worker_id="W2", end_date="2026-08-10", status="ended"), contract("C4", "2026-08-20", worker_id="W2")],
        "charges": LATE,
    })  # fmt: skip
    assert w.total("turnover", "2026-08-01", "2026-09-01") == 0.5
    assert w.total("contracts_ended", "2026-08-01", "2026-09-01") == 2


def test_a_group_that_nobody_left_has_a_turnover_of_nothing(world: Make) -> None:
    """Design lost its one freelancer, Data none of one: 1.0 (1 / average 1), 0.0, together 1 / 2 (month end: only Data's: 1)."""
    w = world({
        "teams": [team("T2", "Data")], "workers": [{"worker_id": "W2"}],
        "contracts": [contract("C1", end_date="2026-08-31", status="ended"), contract("C2", worker_id="W2", team_id="T2")], "charges": LATE,
    })  # fmt: skip
    august = {"time": {"from": "2026-08-01", "to": "2026-09-01"}}
    assert w.ask({"metrics": ["turnover"], "group_by": ["team"], **august}) == {
        "Design": 1.0,
        "Data": 0.0,
        "total": 0.5,
    }


def test_a_missing_month_of_headcount_gives_no_number_and_says_which(world: Make) -> None:
    """Ends of July and September are there, August is not. Q3 has no average, so no spend per employee, and says Aug 2026.

    July alone has: 100 / 4 = 25.00. By month: July 4, August none, September 6. The count at the end of Q3 is September's 6.
    """
    w = world({
        "contracts": [contract()], "charges": [charge("X1", "2026-07-05", 100), charge("X2", "2026-09-05", 60), *LATE],
        "headcount": [heads("2026-07-31", "T1", 4), heads("2026-09-30", "T1", 6)],
    })  # fmt: skip
    answer = w.answer({"metrics": ["spend_per_fte"], **Q3})
    assert answer.total is not None
    assert answer.total.values == (None,)
    assert any("Aug 2026" in note for note in answer.notes)
    assert w.total("spend_per_fte", "2026-07-01", "2026-08-01") == 2500
    assert w.ask({"metrics": ["fte"], "grain": "month", **Q3}) == {
        "2026-07": 4.0,
        "2026-08": None,
        "2026-09": 6.0,
        "total": None,
    }
    assert w.ask({"metrics": ["headcount"], **Q3})["total"] == 6
    held = w.answer(
        {"metrics": ["spend_per_fte"], "time": {"from": "2026-09-01", "to": "2026-10-01"}, "compare": "previous_period"}
    )
    assert held.total is not None
    assert held.total.values == (1000, None, None)
    assert (
        world({"contracts": [contract()], "charges": LATE}).total("spend_per_fte", "2026-07-01", "2026-08-01") is None
    )


def test_employees_of_a_quarter_are_an_average_of_month_ends_never_their_sum(world: Make) -> None:
    """Month ends 4, 5, 9: average 6, at the end 9. Spend 120 / 6 = 20.00. A breakdown by category divides by all of them."""
    w = world({
        "contracts": [contract()], "charges": [charge("X1", "2026-07-05", 120), *LATE],
        "headcount": [heads("2026-07-31", "T1", 4), heads("2026-08-31", "T1", 5), heads("2026-09-30", "T1", 9)],
    })  # fmt: skip
    said = {m: w.ask({"metrics": [m], **Q3})["total"] for m in ("fte", "headcount", "spend_per_fte")}
    assert said == {"fte": 6.0, "headcount": 9, "spend_per_fte": 2000}
    split = w.answer({"metrics": ["spend_per_fte"], "group_by": ["job_category"], **Q3})
    assert split.rows[0].values == (2000,)
    assert any("not split" in note for note in split.notes)
    assert w.ask({"metrics": ["contingent_share"], **Q3})["total"] == 0.1


def test_adoption_counts_a_person_once_who_posted_and_owns(world: Make) -> None:
    """P1 posted two jobs and owns a contract, P2 owns one, P3 only posted in 2025: 2 of 4 employees."""
    w = world({
        "people": [{"person_id": "P2"}, {"person_id": "P3"}],
        "jobs": [{"job_id": f"J{n}", "published_at": "2026-07-05T00:00:00Z"} for n in (1, 2)] + [{"job_id": "J3", "published_at": "2025-07-05T00:00:00Z", "poster_id": "P3"}],
        "contracts": [contract("C1"), contract("C2", owner_id="P2"), contract("C3", owner_id="PX")], "charges": LATE,
        "headcount": [heads("2026-07-31", "T1", 4)],
    })  # fmt: skip
    assert w.total("adoption", "2026-07-01", "2026-08-01") == 0.5


def test_tenure_goes_on_over_a_short_break_and_begins_anew_after_a_long_one(world: Make) -> None:
    """On August 31, 2026. W1: 2025-01-01 to 2025-12-31 (365 days), break of 179 days, from 2026-06-29: 64 more = 429: flagged.

    W2: the same, but a break of 180 days: counts from 2026-06-30 only: 63 days. W3: two contracts at once since
    2025-09-01: 365 days, which is not over 365. W4: since 2025-02-28: 550 days: a breach (over 547) and a flag.
    """
    w = world({
        "workers": [{"worker_id": f"W{n}"} for n in (2, 3, 4)],
        "contracts": [
            contract("A1", "2025-01-01", end_date="2025-12-31", status="ended"), contract("A2", "2026-06-29"),
            contract("B1", "2025-01-01", end_date="2025-12-31", status="ended", worker_id="W2"), contract("B2", "2026-06-30", worker_id="W2"),
            contract("D1", "2025-09-01", worker_id="W3"), contract("D2", "2025-10-01", worker_id="W3"), contract("E1", "2025-02-28", worker_id="W4"),
        ],
        "charges": LATE,
    })  # fmt: skip
    assert w.total("tenure_flags", "2026-08-31", "2026-09-01") == 2
    assert w.total("tenure_breaches", "2026-08-31", "2026-09-01") == 1
    assert w.total("tenure_flags", "2026-09-01", "2026-09-02") == 3


def test_the_age_of_running_contracts_is_counted_on_the_day_that_is_asked(world: Make) -> None:
    """On July 10: C1 since July 1 is 10 days old, C2 since July 10 is 1 day: 5.5. C3 starts later, C4 is over."""
    rows = [
        contract("C1", "2026-07-01"),
        contract("C2", "2026-07-10"),
        contract("C3", "2026-07-11"),
        contract("C4", "2026-06-01", end_date="2026-07-09", status="ended"),
    ]
    w = world({"contracts": rows, "charges": LATE})
    assert w.total("avg_contract_age", "2026-07-10", "2026-07-11") == 5.5
    assert w.total("avg_contract_duration", "2026-07-01", "2026-08-01") == 39.0


def test_contracts_ending_may_lie_ahead_and_nothing_else_may(world: Make) -> None:
    """C1 is planned to end on December 15. Spend of December cannot be asked in November."""
    w = world(
        {
            "contracts": [
                contract(planned_end_date="2026-12-15"),
                contract("C2", planned_end_date="2026-12-16", status="ended", end_date="2026-10-01"),
            ],
            "charges": LATE,
        }
    )
    assert w.total("contracts_ending", "2026-12-01", "2027-01-01") == 1
    with pytest.raises(QuestionError, match="future"):
        w.total("spend", "2026-12-01", "2027-01-01")


def test_contracts_that_end_are_looked_for_in_the_days_ahead_where_no_period_is_asked(world: Make) -> None:
    """Today is 20 November 2026. Planned ends: 1 December (counts), 1 March 2027 (too far), 1 November (past)."""
    ends = {"C1": "2026-12-01", "C2": "2027-03-01", "C3": "2026-11-01"}
    w = world({
        "contracts": [
            {"contract_id": key, "start_date": "2026-06-01", "planned_end_date": day} for key, day in ends.items()
        ],
    })  # fmt: skip
    assert w.ask({"metrics": ["contracts_ending"]}) == {"total": 1}
