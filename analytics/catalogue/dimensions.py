"""Dimensions, record measures and fact tables: how numbers can be split, filtered and listed."""

from __future__ import annotations

from analytics.catalogue.kinds import Dimension, Fact, Measure

_PLACE = frozenset({"team", "division", "country", "region", "manager"})
_JOB = _PLACE | {
    "source", "platform", "job_category", "job_subcategory", "job_family", "poster", "contract_type", "cost_center",
    "po_number",
}  # fmt: skip
_WORKER = frozenset({"freelancer", "worker_country", "supplier"})
_WORK = _JOB | _WORKER | {"owner", "engagement_kind"}

FACTS: dict[str, Fact] = {
    fact.name: fact
    for fact in (
        Fact("job", "job posted", "jobs", _JOB | {"owner", "status", "end_reason", "stage"}, "job", frozenset({"skill"}), frozenset({"age_days", "amount"})),
        Fact("hire", "position filled", "hires", _JOB | _WORKER | {"owner", "engagement_kind"}, "contract", frozenset({"skill"})),
        Fact("proposal", "proposal", "proposals", _JOB | _WORKER | {"owner", "status", "hire_channel"}, "proposal", frozenset({"skill"}), frozenset({"rate"})),
        Fact("offer", "offer", "offers", _JOB | _WORKER | {"owner", "status", "hire_channel"}, "offer", frozenset({"skill"})),
        Fact("contract", "contract", "contracts", _WORK | {"status", "end_reason"}, "contract", frozenset({"skill"}), frozenset({"age_days", "duration_days", "tenure_days", "rate", "amount"})),
        Fact("charge", "ledger line", "ledger lines", _WORK | {"charge_type"}, "charge", frozenset({"skill"}), frozenset({"amount"})),
        Fact("time_entry", "day worked", "days worked", _WORK, "time_entry", frozenset({"skill"})),
        Fact("milestone", "milestone", "milestones", _WORK | {"status"}, "milestone", frozenset({"skill"}), frozenset({"amount"})),
        Fact("feedback", "rating", "ratings", _WORK, "feedback", frozenset({"skill"})),
        Fact("headcount", "month-end count", "month-end counts", _PLACE, "as_of"),
        Fact("budget", "budget", "budgets", _PLACE | {"job_category", "job_family"}, "budget"),
        Fact("purchase_order", "purchase order", "purchase orders", _PLACE | {"supplier", "po_number"}, "po_number"),
        Fact("job_skill_supply", "skill asked for", "skills asked for", _JOB | {"owner", "skill"}, "skill"),
        Fact("opening", "position asked for", "positions", _JOB | {"owner", "status", "stage"}, "job", frozenset({"skill"})),
        Fact("participation", "posting or contract of an employee", "postings and contracts", (_JOB - {"poster", "cost_center", "po_number", "job_subcategory"}) | {"owner"}, "owner"),
        Fact("amendment", "change of a contract", "changes", _WORK | {"status"}, "contract", frozenset({"skill"})),
        Fact("assignment", "spell of work", "spells of work", _WORK, "freelancer"),
    )
}  # fmt: skip

DIMENSIONS: dict[str, Dimension] = {
    dimension.key: dimension
    for dimension in (
        Dimension("job_category", "Job category", "job categories", ("category", "job type", "task type", "project category", "type of work", "function", "discipline"), parent="job_family"),
        Dimension("team", "Team", "teams", ("department", "org", "group", "unit", "business unit", "squad"), parent="division", tree=True),
        Dimension("poster", "Posted by", "people who post jobs", ("poster", "posted by", "requester", "requestor", "who posted"), person=True),
        Dimension("country", "Country", "countries", ("nation", "market", "geography", "location"), parent="region"),
        Dimension("platform", "Platform", "platforms", ("marketplace", "vendor platform", "vms", "system")),
        Dimension("source", "Source", "sources", ("sourcing channel", "freelance or staffing", "channel")),
        Dimension("freelancer", "Freelancer", "freelancers", ("contractor", "worker", "talent", "consultant"), person=True),
        Dimension("contract_type", "Contract type", "contract types", ("payment type", "hourly or fixed", "pay type")),
        Dimension("skill", "Skill", "skills", ("skills", "technology", "expertise"), bridge="job_skill"),
        Dimension("status", "Status", "statuses", ("state",)),
        Dimension("cost_center", "Cost center", "cost centers", ("cost centre", "costcenter")),
        Dimension("job_subcategory", "Job subcategory", "job subcategories", ("subcategory", "sub category", "specialty")),
        Dimension("job_family", "Job family", "job families", ("family", "category group")),
        Dimension("division", "Division", "divisions", ("business area", "segment")),
        Dimension("region", "Region", "regions", ("area", "geo", "theatre", "theater")),
        Dimension("supplier", "Supplier", "suppliers", ("vendor", "agency", "staffing firm", "provider", "staffing agency"), null_label="Independent"),
        Dimension("owner", "Owner", "contract owners", ("hiring manager", "engagement manager", "contract owner"), person=True),
        Dimension("worker_country", "Worker country", "worker countries", ("freelancer country", "talent location", "country of the freelancer")),
        Dimension("charge_type", "Charge type", "charge types", ("kind of charge", "transaction type", "cost type")),
        Dimension("end_reason", "End reason", "end reasons", ("reason", "close reason", "closing reason")),
        Dimension("stage", "Stage", "stages", ("funnel stage", "hiring stage", "how far jobs got")),
        Dimension("hire_channel", "Hire channel", "hire channels", ("invited or applied", "how they were hired")),
        Dimension("engagement_kind", "Engagement kind", "engagement kinds", ("engagement type", "kind of engagement")),
        Dimension("po_number", "PO number", "purchase orders", ("purchase order", "po")),
    )
}  # fmt: skip

HIERARCHY: dict[str, tuple[str, str]] = {
    "team": ("division", "team"),
    "job_category": ("job_family", "job_category"),
    "country": ("region", "country"),
}

# Columns that a record measure stands for, per fact; `:day` is the moment asked about.
MEASURES: dict[str, Measure] = {
    measure.key: measure
    for measure in (
        Measure("age_days", "Age", "days", (("job", "(:day - job.posted_on)"), ("contract", "(:day - contract.started_on)")), (7, 14, 30, 60, 90), ("age", "open for", "open longer than")),
        Measure("tenure_days", "Tenure", "days", (("contract", "contract.tenure_days"),), (90, 180, 365, 547), ("tenure",)),
        Measure("duration_days", "Duration", "days", (("contract", "coalesce(contract.duration_days, :day - contract.started_on + 1)"),), (30, 90, 180, 365), ("duration", "length", "longer than")),
        Measure("rate", "Hourly rate", "money", (("contract", "contract.hourly_rate"), ("proposal", "(CASE WHEN proposal.rate_kind = 'hourly' THEN proposal.rate END)")), (25, 50, 75, 100, 150), ("rate", "hourly rate")),
        Measure("amount", "Amount", "money", (("charge", "charge.amount"), ("job", "job.budget"), ("contract", "contract.budget"), ("milestone", "milestone.amount")), (1000, 5000, 10000, 50000), ("amount", "value", "budget")),
    )
}  # fmt: skip
