"""The breakdown card: bars and a table of the same rows with share or change, a total, and one chooser to open a row."""

from __future__ import annotations

from dataclasses import replace

from adaptivecards.baseobject import Element

from analytics.catalogue import METRICS
from analytics.model import Answer, Column, Number, Row
from cards import actions, charts, formats, parts, titles
from cards import elements as el
from cards.drill import next_step
from cards.fold import folded
from cards.reading import Reading
from cards.suggest import following
from cards.tables import NAME, Line, table
from cards.text import short
from cards.view import View

OPENABLE = 40
ABOUT = 32  # characters of a team or category beside a name


def breakdown_card(answer: Answer, view: View) -> el.Card:
    """An answer by one or more dimensions."""
    reading = folded(Reading(answer, view))
    body = [*parts.heading(reading), *_total(reading), *_bars(reading), *_table(reading), *_opener(reading)]
    spoken = parts.spoken(titles.title(reading), _said(reading), titles.subtitle(reading))
    body += [*parts.facts(reading), *parts.provenance(reading)]
    return el.card(body, parts.buttons(following(reading), of=reading), language=reading.words.language, spoken=spoken)


def _total(reading: Reading) -> list[Element]:
    """The whole, where the parts add up to one; who leads, where that was asked."""
    if reading.answer.query.limit:
        return _leader(reading)
    total, metric = reading.answer.total, reading.metrics[0]
    if total is None or reading.value(total, metric) is None or len(reading.metrics) > 1:
        return []
    moved = parts.change_badge(reading, total, metric)
    return [*parts.number(reading.shown(total, metric)), *moved, *parts.goals(reading, metric)]


def _leader(reading: Reading) -> list[Element]:
    """The first of a ranking and all who tie with it, where only the first was asked for."""
    rows, metric = reading.answer.rows, reading.metrics[0]
    if reading.answer.query.limit != 1 or not rows:
        return []
    return parts.number(
        ", ".join(short(_name(reading, row), 40) for row in rows[:3]),
        f"{reading.name(metric)}: {reading.shown(rows[0], metric)}",
    )


def _bars(reading: Reading) -> list[Element]:
    """Bars of the first metric; a row without a number has none, and what was folded together would dwarf the rest."""
    metric = reading.metrics[0]
    rows = [row for row in reading.answer.rows if row.kind in {"value", "unmapped"}]
    known = [(row, value) for row in rows if (value := reading.value(row, metric)) is not None]
    if len(known) < 2:
        return []
    known = known[: charts.BARS]
    return [charts.bars(reading, metric, [_name(reading, row) for row, _ in known], [value for _, value in known])]


def _name(reading: Reading, row: Row) -> str:
    """A row's name; with several dimensions the names stand after each other."""
    if row.kind in {"other", "withheld"}:
        at = next((at for at, label in enumerate(row.labels) if label), 0)
        return reading.row_name(row, at)
    return " · ".join(reading.row_name(row, at) for at in range(len(row.labels)))


def _table(reading: Reading) -> list[Element]:
    shown = reading.metrics[:2]
    third = None if len(shown) > 1 else reading.beside(shown[0], "change") or reading.beside(shown[0], "share")
    first = " · ".join(_header(reading, column) for column in reading.labels)
    headers = [first, *(reading.name(metric) for metric in shown)]
    headers += [reading.words.say(f"table.{third.kind}")] if third else []
    lines = [_line(reading, row, shown, third) for row in reading.answer.rows if row.kind == "value"]
    closing = [_line(reading, row, shown, third) for row in reading.answer.rows if row.kind != "value"]
    closing += _left_out(reading, shown, third)
    if reading.answer.total:
        closing.append(_line(reading, reading.answer.total, shown, third, total=True))
    made = table(headers, lines, reading.words, closing)
    if reading.answer.more and not any(row.kind == "other" for row in reading.answer.rows):
        said = reading.words.say("table.not_shown", n=reading.answer.more)
        made.append(el.text(said, subtle=True, size="Small"))
    return made


def _left_out(reading: Reading, shown: tuple[Column, ...], third: Column | None) -> list[Line]:
    """What a threshold leaves out, where the parts add up, so that the table still does."""
    answer, total = reading.answer, reading.answer.total
    adds_up = all(metric.key in METRICS and METRICS[metric.key].additive for metric in reading.metrics)
    if not answer.query.having or answer.query.limit or total is None or not adds_up:
        return []
    rest = tuple(_rest(total.values[at], [row.values[at] for row in answer.rows]) for at in range(len(total.values)))
    if not rest[0]:
        return []
    row = Row((None,), ("",), rest, "other", total.records - sum(row.records for row in answer.rows))
    return [
        Line(
            reading.words.say("row.left_out"),
            parts.cells(reading, row, shown, third),
            note=_note(reading, row, len(shown)),
        )
    ]


def _rest(whole: Number, shown: list[Number]) -> Number:
    return None if whole is None or None in shown else whole - sum(n for n in shown if n is not None)


def _header(reading: Reading, column: Column) -> str:
    return reading.words.say("table.person") if column.key == "poster" else reading.dimension(column.key)


def _line(reading: Reading, row: Row, shown: tuple[Column, ...], third: Column | None, *, total: bool = False) -> Line:
    name = reading.words.say("row.total") if total else _name(reading, row)
    return Line(name, parts.cells(reading, row, shown, third), note=_note(reading, row, len(shown)), strong=total)


def _note(reading: Reading, row: Row, shown: int) -> str:
    """The quiet second line: further metrics, and how many records stand behind the row."""
    rest = [f"{reading.name(metric)} {reading.shown(row, metric)}" for metric in reading.metrics[shown:]]
    rest += _about(reading, row)
    counted = parts.records(reading, row.records) if row.records and not _is_count(reading) else ""
    return " · ".join([*rest, counted] if counted else rest)


def _about(reading: Reading, row: Row) -> list[str]:
    """What is known of a person beside their number: team, kind of work, and how many of their jobs are open."""
    person = reading.view.people.get(row.keys[0] or "") if row.kind == "value" and row.keys else None
    if person is None:
        return []
    shown = formats.count(person.open, reading.view.locale)
    opened = [f"{reading.words.name('metric', 'open_ageing', METRICS['open_ageing'].label)}: {shown}"]
    return [short(name, ABOUT) for name in (person.team, person.category) if name] + opened


def _is_count(reading: Reading) -> bool:
    """Whether the number shown is itself the count of records."""
    return len(reading.metrics) == 1 and reading.metrics[0].unit == "count"


def _opener(reading: Reading) -> list[Element]:
    """One chooser over the rows and one button."""
    query = reading.answer.query
    step = next_step(query, reading.answer.scope.detail)
    rows = [row for row in reading.answer.rows if row.kind == "value" and row.keys and row.keys[0]]
    if step is None or not rows:
        return []
    choices = [(short(reading.row_name(row), NAME), row.keys[0] or "") for row in rows[:OPENABLE]]
    label = reading.words.say(f"input.drill_{query.group_by[0]}")
    chooser = el.choice_set(actions.DRILL, label, choices, hint=reading.words.say("input.choose"))
    # A list without a period would show what is open today, not what was counted here.
    asked = replace(query, time=reading.answer.period) if step == "job" else query
    button = el.execute(reading.words.say("button.open"), actions.OPEN, actions.data(actions.OPEN, asked))
    return [
        el.columns(
            [("stretch", [chooser], None), ("auto", [el.action_set([button])], None)], align="Bottom", spacing="Medium"
        )
    ]


def _said(reading: Reading) -> str:
    """The first rows in words."""
    metric = reading.metrics[0]
    said = [f"{_name(reading, row)} {reading.shown(row, metric)}" for row in reading.answer.rows[:3]]
    total = reading.answer.total
    whole = [f"{reading.words.say('row.total')} {reading.shown(total, metric)}"] if total else []
    return ", ".join([*whole, *said])
