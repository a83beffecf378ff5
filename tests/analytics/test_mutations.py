"""Every declared measure is spoiled in several ways, and each time plain Python must disagree with what comes out."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random
from typing import Any

import pytest

from analytics.catalogue import FACTS, METRICS, Metric, Part
from analytics.compile import folds
from analytics.compile.assemble import compile_shape
from analytics.model import Reporting
from tests.second.compare import ALL_METRICS, QUARTER, TO_DATE, YEAR, Bench, Span
from tests.second.rich import company
from tests.world import World

FEWEST = 3
FIRSTS = [date(2025, m, 1) for m in range(7, 13)] + [date(2026, m, 1) for m in range(1, 12)]
MONTHS: list[Span] = list(itertools.pairwise(FIRSTS))
DAYS: list[Span] = [(first + timedelta(days=n), first + timedelta(days=n + 1)) for first in FIRSTS for n in (-1, 0)]
Change = Callable[[Part], Part | None]

# For every fact, another date of the same row that a careless declaration might count by.
OTHER_DATES = {
    "job": ("created_on", "closed_on"), "hire": ("posted_on", "hired_on - 30"), "proposal": ("posted_on", "created_on + 9"),
    "offer": ("sent_on", "responded_on"), "contract": ("started_on", "hired_on", "planned_end_on", "ended_on"),
    "charge": ("worked_on", "invoiced_on"), "time_entry": ("worked_on - 20",), "milestone": ("due_on", "submitted_on", "approved_on"),
    "feedback": ("given_on - 40",), "amendment": ("started_on",), "job_skill_supply": ("created_on",),
}  # fmt: skip
OTHER_STARTS = {"contract": "hired_on", "job": "created_on", "opening": "created_on", "assignment": "hired_on"}
OTHER_MOMENT = {"any": "end", "end": "start", "average": "end"}
SWAPS = (
    ("count(DISTINCT ", "count("), ("count(*)", "count(DISTINCT coalesce(team, ''))"), ("avg(", "max("), ("sum(", "max("), ("min(", "max("),
    ("max(", "min("), ("quantile_cont(", "quantile_disc("), (", 0.5)", ", 0.6)"), (", 0.9)", ", 0.8)"), (", 0.25)", ", 0.75)"), (", 0.75)", ", 0.5)"),
    ("list(watch_hired)", "list(true)"), ("list(watch_days)", "list(watch_days + 1)"),
)  # fmt: skip


def another_date(part: Part, n: int) -> Part | None:
    """Count by another date of the row."""
    others = [date for date in OTHER_DATES.get(part.fact, ()) if date != part.date]
    return replace(part, date=others[n]) if part.date and n < len(others) else None


def a_day_off(part: Part) -> Part | None:
    """Every row counts a day late, so that what lies at the end of a period falls into the next."""
    return replace(part, date=f"({part.date} + 1)") if part.date else None


def another_moment(part: Part) -> Part | None:
    """Count a population at another moment."""
    return replace(part, at=OTHER_MOMENT[part.at]) if part.alive and part.at and not part.planned else None  # type: ignore[arg-type]


def another_start(part: Part) -> Part | None:
    """A population begins on another date of the row."""
    start, gone = part.alive or ("", "")
    other = OTHER_STARTS.get(part.fact)
    return replace(part, alive=(other, gone)) if other and start != gone else None


def a_budget_cut_short(part: Part) -> Part | None:
    """What is planned is counted only as far as the data knows."""
    return replace(part, planned=False) if part.planned else None


def condition_dropped(part: Part) -> Part | None:
    """Every row counts, whatever the condition says."""
    return replace(part, where="TRUE") if part.where else None


def half_the_condition(part: Part) -> Part | None:
    """Only the first of several conditions is kept."""
    first, *rest = part.where.split(" AND ")
    return replace(part, where=first) if rest else None


def nobody_lost(part: Part) -> Part | None:
    """Rows without a team are dropped, as an inner join with the teams would."""
    return replace(part, where=f"({part.where or 'TRUE'}) AND team IS NOT NULL")


def refunds_dropped(part: Part) -> Part | None:
    """Only positive amounts count."""
    return replace(part, where=f"({part.where}) AND amount > 0") if part.fact == "charge" else None


def sources_mixed(part: Part) -> Part | None:
    """Freelance and staffing are thrown together."""
    known = "source" in FACTS[part.fact].dimensions and not part.any_source
    return replace(part, any_source=True) if known else None


def filter_dropped(part: Part) -> Part | None:
    """The condition inside the measure is forgotten."""
    bare = re.sub(r" FILTER \(WHERE [^()]*(\([^()]*\))?[^()]*\)", "", part.measure)
    return replace(part, measure=bare) if bare != part.measure else None


def another_measure(part: Part, n: int) -> Part | None:
    """Another aggregate than the one declared."""
    swaps = (("count(*)", "count(DISTINCT v)"), ("sum(v", "max(v")) if part.per else SWAPS
    told = [part.measure.replace(old, new) for old, new in swaps if old in part.measure]
    return replace(part, measure=told[n]) if n < len(told) else None


def inner_lost(part: Part) -> Part | None:
    """The inner of two folds is by another column."""
    return replace(part, per=("coalesce(team, '')", part.per[1])) if part.per else None


CHANGES: dict[str, Change] = {
    "another date": lambda p: another_date(p, 0),
    "yet another date": lambda p: another_date(p, 1),
    "a day off": a_day_off,
    "another moment": another_moment,
    "another start": another_start,
    "a budget cut short": a_budget_cut_short,
    "condition dropped": condition_dropped,
    "half the condition": half_the_condition,
    "rows of nobody lost": nobody_lost,
    "refunds dropped": refunds_dropped,
    "sources mixed": sources_mixed,
    "inner condition dropped": filter_dropped,
    "another measure": lambda p: another_measure(p, 0),
    "yet another measure": lambda p: another_measure(p, 1),
    "another inner fold": inner_lost,
}

# Spoiled declarations that mean the same as the good one, and why.
SAME = {
    ("teams_active", "part 0: rows of nobody lost"): "a team that is not known is counted as no team either way",
    ("committed", "part 0: condition dropped"): "a cancelled contract promises nothing",
    ("available", "part 2: condition dropped"): "a cancelled contract promises nothing",
    ("savings_vs_staffing", "part 0: condition dropped"): "hours without a comparable rate save nothing",
    (
        "savings_vs_staffing",
        "part 0: rows of nobody lost",
    ): "hours are comparable in a country only, which comes with the team",
    ("savings_vs_staffing", "part 0: sources mixed"): "hours of staffing save nothing against themselves",
    ("budget_variance", "part 1: half the condition"): "a contract without a budget adds nothing to the budgets",
    ("rate_over_ask", "part 0: condition dropped"): "no agreed rate is held where none was asked",
    ("rate_over_ask", "part 0: half the condition"): "no agreed rate is held where none was asked",
    (
        "contracts_ended",
        "part 0: half the condition",
    ): "a contract that has ended and was not cancelled is called ended",
    ("early_end_rate", "part 0: half the condition"): "what ended before its plan had one",
    (
        "avg_contract_duration",
        "part 0: half the condition",
    ): "a contract that has ended and was not cancelled is called ended",
    ("repeat_hire_rate", "part 0: condition dropped"): "a cancelled contract is no rehire",
    ("tenure_flags", "part 0: another measure"): "a person has one spell of work at a time",
    ("tenure_breaches", "part 0: another measure"): "a person has one spell of work at a time",
    ("on_time_rate", "part 0: condition dropped"): "what was on time was due and handed in",
    ("on_time_rate", "part 0: half the condition"): "what was on time was due and handed in",
}


@dataclass(frozen=True)
class Mutant:
    """A metric with one part spoiled."""

    name: str
    metric: Metric


def mutants(metric: Metric) -> Iterator[Mutant]:
    for n, part in enumerate(metric.parts):
        for name, change in CHANGES.items():
            # The two lists of a survival curve are spoiled alike, or they would not fit together.
            changed = tuple((change(p) or p) if i == n or metric.survival else p for i, p in enumerate(metric.parts))
            said = f"part {n}: {name}"
            if change(part) and changed != metric.parts and (metric.key, said) not in SAME:
                yield Mutant(said, replace(metric, parts=changed))


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    world = World(
        tmp_path_factory.mktemp("rich"),
        company(Random(11), 220),
        reporting=Reporting("USD", "Europe/Berlin", 7),
        woven=False,
    )
    yield Bench.of(world)
    world.close()


@pytest.fixture
def spoil(bench: Bench) -> Iterator[Callable[[Metric], None]]:
    """Puts a spoiled metric into the catalogue, and the good ones back at the end."""
    kept = dict(METRICS)

    def put(metric: Metric) -> None:
        METRICS[metric.key] = metric
        compile_shape.cache_clear()
        bench.world.engine.forget()

    yield put
    METRICS.update(kept)
    compile_shape.cache_clear()
    bench.world.engine.forget()


def noticed(bench: Bench, metric: str) -> bool:
    """Whether any of a few questions gives another answer than plain Python."""
    asked: list[tuple[Span, str | None]] = [(span, None) for span in (YEAR, QUARTER, TO_DATE)]
    own = [set(FACTS[part.fact].dimensions) for part in METRICS[metric].parts if not part.shared]
    asked += [
        (YEAR, key) for key in ("team", "job_category", "owner", "worker_country") if key in set.intersection(*own)
    ]
    asked += [(span, None) for span in MONTHS + DAYS]
    return any(True for span, key in asked for _ in bench.differences(metric, span, key))


@pytest.mark.parametrize("metric", ALL_METRICS)
def test_plain_python_disagrees_with_every_spoiled_declaration(
    bench: Bench, spoil: Callable[[Metric], None], metric: str
) -> None:
    tried = list(mutants(METRICS[metric]))
    for n in range(len(METRICS[metric].parts)):
        assert sum(m.name.startswith(f"part {n}:") for m in tried) >= FEWEST
    survived = []
    for mutant in tried:
        spoil(mutant.metric)
        if not noticed(bench, metric):
            survived.append(mutant.name)
    assert not survived


# Extremes, quantiles, different members and curves do not care how often a row is there.
FANNED = [
    key
    for key, metric in METRICS.items()
    if re.search(r"sum\(|avg\(|count\(\*\)", " ".join(p.measure for p in metric.parts)) and not metric.survival
]


@pytest.mark.parametrize("metric", FANNED)
def test_plain_python_disagrees_where_rows_are_joined_before_they_are_added_up(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, metric: str
) -> None:
    """Each row is repeated for every contract of its team, as a join of two fact tables would."""
    plain = folds._rows

    def fanned(*given: Any, **named: Any) -> Any:
        return plain(*given, **named).join(
            "(SELECT team AS fan FROM contract) AS fan", on="fan.fan IS NOT DISTINCT FROM f.team", dialect="duckdb"
        )

    monkeypatch.setattr(folds, "_rows", fanned)
    compile_shape.cache_clear()
    bench.world.engine.forget()
    assert noticed(bench, metric)
    monkeypatch.undo()
    compile_shape.cache_clear()
    bench.world.engine.forget()


def test_dropping_groups_without_a_key_is_noticed(bench: Bench) -> None:
    """Without its Unmapped row a breakdown no longer adds up to its total."""
    answer = bench.world.answer(bench.question("spend", YEAR, "team"))
    known = [row for row in answer.rows if row.kind == "value"]
    assert answer.total is not None
    assert len(known) < len(answer.rows)
    assert sum(row.values[0] or 0 for row in known) != answer.total.values[0]


def test_no_spoiled_metric_outlives_its_test() -> None:
    from analytics.catalogue import demand, spend, work  # noqa: PLC0415 - looks at the declarations themselves

    assert {m.key: m for m in (*spend.METRICS, *demand.METRICS, *work.METRICS)} == METRICS
