"""What every declaration of the catalogue must hold, so that a new one cannot be half made."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from analytics.catalogue import ABSENT, DIMENSIONS, FACTS, HIERARCHY, MEASURES, METRICS, Metric, Part, metric
from analytics.compile.conditions import sql
from analytics.errors import UnknownName
from tests.second.answers import METRICS as SECOND

EVERY = tuple(METRICS.values())
PARTS = [(m.key, n, p) for m in EVERY for n, p in enumerate(m.parts)]


def test_every_metric_is_computed_a_second_time() -> None:
    assert set(SECOND) == set(METRICS)


@pytest.mark.parametrize("one", EVERY, ids=lambda m: m.key)
def test_a_metric_says_what_it_is(one: Metric) -> None:
    for text in (one.definition, one.why, one.good_is):
        assert text
        assert text[0].isupper()
        assert text.endswith(".")
    assert one.label
    assert one.dates
    assert one.synonyms
    assert set(re.findall(r"\{(\d)\}", one.formula or "{0}")) == (
        {str(n) for n in range(len(one.parts))} if not one.survival else {"0"}
    )
    assert one.formula or len(one.parts) == 1 or one.survival


@pytest.mark.parametrize(("key", "n", "part"), PARTS, ids=lambda x: str(x)[:20])
def test_a_part_counts_by_a_date_or_at_a_moment(key: str, n: int, part: Part) -> None:
    assert part.fact in FACTS
    assert bool(part.date) != bool(part.alive)
    assert bool(part.alive) == bool(part.at)
    assert sql(part.measure)
    assert not part.where or sql(part.where)
    if part.shared:
        assert n > 0


def test_what_adds_up_is_a_sum_or_a_count() -> None:
    for one in EVERY:
        if one.additive:
            assert one.unit in {"count", "money", "hours", "fte"}, one.key
            assert not any("DISTINCT" in part.measure or part.per for part in one.parts), one.key
            assert not one.formula or "/" not in one.formula, one.key


def test_dimensions_and_facts_know_each_other() -> None:
    carried = {key for fact in FACTS.values() for key in fact.dimensions | fact.bridges}
    assert set(DIMENSIONS) <= carried
    # The manager of the day is no dimension: it only decides who may see a row.
    assert carried - set(DIMENSIONS) == {"manager"}
    for key, (parent, own) in HIERARCHY.items():
        assert {key, parent} <= set(DIMENSIONS)
        assert own == key
        assert all(parent in fact.dimensions for fact in FACTS.values() if key in fact.dimensions), key
    for measure in MEASURES.values():
        assert all(measure.key in FACTS[fact].measures for fact, _ in measure.columns)
        assert list(measure.edges) == sorted(set(measure.edges))
    assert all(key in MEASURES for fact in FACTS.values() for key in fact.measures)


def test_a_word_means_one_thing() -> None:
    metrics = Counter(word.casefold() for one in EVERY for word in {one.label.casefold(), *one.synonyms})
    assert [word for word, times in metrics.items() if times > 1] == []
    absent = {word for one in ABSENT for word in one.words}
    assert absent & set(metrics) == set()
    assert all(one.offer is None or one.offer in METRICS for one in ABSENT)


def test_an_unknown_metric_is_refused_with_the_nearest() -> None:
    with pytest.raises(UnknownName, match='Did you mean "spend"'):
        metric("spned")
