"""Lists of records: the rows behind a number, with columns fixed per kind."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from sqlglot import exp

from analytics.catalogue import FACTS
from analytics.compile.assemble import Compiled
from analytics.compile.conditions import filter_conditions, period_condition, pick, scope_condition, sql

if TYPE_CHECKING:
    from analytics.compile.shape import RecordShape

# column key -> (SQL, label, unit); dimension columns hold ids that the engine turns into names.
RECORDS: dict[str, tuple[tuple[str, str, str, str], ...]] = {
    "job": (
        ("job", "job", "Job id", "text"), ("title", "title", "Job", "text"), ("team", "team", "Team", "text"),
        ("poster", "poster", "Posted by", "text"), ("job_category", "job_category", "Job category", "text"),
        ("status", "status", "Status", "text"), ("posted_on", "posted_on", "Posted", "date"),
        ("age_days", "($day - posted_on)", "Age", "days"), ("proposals", "proposals", "Proposals", "count"),
        ("amount", "budget", "Budget", "money"), ("url", "url", "Link", "text"),
    ),
    "contract": (
        ("contract", "contract", "Contract id", "text"), ("title", "title", "Contract", "text"), ("team", "team", "Team", "text"),
        ("owner", "owner", "Owner", "text"), ("freelancer", "freelancer", "Freelancer", "text"),
        ("job_category", "job_category", "Job category", "text"), ("status", "status", "Status", "text"),
        ("started_on", "started_on", "Start", "date"), ("ended_on", "coalesce(ended_on, planned_end_on)", "End", "date"),
        ("duration_days", "coalesce(duration_days, $day - started_on + 1)", "Days", "days"),
        ("spend_total", "spend_total", "Spend", "money"), ("tenure_days", "tenure_days", "Tenure", "days"),
        ("rate", "hourly_rate", "Hourly rate", "money"), ("amount", "budget", "Budget", "money"), ("url", "url", "Link", "text"),
    ),
    "charge": (
        ("charge", "charge", "Charge id", "text"), ("posted_on", "posted_on", "Posted", "date"), ("team", "team", "Team", "text"),
        ("contract", "contract", "Contract id", "text"), ("freelancer", "freelancer", "Freelancer", "text"),
        ("charge_type", "charge_type", "Charge type", "text"), ("amount", "amount", "Amount", "money"),
    ),
    "proposal": (
        ("proposal", "proposal", "Proposal id", "text"), ("job", "job", "Job id", "text"), ("created_on", "created_on", "Received", "date"),
        ("freelancer", "freelancer", "Freelancer", "text"), ("worker_country", "worker_country", "Worker country", "text"),
        ("status", "status", "Status", "text"), ("rate", "rate", "Rate", "money"),
    ),
}  # fmt: skip
DATES = {"job": "posted_on", "contract": "started_on", "charge": "posted_on", "proposal": "created_on"}
ALIVE = {"job": ("open_from", "open_to"), "contract": ("started_on", "gone_on")}
COUNTED = {"contract": "counts", "charge": "is_spend"}


@lru_cache(maxsize=1024)
def compile_records(shape: RecordShape) -> Compiled:
    """The SQL of a list: its columns, then the whole count and nothing else; $limit and $offset bound it."""
    fact = FACTS[shape.fact]
    columns = RECORDS[shape.fact]
    where: list[exp.Expr] = []
    if shape.alive:
        start, gone = ALIVE[shape.fact]
        where.append(sql(f"{start} <= $day AND ({gone} IS NULL OR {gone} > $day)"))
    else:
        where.append(period_condition(DATES[shape.fact], open_start=False))
    if shape.fact in COUNTED:
        where.append(sql(COUNTED[shape.fact]))
    if shape.source:
        where.append(sql(f"source = '{shape.source}'"))
    where += [c for wanted in shape.filters for c in filter_conditions(wanted, fact)] + scope_condition(
        shape.scope, fact
    )
    order = ", ".join([*(f"{key} {way} NULLS LAST" for key, way in shape.order), columns[0][0]])
    query = pick(*[f"{text} AS {key}" for key, text, _, _ in columns], "count(*) OVER () AS every").from_(fact.name)
    tree = query.where(*where).order_by(order)
    text = f"{tree.sql(dialect='duckdb')} LIMIT $limit OFFSET $offset"
    names = frozenset(p.name for p in tree.find_all(exp.Placeholder)) | {"limit", "offset"}
    return Compiled(text, names, tuple(key for key, _, _, _ in columns), ())
