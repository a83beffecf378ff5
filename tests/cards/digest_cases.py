"""The weekly digest and the card that arranges it, for the suites that run over every card."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from analytics.catalogue import METRICS, SCORECARDS
from analytics.model import Answer, Column, Compare, Goal, Notable, Number, Period, Query, Row
from cards.digest import Form, Tale, Week, arrange_card, digest_card
from cards.view import View
from tests.cards import answers

WEEK = Period(date(2026, 11, 9), date(2026, 11, 16))
BEFORE = Period(date(2026, 11, 2), date(2026, 11, 9))
YEAR_BEFORE = Period(date(2025, 11, 10), date(2025, 11, 17))
MONTHS = Period(date(2026, 8, 1), date(2026, 12, 1))
YEAR = Period(date(2025, 11, 16), date(2026, 11, 16))
NUMBERS: Mapping[str, tuple[Number, Number, Number]] = {
    "spend": (9_641_000, 8_926_000, 7_312_000),
    "jobs_posted": (27, 22, 19),
    "hires": (14, 14, None),
    "avg_time_to_hire": (7.4, 6.7, 9.8),
}
SCORES: Mapping[str, tuple[tuple[Number, Number], ...]] = {
    "demand": ((1_184, 1_020), (702, 640), (311, 280), (164, 151), (0.41, 0.38), (57, 61)),
    "value": ((4.7, 4.6), (0.91, 0.92), (0.44, 0.41), (6.4, 9.8), (3.1, 3.0), (7_425, 7_310), (41_230_000, None), (0.05, 0.05)),
    "supply": ((11.2, 10.4), (4.1, 4.0), (0.86, 0.84), (3.9, 5.2), (0.81, 0.78), (0.9, 0.88), (31, 29)),
}  # fmt: skip


def column(metric: str) -> Column:
    """A metric as the engine's answers have it."""
    declared = METRICS[metric]
    return Column(metric, declared.label, declared.unit, "metric", metric, declared.good)


def beside(metrics: tuple[str, ...]) -> tuple[Column, ...]:
    """Each metric with what it was and its change."""
    made: list[Column] = []
    for one in map(column, metrics):
        made += [
            one,
            replace(one, key=f"{one.key}_compared", kind="compare"),
            replace(one, key=f"{one.key}_change", kind="change"),
        ]
    return tuple(made)


def against(pairs: tuple[tuple[Number, Number], ...]) -> Row:
    """One row of numbers, what they were, and their changes."""
    values: list[Number] = []
    for now, then in pairs:
        values += [now, then, None if now is None or then is None else now - then]
    return answers.one(*values)


def tile(metric: str) -> tuple[Answer, Answer]:
    """A number of the week against the week before, and against the same week last year."""
    now, then, long_ago = NUMBERS[metric]
    goals = (Goal(metric, 7, "Target", "down", "target", met=False),) if metric == "avg_time_to_hire" else ()

    def made(compare: Compare, compared: Period, value: Number) -> Answer:
        query = Query((metric,), time=WEEK, compare=compare)
        return answers.answer(query, beside((metric,)), (against(((now, value),)),), compared=compared, goals=goals)

    return made(Compare("previous_period"), BEFORE, then), made(Compare("previous_year"), YEAR_BEFORE, long_ago)


def months() -> Answer:
    """Spend by month; the last one is still running."""
    rows = tuple(
        Row((day,), (day[:7],), (value,), records=30)
        for day, value in (
            ("2026-08-01", 39_800_000),
            ("2026-09-01", 42_100_000),
            ("2026-10-01", 42_900_000),
            ("2026-11-01", 17_100_000),
        )
    )
    time = Column("month", "Month", "date", "time")
    return answers.answer(Query(("spend",), time=MONTHS, grain="month"), (time, column("spend")), rows, period=MONTHS)


def promise(key: str) -> Answer:
    """A scorecard against the twelve months before."""
    metrics = SCORECARDS[key].metrics
    query = Query(metrics, time=YEAR, compare=Compare("previous_period"))
    return answers.answer(
        query, beside(metrics), (against(SCORES[key]),), compared=Period(date(2024, 11, 16), YEAR.start or YEAR.end)
    )


FOUND = (
    Notable("target", 4, 7.4, Query(("avg_time_to_hire",), time=YEAR), column("avg_time_to_hire"), 7),
    Notable("past", 3.5, 4, Query(("contracts_ending",), time=Period(None, WEEK.end))),
    Notable("open", 2.5, 1, Query(("open_ageing",))),
    Notable("new_teams", 2, 2, members=("Brand [Studio](http://x) & Co", "Legal", "Claims", "Fleet", "Patents")),
    Notable("up", 1.5, 27, Query(("jobs_posted",), time=WEEK), column("jobs_posted"), 18, ("Marketing",)),
)
STORY = Tale(
    "A launch in nine languages",
    "Marketing needed nine translators in a week; six were hired in four days, and the launch kept its date.",
    "Ann Lee",
)
WHOLE = Week(WEEK, tuple(tile(one) for one in NUMBERS), tuple(promise(one) for one in SCORES), months(), FOUND, STORY)
BARE = Week(WEEK, tuple((now, None) for now, _ in map(tile, NUMBERS)), ends=date(2026, 11, 12))
SHARED: Mapping[str, Any] = {"place": "shared", "scope": "Company totals"}
POSTED = "Nov 9 – 15, 2026 · updated every Monday, 09:00"

DIGEST: Mapping[str, Callable[[View], dict[str, Any]]] = {
    "digest": lambda view: digest_card(WHOLE, replace(view, **SHARED), POSTED),
    "digest-numbers": lambda view: digest_card(BARE, replace(view, **SHARED), POSTED),
    "digest-form": lambda view: arrange_card(
        Form(0, "08:15", ("Europe/Berlin", "UTC"), view.language, "on the [blue](x) moon"), view
    ),
}
