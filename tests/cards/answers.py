"""Answers written by hand, as the engine makes them: one for each shape of card, and the hard cases."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

from analytics.model import (
    Answer,
    Column,
    Compare,
    Figure,
    Filter,
    Finding,
    Goal,
    Number,
    Period,
    Query,
    Reporting,
    Row,
    Scope,
    Snapshot,
    Value,
)  # fmt: skip
from analytics.notes import Named, Note
from cards.view import Choice, Choices, View

TODAY = date(2026, 11, 20)
BENCHMARK = Note(
    "benchmark",
    population="employees, worldwide",
    year="2025",
    source="Example Institute",
    note="employee hiring, not freelance; different definition",
)
ALL = Scope("all", "named")
GROUPS = Scope("all", "groups")
TOTALS = Scope("all", "totals")
SNAPSHOT = Snapshot(
    41,
    datetime(2026, 11, 20, 6, 0, tzinfo=UTC),
    datetime(2026, 11, 20, 6, 4, tzinfo=UTC),
    date(2023, 11, 20),
    Reporting(),
)
QUARTER = Period(date(2026, 7, 1), date(2026, 10, 1))
BEFORE = Period(date(2026, 4, 1), date(2026, 7, 1))
RUNNING = Period(date(2026, 10, 1), date(2027, 1, 1))
YEAR = Period(date(2025, 12, 1), date(2026, 12, 1))

CATEGORIES = (
    ("JC01", "Design & Creative", 41_230_000, 38),
    ("JC02", "Software Development", 38_890_000, 21),
    ("JC03", "Content & Writing", 20_145_000, 44),
    ("JC04", "Data Analytics", 12_280_000, 13),
    ("JC05", "Translation", 6_811_000, 29),
    ("JC06", "Marketing", 5_490_000, 17),
)
MONTHS = (9.8, 9.1, 9.4, 8.7, 8.1, 8.9, 7.8, 7.2, 7.4, 6.8, 6.6, 6.4)

VIEW = View(
    today=TODAY,
    scope="Whole program",
    filters=(
        Choices("job_category", tuple(Choice(name, key) for key, name, _, _ in CATEGORIES)),
        Choices("country", (Choice("Germany", "DE"), Choice("India", "IN"), Choice("United States", "US"))),
    ),
)
SHARED = replace(VIEW, place="shared", scope="Company totals")

SPEND = Column("spend", "Spend", "money", "metric", "spend")
SHARE = Column("spend_share", "Share", "ratio", "share", "spend")
SPEND_BEFORE = Column("spend_compared", "Spend", "money", "compare", "spend")
SPEND_CHANGE = Column("spend_change", "Spend", "money", "change", "spend")
CATEGORY = Column("job_category", "Job category", "text", "dimension")
TEAM = Column("team", "Team", "text", "dimension")
POSTER = Column("poster", "Posted by", "text", "dimension")
SOURCE = Column("source", "Source", "text", "dimension")
MONTH = Column("month", "Month", "date", "time")
JOBS = Column("jobs_posted", "Jobs posted", "count", "metric", "jobs_posted", "up")
CONTRACTS = Column("contracts", "Contracts", "count", "metric", "contracts", "up")
HIRE = Column("avg_time_to_hire", "Average time to hire", "days", "metric", "avg_time_to_hire", "down")
HIRE_BEFORE = Column("avg_time_to_hire_compared", "Average time to hire", "days", "compare", "avg_time_to_hire")
HIRE_CHANGE = Column("avg_time_to_hire_change", "Average time to hire", "days", "change", "avg_time_to_hire")


def _held(column: Column) -> tuple[Column, Column]:
    """The columns beside a metric that is held against another period."""
    return (
        replace(column, key=f"{column.key}_compared", kind="compare"),
        replace(column, key=f"{column.key}_change", kind="change"),
    )


def answer(
    query: Query, columns: tuple[Column, ...], rows: tuple[Row, ...], total: Row | None = None, **more: object
) -> Answer:
    """An answer with what is the same everywhere filled in."""
    common: dict[str, object] = {
        "records": sum(row.records for row in rows),
        "period": query.time or QUARTER,
        "compared": None,
        "snapshot": SNAPSHOT,
        "currency": "USD",
        "scope": ALL,
        "platforms": ("Upwork",),
    }
    return Answer(query, columns, rows, total, **(common | more))  # type: ignore[arg-type]


def one(*values: Number, records: int = 113) -> Row:
    """The single row of an answer without groups."""
    return Row((), (), values, records=records)


def metric() -> Answer:
    """Time to hire in design, faster than before, target met."""
    design = Filter("job_category", include=(Value("Design & Creative", "JC01"),))
    return answer(
        Query(("avg_time_to_hire",), filters=(design,), time=QUARTER, compare=Compare("previous_period")),
        (HIRE, HIRE_BEFORE, HIRE_CHANGE),
        (one(6.8, 8.0, -1.2),),
        compared=BEFORE,
        goals=(
            Goal("avg_time_to_hire", 7, "Target", "down", "target", met=True),
            Goal("avg_time_to_hire", 12, "Benchmark", "down", "benchmark", note=BENCHMARK),
        ),
        details=(
            Figure("median", 5.0, "days"),
            Figure("slowest_tenth", 16.2, "days"),
            Figure("still_open", 8, "count"),
        ),
    )


def spend() -> Answer:
    """Spend of the running quarter against the same part of the last, with a warning on the data."""
    finding = Finding("charges_without_team", "W", "37 charges have no team and stand under Unmapped", 37, ("spend",))
    return answer(
        Query(("spend",), time=RUNNING, compare=Compare("previous_period")),
        (SPEND, SPEND_BEFORE, SPEND_CHANGE),
        (one(124_846_000, 111_200_000, 13_646_000, records=1_162),),
        compared=Period(date(2026, 7, 1), date(2026, 8, 21)),
        partial=True,
        findings=(finding,),
        platforms=("Upwork", "Beeline"),
    )


def no_number() -> Answer:
    """A ratio whose denominator is missing."""
    fte = Column("spend_per_fte", "Spend per full-time employee", "money", "metric", "spend_per_fte")
    return answer(
        Query(("spend_per_fte",), time=QUARTER),
        (fte,),
        (one(None, records=162),),
        notes=(
            Note(
                "no_headcount", metrics=(Named("metric", "spend_per_fte", inside=False),), months=(date(2026, 9, 30),)
            ),
        ),
    )


def several() -> Answer:
    """Three numbers side by side."""
    return answer(
        Query(("spend", "contracts", "avg_time_to_hire"), time=QUARTER, compare=Compare("previous_period")),
        (SPEND, SPEND_BEFORE, SPEND_CHANGE, CONTRACTS, *_held(CONTRACTS), HIRE, HIRE_BEFORE, HIRE_CHANGE),
        (one(124_846_000, 111_200_000, 13_646_000, 162, 168, -6, 6.8, 8.0, -1.2),),
        compared=BEFORE,
        goals=(Goal("avg_time_to_hire", 7, "Target", "down", "target", met=True),),
    )


def breakdown() -> Answer:
    """Spend by category with everything a breakdown can hold."""
    whole = 132_336_000
    rows = [Row((key,), (name,), (value, value / whole), records=n) for key, name, value, n in CATEGORIES]
    rest = whole - sum(value for _, _, value, _ in CATEGORIES) - 2_400_000 - 1_310_000
    rows += [
        Row((None,), ("Other (6)",), (rest, rest / whole), "other", 17),
        Row((None,), ("Unmapped",), (2_400_000, 2_400_000 / whole), "unmapped", 4),
        Row((None,), ("Withheld (2)",), (1_310_000, 1_310_000 / whole), "withheld", 3),
    ]
    query = Query(("spend",), ("job_category",), time=QUARTER, order=(("spend", "desc"),))
    total = Row((), ("Total",), (whole, 1.0), records=186)
    return answer(query, (CATEGORY, SPEND, SHARE), tuple(rows), total)


def teams() -> Answer:
    """The teams of one category, with the change of each: one step down the path."""
    design = Filter("job_category", include=(Value("Design & Creative", "JC01"),))
    query = Query(
        ("spend",), ("team",), (design,), QUARTER, compare=Compare("previous_period"), order=(("spend", "desc"),)
    )
    made = [
        ("T001", "Brand Studio", 18_200_000, 13_900_000),
        ("T002", "Product Design", 15_030_000, 16_300_000),
        ("T003", "Events", 8_000_000, 0),
    ]
    rows = tuple(Row((key,), (name,), (value, then, value - then), records=9) for key, name, value, then in made)
    total = Row((), ("Total",), (41_230_000, 30_200_000, 11_030_000), records=27)
    return answer(query, (TEAM, SPEND, SPEND_BEFORE, SPEND_CHANGE), rows, total, compared=BEFORE)


def posters() -> Answer:
    """Who posted the jobs of one team: the end of the path."""
    brand = Filter("team", include=(Value("Brand Studio", "T001"),))
    query = Query(("jobs_posted",), ("poster",), (brand,), QUARTER, order=(("jobs_posted", "desc"),))
    names = (
        ("P1", "O'Brien-Smith, J. (Ann)", 9),
        ("P2", "Żaneta Wójcik", 7),
        ("P3", "佐藤 美咲", 7),
        ("P4", "M. van der Berg", 2),
    )
    rows = tuple(Row((key,), (name,), (n,), records=n) for key, name, n in names)
    return answer(query, (POSTER, JOBS), rows, Row((), ("Total",), (25,), records=25))


def trend() -> Answer:
    """Time to hire over twelve months, the last one still running, with a target."""
    starts = [date(2025 + (11 + at) // 12, (11 + at) % 12 + 1, 1) for at in range(12)]
    rows = tuple(
        Row((start.isoformat(),), (f"{start:%b %Y}",), (value,), records=40 + at)
        for at, (start, value) in enumerate(zip(starts, MONTHS, strict=True))
    )
    return answer(
        Query(("avg_time_to_hire",), time=YEAR, grain="month"),
        (MONTH, HIRE),
        rows,
        one(7.9, records=512),
        partial=True,
        goals=(Goal("avg_time_to_hire", 7, "Target", "down", "target", met=False),),
    )


def spend_trend() -> Answer:
    """Two years of spend, month by month: a long table."""
    starts = [date(2024 + (11 + at) // 12, (11 + at) % 12 + 1, 1) for at in range(24)]
    rows = tuple(
        Row((s.isoformat(),), (f"{s:%b %Y}",), (30_000_000 + at * 1_234_500 - (at % 5) * 2_000_000,), records=50 + at)
        for at, s in enumerate(starts)
    )
    total = one(sum(int(row.values[0] or 0) for row in rows), records=1_500)
    return answer(
        Query(("spend",), time=Period(date(2024, 12, 1), date(2026, 12, 1)), grain="month"),
        (MONTH, SPEND),
        rows,
        total,
        partial=True,
    )


def team_trend() -> Answer:
    """Spend of three teams, quarter by quarter."""
    quarters = [date(2025, 10, 1), date(2026, 1, 1), date(2026, 4, 1), date(2026, 7, 1)]
    made = [("T001", "Brand Studio"), ("T002", "Product Design"), ("T003", "Events")]
    rows = tuple(
        Row((key, start.isoformat()), (name, f"Q{at}"), (1_000_000 * (3 + at) * (4 - which),), records=5)
        for which, (key, name) in enumerate(made)
        for at, start in enumerate(quarters)
    )
    quarter = replace(MONTH, key="quarter", label="Quarter")
    return answer(
        Query(("spend",), ("team",), time=Period(date(2025, 10, 1), date(2026, 10, 1)), grain="quarter"),
        (TEAM, quarter, SPEND),
        rows,
    )


SIDES = Compare(
    "dimension", dimension="source", values=(Value("freelance", "freelance"), Value("staffing", "staffing"))
)


BOTH = Filter("source", include=SIDES.values)


def compare() -> Answer:
    """Freelance beside external staffing, several measures."""
    start = Column("time_to_start", "Average time to start", "days", "metric", "time_to_start", "down")
    rate = Column("avg_hourly_rate", "Average hourly rate", "money", "metric", "avg_hourly_rate", "down")
    rows = (
        Row(("freelance",), ("Freelance",), (124_846_000, 162, 6.8, 6_200), records=162),
        Row(("staffing",), ("Staffing",), (4_180_000_000, 1_214, 31.0, 8_800), records=1_214),
    )
    metrics = ("spend", "contracts", "time_to_start", "avg_hourly_rate")
    query = Query(metrics, ("source",), (BOTH,), QUARTER, compare=SIDES)
    return answer(
        query,
        (SOURCE, SPEND, CONTRACTS, start, rate),
        rows,
        platforms=("Upwork", "Beeline"),
    )


def compare_months() -> Answer:
    """Freelance beside staffing, month by month."""
    months = [date(2026, 7, 1), date(2026, 8, 1), date(2026, 9, 1)]
    numbers = {
        "freelance": (40_000_000, 41_000_000, 43_846_000),
        "staffing": (1_400_000_000, 1_380_000_000, 1_400_000_000),
    }
    rows = tuple(
        Row((side, start.isoformat()), (side, f"{start:%b}"), (numbers[side][at],), records=50)
        for at, start in enumerate(months)
        for side in ("freelance", "staffing")
    )
    return answer(
        Query(("spend",), ("source",), (BOTH,), QUARTER, "month", SIDES),
        (SOURCE, MONTH, SPEND),
        rows,
        platforms=("Upwork", "Beeline"),
    )


def compare_teams() -> Answer:
    """Freelance beside staffing, by category; one side has nothing in one of them."""
    rows = tuple(
        Row((key, side), (name, side), (value * factor if (key, side) != ("JC05", "staffing") else None,), records=9)
        for key, name, value, _ in CATEGORIES[:5]
        for side, factor in (("freelance", 1), ("staffing", 7))
    )
    return answer(
        Query(("spend",), ("job_category", "source"), (BOTH,), QUARTER, compare=SIDES), (CATEGORY, SOURCE, SPEND), rows
    )
