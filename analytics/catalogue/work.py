"""Metrics of work under way and people: contracts, freelancers, endings, tenure, hours, quality, headcount."""

from __future__ import annotations

from analytics.catalogue.kinds import Metric, Part

STARTED = "start of the contract"
ENDED = "end of the contract"
RUNNING = "running contracts"
ALIVE = ("started_on", "gone_on")
ENDED_RIGHT = "counts AND status = 'ended'"

METRICS = (
    Metric(
        "contracts", "Contracts", "Contracts that started in the period; cancelled ones do not count.",
        "How much work was given out.", "Higher, when the program is to grow.",
        "count", (Part("contract", "count(*)", "started_on", "counts"),), good="up", additive=True, dates=STARTED,
        synonyms=("assignments", "engagements", "gigs", "work orders", "projects", "contracts started", "number of contracts", "sows"),
    ),
    Metric(
        "active_contracts", "Active contracts", "Different contracts that ran on at least one day of the period.",
        "Work under way.", "Depends on demand.",
        "count", (Part("contract", "count(*)", alive=ALIVE, at="any", where="counts"),), additive=True, period="now", dates=RUNNING,
        synonyms=("running contracts", "ongoing contracts", "current contracts", "live contracts", "contracts running", "open contracts", "active assignments", "active engagements"),
    ),
    Metric(
        "freelancers", "Freelancers", "Different people with a running contract on at least one day of the period; one person on two platforms counts once.",
        "The people behind the contracts.", "Depends on demand.",
        "count", (Part("contract", "count(DISTINCT freelancer)", alive=ALIVE, at="any", where="counts"),), period="now", dates=RUNNING,
        synonyms=("active freelancers", "contractors", "contingent headcount", "contingent workers", "consultants", "contractor headcount", "number of freelancers", "freelancer headcount", "external workers", "contingents"),
    ),
    Metric(
        "contingent_share", "Contingent share", "Freelancers divided by freelancers and employees together, at the end of the period.",
        "How flexible the workforce is.", "Depends on the plan.",
        "ratio", (Part("contract", "count(DISTINCT freelancer)", alive=ALIVE, at="end", where="counts"),
                  Part("headcount", "sum(headcount)", alive=("as_of", "as_of"), at="end", shared=True, any_source=True)),
        formula="{0} / ({0} + {1})", period="now", dates="last day of the period", synonyms=("share of contingent workers", "contingent ratio", "freelancer share of workforce", "share of freelancers", "contingent workforce share"),
    ),
    Metric(
        "contracts_ended", "Contracts ended", "Contracts whose last day fell in the period.", "Work finished or broken off.", "Depends on the work.",
        "count", (Part("contract", "count(*)", "ended_on", ENDED_RIGHT),), additive=True, dates=ENDED,
        synonyms=("ended contracts", "endings", "finished contracts", "completed contracts", "contracts completed", "contracts finished"),
    ),
    Metric(
        "contracts_ending", "Contracts ending", "Running contracts whose planned end falls in the period.", "Decide in time: extend or hand over.", "Looked at in time.",
        "count", (Part("contract", "count(*)", "planned_end_on", "counts AND status = 'active'"),), additive=True, future=True, period="next_90_days", dates="planned end",
        synonyms=("ending contracts", "contracts expiring", "expiring contracts", "contracts due to end", "upcoming endings", "contracts that end"),
    ),
    Metric(
        "early_end_rate", "Early end rate", "Contracts that ended before their planned end divided by ended contracts that had one.", "Work broken off.", "Lower.",
        "ratio", (Part("contract", "count(*) FILTER (WHERE ended_on < planned_end_on)", "ended_on", ENDED_RIGHT + " AND planned_end_on IS NOT NULL"),
                  Part("contract", "count(*)", "ended_on", ENDED_RIGHT + " AND planned_end_on IS NOT NULL")),
        formula="{0} / {1}", good="down", dates=ENDED, synonyms=("early ends", "early termination rate", "early terminations", "ended early", "share ended early"),
    ),
    Metric(
        "turnover", "Freelancer turnover", "Freelancers whose last running contract ended in the period, divided by the average running at its month ends; not annualised.",
        "Knowledge that leaves.", "Lower.",
        "ratio", (Part("contract", "count(DISTINCT freelancer)", "ended_on", "counts AND leaver"),
                  Part("contract", "count(DISTINCT freelancer)", alive=ALIVE, at="average", where="counts")),
        formula="{0} / {1}", good="down", dates=ENDED, synonyms=("contractor turnover", "freelancer attrition", "contingent turnover", "freelancers leaving", "churn"),
    ),
    Metric(
        "avg_contract_duration", "Average contract duration", "Mean calendar days from first to last day, both counted, over contracts that ended in the period.",
        "How long the work takes.", "Depends on the work.",
        "days", (Part("contract", "avg(duration_days)", "ended_on", ENDED_RIGHT),), dates=ENDED,
        facts=(("median", "quantile_cont(duration_days, 0.5)", "days"), ("longest_tenth", "quantile_cont(duration_days, 0.9)", "days")),
        synonyms=("contract duration", "contract length", "average project duration", "average contract length", "project duration", "how long do contracts last", "how long do contracts run", "duration", "assignment length", "engagement length"),
    ),
    Metric(
        "avg_contract_age", "Average age of running contracts", "Mean days since the start of the contracts running at the end of the period.", "Shows work that never ends.", "Depends on the work.",
        "days", (Part("contract", "avg($day - started_on + 1)", alive=ALIVE, at="end", where="counts"),), period="now", dates="last day of the period",
        synonyms=("contract age", "age of contracts", "average contract age", "average age of contracts"),
    ),
    Metric(
        "idle_contracts", "Idle contracts", "Running contracts started more than 30 days ago without a charge or an hour in the last 30 days.", "Contracts that were forgotten.", "Zero.",
        "count", (Part("contract", "count(*)", alive=ALIVE, at="end", where="counts AND idle"),), good="down", additive=True, period="now", dates="as of the data",
        synonyms=("inactive contracts", "contracts without activity", "dormant contracts", "stale contracts"),
    ),
    Metric(
        "rehires", "Rehires", "Contracts started in the period whose freelancer had worked for the company before.", "Trust that was earned.", "Higher.",
        "count", (Part("contract", "count(*)", "started_on", "counts AND rehire"),), good="up", additive=True, dates=STARTED,
        synonyms=("repeat hires", "rehired freelancers", "returning freelancers"),
    ),
    Metric(
        "repeat_hire_rate", "Repeat hire rate", "Contracts whose freelancer had worked for the company before, divided by contracts started in the period.", "Trust that was earned.", "Higher.",
        "ratio", (Part("contract", "count(*) FILTER (WHERE rehire)", "started_on", "counts"), Part("contract", "count(*)", "started_on", "counts")),
        formula="{0} / {1}", good="up", dates=STARTED, synonyms=("rehire rate", "repeat rate", "share of rehires", "rehire share", "returning share"),
    ),
    Metric(
        "tenure_flags", "Long tenures", "Freelancers at work at the end of the period with more than 365 days on assignment, breaks under 180 days not resetting the count; not legal advice.",
        "Long tenures can turn freelancers into employees by law.", "Lower.",
        "count", (Part("assignment", "count(DISTINCT freelancer) FILTER (WHERE days_before + ($day - active_from) + 1 > 365)", alive=("active_from", "gone_on"), at="end"),),
        good="down", period="now", dates="last day of the period", synonyms=("tenure flags", "tenure flag", "tenure warnings", "long tenure", "over 12 months tenure", "co-employment risk", "misclassification risk", "tenure limit"),
    ),
    Metric(
        "tenure_breaches", "Tenure over 18 months", "As long tenures, with more than 547 days on assignment; not legal advice.", "Long tenures can turn freelancers into employees by law.", "Zero.",
        "count", (Part("assignment", "count(DISTINCT freelancer) FILTER (WHERE days_before + ($day - active_from) + 1 > 547)", alive=("active_from", "gone_on"), at="end"),),
        good="down", period="now", dates="last day of the period", synonyms=("tenure breach", "tenure breaches", "over 18 months tenure"),
    ),
    Metric(
        "amendments", "Amendments", "Rate changes of contracts that took effect in the period.", "Work that was agreed anew.", "Few.",
        "count", (Part("amendment", "count(*)", "changed_on"),), good="down", additive=True, dates="day of the change", synonyms=("contract changes", "rate changes", "contract amendments"),
    ),
    Metric(
        "hours", "Hours", "Hours worked in the period, overtime included; rejected entries do not count.", "The amount of work.", "Depends on demand.",
        "hours", (Part("time_entry", "sum(hours)", "worked_on", "status <> 'rejected'"),), additive=True, dates="day worked", synonyms=("hours worked", "worked hours", "hours logged", "time worked", "billed hours"),
    ),
    Metric(
        "overtime_share", "Overtime share", "Overtime hours divided by all hours worked in the period.", "Overwork, and its price.", "Lower.",
        "ratio", (Part("time_entry", "sum(overtime_hours)", "worked_on", "status <> 'rejected'"), Part("time_entry", "sum(hours)", "worked_on", "status <> 'rejected'")),
        formula="{0} / {1}", good="down", dates="day worked", synonyms=("overtime", "overtime rate", "share of overtime", "overtime percentage"),
    ),
    Metric(
        "rating", "Average rating", "Mean rating of freelancers by their clients, on a scale of five.", "The skilled promise.", "Higher.",
        "rating", (Part("feedback", "avg(score)", "given_on", "direction = 'client_to_worker'"),), good="up", people=True, dates="date of the rating",
        facts=(("median", "quantile_cont(score, 0.5)", "rating"),), synonyms=("average rating", "ratings", "score", "feedback score", "client rating", "satisfaction", "quality rating", "stars"),
    ),
    Metric(
        "on_time_rate", "On-time rate", "Milestones handed in by their due day divided by milestones handed in or past due; milestones without a due day are left out.", "Promises kept.", "Higher.",
        "ratio", (Part("milestone", "count(*) FILTER (WHERE on_time)", "due_on", "due_on IS NOT NULL AND (submitted_on IS NOT NULL OR due_on < $as_of)"),
                  Part("milestone", "count(*)", "due_on", "due_on IS NOT NULL AND (submitted_on IS NOT NULL OR due_on < $as_of)")),
        formula="{0} / {1}", good="up", dates="due day", synonyms=("on time rate", "on-time delivery", "delivered on time", "on time delivery", "milestones on time", "punctuality"),
    ),
    Metric(
        "milestones_submitted", "Milestones submitted", "Milestones handed in during the period.", "Work delivered.", "Higher.",
        "count", (Part("milestone", "count(*)", "submitted_on"),), good="up", additive=True, dates="hand-in", synonyms=("submitted milestones", "milestones delivered", "milestones handed in"),
    ),
    Metric(
        "milestones_accepted", "Milestones accepted", "Milestones approved during the period.", "Work accepted.", "Higher.",
        "count", (Part("milestone", "count(*)", "approved_on"),), good="up", additive=True, dates="approval", synonyms=("accepted milestones", "approved milestones", "milestones approved"),
    ),
    Metric(
        "cost_per_accepted_milestone", "Cost per accepted milestone", "Amounts of the milestones approved in the period divided by their number.", "The price of a result.", "Depends on the work.",
        "money", (Part("milestone", "sum(amount)::BIGINT", "approved_on"), Part("milestone", "count(*)", "approved_on")), formula="{0} / {1}", dates="approval",
        synonyms=("cost per milestone", "average milestone", "price per milestone"),
    ),
    Metric(
        "country_count", "Countries", "Different countries of paying teams with a contract started in the period.", "Reach of the program.", "Higher.",
        "count", (Part("contract", "count(DISTINCT country)", "started_on", "counts"),), good="up", dates=STARTED, synonyms=("number of countries", "how many countries", "country count"),
    ),
    Metric(
        "headcount", "Headcount", "Employees at the last month end of the period; freelancers are counted apart.", "The size everything is measured against.", "Depends on the plan.",
        "count", (Part("headcount", "sum(headcount)", alive=("as_of", "as_of"), at="end", any_source=True),), additive=True, period="now", dates="month end", source="both",
        synonyms=("employees", "employee headcount", "number of employees", "employee count", "staff count"),
    ),
    Metric(
        "fte", "Full-time equivalents", "Mean full-time equivalents over the month ends of the period.", "The size everything is measured against.", "Depends on the plan.",
        "fte", (Part("headcount", "sum(fte)", alive=("as_of", "as_of"), at="average", any_source=True),), additive=True, dates="month ends", source="both",
        synonyms=("full time equivalents", "full-time equivalents", "ftes", "full time employees", "average fte"),
    ),
)  # fmt: skip
