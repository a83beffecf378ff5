"""SQL by shape: built once, values never written into it, every legal shape a statement that runs."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from analytics.bind import shape_of
from analytics.catalogue import DIMENSIONS, MEASURES, METRICS
from analytics.compile import compile_shape
from analytics.errors import NotAllowed, QuestionError
from analytics.model import GRAINS, Answer, Query, Scope
from analytics.query import from_json
from analytics.resolve import resolve
from tests.second.rich import company
from tests.world import EVERYTHING, World

SPAN = {"from": "2026-01-01", "to": "2026-10-01"}
METRIC = st.sampled_from(sorted(METRICS))
DIMENSION = st.sampled_from(sorted(DIMENSIONS))
SCOPES = st.sampled_from([EVERYTHING, Scope("line", "named", people=("P3",)), Scope("line", "named", teams=("T2",)), Scope("none", "named"),
                          Scope("all", "named", among=(Scope("line", "named", people=("P2", "P3")), Scope("all", "named"))), Scope("all", "groups")])  # fmt: skip


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    made = World(tmp_path_factory.mktemp("rich"), company(Random(5), 20))
    yield made
    made.close()


def text_of(world: World, said: dict[str, Any], scope: Scope = EVERYTHING) -> str:
    version = world.engine.version()
    snapshot = world.store.snapshot
    plan = resolve(
        from_json(said),
        scope,
        version.members,
        snapshot.reporting,
        snapshot.first_day,
        world.today,
        version.calendar.as_of,
    )
    return compile_shape(shape_of(plan, snapshot.reporting)).sql


def test_questions_that_differ_in_values_only_share_their_text(world: World) -> None:
    one = {"metrics": ["spend"], "group_by": ["team"], "filters": {"job_category": ["Design"]}, "time": SPAN}
    other = {**one, "filters": {"job_category": ["Data"]}, "time": {"from": "2025-12-01", "to": "2026-02-01"}}
    assert text_of(world, one) is text_of(world, other)
    assert text_of(world, one, Scope("line", "named", people=("P2",))) is text_of(
        world, other, Scope("line", "named", people=("P3",))
    )
    assert text_of(world, one) != text_of(world, one, Scope("line", "named", people=("P2",)))


def test_no_value_is_ever_written_into_the_text(world: World) -> None:
    said = {
        "metrics": ["spend"],
        "filters": {"team": ["Brand", "Data"], "cost_center": {"not": ["CC1"]}, "amount": {"gt": 12345}},
        "time": SPAN,
    }
    text = text_of(world, said, Scope("line", "named", people=("P2",)))
    for value in ("Brand", "T1", "CC1", "12345", "1234500", "2026", "P2"):
        assert value not in text


def test_a_hostile_name_is_only_a_name(world: World) -> None:
    for name in ("'; DROP TABLE charge; --", "$from", "Brand' OR '1'='1", "\x00", "{0}"):
        with pytest.raises(QuestionError):
            world.ask({"metrics": ["spend"], "filters": {"team": [name]}, "time": SPAN})


# A refusal is short enough as it is; to shrink it would ask thousands of questions more.
NO_SHRINKING = (Phase.explicit, Phase.generate)
QUESTIONS = {
    "metrics": st.lists(METRIC, min_size=1, max_size=3, unique=True),
    "group_by": st.lists(DIMENSION, max_size=2, unique=True),
    "filters": st.dictionaries(DIMENSION, st.sampled_from(["in", "not", "under"]), max_size=2),
    "bound": st.none() | st.sampled_from(sorted(MEASURES)),
    "more": st.fixed_dictionaries({}, optional={
        "grain": st.sampled_from(GRAINS), "compare": st.sampled_from(["previous_period", "previous_year", "target", "benchmark", "budget", {"from": "2025-11-01", "to": "2026-03-01"},
            {"dimension": "team", "values": ["Brand", "Data"]}, {"dimension": "source", "values": ["freelance", "staffing"]}, {"dimension": "country", "values": []}]),
        "having": st.lists(st.builds(lambda m, op: {"metric": m, "op": op, "value": 1}, METRIC, st.sampled_from([">", "<="])), min_size=1, max_size=2),
        "order": st.lists(st.tuples(METRIC | DIMENSION | METRIC.map(lambda m: f"{m}_change"), st.sampled_from(["asc", "desc"])).map(list), min_size=1, max_size=2),
        "basis": st.sampled_from(["posted", "work_period", "invoice", "closed", "hired"]),
        "rows": st.sampled_from(["job", "contract", "charge", "proposal"]),
        "limit": st.integers(1, 5), "as_share": st.just(True), "at": st.sampled_from(["start", "end", "average", "any"]),
        "bands": st.sampled_from(sorted(MEASURES)).map(lambda m: {"dimension": m, "edges": []}), "time": st.sampled_from([{"from": None, "to": "2026-10-01"}, {"from": "2027-01-01", "to": "2027-02-01"}]),
    }),
    "scope": SCOPES,
}  # fmt: skip


@settings(
    max_examples=150,
    phases=NO_SHRINKING,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    derandomize=True,
)
@given(**QUESTIONS)
def test_every_question_answers_or_is_refused_with_one_that_does(world: World, **question: Any) -> None:
    follow(world, **question)


@pytest.mark.proof
@settings(max_examples=5000, phases=NO_SHRINKING, deadline=None, suppress_health_check=list(HealthCheck))
@given(**QUESTIONS)
def test_thousands_of_questions_answer_or_are_refused_with_one_that_does(world: World, **question: Any) -> None:
    follow(world, **question)


def follow(
    world: World,
    metrics: list[str],
    group_by: list[str],
    filters: dict[str, str],
    bound: str | None,
    more: dict[str, Any],
    scope: Scope,
) -> None:
    """Anything the format can say either answers, with rows as wide as its columns, or says why not; following the
    nearest question offered always ends in an answer.
    """
    said: dict[str, Any] = {"metrics": metrics, "group_by": group_by, "time": SPAN, **more}
    said["filters"] = {key: {way: [DIMENSIONS[key].null_label]} for key, way in filters.items()}
    said["filters"] |= {bound: {"gte": 1}} if bound else {}
    said = {key: value for key, value in said.items() if value not in ({}, [])}
    for _ in range(16):
        try:
            answer, nearest = asked(world, said, scope)
        except NotAllowed:
            return
        assert nearest != said
        if answer:
            assert_fits(answer)
        if answer:
            return
        assert nearest, said
        said = nearest
    raise AssertionError(said)


def asked(world: World, said: dict[str, Any], scope: Scope) -> tuple[Answer | None, dict[str, Any] | None]:
    """The answer, or the nearest question that was offered instead."""
    try:
        return world.answer(said, scope), None
    except NotAllowed:
        raise
    except QuestionError as refused:
        return None, refused.nearest


def assert_fits(answer: Answer) -> None:
    keys = 0 if answer.query.rows else sum(c.kind in {"dimension", "time"} for c in answer.columns)
    for row in answer.rows:
        assert len(row.values) == len(answer.columns) - keys
        assert row.kind == "withheld" or answer.query.rows or len(row.labels) == keys


def test_the_query_of_an_answer_can_be_asked_again(world: World) -> None:
    answer = world.answer(
        {"metrics": ["spend"], "compare": {"dimension": "team", "values": ["Brand", "Data"]}, "time": SPAN}
    )
    assert isinstance(answer.query, Query)
    assert world.answer(answer.query).rows == answer.rows
