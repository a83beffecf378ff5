"""The metric card: one number, how it moved, its target and what stands behind it; several metrics make a short table."""

from __future__ import annotations

from adaptivecards.baseobject import Element

from analytics.model import Answer, Column, Row
from cards import charts, parts, titles
from cards import elements as el
from cards.reading import Reading
from cards.suggest import following
from cards.tables import Line, table
from cards.view import View


def metric_card(answer: Answer, view: View) -> el.Card:
    """An answer without groups: the number large, or a table where several were asked for."""
    reading = Reading(answer, view)
    row = reading.headline or answer.rows[0]
    shown = _one(reading, row) if len(reading.metrics) == 1 else _several(reading, row)
    counted = any(reading.value(row, metric) is not None for metric in reading.metrics)
    body = [*parts.heading(reading), *shown, *parts.facts(reading), *parts.provenance(reading, noted=counted)]
    said = ", ".join(f"{reading.name(metric)} {reading.shown(row, metric)}" for metric in reading.metrics)
    spoken = parts.spoken(titles.title(reading), said, titles.subtitle(reading))
    return el.card(body, parts.buttons(following(reading), of=reading), language=reading.words.language, spoken=spoken)


def _one(reading: Reading, row: Row) -> list[Element]:
    metric = reading.metrics[0]
    if reading.value(row, metric) is None:
        return parts.number(reading.words.say("empty.none"), parts.reason(reading))
    moved = parts.change_badge(reading, row, metric)
    return [*parts.number(reading.shown(row, metric)), *moved, *parts.goals(reading, metric), *charts.spark(reading)]


def _several(reading: Reading, row: Row) -> list[Element]:
    moved = any(reading.beside(metric, "change") for metric in reading.metrics)
    headers = [reading.words.say("table.measure"), reading.words.say("table.value")]
    headers += [reading.words.say("table.change")] if moved else []
    return table(headers, [_line(reading, row, metric, moved=moved) for metric in reading.metrics], reading.words)


def _line(reading: Reading, row: Row, metric: Column, *, moved: bool) -> Line:
    cells = (reading.shown(row, metric), *([parts.row_change(reading, row, metric)] if moved else []))
    goal = next((g for g in reading.answer.goals if g.metric == metric.key), None)
    return Line(reading.name(metric), cells, note=parts.goal_text(reading, goal, metric) if goal else "")
