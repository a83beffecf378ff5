"""Who, which, most, top five, best first: breakdowns, orders, limits, and lists of records."""

from __future__ import annotations

from analytics.catalogue import METRICS
from analytics.model import Compare, Value
from bot.understanding.draft import Ask, Draft
from bot.understanding.thresholds import RECORDS, STATUS
from bot.understanding.vocabulary import Vocabulary

JOBS = frozenset({"jobs_posted", "positions_open", "open_ageing", "jobs_cancelled", "fill_rate", "hire_rate", "proposals", "hires", "offers"})  # fmt: skip
CONTRACTS = frozenset({"contracts", "active_contracts", "contracts_ended", "contracts_ending", "idle_contracts", "tenure_flags", "amendments", "freelancers"})  # fmt: skip
FAST = {"fastest": "asc", "slowest": "desc", "cheapest": "asc", "priciest": "desc"}
PRICED = frozenset({"cheapest", "priciest"})


def settle(d: Draft, vocabulary: Vocabulary, context: tuple[str, ...]) -> None:
    """Breakdown by person for "who", record lists, then order and limit."""
    _who(d, context)
    _records(d, vocabulary)
    if not d.groups and (d.sup or d.having) and (noun := next((f for f in d.flags if f.startswith("noun ")), None)):
        d.groups.append(noun.removeprefix("noun "))
    if not d.rows:
        _order(d, context)
        if d.order and not (d.groups or d.grain or context or d.asks):
            d.asks.append(Ask("breakdown", "", [], "group"))


def _who(d: Draft, context: tuple[str, ...]) -> None:
    if not d.flags & {"who", "by person"} or {"poster", "owner", "freelancer"} & set(d.groups):
        return
    metrics = d.metrics or list(context)
    if not metrics or (d.compare and d.compare.to == "dimension"):
        return
    if "owning" in d.flags:
        d.groups.append("owner")
    elif JOBS & set(metrics) or "posted" in d.flags:
        d.groups.append("poster")
    elif CONTRACTS & set(metrics):
        d.groups.append("owner")
    else:
        d.asks.append(Ask("who", "who", [("by who posted", "poster", "poster"), ("by contract owner", "owner", "owner"), ("by freelancer", "freelancer", "freelancer")], "group"))  # fmt: skip
    if not d.sup and not d.rank and not d.having and "who" in d.flags:
        d.order = [(metrics[0], "desc")]


def _records(d: Draft, vocabulary: Vocabulary) -> None:
    """As in "list the jobs", "which contracts", "the 10 biggest charges": records instead of numbers."""
    if d.groups or d.grain or d.flags & {"howmany", "share", "bands"} or d.compare or d.asks:
        return
    metric = d.metrics[0] if len(d.metrics) == 1 else None
    kind = d.record if d.record and not set(d.metrics) - d.weak else RECORDS.get(metric or "")
    opened = any(e.dimension == "status" for n in d.named for e in n.entries)
    if not kind and not d.metrics and opened and (d.flags & {"which", "listed"} or d.bounds):
        kind = "job"
    plain = metric in {"jobs_posted", "contracts", "proposals", "active_contracts"}
    wanted = (
        "listed" in d.flags
        or d.record
        or metric is None
        or (plain and (d.bounds or opened) and d.action != "alert")
        or (d.sup and plain and not d.flags & {"who"} and metric in d.weak)
        or (d.sup and d.flags & {"oldest", "newest", "longest"})
    )
    if not kind or not wanted or d.having:
        return
    if not (d.record or d.flags & {"listed"} or d.bounds or d.sup or (opened and kind == "job")):
        return
    d.rows = kind
    status = STATUS.get(metric or "")
    if status and "status" not in d.filters:
        entry = vocabulary.names.by_name.get(("status", status))
        d.add_filter("status", "in", [Value(status, entry.id if entry else None)])
    d.metrics = []
    if d.sup:
        measure = "age_days" if d.flags & {"oldest", "newest"} or (kind == "job" and "longest" in d.flags) else "duration_days" if "longest" in d.flags else d.measure or "amount"  # fmt: skip
        d.order = [(measure, "asc" if d.sup == "asc" else "desc")]
        d.limit = d.top or (None if _plural(d) else 1)
    elif d.top:
        d.order, d.limit = [("age_days", "asc") if "newest" in d.flags else ("amount", "desc")], d.top


def _plural(d: Draft) -> bool:
    """Whether several records are asked for: "the oldest jobs"."""
    return "plural records" in d.flags or any(kind == "record" and said.endswith("s") for said, kind in d.filled)


def _order(d: Draft, context: tuple[str, ...]) -> None:
    metrics = d.metrics or list(context)
    if d.sup in PRICED and not set(d.metrics) - d.weak - {"spend", "freelancers"} and not context:
        if d.metrics and "spend" in d.metrics:
            pass
        elif d.groups or d.compare:
            d.asks.append(Ask("cheapest", "cheapest", [(METRICS[k].label, k, k) for k in ("avg_hourly_rate", "avg_spend_per_contract")], "metric"))  # fmt: skip
    if not metrics:
        return
    key = metrics[0]
    if d.rank:
        d.order = [(_ranked(d, key), _direction(d.rank, key))]
        d.limit = d.top
        return
    if (
        d.change in {"up", "down"}
        and (d.sup or "most changed" in d.flags)
        and (d.groups or d.grain or "where" in d.flags)
    ):
        d.compare = d.compare or Compare("previous_period")
        d.order = [(f"{key}_change", "desc" if d.change == "up" else "asc")]
        d.limit = d.top or 1
        return
    if "comparative" in d.flags and d.compare and not d.groups and not d.grain:
        return
    if d.sup and d.flags & {"oldest", "newest"} and not context:
        d.unread.append(d.typed("asc", "desc"))
    if d.sup and (not d.compare or d.compare.to != "dimension"):
        d.order = [(_ranked(d, key), _direction(d.sup, key))]
        d.limit = d.top or (None if _several(d) else 1)
        if not d.groups and not d.grain and not context:
            d.asks.append(Ask("breakdown", "", [], "group"))
    elif d.top:
        d.order, d.limit = [(key, "desc")], d.top


def _several(d: Draft) -> bool:
    """As in "top teams", "fastest teams": no one is asked for."""
    return "plural sup" in d.flags or ({"top", "plural"} <= d.flags and "sup" not in d.flags)


def _ranked(d: Draft, key: str) -> str:
    return f"{key}_change" if d.change == "any" and "most changed" in d.flags and d.compare else key


def _direction(said: str, key: str) -> str:
    good = "asc" if METRICS[key].good == "down" or METRICS[key].unit == "money" else "desc"
    if said in FAST:
        return FAST[said]
    if said in {"best", "good"}:
        return good
    if said in {"worst", "bad"}:
        return "desc" if good == "asc" else "asc"
    return "asc" if said == "asc" else "desc"
