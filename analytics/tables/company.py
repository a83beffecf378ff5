"""Files about the company around the program: headcount, budgets, purchase orders, exchange rates."""

from __future__ import annotations

from analytics.tables.columns import CURRENCY, Column, Table, count, date, key, money, number, ref, text

TABLES = (
    Table(
        "headcount", "month end, team, country, manager and kind of employment",
        ("as_of", "team_id", "country", "manager_id", "worker_type"),
        columns=(
            date("as_of", "last day of the month", "2026-10-31", required=True),
            ref("team_id", "the team", "T0042", "teams", "team_id"),
            text("country", "country of the employees", "Germany"),
            ref("manager_id", "their manager on that day", "P000007", "people", "person_id"),
            text("worker_type", "kind of employment", "employee"),
            count("headcount", "employees", "12", required=True),
            number("fte", "full-time equivalents", "11.5", "FTE", required=True),
        ),
        without="no headcount, no spend per full-time employee, no adoption",
    ),
    Table(
        "budgets", "team or category and period", ("budget_id",),
        columns=(
            key("budget_id", "stable id", "G0042-FY27"),
            ref("team_id", "the team", "T0042", "teams", "team_id"),
            ref("category_id", "the job category", "K03", "categories", "category_id"),
            date("period_from", "first day", required=True),
            date("period_to", "first day after it", "2027-07-01", required=True),
            money("amount", "budget for the period", "250000", required=True),
            CURRENCY,
        ),
        without="no budgets, no budget variance, nothing available",
    ),
    Table(
        "purchase_orders", "purchase order", ("po_number",),
        columns=(
            key("po_number", "number", "PO-20261"),
            ref("team_id", "the team", "T0042", "teams", "team_id"),
            ref("supplier_id", "who is paid", "S012", "suppliers", "supplier_id"),
            money("amount", "amount ordered", "40000", required=True),
            CURRENCY,
            date("valid_from", "first day"),
            date("end_date", "last day", "2027-06-30"),
        ),
        without="no watch on purchase orders",
    ),
    Table(
        "fx_rates", "day and pair of currencies", ("rate_date", "from_currency", "to_currency"),
        columns=(
            date("rate_date", "day of the rate", required=True),
            text("from_currency", "ISO 4217 code", "EUR", required=True),
            text("to_currency", "ISO 4217 code", "USD", required=True),
            Column("rate", "decimal", "units of `to_currency` for one of `from_currency`", "1.0842", required=True, unit="ratio", minimum=0),
        ),
        without="only rows in the reporting currency can be added up",
    ),
)  # fmt: skip
