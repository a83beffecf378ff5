"""The scorecard: one promise of the program, line by line with its number, how it moved and its target; for supply, whether it would hold."""

from __future__ import annotations

from dataclasses import replace

from adaptivecards.baseobject import Element

from analytics.catalogue import SCORECARDS, Scorecard
from analytics.model import Answer, Column, Query, Row
from analytics.notes import Note
from cards import actions, notes, parts, titles
from cards import elements as el
from cards.reading import Reading
from cards.suggest import following
from cards.view import Next, View

STEADY = 0.02  # a smaller change, as a part of what was before, is none
PROJECTED = ("projection_jobs", "projection_holds", "projection_fails", "projection_none")
ASSUMED = "projection_assumed"


def scorecard_of(query: Query) -> Scorecard | None:
    """The scorecard that this question asks for, whole and unsplit."""
    if (
        query.group_by
        or query.grain
        or query.bands
        or query.rows
        or (query.compare and query.compare.to == "dimension")
    ):
        return None
    return next((card for card in SCORECARDS.values() if card.metrics == query.metrics), None)


def scorecard_card(answer: Answer, view: View) -> el.Card:
    """An answer to all metrics of one scorecard."""
    reading = Reading(answer, view)
    scorecard = scorecard_of(answer.query) or SCORECARDS["demand"]
    row = reading.headline or answer.rows[0]
    promise = reading.words.name("promise", scorecard.key, scorecard.promise)
    body = [*parts.heading(reading), el.text(promise, weight="Bolder", spacing="Medium")]
    body += [_line(reading, row, metric) for metric in reading.metrics]
    body += [*_projection(reading), *parts.provenance(_plain(reading))]
    said = ", ".join(f"{reading.name(metric)} {reading.shown(row, metric)}" for metric in reading.metrics)
    spoken = parts.spoken(titles.title(reading), said, titles.subtitle(reading))
    buttons = parts.buttons([*_others(reading, scorecard), *following(reading)[:2]])
    return el.card(body, buttons, language=reading.words.language, spoken=spoken)


def _line(reading: Reading, row: Row, metric: Column) -> Element:
    """One metric; a press asks it alone."""
    below = " · ".join(filter(None, (_trend(reading, row, metric), _target(reading, metric))))
    left = [el.text(reading.name(metric), weight="Bolder"), el.text(below, size="Small", subtle=True, spacing="None")]
    right = [el.text(reading.shown(row, metric), size="Medium", weight="Bolder", align="Right", wrap=False)]
    if reading.beside(metric, "change"):
        moved = parts.row_change(reading, row, metric)
        right.append(
            el.text(moved, size="Small", align="Right", wrap=False, spacing="None", color=_color(reading, row, metric))
        )
    query = Query((metric.key,), filters=reading.answer.query.filters, time=reading.answer.query.time)
    press = el.execute(reading.name(metric), actions.ASK, actions.data(actions.ASK, query))
    made = el.columns([("stretch", left, None), ("auto", right, None)], align="Top")
    return el.container([made], press=press, separator=True, spacing="Small")


def _moved(reading: Reading, row: Row, metric: Column) -> float | None:
    """The change as a part of what was before; None where one of the two is missing."""
    moved = reading.value(row, reading.beside(metric, "change"))
    before = reading.value(row, reading.beside(metric, "compare"))
    return None if moved is None or not before else moved / abs(before)


def _trend(reading: Reading, row: Row, metric: Column) -> str:
    """One word for where it goes: better or worse where one way is good, else rising or falling."""
    moved = _moved(reading, row, metric)
    if moved is None:
        return ""
    if abs(moved) < STEADY:
        return reading.words.say("scorecards.steady")
    if metric.good is None:
        return reading.words.say("scorecards.up" if moved > 0 else "scorecards.down")
    return reading.words.say("scorecards.better" if (moved > 0) == (metric.good == "up") else "scorecards.worse")


def _color(reading: Reading, row: Row, metric: Column) -> el.Color | None:
    moved = _moved(reading, row, metric)
    if moved is None or abs(moved) < STEADY or metric.good is None:
        return None
    return "Good" if (moved > 0) == (metric.good == "up") else "Attention"


def _target(reading: Reading, metric: Column) -> str:
    """The target with its verdict, or that there is none."""
    goals = [goal for goal in reading.answer.goals if goal.metric == metric.key and goal.kind == "target"]
    said = [parts.goal_text(reading, goal, metric) for goal in goals]
    return " · ".join(said) or reading.words.say("scorecards.no_target")


def _projection(reading: Reading) -> list[Element]:
    """What adoption everywhere would ask of supply: the outcome, then all that is taken for granted."""
    told = {note.key: note for note in reading.answer.notes if isinstance(note, Note)}
    said = [note for key, note in told.items() if key in PROJECTED]
    if not said:
        return []
    style = "good" if "projection_holds" in told else "warning"
    outcome = [el.text(reading.words.say("scorecards.projection"), weight="Bolder")]
    outcome += [el.text(one, spacing="Small") for one in notes.said(reading, said)]
    made: list[Element] = [el.container(outcome, style=style, spacing="Medium")]  # type: ignore[arg-type]
    assumed = [note for key, note in told.items() if key == ASSUMED]
    return [*made, *(el.text(one, size="Small", subtle=True, spacing="Small") for one in notes.said(reading, assumed))]


def _plain(reading: Reading) -> Reading:
    """The answer without the notes that stand in the card already."""
    shown = {*PROJECTED, ASSUMED}
    left = tuple(n for n in reading.answer.notes if not (isinstance(n, Note) and n.key in shown))
    return Reading(replace(reading.answer, notes=left), reading.view)


def _others(reading: Reading, shown: Scorecard) -> list[Next]:
    """The other scorecards, for the same period and filters."""
    query = reading.answer.query
    return [
        Next(reading.words.name("scorecard", card.key, card.label), replace(query, metrics=card.metrics))
        for card in SCORECARDS.values()
        if card is not shown
    ]
