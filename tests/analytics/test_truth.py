"""The engine on the sample enterprise against what its generator knows: plain Python over its own event log, no SQL."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from analytics import facts, sample
from analytics.engine import Engine
from analytics.model import Reporting
from analytics.query import from_json
from analytics.store import Store
from analytics.sync import sync
from tests.enterprise import UNTIL, Synced, synced_sample
from tests.world import EVERYTHING, NOW, TODAY

PERIODS = ("last_fiscal_quarter", "last_fiscal_year", "all_time")
SOURCES: dict[str, dict[str, Any]] = {
    "freelance": {},
    "staffing": {"source": ["staffing"]},
    "all": {"source": ["freelance", "staffing"]},
}

# truth's name of a number -> the question that asks for it.
NUMBERS: dict[str, dict[str, Any]] = {
    "spend": {"metrics": ["spend"]},
    "spend_per_fte": {"metrics": ["spend_per_fte"]},
    "avg_spend_per_contract": {"metrics": ["avg_spend_per_contract"]},
    "jobs_posted": {"metrics": ["jobs_posted"]},
    "avg_time_to_hire": {"metrics": ["avg_time_to_hire"]},
    "contracts": {"metrics": ["contracts"]},
    "avg_contract_duration": {"metrics": ["avg_contract_duration"]},
}
GROUPS: dict[str, dict[str, Any]] = {
    "spend_by_job_category": {"metrics": ["spend"], "group_by": ["job_category"]},
    "spend_by_team": {"metrics": ["spend"], "group_by": ["team"]},
    "spend_by_country": {"metrics": ["spend"], "group_by": ["country"]},
    "jobs_posted_by_job_category": {"metrics": ["jobs_posted"], "group_by": ["job_category"]},
    "jobs_posted_by_team": {"metrics": ["jobs_posted"], "group_by": ["team"]},
    "avg_time_to_hire_by_job_category": {"metrics": ["avg_time_to_hire"], "group_by": ["job_category"]},
}


class Enterprise:
    """A sample enterprise, synced, with the truth beside it."""

    def __init__(self, files: Path, store: Path) -> None:
        self.truth = json.loads((files / "truth" / "truth.json").read_text(encoding="utf-8"))
        self.store = Store(store)
        self.engine = Engine(self.store)

    def ask(self, question: dict[str, Any], period: str, source: str) -> Any:
        """The engine's answer within a period of the truth, on one side or both."""
        filters = {**question.get("filters", {}), **SOURCES[source]}
        asked = {**question, "time": self.truth["periods"][period], **({"filters": filters} if filters else {})}
        return self.engine.ask(from_json(asked), EVERYTHING, today=TODAY)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Synced:
    return synced_sample(tmp_path_factory)


@pytest.fixture(scope="module")
def enterprise(made: Synced) -> Iterator[Enterprise]:
    opened = Enterprise(made.files, made.store)
    yield opened
    opened.engine.close()
    opened.store.close()


def same(ours: Any, truth: Any) -> bool:
    if isinstance(ours, int) and isinstance(truth, int):
        return ours == truth
    if ours is None or truth is None:
        return ours is truth
    return math.isclose(ours, truth, rel_tol=1e-9)


def test_a_clean_sample_is_read_whole_and_raises_no_doubt(made: Synced) -> None:
    assert made.report.quarantined == 0
    assert [f for f in made.report.findings if f.severity != "I"] == []


@pytest.mark.parametrize("source", SOURCES)
@pytest.mark.parametrize("period", PERIODS)
@pytest.mark.parametrize("name", NUMBERS)
def test_a_number_is_what_the_generator_knows(enterprise: Enterprise, name: str, period: str, source: str) -> None:
    truth = enterprise.truth["results"][period][source][name]
    assert same(enterprise.ask(NUMBERS[name], period, source).total.values[0], truth)


@pytest.mark.parametrize("source", SOURCES)
@pytest.mark.parametrize("period", PERIODS)
@pytest.mark.parametrize("name", GROUPS)
def test_a_breakdown_is_what_the_generator_knows(enterprise: Enterprise, name: str, period: str, source: str) -> None:
    truth = enterprise.truth["results"][period][source][name]
    answer = enterprise.ask(GROUPS[name], period, source)
    ours = {row.keys[0] or "": row.values[0] for row in answer.rows}
    assert ours.keys() == truth.keys()
    assert [key for key, value in truth.items() if not same(ours[key], value)] == []


@pytest.mark.parametrize("period", PERIODS)
def test_months_and_posters_are_what_the_generator_knows(enterprise: Enterprise, period: str) -> None:
    truth = enterprise.truth["results"][period]["freelance"]
    months = enterprise.ask({"metrics": ["spend"], "grain": "month"}, period, "freelance")
    assert {(row.keys[0] or "")[:7]: row.values[0] for row in months.rows} == truth["spend_by_month"]
    posters = enterprise.ask({"metrics": ["jobs_posted"], "group_by": ["poster"]}, period, "freelance")
    ours = {row.keys[0]: row.values[0] for row in posters.rows}
    assert [p for p, n in truth["jobs_posted_by_poster"] if ours[p] != n] == []


@pytest.mark.proof
def test_the_full_enterprise_is_what_the_generator_knows(tmp_path: Path) -> None:
    sample.write(tmp_path / "files", until=UNTIL, progress=lambda _: None)
    sync(tmp_path / "files", tmp_path / "store", reporting=Reporting(), now=NOW, build=facts.build)
    full = Enterprise(tmp_path / "files", tmp_path / "store")
    for period in PERIODS:
        for source in SOURCES:
            for name, question in NUMBERS.items():
                truth = full.truth["results"][period][source][name]
                assert same(full.ask(question, period, source).total.values[0], truth), (name, period, source)
    full.engine.close()
    full.store.close()
