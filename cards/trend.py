"""The trend card: the whole and its best and weakest step, a line with its target, and every number in a table."""

from __future__ import annotations

from dataclasses import dataclass

from adaptivecards.baseobject import Element

from analytics.model import Answer, Column, Number, Row
from cards import charts, parts, titles
from cards import elements as el
from cards.charts import Series
from cards.reading import Reading
from cards.suggest import following
from cards.tables import MOST, Line, table
from cards.view import View

LINES = 3
GROUPS = 12
BEFORE = 14  # steps of a group on its quiet line


def trend_card(answer: Answer, view: View) -> el.Card:
    """An answer over time, for the whole or for a few groups."""
    reading = Reading(answer, view)
    shown = _groups(reading) if answer.query.group_by else _whole(reading)
    body = [*parts.heading(reading), *shown, *_incomplete(reading), *parts.facts(reading), *parts.provenance(reading)]
    spoken = parts.spoken(titles.title(reading), _said(reading), titles.subtitle(reading))
    return el.card(body, parts.buttons(following(reading), of=reading), language=reading.words.language, spoken=spoken)


def _whole(reading: Reading) -> list[Element]:
    """One line: the newest steps, as many as a table on a card can hold, so that the line and the table agree."""
    metric, rows = reading.metrics[0], reading.answer.rows[-MOST:]
    return [*_number(reading), *_line(reading, rows, metric), *_table(reading, rows)]


def _number(reading: Reading) -> list[Element]:
    """The number of the whole period with how it moved, and the two steps at its ends."""
    metric, whole = reading.metrics[0], reading.headline
    if whole is None or reading.value(whole, metric) is None:
        return []
    moved = parts.change_badge(reading, whole, metric)
    return [*parts.number(reading.shown(whole, metric), _ends(reading, metric)), *moved, *parts.goals(reading, metric)]


def _ends(reading: Reading, metric: Column) -> str:
    """The best and the weakest complete step, or the highest and lowest where neither is good."""
    rows = [row for row in reading.answer.rows if reading.is_whole(row) and reading.value(row, metric) is not None]
    if len(rows) < 3:
        return ""
    ordered = sorted(rows, key=lambda row: reading.value(row, metric) or 0)
    low, high = ordered[0], ordered[-1]
    names = {"up": (("best", high), ("worst", low)), "down": (("best", low), ("worst", high))}
    said = names.get(metric.good or "", (("highest", high), ("lowest", low)))
    return " · ".join(
        reading.words.say(f"row.{key}", label=reading.row_name(row), value=reading.shown(row, metric))
        for key, row in said
    )


def _line(reading: Reading, rows: tuple[Row, ...], metric: Column) -> list[Element]:
    """The line and its target, beside each other."""
    if len(rows) < 2:
        return []
    series = [Series(reading.name(metric), tuple(reading.value(row, metric) for row in rows))]
    for goal in reading.answer.goals:
        if goal.metric == metric.key and goal.kind == "target":
            said = reading.words.say("goal.target", value=reading.write(goal.value, metric))
            series.append(Series(said, (goal.value,) * len(rows), dashed=True))
    return [charts.line(reading, metric, reading.step_names(rows), series)]


def _table(reading: Reading, rows: tuple[Row, ...]) -> list[Element]:
    """The steps, newest first, with the change or the share, or with how many records stand behind each."""
    shown = reading.metrics[:2]
    third = None if len(shown) > 1 else reading.beside(shown[0], "change") or reading.beside(shown[0], "share")
    counted = len(shown) == 1 and third is None and shown[0].unit != "count"
    headers = [reading.words.say(f"grain.{reading.answer.query.grain}").capitalize(), *map(reading.name, shown)]
    headers += [reading.words.say(f"table.{third.kind}")] if third else []
    headers += [reading.words.say("table.counted")] if counted else []
    lines = [
        Line(
            label,
            (*parts.cells(reading, row, shown, third), *([parts.records(reading, row.records)] if counted else [])),
        )
        for row, label in zip(rows, reading.step_names(rows), strict=True)
    ]
    return table(headers, lines[::-1], reading.words)


@dataclass(frozen=True, slots=True)
class Grid:
    """Groups over time: their names, one row for each step in order, and the number of each group at each step."""

    names: dict[str, str]
    steps: dict[str, Row]
    numbers: dict[tuple[str, str], Number]

    def line(self, group: str) -> tuple[Number, ...]:
        """The numbers of one group, step by step."""
        return tuple(self.numbers.get((group, step)) for step in self.steps)

    def largest(self) -> list[str]:
        """The groups, the largest over all steps first."""
        return sorted(self.names, key=lambda group: -sum(value or 0 for value in self.line(group)))


def _groups(reading: Reading) -> list[Element]:
    """A line for each of the first groups; the table has every group."""
    metric, time = reading.metrics[0], _time(reading)
    grid = _grid(reading, metric, time)
    left_out = len(grid.names) - GROUPS
    labels = reading.step_names(tuple(grid.steps.values()), time)
    series = [Series(grid.names[group], grid.line(group)) for group in grid.largest()[:LINES]]
    chart = [charts.line(reading, metric, labels, series)] if len(labels) > 1 else []
    rest = (
        [el.text(reading.words.say("table.not_shown", n=left_out), subtle=True, size="Small")] if left_out > 0 else []
    )
    return [*chart, *_grid_table(reading, metric, grid, labels), *rest]


def _time(reading: Reading) -> int:
    """Where the time stands among the labels of a row."""
    return next(at for at, column in enumerate(reading.labels) if column.kind == "time")


def _grid(reading: Reading, metric: Column, time: int) -> Grid:
    grid = Grid({}, {}, {})
    others = [at for at in range(len(reading.labels)) if at != time]
    for row in sorted(reading.answer.rows, key=lambda row: row.keys[time] or ""):
        grid.steps.setdefault(row.keys[time] or row.labels[time], row)
    for row in reading.answer.rows:
        group = "\n".join(f"{row.keys[at]}{row.labels[at]}" for at in others)
        grid.names.setdefault(group, " · ".join(reading.row_name(row, at) for at in others))
        grid.numbers[group, row.keys[time] or row.labels[time]] = reading.value(row, metric)
    return grid


def _grid_table(reading: Reading, metric: Column, grid: Grid, labels: list[str]) -> list[Element]:
    """Every group at its last two steps; the steps before stand in the quiet second line."""
    dimension = " · ".join(reading.dimension(column.key) for column in reading.labels if column.kind != "time")
    lines = []
    for group in grid.largest()[:GROUPS]:
        name = grid.names[group]
        written = [reading.write(value, metric) for value in grid.line(group)]
        before = " · ".join(f"{label} {said}" for label, said in list(zip(labels, written, strict=True))[-BEFORE:-2])
        lines.append(Line(name, tuple(written[-2:]), note=before))
    return table([dimension, *labels[-2:]], lines, reading.words)


def _incomplete(reading: Reading) -> list[Element]:
    """Names the steps of which some days are missing."""
    time = _time(reading)
    steps = {
        row.keys[time]: reading.step_name(row, time, year=True)
        for row in reading.answer.rows
        if not reading.is_whole(row, time)
    }
    if not steps:
        return []
    said = reading.words.say("period.incomplete", periods=", ".join(steps.values()))
    return [el.text(f"* {said}", size="Small", subtle=True, spacing="Small")]


def _said(reading: Reading) -> str:
    """The whole and the newest step in words."""
    metric = reading.metrics[0]
    whole = [reading.shown(reading.headline, metric)] if reading.headline else []
    newest = [f"{reading.row_name(row)} {reading.shown(row, metric)}" for row in reading.answer.rows[-1:]]
    return ", ".join([*whole, *newest])
