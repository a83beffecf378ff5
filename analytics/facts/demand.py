"""Demand facts: jobs, the skills they ask for, proposals and offers, each attributed to its poster's team at its date."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analytics.facts.sqltext import at_date, days_between, local_day
from analytics.fx import minor

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from analytics.model import Reporting

# What a job hands down to its proposals, offers, hires and contracts.
JOB_DIMENSIONS = (
    "source, platform, job_category, job_subcategory, job_family, team, division, poster, manager, country, region, "
    "contract_type, cost_center, po_number"
)


def build(connection: DuckDBPyConnection, reporting: Reporting) -> None:
    """Tables job_base, job_skill, proposal; jobs are finished once their hires are known, offers once contracts are."""
    connection.execute(_jobs(reporting))
    connection.execute("""CREATE TABLE main.job_skill AS
        SELECT DISTINCT job_id AS job, skill FROM raw.job_skills ORDER BY job, skill""")
    connection.execute(_proposals(reporting))


def offers(connection: DuckDBPyConnection, reporting: Reporting) -> None:
    """Table offer: one without a job belongs to what its contract belongs to, else only to its worker's platform."""
    connection.execute(_offers(reporting))


def _jobs(reporting: Reporting) -> str:
    day = local_day("coalesce(j.published_at, j.created_at)", reporting.timezone)
    budget = minor("coalesce(j.budget_max, j.budget_min)", "fx.rate", reporting.currency)
    return f"""
CREATE TABLE main.job_base AS
WITH dated AS (
    SELECT j.*, {day} AS day, p.person_id AS poster FROM raw.jobs j LEFT JOIN raw.people p ON p.person_id = j.poster_id
), placed AS ({at_date("dated", "poster", "day")})
SELECT j.job_id AS job, j.title, s.source, j.platform, c.job_category, c.job_subcategory, c.job_family,
       t.team, t.division, j.poster, j.poster AS owner, j.manager_then AS manager,
       coalesce(j.country, t.country) AS country, r.region, j.contract_type, j.status, j.close_reason AS end_reason,
       j.cost_center, j.po_number, j.url, j.positions, j.keep_open, coalesce(j.invites, 0) AS invites,
       j.created_at, j.approved_at, coalesce(j.published_at, j.created_at) AS published_at, j.closed_at,
       CASE WHEN j.status <> 'draft' THEN j.day END AS posted_on,
       {local_day("j.created_at", reporting.timezone)} AS created_on,
       {local_day("j.approved_at", reporting.timezone)} AS approved_on,
       {local_day("j.closed_at", reporting.timezone)} AS closed_on,
       CASE WHEN j.status <> 'draft' THEN j.day END AS open_from,
       CASE WHEN j.status IN ('filled', 'cancelled', 'expired')
            THEN {local_day("coalesce(j.closed_at, j.filled_at, j.published_at, j.created_at)", reporting.timezone)}
       END AS open_to,
       {days_between("j.created_at", "j.approved_at")} AS approve_days, {budget} AS budget
FROM placed j
LEFT JOIN raw.platforms s ON s.platform = j.platform
LEFT JOIN main.category c ON c.category = j.category_id
LEFT JOIN main.team t ON t.team = coalesce(j.team_id, j.team_then)
LEFT JOIN main.region r ON r.country = coalesce(j.country, t.country)
LEFT JOIN main.fx fx ON fx.day = j.day AND fx.currency = j.currency
ORDER BY posted_on, job"""


def _proposals(reporting: Reporting) -> str:
    dimensions = ", ".join(f"j.{name.strip()}" for name in JOB_DIMENSIONS.split(","))
    return f"""
CREATE TABLE main.proposal AS
SELECT p.proposal_id AS proposal, p.job_id AS job, {dimensions}, j.poster AS owner,
       coalesce(w.freelancer, p.worker_id) AS freelancer, w.worker_country, w.supplier, p.status, p.channel AS hire_channel,
       coalesce(p.qualified, FALSE) AS qualified, p.status IN ('shortlisted', 'hired') AS shortlisted,
       p.created_at, {local_day("p.created_at", reporting.timezone)} AS created_on, j.posted_on,
       {minor("p.rate", "fx.rate", reporting.currency)} AS rate, j.contract_type AS rate_kind
FROM raw.proposals p JOIN main.job_base j ON j.job = p.job_id
LEFT JOIN main.worker w ON w.worker = p.worker_id
LEFT JOIN main.fx fx ON fx.day = {local_day("p.created_at", reporting.timezone)} AND fx.currency = p.currency
ORDER BY created_on, proposal"""


def _offers(reporting: Reporting) -> str:
    names = [name.strip() for name in JOB_DIMENSIONS.split(",")]
    last = {"source": ", s.source", "platform": ", p.platform"}
    dimensions = ", ".join(
        f"CASE WHEN j.job IS NULL THEN coalesce(c.{name}{last.get(name, '')}) ELSE j.{name} END AS {name}"
        for name in names
    )
    return f"""
CREATE TABLE main.offer AS
SELECT o.offer_id AS offer, o.job_id AS job, o.contract_id AS contract, {dimensions},
       CASE WHEN j.job IS NULL THEN c.owner ELSE j.poster END AS owner,
       coalesce(w.freelancer, o.worker_id) AS freelancer, w.worker_country, w.supplier, o.state AS status, o.hire_kind AS hire_channel,
       o.sent_at, o.responded_at, {local_day("o.sent_at", reporting.timezone)} AS sent_on,
       {local_day("o.responded_at", reporting.timezone)} AS responded_on,
       {days_between("j.published_at", "o.sent_at")} AS offer_days
FROM raw.offers o LEFT JOIN main.job_base j ON j.job = o.job_id
LEFT JOIN main.contract_base c ON c.contract = o.contract_id
LEFT JOIN raw.workers p ON p.worker_id = o.worker_id LEFT JOIN raw.platforms s ON s.platform = p.platform
LEFT JOIN main.worker w ON w.worker = o.worker_id
ORDER BY sent_on, offer"""
