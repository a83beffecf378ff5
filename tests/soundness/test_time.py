"""Days and periods: zones, clock changes, fiscal years, weeks, leap days, previous periods and parts of periods."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime

from analytics.model import Period, Reporting
from tests.soundness.rows import charge, contract, job
from tests.world import World

Make = Callable[..., World]
BERLIN = Reporting("USD", "Europe/Berlin", 7)


def test_a_day_is_a_day_of_the_reporting_zone(world: Make) -> None:
    """July 31 at 23:30 UTC is August 1 at 01:30 in Berlin and July 31 at 16:30 in Los Angeles; June 30, 22:00 UTC is July 1 in Berlin."""
    rows = {
        "contracts": [contract()],
        "charges": [charge("X1", "2026-07-31T23:30:00Z", 100), charge("X2", "2026-06-30T22:00:00Z", 7)],
    }
    july = ("2026-07-01", "2026-08-01")
    assert world(rows, reporting=BERLIN).total("spend", *july) == 700
    assert world(rows).total("spend", *july) == 10000
    assert world(rows, reporting=Reporting("USD", "America/Los_Angeles", 7)).total("spend", *july) == 10000


def test_the_days_on_which_clocks_change_have_23_and_25_hours(world: Make) -> None:
    """In Berlin March 29, 2026 ends at 22:00 UTC (it began at 23:00), October 25 runs from 22:00 to 23:00 UTC the day after.

    March: 28 at 22:59 UTC is still the 28th; 23:00 is the 29th; 29 at 21:59 is the 29th; 22:00 is the 30th.
    October: 24 at 22:00 is the 25th; 25 at 22:59 is still the 25th; 23:00 is the 26th.
    """
    moments = [
        "2026-03-28T22:59",
        "2026-03-28T23:00",
        "2026-03-29T21:59",
        "2026-03-29T22:00",
        "2026-10-24T22:00",
        "2026-10-25T22:59",
        "2026-10-25T23:00",
    ]
    w = world(
        {"contracts": [contract()], "charges": [charge(f"X{n}", f"{m}:00Z", 2**n) for n, m in enumerate(moments)]},
        reporting=BERLIN,
    )
    days = {(3, 28): 1, (3, 29): 2 + 4, (3, 30): 8, (10, 25): 16 + 32, (10, 26): 64}
    for (month, day), cents in days.items():
        assert w.total("spend", f"2026-{month:02}-{day}", f"2026-{month:02}-{day + 1}") == cents * 100, (month, day)


def test_a_wait_across_a_clock_change_is_counted_in_real_hours(world: Make) -> None:
    """Posted March 28, 12:00 and hired March 29, 12:00 in Berlin is 23 hours, since an hour was skipped: 23 / 24 days."""
    w = world({
        "jobs": [job("J1", "2026-03-28T11:00:00Z", status="filled")],
        "contracts": [{"contract_id": "C1", "job_id": "J1", "created_at": "2026-03-29T10:00:00Z", "start_date": "2026-04-01"}],
    }, reporting=BERLIN)  # fmt: skip
    assert w.total("avg_time_to_hire", "2026-03-01", "2026-04-01") == 23 / 24


def test_the_fiscal_year_begins_in_its_month_and_is_named_by_the_year_it_ends_in(world: Make) -> None:
    """June 30 belongs to FY26, July 1 to FY27 where the year begins in July; to 2026 by the calendar."""
    rows = {
        "contracts": [contract()],
        "charges": [charge("X1", "2026-06-30", 1), charge("X2", "2026-07-01", 2), charge("X3", "2025-12-31", 4)],
    }
    span = {"time": {"from": "2025-07-01", "to": "2027-07-01"}, "metrics": ["spend"]}
    w = world(rows)
    assert w.ask({**span, "grain": "fiscal_year"}) == {"FY26": 500, "FY27": 200, "total": 700}
    assert w.ask({**span, "grain": "year"}) == {"2025": 400, "2026": 300, "total": 700}
    assert w.ask({**span, "grain": "quarter"}) == {
        "2025 Q3": 0,
        "2025 Q4": 400,
        "2026 Q1": 0,
        "2026 Q2": 100,
        "2026 Q3": 200,
        "total": 700,
    }
    october = world(rows, reporting=Reporting("USD", "UTC", 10))
    assert october.ask({**span, "grain": "fiscal_year"}) == {"FY25": 0, "FY26": 700, "total": 700}


def test_weeks_begin_on_monday_and_a_year_may_have_53_of_them(world: Make) -> None:
    """2026 has 53 weeks: December 28, 2026 to January 3, 2027 is 2026-W53, and January 4 begins 2027-W01.

    Sunday, December 27 is W52. The data is known up to January 10, 2027.
    """
    rows = [
        charge("X1", "2026-12-27", 1),
        charge("X2", "2026-12-28", 2),
        charge("X3", "2027-01-03", 4),
        charge("X4", "2027-01-04", 8),
        charge("X5", "2027-01-10", 16),
    ]
    w = world({"contracts": [contract()], "charges": rows}, now=datetime(2027, 1, 11, 6, 0, tzinfo=UTC))
    weeks = {"metrics": ["spend"], "grain": "week", "time": {"from": "2026-12-21", "to": "2027-01-11"}}
    assert w.ask(weeks) == {"2026-W52": 100, "2026-W53": 600, "2027-W01": 2400, "total": 3100}
    # A period that begins inside a week holds only its own days of it.
    assert w.ask({**weeks, "time": {"from": "2026-12-30", "to": "2027-01-05"}}) == {
        "2026-W53": 400,
        "2027-W01": 800,
        "total": 1200,
    }


def test_the_leap_day_belongs_to_february_and_its_previous_year_is_all_of_february(world: Make) -> None:
    """2028: February has 29 days. Month before March: February 1 to 29. Year before February 2028: February 1 to 28, 2027."""
    rows = [
        charge("X1", "2028-02-29", 1),
        charge("X2", "2027-02-28", 2),
        charge("X3", "2027-03-01", 4),
        charge("X4", "2028-03-05", 8),
        charge("X5", "2028-04-30", 0),
    ]
    w = world({"contracts": [contract(start="2027-01-01")], "charges": rows}, now=datetime(2028, 5, 1, tzinfo=UTC))
    before = w.answer(
        {"metrics": ["spend"], "compare": "previous_period", "time": {"from": "2028-03-01", "to": "2028-04-01"}}
    )
    assert before.total is not None
    assert before.compared == Period(date(2028, 2, 1), date(2028, 3, 1))
    assert before.total.values == (800, 100, 700)
    year = w.answer(
        {"metrics": ["spend"], "compare": "previous_year", "time": {"from": "2028-02-01", "to": "2028-03-01"}}
    )
    assert year.total is not None
    assert year.compared == Period(date(2027, 2, 1), date(2027, 3, 1))
    assert year.total.values == (100, 200, -100)


def test_the_previous_quarter_is_the_calendar_quarter_not_as_many_days(world: Make) -> None:
    """Q2 2026 has 91 days, Q1 has 90: 91 days before April 1 would begin on December 31 and take its 1000 along."""
    rows = [
        charge("X1", "2025-12-31", 1000),
        charge("X2", "2026-01-01", 1),
        charge("X3", "2026-03-31", 2),
        charge("X4", "2026-04-01", 4),
        charge("X5", "2026-11-19", 0),
    ]
    w = world({"contracts": [contract(start="2025-01-01")], "charges": rows})
    answer = w.answer(
        {"metrics": ["spend"], "compare": "previous_period", "time": {"from": "2026-04-01", "to": "2026-07-01"}}
    )
    assert answer.total is not None
    assert answer.total.values == (400, 300, 100)


def test_a_period_to_date_is_held_against_the_same_elapsed_part(world: Make) -> None:
    """The data knows up to Thursday, November 19. This quarter so far is October 1 to November 19: 1 + 2 = 3.

    Held against July 1 to August 19: 10 + 20 = 30. August 20 (400) and September (8000) have no counterpart yet.
    The year before: October 1 to November 19, 2025: 5.
    """
    rows = [charge("X1", "2026-10-01", 1), charge("X2", "2026-11-19", 2), charge("X3", "2026-07-01", 10), charge("X4", "2026-08-19", 20),
            charge("X5", "2026-08-20", 400), charge("X6", "2026-09-30", 8000), charge("X7", "2025-11-19", 5), charge("X8", "2025-11-20", 70)]  # fmt: skip
    w = world({"contracts": [contract(start="2025-01-01")], "charges": rows})
    asked = {"metrics": ["spend"], "time": {"from": "2026-10-01", "to": "2027-01-01"}}
    before = w.answer({**asked, "compare": "previous_period"})
    assert before.partial
    assert before.total is not None
    assert before.total.values == (300, 3000, -2700)
    year = w.answer({**asked, "compare": "previous_year"})
    assert year.total is not None
    assert year.total.values == (300, 500, -200)
    # By month, the n-th month stands beside the n-th month, and November beside the same days of August.
    months = w.answer({**asked, "compare": "previous_period", "grain": "month"})
    assert [(r.labels[0], r.values) for r in months.rows] == [
        ("2026-10", (100, 1000, -900)),
        ("2026-11", (200, 2000, -1800)),
    ]


def test_a_day_that_the_data_already_knows_counts_on_both_sides(world: Make) -> None:
    """Synced on November 20 at 18:00 with a line of 16:00 that day: November 1 to 20 against October 1 to 20.

    November: 1. October: 20th is 10, 21st is 200: 10.
    """
    rows = [charge("X1", "2026-11-20T16:00:00Z", 1), charge("X2", "2026-10-20", 10), charge("X3", "2026-10-21", 200)]
    w = world({"contracts": [contract()], "charges": rows}, now=datetime(2026, 11, 20, 18, 0, tzinfo=UTC))
    answer = w.answer(
        {"metrics": ["spend"], "compare": "previous_period", "time": {"from": "2026-11-01", "to": "2026-12-01"}}
    )
    assert answer.total is not None
    assert answer.total.values == (100, 1000, -900)


def test_a_record_may_lie_in_both_of_two_overlapping_periods(world: Make) -> None:
    """2026 against 2025 and 2026 together: March 2026 (1) lies in both, March 2025 (2) in one: 1 against 3.

    Two years held against the year before each: 2025 + 2026 = 3 against 2024 + 2025 = 4 + 2 = 6.
    """
    rows = [
        charge("X1", "2026-03-01", 1),
        charge("X2", "2025-03-01", 2),
        charge("X3", "2024-03-01", 4),
        charge("X4", "2026-11-19", 0),
    ]
    w = world({"contracts": [contract(start="2024-01-01")], "charges": rows})
    named = {
        "metrics": ["spend"],
        "time": {"from": "2026-01-01", "to": "2026-11-01"},
        "compare": {"from": "2025-01-01", "to": "2027-01-01"},
    }
    answer = w.answer({**named, "group_by": ["team"]})
    assert [r.values for r in answer.rows] == [(100, 300, -200, 1.0)]
    years = w.answer(
        {"metrics": ["spend"], "time": {"from": "2025-01-01", "to": "2026-11-01"}, "compare": "previous_year"}
    )
    assert years.total is not None
    assert years.total.values == (300, 600, -300)


def test_periods_that_tile_a_year_add_up_to_it_and_both_ends_belong_to_one_period_only(world: Make) -> None:
    """Lines at the first and last minute of every month: each month holds exactly its own two."""
    ends = {1: 31, 2: 28, 3: 31, 4: 30, 5: 31, 6: 30, 7: 31, 8: 31, 9: 30, 10: 31}
    rows = [charge(f"X{m}a", f"2026-{m:02}-01T00:00:00Z", m) for m in ends] + [
        charge(f"X{m}b", f"2026-{m:02}-{d}T23:59:00Z", m) for m, d in ends.items()
    ]
    w = world({"contracts": [contract(start="2025-01-01")], "charges": rows})
    months = w.ask({"metrics": ["spend"], "grain": "month", "time": {"from": "2026-01-01", "to": "2026-11-01"}})
    assert months == {**{f"2026-{m:02}": 200 * m for m in ends}, "total": 2 * 100 * 55}


def test_a_month_without_records_is_drawn_and_one_that_is_not_known_yet_is_not(world: Make) -> None:
    """September is empty: 0. The data ends on October 15, so November and December are not there."""
    w = world({"contracts": [contract()], "charges": [charge("X1", "2026-08-01", 1), charge("X2", "2026-10-15", 2)]})
    months = w.ask({"metrics": ["spend"], "grain": "month", "time": {"from": "2026-08-01", "to": "2027-01-01"}})
    assert months == {"2026-08": 100, "2026-09": 0, "2026-10": 200, "total": 300}


def test_an_open_start_reaches_back_to_the_first_record(world: Make) -> None:
    """Before July 2026: 1 + 2. The first line is of March 2025."""
    rows = [charge("X1", "2025-03-01", 1), charge("X2", "2026-06-30", 2), charge("X3", "2026-07-01", 4)]
    w = world({"contracts": [contract(start="2025-01-01", created_at="2025-02-01T00:00:00Z")], "charges": rows})
    assert w.ask({"metrics": ["spend"], "time": {"from": None, "to": "2026-07-01"}})["total"] == 300
    assert w.ask({"metrics": ["spend"], "grain": "year", "time": {"from": None, "to": "2026-07-01"}}) == {
        "2025": 100,
        "2026": 200,
        "total": 300,
    }
