"""Metrics of money: spend and its ratios, fees, budgets, commitments, rates, savings, concentration."""

from __future__ import annotations

from analytics.catalogue.kinds import Metric, Part

SPEND = Part("charge", "sum(amount)::BIGINT", "posted_on", "is_spend")
FTE = Part("headcount", "sum(fte)", alive=("as_of", "as_of"), at="average", shared=True, any_source=True)
# What is used of a budget by the end of a day is rounded, so that neither teams nor months lose a cent of the total.
USED = "round(amount * least(greatest({} - period_from, 0), period_to - period_from) / (period_to - period_from))"
BUDGET = Part(
    "budget", f"sum({USED.format('$to')} - {USED.format('$from')})::BIGINT",
    alive=("period_from", "period_to"), at="any", any_source=True, planned=True,
)  # fmt: skip
HOURLY = "hourly_rate IS NOT NULL AND counts"
POSTED = "date the ledger line was posted"

METRICS = (
    Metric(
        "spend", "Spend",
        "Final ledger lines for work and fees, refunds taken off; tax and account funding are not spend.",
        "What the program costs the company.", "Depends on demand; read it beside jobs and contracts.",
        "money", (SPEND,), additive=True, dates=POSTED, source="freelance",
        synonyms=("cost", "costs", "burn", "expenditure", "spending", "spent", "money", "paid", "outlay", "total spend", "spend total", "how much"),
        bases=(("work_period", "worked_on"), ("invoice", "invoiced_on")),
    ),
    Metric(
        "staffing_spend", "Staffing spend",
        "Spend on external staffing: final ledger lines for work and fees from the staffing systems.",
        "The other way to get the same work done.", "Lower, where freelancers do the work as well.",
        "money", (SPEND,), additive=True, dates=POSTED, source="staffing",
        synonyms=("external staffing spend", "temp spend", "agency spend", "spend on temps", "staffing cost", "staffing costs", "temp labor spend", "spend on staffing"),
    ),
    Metric(
        "avg_spend_per_contract", "Average spend per contract",
        "Spend in the period divided by the contracts that had spend in it.",
        "Shows the size of the work that is given out.", "Steady; a jump means larger or fewer contracts.",
        "money", (Part("charge", "sum(amount)::BIGINT", "posted_on", "is_spend AND contract IS NOT NULL AND amount IS NOT NULL"),
                  Part("charge", "count(DISTINCT contract)", "posted_on", "is_spend AND contract IS NOT NULL AND amount IS NOT NULL")),
        formula="{0} / {1}", dates=POSTED,
        synonyms=("spend per contract", "cost per contract", "average spend per project", "average cost per contract", "spend per project", "average contract value", "cost per project", "spend per gig"),
    ),
    Metric(
        "spend_per_fte", "Spend per full-time employee",
        "Spend in the period divided by the average full-time equivalents of its month ends.",
        "Makes teams and countries of different size comparable.", "Depends on how much work is flexible.",
        "money", (SPEND, FTE), formula="{0} / {1}", dates=POSTED,
        synonyms=("spend per full-time employee", "spend per full time employee", "spend per employee", "spend per head", "cost per fte", "cost per employee", "per fte spend", "spend/fte", "spend per capita"),
    ),
    Metric(
        "spend_per_freelancer", "Spend per freelancer",
        "Spend in the period divided by the freelancers who were paid in it.",
        "Shows how much work one person gets.", "Depends on the work.",
        "money", (Part("charge", "sum(amount)::BIGINT", "posted_on", "is_spend AND freelancer IS NOT NULL AND amount IS NOT NULL"),
                  Part("charge", "count(DISTINCT freelancer)", "posted_on", "is_spend AND freelancer IS NOT NULL AND amount IS NOT NULL")),
        formula="{0} / {1}", people=True, dates=POSTED,
        synonyms=("cost per freelancer", "average spend per freelancer", "spend per worker", "spend per contractor"),
    ),
    Metric(
        "fee_share", "Fee share",
        "Platform and processing fees divided by the work they belong to.",
        "What the platforms take on top of the work.", "Lower.",
        "ratio", (Part("charge", "sum(amount)::BIGINT", "posted_on", "is_spend AND charge_class = 'fee'"),
                  Part("charge", "sum(amount)::BIGINT", "posted_on", "is_spend AND charge_class = 'work'")),
        formula="CASE WHEN {1} > 0 THEN coalesce({0}, 0) / {1} END", good="down", dates=POSTED,
        synonyms=("fees", "platform fees", "fee rate", "fee percentage", "share of fees", "platform fee share", "markup"),
    ),
    Metric(
        "savings_vs_staffing", "Savings against staffing",
        "Freelance hours times the difference between the median staffing bill rate and the freelance all-in rate, in the same job category and country where staffing has at least 10 contracts.",
        "The economical promise, in money.", "Higher.",
        "money", (Part("time_entry", "sum(saving)::BIGINT", "worked_on", "saving IS NOT NULL"),),
        good="up", additive=True, dates="day worked", estimate="Estimate: only hours with a comparable staffing rate count.",
        facts=(("hours_compared", "sum(hours)", "hours"),),
        synonyms=("savings against staffing", "saved against staffing", "savings versus staffing", "saved vs staffing", "savings compared to staffing", "saved compared with staffing"),
    ),
    Metric(
        "budget", "Budget",
        "Budgets of teams and categories, taken for the days of the period that they cover.",
        "What was planned to be spent.", "Depends on the plan.",
        "money", (BUDGET,),
        additive=True, dates="days covered by the budget", period="fiscal_year",
        synonyms=("budgets", "budgeted", "planned spend", "plan"),
    ),
    Metric(
        "budget_variance", "Budget variance",
        "Spend over the life of the ended contracts that had a budget, less the budget, as a share of the budget.",
        "Shows whether work is estimated well.", "Near zero.",
        "ratio", (Part("contract", "sum(spend_total)::BIGINT", "ended_on", "counts AND budget > 0"),
                  Part("contract", "sum(budget)::BIGINT", "ended_on", "counts AND budget > 0")),
        formula="({0} - {1}) / {1}", good="down", dates="end of the contract",
        synonyms=("variance", "budget deviation", "over budget", "against budget", "budget overrun", "spend against budget"),
    ),
    Metric(
        "committed", "Committed",
        "What running contracts may still cost: the rest of fixed amounts and funded milestones, and hourly limits up to the planned end.",
        "Money that is promised but not yet invoiced.", "Within the budget.",
        "money", (Part("contract", "sum(committed)::BIGINT", alive=("started_on", "gone_on"), at="end", where="counts"),),
        additive=True, period="now", dates="running contracts on the day",
        synonyms=("committed spend", "commitments", "committed value", "open commitments", "obligations"),
    ),
    Metric(
        "available", "Available budget",
        "Budget of the fiscal year, less what was spent, less what is committed.",
        "What can still be given out.", "Above zero.",
        "money", (BUDGET,
                  SPEND,
                  Part("contract", "sum(committed)::BIGINT", alive=("started_on", "gone_on"), at="end", where="counts")),
        formula="{0} - coalesce({1}, 0) - coalesce({2}, 0)", good="up", additive=True, period="fiscal_year", dates="days covered by the budget",
        synonyms=("still available", "remaining budget", "budget left", "left in the budget", "budget remaining"),
    ),
    Metric(
        "avg_hourly_rate", "Average hourly rate",
        "Mean all-in hourly rate of the hourly contracts started in the period.",
        "The price of an hour of work.", "Lower for the same skill.",
        "money", (Part("contract", "avg(hourly_rate)", "started_on", HOURLY),), people=True, dates="start of the contract",
        facts=(("median", "quantile_cont(hourly_rate, 0.5)", "money"), ("lower_quartile", "quantile_cont(hourly_rate, 0.25)", "money"), ("upper_quartile", "quantile_cont(hourly_rate, 0.75)", "money")),
        synonyms=("hourly rate", "average rate", "rate per hour", "mean hourly rate", "rates", "bill rate", "price per hour", "hourly cost"),
    ),
    Metric(
        "median_hourly_rate", "Median hourly rate", "Half of the hourly contracts started in the period cost less an hour than this.",
        "The usual price of an hour.", "Lower for the same skill.",
        "money", (Part("contract", "quantile_cont(hourly_rate, 0.5)", "started_on", HOURLY),), people=True, dates="start of the contract",
        synonyms=("median rate", "typical rate", "typical hourly rate"),
    ),
    Metric(
        "p25_hourly_rate", "Lower quartile hourly rate", "A quarter of the hourly contracts started in the period cost less an hour than this.",
        "The low end of the market.", "Depends on the skill.",
        "money", (Part("contract", "quantile_cont(hourly_rate, 0.25)", "started_on", HOURLY),), people=True, dates="start of the contract",
        synonyms=("lower quartile rate", "25th percentile rate", "p25 rate"),
    ),
    Metric(
        "p75_hourly_rate", "Upper quartile hourly rate", "A quarter of the hourly contracts started in the period cost more an hour than this.",
        "The high end of the market.", "Depends on the skill.",
        "money", (Part("contract", "quantile_cont(hourly_rate, 0.75)", "started_on", HOURLY),), people=True, dates="start of the contract",
        synonyms=("upper quartile rate", "75th percentile rate", "p75 rate"),
    ),
    Metric(
        "min_hourly_rate", "Lowest hourly rate", "The lowest all-in hourly rate of the contracts started in the period.",
        "The low end.", "Depends on the skill.",
        "money", (Part("contract", "min(hourly_rate)", "started_on", HOURLY),), people=True, dates="start of the contract",
        synonyms=("lowest rate", "minimum rate", "min rate", "cheapest rate"),
    ),
    Metric(
        "max_hourly_rate", "Highest hourly rate", "The highest all-in hourly rate of the contracts started in the period.",
        "The high end.", "Depends on the skill.",
        "money", (Part("contract", "max(hourly_rate)", "started_on", HOURLY),), people=True, dates="start of the contract",
        synonyms=("highest rate", "maximum rate", "max rate", "most expensive rate"),
    ),
    Metric(
        "rate_over_ask", "Rate over ask", "Agreed hourly rates divided by the rates those workers had asked for, less one.",
        "Shows whether offers meet what is asked.", "Near zero.",
        "ratio", (Part("hire", "sum(agreed_rate)", "hired_on", "asked_rate > 0 AND agreed_rate IS NOT NULL"), Part("hire", "sum(asked_rate)", "hired_on", "asked_rate > 0 AND agreed_rate IS NOT NULL")),
        formula="{0} / {1} - 1", good="down", dates="hire", synonyms=("rate against ask", "over ask", "paid versus asked"),
    ),
    Metric(
        "concentration", "Concentration of spend", "Herfindahl index of spend over payees (supplier, or the freelancer where independent): the sum of squared shares; a payee whose refunds exceed the rest is left out.",
        "Shows how much hangs on a few.", "Below 0.15.",
        "index", (Part("charge", "sum(v * v) FILTER (WHERE v > 0) / nullif(power(sum(v) FILTER (WHERE v > 0), 2), 0)", "posted_on", "is_spend", per=("payee", "sum(amount)::DOUBLE")),),
        good="down", people=True, dates=POSTED, synonyms=("herfindahl", "hhi", "supplier concentration", "concentration index"),
    ),
    Metric(
        "top_10_share", "Share of the ten largest", "Part of spend that goes to the ten largest payees (supplier, or the freelancer where independent); a payee whose refunds exceed the rest is left out.",
        "Shows how much hangs on a few.", "Lower.",
        "ratio", (Part("charge", "sum(v) FILTER (WHERE v > 0 AND r <= 10) / nullif(sum(v) FILTER (WHERE v > 0), 0)", "posted_on", "is_spend", per=("payee", "sum(amount)::DOUBLE")),),
        good="down", people=True, dates=POSTED, synonyms=("top 10 share", "share of top ten", "top ten share"),
    ),
)  # fmt: skip
