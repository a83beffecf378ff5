"""A question that only changes the last one: what it names is changed, everything else is kept."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from analytics.catalogue import METRICS
from analytics.errors import QuestionError
from analytics.model import Compare, Filter, Period, Query, Value
from analytics.periods import add_months, unit
from analytics.query import from_json
from bot.understanding.calendar import Calendar
from bot.understanding.draft import Ask, Draft
from bot.understanding.metrics import STATS
from bot.understanding.periods import moved

PRONOUNS = frozenset({"that", "those", "them", "these", "they"})
COUNTED = {"job": "jobs_posted", "contract": "contracts", "proposal": "proposals"}
ADDING = frozenset({"too"})


def query_of(said: Mapping[str, Any] | None) -> Query | None:
    """The query of an earlier turn; None when there is none, or it is of another time and no longer legal."""
    try:
        return from_json(dict(said)) if said else None
    except QuestionError:
        return None


def is_followup(d: Draft, said: list[str]) -> bool:
    """Whether a question with these words changes the last one rather than starting afresh."""
    if (d.record or ("listed" in d.flags and d.weak)) and not (d.spans or d.named or d.groups):
        return True
    words, linking = len(said), d.flags & {"whatabout", "too", "instead", "only"}
    if d.step_back and not d.spans and not d.named:
        return True
    if not d.metrics and not d.record and "posted" not in d.flags and not d.goal:
        return True
    whole = bool(d.spans or d.named or d.conditions)
    if "who" in d.flags and not whole and "posted" in d.flags and not d.sup:
        return True
    if d.action and whole:
        return False
    if d.rank and not whole and not d.groups:
        return True
    if PRONOUNS & set(said) and not whole and not d.groups:
        return True
    if whole:
        return bool(d.flags & {"too"} and words < 6)
    if d.sup and "which" in d.flags and not d.groups and not d.grain:
        return True
    if d.sup or "who" in d.flags:
        return False
    if d.groups or d.grain:
        return bool(linking) and words < 7
    return bool(linking) or words <= 3


def goes_on(d: Draft, old: Query) -> bool:
    """Whether it ranks the same number again, with no period or name of its own: "which team spent the most"."""
    whole = d.spans or d.named or d.conditions or d.action or d.grain
    return bool(d.sup and d.metrics and not whole and set(d.metrics) == set(old.metrics))


def merged(old: Query, d: Draft, calendar: Calendar) -> Draft:
    """The earlier query with what this draft names changed."""
    out = _from_query(old)
    out.flags, out.action, out.audience, out.unread, out.asks = d.flags, d.action, d.audience, d.unread, d.asks
    out.filled, out.named = d.filled, d.named
    out.earlier = {key: list(how.get("in", ())) for key, how in out.filters.items()}
    _metrics(out, d)
    _breakdown(out, d)
    _filters(out, d)
    _time(out, d, calendar)
    _rest(out, d)
    return out


def _from_query(old: Query) -> Draft:
    d = Draft(metrics=list(old.metrics), groups=list(old.group_by), time=old.time, grain=old.grain, compare=old.compare)
    for wanted in old.filters:
        _take(d, wanted)
    d.having = [(h.metric, h.op, h.value) for h in old.having]
    d.order, d.limit, d.share, d.rows = list(old.order), old.limit, old.as_share, old.rows
    d.at, d.basis = old.at, old.basis
    d.bands = (old.bands.dimension, old.bands.edges) if old.bands else None
    return d


def _take(d: Draft, wanted: Filter) -> None:
    if wanted.bounds:
        d.bounds[wanted.dimension] = list(wanted.bounds)
    for how, values in (("in", wanted.include), ("not", wanted.exclude), ("under", wanted.under)):
        if values:
            d.add_filter(wanted.dimension, how, list(values))


def _metrics(out: Draft, d: Draft) -> None:
    new = list(d.metrics)
    if d.rows and d.rows != out.rows:
        out.metrics, out.groups, out.having, out.order, out.limit = [], [], [], [], None
        out.rows, out.grain, out.compare, out.share = d.rows, None, None, False
        return
    if "howmany" in d.flags and not new and out.rows in COUNTED:
        out.metrics, out.rows, out.order, out.limit = [COUNTED[out.rows]], None, [], None
    if d.rank and new and out.metrics and new[0] not in out.metrics:
        out.metrics += new
        return
    if "staffing only" in d.flags and not new:
        _staffing(out)
    if "freelance only" in d.flags and not new:
        out.metrics = ["spend" if key == "staffing_spend" else key for key in out.metrics]
        out.filters.pop("source", None)
    if d.compare and d.compare.dimension == "source":
        out.metrics = ["spend" if key == "staffing_spend" else key for key in out.metrics]
    if d.stat and not new and out.metrics:
        _statistic(out, d)
    if not new:
        return
    if d.flags & ADDING:
        out.metrics += [key for key in new if key not in out.metrics]
    elif new != out.metrics:
        first = out.metrics[0] if out.metrics else ""
        out.metrics, out.rows, out.having = new, None, []
        out.order = [(key.replace(first, new[0], 1) if first else new[0], way) for key, way in out.order]


def _staffing(out: Draft) -> None:
    if out.metrics == ["spend"]:
        out.metrics = ["staffing_spend"]
        out.order = [(key.replace("spend", "staffing_spend", 1), way) for key, way in out.order]
        out.having = [("staffing_spend", op, value) for _, op, value in out.having]
    else:
        out.filters["source"] = {"in": [Value("staffing")]}


def _statistic(out: Draft, d: Draft) -> None:
    out.metrics = [STATS.get((d.stat or "", key), key) for key in out.metrics]


def _breakdown(out: Draft, d: Draft) -> None:
    if d.groups:
        adds = d.flags & ADDING or (
            "and" in d.flags and out.groups and "by" in d.flags and not d.flags & {"instead", "whatabout"}
        )
        new = [key for key in d.groups if key not in out.groups] if adds else d.groups
        out.groups = [*out.groups, *new] if adds else list(new)
        if "instead" in d.flags:
            out.grain = None
        if out.rows in COUNTED and not out.metrics:
            out.metrics, out.order, out.limit = [COUNTED[out.rows]], [], None
        out.rows = None if out.metrics else out.rows
    if d.grain:
        out.grain = d.grain
        if "instead" in d.flags:
            out.groups = []
    for said in [f.removeprefix("all ") for f in d.flags if f.startswith("all ")]:
        out.filters.pop(said, None)


def _filters(out: Draft, d: Draft) -> None:
    for dimension, how in d.filters.items():
        if how.get("not") and not how.get("in"):
            kept = [v for v in out.filters.get(dimension, {}).get("in", []) if v not in how["not"]]
            out.filters.setdefault(dimension, {}).pop("in", None)
            if kept:
                out.filters[dimension]["in"] = kept
            else:
                out.add_filter(dimension, "not", how["not"])
        elif out.compare and out.compare.dimension == dimension and how.get("in"):
            values = (*out.compare.values, *(v for v in how["in"] if v not in out.compare.values))
            out.compare = Compare("dimension", dimension=dimension, values=values)
        elif d.flags & ADDING and dimension in out.filters and "in" in out.filters[dimension]:
            out.add_filter(dimension, "in", how.get("in", []))
        else:
            out.filters[dimension] = {kind: list(values) for kind, values in how.items()}
    out.bounds.update(d.bounds)
    if d.flags & {"vs one name", "compare"} and not d.compare:
        _compare_with(out, d)


def _compare_with(out: Draft, d: Draft) -> None:
    """As in "compare it with Toptal" after a question about Upwork."""
    for dimension in d.filters:
        new, old = d.filters[dimension].get("in", []), out.earlier.get(dimension, [])
        if new and old:
            out.compare = Compare("dimension", dimension=dimension, values=(*old, *new))
            out.filters.pop(dimension, None)
            out.groups = [key for key in out.groups if key != dimension]


def _time(out: Draft, d: Draft, calendar: Calendar) -> None:
    if d.step_back:
        _step_back(out, d, calendar)
    elif "compared period alone" in d.flags or "implied period" in d.flags:
        out.compare = d.compare
        out.time = out.time or d.time
    elif d.time:
        out.time = _with(out.time, d.time) if "too" in d.flags and out.time else d.time
        if out.compare and out.compare.to == "period":
            out.compare = None


def _with(old: Period, new: Period) -> Period:
    """As in "november as well": one period of both where they meet, otherwise the new one alone."""
    if old.start and new.start and (old.end == new.start or new.end == old.start):
        return Period(min(old.start, new.start), max(old.end, new.end))
    return new


def _step_back(out: Draft, d: Draft, calendar: Calendar) -> None:
    named = (d.step_back or "").replace("fiscal year", "fiscal_year").replace("half year", "half")
    if d.flags & {"versus", "compare"}:
        out.compare = Compare("previous_year" if named == "year" else "previous_period")
        return
    if out.time is None or out.time.start is None:
        if named in {"week", "month", "quarter", "year", "fiscal_year"}:
            start = unit(calendar.today, named, calendar.fiscal).start or calendar.today  # type: ignore[arg-type]
            out.time = Period(moved(start, named, -1), start)
        return
    out.time = _shifted(out.time, named)


def _shifted(period: Period, named: str) -> Period:
    start, end = period.start or period.end, period.end
    if named in {"period", ""}:
        if start.day == 1 and end.day == 1:
            n = (end.year - start.year) * 12 + end.month - start.month
            return Period(add_months(start, -n), start)
        return Period(start - timedelta(days=period.days()), start)
    return Period(moved(start, named, -1), moved(end, named, -1) if end.day == 1 or named in {"day", "week"} else start)


def _rest(out: Draft, d: Draft) -> None:
    before = out.compare
    if d.compare and "compared period alone" not in d.flags and "implied period" not in d.flags:
        out.compare = d.compare
        if d.compare.dimension:
            out.filters.pop(d.compare.dimension, None)
            out.groups = [key for key in out.groups if key != d.compare.dimension]
    if d.action == "explain_change":
        out.compare = before if before and "implied compare" in d.flags else d.compare
    _ranked(out, d)
    out.share = out.share or d.share
    out.having = d.having or out.having
    out.at, out.basis, out.bands = d.at or out.at, d.basis or out.basis, d.bands or out.bands
    if d.action == "target":
        out.having = []


def _ranked(out: Draft, d: Draft) -> None:
    if d.order:
        out.order, out.limit = d.order, d.limit
        if out.rows:
            out.order = [("age_days" if out.rows == "job" else "amount", way) for _, way in d.order]
        if not out.groups and not out.grain and not out.rows:
            out.asks.append(Ask("breakdown", "", [], "group"))
    elif d.top and out.metrics:
        out.order = out.order or [(out.metrics[0], "desc")]
        out.limit = d.top
    if out.order and out.metrics and not any(key.removesuffix("_change") in METRICS for key, _ in out.order):
        out.order, out.limit = [], None
    if out.order and not out.groups and not out.grain and not out.rows:
        out.order, out.limit = [], None
