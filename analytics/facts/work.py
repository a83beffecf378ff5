"""Work facts: contracts, hires, charges, hours, milestones, ratings, headcount and budgets, each at its own date."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analytics.facts.sqltext import at_date, days_between, local_day
from analytics.fx import minor

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from analytics.model import Reporting

# What a contract hands down to its charges, hours, milestones and ratings (owner, team and manager have their own date).
INHERITED = (
    "source, platform, job_category, job_subcategory, job_family, poster, contract_type, freelancer, worker_country, "
    "supplier, engagement_kind"
)
WORK_TYPES = "'hourly', 'fixed', 'bonus', 'expense'"
FEE_TYPES = "'platform_fee', 'processing_fee'"


def build(connection: DuckDBPyConnection, reporting: Reporting) -> None:
    """Tables contract, hire, owner_span, charge, time_entry, milestone, feedback, headcount, budget, purchase_order."""
    connection.execute(_contracts(reporting))
    connection.execute(_hires(reporting))
    connection.execute(OWNER_SPANS)
    connection.execute(_charges(reporting))
    connection.execute(_dated("time_entry", "raw.time_entries", "x.work_date", "x.time_id AS time_entry", HOURS))
    milestones = _milestone_columns(reporting)
    connection.execute(_dated("milestone", "raw.milestones", "x.due_date", "x.milestone_id AS milestone", milestones))
    rated = local_day("x.given_at", reporting.timezone)
    connection.execute(_dated("feedback", "raw.feedback", rated, "x.feedback_id AS feedback", RATING))
    connection.execute(HEADCOUNT)
    connection.execute(_budgets(reporting))


def _contracts(reporting: Reporting) -> str:
    rate = minor("c.rate", "fx.rate", reporting.currency)
    bill = minor("coalesce(c.bill_rate, c.rate)", "fx.rate", reporting.currency)
    budget = minor("c.budget_amount", "fx.rate", reporting.currency)
    return f"""
CREATE TABLE main.contract_base AS
WITH owned AS (
    SELECT c.*, p.person_id AS owner FROM raw.contracts c LEFT JOIN raw.people p ON p.person_id = c.owner_id
), placed AS ({at_date("owned", "owner", "start_date")}
), accepted AS (
    SELECT contract_id, min(responded_at) AS accepted_at FROM raw.offers WHERE state = 'accepted' GROUP BY contract_id
), wide AS (
SELECT c.contract_id AS contract, c.title, s.source, c.platform, c.kind AS engagement_kind, c.job_id AS job,
       k.job_category, k.job_subcategory, k.job_family, t.team, t.division, c.owner, c.manager_then AS manager,
       j.poster, coalesce(c.country, t.country) AS country, r.region, c.contract_type, c.status, c.end_reason,
       coalesce(w.freelancer, c.worker_id) AS freelancer, w.worker_country, coalesce(c.supplier_id, w.supplier) AS supplier,
       c.cost_center, c.po_number, c.url, c.created_at, coalesce(a.accepted_at, c.created_at) AS hired_at,
       c.status <> 'cancelled' AS counts, c.start_date AS started_on,
       CASE WHEN c.status <> 'active' THEN c.end_date END AS ended_on, c.planned_end_date AS planned_end_on,
       CASE WHEN c.status <> 'active' THEN c.end_date - c.start_date + 1 END AS duration_days,
       CASE WHEN c.rate_unit = 'hour' THEN {bill} END AS hourly_rate, {rate} AS rate, c.rate_unit,
       {local_day("coalesce(a.accepted_at, c.created_at)", reporting.timezone)} AS hired_on,
       c.end_date + 1 AS gone_on, c.weekly_limit, {budget} AS budget
FROM placed c
LEFT JOIN raw.platforms s ON s.platform = c.platform
LEFT JOIN main.category k ON k.category = c.category_id
LEFT JOIN main.team t ON t.team = coalesce(c.team_id, c.team_then)
LEFT JOIN main.region r ON r.country = coalesce(c.country, t.country)
LEFT JOIN main.worker w ON w.worker = c.worker_id
LEFT JOIN main.job_base j ON j.job = c.job_id
LEFT JOIN main.fx fx ON fx.day = c.start_date AND fx.currency = c.currency
LEFT JOIN accepted a ON a.contract_id = c.contract_id
)
SELECT *, counts AND started_on > min(started_on) OVER (PARTITION BY freelancer, counts) AS rehire
FROM wide ORDER BY started_on, contract"""


def _hires(reporting: Reporting) -> str:
    return f"""
CREATE TABLE main.hire AS
WITH reopened AS (
    SELECT c.contract, max(e.at) AS at FROM raw.job_events e JOIN main.contract_base c ON c.job = e.job_id AND e.at <= c.hired_at
    WHERE e.event = 'reopened' GROUP BY c.contract
)
SELECT c.contract, c.job, c.source, c.platform, j.job_category, j.job_subcategory, j.job_family, j.team, j.division,
       j.poster, j.owner, j.manager, j.country, j.region, j.contract_type, j.cost_center, j.po_number,
       c.freelancer, c.worker_country, c.supplier, c.engagement_kind,
       c.hired_at, {local_day("c.hired_at", reporting.timezone)} AS hired_on, j.posted_on,
       {days_between("greatest(j.published_at, again.at)", "c.hired_at")} AS hire_days,
       {days_between("j.created_at", "c.hired_at")} AS fill_days,
       c.started_on - j.created_on AS start_days, c.started_on - hired_on AS onboarding_days
FROM main.contract_base c JOIN main.job_base j ON j.job = c.job LEFT JOIN reopened again ON again.contract = c.contract
WHERE c.counts ORDER BY hired_on, contract"""


# One row per contract and span of ownership; a contract without history belongs to its own owner for ever.
OWNER_SPANS = """
CREATE TABLE main.owner_span AS
SELECT h.contract_id AS contract, h.valid_from, h.valid_to, h.team_id AS team, p.person_id AS owner
FROM raw.owner_history h LEFT JOIN raw.people p ON p.person_id = h.owner_id
ORDER BY contract, valid_from
"""


def _owned_on(rows: str, day: str) -> str:
    """Add owner_then, span_team and whether a span of ownership covers the day, to rows that carry `contract`."""
    return f"""
    SELECT x.*, (o.contract IS NOT NULL AND (o.valid_to IS NULL OR o.valid_to > x.{day})) AS spanned,
           CASE WHEN o.valid_to IS NULL OR o.valid_to > x.{day} THEN o.team END AS span_team,
           CASE WHEN o.contract IS NOT NULL AND (o.valid_to IS NULL OR o.valid_to > x.{day})
                THEN o.owner ELSE c.owner END AS owner_then, c.team AS contract_team
    FROM {rows} x LEFT JOIN main.contract_base c ON c.contract = x.contract
    ASOF LEFT JOIN main.owner_span o ON o.contract = x.contract AND x.{day} >= o.valid_from"""


# The country of a contract is that of its first team; a team that took it over pays from where it sits itself.
COUNTRY = "coalesce(CASE WHEN t.team IS DISTINCT FROM c.team THEN t.country END, c.country, t.country)"


def _charges(reporting: Reporting) -> str:
    inherited = ", ".join(f"c.{name}" for name in ("job_category", "job_subcategory", "job_family", "poster"))
    return f"""
CREATE TABLE main.charge AS
WITH dated AS (
    SELECT x.*, x.contract_id AS contract, {local_day("x.posted_at", reporting.timezone)} AS posted_on,
           coalesce(rel.charge_type, 'fixed') AS related_type
    FROM raw.charges x LEFT JOIN raw.charges rel ON rel.charge_id = x.related_charge_id
), owned AS ({_owned_on("dated", "posted_on")}
), placed AS ({at_date("owned", "owner_then", "posted_on")}
), classed AS (
    SELECT *, CASE WHEN charge_type IN ('refund', 'chargeback', 'adjustment')
                   THEN CASE WHEN related_type IN ('refund', 'chargeback', 'adjustment') THEN 'fixed'
                             ELSE related_type END ELSE charge_type END AS effective_type
    FROM placed
)
SELECT x.charge_id AS charge, x.contract, c.job, s.source, x.platform, {inherited},
       t.team, t.division, x.owner_then AS owner, x.manager_then AS manager,
       {COUNTRY} AS country, r.region, c.contract_type,
       coalesce(c.freelancer, w.freelancer, x.worker_id) AS freelancer, coalesce(c.worker_country, w.worker_country) AS worker_country,
       coalesce(c.supplier, x.supplier_id, w.supplier) AS supplier, coalesce(c.engagement_kind, CASE s.source WHEN 'staffing' THEN 'temp' ELSE 'freelance' END) AS engagement_kind,
       x.charge_type, coalesce(x.cost_center, c.cost_center) AS cost_center, coalesce(x.po_number, c.po_number) AS po_number,
       x.posted_on, coalesce(x.work_to, x.posted_on) AS worked_on, i.issued_on AS invoiced_on, x.status,
       x.invoice_id AS invoice,
       CASE WHEN effective_type IN ({WORK_TYPES}) THEN 'work' WHEN effective_type IN ({FEE_TYPES}) THEN 'fee'
            WHEN effective_type = 'tax' THEN 'tax' WHEN effective_type = 'supplier_fee' THEN 'supplier_fee'
            ELSE 'funding' END AS charge_class,
       x.status = 'final' AND effective_type IN ({WORK_TYPES}, {FEE_TYPES}) AS is_spend,
       x.amount AS amount_native, x.currency, {minor("x.amount", "fx.rate", reporting.currency)} AS amount,
       fx.rate IS NULL AS no_rate,
       coalesce(c.supplier, x.supplier_id, w.supplier, c.freelancer, w.freelancer, x.worker_id) AS payee
FROM classed x
LEFT JOIN raw.platforms s ON s.platform = x.platform
LEFT JOIN main.contract_base c ON c.contract = x.contract
LEFT JOIN main.worker w ON w.worker = x.worker_id
LEFT JOIN raw.invoices i ON i.invoice_id = x.invoice_id
LEFT JOIN main.team t ON t.team = coalesce(x.team_id, CASE WHEN x.spanned THEN x.span_team ELSE x.contract_team END, x.team_then)
LEFT JOIN main.region r ON r.country = {COUNTRY}
LEFT JOIN main.fx fx ON fx.day = x.posted_on AND fx.currency = x.currency
ORDER BY posted_on, charge"""


def _dated(table: str, raw: str, day: str, key: str, columns: str) -> str:
    """A fact that belongs to a contract and is attributed to the contract's owner on its own day."""
    inherited = ", ".join(f"c.{name.strip()}" for name in INHERITED.split(","))
    return f"""
CREATE TABLE main.{table} AS
WITH dated AS (SELECT x.*, x.contract_id AS contract, coalesce({day}, k.started_on) AS day
               FROM {raw} x JOIN main.contract_base k ON k.contract = x.contract_id
), owned AS ({_owned_on("dated", "day")}
), placed AS ({at_date("owned", "owner_then", "day")})
SELECT {key}, x.contract, c.job, {inherited}, t.team, t.division, x.owner_then AS owner, x.manager_then AS manager,
       {COUNTRY} AS country, r.region, c.cost_center, c.po_number, {columns}
FROM placed x JOIN main.contract_base c ON c.contract = x.contract
LEFT JOIN main.team t ON t.team = coalesce(CASE WHEN x.spanned THEN x.span_team ELSE x.contract_team END, x.team_then)
LEFT JOIN main.region r ON r.country = {COUNTRY}
{"LEFT JOIN main.fx fx ON fx.day = x.day AND fx.currency = x.currency" if "fx.rate" in columns else ""}
ORDER BY x.day, 1"""


HOURS = """x.work_date AS worked_on, x.hours::DOUBLE AS hours, coalesce(x.overtime_hours, 0)::DOUBLE AS overtime_hours,
       coalesce(x.status, 'approved') AS status, c.hourly_rate"""
RATING = """x.day AS given_on, x.direction, (x.score / nullif(x.scale_max, 0) * 5)::DOUBLE AS score,
       coalesce(x.private, FALSE) AS private"""


def _milestone_columns(reporting: Reporting) -> str:
    submitted = local_day("x.submitted_at", reporting.timezone)
    return f"""x.due_date AS due_on, {submitted} AS submitted_on,
       {local_day("x.approved_at", reporting.timezone)} AS approved_on, x.state AS status,
       {submitted} <= x.due_date AS on_time,
       {minor("x.amount", "fx.rate", reporting.currency)} AS amount,
       {minor("coalesce(x.funded_amount, 0)", "fx.rate", reporting.currency)} AS funded"""


HEADCOUNT = """
CREATE TABLE main.headcount AS
SELECT h.as_of, t.team, t.division, h.manager_id AS manager, NULL::VARCHAR AS owner, coalesce(h.country, t.country) AS country,
       r.region, h.worker_type, h.headcount, h.fte::DOUBLE AS fte
FROM raw.headcount h LEFT JOIN main.team t ON t.team = h.team_id
LEFT JOIN main.region r ON r.country = coalesce(h.country, t.country)
ORDER BY as_of, t.team;
CREATE TABLE main.snapshot_day AS SELECT DISTINCT as_of FROM main.headcount ORDER BY as_of;
"""


def _budgets(reporting: Reporting) -> str:
    budget = minor("b.amount", "fx.rate", reporting.currency)
    return f"""
CREATE TABLE main.budget AS
SELECT b.budget_id AS budget, t.team, t.division, NULL::VARCHAR AS owner, NULL::VARCHAR AS manager,
       c.job_category, c.job_family, t.country, r.region, b.period_from, b.period_to, {budget} AS amount
FROM raw.budgets b LEFT JOIN main.team t ON t.team = b.team_id LEFT JOIN main.category c ON c.category = b.category_id
LEFT JOIN main.region r ON r.country = t.country
ASOF LEFT JOIN main.fx fx ON fx.currency = b.currency AND b.period_from >= fx.day;
CREATE TABLE main.purchase_order AS
SELECT o.po_number, t.team, t.division, NULL::VARCHAR AS owner, NULL::VARCHAR AS manager, o.supplier_id AS supplier,
       t.country, r.region, o.valid_from, o.end_date AS ends_on, {minor("o.amount", "fx.rate", reporting.currency)} AS amount
FROM raw.purchase_orders o LEFT JOIN main.team t ON t.team = o.team_id LEFT JOIN main.region r ON r.country = t.country
ASOF LEFT JOIN main.fx fx ON fx.currency = o.currency AND coalesce(o.valid_from, o.end_date) >= fx.day;
"""
