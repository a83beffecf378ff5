"""A company small enough to work out by hand, written as files of the import format."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

from duckdb import DuckDBPyConnection

from analytics.model import Reporting
from analytics.tables import TABLES

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
REPORTING = Reporting("EUR", "Europe/Berlin", 7)

Rows = list[dict[str, str]]


def company() -> dict[str, Rows]:
    """Every file once: two platforms, two teams below one, four contracts with eight charges each; nothing is wrong."""
    return {
        "platforms": [
            {"platform": "Upwork", "source": "freelance", "timezone": "UTC"},
            {"platform": "Beeline", "source": "staffing", "timezone": "UTC"},
        ],
        "people": [{"person_id": f"P{n}", "name": f"Person {n}", "active": "true", "upn": f"p{n}@contoso.example"} for n in range(1, 5)],
        "employment": [
            {"person_id": f"P{n}", "valid_from": "2024-01-01", "team_id": team, "manager_id": boss, "country": "Germany", "fte": "1.0", "worker_type": "employee"}
            for n, team, boss in ((1, "T1", ""), (2, "T2", "P1"), (3, "T2", "P2"), (4, "T3", "P1"))
        ],
        "teams": [
            {"team_id": "T1", "name": "Contoso", "head_person_id": "P1"},
            {"team_id": "T2", "name": "Brand Studio", "parent_team_id": "T1", "head_person_id": "P2"},
            {"team_id": "T3", "name": "Data", "parent_team_id": "T1", "head_person_id": "P4"},
        ],
        "categories": [
            {"category_id": "K1", "name": "Design & Creative"},
            {"category_id": "K1-1", "name": "Illustration", "parent_category_id": "K1"},
        ],
        "suppliers": [{"supplier_id": "S1", "name": "Northwind Staffing"}],
        "workers": [
            {"worker_id": f"W{n}", "platform": "Upwork" if n < 3 else "Beeline", "kind": "freelancer" if n < 3 else "temp", "name": f"Worker {n}", "country": "Brazil", "person_key": f"h{n}"}
            for n in range(1, 5)
        ],
        "jobs": [
            {"job_id": f"J{n}", "platform": "Upwork", "title": f"Job {n}", "category_id": "K1-1", "team_id": "T2", "poster_id": "P3", "contract_type": "hourly", "status": "filled", "created_at": "2026-06-01T08:00:00Z", "published_at": "2026-06-02T08:00:00Z", "filled_at": "2026-06-20T08:00:00Z", "positions": "1", "currency": "EUR"}
            for n in range(1, 3)
        ],
        "proposals": [
            {"proposal_id": f"B{n}", "job_id": f"J{n}", "worker_id": f"W{n}", "created_at": "2026-06-03T08:00:00Z", "status": "hired", "rate": "60", "currency": "EUR"}
            for n in range(1, 3)
        ],
        "contracts": [
            {"contract_id": f"C{n}", "platform": "Upwork" if n < 3 else "Beeline", "kind": "freelance" if n < 3 else "temp", "title": f"Job {n}", "job_id": f"J{n}" if n < 3 else "", "worker_id": f"W{n}", "supplier_id": "" if n < 3 else "S1", "team_id": "T2", "owner_id": "P3", "category_id": "K1-1", "contract_type": "hourly", "status": "active", "created_at": "2026-06-20T08:00:00Z", "start_date": "2026-07-01", "rate": "60.00", "rate_unit": "hour", "weekly_limit": "40", "budget_amount": "9000", "currency": "EUR"}
            for n in range(1, 5)
        ],
        "charges": [
            {"charge_id": f"X{n}{week:02}", "platform": "Upwork" if n < 3 else "Beeline", "contract_id": f"C{n}", "charge_type": "hourly", "status": "final", "posted_at": f"2026-{9 + (week + 2) // 4:02}-{1 + 7 * ((week + 2) % 4):02}T10:00:00Z", "amount": f"{600 + 10 * n + week}.00", "currency": "EUR", "invoice_id": f"I{n}"}
            for n in range(1, 5)
            for week in range(8)
        ],
        "invoices": [
            {"invoice_id": f"I{n}", "platform": "Upwork" if n < 3 else "Beeline", "issued_on": "2026-11-01", "total": f"{8 * (600 + 10 * n) + 28}.00", "currency": "EUR", "status": "final"}
            for n in range(1, 5)
        ],
        "time_entries": [
            {"time_id": f"H{n}{day}", "contract_id": f"C{n}", "work_date": f"2026-10-{day:02}", "hours": "8", "overtime_hours": "0", "status": "approved"}
            for n in range(1, 5)
            for day in range(5, 10)
        ],
        "headcount": [
            {"as_of": month, "team_id": team, "country": "Germany", "worker_type": "employee", "headcount": "50", "fte": "48.5"}
            for month in ("2026-09-30", "2026-10-31")
            for team in ("T2", "T3")
        ],
        "worker_skills": [{"worker_id": f"W{n}", "skill": "Figma"} for n in range(1, 5)],
        "job_skills": [{"job_id": f"J{n}", "skill": "Figma"} for n in range(1, 3)],
        "job_events": [{"job_id": f"J{n}", "event": "posted", "at": "2026-06-02T08:00:00Z"} for n in range(1, 3)],
        "offers": [
            {"offer_id": f"O{n}", "job_id": f"J{n}", "contract_id": f"C{n}", "worker_id": f"W{n}", "created_at": "2026-06-18T08:00:00Z", "sent_at": "2026-06-18T09:00:00Z", "responded_at": "2026-06-20T08:00:00Z", "state": "accepted", "hire_kind": "new"}
            for n in range(1, 3)
        ],
        "owner_history": [
            {"contract_id": "C1", "valid_from": "2026-07-01", "valid_to": "2026-09-01", "team_id": "T2", "owner_id": "P3"},
            {"contract_id": "C1", "valid_from": "2026-09-01", "team_id": "T3", "owner_id": "P4"},
        ],
        "rate_history": [
            {"contract_id": "C1", "valid_from": "2026-07-01", "valid_to": "2026-09-01", "rate": "60", "rate_unit": "hour", "currency": "EUR"},
            {"contract_id": "C1", "valid_from": "2026-09-01", "rate": "62", "rate_unit": "hour", "currency": "EUR"},
        ],
        "milestones": [
            {"milestone_id": "M1", "contract_id": "C2", "sequence": "1", "amount": "500", "currency": "EUR", "due_date": "2026-08-01", "submitted_at": "2026-07-30T08:00:00Z", "approved_at": "2026-08-01T08:00:00Z", "state": "approved"},
        ],
        "feedback": [
            {"feedback_id": "R1", "contract_id": "C1", "given_at": "2026-10-20T08:00:00Z", "direction": "client_to_worker", "score": "4.8", "scale_max": "5"},
        ],
        "budgets": [
            {"budget_id": "G1", "team_id": "T2", "category_id": "K1", "period_from": "2026-07-01", "period_to": "2027-07-01", "amount": "100000", "currency": "EUR"},
        ],
        "purchase_orders": [
            {"po_number": "PO1", "team_id": "T2", "supplier_id": "S1", "amount": "40000", "currency": "EUR", "valid_from": "2026-07-01", "end_date": "2027-06-30"},
        ],
        "fx_rates": [{"rate_date": "2026-09-01", "from_currency": "USD", "to_currency": "EUR", "rate": "0.91"}],
    }  # fmt: skip


def write(folder: Path, tables: dict[str, Rows]) -> Path:
    """One file per table, with every declared column and whatever else its rows hold."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, rows in tables.items():
        declared = [column.name for column in TABLES[name].columns]
        extra = sorted({key for row in rows for key in row} - set(declared))
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, [*declared, *extra], restval="", lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)
    return folder


def build_totals(connection: DuckDBPyConnection, reporting: Reporting, now: datetime) -> None:
    """The smallest honest builder: one fact table, summed from the typed charges."""
    connection.execute(
        "CREATE TABLE spend AS SELECT contract_id, posted_at, (amount * 100)::BIGINT AS amount, line FROM raw.charges "
        "WHERE posted_at <= ? ORDER BY charge_id",
        [now.replace(tzinfo=None)],
    )
    connection.execute("CREATE TABLE built AS SELECT ? AS currency", [reporting.currency])


def total(rows: Iterable[dict[str, str]]) -> int:
    """The amounts of these charges in minor units."""
    return sum(int(row["amount"].replace(".", "")) for row in rows)
