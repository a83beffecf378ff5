"""Exports: typed and harmless cells, the very records behind a number, the star schema, and a measure for each metric."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest

from analytics.catalogue import DIMENSIONS, FACTS, METRICS
from analytics.compile.dax import NoDax, measure
from analytics.export import Exported, Wording, export, safe
from analytics.export.measures import dax, page, relationships
from analytics.export.star import write_star
from analytics.model import Scope
from analytics.query import from_json
from tests.world import EVERYTHING, World

ROOT = Path(__file__).parents[2]
PLAIN = Wording(lambda key: key, lambda _, __, english: english)
HOSTILE = (
    "=1+1", '=HYPERLINK("http://x.example","x")', "+1 800 555", "-5 Consulting", "@SUM(A1)", "\t=1", "\r=1", "\n=1",
    "=cmd|' /C calc'!A0", "\uff1d1+1", "'=1", " =1", "Ann \x07 O'Brien, \"Jr\"\nTwo", "a\x00b", "\ud800", "x" * 40_000, "",
)  # fmt: skip
ROWS: dict[str, list[dict[str, Any]]] = {
    "teams": [{"team_id": "T2", "name": "=Hostile()", "head_person_id": "P1", "country": "Germany"}],
    "workers": [{"worker_id": "W2", "name": "@Evil, Bob"}],
    "jobs": [
        {"job_id": "J1", "published_at": "2026-07-02T00:00:00Z", "title": "=1+1"},
        {"job_id": "J2", "published_at": "2026-08-02T00:00:00Z"},
    ],
    "contracts": [
        {"contract_id": "C1", "start_date": "2026-07-03", "title": "+cmd"},
        {"contract_id": "C2", "start_date": "2026-08-03", "team_id": "T2", "worker_id": "W2"},
    ],
    "charges": [
        {"charge_id": "X1", "contract_id": "C1", "posted_at": "2026-07-10T12:00:00Z", "amount": "100.25"},
        {"charge_id": "X2", "contract_id": "C2", "posted_at": "2026-08-10T12:00:00Z", "amount": "900"},
        {"charge_id": "X3", "contract_id": "C2", "posted_at": "2026-08-11T12:00:00Z", "amount": "-50.5", "charge_type": "refund"},
        {"charge_id": "X5", "contract_id": "C1", "posted_at": "2026-10-10T12:00:00Z", "amount": "1"},
        {"charge_id": "X4", "contract_id": "C2", "posted_at": "2026-08-12T12:00:00Z", "amount": "7", "charge_type": "tax"},
    ],
    "headcount": [{"as_of": "2026-07-31", "headcount": "10", "fte": "9.5"}, {"as_of": "2026-08-31", "headcount": "12", "fte": "11"}],
}  # fmt: skip
QUARTER = {"from": "2026-07-01", "to": "2026-10-01"}


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    made = World(tmp_path_factory.mktemp("export"), ROWS)
    yield made
    made.close()


def exported(world: World, query: dict[str, Any], scope: Scope = EVERYTHING) -> Exported:
    return export(world.engine, from_json(query), scope, today=world.today, wording=PLAIN)


def book(made: Exported) -> dict[str, list[list[Any]]]:
    read = openpyxl.load_workbook(io.BytesIO(made.xlsx()))
    return {sheet.title: [list(row) for row in sheet.iter_rows()] for sheet in read}


@pytest.mark.parametrize("text", HOSTILE)
def test_no_text_becomes_a_formula(text: str) -> None:
    made = safe(text)
    assert isinstance(made, str)
    assert not made.startswith(("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d"))
    assert len(made) <= 32_767


@pytest.mark.parametrize("number", [-1, -0.5, 0, 12.25, None, True, date(2026, 7, 1)])
def test_numbers_and_dates_stay_what_they_are(number: Any) -> None:
    assert safe(number) is number


def test_hostile_names_come_back_from_the_workbook_as_plain_text_and_refunds_as_numbers(world: World) -> None:
    found = book(exported(world, {"metrics": ["spend"], "group_by": ["team"], "time": QUARTER}))
    cells = [cell for rows in found.values() for row in rows for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} <= {"s", "n", "d", "b"}
    assert not [cell.value for cell in cells if str(cell.value).startswith(("=", "@"))]
    names = [row[0].value for row in found["answer"]]
    assert "'=Hostile()" in names
    head = [cell.value for cell in found["records"][0]]
    amounts = [row[head.index("Amount")] for row in found["records"][1:]]
    assert sorted(cell.value for cell in amounts) == [-50.5, 100.25, 900]
    assert {cell.number_format for cell in amounts} == {'#,##0.00 "USD"'}


def test_dates_are_dates_and_ratios_are_percent(world: World) -> None:
    found = book(exported(world, {"metrics": ["hire_rate"], "grain": "month", "time": QUARTER}))
    first = found["answer"][1]
    assert isinstance(first[0].value, datetime)
    assert (first[0].number_format, first[1].number_format) == ("yyyy-mm-dd", "0.0%")


def test_csv_keeps_negative_numbers_and_takes_formulas_apart(world: World) -> None:
    made = exported(world, {"metrics": ["spend"], "group_by": ["team"], "time": QUARTER}).csv()
    with zipfile.ZipFile(io.BytesIO(made)) as files:
        read = {name: list(csv.reader(io.StringIO(files.read(name).decode("utf-8-sig")))) for name in files.namelist()}
    assert read["answer.csv"][1][:2] == ["'=Hostile()", "849.5"]
    cells = [cell for rows in read.values() for row in rows for cell in row]
    assert "-50.5" in cells
    assert not [cell for cell in cells if cell.startswith(("=", "+", "@"))]


def test_records_are_for_those_who_may_see_people_named(world: World) -> None:
    for detail in ("totals", "groups"):
        made = exported(world, {"metrics": ["spend"], "time": QUARTER}, Scope("all", detail))
        assert [sheet.name for sheet in made.sheets] == ["answer", "definition"]


@pytest.mark.parametrize("key", METRICS)
def test_the_records_are_those_that_were_counted(world: World, key: str) -> None:
    made = exported(world, {"metrics": [key], "time": QUARTER})
    first = made.sheets[1]
    assert len(list(first.rows)) == made.answer.records


def test_a_list_is_one_sheet_with_all_its_rows(world: World) -> None:
    made = exported(world, {"metrics": [], "rows": "charge", "time": QUARTER})
    assert [sheet.name for sheet in made.sheets] == ["answer", "definition"]
    assert len(list(made.sheets[0].rows)) == made.answer.records == 3


# -- the star schema ---------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def star(world: World, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("star")
    with world.store.lease() as lease:
        write_star(lease, out, "parquet")
    return out


def table(star: Path, name: str) -> pd.DataFrame:
    return pd.read_parquet(star / f"{name}.parquet")


def test_there_is_a_file_for_every_fact_dimension_and_the_calendar(star: Path) -> None:
    wanted = {*FACTS, *(f"dim_{key}" for key in DIMENSIONS), "date", "about", "job_skill"}
    assert {path.stem for path in star.iterdir()} == wanted
    assert {path.stat().st_mode & 0o077 for path in star.iterdir()} == {0}


def test_every_relationship_leads_from_a_column_to_a_unique_one(star: Path) -> None:
    active: dict[tuple[str, str], int] = {}
    for start, end, on in relationships():
        (fact, column), (to, key) = (side.rstrip("]").split("[") for side in (start, end))
        assert column in table(star, fact).columns, start
        assert table(star, to)[key].is_unique, end
        active[fact, to] = active.get((fact, to), 0) + on
    assert set(active.values()) == {1}, "one active way from a fact to each dimension"


def test_what_spend_by_month_says_in_dax_equals_the_engine(world: World, star: Path) -> None:
    rows = table(star, "charge")
    rows = rows[rows.is_spend & (rows.posted_on < date(2026, 10, 1)) & (rows.source == "freelance")]
    months = table(star, "date").assign(date=lambda t: pd.to_datetime(t.date))
    joined = rows.assign(posted_on=pd.to_datetime(rows.posted_on)).merge(months, left_on="posted_on", right_on="date")
    by_month = joined.groupby(pd.to_datetime(joined.month_start)).amount.sum()
    answer = world.answer({"metrics": ["spend"], "grain": "month", "time": QUARTER})
    told = {
        date.fromisoformat(str(row.keys[0])): (row.values[0] or 0) / 100  # noqa: PD011 - a row of an answer
        for row in answer.rows
    }
    assert {date.fromisoformat(str(month)[:10]): float(value) for month, value in by_month.items()} == {
        m: v for m, v in told.items() if v
    }


def test_what_other_measures_say_in_dax_equals_the_engine(world: World, star: Path) -> None:
    jobs, contracts, counts = table(star, "job"), table(star, "contract"), table(star, "headcount")
    start, end = date(2026, 7, 1), date(2026, 10, 1)
    posted = jobs[jobs.posted_on.notna() & (jobs.posted_on >= start) & (jobs.posted_on < end)]
    assert len(posted) == world.total("jobs_posted", str(start), str(end))
    begun = contracts[contracts.counts & (contracts.started_on >= start) & (contracts.started_on < end)]
    assert len(begun) == world.total("contracts", str(start), str(end))
    counts = counts[counts.as_of <= table(star, "about").last_day[0]]
    end = date(2026, 9, 1)
    taken = counts[(counts.as_of >= start) & (counts.as_of < end)]
    assert taken.fte.sum() / taken.as_of.nunique() == pytest.approx(world.total("fte", str(start), str(end)))
    last = counts[counts.as_of == counts.as_of.max()]
    assert last.headcount.sum() == world.total("headcount", str(start), str(end))


def test_the_calendar_has_every_day_once_and_the_fiscal_year_of_the_company(star: Path) -> None:
    days = table(star, "date")
    assert len(days) == (days.date.max() - days.date.min()).days + 1
    ends = days.set_index(days.date.astype(str))
    assert tuple(ends.loc["2026-06-30", ["fiscal_year_label", "fiscal_quarter", "fiscal_month"]]) == ("FY26", "Q4", 12)
    assert tuple(ends.loc["2026-07-01", ["fiscal_year_label", "fiscal_quarter", "fiscal_month"]]) == ("FY27", "Q1", 1)
    assert ends.loc["2026-08-31", "fiscal_quarter"] == "Q1"


@pytest.mark.parametrize("form", ["parquet", "csv"])
def test_without_names_nobody_can_be_told_and_people_still_count(world: World, tmp_path: Path, form: Any) -> None:
    with world.store.lease() as lease:
        write_star(lease, tmp_path, form, names=False)
    read = pd.read_parquet if form == "parquet" else pd.read_csv
    every = {path.stem: read(path) for path in tmp_path.iterdir()}
    told = "\n".join(frame.to_csv() for frame in every.values())
    for secret in ("Ana Silva", "Evil", "Jo,", ",P1,", "W1", "W2", "ana@contoso", "+cmd"):
        assert secret not in told
    assert every["contract"].freelancer.nunique() == 2
    assert set(every["contract"].freelancer) <= set(every["dim_freelancer"].id)


def test_csv_of_the_star_is_harmless(world: World, tmp_path: Path) -> None:
    with world.store.lease() as lease:
        write_star(lease, tmp_path, "csv")
    cells = [
        cell
        for path in tmp_path.iterdir()
        for row in csv.reader(io.StringIO(path.read_text(encoding="utf-8")))
        for cell in row
    ]
    assert "'=Hostile()" in cells
    assert "-50.50" in cells
    assert not [cell for cell in cells if cell.startswith(("=", "+", "@"))]


# -- measures ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", METRICS)
def test_every_metric_has_a_measure_over_columns_that_exist_or_a_reason_why_not(star: Path, key: str) -> None:
    try:
        text = measure(METRICS[key])
    except NoDax as reason:
        assert str(reason), "an empty reason is none"  # noqa: PT017 - either of the two is right
        assert key in {"time_to_hire_km", "top_10_share"}, "a new one without a measure is to be looked at"
        return
    assert text.count("(") == text.count(")")
    for part in METRICS[key].parts:
        known = set(table(star, part.fact).columns)
        used = {piece.split("]")[0] for piece in text.split(f"{part.fact}[")[1:]}
        assert used
        assert used <= known


def test_every_metric_stands_on_the_page_and_the_page_is_current() -> None:
    text = dax()
    for metric in METRICS.values():
        assert f"\n{metric.label} =\n" in text or f"// {metric.label}: no measure, because" in text
    kept = (ROOT / "docs" / "power-bi-measures.md").read_text(encoding="utf-8")
    assert kept == page(), "run: python -m analytics.export.measures > docs/power-bi-measures.md"


def test_a_blank_never_passes_a_comparison() -> None:
    assert "NOT ISBLANK(hire[hire_days]) && hire[hire_days] >= 0" in measure(METRICS["avg_time_to_hire"])


def test_the_command_writes_tables_and_prints_measures(world: World, tmp_path: Path) -> None:
    out = tmp_path / "tables"
    run = [sys.executable, "app.py", "export", "--data", str(world.folder / "store"), "--out", str(out)]
    done = subprocess.run([*run, "--format", "csv"], cwd=ROOT, capture_output=True, text=True, check=True)
    assert "tables" in done.stdout
    assert (out / "charge.csv").exists()
    assert json.dumps(done.stdout)
