"""The engine against a second computation of every metric, and the properties that every answer has."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from analytics.catalogue import DIMENSIONS, METRICS
from analytics.errors import QuestionError
from analytics.model import Reporting, Scope
from tests.second.compare import ALL_METRICS, QUARTER, TO_DATE, WEEK, YEAR, Bench, same
from tests.second.rich import company
from tests.world import World

BERLIN = Reporting("USD", "Europe/Berlin", 7)
ADDITIVE = tuple(key for key, metric in METRICS.items() if metric.additive)
# What is asked of the whole company by definition, whoever asks: tenure, rehires, staffing rates, whom a leaver still works for.
COMPANY_WIDE = {"tenure_flags", "tenure_breaches", "rehires", "repeat_hire_rate", "turnover", "savings_vs_staffing"}


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    world = World(tmp_path_factory.mktemp("rich"), company(Random(11), 60), reporting=BERLIN, woven=False)
    yield Bench.of(world)
    world.close()


@pytest.mark.parametrize("metric", ALL_METRICS)
def test_every_metric_by_every_dimension_is_what_plain_python_says(bench: Bench, metric: str) -> None:
    found = [d for span in (QUARTER, YEAR, TO_DATE, WEEK) for d in bench.differences(metric, span)]
    found += [d for key in bench.legal(metric) for d in bench.differences(metric, YEAR, key)]
    assert not found


@pytest.mark.parametrize("metric", ALL_METRICS)
def test_a_dimension_that_a_metric_does_not_carry_is_refused_with_a_question_that_answers(
    bench: Bench, metric: str
) -> None:
    legal = bench.legal(metric)
    for dimension in set(DIMENSIONS) - set(legal):
        for asked in (
            bench.question(metric, WEEK, dimension),
            {"metrics": [metric], "filters": {dimension: [DIMENSIONS[dimension].null_label]}},
        ):
            with pytest.raises(QuestionError) as refused:
                bench.world.answer(asked)
            assert refused.value.nearest
            assert bench.world.answer(refused.value.nearest).total is not None


@pytest.mark.parametrize("metric", ADDITIVE)
def test_parts_are_the_total_and_months_are_the_year(bench: Bench, metric: str) -> None:
    for dimension in [key for key in bench.legal(metric) if not DIMENSIONS[key].bridge]:
        assert_parts(bench.world, {"metrics": [metric], "group_by": [dimension], "time": span(YEAR)})
    if not any(part.alive and not part.planned for part in METRICS[metric].parts):
        assert_parts(bench.world, {"metrics": [metric], "grain": "month", "time": span(YEAR)})
        assert_parts(bench.world, {"metrics": [metric], "grain": "week", "time": span(QUARTER)})


def assert_parts(world: World, asked: dict[str, Any]) -> None:
    answer = world.answer(asked)
    assert answer.total is not None
    whole = answer.total.values[0] or 0
    assert sum(row.values[0] or 0 for row in answer.rows) == (
        whole if isinstance(whole, int) else pytest.approx(whole)
    ), asked
    assert sum(row.records for row in answer.rows) == answer.total.records or "grain" in asked


def span(of: tuple[date, date]) -> dict[str, str]:
    return {"from": str(of[0]), "to": str(of[1])}


def test_two_dimensions_and_a_grain_at_once_are_the_groups_of_each(bench: Bench) -> None:
    """Spend by team and country and month adds up to spend by team, to spend by country, and to spend by month."""
    asked = {"metrics": ["spend"], "time": span(YEAR)}
    fine = bench.world.answer({**asked, "group_by": ["team", "country"], "grain": "month"}).rows
    for at, coarse in ((0, {"group_by": ["team"]}), (1, {"group_by": ["country"]}), (2, {"grain": "month"})):
        for row in bench.world.answer({**asked, **coarse}).rows:
            assert sum(r.values[0] or 0 for r in fine if r.keys[at] == row.keys[0]) == row.values[0]


def test_several_metrics_in_one_question_are_what_each_is_alone(bench: Bench) -> None:
    """Metrics of seven fact tables side by side, by team: no row multiplies another."""
    keys = [
        "spend",
        "contracts",
        "jobs_posted",
        "avg_time_to_hire",
        "hours",
        "freelancers",
        "proposals",
        "rating",
        "turnover",
        "spend_per_fte",
    ]
    together = bench.world.answer({"metrics": keys, "group_by": ["team"], "time": span(YEAR)})
    for n, key in enumerate(keys):
        alone = {
            r.keys: r.values[0]
            for r in bench.world.answer({"metrics": [key], "group_by": ["team"], "time": span(YEAR)}).rows
        }
        for row in together.rows:
            # Alone a team without any row is not shown; beside others it has nothing, or no number.
            assert row.values[n] == alone.get(row.keys, row.values[n] if not row.values[n] else object()), (
                key,
                row.labels,
            )


def test_including_and_excluding_a_member_are_the_whole(bench: Bench) -> None:
    for dimension in bench.legal("spend"):
        if dimension in {"skill", "source", "platform", "supplier", "engagement_kind"}:
            continue
        asked = {"metrics": ["spend"], "time": span(YEAR)}
        whole = bench.world.ask(asked)["total"]
        for row in bench.world.answer({**asked, "group_by": [dimension]}).rows[:2]:
            name = {dimension: [row.labels[0]]}
            inside = bench.world.ask({**asked, "filters": name})["total"]
            outside = bench.world.ask({**asked, "filters": {dimension: {"not": [row.labels[0]]}}})["total"]
            assert inside + outside == whole, (dimension, row.labels)


@pytest.mark.parametrize("metric", sorted(set(ALL_METRICS) - COMPANY_WIDE))
def test_a_scope_answers_what_plain_python_says_of_its_own_rows(bench: Bench, metric: str) -> None:
    """The line of P3 (heads T2, and T3 below): rows with a known owner in these teams, rows that P3 owns, and those of the

    managers below in the teams where their line sits; everything else might as well not exist.
    """
    scope = Scope("line", "named", people=("P3",))
    below = {"P3": {"T2", "T0"}, "P4": {"T3"}, "P5": {"T2"}}

    def held(record: Any) -> bool:
        by = record.by
        mine = by["team"] in {"T2", "T3"} or by.get("owner") == "P3" or by["team"] in below.get(by["manager"], set())
        return mine and ("owner" not in by or by["owner"] is not None)

    own = Bench(bench.world, bench.log.keep(held))
    for asked in (YEAR, QUARTER):
        got = bench.world.ask(own.question(metric, asked, None), scope)["total"]
        assert same(got, own.expected(metric, asked, None))


# A world is a seed and a size, so that a failure says in one line how to make it again.
SEEDS, SIZES = st.integers(0, 2**32 - 1), st.integers(0, 6)
STARTS, LENGTHS = st.dates(date(2025, 6, 1), date(2026, 11, 1)), st.integers(1, 400)
# Making a failing world smaller would take as many worlds again and tell little more.
NO_SHRINKING = (Phase.explicit, Phase.reuse, Phase.generate)
SMALL = settings(
    max_examples=4, phases=NO_SHRINKING, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True
)
FULL = settings(max_examples=150, phases=NO_SHRINKING, deadline=None, suppress_health_check=list(HealthCheck))


def check_world(seed: int, size: int, start: date, days: int) -> None:
    """One small world: every metric as plain Python has it, parts the total, an empty team changes nothing."""
    rows = company(Random(seed), size)
    asked = (start, start + timedelta(days=days))
    with TemporaryDirectory() as folder:
        small = Bench.of(World(Path(folder) / "a", rows, reporting=BERLIN, woven=False))
        more = rows | {
            "teams!": [
                *rows["teams!"],
                {"team_id": "T9", "name": "Empty", "parent_team_id": "T0", "head_person_id": "P7"},
            ]
        }
        bigger = World(Path(folder) / "b", more, reporting=BERLIN, woven=False)
        try:
            found = [
                d
                for metric in ALL_METRICS
                for key in (None, "team")
                if key is None or "team" in legal_of(metric)
                for d in small.differences(metric, asked, key)
            ]
            assert not found
            for metric in ADDITIVE:
                assert_parts(small.world, {"metrics": [metric], "group_by": ["country"], "time": span(asked)})
            for metric in ALL_METRICS:
                question = small.question(metric, asked, "team")
                assert small.world.ask(question) == bigger.ask(question)
        finally:
            small.world.close()
            bigger.close()


def legal_of(metric: str) -> set[str]:
    from analytics.catalogue import FACTS  # noqa: PLC0415 - only this helper looks behind the catalogue

    parts = [part for part in METRICS[metric].parts if not part.shared]
    return set.intersection(*({*FACTS[part.fact].dimensions, *FACTS[part.fact].bridges} for part in parts))


@SMALL
@given(SEEDS, SIZES, STARTS, LENGTHS)
def test_small_worlds_are_what_plain_python_says(seed: int, size: int, start: date, days: int) -> None:
    check_world(seed, size, start, days)


@pytest.mark.proof
@FULL
@given(SEEDS, SIZES, STARTS, LENGTHS)
def test_many_small_worlds_are_what_plain_python_says(seed: int, size: int, start: date, days: int) -> None:
    check_world(seed, size, start, days)
