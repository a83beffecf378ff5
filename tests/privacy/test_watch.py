"""What a veil gives away is found by what it tells, not by what was meant to be open."""

from __future__ import annotations

import numpy as np
import pytest

from analytics.privacy.tables import Table
from analytics.privacy.watch import Watch

JULY, AUGUST, SEPTEMBER = (0, 1), (2, 3), (4, 5, 6, 7, 8)
"""Records of as many people: four before September."""


def given_away(veil: list[float]) -> list[list[int]]:
    """The small groups that a quarter and its three months tell under this veil."""
    month = np.repeat([0, 1, 2], [len(JULY), len(AUGUST), len(SEPTEMBER)])
    quarter, months = Table(np.zeros_like(month), 1), Table(month, 3, within=(0,))
    watch = Watch([quarter, months], tuple, np.arange(month.size))
    return [found.tolist() for found in watch.given_away(np.array(veil))]


def test_a_quarter_without_its_told_month_gives_away_the_months_before_it() -> None:
    assert given_away([3, 4, -2, -5, 1, 2, -3, 4, -4]) == [[*JULY, *AUGUST]]


@pytest.mark.parametrize("veil", [[3, 4, -2, -4, 1, 2, -3, 4, -4], [3, 4, -2, -5, 1, 2, -3, 4, -3]])
def test_nothing_is_given_away_where_quarter_or_month_is_not_told(veil: list[float]) -> None:
    assert given_away(veil) == []


def test_a_small_month_that_is_told_is_given_away_with_what_is_left() -> None:
    assert given_away([3, -3, -2, 2, 1, 2, -3, 4, -3]) == [[*JULY], [*AUGUST]]
