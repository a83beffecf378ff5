"""The engine against SQL written by hand for each metric, over the same tables."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from random import Random
from typing import Any

import pytest

from analytics.bind import shape_of, values_of
from analytics.catalogue import METRICS
from analytics.compile import compile_shape
from analytics.model import Reporting
from analytics.query import from_json
from analytics.resolve import resolve
from tests.second.by_hand import BY_HAND
from tests.second.compare import QUARTER, TO_DATE, WEEK, YEAR, Bench, Span, same
from tests.second.rich import company
from tests.world import EVERYTHING, World


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    rows = company(Random(11), 60)
    world = World(tmp_path_factory.mktemp("hand"), rows, reporting=Reporting("USD", "Europe/Berlin", 7))
    yield Bench(world, world.log())
    world.close()


def test_every_metric_has_its_sql_written_by_hand() -> None:
    assert set(BY_HAND) == set(METRICS)


def by_hand(bench: Bench, metric: str, span: Span) -> Any:
    as_of = bench.world.engine.version().calendar.as_of
    values = {"from": span[0], "to": span[1], "as_of": as_of, "last": min(span[1] - timedelta(days=1), as_of)}
    sql = BY_HAND[metric]
    with bench.world.engine.store.lease() as lease:
        return lease.columns(sql, {k: v for k, v in values.items() if re.search(rf"\${k}\b", sql)})[0][0]


@pytest.mark.parametrize("metric", sorted(METRICS))
def test_the_engine_says_what_sql_written_by_hand_says(bench: Bench, metric: str) -> None:
    for span in (QUARTER, YEAR, TO_DATE, WEEK):
        total = bench.world.answer(bench.question(metric, span, None)).total
        assert total is not None
        assert same(total.values[0], by_hand(bench, metric, span)), span


@pytest.mark.parametrize("metric", sorted(METRICS))
def test_numbers_leave_the_database_in_a_type_that_loses_nothing(bench: Bench, metric: str) -> None:
    """A sum of BIGINT is a HUGEINT, which would arrive as a float and lose its last digits; so would a DECIMAL."""
    world = bench.world
    version, reporting = world.engine.version(), world.engine.version().calendar.reporting
    with world.engine.store.lease() as lease:
        asked = from_json(bench.question(metric, YEAR, None))
        plan = resolve(
            asked, EVERYTHING, version.members, reporting, lease.snapshot.first_day, world.today, version.calendar.as_of
        )
        compiled = compile_shape(shape_of(plan, reporting))
        found = lease.cursor.execute(compiled.sql, values_of(plan, compiled.names, version.calendar))
        kinds = {name: str(kind) for name, kind, *_ in found.description or ()}
    numbers = {kind for name, kind in kinds.items() if name[0] in "mln" and name != "bucket"}
    assert numbers
    if not METRICS[metric].survival:
        assert numbers <= {"BIGINT", "DOUBLE"}
