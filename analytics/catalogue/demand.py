"""Metrics of demand and speed: jobs, positions, proposals, offers, hires, and how long each step takes."""

from __future__ import annotations

from analytics.catalogue.kinds import Metric, Part, Unit

POSTED = "date the job was posted"
HIRED = "date of the hire (offer accepted)"
MATURED = "posted_on <= $as_of - 30"


def _days(column: str) -> tuple[tuple[str, str, Unit], ...]:
    return (
        ("median", f"quantile_cont({column}, 0.5)", "days"),
        ("slowest_tenth", f"quantile_cont({column}, 0.9)", "days"),
    )


METRICS = (
    Metric(
        "jobs_posted", "Jobs posted", "Jobs made visible to workers in the period; drafts do not count.",
        "Demand: how much work teams want to give out.", "Higher, when the program is to grow.",
        "count", (Part("job", "count(*)", "posted_on"),), good="up", additive=True, dates=POSTED,
        synonyms=("jobs", "postings", "job posts", "job postings", "posts", "requisitions", "demand", "gigs posted", "posted jobs", "job requests", "requests"),
        bases=(("closed", "closed_on"),),
    ),
    Metric(
        "hires", "Hires", "Contracts concluded in the period, from a job or direct; cancelled ones do not count.",
        "Demand that was met.", "Higher.",
        "count", (Part("contract", "count(*)", "hired_on", "counts"),), good="up", additive=True, dates=HIRED,
        synonyms=("hired", "people hired", "engagements made", "hirings", "new hires", "placements"),
    ),
    Metric(
        "unique_posters", "People who posted", "Different people who posted at least one job in the period.",
        "Shows how widely the program is used.", "Higher.",
        "count", (Part("job", "count(DISTINCT poster)", "posted_on"),), good="up", dates=POSTED,
        synonyms=("posters", "unique posters", "people posting", "requesters", "distinct posters", "number of posters", "how many people posted"),
    ),
    Metric(
        "teams_active", "Active teams", "Different teams that posted at least one job in the period.",
        "Shows how widely the program is used.", "Higher.",
        "count", (Part("job", "count(DISTINCT team)", "posted_on"),), good="up", dates=POSTED,
        synonyms=("teams active", "teams using freelancers", "participating teams", "teams that posted", "number of teams"),
    ),
    Metric(
        "adoption", "Adoption", "Different employees who posted a job or owned a running contract in the period, divided by the average full-time equivalents.",
        "Shows how much of the company uses the program.", "Higher.",
        "ratio", (Part("participation", "count(DISTINCT owner)", alive=("active_from", "gone_on"), at="any"),
                  Part("headcount", "sum(fte)", alive=("as_of", "as_of"), at="average", shared=True, any_source=True)),
        formula="{0} / {1}", good="up", dates="posting or running contract", synonyms=("adoption rate", "program adoption", "share of employees using freelancers", "usage"),
    ),
    Metric(
        "avg_time_to_hire", "Average time to hire", "Mean days from a job's posting (or its last reopening) to the hire, over the positions filled in the period.",
        "The fast promise: how long a team waits for help.", "Lower.",
        "days", (Part("hire", "avg(hire_days)", "hired_on", "hire_days >= 0"),), good="down", dates=HIRED, facts=_days("hire_days"),
        synonyms=("time to hire", "tth", "time to engage", "average time to engage", "hiring time", "hiring speed", "days to hire", "speed of hiring", "how fast do we hire", "how long does it take to hire", "avg tth", "how quickly do we hire", "how fast"),
    ),
    Metric(
        "median_time_to_hire", "Median time to hire", "Half of the positions filled in the period took fewer days from posting to hire than this.",
        "The usual wait.", "Lower.", "days", (Part("hire", "quantile_cont(hire_days, 0.5)", "hired_on", "hire_days >= 0"),), good="down", dates=HIRED,
        synonyms=("median tth", "typical time to hire", "median days to hire"),
    ),
    Metric(
        "p90_time_to_hire", "Time to hire, slowest 10%", "One in ten positions filled in the period took longer from posting to hire than this.",
        "The wait that annoys.", "Lower.", "days", (Part("hire", "quantile_cont(hire_days, 0.9)", "hired_on", "hire_days >= 0"),), good="down", dates=HIRED,
        synonyms=("p90 tth", "90th percentile time to hire", "slowest time to hire", "p90 days to hire"),
    ),
    Metric(
        "time_to_hire_km", "Time to hire by posting date", "Kaplan-Meier median of days from posting to the first hire; open and cancelled jobs count until their age.",
        "Fair to recent months, where slow jobs are still open.", "Lower.", "days",
        (Part("job", "list(watch_days)", "posted_on"), Part("job", "list(watch_hired)", "posted_on")), survival=True, good="down", dates=POSTED,
        synonyms=("kaplan meier", "survival time to hire", "time to hire by posting cohort", "posting cohort time to hire", "time to hire by posting date", "time to hire km"),
    ),
    Metric(
        "time_to_fill", "Average time to fill", "Mean days from the request being created to the offer being accepted, over positions filled in the period.",
        "What the business waits from first asking.", "Lower.", "days", (Part("hire", "avg(fill_days)", "hired_on", "fill_days >= 0"),),
        good="down", dates=HIRED, facts=_days("fill_days"), synonyms=("average time to fill", "days to fill", "ttf", "fill time", "avg time to fill"),
    ),
    Metric(
        "median_time_to_fill", "Median time to fill", "Half of the positions filled in the period took fewer days from request to acceptance than this.",
        "The usual wait.", "Lower.", "days", (Part("hire", "quantile_cont(fill_days, 0.5)", "hired_on", "fill_days >= 0"),), good="down", dates=HIRED,
        synonyms=("median ttf", "median days to fill"),
    ),
    Metric(
        "time_to_start", "Average time to start", "Mean days from the request being created to the first day of work, over positions filled in the period.",
        "The one clock that freelance and staffing share.", "Lower.", "days", (Part("hire", "avg(start_days)", "hired_on", "start_days >= 0"),),
        good="down", dates=HIRED, facts=_days("start_days"), synonyms=("days to start", "request to start", "lead time", "time until start"),
    ),
    Metric(
        "time_to_approve", "Average time to approve", "Mean days from the request being created to its approval.",
        "Approval often looks like slow hiring.", "Lower.", "days", (Part("job", "avg(approve_days)", "approved_on", "approve_days >= 0"),),
        good="down", dates="approval", facts=_days("approve_days"), synonyms=("approval time", "days to approve", "approval cycle time"),
    ),
    Metric(
        "time_to_offer", "Average time to offer", "Mean days from a job's posting to an offer being sent.",
        "Shows how long choosing takes.", "Lower.", "days", (Part("offer", "avg(offer_days)", "sent_on", "offer_days >= 0"),),
        good="down", dates="offer sent", facts=_days("offer_days"), synonyms=("days to offer", "offer time"),
    ),
    Metric(
        "time_to_first_proposal", "Time to first proposal", "Mean hours from a job's posting to its first proposal, over jobs that had one.",
        "Shows how quickly the market answers.", "Lower.", "hours", (Part("job", "avg(first_proposal_hours)", "posted_on", "first_proposal_hours >= 0"),),
        good="down", dates=POSTED, facts=(("median", "quantile_cont(first_proposal_hours, 0.5)", "hours"),),
        synonyms=("first proposal", "time to proposal", "hours to first proposal", "time until first proposal", "response time"),
    ),
    Metric(
        "onboarding_time", "Average onboarding time", "Mean days from the hire to the first day of work.",
        "Time lost after the decision.", "Lower.", "days", (Part("hire", "avg(onboarding_days)", "hired_on", "onboarding_days >= 0"),),
        good="down", dates=HIRED, facts=_days("onboarding_days"), synonyms=("onboarding", "hire to start", "time to onboard", "onboarding days"),
    ),
    Metric(
        "fill_rate", "Fill rate", "Positions filled divided by positions asked for, over jobs posted in the period at least 30 days ago.",
        "Shows whether demand is met.", "Higher.", "ratio", (Part("job", "sum(least(hires, positions))", "posted_on", MATURED), Part("job", "sum(positions)", "posted_on", MATURED)),
        formula="{0} / {1}", good="up", dates=POSTED, synonyms=("fill ratio", "share of positions filled", "positions filled rate", "filled share"),
    ),
    Metric(
        "hire_rate", "Hire rate", "Jobs with at least one hire divided by jobs posted in the period.",
        "Shows how many jobs end in a hire.", "Higher.", "ratio", (Part("job", "count(*) FILTER (WHERE hires > 0)", "posted_on"), Part("job", "count(*)", "posted_on")),
        formula="{0} / {1}", good="up", dates=POSTED, synonyms=("hiring rate", "share of jobs hired", "jobs with a hire"),
    ),
    Metric(
        "cancel_rate", "Cancellation rate", "Jobs cancelled without a hire divided by jobs posted in the period.",
        "Work asked for and not done.", "Lower.", "ratio", (Part("job", "count(*) FILTER (WHERE status = 'cancelled' AND hires = 0)", "posted_on"), Part("job", "count(*)", "posted_on")),
        formula="{0} / {1}", good="down", dates=POSTED, synonyms=("cancellation rate", "share of jobs cancelled", "cancelled share", "cancelation rate"),
    ),
    Metric(
        "jobs_cancelled", "Jobs cancelled", "Jobs cancelled in the period.", "Work asked for and not done.", "Lower.",
        "count", (Part("job", "count(*)", "closed_on", "status = 'cancelled'"),), good="down", additive=True, dates="cancellation",
        synonyms=("cancelled jobs", "canceled jobs", "cancellations", "jobs canceled"),
    ),
    Metric(
        "open_ageing", "Open jobs", "Jobs posted and not yet filled, cancelled or expired, at the end of the period.",
        "Demand that still waits.", "Lower, and young.", "count", (Part("job", "count(*)", alive=("open_from", "open_to"), at="end"),),
        good="down", additive=True, period="now", dates="open on the day", synonyms=("jobs open", "open postings", "unfilled jobs", "what is open", "open requisitions", "open gigs", "still open", "open ageing", "ageing", "aging"),
    ),
    Metric(
        "positions_open", "Open positions", "Positions of open jobs that are not yet filled, at the end of the period.",
        "Demand that still waits.", "Lower.", "count", (Part("opening", "count(*)", alive=("open_from", "open_to"), at="end"),),
        good="down", additive=True, period="now", dates="open on the day", synonyms=("positions open", "unfilled positions", "vacancies", "open roles", "open headcount"),
    ),
    Metric(
        "proposals", "Proposals", "Proposals that came in during the period.", "Supply: how many want the work.", "Higher.",
        "count", (Part("proposal", "count(*)", "created_on"),), good="up", additive=True, dates="date of the proposal",
        synonyms=("applications", "bids", "proposals received", "applicants", "candidates"),
    ),
    Metric(
        "proposals_per_job", "Proposals per job", "Proposals received divided by jobs posted in the period.",
        "Supply against demand.", "Higher.", "index", (Part("job", "sum(proposals)", "posted_on"), Part("job", "count(*)", "posted_on")),
        formula="{0} / {1}", good="up", dates=POSTED, synonyms=("applications per job", "bids per job", "applicants per job", "proposals per posting", "average proposals", "candidates per job"),
    ),
    Metric(
        "shortlisted", "Shortlisted", "Proposals of the period that were shortlisted or hired.", "Proposals good enough to look at.", "Higher.",
        "count", (Part("proposal", "count(*)", "created_on", "shortlisted"),), good="up", additive=True, dates="date of the proposal",
        synonyms=("shortlisted proposals", "shortlists"),
    ),
    Metric(
        "shortlist_rate", "Shortlist rate", "Proposals shortlisted divided by proposals of the period.", "Quality of supply.", "Higher.",
        "ratio", (Part("proposal", "count(*) FILTER (WHERE shortlisted)", "created_on"), Part("proposal", "count(*)", "created_on")),
        formula="{0} / {1}", good="up", dates="date of the proposal", synonyms=("share shortlisted", "shortlisting rate"),
    ),
    Metric(
        "offers", "Offers", "Offers sent in the period.", "Decisions made.", "Higher.",
        "count", (Part("offer", "count(*)", "sent_on"),), good="up", additive=True, dates="offer sent", synonyms=("offers sent", "offers made"),
    ),
    Metric(
        "offer_acceptance", "Offer acceptance", "Offers accepted divided by offers accepted, declined or expired in the period.",
        "Shows whether offers are good.", "Higher.", "ratio",
        (Part("offer", "count(*) FILTER (WHERE status = 'accepted')", "responded_on"),
         Part("offer", "count(*) FILTER (WHERE status IN ('accepted', 'declined', 'expired'))", "responded_on")),
        formula="{0} / {1}", good="up", dates="answer to the offer", synonyms=("offer acceptance rate", "acceptance rate", "accepted offers", "offer accept rate"),
    ),
    Metric(
        "supply_per_job", "Qualified proposals per job", "Qualified proposals divided by jobs posted in the period.",
        "The supply promise.", "At least 3.", "index", (Part("job", "sum(qualified)", "posted_on"), Part("job", "count(*)", "posted_on")),
        formula="{0} / {1}", good="up", dates=POSTED, synonyms=("supply", "supply per job", "qualified proposals per job", "qualified supply", "qualified candidates per job"),
    ),
    Metric(
        "supply_coverage", "Supply coverage", "Skills with at least three qualified proposals divided by skills that jobs of the period asked for.",
        "Shows where supply is thin.", "Higher.", "ratio",
        (Part("job_skill_supply", "count(*) FILTER (WHERE v >= 3)", "posted_on", per=("skill", "sum(qualified)")),
         Part("job_skill_supply", "count(*)", "posted_on", per=("skill", "sum(qualified)"))),
        formula="{0} / {1}", good="up", dates=POSTED, synonyms=("skill coverage", "coverage of skills", "skills covered", "share of skills covered"),
    ),
)  # fmt: skip
