"""Every metric on the sample enterprise, computed a second time in plain Python from its files: no SQL, no shared code."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from analytics import sample
from analytics.tables import TABLES
from tests.second.compare import ALL_METRICS, QUARTER, TO_DATE, YEAR, Bench
from tests.world import World

SPLITS = ("job_category", "country")


class Sample(Bench):
    """The sample beside its log."""

    def legal_among(self, metric: str, wanted: tuple[str, ...]) -> list[str]:
        return [key for key in wanted if self._answers(metric, key)]


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sample]:
    folder = tmp_path_factory.mktemp("sample")
    sample.write(folder / "files", until=date(2026, 11, 19), employees=1_000, teams=24, progress=lambda _: None)
    rows: dict[str, list[dict[str, Any]]] = {}
    for name in TABLES:
        with (folder / "files" / f"{name}.csv").open(newline="", encoding="utf-8") as file:
            rows[f"{name}!"] = list(csv.DictReader(file))
    world = World(folder, rows, woven=False)
    yield Sample(world, world.log())
    world.close()


@pytest.mark.parametrize("metric", ALL_METRICS)
def test_every_metric_of_the_sample_is_what_plain_python_says(bench: Sample, metric: str) -> None:
    found = [d for span in (QUARTER, YEAR, TO_DATE) for d in bench.differences(metric, span)]
    found += [d for key in bench.legal_among(metric, SPLITS) for d in bench.differences(metric, YEAR, key)]
    assert found == []
