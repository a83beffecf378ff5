"""Each check stays silent on sound data and speaks when its fixture breaks something."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Literal

import duckdb
import pytest
from duckdb import DuckDBPyConnection

from analytics import facts
from analytics.catalogue import METRICS
from analytics.importing import load
from analytics.importing.earlier import note
from analytics.importing.staging import prepare
from analytics.progress import Silent
from analytics.quality import CHECKS, Check, metrics_on, rows, run, run_checks
from analytics.quality.touched import TOUCHED
from analytics.tables import TABLES
from tests.analytics.company import NOW, REPORTING, company, write
from tests.enterprise import synced_sample

BY_ID = {check.id: check for check in CHECKS}

RULES = {
    "repeated_key": "repeated",
    "broken_reference": "reference",
    "unusable_value": "type",
    "placeholder_date": "placeholder",
    "unknown_choice": "choice",
    "damaged_id": "damaged_id",
}

MANY = "FROM range(400) AS t(i)"
COPY = "INSERT INTO raw.{0} SELECT * REPLACE ({1}) FROM raw.{0} WHERE line = 2"
LEDGER = "INSERT INTO raw.charges BY NAME SELECT 'N' || i AS charge_id, 'Upwork' AS platform, 'C1' AS contract_id, 'hourly' AS charge_type, 'final' AS status, 'EUR' AS currency"

CELLS = "UPDATE filled SET rows = 100, filled = {2} WHERE table_name = '{0}' AND column_name = '{1}'"
EVENTS = {
    "jobs": "created_at", "proposals": "created_at", "contracts": "created_at", "charges": "posted_at",
    "time_entries": "work_date", "feedback": "given_at",
}  # fmt: skip
FIRST = "INSERT INTO raw.{0} SELECT * REPLACE (TIMESTAMP '2019-01-01' AS {1}) FROM raw.{0} WHERE line = 2 LIMIT 1"
OTHERS = (
    "INSERT INTO raw.{0} SELECT r.* REPLACE (TIMESTAMP '2026-10-01' AS {1}) FROM raw.{0} r, range(200) WHERE line = 2"
)

# What breaks the sound company, as SQL, and how many rows the check then names.
FAILING: dict[str, tuple[str, int]] = {
    **{
        f"{check}_{table}": (f"INSERT INTO quarantine VALUES ('{table}', '{table}.csv', 2, 'x', 'y', 'x is y', '{rule}')", 1)
        for table in TABLES
        for check, rule in RULES.items()
        if f"{check}_{table}" in BY_ID
    },
    **{
        f"unmapped_{table.name}_{column.name}": (f"UPDATE raw.{table.name} SET \"{column.name}\" = 'nowhere' WHERE line = 2", 1)
        for table in TABLES.values()
        for column in table.columns
        if column.reference and column.reference.missing == "unmapped"
    },
    **{
        f"currency_{table.name}": (f"UPDATE raw.{table.name} SET currency = 'EURO' WHERE line = 2", 1)
        for table in TABLES.values()
        if any(column.name == "currency" for column in table.columns)
    },
    **{
        f"fewer_{table}": (f"UPDATE raw.earlier_sync_run SET loaded = 10 * loaded + 20 WHERE table_name = '{table}'", 1)
        for table in TABLES
    },
    **{
        f"more_{table}": (f"UPDATE sync_run SET loaded = loaded + 1000 WHERE table_name = '{table}'", 1) for table in TABLES
    },
    **{
        f"lost_column_{name}": (CELLS.format(name, table.key[0], 0), 1)
        for name, table in TABLES.items()
    },
    **{
        f"emptier_{name}": (CELLS.format(name, table.key[0], 79), 1)
        for name, table in TABLES.items()
    },
    **{
        f"misspelt_{name}": (f"DELETE FROM sync_run WHERE table_name = '{name}'", 1)
        for name, table in TABLES.items() if not table.required
    },
    **{
        f"early_{table}": (f"{OTHERS.format(table, column)}; {FIRST.format(table, column)}", 1)
        for table, column in EVENTS.items()
    },
    "file_gone": ("DELETE FROM sync_run WHERE file = 'budgets.csv'", 1),
    "restated": ("UPDATE ledger_month SET changed_at = '2026-10-22', changed_from = 1 WHERE month = '2026-09-01' AND platform = 'Upwork'", 1),
    "not_counted": ("UPDATE sync_run SET counted = 33 WHERE table_name = 'charges'", 1),
    "not_adding_up": ("INSERT INTO main.charge SELECT * FROM main.charge LIMIT 1; INSERT INTO main.member SELECT * FROM main.member WHERE id = 'T2' LIMIT 1", 3),

    "short_period": (
        ("UPDATE sync_run SET profile = 'p', period_from = '2026-08-01', period_to = '2026-12-31' WHERE table_name = 'charges'; "
        "INSERT INTO sync_run BY NAME SELECT 'charges' AS table_name, 'later.csv' AS file, 1 AS loaded, 'p' AS profile, DATE '2027-02-01' AS period_from, DATE '2027-02-28' AS period_to"),
        2,
    ),
    "separators": ("INSERT INTO quarantine VALUES ('charges', 'charges.csv', 2, 'amount', '1.250,50 €', 'x', 'type'), ('charges', 'charges.csv', 3, 'amount', '?', 'x', 'type')", 1),
    "total_rows": (COPY.format("charges", "'Grand total' AS charge_id"), 1),
    "garbled": ("UPDATE raw.workers SET name = 'ZoÃ« Smith' WHERE line = 2; UPDATE raw.teams SET name = 'São Paulo' WHERE line = 2", 1),
    "in_two_files": (COPY.format("charges", "'other' AS charge_id, 'again.csv' AS file"), 1),
    "not_hours_by_rate": (
        ("UPDATE raw.charges SET work_from = '2026-10-05', work_to = '2026-10-09', amount = 5 * 8 * 60.00 * 1.0101 WHERE line = 10; "
        "UPDATE raw.charges SET work_from = '2026-10-05', work_to = '2026-10-09', amount = 5 * 8 * 60.00 * 1.0099 WHERE line = 20"),
        1,
    ),
    "other_currency": ("UPDATE raw.charges SET currency = 'USD' WHERE line = 2", 1),
    "order_jobs": ("UPDATE raw.jobs SET filled_at = created_at - INTERVAL 1 MINUTE WHERE line = 2", 1),
    "order_offers": ("UPDATE raw.offers SET sent_at = NULL, responded_at = created_at - INTERVAL 1 DAY WHERE line = 2", 1),
    "order_contracts": ("UPDATE raw.contracts SET end_date = start_date - 1 WHERE line = 2", 1),
    "order_milestones": ("UPDATE raw.milestones SET approved_at = submitted_at - INTERVAL 1 DAY", 1),
    "order_charges": ("UPDATE raw.charges SET work_from = '2026-09-02', work_to = '2026-09-01' WHERE line = 2", 1),
    "order_employment": ("UPDATE raw.employment SET valid_to = valid_from - 1 WHERE line = 2", 1),
    "order_teams": ("UPDATE raw.teams SET valid_from = '2026-09-02', valid_to = '2026-09-01' WHERE line = 2", 1),
    "order_owner_history": ("UPDATE raw.owner_history SET valid_to = valid_from - 1 WHERE line = 2", 1),
    "order_rate_history": ("UPDATE raw.rate_history SET valid_to = valid_from - 1 WHERE line = 2", 1),
    "order_budgets": ("UPDATE raw.budgets SET period_to = period_from - 1", 1),
    "order_purchase_orders": ("UPDATE raw.purchase_orders SET end_date = valid_from - 1", 1),
    "order_proposals": ("UPDATE raw.proposals SET created_at = '2026-06-02 07:59:59' WHERE line = 2", 1),
    "future_jobs": ("UPDATE raw.jobs SET created_at = '2026-11-22' WHERE line = 2", 1),
    "future_proposals": ("UPDATE raw.proposals SET created_at = '2026-11-22' WHERE line = 2", 1),
    "future_contracts": ("UPDATE raw.contracts SET created_at = '2026-11-22' WHERE line = 2", 1),
    "future_charges": ("UPDATE raw.charges SET posted_at = '2026-11-22' WHERE line = 2", 1),
    "future_time_entries": ("UPDATE raw.time_entries SET work_date = '2026-11-22' WHERE line = 2", 1),
    "future_feedback": ("UPDATE raw.feedback SET given_at = '2026-11-22' WHERE line = 2", 1),
    "stale": ("DELETE FROM raw.charges WHERE platform = 'Beeline' AND posted_at > '2026-10-20'", 1),
    "gap": (f"{LEDGER}, DATE '2025-01-01' + (i // 4)::INTEGER AS posted_at, 1 AS amount {MANY} WHERE i NOT BETWEEN 100 AND 160", 2),
    "no_rate": ("UPDATE raw.charges SET currency = 'USD', posted_at = DATE '2026-09-06' + line::INTEGER WHERE line IN (2, 3)", 1),
    "sign": ("UPDATE raw.charges SET charge_type = 'refund' WHERE line = 2", 1),
    "twins": (COPY.format("charges", "'other' AS charge_id"), 1),
    "no_contract": ("UPDATE raw.charges SET contract_id = NULL WHERE line = 2", 1),
    "both_states": ("UPDATE raw.charges SET status = 'preliminary' WHERE line = 2", 1),
    "not_as_invoiced": ("UPDATE raw.invoices SET total = total + 60 WHERE platform = 'Upwork'", 1),
    "outlier": (f"{LEDGER}, TIMESTAMP '2026-09-01' AS posted_at, (CASE i WHEN 7 THEN 90000 ELSE 550 + i % 150 END) AS amount {MANY}", 1),
    "over_budget": ("UPDATE raw.contracts SET budget_amount = 1500 WHERE line = 2", 1),
    "manager_circle": ("UPDATE raw.employment SET manager_id = 'P3' WHERE person_id IN ('P1', 'P3')", 1),
    "team_circle": ("UPDATE raw.teams SET parent_team_id = 'T2' WHERE team_id = 'T1'", 2),
    "employment_overlap": (COPY.format("employment", "DATE '2025-01-01' AS valid_from"), 1),
    "employment_break": (
        "UPDATE raw.employment SET valid_to = '2024-06-01' WHERE line = 2; "
        + COPY.format("employment", "DATE '2025-01-01' AS valid_from, NULL AS valid_to"),
        1,
    ),
    "owner_overlap": ("UPDATE raw.owner_history SET valid_to = '2026-09-02' WHERE line = 2", 1),
    "rate_overlap": ("UPDATE raw.rate_history SET valid_to = '2026-09-02' WHERE line = 2", 1),
    "headcount_jump": ("UPDATE raw.headcount SET headcount = 72 WHERE line = 5", 1),
    "long_day": ("UPDATE raw.time_entries SET hours = 24.5 WHERE line = 2", 1),
    "long_week": ("UPDATE raw.time_entries SET hours = 8.5 WHERE line = 2", 1),
    "unknown_poster": ("UPDATE raw.jobs SET poster_id = NULL WHERE line = 2", 1),
    "unknown_owner": ("UPDATE raw.contracts SET owner_id = 'P99' WHERE line = 2", 1),
    "same_worker": ("UPDATE raw.workers SET name = 'Ana Maria Sousa', person_key = NULL WHERE worker_id IN ('W1', 'W3')", 1),
    "personal_jobs": ("UPDATE raw.jobs SET title = 'Ask ana@contoso.example' WHERE line = 2", 1),
    "personal_contracts": ("UPDATE raw.contracts SET title = 'Call +49 170 1234567' WHERE line = 2", 1),
}  # fmt: skip


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> DuckDBPyConnection:
    connection = prepare(duckdb.connect())
    load(connection, write(tmp_path_factory.mktemp("in"), company()), Silent())
    note(connection, NOW)
    facts.build(connection, REPORTING, NOW)
    remember_itself(connection)
    return connection


def remember_itself(connection: DuckDBPyConnection) -> None:
    """The version before was the same, a day ago; and some files lie about that are no files of ours."""
    connection.execute("INSERT INTO raw.earlier_version VALUES ('2026-11-19')")
    connection.execute("INSERT INTO raw.earlier_sync_run SELECT table_name, file, kind, loaded FROM sync_run")
    connection.execute("INSERT INTO raw.earlier_ledger_month FROM ledger_month")
    connection.execute(
        "INSERT INTO raw.earlier_filled SELECT table_name, column_name, 100 * rows, 100 * filled FROM filled"
    )
    for name, table in TABLES.items():
        if not table.required:
            connection.execute("INSERT INTO raw.stranger VALUES (?)", [f"{name[:-1]}.csv"])


@pytest.fixture
def broken(sound: DuckDBPyConnection) -> Iterator[DuckDBPyConnection]:
    sound.execute("BEGIN")
    yield sound
    sound.execute("ROLLBACK")


def test_sound_data_has_no_findings(sound: DuckDBPyConnection) -> None:
    assert run_checks(CHECKS, sound, REPORTING, NOW, Silent()) == ()


def test_every_check_has_a_fixture_that_breaks_it() -> None:
    assert set(FAILING) == set(BY_ID)
    assert {f"{check}_charges" for check in RULES} <= set(BY_ID)
    assert len(BY_ID) == len(CHECKS)


@pytest.mark.parametrize("check", FAILING)
def test_a_check_speaks_when_its_fixture_breaks_something(broken: DuckDBPyConnection, check: str) -> None:
    breaking, count = FAILING[check]
    assert run(BY_ID[check], broken, REPORTING, NOW) is None
    broken.execute(breaking)
    found = run(BY_ID[check], broken, REPORTING, NOW)
    assert found is not None
    assert (found.check, found.rows) == (check, count)
    assert 1 <= len(found.samples) <= 5
    assert BY_ID[check].title in found.text
    assert BY_ID[check].advice in found.text


def test_a_finding_names_the_metrics_it_touches_and_no_others(broken: DuckDBPyConnection) -> None:
    broken.execute(FAILING["sign"][0])
    found = run(BY_ID["sign"], broken, REPORTING, NOW)
    assert found
    assert {"spend", "staffing_spend", "spend_per_fte", "concentration"} <= set(found.metrics)
    assert not {"jobs_posted", "headcount", "rating"} & set(found.metrics)
    assert found.samples == ("X100",)
    assert found.text == (
        "Ledger lines whose sign does not fit their type: 1 of 32. Refunds are negative, work and fees are not. Withheld until "
        "then: Spend, Staffing spend, Average spend per contract, Spend per full-time employee, Spend per freelancer and 4 more."
    )


def test_what_a_file_touches_are_metrics_and_fact_tables_that_exist() -> None:
    assert set(TOUCHED) == set(TABLES)
    facts = {part.fact for metric in METRICS.values() for part in metric.parts}
    named = {name for touched in TOUCHED.values() for name in touched} | {n for check in CHECKS for n in check.touches}
    assert named <= facts | set(METRICS)


def some(share_of_32: int) -> Check:
    sql = f"SELECT charge_id FROM raw.charges LIMIT {share_of_32}"
    return Check("x", 1, "Some", "Mend.", "E", ("charge",), rows(sql), of="charges", allowed=0.5, usual=0.25)


@pytest.mark.parametrize(("failing", "severity"), [(8, "I"), (9, "W"), (16, "W"), (17, "E")])
def test_a_finding_weighs_by_the_share_of_rows_it_touches(
    sound: DuckDBPyConnection, failing: int, severity: Literal["E", "W", "I"]
) -> None:
    found = run(some(failing), sound, REPORTING, NOW)
    assert found
    assert (found.severity, found.rows, found.metrics) == (severity, failing, metrics_on("charge"))
    assert found.text.startswith(f"Some: {failing} of 32. Mend.")
    assert ("Withheld until then: Spend, " in found.text) == (severity == "E")


def test_a_file_that_was_not_sent_is_not_a_reference_that_leads_nowhere(broken: DuckDBPyConnection) -> None:
    broken.execute("DELETE FROM raw.suppliers")
    assert run(BY_ID["unmapped_contracts_supplier_id"], broken, REPORTING, NOW) is None


def test_people_in_a_circle_are_named_and_those_below_it_are_not(broken: DuckDBPyConnection) -> None:
    broken.execute("UPDATE raw.employment SET manager_id = 'P2' WHERE person_id = 'P1'")
    found = run(BY_ID["manager_circle"], broken, REPORTING, NOW)
    assert found
    assert (found.samples, found.severity, found.metrics) == (("P1", "P2"), "E", ())


def test_a_file_that_comes_once_a_month_is_not_late_after_three_weeks(broken: DuckDBPyConnection) -> None:
    broken.execute("DELETE FROM raw.charges; DELETE FROM raw.contracts; DELETE FROM raw.jobs")
    broken.execute(f"{LEDGER}, DATE '2026-01-01' + INTERVAL (i) MONTH AS posted_at, 1 AS amount FROM range(11) AS t(i)")
    assert run(BY_ID["stale"], broken, REPORTING, NOW + timedelta(days=60)) is None
    assert run(BY_ID["stale"], broken, REPORTING, NOW + timedelta(days=90))


def test_every_number_of_the_list_has_a_check_and_every_check_a_fixture() -> None:
    assert {check.number for check in CHECKS} == set(range(1, 35))
    assert {BY_ID[check].number for check in FAILING} == set(range(1, 35))
    assert len(FAILING) == len(CHECKS)


@pytest.mark.parametrize("seed", [7])
def test_the_sample_enterprise_is_sound(tmp_path_factory: pytest.TempPathFactory, seed: int) -> None:
    made = synced_sample(tmp_path_factory)
    report = made.report
    assert made.written.seed == seed
    assert report.quarantined == 0
    assert [finding for finding in report.findings if finding.severity != "I"] == []
