"""The reference of metrics is what the catalogue says today."""

from __future__ import annotations

import pytest

from analytics.catalogue import METRICS
from analytics.catalogue.page import PAGE, dimensions_of, formula_of, page


def test_the_reference_of_metrics_is_up_to_date() -> None:
    """`python -m analytics.catalogue.page` writes it anew."""
    assert PAGE.read_text(encoding="utf-8") == page()


@pytest.mark.parametrize("key", METRICS)
def test_every_metric_says_what_it_is_why_it_matters_what_is_good_and_how_it_is_computed(key: str) -> None:
    metric = METRICS[key]
    assert all(said.endswith(".") for said in (metric.definition, metric.why, metric.good_is))
    assert metric.dates
    assert "{" not in formula_of(metric)
    assert dimensions_of(metric)


def test_a_ratio_shows_both_its_parts_and_a_population_its_moment() -> None:
    assert formula_of(METRICS["fill_rate"]).count("[jobs where posted_on <= $as_of - 30 by posted_on]") == 2
    assert "on any day" in formula_of(METRICS["active_contracts"])
