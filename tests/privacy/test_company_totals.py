"""Company totals: a whole week, month and day of enough people is shown to everybody; what is not shown says why."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import pytest

from analytics.model import Scope
from tests.soundness.rows import charge, contract
from tests.world import World

TOTALS = Scope("all", "totals")
FIRST = date(2026, 9, 7)
"""A Monday."""


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Thirty people paid every Monday and Tuesday for eight weeks, two of them on Thursdays too; a monthly account fee."""
    people = [f"W{n:02}" for n in range(30)]
    charges = [
        charge(f"X{week}-{day}-{who}", str(FIRST + timedelta(7 * week + day)), 10 + week, contract_id=f"C{who}")
        for week in range(8)
        for day, some in ((0, people), (1, people), (3, people[:2]))
        for who in some
    ]
    charges += [
        charge(
            f"F{week}", str(FIRST + timedelta(7 * week)), 2, contract_id=f"C{people[week]}", charge_type="subscription"
        )
        for week in range(8)
    ]
    made = World(tmp_path_factory.mktemp("totals"), {
        "workers": [{"worker_id": who, "name": who} for who in people],
        "contracts": [contract(f"C{who}", worker_id=who) for who in people],
        "charges": charges,
    })  # fmt: skip
    yield made
    made.close()


def shown(world: World, start: date, end: date) -> bool:
    answer = world.answer({"metrics": ["spend"], "time": {"from": str(start), "to": str(end)}}, TOTALS)
    assert answer.total
    told = any("fewer than five people" in note for note in answer.notes)
    # Either a number, or the reason why there is none: never neither, never both.
    assert (answer.total.values[0] is None) == told
    return not told


@pytest.mark.parametrize("week", [0, 1, 2, 5, 6, 7])
def test_a_whole_week_is_shown(world: World, week: int) -> None:
    start = FIRST + timedelta(7 * week)
    assert shown(world, start, start + timedelta(7))


def test_where_a_month_begins_with_a_day_of_two_people_the_month_is_shown_and_the_weeks_around_it_only_together(
    world: World,
) -> None:
    """The first of October, a Thursday, would be the week less what September has of it."""
    start = FIRST + timedelta(21)
    assert not shown(world, start, start + timedelta(7))
    assert not shown(world, start + timedelta(7), start + timedelta(14))
    assert shown(world, start, start + timedelta(14))


def test_months_quarters_and_what_is_to_date_are_shown(world: World) -> None:
    for start, end in ((9, 10), (10, 11)):
        assert shown(world, date(2026, start, 1), date(2026, end, 1))
    assert shown(world, date(2026, 7, 1), date(2026, 10, 1))
    assert shown(world, date(2026, 10, 1), date(2026, 10, 30))


def test_a_day_of_two_people_is_withheld_in_plain_words_and_cannot_be_taken_away_from_its_neighbours(
    world: World,
) -> None:
    monday = FIRST + timedelta(14)
    assert shown(world, monday, monday + timedelta(1))
    thursday = monday + timedelta(3)
    assert not shown(world, thursday, thursday + timedelta(1))
    assert not shown(world, monday + timedelta(1), thursday)
    assert shown(world, monday + timedelta(1), thursday + timedelta(4))
