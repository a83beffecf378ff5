"""What a threshold is about: a metric of the answer (having) or a measure of the records (a numeric filter)."""

from __future__ import annotations

from analytics.catalogue import METRICS
from bot.understanding.draft import Condition, Draft

BOUND = {">": "gt", ">=": "gte", "<": "lt", "<=": "lte"}
RECORDS = {
    "jobs_posted": "job", "open_ageing": "job", "jobs_cancelled": "job", "positions_open": "job", "contracts": "contract",
    "active_contracts": "contract", "contracts_ended": "contract", "proposals": "proposal",
    "hires": "contract",
}  # fmt: skip
STATUS = {"active_contracts": "active", "positions_open": "open", "open_ageing": "open", "jobs_cancelled": "cancelled", "contracts_ended": "ended", "idle_contracts": "active"}  # fmt: skip
BARE = {"job": "age_days", "contract": "duration_days"}


def settle(d: Draft, context: tuple[str, ...]) -> None:
    """Every condition becomes a bound on records or a threshold on a metric."""
    for condition in d.conditions:
        _place(d, condition, context)


def _place(d: Draft, condition: Condition, context: tuple[str, ...]) -> None:
    metrics = [*d.metrics, *context]
    key = condition.metric if condition.metric in d.metrics else None
    if key and condition.unit and METRICS[key].unit == "count":
        key = None
    if key == "spend" and "listed" in d.flags and not d.groups and (records := [m for m in d.weak if m in RECORDS]):
        d.metrics, key, condition.measure = records[:1], None, "amount"
        metrics = records
    listing = _listing(d, metrics)
    timed = condition.unit in {"day", "week", "month", "year", "quarter"}
    if condition.measure and condition.measure not in {"rate", "amount"} and not _measures_days(key):
        d.bounds.setdefault(_fitting(condition.measure, metrics, d), []).append((BOUND[condition.op], condition.number))
    elif not key and condition.measure == "rate" and d.metrics == ["freelancers"]:
        d.metrics, d.groups = ["avg_hourly_rate"], d.groups or ["freelancer"]
        _having(d, condition, None, context)
    elif not key and condition.measure in {"rate", "amount"} and any(m in RECORDS for m in metrics):
        d.bounds.setdefault(condition.measure, []).append((BOUND[condition.op], condition.number))
    elif _records_worth(d, metrics, condition):
        d.bounds.setdefault("amount", []).append((BOUND[condition.op], condition.number))
    elif (listing and key is None) or (listing and key in RECORDS):
        measure = condition.measure or (BARE.get(listing) if timed else None) or _money(d, listing)
        if measure == "amount" and "ambiguous rate" in d.flags:
            measure = "rate"
            d.flags.discard("ambiguous rate")
        d.bounds.setdefault(measure, []).append((BOUND[condition.op], condition.number))
    elif timed and not key and not any(METRICS[m].unit in {"days", "hours"} for m in metrics):
        record = next((RECORDS[m] for m in metrics if m in RECORDS), None)
        d.bounds.setdefault(BARE.get(record or "contract", "duration_days"), []).append(
            (BOUND[condition.op], condition.number)
        )
    else:
        _having(d, condition, key, context)


def _records_worth(d: Draft, metrics: list[str], condition: Condition) -> bool:
    """As in "contracts over 100k": a count without a breakdown is no threshold on a number, it is one on each record."""
    plain = len(metrics) == 1 and metrics[0] in {"contracts", "active_contracts"} and not d.groups and not d.grain
    return plain and d.action != "alert" and not condition.unit and condition.number >= 1000


def _measures_days(key: str | None) -> bool:
    return key is not None and METRICS[key].unit in {"days", "hours"}


def _fitting(measure: str, metrics: list[str], d: Draft) -> str:
    """As in "jobs open longer than 30 days" are old, "contracts longer than 12 months" are long."""
    if measure == "duration_days" and metrics == ["freelancers"] and not d.record:
        return "tenure_days"
    record = d.record or next((RECORDS[m] for m in metrics if m in RECORDS), None)
    opened = any(e.dimension == "status" and e.name == "open" for n in d.named for e in n.entries)
    if measure == "duration_days" and (record == "job" or opened):
        return "age_days"
    return measure


def _money(d: Draft, listing: str) -> str:
    return "rate" if d.measure == "rate" or listing == "proposal" else "amount"


def _listing(d: Draft, metrics: list[str]) -> str | None:
    """Which records a question lists, if it lists any."""
    if d.rows:
        return d.rows
    if d.record:
        return d.record
    if "listed" in d.flags and not d.groups and "howmany" not in d.flags and len(d.metrics) < 2:
        return next((RECORDS[m] for m in metrics if m in RECORDS), None)
    return None


def _having(d: Draft, condition: Condition, key: str | None, context: tuple[str, ...]) -> None:
    if not d.metrics and not context and not d.asks:
        d.metrics = ["avg_hourly_rate" if condition.measure == "rate" else "spend"]
    metric = key or (d.metrics[-1] if d.metrics else context[0] if context else "")
    if not metric:
        return
    number = condition.number
    unit = METRICS[metric].unit
    if unit == "ratio" and not condition.percent and number > 1:
        number /= 100
    if condition.percent and unit != "ratio":
        number = number * 100 if "share" not in d.flags else number
    if condition.unit and unit == "hours" and condition.unit == "day":
        number *= 24
    d.having.append((metric, condition.op, round(number, 6)))
