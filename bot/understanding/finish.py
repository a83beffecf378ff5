"""From a draft to the parts of a query: which metrics, periods and breakdowns were meant, once all words are known."""

from __future__ import annotations

from analytics.catalogue import MEASURES, METRICS
from analytics.model import Compare, Period
from bot.understanding import ranking, thresholds
from bot.understanding.calendar import Calendar
from bot.understanding.draft import Ask, Draft
from bot.understanding.metrics import choose_metrics
from bot.understanding.periods import Span, whole
from bot.understanding.resolve import resolve_names
from bot.understanding.sources import settle_sources
from bot.understanding.vocabulary import Vocabulary

CHANNELLED = frozenset({"hires", "proposals", "offers"})


def finish(d: Draft, vocabulary: Vocabulary, calendar: Calendar, context: tuple[str, ...] = ()) -> None:
    """Settle everything that needs the whole question; `context` are the metrics that a follow-up is about."""
    choose_metrics(d, context)
    _at_work(d)
    if "where" in d.flags and (d.metrics or list(context)) == ["freelancers"] and not d.groups:
        d.groups = ["worker_country"]
    _times(d, calendar, context)
    thresholds.settle(d, context)
    resolve_names(d, vocabulary, context)
    settle_sources(d, vocabulary, context)
    _compare(d)
    ranking.settle(d, vocabulary, context)
    _rest(d, context)


def _at_work(d: Draft) -> None:
    """Who is at work and what is running is active: the word says it again. A hire's channel is how it came about."""
    if "source" in d.groups and "channel" in d.typed("source").casefold() and set(d.metrics) & CHANNELLED:
        d.groups = ["hire_channel" if key == "source" else key for key in d.groups]
    if not d.metrics or set(d.metrics) - {"freelancers", "active_contracts"}:
        return
    active = [
        n for n in d.named if not n.negated and {(e.dimension, e.name) for e in n.entries} == {("status", "active")}
    ]
    if active:
        d.named = [n for n in d.named if n not in active]


def _times(d: Draft, calendar: Calendar, context: tuple[str, ...]) -> None:
    if d.spans and d.spans[0].options:
        d.time = d.spans[0].period
        d.asks.append(Ask("period", d.spans[0].topic, list(d.spans[0].options), "time"))
    elif d.spans:
        d.time = d.spans[0].period
        _from_one_to_the_other(d, d.spans[0])
    if (
        (d.metrics or list(context)) == ["contracts_ending"]
        and d.time
        and d.time.start
        and d.spans[0].later
        and d.time.end <= calendar.today
    ):
        d.time = d.spans[0].later
    if d.spans and d.spans[0].ahead and d.metrics != ["contracts_ending"]:
        d.unread.append(d.span_texts[0])
    if len(d.spans) == 2:
        _two_periods(d)
    elif len(d.spans) > 2:
        d.asks.append(Ask("period", "", [], "time"))
    if len(d.spans) == 1 and d.flags & {"vs period"} and not d.compare:
        d.compare, d.time = Compare("period", period=d.spans[0].period), None
        d.flags.add("compared period alone")
    if d.versus_unit:
        _versus(d, calendar)
    if d.flagged_compare and not d.compare:
        d.compare = Compare(d.flagged_compare)  # type: ignore[arg-type]
    if d.step_back and d.time:
        d.compare = Compare("previous_year" if d.step_back == "year" else "previous_period")


def _from_one_to_the_other(d: Draft, span: Span) -> None:
    """As in "how did spend change from May to June": the later end is held against the earlier one."""
    if not span.ends or not d.change or len(d.spans) > 1 or "trend" in d.flags or d.grain:
        return
    first, last = span.ends
    whole_units = first.days() > 1 and abs(first.days() - last.days()) <= 3
    if whole_units:
        d.time, d.compare = last, Compare("period", period=first)
        d.flags.add("periods compared")
    else:
        d.asks.append(Ask("period", "", [], "time"))


def _two_periods(d: Draft) -> None:
    first, second = d.spans[0].period, d.spans[1].period
    if d.flags & {"periods compared", "compare", "versus"} or (d.change and second != first):
        relative = d.span_texts[1].startswith(("last ", "previous ", "the last", "the previous", "prior "))
        if relative and d.span_texts[1].endswith(" year") and len(d.span_texts[1].split()) < 4:
            d.compare = Compare("previous_year")
        elif relative and first.start and second.end == first.start:
            d.compare = Compare("previous_period")
        else:
            d.compare = Compare("period", period=second)
    elif first.start and second.start and first.end == second.start:
        d.time = Period(first.start, second.end)
    elif first.start and second.start and second.end == first.start:
        d.time = Period(second.start, first.end)
    elif first.start and second.start and first.start <= second.start and second.end <= first.end:
        d.time = second if second.days() > 1 else first
    else:
        d.asks.append(Ask("period", "", [], "time"))


def _versus(d: Draft, calendar: Calendar) -> None:
    unit = (d.versus_unit or "").replace("fiscal quarter", "quarter")
    yearly = unit in {"year", "fiscal year", "fy"}
    d.compare = Compare("previous_year" if yearly else "previous_period")
    if d.time is None:
        name = "fiscal_year" if unit in {"fiscal year", "fy"} else "half" if unit.startswith("half") else unit
        d.time = whole(name, calendar)
        d.spans.append(Span(d.time))
        d.flags.add("implied period")


def _compare(d: Draft) -> None:
    """Two names held against each other become a comparison, without filter and breakdown."""
    linked = [n for n in d.named if n.joined == "vs"]
    comparing = "compare" in d.flags or bool(d.flags & {"comparative"})
    for dimension, how in list(d.filters.items()):
        values = how.get("in", [])
        said = [n for n in d.named if any(e.dimension == dimension for e in n.entries)]
        joined = any(n in linked for n in said) or (comparing and len(values) > 1 and d.compare is None)
        rival = dimension not in {"skill", "worker_country", "status"} and not d.record and "listed" not in d.flags
        chosen = any(n.joined == "or" for n in said) and _rivals(d, rival=rival, led=any(n.led for n in said))
        if len(values) > 1 and (joined or chosen):
            d.compare = Compare("dimension", dimension=dimension, values=tuple(values))
            del how["in"]
            if not how:
                del d.filters[dimension]
            d.groups = [g for g in d.groups if g != dimension]
            if chosen or "comparative" in d.flags:
                d.sup = None
            return
    if linked and d.compare is None:
        d.flags.add("vs one name")


def _rivals(d: Draft, *, rival: bool, led: bool) -> bool:
    """Whether names joined by "or" are held against each other: after a preposition, without a ranking, they are both meant."""
    if "comparative" in d.flags:
        return True
    return not (led and d.groups) if d.sup else rival and not led


def _rest(d: Draft, context: tuple[str, ...]) -> None:
    if d.change and not d.compare and not d.rows and d.flags & {"change"} and d.action is None:
        d.flags.add("implied compare")
        d.compare = Compare("previous_period")
    if d.action == "explain_change" and not d.compare:
        d.flags.add("implied compare")
        d.compare = Compare("previous_period")
    if "trend" in d.flags and not d.grain and not d.compare:
        d.grain = "month"
    if "share" in d.flags:
        ratio = bool(d.metrics) and all(METRICS[key].unit == "ratio" for key in d.metrics)
        d.share = not ratio and not d.change
    if d.at and not any(METRICS[key].at for key in (*d.metrics, *context)):
        if d.at != "average" and (d.metrics or context):
            d.unread.append(d.typed("at"))
        d.at = None
    if d.at and not d.time and not context and d.at != "average":
        d.at = None
    if "bands" in d.flags and not d.bands:
        measure = d.measure or _banded(d)
        d.bands = (measure, MEASURES[measure].edges)
    elif d.bands:
        d.bands = (d.measure or _banded(d), tuple(sorted({int(e) if e == int(e) else e for e in d.bands[1]})))


UNUSED = {"last", "fill", "approve", "offer", "propose", "onboard"}


def unused(d: Draft, *, followup: bool) -> None:
    """Words that were read but changed nothing count as unread: no number may rest on a question half taken in."""
    units = {METRICS[key].unit for key in d.metrics}
    if d.goal in UNUSED and not d.conditions and not units & {"days", "hours"}:
        d.unread.append(d.typed(str(d.goal)))
    if d.step_back and not d.time and not followup:
        d.unread.append(d.typed("comparison"))
    if "speed" in d.flags and d.metrics and not units & {"days", "hours"}:
        d.unread.append(d.typed("speed"))
    if d.measure and not d.bands and not d.rows and not d.bounds:
        d.unread.append(d.typed(d.measure))
    if "where" in d.flags and d.metrics and not d.groups and not d.asks:
        d.unread.append(d.typed("where"))
    if "hitting" in d.flags and not d.compare:
        d.unread.append(d.typed("hitting"))
    if "setting" in d.flags and d.action != "target":
        d.unread.append(d.typed("setting"))
    if "not" in d.flags and not any(n.negated for n in d.named) and not any(f.startswith("not ") for f in d.flags):
        d.unread.append(d.typed("not"))
    if len(d.metrics) > 1 and "funnel" not in d.flags:
        d.unread += [text for key, text in d.unjoined if key in d.metrics]
    if "each" in d.flags and d.limit and len(d.groups) > 1:
        d.unread.append(d.typed("each"))
    if "counted dimension" in d.flags and d.groups and not d.having:
        d.unread.append(d.typed("counted dimension"))
    loose = [f.removeprefix("loose ") for f in d.flags if f.startswith("loose ")]
    if loose and not (d.order or d.having or d.limit or d.rows or "which dimension" in d.flags):
        d.unread += [d.typed(key) for key in loose if key in d.groups]
    if d.flags & {"versus", "compare"} and not d.compare and not d.groups and not followup and d.metrics:
        d.asks.append(Ask("comparison", "", [], "metric"))


def _banded(d: Draft) -> str:
    """The measure that the bands are of: named with them, or the one that fits what is counted."""
    said = " ".join(text.casefold() for text, kind in d.filled if kind in {"bands", "age_days", "tenure_days"})
    named = next((f"{word}_days" for word in ("age", "tenure", "duration") if word in said), None)
    return named or ("age_days" if {"open_ageing", "avg_contract_age"} & set(d.metrics) else "duration_days")
