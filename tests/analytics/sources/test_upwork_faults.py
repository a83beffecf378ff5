"""Pages that lie, fields that are refused, values nobody knows: the version is whole and says so, or there is none."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics import versions
from analytics.errors import DataError
from analytics.sources.upwork import cells, mapping
from tests.analytics.company import NOW
from tests.fakes.upwork import FakeUpwork, Fault, make_company
from tests.fakes.upwork.connected import as_read, connected

UNTIL = NOW.date() - timedelta(days=1)
ROOT = Path(__file__).parents[3]


def read(home: Path, sql: str) -> list[Any]:
    number = versions.current(home / "store")
    with duckdb.connect(str(versions.path_of(home / "store", number)), read_only=True) as connection:
        return connection.execute(sql).fetchall()


def new_fake(contracts: int = 8, charges: int = 20, **more: Any) -> FakeUpwork:
    return FakeUpwork(make_company(2, contracts, charges, UNTIL), **more)


@pytest.mark.parametrize(
    "how",
    [
        {"zero_cursor": False},
        {"doubled": "offers"},
        {"moving": "offers"},
        {"empty_page": "offers"},
        {"faults": [Fault("reset", "jobs"), Fault("html", "offers"), Fault("429", "transactions", retry_after="3")]},
    ],
    ids=["a first cursor refused", "rows twice", "rows that move between pages", "an empty page with more after it", "faults that pass"],
)  # fmt: skip
async def test_what_pages_do_loses_and_doubles_nothing(tmp_path: Path, how: dict[str, Any]) -> None:
    async with connected(new_fake(120, 120, **how)) as line:
        await line.sync(tmp_path, build=as_read)
        counted = read(
            tmp_path,
            "SELECT (SELECT count(*) FROM offers), (SELECT count(*) FROM contracts), (SELECT count(*) FROM jobs)",
        )
        assert counted == [(120, 120, 120)]
        assert read(tmp_path, "SELECT sum(amount) FROM charges") == [
            (line.fake.company.spend("Hourly", "Bonus", "Service Fee", "VAT"),)
        ]


@pytest.mark.parametrize(
    ("how", "says"),
    [
        ({"stuck_cursor": "offers"}, "a cursor came twice"),
        ({"wrong_total": "offers"}, "counts 127 offers, but only 120"),
    ],
)
async def test_pages_that_do_not_add_up_stop_the_sync(tmp_path: Path, how: dict[str, Any], says: str) -> None:
    async with connected(new_fake(120, 0, **how)) as line:
        with pytest.raises(DataError, match=says):
            await line.sync(tmp_path, build=as_read)
    assert versions.current_or_none(tmp_path / "store") is None


async def test_a_field_that_is_refused_is_not_known_and_named(tmp_path: Path) -> None:
    async with connected(new_fake(refused={"JobPostingInfo.publishDateTime", "ContractUser.address"})) as line:
        report = await line.sync(tmp_path, build=as_read)
    assert read(tmp_path, "SELECT DISTINCT published_at FROM jobs") == [(None,)]
    told = {f.samples[0]: f for f in report.findings if f.check == "refused_upwork"}
    assert set(told) == {"JobPostingInfo.publishDateTime", "ContractUser.address"}
    assert "jobs_posted" in told["JobPostingInfo.publishDateTime"].metrics


@pytest.mark.parametrize(
    ("refused", "table", "metric"),
    [
        ("Query.clientProposals", "proposals", "proposals_per_job"),
        ("CurrentOrganization.clientContractTimeReport", "time_entries", "hours"),
    ],
)
async def test_a_table_that_is_refused_withholds_its_figures_and_leaves_the_others(
    tmp_path: Path, refused: str, table: str, metric: str
) -> None:
    async with connected(new_fake(refused={refused})) as line:
        report = await line.sync(tmp_path, build=as_read)
    (told,) = [f for f in report.findings if f.check == f"missing_upwork_{table}"]
    assert told.severity == "E"
    assert metric in told.metrics
    assert "spend" not in told.metrics


@pytest.mark.parametrize("refused", ["Query.transactionHistory", "TransactionHistoryRow.transactionAmount", "ContractOfferResult.contractDetails"])  # fmt: skip
async def test_without_what_everything_hangs_on_there_is_no_version(tmp_path: Path, refused: str) -> None:
    async with connected(new_fake(refused={refused})) as line:
        with pytest.raises(DataError, match=f"{refused}, without which"):
            await line.sync(tmp_path, build=as_read)


async def test_a_value_nobody_mapped_sets_its_rows_aside_and_names_them_with_their_money(tmp_path: Path) -> None:
    fake = new_fake(40, 200)
    contract = next(iter(fake.company.contracts.values()))
    fake.company.charge(contract, NOW - timedelta(days=3), "70.25", "Mystery Fee")
    fake.company.charge(contract, NOW - timedelta(days=3), "10.00", "Mystery Fee")
    # A word of our own vocabulary is no word of theirs.
    fake.company.charge(contract, NOW - timedelta(days=3), "1.00", "supplier_fee")
    async with connected(fake) as line:
        report = await line.sync(tmp_path, build=as_read)
    gaps = {f.samples[0]: f.text for f in report.findings if f.check == "mapping_gap"}
    assert set(gaps) == {"Mystery Fee", "supplier_fee"}
    assert 'transaction subtype "Mystery Fee" yet (2 rows, 80.25 USD)' in gaps["Mystery Fee"]
    assert read(tmp_path, "SELECT count(*) FROM quarantine WHERE file = 'upwork' AND column_name = 'charge_type'") == [
        (3,)
    ]
    assert read(tmp_path, "SELECT count(*) FROM charges") == [(200,)]


async def test_contracts_without_an_offer_are_found_by_their_hours_and_by_the_ledger(tmp_path: Path) -> None:
    fake = new_fake(6, 0)
    by_hours, by_ledger = list(fake.company.contracts.values())[:2]
    fake.company.offers = fake.company.offers[2:]
    fake.company.work(by_hours, UNTIL, 3.5)
    fake.company.charge(by_ledger, NOW - timedelta(days=2), "5.00")
    fake.company.charge(None, NOW - timedelta(days=2), "6.00", relatedAssignment=999)
    async with connected(fake) as line:
        await line.sync(tmp_path, build=as_read)
    assert read(tmp_path, "SELECT count(*) FROM contracts") == [(6,)]
    assert read(tmp_path, "SELECT contract_id FROM charges ORDER BY amount") == [(by_ledger["id"],), (None,)]


async def test_either_date_format_of_hours_is_found_and_remembered(tmp_path: Path) -> None:
    fake = new_fake(6, 0, compact_dates=True)
    contract = next(iter(fake.company.contracts.values()))
    for day in (1, 2):
        fake.company.work(contract, UNTIL - timedelta(days=day), 4.25, memo="one")
        fake.company.work(contract, UNTIL - timedelta(days=day), 1.5, memo="two")
    async with connected(fake) as line:
        await line.sync(tmp_path, build=as_read)
        asked = [given["range"]["rangeStart"] for _, name, given in line.fake.arrivals if name == "time"]
        assert "-" in asked[0]
        assert not any("-" in one for one in asked[1:])
        line.fake.arrivals.clear()
        await line.sync(tmp_path, build=as_read)
        assert not any("-" in given["range"]["rangeStart"] for _, name, given in line.fake.arrivals if name == "time")
    assert read(tmp_path, "SELECT hours::VARCHAR FROM time_entries") == [("5.75000000",), ("5.75000000",)]


def test_links_lead_to_the_platform_or_nowhere() -> None:
    assert cells.link(mapping.JOB_LINK, "~01ab") == "https://www.upwork.com/jobs/~01ab"
    for bad in ("", None, "a/../../x", "x@evil.example", "~01?next=//evil.example", "x" * 99, "a b"):
        assert cells.link(mapping.JOB_LINK, bad) == ""
    assert cells.link("http://www.upwork.com/{}", "a") == ""
    assert cells.link("https://www.upwork.com.evil.example/{}", "a") == ""
    assert cells.link("https://www.upwork.com@evil.example/{}", "a") == ""


@given(st.decimals(allow_nan=False, allow_infinity=False, places=3, min_value=-(10**12), max_value=10**12))
def test_no_amount_loses_a_digit(value: Any) -> None:
    assert cells.amount({"rawValue": str(value), "currency": "BHD", "displayValue": "BHD 0"}) == f"{value:f}"


def test_cells_are_read_however_they_are_written() -> None:
    assert cells.text(1181921839933591552) == "1181921839933591552"
    assert cells.moment("2026-07-01T09:30:00+0200") == "2026-07-01T09:30:00+02:00"
    assert cells.moment("1782898200000") == datetime(2026, 7, 1, 9, 30, tzinfo=UTC).isoformat().replace("+00:00", "Z")
    assert (
        cells.day("20260701")
        == cells.day("2026-07-01")
        == cells.day("2026-07-01T09:30:00+0000")
        == date(2026, 7, 1).isoformat()
    )
    assert cells.amount(None) == cells.amount({"rawValue": None}) == ""
    assert cells.amount({"rawValue": "1E+3"}) == "1000"
    assert cells.amount({"rawValue": "twelve"}) == "twelve"


def test_the_page_lists_everything_unverified() -> None:
    page = (ROOT / "docs" / "upwork.md").read_text(encoding="utf-8")
    assert [one for one in (*mapping.UNVERIFIED, *mapping.NOT_READ) if f"- {one}\n" not in page] == []
