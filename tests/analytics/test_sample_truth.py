"""The sample's truth, on an event log small enough to be worked out by hand, and independent of the engine."""

from __future__ import annotations

import ast
import sys
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from analytics.sample import truth

LOG = {
    "charged": """
        at,charge,contract,team,category,country,source,class,status,usd_cents
        2026-07-01T00:00:00Z,X1,C1,T1,K1,Germany,freelance,work,final,1000
        2026-09-30T23:59:59Z,X2,C1,T2,K1,Germany,freelance,fee,final,50
        2026-10-01T00:00:00Z,X3,C1,T2,K1,Germany,freelance,work,final,7000
        2026-08-01T00:00:00Z,X4,C2,T1,K2,France,freelance,work,final,-300
        2026-08-01T00:00:00Z,X5,C2,T1,K2,France,freelance,work,preliminary,90000
        2026-08-01T00:00:00Z,X6,C2,T1,K2,France,freelance,tax,final,90000
        2026-08-01T00:00:00Z,X7,,,,,freelance,funding,final,90000
        2026-08-02T00:00:00Z,X8,,T9,,Spain,freelance,fee,final,20
        2026-08-02T00:00:00Z,X9,C3,,K1,Spain,staffing,work,final,5000
        2025-07-01T00:00:00Z,X0,C4,T1,K1,Spain,freelance,work,final,400""",
    "job_published": """
        at,job,team,poster,category,source
        2026-07-01T00:00:00Z,J1,T1,P1,K1,freelance
        2026-09-30T00:00:00Z,J2,T1,,K2,freelance
        2026-09-30T00:00:00Z,J3,T2,P1,K2,staffing
        2026-06-30T23:59:59Z,J4,T1,P2,K1,freelance""",
    "hired": """
        at,job,category,source,published_at,opened_at,cancelled
        2026-07-03T12:00:00Z,J1,K1,freelance,2026-07-01T00:00:00Z,2026-07-01T00:00:00Z,false
        2026-07-09T00:00:00Z,J1,K1,freelance,2026-07-01T00:00:00Z,2026-07-08T00:00:00Z,false
        2026-07-04T00:00:00Z,J2,K2,freelance,2026-07-01T00:00:00Z,2026-07-01T00:00:00Z,true
        2026-07-04T00:00:00Z,,K2,freelance,,,false""",
    "contract_started": """
        on,contract,source
        2026-07-01,C1,freelance
        2026-10-01,C2,freelance
        2026-09-30,C3,staffing""",
    "contract_ended": """
        on,contract,source,days
        2026-07-10,C1,freelance,10
        2026-07-11,C2,freelance,21""",
    "headcount": """
        on,team,fte
        2026-06-30,T1,99
        2026-07-31,T1,2.5
        2026-07-31,T2,7.5
        2026-08-31,T1,3.5
        2026-08-31,T2,7.5
        2026-09-30,T1,3.0
        2026-09-30,T2,6.0""",
}


@pytest.fixture
def log(tmp_path: Path) -> Path:
    for name, text in LOG.items():
        lines = [line.strip() for line in text.strip().splitlines()]
        (tmp_path / f"{name}.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return tmp_path


def test_a_quarter_is_what_its_events_add_up_to(log: Path) -> None:
    """July to September 2026, freelance: 1000 + 50 - 300 + 20 = 770 cents, over two contracts 750 / 2 = 375.

    Jobs J1 and J2; hires from J1 after 2.5 and 8 days (1 since it was reopened); the cancelled and the direct one do
    not count. Full-time equivalents: (10 + 11 + 9) / 3 = 10, of team T1 (2.5 + 3.5 + 3) / 3 = 3.
    """
    found = truth.compute(log, date(2023, 10, 1), date(2026, 11, 19))
    assert found["periods"]["last_fiscal_quarter"] == {"from": "2026-07-01", "to": "2026-10-01"}
    quarter = found["results"]["last_fiscal_quarter"]["freelance"]
    assert (quarter["spend"], quarter["spend_lines"]) == (770, 4)
    assert quarter["spend_by_team"] == {"T1": 700, "T2": 50, "T9": 20}
    assert quarter["spend_by_job_category"] == {"": 20, "K1": 1050, "K2": -300}
    assert quarter["spend_by_month"] == {"2026-07": 1000, "2026-08": -280, "2026-09": 50}
    assert (quarter["contracts_with_spend"], quarter["avg_spend_per_contract"]) == (2, 375.0)
    assert (quarter["fte"], quarter["spend_per_fte"]) == (10.0, 77.0)
    assert quarter["spend_per_fte_by_team"]["T1"] == pytest.approx(700 / 3)
    assert (quarter["jobs_posted"], quarter["jobs_posted_by_poster"]) == (2, [["P1", 1]])
    assert (quarter["hires_from_jobs"], quarter["avg_time_to_hire"]) == (2, (2.5 + 1) / 2)
    assert (quarter["contracts"], quarter["contracts_ended"], quarter["avg_contract_duration"]) == (1, 2, 15.5)


def test_sources_are_apart_and_together(log: Path) -> None:
    quarter = truth.compute(log, date(2023, 10, 1), date(2026, 11, 19))["results"]["last_fiscal_quarter"]
    assert [quarter[source]["spend"] for source in ("freelance", "staffing", "all")] == [770, 5000, 5770]
    assert [quarter[source]["contracts"] for source in ("freelance", "staffing", "all")] == [1, 1, 2]
    assert quarter["all"]["jobs_posted_by_poster"] == [["P1", 2]]
    assert quarter["staffing"]["avg_time_to_hire"] is None


def test_a_period_without_a_month_end_has_no_spend_per_employee(log: Path) -> None:
    year = truth.compute(log, date(2023, 10, 1), date(2026, 6, 1))["results"]["last_fiscal_year"]["freelance"]
    assert (year["fte"], year["spend_per_fte"], year["spend"]) == (None, None, 0)


@pytest.mark.parametrize(
    ("until", "quarter", "year"),
    [
        (date(2026, 11, 19), (date(2026, 7, 1), date(2026, 10, 1)), (date(2025, 7, 1), date(2026, 7, 1))),
        (date(2026, 2, 28), (date(2025, 10, 1), date(2026, 1, 1)), (date(2024, 7, 1), date(2025, 7, 1))),
        (date(2026, 6, 30), (date(2026, 4, 1), date(2026, 7, 1)), (date(2025, 7, 1), date(2026, 7, 1))),
        (date(2026, 6, 29), (date(2026, 1, 1), date(2026, 4, 1)), (date(2024, 7, 1), date(2025, 7, 1))),
        (date(2026, 12, 31), (date(2026, 10, 1), date(2027, 1, 1)), (date(2025, 7, 1), date(2026, 7, 1))),
    ],
)
def test_the_last_complete_quarter_and_year_are_the_newest_that_are_over(
    until: date, quarter: tuple[date, date], year: tuple[date, date]
) -> None:
    found = truth.periods(date(2020, 1, 1), until)
    assert (found["last_fiscal_quarter"], found["last_fiscal_year"]) == (quarter, year)


def test_everyone_who_ties_for_the_last_place_is_listed() -> None:
    posters = Counter({f"P{n:03}": 2 if n < 45 else 1 for n in range(60)}) + Counter({"": 9})
    assert len(truth._top(posters)) == 60
    assert len(truth._top(Counter({f"P{n:03}": 60 - n for n in range(60)}))) == 50


def test_the_truth_needs_nothing_but_plain_python() -> None:
    tree = ast.parse(Path(truth.__file__).read_text(encoding="utf-8"))
    wanted = {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    wanted |= {name.name for node in ast.walk(tree) if isinstance(node, ast.Import) for name in node.names}
    assert {name.split(".")[0] for name in wanted} <= sys.stdlib_module_names
