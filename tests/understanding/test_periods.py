"""The grammar of periods: what people type, and the dates it means; every span has a start before its end."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.understanding.calendar import Calendar
from bot.understanding.periods import spans_at

TODAY = date(2026, 11, 20)
READ = {
    "this quarter": ("2026-10-01", "2027-01-01"),
    "last month": ("2026-10-01", "2026-11-01"),
    "last full month": ("2026-10-01", "2026-11-01"),
    "last 90 days": ("2026-08-22", "2026-11-20"),
    "last 6 months": ("2026-05-01", "2026-11-01"),
    "past two weeks": ("2026-11-02", "2026-11-16"),
    "last two full quarters": ("2026-04-01", "2026-10-01"),
    "ytd": ("2026-01-01", "2026-11-21"),
    "fiscal year to date": ("2026-07-01", "2026-11-21"),
    "fy27 so far": ("2026-07-01", "2026-11-21"),
    "fy25/26": ("2025-07-01", "2026-07-01"),
    "q3 fy26": ("2026-01-01", "2026-04-01"),
    "q2 2026": ("2026-04-01", "2026-07-01"),
    "calendar q2": ("2026-04-01", "2026-07-01"),
    "fiscal q1": ("2026-07-01", "2026-10-01"),
    "second half of fy26": ("2026-01-01", "2026-07-01"),
    "this half year": ("2026-07-01", "2027-01-01"),
    "since march": ("2026-03-01", "2026-11-21"),
    "since the start of the fiscal year": ("2026-07-01", "2026-11-21"),
    "before july 2025": ("None", "2025-07-01"),
    "between march and may": ("2026-03-01", "2026-06-01"),
    "from november to february": ("2025-11-01", "2026-03-01"),
    "from 1 sep to 15 oct 2026": ("2026-09-01", "2026-10-16"),
    "week of 3 may": ("2026-04-27", "2026-05-04"),
    "two weeks ago": ("2026-11-02", "2026-11-09"),
    "december": ("2025-12-01", "2026-01-01"),
    "november": ("2026-11-01", "2026-12-01"),
    "last summer": ("2026-06-01", "2026-09-01"),
    "spring 2025": ("2025-03-01", "2025-06-01"),
    "30 june 2026": ("2026-06-30", "2026-07-01"),
    "25/06/2026": ("2026-06-25", "2026-06-26"),
    "third calendar quarter of twenty twenty six": ("2026-07-01", "2026-10-01"),
    "next 30 days": ("2026-11-21", "2026-12-21"),
}
WORDS = sorted(
    {word for phrase in READ for word in phrase.split()}
    | {"0", "99", "1999", "year", "weeks", "end", "of", "the", "q9"}
)


@pytest.mark.parametrize(("said", "wanted"), READ.items())
def test_a_phrase_is_read_whole_and_as_people_mean_it(said: str, wanted: tuple[str, str]) -> None:
    end, span = spans_at(said, 0, Calendar(TODAY, 7))[0]
    assert (end, str(span.period.start), str(span.period.end)) == (len(said), *wanted)


@pytest.mark.parametrize("said", ["q2", "h1", "first half", "05/06/2026"])
def test_what_can_be_two_periods_offers_both(said: str) -> None:
    _, span = spans_at(said, 0, Calendar(TODAY, 7))[0]
    assert len({option[2] for option in span.options}) == 2


def test_a_bare_quarter_is_clear_where_the_fiscal_year_is_the_calendar_year() -> None:
    _, span = spans_at("q2", 0, Calendar(TODAY, 1))[0]
    assert not span.options


def test_a_remembered_choice_settles_a_bare_quarter() -> None:
    _, span = spans_at("q2", 0, Calendar(TODAY, 7, quarters="fiscal"))[0]
    assert str(span.period.start) == "2026-10-01"
    assert not span.options


@given(
    st.lists(st.sampled_from(WORDS), min_size=1, max_size=7),
    st.dates(date(1990, 1, 1), date(2100, 1, 1)),
    st.integers(1, 12),
)
def test_every_span_starts_before_it_ends(words: list[str], today: date, fiscal: int) -> None:
    for _, span in spans_at(" ".join(words), 0, Calendar(today, fiscal)):
        for period in (span.period, *(option[2] for option in span.options)):
            assert period.start is None or period.start < period.end
