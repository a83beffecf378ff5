"""What every declaration of the catalogue must hold, so that a new one cannot be half made."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from analytics.catalogue import ABSENT, DIMENSIONS, FACTS, HIERARCHY, MEASURES, METRICS, Metric, Part, metric
from analytics.compile.conditions import sql
from analytics.errors import UnknownName
from tests.analytics.test_mutations import FEWEST, mutants
from tests.second.answers import METRICS as SECOND
from tests.second.by_hand import BY_HAND

EVERY = tuple(METRICS.values())
# The public words: buttons, saved questions and alerts out there say them, so none may be lost or renamed.
PUBLIC_METRICS = """
    spend staffing_spend avg_spend_per_contract spend_per_fte spend_per_freelancer fee_share savings_vs_staffing
    budget budget_variance committed available avg_hourly_rate median_hourly_rate p25_hourly_rate p75_hourly_rate
    min_hourly_rate max_hourly_rate rate_over_ask concentration top_10_share
    jobs_posted hires unique_posters teams_active adoption avg_time_to_hire median_time_to_hire p90_time_to_hire
    time_to_hire_km time_to_fill median_time_to_fill time_to_start time_to_approve time_to_offer time_to_first_proposal
    onboarding_time fill_rate hire_rate cancel_rate jobs_cancelled open_ageing positions_open
    proposals proposals_per_job shortlisted shortlist_rate offers offer_acceptance supply_per_job supply_coverage
    contracts active_contracts freelancers contingent_share contracts_ended contracts_ending early_end_rate turnover
    avg_contract_duration avg_contract_age idle_contracts rehires repeat_hire_rate tenure_flags tenure_breaches
    amendments hours overtime_share rating on_time_rate milestones_submitted milestones_accepted
    cost_per_accepted_milestone country_count headcount fte
"""
PUBLIC_DIMENSIONS = """
    job_category team poster country platform source freelancer contract_type skill status cost_center
    supplier owner worker_country charge_type end_reason hire_channel engagement_kind po_number stage
    division job_family job_subcategory region
"""
PUBLIC_MEASURES = "age_days tenure_days duration_days rate amount"
PUBLIC_ABSENT = """
    employee attrition|cost per hire|savings against employees|spend under management|payment terms|diversity
    |onboarding compliance|conversion to employee|nps
"""
PARTS = [(m.key, n, p) for m in EVERY for n, p in enumerate(m.parts)]


def test_the_public_words_are_all_declared() -> None:
    assert sorted(METRICS) == sorted(PUBLIC_METRICS.split())
    assert sorted(DIMENSIONS) == sorted(PUBLIC_DIMENSIONS.split())
    assert sorted(MEASURES) == sorted(PUBLIC_MEASURES.split())
    assert {word.strip() for word in PUBLIC_ABSENT.split("|")} <= {word for one in ABSENT for word in one.words}
    assert HIERARCHY.keys() == {"team", "job_category", "country"}


def test_every_metric_is_computed_a_second_time_and_by_hand() -> None:
    assert set(SECOND) == set(BY_HAND) == set(METRICS)


@pytest.mark.parametrize("one", EVERY, ids=lambda m: m.key)
def test_a_measure_can_be_spoiled_in_three_ways_at_least(one: Metric) -> None:
    """How they are noticed is the matter of test_mutations."""
    tried = [m.name for m in mutants(one)]
    for n in range(len(one.parts)):
        assert len({name for name in tried if name.startswith(f"part {n}:")}) >= FEWEST


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
