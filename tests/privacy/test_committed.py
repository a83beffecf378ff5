"""Committed money is shown to groups as of the day of the data, and on no other day."""

from __future__ import annotations

from typing import Any

import pytest

from analytics.model import Scope
from tests.world import World

GROUPS = Scope("all", "groups")
YEAR = {"from": "2026-01-01", "to": "2027-01-01"}
AUTUMN = {"from": "2026-10-01", "to": "2027-01-01"}
EARLIER = {"from": "2026-07-01", "to": "2026-11-01"}


@pytest.mark.parametrize("more", [{}, {"time": YEAR}, {"time": YEAR, "grain": "month"}])
def test_the_total_as_of_the_data_is_shown(paid: World, more: dict[str, Any]) -> None:
    assert paid.ask({"metrics": ["committed"], **more}, GROUPS)["total"]


@pytest.mark.parametrize(
    "more", [{"time": EARLIER}, {"time": AUTUMN, "at": "start"}, {"time": AUTUMN, "at": "average"}]
)
def test_no_other_day_is_shown_to_who_sees_no_people(paid: World, more: dict[str, Any]) -> None:
    query = {"metrics": ["committed"], **more}
    assert paid.ask(query, GROUPS)["total"] is None
    assert paid.ask(query)["total"] is not None


def test_an_earlier_day_is_not_shown_beside_today(paid: World) -> None:
    answer = paid.answer({"metrics": ["committed"], "time": AUTUMN, "compare": "previous_period"}, GROUPS)
    assert answer.total
    assert answer.total.values[1] is None
