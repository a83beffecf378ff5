"""Every profile that is shipped reads its fixture into the import format, and says where it is to be used."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from analytics.profiles import choose, shipped
from tests.analytics.company import company, write
from tests.analytics.profiles.mapping import FILES, accounted, read, rows

EXAMPLES = {
    "beeline_invoice": "beeline_invoice_2026-09.csv",
    "beeline_headcount": "beeline_headcount_2026-10.csv",
    "fieldglass_timesheet": "fieldglass_timesheets_2026-10.csv",
    "wand_invoice": "wand_invoice_2026-10.csv",
    "ecb_rates": "eurofxref_daily.csv",
    "hr_extract": "hr_extract_2026-10.csv",
}


def test_every_shipped_profile_has_its_example_here() -> None:
    assert set(shipped()) == set(EXAMPLES)


@pytest.mark.parametrize("name", EXAMPLES)
def test_no_file_name_fits_two_profiles(name: str) -> None:
    arrivals, problems = choose(FILES, [FILES / EXAMPLES[name]])
    assert problems == []
    assert [arrival.profile.name for arrival in arrivals] == [name]


def test_headcount_gives_contracts_their_own_days_and_invoices_add_only_what_is_not_known(tmp_path: Path) -> None:
    files = ("beeline_headcount_2026-10.csv", "beeline_invoice_2026-09.csv", "beeline_invoice_2026-10.csv")
    connection, loaded = read(tmp_path, *(FILES / name for name in files))
    contracts = (
        "SELECT contract_id, status, start_date, end_date, bill_rate::INTEGER, owner_id FROM raw.contracts ORDER BY 1"
    )
    manager = "mara.voss@contoso.example"
    assert rows(connection, contracts) == [
        ("BL-1023-000001", "active", date(2026, 6, 1), None, 72, manager),
        ("BL-1023-000002", "ended", date(2026, 5, 15), date(2026, 10, 2), 60, manager),
    ]
    assert rows(connection, "SELECT name, country FROM raw.workers ORDER BY 1") == [
        ("Ana Lima", "Portugal"),
        ("Jon Berg", "Germany"),
    ]
    assert "assumed" not in {finding.check for finding in loaded.findings}
    assert accounted(loaded)


def test_fieldglass_time_sheets(tmp_path: Path) -> None:
    connection, loaded = read(tmp_path, FILES / EXAMPLES["fieldglass_timesheet"])
    entries = "SELECT time_id, contract_id, work_date, hours::DOUBLE, overtime_hours::DOUBLE, status FROM raw.time_entries ORDER BY line"
    assert rows(connection, entries) == [
        ("FG-FGTS001/10/05/2026/", "FG-WO-1", date(2026, 10, 5), 8.0, 0.0, "approved"),
        ("FG-FGTS001/10/06/2026/", "FG-WO-1", date(2026, 10, 6), 9.5, 1.5, "approved"),
        ("FG-FGTS003/10/05/2026/".replace("10/05", "10/07"), "FG-WO-2", date(2026, 10, 7), 8.0, 0.0, "rejected"),
    ]  # fmt: skip
    assert rows(connection, "SELECT contract_id, start_date, owner_id FROM raw.contracts ORDER BY 1") == [
        ("FG-WO-1", date(2026, 10, 5), "P3"), ("FG-WO-2", date(2026, 10, 7), "P4"),
    ]  # fmt: skip
    (run,) = [run for run in loaded.tables if run.table == "time_entries"]
    assert (run.read, run.loaded, run.dropped) == (4, 3, 1)


def test_wand_invoices_leave_the_margin_out_and_tax_apart(tmp_path: Path) -> None:
    connection, loaded = read(tmp_path, FILES / EXAMPLES["wand_invoice"])
    charges = "SELECT charge_id, contract_id, charge_type, amount::DOUBLE FROM raw.charges ORDER BY 1"
    assert rows(connection, charges) == [
        ("WD-I-77/1", "WD-R-1/10", "hourly", 2860.0),
        ("WD-I-77/1-tax", "WD-R-1/10", "tax", 0.0),
        ("WD-I-77/2", "WD-R-1/10", "expense", 120.4),
        ("WD-I-77/2-tax", "WD-R-1/10", "tax", 9.6),
        ("WD-I-79/1", "WD-R-2/11", "adjustment", -60.0),
    ]
    assert rows(connection, "SELECT worker_id, name FROM raw.workers ORDER BY 1") == [
        ("WD-10", "Ana Lima"),
        ("WD-11", "Jon Berg"),
    ]
    assert accounted(loaded)


def test_rates_of_the_bank_of_one_day_and_of_all_days(tmp_path: Path) -> None:
    write(tmp_path, {name: found for name, found in company().items() if name != "fx_rates"})
    connection, loaded = read(tmp_path, FILES / "eurofxref_daily.csv", FILES / "eurofxref-hist.csv")
    sql = "SELECT rate_date, from_currency, to_currency, rate FROM raw.fx_rates ORDER BY 1, 3"
    found = rows(connection, sql)
    assert len(found) == 9
    assert found[0] == (date(2026, 11, 18), "EUR", "JPY", Decimal("162.95000000"))
    assert found[-1] == (date(2026, 11, 20), "EUR", "USD", Decimal("1.08420000"))
    assert {run.file: (run.read, run.dropped) for run in loaded.tables if run.table == "fx_rates"} == {
        "eurofxref-hist.csv": (8, 2),
        "eurofxref_daily.csv": (4, 1),
    }


def test_hr_files_give_people_of_the_newest_and_the_headcount_of_every_month(tmp_path: Path) -> None:
    hr = [FILES / "hr_extract_2026-09.csv", FILES / "hr_extract_2026-10.csv"]
    connection, loaded = read(tmp_path, *hr, FILES / "beeline_invoice_2026-09.csv")
    assert rows(connection, "SELECT person_id, name, active FROM raw.people ORDER BY 1") == [
        ("1001", "Mara Voss", True), ("1002", "Kai Ito", True), ("1003", "Eva Roth", False),
    ]  # fmt: skip
    assert rows(
        connection, "SELECT person_id, team_id, manager_id, country, valid_to FROM raw.employment ORDER BY 1"
    ) == [
        ("1001", "D-5", None, "Germany", None),
        ("1002", "D-6", "1003", "Japan", None),
        ("1003", "D-6", "1001", "Germany", date(2026, 10, 15)),
    ]
    heads = (
        "SELECT as_of, team_id, sum(headcount)::INTEGER, sum(fte)::DOUBLE FROM raw.headcount GROUP BY ALL ORDER BY ALL"
    )
    assert rows(connection, heads) == [
        (date(2026, 9, 30), "D-5", 2, 1.5), (date(2026, 9, 30), "D-6", 1, 1.0),
        (date(2026, 10, 31), "D-5", 1, 1.0), (date(2026, 10, 31), "D-6", 1, 0.5),
    ]  # fmt: skip
    assert ("D-5", "Brand Studio", None) in rows(connection, "SELECT team_id, name, valid_from FROM raw.teams")
    assert accounted(loaded)
