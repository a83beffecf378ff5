"""The Kaplan-Meier median against a longhand one, and on cases worked out by hand."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.survival import km_median
from tests.second.numbers import kaplan_meier

CASES = st.lists(st.tuples(st.integers(0, 20).map(float), st.booleans()), max_size=30)


@pytest.mark.parametrize(
    ("days", "hired", "median"),
    [
        ([], [], None),
        ([3.0], [False], None),  # nobody was hired
        ([3.0], [True], 3.0),
        ([1, 2, 3, 4], [True, True, True, True], 2.0),  # half of four after the second
        ([1, 2, 3, 4], [True, False, True, True], 3.0),  # 3/4, then 2 at risk: 3/8
        ([1, 1, 5, 5], [True, True, False, False], 1.0),  # exactly one half
        ([2, 2, 2, 9], [True, False, False, False], None),  # those open on the day of a hire are still at risk
        ([0, 0, 7], [True, True, False], 0.0),
        ([0, 0, 1, 1, 2, 3, 3, 3, 3, 3], [True] * 10, 2.0),  # five of ten: floats alone would miss the half
    ],
)
def test_the_median_is_where_half_have_been_hired(days: list[float], hired: list[bool], median: float | None) -> None:
    assert km_median(days, hired) == median


@given(CASES)
def test_the_median_is_what_the_longhand_says(cases: list[tuple[float, bool]]) -> None:
    assert km_median([d for d, _ in cases], [h for _, h in cases]) == kaplan_meier(cases)


@given(st.lists(st.integers(0, 50).map(float), min_size=1, max_size=25))
def test_with_nobody_open_it_is_the_lower_median(days: list[float]) -> None:
    assert km_median(days, [True] * len(days)) == sorted(days)[(len(days) - 1) // 2]


@given(CASES, st.integers(1, 5))
def test_open_jobs_never_make_hiring_look_faster(cases: list[tuple[float, bool]], more: int) -> None:
    before = km_median([d for d, _ in cases], [h for _, h in cases])
    longer = [*cases, *[(99.0, False)] * more]
    after = km_median([d for d, _ in longer], [h for _, h in longer])
    assert after is None or (before is not None and after >= before)
