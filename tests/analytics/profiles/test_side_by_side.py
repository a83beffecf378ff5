"""Staffing files beside a freelance program in the import format: one company, its own teams and people."""

from __future__ import annotations

from pathlib import Path

import pytest
from duckdb import DuckDBPyConnection

from analytics.errors import DataError
from analytics.importing import Loaded
from tests.analytics.company import company, write
from tests.analytics.profiles.mapping import FILES, accounted, read, rows

CHOICES = """
[[file]]
pattern = "beeline_invoice_*"
profile = "beeline_invoice"
[file.value_maps.team]
CC-1042 = "T3"
CC-1043 = "T2"

[[file]]
pattern = "beeline_headcount_*"
profile = "beeline_headcount"
[file.value_maps.team]
CC-1042 = "T3"
CC-1043 = "T2"
"""
STAFFING = [
    FILES / name
    for name in ("beeline_invoice_2026-09.csv", "beeline_invoice_2026-10.csv", "beeline_headcount_2026-10.csv")
]


def mixed(folder: Path) -> tuple[DuckDBPyConnection, Loaded]:
    tables = company()
    tables["people"][1]["email"] = "Mara.Voss@contoso.example"
    tables["platforms"] = tables["platforms"][:1]
    for name in ("workers", "contracts", "charges", "invoices"):
        tables[name] = [row for row in tables[name] if row["platform"] == "Upwork"]
    kept = {row["contract_id"] for row in tables["contracts"]}
    tables["time_entries"] = [row for row in tables["time_entries"] if row["contract_id"] in kept]
    tables["worker_skills"] = tables["worker_skills"][:2]
    (folder / "profiles.toml").write_text(CHOICES, encoding="utf-8")
    return read(write(folder, tables), *STAFFING)


def test_cost_centres_lead_to_the_teams_of_the_company_and_no_team_is_made_up(tmp_path: Path) -> None:
    connection, loaded = mixed(tmp_path)
    found = rows(connection, "SELECT platform, team_id, count(*) FROM raw.charges GROUP BY ALL ORDER BY ALL")
    assert found == [("Beeline", "T2", 3), ("Beeline", "T3", 2), ("Upwork", None, 16)]
    assert rows(connection, "SELECT count(*) FROM raw.teams") == [(3,)]
    assert accounted(loaded)


def test_a_manager_named_by_e_mail_is_the_employee_with_that_address(tmp_path: Path) -> None:
    connection, _ = mixed(tmp_path)
    owners = "SELECT DISTINCT owner_id FROM raw.contracts WHERE platform = 'Beeline'"
    assert rows(connection, owners) == [("P2",)]


def test_an_address_that_two_people_share_names_nobody(tmp_path: Path) -> None:
    tables = company()
    for person in tables["people"][:2]:
        person["email"] = "mara.voss@contoso.example"
    connection, _ = read(write(tmp_path, tables), FILES / "beeline_headcount_2026-10.csv")
    owners = "SELECT DISTINCT owner_id FROM raw.contracts WHERE file LIKE 'beeline%'"
    assert rows(connection, owners) == [("mara.voss@contoso.example",)]


def test_a_program_in_the_import_format_has_to_be_whole_even_beside_a_file_that_could_stand_alone(
    tmp_path: Path,
) -> None:
    tables = {name: found for name, found in company().items() if name != "jobs"}
    with pytest.raises(DataError, match=r"jobs\.csv is missing"):
        read(write(tmp_path, tables), *STAFFING)
