"""The list card: jobs, contracts, charges or proposals one by one, each with what matters about it on a second line."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from adaptivecards.baseobject import Element

from analytics.model import Answer, Column, Row
from cards import actions, formats, parts, titles
from cards import elements as el
from cards.reading import Reading
from cards.suggest import following
from cards.tables import NAME, Line, table
from cards.text import short
from cards.view import View

Columns = dict[str, tuple[int, Column]]
OLD = 30  # days that a job may be open before it is marked


@dataclass(frozen=True, slots=True)
class Listing:
    """How one kind of record is shown: its name, its number at the right, and the quiet line below, by column."""

    name: tuple[str, ...]
    number: str
    quiet: tuple[str, ...]


LISTINGS: dict[str, Listing] = {
    "job": Listing(("title", "job"), "age_days", ("team", "poster", "status", "posted_on")),
    "contract": Listing(("title", "contract"), "spend_total", ("team", "freelancer", "started_on", "ended_on")),
    "charge": Listing(("charge",), "amount", ("posted_on", "team", "freelancer", "charge_type")),
    "proposal": Listing(("freelancer", "proposal"), "rate", ("created_on", "worker_country", "status")),
}


def list_card(answer: Answer, view: View) -> el.Card:
    """Records in the order asked for."""
    reading = Reading(answer, view)
    listing = LISTINGS[answer.query.rows or "job"]
    columns = {column.key: (at, column) for at, column in enumerate(answer.columns)}
    said = parts.records(reading, answer.records)
    body = [
        *parts.heading(reading),
        *parts.number(said),
        *_ageing(reading, columns),
        *_table(reading, listing, columns),
        *_opener(reading, listing, columns),
        *parts.provenance(reading),
    ]
    spoken = parts.spoken(titles.title(reading), said, titles.subtitle(reading))
    buttons = parts.buttons(following(reading), of=reading, before=_pages(reading))
    return el.card(body, buttons, language=reading.words.language, spoken=spoken)


def record_card(answer: Answer, row: Row, view: View) -> el.Card:
    """One record with all that is known of it, and the way to it in its platform."""
    reading = Reading(answer, view)
    listing = LISTINGS[answer.query.rows or "job"]
    columns = {column.key: (at, column) for at, column in enumerate(answer.columns)}
    name = _name(row, listing, columns)
    pairs = [
        (reading.words.name("column", column.key, column.label), said)
        for at, column in enumerate(answer.columns)
        if column.key != "url" and (said := _written(reading, row, at, column))
    ]
    body = [
        *parts.title(name, reading.words.say(f"rows.{answer.query.rows}")),
        el.facts(pairs),
        *parts.provenance(reading),
    ]
    page = actions.data(actions.PAGE, answer.query, page=view.page)
    back = el.execute(reading.words.say("button.back"), actions.PAGE, page)
    buttons = [*_native(reading, row, columns), back]
    return el.card(
        body, buttons, language=reading.words.language, spoken=parts.spoken(name, pairs[0][1] if pairs else "")
    )


def _native(reading: Reading, row: Row, columns: Columns) -> list[Element]:
    """Where the record can be opened in the platform it comes from; only addresses that the import let in are there."""
    url = row.labels[columns["url"][0]] if "url" in columns else ""
    return [el.open_url(reading.words.say("record.open"), url)] if url.startswith("https://") else []


def _written(reading: Reading, row: Row, at: int, column: Column) -> str:
    """One field as people read it; empty where nothing is known."""
    if column.unit == "date" and row.labels[at]:
        return _day(row.labels[at], reading.view.locale)
    if column.unit in {"text", "date"}:
        return reading.member(column.key, row.labels[at], row.keys[at])
    return reading.write(row.values[at], column) if row.values[at] is not None else ""


def _opener(reading: Reading, listing: Listing, columns: Columns) -> list[Element]:
    """One chooser over the rows and one button."""
    query = reading.answer.query
    choices = [(short(_name(row, listing, columns), NAME), row.keys[0]) for row in reading.answer.rows if row.keys[0]]
    if not choices:
        return []
    label = reading.words.say(f"record.choose_{query.rows}")
    chooser = el.choice_set(actions.DRILL, label, choices, hint=reading.words.say("input.choose"))
    data = actions.data(actions.RECORD, query, page=reading.view.page)
    button = el.execute(reading.words.say("button.open"), actions.RECORD, data)
    return [
        el.columns(
            [("stretch", [chooser], None), ("auto", [el.action_set([button])], None)], align="Bottom", spacing="Medium"
        )
    ]


def _pages(reading: Reading) -> list[Element]:
    """The way to the rows before and after these."""
    query, page, say = reading.answer.query, reading.view.page, reading.words.say
    made = []
    if reading.answer.more:
        made.append(el.execute(say("record.next"), actions.PAGE, actions.data(actions.PAGE, query, page=page + 1)))
    if page > 1:
        before = actions.data(actions.PAGE, query, page=page - 1)
        made.append(el.execute(say("record.before"), actions.PAGE, before))
    return made


def _table(reading: Reading, listing: Listing, columns: Columns) -> list[Element]:
    at, number = _number(reading, listing, columns)
    lines = [
        Line(
            _name(row, listing, columns),
            (reading.write(row.values[at], number),),
            note=_note(reading, row, listing, columns),
            marked=_is_old(row, columns) and number.key == "age_days",
        )
        for row in reading.answer.rows
    ]
    first = reading.words.say(f"rows.{reading.answer.query.rows}")
    made = table([first, reading.words.name("column", number.key, number.label)], lines, reading.words)
    if reading.answer.more or reading.view.page > 1:
        made.append(el.text(_which(reading), subtle=True, size="Small"))
    return made


def _which(reading: Reading) -> str:
    """Which of the rows these are."""
    answer, locale = reading.answer, reading.view.locale
    last = answer.records - answer.more
    first = last - len(answer.rows) + 1
    shown = [formats.count(n, locale) for n in (first, last, answer.records)]
    return reading.words.say("record.rows", first=shown[0], last=shown[1], n=shown[2])


def _name(row: Row, listing: Listing, columns: Columns) -> str:
    """The first of the name columns that says something."""
    return next((row.labels[columns[key][0]] for key in listing.name if row.labels[columns[key][0]]), "–")


def _note(reading: Reading, row: Row, listing: Listing, columns: Columns) -> str:
    told = []
    for key in listing.quiet:
        at, column = columns[key]
        label = row.labels[at]
        named = reading.member(key, label, row.keys[at])
        told.append(_day(label, reading.view.locale) if column.unit == "date" and label else named)
    if _is_old(row, columns):
        told.append(reading.words.say("ageing.over"))
    return " · ".join(said for said in told if said)


def _is_old(row: Row, columns: Columns) -> bool:
    """Whether a job has been open for more than 30 days."""
    if "age_days" not in columns or row.keys[columns["status"][0]] != "open":
        return False
    return (row.values[columns["age_days"][0]] or 0) > OLD


def _ageing(reading: Reading, columns: Columns) -> list[Element]:
    """How many of the jobs shown have been open for long."""
    old = sum(_is_old(row, columns) for row in reading.answer.rows)
    shown = formats.count(old, reading.view.locale)
    return [el.badge(reading.words.say("ageing.badge", n=shown), "Warning")] if old else []


def _number(reading: Reading, listing: Listing, columns: Columns) -> tuple[int, Column]:
    """The number at the right: what the list was narrowed or ordered by, where that is one; else the usual one."""
    query = reading.answer.query
    asked = [*(f.dimension for f in query.filters if f.bounds), *(key for key, _ in query.order)]
    known = [columns[key] for key in asked if key in columns and columns[key][1].unit in {"days", "money", "count"}]
    return known[0] if known else columns[listing.number]


def _day(label: str, locale: str) -> str:
    return formats.day(date.fromisoformat(label), locale)
