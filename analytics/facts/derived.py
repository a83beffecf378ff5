"""What only several tables together know: jobs with their hires, open positions, spells of work, tenure, commitments."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from datetime import datetime

    from duckdb import DuckDBPyConnection

    from analytics.model import Reporting

RESET_DAYS = 180
COMPARABLE = 10

JOBS = """
CREATE TABLE main.job AS
WITH seen AS (
    SELECT job, min(created_at) AS first_proposal_at, count(*) AS proposals,
           count(*) FILTER (shortlisted) AS shortlisted, count(*) FILTER (qualified) AS qualified
    FROM main.proposal GROUP BY job
), offered AS (SELECT job, count(*) AS offers FROM main.offer WHERE job IS NOT NULL GROUP BY job
), hired AS (
    SELECT job, count(*) AS hires, min(hired_at) AS first_hire_at, list_sort(list(hired_on)) AS days FROM main.hire GROUP BY job
)
SELECT j.* REPLACE (CASE WHEN j.status = 'filled' AND j.keep_open
                         THEN least(j.closed_on, CASE WHEN j.positions > 0 THEN h.days[j.positions] END) ELSE j.open_to END AS open_to),
       coalesce(s.proposals, 0) AS proposals, coalesce(s.shortlisted, 0) AS shortlisted,
       coalesce(s.qualified, 0) AS qualified, coalesce(o.offers, 0) AS offers, coalesce(h.hires, 0) AS hires,
       CASE WHEN h.hires > 0 THEN 'hired' WHEN o.offers > 0 THEN 'offered' WHEN s.shortlisted > 0 THEN 'shortlisted'
            WHEN s.proposals > 0 THEN 'proposals' ELSE 'no proposals' END AS stage,
       (epoch(s.first_proposal_at) - epoch(j.published_at)) / 3600.0 AS first_proposal_hours,
       greatest((epoch(coalesce(h.first_hire_at, least(j.closed_at, $now), $now)) - epoch(j.published_at)) / 86400.0, 0)
           AS watch_days,
       h.first_hire_at IS NOT NULL AS watch_hired
FROM main.job_base j LEFT JOIN seen s USING (job) LEFT JOIN offered o USING (job) LEFT JOIN hired h USING (job)
ORDER BY j.posted_on, j.job
"""

# One row per position asked for: the n-th hire closes the n-th position, closing the job closes the rest.
OPENINGS = """
CREATE TABLE main.opening AS
WITH ranked AS (SELECT job, hired_on, row_number() OVER (PARTITION BY job ORDER BY hired_on, contract) AS n FROM main.hire)
SELECT j.* EXCLUDE (open_to), p.n AS position,
       least(h.hired_on, CASE WHEN j.status IN ('cancelled', 'expired', 'filled') THEN coalesce(j.closed_on, j.open_to) END)
           AS open_to
FROM main.job j JOIN range(1, 1000) AS p(n) ON p.n <= j.positions
LEFT JOIN ranked h ON h.job = j.job AND h.n = p.n WHERE j.open_from IS NOT NULL
"""

# Spells of work without overlap, per freelancer; a gap of RESET_DAYS or more starts the count of days again.
ASSIGNMENTS = """
CREATE TABLE main.assignment AS
WITH run AS (
    SELECT *, max(coalesce(gone_on, DATE '9999-01-01')) OVER w AS reach
    FROM main.contract_base WHERE counts
    WINDOW w AS (PARTITION BY freelancer ORDER BY started_on, contract ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
), island AS (
    SELECT *, sum(CASE WHEN reach IS NULL OR started_on > reach THEN 1 ELSE 0 END)
        OVER (PARTITION BY freelancer ORDER BY started_on, contract) AS part FROM run
), spell AS (
    SELECT freelancer, part, min(started_on) AS active_from,
           CASE WHEN bool_or(gone_on IS NULL) THEN NULL ELSE max(gone_on) END AS gone_on,
           arg_max(contract, (started_on, contract)) AS contract FROM island GROUP BY freelancer, part
), fresh AS (
    SELECT *, CASE WHEN active_from - lag(gone_on) OVER (PARTITION BY freelancer ORDER BY part) < $reset
                   THEN 0 ELSE 1 END AS starts FROM spell
), service AS (
    SELECT *, sum(starts) OVER (PARTITION BY freelancer ORDER BY part) AS service FROM fresh
)
SELECT c.* EXCLUDE (gone_on, freelancer), s.freelancer, s.active_from, s.gone_on,
       coalesce(sum(s.gone_on - s.active_from) OVER (PARTITION BY s.freelancer, s.service ORDER BY s.part
                ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0)::BIGINT AS days_before
FROM service s JOIN main.contract_base c ON c.contract = s.contract
ORDER BY s.active_from, s.freelancer
"""

# Commitments: the rest of fixed amounts for which no work was paid, and hourly limits from today to the planned end.
CONTRACTS = """
CREATE TABLE main.contract AS
WITH paid AS (
    SELECT contract, sum(amount) FILTER (is_spend)::BIGINT AS spend_total,
           sum(amount) FILTER (is_spend AND charge_class = 'work')::BIGINT AS work_total, max(posted_on) AS last_paid FROM main.charge GROUP BY contract
), worked AS (SELECT contract, max(worked_on) AS last_worked FROM main.time_entry GROUP BY contract
), milestones AS (SELECT contract, sum(amount)::BIGINT AS agreed FROM main.milestone WHERE status <> 'cancelled' GROUP BY contract
), tenured AS (
    SELECT freelancer, max(days_before + (least(coalesce(gone_on, $today), $today) - active_from)) AS tenure_days
    FROM main.assignment GROUP BY freelancer
), stays AS (
    SELECT DISTINCT a.contract FROM main.contract_base a JOIN main.contract_base b
    ON b.freelancer = a.freelancer AND b.counts AND b.contract <> a.contract
       AND b.started_on <= a.gone_on AND (b.gone_on IS NULL OR b.gone_on > a.gone_on)
)
SELECT c.*, coalesce(p.spend_total, 0) AS spend_total, t.tenure_days,
       c.gone_on IS NOT NULL AND y.contract IS NULL AS leaver,
       c.status = 'active' AND c.started_on < $today - 30
           AND greatest(coalesce(p.last_paid, c.started_on), coalesce(w.last_worked, c.started_on)) < $today - 30 AS idle,
       CASE WHEN c.status <> 'active' THEN 0
            WHEN c.contract_type = 'fixed' THEN greatest(coalesce(m.agreed, c.budget, c.rate, 0) - coalesce(p.work_total, 0), 0)
            WHEN c.contract_type = 'hourly' THEN coalesce(round(greatest(c.planned_end_on - $today, 0) / 7.0 * c.weekly_limit * c.hourly_rate), 0)
            ELSE greatest(coalesce(c.budget, 0) - coalesce(p.work_total, 0), 0) END::BIGINT AS committed
FROM main.contract_base c
LEFT JOIN paid p USING (contract) LEFT JOIN worked w USING (contract) LEFT JOIN milestones m USING (contract)
LEFT JOIN stays y USING (contract) LEFT JOIN tenured t USING (freelancer)
ORDER BY c.started_on, c.contract
"""

PARTICIPATION = """
CREATE TABLE main.participation AS
SELECT owner, team, division, manager, country, region, source, platform, job_category, job_family, contract_type,
       posted_on AS active_from, posted_on + 1 AS gone_on
FROM main.job WHERE posted_on IS NOT NULL AND owner IS NOT NULL
UNION ALL
SELECT owner, team, division, manager, country, region, source, platform, job_category, job_family, contract_type,
       started_on, gone_on
FROM main.contract WHERE counts AND owner IS NOT NULL
"""

# Staffing's median bill rate of a cell stands for what the same hour would have cost there.
SAVINGS = """
CREATE TABLE main.staffing_rate AS
SELECT job_category, country, quantile_cont(hourly_rate, 0.5) AS rate, count(*) AS contracts
FROM main.contract WHERE source = 'staffing' AND counts AND hourly_rate IS NOT NULL AND job_category IS NOT NULL
GROUP BY job_category, country HAVING count(*) >= $comparable;
CREATE TABLE main.time_entry_wide AS
SELECT t.*, CASE WHEN t.source = 'freelance' AND t.status <> 'rejected'
                 THEN round(t.hours * (s.rate - t.hourly_rate))::BIGINT END AS saving
FROM main.time_entry t LEFT JOIN main.staffing_rate s ON s.job_category = t.job_category AND s.country = t.country
ORDER BY t.worked_on, t.time_entry;
DROP TABLE main.time_entry;
ALTER TABLE main.time_entry_wide RENAME TO time_entry;
"""

RATES = """
CREATE TABLE main.hire_wide AS
WITH asked AS (
    SELECT job, freelancer, min(rate) AS asked FROM main.proposal WHERE rate_kind = 'hourly' GROUP BY job, freelancer
)
SELECT h.*, a.asked AS asked_rate, CASE WHEN c.rate_unit = 'hour' AND a.asked > 0 THEN c.rate END AS agreed_rate
FROM main.hire h JOIN main.contract_base c ON c.contract = h.contract
LEFT JOIN asked a ON a.job = h.job AND a.freelancer = h.freelancer ORDER BY h.hired_on, h.contract;
DROP TABLE main.hire;
ALTER TABLE main.hire_wide RENAME TO hire;
CREATE TABLE main.amendment AS
SELECT c.*, r.valid_from AS changed_on FROM raw.rate_history r JOIN main.contract_base c ON c.contract = r.contract_id
WHERE r.valid_from > (SELECT min(f.valid_from) FROM raw.rate_history f WHERE f.contract_id = r.contract_id);
"""

SKILLS = """
CREATE TABLE main.job_skill_supply AS
SELECT j.*, s.skill FROM main.job j JOIN main.job_skill s ON s.job = j.job WHERE j.posted_on IS NOT NULL ORDER BY j.posted_on
"""


def build(connection: DuckDBPyConnection, reporting: Reporting, now: datetime) -> None:
    """Tables job, opening, assignment, contract, participation, staffing_rate, amendment, job_skill_supply."""
    moment = now.astimezone(UTC).replace(tzinfo=None)
    today = now.astimezone(ZoneInfo(reporting.timezone)).date()
    connection.execute(JOBS, {"now": moment})
    connection.execute(OPENINGS)
    connection.execute(ASSIGNMENTS, {"reset": RESET_DAYS})
    connection.execute(CONTRACTS, {"today": today})
    connection.execute(PARTICIPATION)
    connection.execute(SAVINGS.replace("$comparable", str(COMPARABLE)))
    connection.execute(RATES)
    connection.execute(SKILLS)
    connection.execute("DROP TABLE main.job_base; DROP TABLE main.contract_base; DROP TABLE main.owner_span")
