"""The comparison card: chosen members of one dimension side by side, with the difference under each name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from adaptivecards.baseobject import Element

from analytics.catalogue import METRICS
from analytics.model import Answer, Column, Number
from cards import charts, formats, parts, titles
from cards import elements as el
from cards.charts import Series
from cards.reading import Reading
from cards.suggest import following
from cards.tables import Line, table
from cards.view import View

MEMBERS = 2  # numbers side by side at 320 pixels
STEPS = 8


@dataclass(frozen=True, slots=True)
class Pair:
    """One line of the comparison: what is compared, and the number of each member."""

    name: str
    metric: Column
    values: tuple[Number, ...]


def compare_card(answer: Answer, view: View) -> el.Card:
    """Members of the compared dimension as columns; the lines are metrics, groups or steps of time."""
    reading = Reading(answer, view)
    members = _members(reading)
    pairs = _pairs(reading, list(members))
    names = [reading.member(_key(reading), name, key) for key, name in members.items()]
    body = [*parts.heading(reading), *_caution(reading), *_chart(reading, pairs, names), *_table(reading, pairs, names)]
    body += [*parts.facts(reading), *parts.provenance(reading)]
    spoken = parts.spoken(titles.title(reading), _said(pairs, names, reading), titles.subtitle(reading))
    return el.card(body, parts.buttons(following(reading), of=reading), language=reading.words.language, spoken=spoken)


def _caution(reading: Reading) -> list[Element]:
    """A warning where freelance and staffing may do different work, so that a mean of one says little about the other."""
    query = reading.answer.query
    same = query.filter("job_category") or "job_category" in query.group_by
    means = any(metric.key in METRICS and not METRICS[metric.key].additive for metric in reading.metrics)
    if _key(reading) != "source" or same or not means:
        return []
    return [el.container([el.text(reading.words.say("versus.caution"), size="Small")], style="warning")]


def _key(reading: Reading) -> str:
    compare = reading.answer.query.compare
    return (compare.dimension if compare else None) or reading.labels[-1].key


def _at(reading: Reading) -> int:
    """Where the compared dimension stands among the labels of a row."""
    return next(
        (at for at, column in enumerate(reading.labels) if column.key == _key(reading)), len(reading.labels) - 1
    )


def _members(reading: Reading) -> dict[str, str]:
    """The compared members as asked for, and by name; those the answer has where the question names none."""
    at = _at(reading)
    return {row.keys[at] or row.labels[at]: row.labels[at] for row in reading.answer.rows}


def _pairs(reading: Reading, members: list[str]) -> list[Pair]:
    """Lines of metrics where there is nothing else, or of the groups or steps of the first metric."""
    at = _at(reading)
    if len(reading.labels) == 1:
        by_member = {row.keys[at] or row.labels[at]: row for row in reading.answer.rows}
        return [
            Pair(reading.name(metric), metric, tuple(reading.value(by_member[member], metric) for member in members))
            for metric in reading.metrics
        ]
    metric = reading.metrics[0]
    lines: dict[str, dict[str, Number]] = {}
    for row, name in zip(reading.answer.rows, _line_names(reading, at), strict=True):
        lines.setdefault(name, {})[row.keys[at] or row.labels[at]] = reading.value(row, metric)
    return [Pair(name, metric, tuple(found.get(member) for member in members)) for name, found in lines.items()]


def _line_names(reading: Reading, at: int) -> list[str]:
    """What stands at the left of each row: the groups or the steps of time."""
    rows, named = reading.answer.rows, []
    for other, column in enumerate(reading.labels):
        if other != at:
            steps = column.kind == "time"
            named.append(reading.step_names(rows, other) if steps else [reading.row_name(row, other) for row in rows])
    return [" · ".join(names) for names in zip(*named, strict=True)]


def _chart(reading: Reading, pairs: list[Pair], names: list[str]) -> list[Element]:
    """Bars of the first metric, one colour a member."""
    if len(reading.labels) == 1:
        metric, values = pairs[0].metric, pairs[0].values
        known = [(name, value) for name, value in zip(names, values, strict=True) if value is not None]
        return [charts.bars(reading, metric, [n for n, _ in known], [v for _, v in known])] if len(known) > 1 else []
    shown = pairs[-STEPS:] if reading.answer.query.grain else pairs[:STEPS]
    series = [
        Series(name, tuple(pair.values[at] for pair in shown)) for at, name in enumerate(names[: len(charts.COLORS)])
    ]
    return [charts.grouped(reading, shown[0].metric, [pair.name for pair in shown], series)]


def _table(reading: Reading, pairs: list[Pair], names: list[str]) -> list[Element]:
    """The members side by side, two as columns; where there are more, one line for each member."""
    first = reading.words.say("table.measure") if len(reading.labels) == 1 else _first_header(reading)
    if len(names) > MEMBERS:
        lines = [_member_line(reading, pair, names) for pair in pairs]
        return table([first, names[0]], lines, reading.words)
    lines = [
        Line(
            pair.name,
            tuple(_cell(reading, value, pair.metric) for value in pair.values),
            note=_difference(reading, pair, names),
        )
        for pair in pairs
    ]
    return table([first, *names], lines, reading.words)


def _first_header(reading: Reading) -> str:
    others = [column for at, column in enumerate(reading.labels) if at != _at(reading)]
    named = [
        reading.words.say(f"grain.{reading.answer.query.grain}").capitalize()
        if c.kind == "time"
        else reading.dimension(c.key)
        for c in others
    ]
    return " · ".join(named)


def _member_line(reading: Reading, pair: Pair, names: list[str]) -> Line:
    rest = [
        f"{name} {_cell(reading, value, pair.metric)}" for name, value in zip(names[1:], pair.values[1:], strict=True)
    ]
    return Line(pair.name, (_cell(reading, pair.values[0], pair.metric),), note=" · ".join(rest))


def _cell(reading: Reading, value: Number, metric: Column) -> str:
    return formats.compact(value, metric.unit, reading.view.locale, reading.answer.currency)


def _difference(reading: Reading, pair: Pair, names: list[str]) -> str:
    """How the two stand to each other, in words; nothing where one is missing."""
    if len(pair.values) != MEMBERS or not pair.values[0] or not pair.values[1]:
        return ""
    first, second = float(pair.values[0]), float(pair.values[1])
    if first == second:
        return reading.words.say("versus.same")
    return _how(pair.metric)(reading, first, second, names)


def _relative(reading: Reading, first: float, second: float, names: list[str]) -> str:
    """A difference in percent, or how many times as high from double on."""
    low, high = sorted((first, second))
    if low > 0 and high >= 2 * low:
        times = formats.shown(high / low, "index", reading.view.locale)
        return reading.words.say("versus.times", name=names[0 if first == high else 1], n=times)
    percent = formats.share(abs(first - second) / abs(second), reading.view.locale)
    return reading.words.say("versus.lower" if first < second else "versus.higher", name=names[0], n=percent)


def _points(reading: Reading, first: float, second: float, names: list[str]) -> str:
    """A difference of percentages, in points."""
    points = parts.points(reading, first - second)
    return reading.words.say("versus.lower" if first < second else "versus.higher", name=names[0], n=points)


def _how(metric: Column) -> Callable[[Reading, float, float, list[str]], str]:
    return _points if metric.unit == "ratio" else _relative


def _said(pairs: list[Pair], names: list[str], reading: Reading) -> str:
    """The first line in words."""
    if not pairs:
        return ""
    first = pairs[0]
    return ", ".join(
        f"{name} {reading.write(value, first.metric)}" for name, value in zip(names, first.values, strict=True)
    )
