"""Some numbers are shown only to whoever may see people: in groups and totals there is a sentence instead, however they are asked for."""

from __future__ import annotations

from typing import Any

import pytest

from analytics.catalogue.guards import NOWHERE
from analytics.model import Answer, Scope
from tests.world import World

GROUPS, TOTALS = Scope("all", "groups"), Scope("all", "totals")
TIME = {"time": {"from": "2026-07-01", "to": "2026-11-01"}}
OCTOBER = {"time": {"from": "2026-10-01", "to": "2026-11-01"}}
WAYS: tuple[dict[str, Any], ...] = (
    {},
    TIME,
    {**TIME, "grain": "month"},
    {**OCTOBER, "compare": "previous_period"},
    {**TIME, "compare": {"dimension": "source", "values": ["freelance", "staffing"]}},
    {**TIME, "filters": {"job_category": {"not": ["Web"]}}},
)
BROKEN_DOWN: tuple[dict[str, Any], ...] = (
    {**TIME, "group_by": ["team"]},
    {**TIME, "group_by": ["team"], "grain": "month"},
    {**TIME, "group_by": ["platform"], "limit": 1},
)
ASKED = [*((TOTALS, way) for way in WAYS), *((GROUPS, way) for way in (*WAYS, *BROKEN_DOWN))]
never = pytest.mark.parametrize("metric", sorted(NOWHERE))


def numbers(answer: Answer) -> list[Any]:
    rows = [*answer.rows, *([answer.total] if answer.total else [])]
    return [value for row in rows for value in row.values if value is not None] + [*answer.goals, *answer.details]


@never
@pytest.mark.parametrize(("scope", "way"), ASKED)
def test_who_sees_no_people_is_told_that_it_is_not_shown(
    paid: World, metric: str, scope: Scope, way: dict[str, Any]
) -> None:
    query = {"metrics": [metric], **way}
    answer = paid.answer(query, scope)
    assert numbers(answer) == []
    assert any("shown only to whoever may see people" in note for note in answer.notes)
    # The same question has an answer for whoever sees people: otherwise nothing was withheld.
    assert numbers(paid.answer(query, Scope("all", "named")))


@never
def test_neither_threshold_nor_rank_says_on_which_side_a_team_lies(paid: World, metric: str) -> None:
    for more in (
        {"having": [{"metric": metric, "op": ">", "value": -1}]},
        {"order": [[metric, "desc"]], "limit": 1},
        {"order": [[metric, "asc"]], "limit": 1},
    ):
        answer = paid.answer({"metrics": [metric], "group_by": ["team"], **TIME, **more}, GROUPS)
        assert [row for row in answer.rows if row.kind == "value"] == []


@never
def test_what_is_asked_beside_it_is_shown_in_total(paid: World, metric: str) -> None:
    answer = paid.answer({"metrics": ["spend", metric], **TIME}, GROUPS)
    assert answer.total
    assert answer.total.values[0]
    assert answer.total.values[1] is None
