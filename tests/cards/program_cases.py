"""Cards of the whole program, for the suites that run over every card: scorecards, reports, people, jobs, how current the data is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from analytics.catalogue import METRICS, SCORECARDS
from analytics.model import Answer, Column, Compare, Filter, Goal, Having, Number, Period, Query, Row, Value
from analytics.notes import Bound, Named, Note, Unrated
from analytics.targets import load_goals
from cards.asked import asked_card
from cards.freshness import freshness_card
from cards.notice import Button, Line, notice_card
from cards.quality import SourceState
from cards.reports import REPORTS, Report, report_card
from cards.show import card_for
from cards.values import values_card
from cards.view import Person, View
from tests.cards import answers, hard
from tests.cards.answers import BEFORE, QUARTER, SNAPSHOT, answer, one

Card = dict[str, Any]

NUMBERS: Mapping[str, tuple[tuple[Number, Number], ...]] = {
    "demand": ((412, 365), (301, 290), (96, 96), (41, 38), (0.034, 0.031), (57, 44)),
    "value": ((4.71, 4.69), (0.93, 0.95), (0.38, 0.31), (6.8, 8.0), (12.4, 14.9), (6_240, 6_410), (41_230_000, None), (0.081, 0.08)),
    "supply": ((9.4, 11.2), (3.6, 4.1), (0.72, 0.81), (3.1, 2.6), (0.84, 0.86), (0.91, 0.9), (16, 15)),
}  # fmt: skip
PROJECTED = (
    Note("projection_jobs", adopting=41, teams=380, then=14_850, now=1_640),
    Note("projection_fails", then=0.4, now=3.6),
    Note("projection_assumed", enough="3"),
)


def scorecard(key: str) -> Answer:
    """One scorecard against the quarter before, with a target or two."""
    metrics = [METRICS[name] for name in SCORECARDS[key].metrics]
    columns, values = [], []
    for metric, (now, then) in zip(metrics, NUMBERS[key], strict=True):
        column = Column(metric.key, metric.label, metric.unit, "metric", metric.key, metric.good)
        columns += [column, replace(column, key=f"{metric.key}_compared", kind="compare")]
        columns.append(replace(column, key=f"{metric.key}_change", kind="change"))
        values += [now, then, None if now is None or then is None else now - then]
    goals = (
        Goal("avg_time_to_hire", 7, "Target", "down", "target", met=True),
        Goal("jobs_posted", 450, "Target", "up", "target", met=False),
    )
    query = Query(SCORECARDS[key].metrics, time=QUARTER, compare=Compare("previous_period"))
    return answer(
        query,
        tuple(columns),
        (one(*values, records=412),),
        compared=BEFORE,
        goals=tuple(goal for goal in goals if goal.metric in query.metrics),
        notes=PROJECTED if key == "supply" else (),
    )


def threshold() -> Answer:
    """Teams above a threshold: the rest is one line, so that the parts still add up."""
    asked = replace(answers.breakdown().query, group_by=("team",), having=(Having("spend", ">", 100_000),))
    rows = [("T001", "Brand Studio", 61_230_000, 40), ("T002", "Product Design", 38_890_000, 21)]
    made = tuple(Row((key,), (name,), (value, value / 132_336_000), records=n) for key, name, value, n in rows)
    note = Note("having", limit=Bound(100_000, "money", ">", Named("metric", "spend")))
    total = Row((), ("Total",), (132_336_000, 1.0), records=186)
    return answer(asked, (answers.TEAM, answers.SPEND, answers.SHARE), made, total, notes=(note,))


def noted() -> Answer:
    """A number with every remark that an everyday answer may carry."""
    notes = (
        Note("no_headcount", metrics=(Named("metric", "spend_per_fte", inside=False),), months=(date(2026, 9, 30),)),
        Note("no_rate", amounts=(Unrated("TRY", 3, 1_234.5), Unrated("JPY", 1, 98_000.0))),
        Note("not_split", dimension=Named("dimension", "job_category")),
        Note("no_target", metric=Named("metric", "spend_per_fte")),
        METRICS["savings_vs_staffing"].estimate,
    )
    return replace(answers.no_number(), notes=notes)


def benchmark() -> Answer:
    """Time to hire beside a published figure."""
    known = next(b for b in load_goals(None).benchmarks if b.metric == "avg_time_to_hire")
    said = Note("benchmark", population=known.population, year=str(known.year), source=known.source, note=known.note)
    held = replace(answers.metric(), query=Query(("avg_time_to_hire",), time=QUARTER, compare=Compare("benchmark")))
    return replace(held, goals=(Goal("avg_time_to_hire", 44, "Benchmark", "down", "benchmark", note=said),))


def statuses() -> Answer:
    """Jobs by their state, a code of the data."""
    rows = tuple(Row((key,), (key,), (n,), records=n) for key, n in (("open", 57), ("filled", 301), ("cancelled", 54)))
    status = Column("status", "Status", "text", "dimension")
    query = Query(("jobs_posted",), ("status",), time=QUARTER)
    return answer(query, (status, answers.JOBS), rows, Row((), ("Total",), (412,), records=412))


def jobs_by_amount() -> Answer:
    """The jobs of one person over a budget, in any period: the amount that was asked about is shown."""
    found = hard.listing()
    budget = Column("amount", "Budget", "money", "dimension")
    rows = tuple(
        row._replace(keys=(*row.keys, "1"), labels=(*row.labels, ""), values=(*row.values, 750_000))
        for row in found.rows
    )
    wanted = (Filter("poster", include=(Value("Ann Smith", "P1"),)), Filter("amount", bounds=(("gte", 5_000.0),)))
    query = Query((), rows="job", filters=wanted, order=(("amount", "desc"),))
    period = Period(date(1900, 1, 1), date(2026, 11, 21))
    return replace(found, query=query, columns=(*found.columns, budget), rows=rows, period=period, more=0, records=2)


PEOPLE = {
    "P1": Person("Brand Studio", "Design & Creative", 3),
    "P2": Person("Global Marketing Communications and Brand", "", 0),
}
SOURCES = (
    SourceState("upwork", date(2026, 11, 20), 60_123),
    SourceState("beeline_invoice_2026-09 [final](http://evil.example).csv", date(2026, 9, 30), 12_300),
    SourceState("CSV", None, 1_024),
)  # fmt: skip
BUTTON = Button("End now", "end_deputy", {"id": 7})


def report(view: View, which: Report) -> Card:
    """A report from the answers at hand, each under the question that its part would ask."""
    base = replace(which.base(None), time=QUARTER)
    top = [replace(answers.metric(), query=query, columns=_columns(query.metrics[0])) for query in which.top(base)]
    found = [(section, _part(query)) for section, query in which.parts(base, "named")]
    return report_card(which, base, top, found, view)


def _columns(key: str) -> tuple[Column, ...]:
    metric = METRICS[key]
    column = Column(key, metric.label, metric.unit, "metric", key, metric.good)
    return (
        column,
        replace(column, key=f"{key}_compared", kind="compare"),
        replace(column, key=f"{key}_change", kind="change"),
    )


def _part(query: Query) -> Answer:
    """Something of the right shape: six groups, the steps of a trend, or bands."""
    metric = METRICS[query.metrics[0]]
    column = Column(metric.key, metric.label, metric.unit, "metric", metric.key, metric.good)
    like = answers.trend() if query.grain else hard.bands() if query.bands else answers.breakdown()
    first = like.columns[0] if query.grain or query.bands else replace(like.columns[0], key=query.group_by[0])
    rows = tuple(row._replace(values=(40 - at,)) for at, row in enumerate(like.rows) if row.kind == "value")
    return replace(like, query=query, columns=(first, column), rows=rows, total=None, goals=())


PROGRAM: Mapping[str, Callable[[View], Card]] = {
    "scorecard-demand": lambda view: card_for(scorecard("demand"), view),
    "scorecard-value": lambda view: card_for(scorecard("value"), view),
    "scorecard-supply": lambda view: card_for(scorecard("supply"), view),
    "report-jobs": lambda view: report(view, REPORTS["jobs"]),
    "report-spending": lambda view: report(view, REPORTS["spending"]),
    "people": lambda view: card_for(answers.posters(), replace(view, people=PEOPLE, back=answers.teams().query)),
    "threshold": lambda view: card_for(threshold(), view),
    "noted": lambda view: card_for(noted(), view),
    "benchmark": lambda view: card_for(benchmark(), view),
    "statuses": lambda view: card_for(statuses(), view),
    "jobs-by-amount": lambda view: card_for(jobs_by_amount(), replace(view, back=answers.posters().query)),
    "freshness": lambda view: freshness_card(view, SNAPSHOT, SOURCES),
    "values": lambda view: values_card(view, "team", "Teams", [f"Team [{n}](x)" for n in range(70)]),
    "notice": lambda view: notice_card(view, "Ann", ("7",), warning="!", lines=[Line("Ann · Bob", "1–2", BUTTON)]),
    "asked": lambda view: asked_card(view, 412, 57, (("answered", 371), ("refused", 21)), (("spend", 120),), 143.0, 28),
}  # fmt: skip
