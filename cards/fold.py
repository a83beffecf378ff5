"""Folds the tail of a long breakdown into one row, so that a card keeps its size and its parts still equal the total."""

from __future__ import annotations

from dataclasses import replace

from analytics.catalogue import METRICS
from analytics.model import Number, Row
from cards.reading import Reading

KEPT = 16


def folded(reading: Reading) -> Reading:
    """The same answer with its smallest rows as "Other (n)" where its numbers add up; else cut, and the rest counted."""
    answer = reading.answer
    named = [row for row in answer.rows if row.kind == "value"]
    if len(named) <= KEPT + 1 or answer.query.limit:
        return reading
    kept, tail = named[:KEPT], named[KEPT:]
    special = [row for row in answer.rows if row.kind != "value"]
    if not all(metric.key in METRICS and METRICS[metric.key].additive for metric in reading.metrics):
        return Reading(replace(answer, rows=(*kept, *special), more=answer.more + len(tail)), reading.view)
    return Reading(replace(answer, rows=(*kept, _other(reading, tail), *special)), reading.view)


def _other(reading: Reading, tail: list[Row]) -> Row:
    width = len(reading.labels)
    values: tuple[Number, ...] = tuple(_sum([row.values[at] for row in tail]) for at in range(len(reading.numbers)))
    labels = ("",) * (width - 1) + (f"Other ({len(tail)})",)
    return Row((None,) * width, labels, values, "other", sum(row.records for row in tail))


def _sum(values: list[Number]) -> Number:
    known = [value for value in values if value is not None]
    return sum(known) if known else None
