from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from analytics.errors import QuestionError
from analytics.model import Compare, Filter, Period, Query, Value
from cards import actions, drill
from cards.actions import apply_inputs, pressed
from cards.periods import PERIODS, code_of, period_of
from tests.cards.answers import SIDES, TODAY

SPEND = Query(("spend",), ("job_category",), order=(("spend", "desc"),))


def applied(query: Query, **inputs: str) -> Query:
    return apply_inputs(query, inputs, TODAY, 7)


@pytest.mark.parametrize(
    ("code", "start", "end"),
    [
        ("this_month", "2026-11-01", "2026-12-01"),
        ("last_month", "2026-10-01", "2026-11-01"),
        ("this_quarter", "2026-10-01", "2027-01-01"),
        ("last_quarter", "2026-07-01", "2026-10-01"),
        ("this_fiscal_year", "2026-07-01", "2027-07-01"),
        ("last_fiscal_year", "2025-07-01", "2026-07-01"),
        ("last_12_months", "2025-11-01", "2026-11-01"),
        ("all", None, "2026-11-21"),
    ],
)
def test_a_period_code_means_these_days(code: str, start: str | None, end: str) -> None:
    begins = date.fromisoformat(start) if start else None
    assert period_of(code, TODAY, 7) == Period(begins, date.fromisoformat(end))


@pytest.mark.parametrize("month", range(1, 13))
@pytest.mark.parametrize("day", [date(2026, 1, 31), date(2028, 2, 29), date(2026, 12, 31), date(2026, 7, 1)])
def test_every_period_holds_whole_months_and_the_fiscal_year_holds_today(month: int, day: date) -> None:
    for code in PERIODS:
        span = period_of(code, day, month)
        if span.start:
            assert span.start.day == span.end.day == 1
    year = period_of("this_fiscal_year", day, month)
    assert year.start is not None
    assert year.start <= day < year.end
    assert year.start.month == month


def test_a_period_is_recognised_by_its_code() -> None:
    assert code_of(Period(date(2026, 7, 1), date(2026, 10, 1)), TODAY, 7) == "last_quarter"
    assert code_of(Period(date(2026, 7, 2), date(2026, 10, 1)), TODAY, 7) is None


def test_a_chosen_period_replaces_the_one_asked() -> None:
    assert applied(SPEND, period="last_month").time == Period(date(2026, 10, 1), date(2026, 11, 1))


def test_a_chosen_member_becomes_a_filter_by_its_id() -> None:
    assert applied(SPEND, team="T1").filter("team") == Filter("team", include=(Value("T1", "T1"),))


def test_all_takes_a_filter_away() -> None:
    asked = SPEND.with_filter(Filter("team", exclude=(Value("Legal", "T9"),)))
    assert applied(asked, team="all").filter("team") is None


@pytest.mark.parametrize("said", ["", "keep"])
def test_keep_and_nothing_chosen_change_nothing(said: str) -> None:
    asked = SPEND.with_filter(Filter("team", exclude=(Value("Legal", "T9"),)))
    assert applied(asked, team=said, period=said, group_by=said, drill=said) == asked


def test_another_breakdown_keeps_the_order_by_the_metric() -> None:
    assert applied(SPEND, group_by="team") == Query(("spend",), ("team",), order=(("spend", "desc"),))


def test_a_breakdown_by_time_becomes_the_grain() -> None:
    assert applied(SPEND, group_by="month") == Query(("spend",), grain="month")


def test_no_breakdown_leaves_the_number() -> None:
    assert applied(SPEND, group_by="none") == Query(("spend",))


def test_a_breakdown_by_the_compared_dimension_ends_the_comparison() -> None:
    assert applied(Query(("spend",), compare=SIDES), group_by="source").compare is None
    assert applied(Query(("spend",), compare=SIDES), group_by="team").compare == SIDES


def test_opening_a_category_shows_its_teams() -> None:
    opened = applied(SPEND, drill="JC01")
    assert opened.group_by == ("team",)
    assert opened.metrics == ("spend",)
    assert opened.filter("job_category") == Filter("job_category", include=(Value("JC01", "JC01"),))


def test_opening_a_team_shows_who_posted_its_jobs() -> None:
    opened = applied(Query(("spend",), ("team",), compare=Compare("previous_period")), drill="T1")
    assert opened == Query(
        ("jobs_posted",), ("poster",), (Filter("team", include=(Value("T1", "T1"),)),), order=(("jobs_posted", "desc"),)
    )


def test_the_way_back_is_the_question_without_the_last_step() -> None:
    assert drill.before(applied(SPEND, drill="JC01")) == SPEND
    assert drill.before(SPEND) is None


def test_filters_and_the_period_apply_before_a_row_is_opened() -> None:
    opened = applied(SPEND, drill="JC01", country="DE", period="all")
    assert [wanted.dimension for wanted in opened.filters] == ["country", "job_category"]
    assert opened.time == Period(None, date(2026, 11, 21))


@pytest.mark.parametrize(
    "inputs",
    [
        {"tema": "T1"},
        {"period": "last_decade"},
        {"group_by": "__class__"},
        {"team": "x" * 201},
        {"team": "T1\n"},
        {"team": ["T1"]},
        {"team": None},
        {"team": 7},
        {"group_by": "spend; drop table"},
        {"drill": {"$gt": ""}},
    ],
)
def test_a_choice_no_card_offers_is_refused(inputs: dict[str, Any]) -> None:
    with pytest.raises(QuestionError):
        apply_inputs(SPEND, inputs, TODAY, 7)


def test_rows_that_cannot_be_opened_are_refused() -> None:
    with pytest.raises(QuestionError, match="cannot be opened"):
        applied(Query(("jobs_posted",), ("status",)), drill="open")


def test_behind_a_person_stands_the_list_of_the_jobs_they_posted_in_the_same_period() -> None:
    brand = Filter("team", include=(Value("Brand Studio", "T001"),))
    asked = replace(SPEND, metrics=("jobs_posted",), group_by=("poster",), filters=(brand,), order=(), compare=None)
    jobs = applied(asked, drill="P1")
    assert (jobs.rows, jobs.metrics, jobs.group_by, jobs.time) == ("job", (), (), asked.time)
    assert [wanted.dimension for wanted in jobs.filters] == ["team", "poster"]


def test_a_pressed_button_asks_its_own_question_whatever_the_choosers_say() -> None:
    sent = {**actions.data(actions.ASK, SPEND), "period": "last_month", "drill": "JC01"}
    assert pressed(sent, TODAY, 7) == SPEND


def test_apply_takes_the_filters_and_leaves_the_row_alone() -> None:
    asked = pressed({**actions.data(actions.FILTER, SPEND), "country": "DE", "drill": "JC01"}, TODAY, 7)
    assert [wanted.dimension for wanted in asked.filters] == ["country"]
    assert asked.group_by == ("job_category",)


def test_open_takes_the_row_and_leaves_the_filters_alone() -> None:
    asked = pressed({**actions.data(actions.OPEN, SPEND), "country": "DE", "drill": "JC01"}, TODAY, 7)
    assert [wanted.dimension for wanted in asked.filters] == ["job_category"]


def test_ids_travel_beside_the_names() -> None:
    asked = SPEND.with_filter(Filter("team", include=(Value("Legal", "T9"),)))
    assert pressed(actions.data(actions.ASK, asked), TODAY, 7) == asked


@pytest.mark.parametrize(
    "value",
    [
        {},
        {"verb": "ask"},
        {"verb": "drop", "query": {"metrics": ["spend"]}},
        {"verb": "ask", "query": "spend"},
        {"verb": ["ask"], "query": {"metrics": ["spend"]}},
        {"verb": "ask", "query": {"metrics": ["spend"], "scope": "all"}},
        {"verb": "filter", "query": {"metrics": ["spend"]}, "scope": "all"},
        {"verb": "filter", "query": {"metrics": ["spend"]}, "user": "boss@example.com"},
    ],
)
def test_a_press_that_no_card_sent_is_refused(value: dict[str, Any]) -> None:
    with pytest.raises(QuestionError):
        pressed(value, TODAY, 7)
