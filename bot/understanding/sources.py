"""Freelance and staffing: a metric of its own for spend, a filter for the rest, a comparison when both are named."""

from __future__ import annotations

from analytics.model import Compare, Value
from bot.understanding.draft import Draft
from bot.understanding.vocabulary import Vocabulary

COMPARING = frozenset({"vs source", "compare", "versus", "comparative"})


def settle_sources(d: Draft, vocabulary: Vocabulary, context: tuple[str, ...]) -> None:
    """Turn the sources that were named into metric, filter or comparison."""
    if "savings_vs_staffing" in d.metrics:
        return
    said, comparing = _said(d), d.flags & COMPARING
    freelance, staffing = (_value(name, vocabulary) for name in ("freelance", "staffing"))
    if len(said) == 2 and "source" in d.groups and not comparing:
        return
    if len(said) == 2 or (said == ["staffing"] and comparing) or (said == ["freelance"] and "vs source" in d.flags):
        d.compare = Compare("dimension", dimension="source", values=(freelance, staffing))
        d.metrics = list(dict.fromkeys("spend" if key == "staffing_spend" else key for key in d.metrics))
        return
    if "not staffing" in d.flags:
        d.add_filter("source", "not", [staffing])
    if said == ["freelance"]:
        d.flags.add("freelance only")
        if "share" in d.flags:
            d.add_filter("source", "in", [freelance])
    if said == ["staffing"]:
        _staffing(d, staffing, context)


def _said(d: Draft) -> list[str]:
    both = {"spend", "staffing_spend"} <= set(d.metrics) and d.flags & COMPARING
    if both or (d.sources == ["freelance"] and "staffing_spend" in d.metrics and d.flags & {*COMPARING, "and"}):
        return ["freelance", "staffing"]
    return list(dict.fromkeys(d.sources))


def _value(name: str, vocabulary: Vocabulary) -> Value:
    entry = vocabulary.names.by_name.get(("source", name))
    return Value(name, entry.id if entry else None)


def _staffing(d: Draft, staffing: Value, context: tuple[str, ...]) -> None:
    d.flags.add("staffing only")
    if not d.metrics and context:
        return
    if d.metrics == ["spend"] and "share" not in d.flags:
        d.metrics = ["staffing_spend"]
        d.having = [("staffing_spend", op, number) for _, op, number in d.having]
    elif d.metrics != ["staffing_spend"]:
        d.add_filter("source", "in", [staffing])
