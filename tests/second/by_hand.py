"""Every metric as a person would write it in SQL over the tables of a version: the meaning of its declaration, spelt out.

One number each, for the whole company and one span. `$from` and `$to` bound the span, `$last` is its last day that the
data knows, `$as_of` the last day that the data knows at all. The engine never sees these texts; a test holds it to them.
"""

from __future__ import annotations

FREELANCE = "source = 'freelance'"


def _in(date: str) -> str:
    return f"{FREELANCE} AND {date} >= $from AND {date} < $to"


def _on_last(start: str, gone: str) -> str:
    return f"{FREELANCE} AND {start} <= $last AND ({gone} IS NULL OR {gone} > $last)"


SPENT = f"is_spend AND {_in('posted_on')}"
JOBS = f"FROM job WHERE {_in('posted_on')}"
HIRES = f"FROM hire WHERE {_in('hired_on')}"
STARTED = f"FROM contract WHERE counts AND {_in('started_on')}"
ENDED = f"FROM contract WHERE counts AND status = 'ended' AND {_in('ended_on')}"
RUNNING = f"FROM contract WHERE counts AND {_on_last('started_on', 'gone_on')}"
EVER_RUNNING = (
    f"FROM contract WHERE counts AND {FREELANCE} AND started_on <= $last AND (gone_on IS NULL OR gone_on > $from)"
)
RATES = f"FROM contract WHERE counts AND hourly_rate IS NOT NULL AND {_in('started_on')}"
WORKED = f"FROM time_entry WHERE status <> 'rejected' AND {_in('worked_on')}"
DUE = f"FROM milestone WHERE {_in('due_on')} AND (submitted_on IS NOT NULL OR due_on < $as_of)"
ANSWERED = f"FROM offer WHERE {_in('responded_on')}"
MATURE = f"{JOBS} AND posted_on <= $as_of - 30"
LAST_COUNT = "FROM headcount WHERE as_of = (SELECT max(as_of) FROM headcount WHERE as_of <= $last)"
# The mean of the month ends in the span; a span without one takes the last count before its end.
FTE = f"""coalesce(
    (SELECT avg(fte) FROM (SELECT sum(fte) AS fte FROM headcount WHERE as_of >= $from AND as_of < $to GROUP BY as_of)),
    (SELECT sum(fte) {LAST_COUNT}))"""
MONTH_ENDS = """(SELECT last_day(m::DATE) AS day
    FROM range(date_trunc('month', $from::DATE), $to::TIMESTAMP, INTERVAL 1 MONTH) AS t(m) WHERE last_day(m::DATE) <= $last
    UNION SELECT $last::DATE WHERE last_day($from::DATE) > $last)"""
PAYEES = f"(SELECT payee, sum(amount) AS paid FROM charge WHERE {SPENT} GROUP BY payee HAVING sum(amount) > 0)"
BUDGET = """(SELECT sum(round(amount * least(greatest($to::DATE - period_from, 0), period_to - period_from) / (period_to - period_from))
                  - round(amount * least(greatest($from::DATE - period_from, 0), period_to - period_from) / (period_to - period_from)))
             FROM budget WHERE period_from < $to AND period_to > $from)"""
ASKED_SKILLS = f"(SELECT skill, sum(qualified) AS supply FROM job JOIN job_skill USING (job) WHERE {_in('posted_on')} GROUP BY skill)"


def _tenured(days: int) -> str:
    return f"""SELECT count(DISTINCT freelancer) FROM assignment
               WHERE {_on_last("active_from", "gone_on")} AND days_before + ($last::DATE - active_from) + 1 > {days}"""


BY_HAND: dict[str, str] = {
    # Money
    "spend": f"SELECT coalesce(sum(amount), 0) FROM charge WHERE {SPENT}",
    "staffing_spend": "SELECT coalesce(sum(amount), 0) FROM charge WHERE is_spend AND source = 'staffing' AND posted_on >= $from AND posted_on < $to",
    "avg_spend_per_contract": f"SELECT sum(amount) / nullif(count(DISTINCT contract), 0) FROM charge WHERE {SPENT} AND contract IS NOT NULL AND amount IS NOT NULL",
    "spend_per_freelancer": f"SELECT sum(amount) / nullif(count(DISTINCT freelancer), 0) FROM charge WHERE {SPENT} AND freelancer IS NOT NULL AND amount IS NOT NULL",
    "spend_per_fte": f"SELECT coalesce(sum(amount), 0) / {FTE} FROM charge WHERE {SPENT}",
    "fee_share": f"SELECT coalesce(sum(amount) FILTER (charge_class = 'fee'), 0) / nullif(sum(amount) FILTER (charge_class = 'work'), 0) FROM charge WHERE {SPENT}",
    "savings_vs_staffing": f"SELECT coalesce(sum(round(hours * (r.rate - t.hourly_rate))), 0) FROM time_entry t JOIN staffing_rate r USING (job_category, country) WHERE status <> 'rejected' AND {_in('worked_on')}",
    "budget": f"SELECT coalesce({BUDGET}, 0)",
    "budget_variance": f"SELECT (sum(spend_total) - sum(budget)) / sum(budget) FROM contract WHERE counts AND budget > 0 AND {_in('ended_on')}",
    "committed": f"SELECT coalesce(sum(committed), 0) {RUNNING}",
    "available": f"SELECT coalesce({BUDGET}, 0) - (SELECT coalesce(sum(amount), 0) FROM charge WHERE {SPENT}) - (SELECT coalesce(sum(committed), 0) {RUNNING})",
    "avg_hourly_rate": f"SELECT avg(hourly_rate) {RATES}",
    "median_hourly_rate": f"SELECT median(hourly_rate) {RATES}",
    "p25_hourly_rate": f"SELECT quantile_cont(hourly_rate, 0.25) {RATES}",
    "p75_hourly_rate": f"SELECT quantile_cont(hourly_rate, 0.75) {RATES}",
    "min_hourly_rate": f"SELECT min(hourly_rate) {RATES}",
    "max_hourly_rate": f"SELECT max(hourly_rate) {RATES}",
    "rate_over_ask": f"SELECT sum(agreed_rate) / sum(asked_rate) - 1 {HIRES} AND asked_rate > 0 AND agreed_rate IS NOT NULL",
    "concentration": f"SELECT sum(power(paid / whole, 2)) FROM (SELECT paid, sum(paid) OVER () AS whole FROM {PAYEES})",
    "top_10_share": f"SELECT sum(paid) FILTER (place <= 10) / sum(paid) FROM (SELECT paid, row_number() OVER (ORDER BY paid DESC) AS place FROM {PAYEES})",
    # Demand
    "jobs_posted": f"SELECT count(*) {JOBS}",
    "hires": f"SELECT count(*) FROM contract WHERE counts AND {_in('hired_on')}",
    "unique_posters": f"SELECT count(DISTINCT poster) {JOBS}",
    "teams_active": f"SELECT count(DISTINCT team) {JOBS}",
    "adoption": f"SELECT count(DISTINCT owner) / {FTE} FROM participation WHERE {FREELANCE} AND active_from <= $last AND (gone_on IS NULL OR gone_on > $from)",
    "avg_time_to_hire": f"SELECT avg(hire_days) {HIRES} AND hire_days >= 0",
    "median_time_to_hire": f"SELECT median(hire_days) {HIRES} AND hire_days >= 0",
    "p90_time_to_hire": f"SELECT quantile_cont(hire_days, 0.9) {HIRES} AND hire_days >= 0",
    # Kaplan-Meier: the first day at which the product of (waiting - hired) / waiting has come down to a half.
    "time_to_hire_km": f"""WITH watched AS (SELECT watch_days AS days, watch_hired AS hired {JOBS}),
        steps AS (SELECT days, count(*) FILTER (hired) AS hired, (SELECT count(*) FROM watched o WHERE o.days >= w.days) AS waiting FROM watched w GROUP BY days),
        curve AS (SELECT days, product(1 - hired / waiting) OVER (ORDER BY days) AS still FROM steps WHERE hired > 0)
        SELECT min(days) FROM curve WHERE still <= 0.5 + 1e-9""",
    "time_to_fill": f"SELECT avg(fill_days) {HIRES} AND fill_days >= 0",
    "median_time_to_fill": f"SELECT median(fill_days) {HIRES} AND fill_days >= 0",
    "time_to_start": f"SELECT avg(start_days) {HIRES} AND start_days >= 0",
    "onboarding_time": f"SELECT avg(onboarding_days) {HIRES} AND onboarding_days >= 0",
    "time_to_approve": f"SELECT avg(approve_days) FROM job WHERE {_in('approved_on')} AND approve_days >= 0",
    "time_to_offer": f"SELECT avg(offer_days) FROM offer WHERE {_in('sent_on')} AND offer_days >= 0",
    "time_to_first_proposal": f"SELECT avg(first_proposal_hours) {JOBS} AND first_proposal_hours >= 0",
    "fill_rate": f"SELECT sum(least(hires, positions)) / nullif(sum(positions), 0) {MATURE}",
    "hire_rate": f"SELECT count(*) FILTER (hires > 0) / nullif(count(*), 0) {JOBS}",
    "cancel_rate": f"SELECT count(*) FILTER (status = 'cancelled' AND hires = 0) / nullif(count(*), 0) {JOBS}",
    "jobs_cancelled": f"SELECT count(*) FROM job WHERE status = 'cancelled' AND {_in('closed_on')}",
    "open_ageing": f"SELECT count(*) FROM job WHERE {_on_last('open_from', 'open_to')}",
    "positions_open": f"SELECT count(*) FROM opening WHERE {_on_last('open_from', 'open_to')}",
    "proposals": f"SELECT count(*) FROM proposal WHERE {_in('created_on')}",
    "proposals_per_job": f"SELECT sum(proposals) / nullif(count(*), 0) {JOBS}",
    "shortlisted": f"SELECT count(*) FROM proposal WHERE shortlisted AND {_in('created_on')}",
    "shortlist_rate": f"SELECT count(*) FILTER (shortlisted) / nullif(count(*), 0) FROM proposal WHERE {_in('created_on')}",
    "offers": f"SELECT count(*) FROM offer WHERE {_in('sent_on')}",
    "offer_acceptance": f"SELECT count(*) FILTER (status = 'accepted') / nullif(count(*) FILTER (status IN ('accepted', 'declined', 'expired')), 0) {ANSWERED}",
    "supply_per_job": f"SELECT sum(qualified) / nullif(count(*), 0) {JOBS}",
    "supply_coverage": f"SELECT count(*) FILTER (supply >= 3) / nullif(count(*), 0) FROM {ASKED_SKILLS}",
    # Work and people
    "contracts": f"SELECT count(*) {STARTED}",
    "active_contracts": f"SELECT count(*) {EVER_RUNNING}",
    "freelancers": f"SELECT count(DISTINCT freelancer) {EVER_RUNNING}",
    "contingent_share": f"SELECT people / (people + (SELECT sum(headcount) {LAST_COUNT})) FROM (SELECT count(DISTINCT freelancer) AS people {RUNNING})",
    "contracts_ended": f"SELECT count(*) {ENDED}",
    "contracts_ending": f"SELECT count(*) FROM contract WHERE counts AND status = 'active' AND {_in('planned_end_on')}",
    "early_end_rate": f"SELECT count(*) FILTER (ended_on < planned_end_on) / nullif(count(*), 0) {ENDED} AND planned_end_on IS NOT NULL",
    "turnover": f"""SELECT count(DISTINCT freelancer) / (SELECT avg(people) FROM (SELECT day, count(DISTINCT freelancer) AS people FROM {MONTH_ENDS}
            LEFT JOIN contract ON counts AND {FREELANCE} AND started_on <= day AND (gone_on IS NULL OR gone_on > day) GROUP BY day))
        FROM contract WHERE counts AND leaver AND {_in('ended_on')}""",
    "avg_contract_duration": f"SELECT avg(ended_on - started_on + 1) {ENDED}",
    "avg_contract_age": f"SELECT avg($last::DATE - started_on + 1) {RUNNING}",
    "idle_contracts": f"SELECT count(*) {RUNNING} AND idle",
    "rehires": f"SELECT count(*) {STARTED} AND rehire",
    "repeat_hire_rate": f"SELECT count(*) FILTER (rehire) / nullif(count(*), 0) {STARTED}",
    "tenure_flags": _tenured(365),
    "tenure_breaches": _tenured(547),
    "amendments": f"SELECT count(*) FROM amendment WHERE {_in('changed_on')}",
    "hours": f"SELECT coalesce(sum(hours), 0) {WORKED}",
    "overtime_share": f"SELECT sum(overtime_hours) / nullif(sum(hours), 0) {WORKED}",
    "rating": f"SELECT avg(score) FROM feedback WHERE direction = 'client_to_worker' AND {_in('given_on')}",
    "on_time_rate": f"SELECT count(*) FILTER (submitted_on <= due_on) / nullif(count(*), 0) {DUE}",
    "milestones_submitted": f"SELECT count(*) FROM milestone WHERE {_in('submitted_on')}",
    "milestones_accepted": f"SELECT count(*) FROM milestone WHERE {_in('approved_on')}",
    "cost_per_accepted_milestone": f"SELECT sum(amount) / nullif(count(*), 0) FROM milestone WHERE {_in('approved_on')}",
    "country_count": f"SELECT count(DISTINCT country) {STARTED}",
    "headcount": f"SELECT sum(headcount) {LAST_COUNT}",
    "fte": f"SELECT {FTE}",
}  # fmt: skip
