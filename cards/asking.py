"""What a question asks, in one line of the reader's language, where there is no answer yet to say it."""

from __future__ import annotations

from analytics.catalogue import DIMENSIONS, METRICS
from analytics.model import Filter, Query, Value
from cards import formats
from cards.words import Words

NAMES = 3  # more members of one filter are counted, not listed


def asked(query: Query, w: Words, locale: str) -> str:
    """For instance "Spend by Team · Germany · Jul – Sep 2026"."""
    parts = [_subject(query, w), *(part for wanted in query.filters for part in _filter(wanted, w, locale))]
    if query.time:
        parts.append(formats.period(query.time, locale))
    return " · ".join(parts)


def metric_name(key: str, w: Words) -> str:
    """What a metric is called here."""
    return w.name("metric", key, METRICS[key].label)


def dimension_name(key: str, w: Words) -> str:
    """What a dimension is called here; a record measure by its key."""
    return w.name("dimension", key, DIMENSIONS[key].label if key in DIMENSIONS else key.replace("_", " "))


def _subject(query: Query, w: Words) -> str:
    metric = ", ".join(metric_name(key, w) for key in query.metrics) or w.say(f"rows.{query.rows}")
    dimension = ", ".join(dimension_name(key, w) for key in query.group_by)
    grain = w.say(f"grain.{query.grain}") if query.grain else ""
    if dimension and grain:
        return w.say("title.by_over", metric=metric, dimension=dimension, grain=grain)
    if dimension:
        return w.say("title.by", metric=metric, dimension=dimension)
    return w.say("title.over", metric=metric, grain=grain) if grain else metric


def _filter(wanted: Filter, w: Words, locale: str) -> list[str]:
    told = [_names(wanted.include, w)] if wanted.include else []
    told += [w.say("filter.under", names=_names(wanted.under, w))] if wanted.under else []
    told += [w.say("filter.not", names=_names(wanted.exclude, w))] if wanted.exclude else []
    name = dimension_name(wanted.dimension, w)
    return told + [w.say(f"filter.{op}", name=name, value=formats.count(bound, locale)) for op, bound in wanted.bounds]


def _names(values: tuple[Value, ...], w: Words) -> str:
    names, rest = ", ".join(value.name for value in values[:NAMES]), len(values) - NAMES
    return w.say("filter.more", names=names, n=rest) if rest > 0 else names
