"""The list card: jobs, contracts, charges or proposals one by one, each with what matters about it on a second line."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from adaptivecards.baseobject import Element

from analytics.model import Answer, Column, Row
from cards import elements as el
from cards import formats, parts, titles
from cards.reading import Reading
from cards.suggest import following
from cards.tables import Line, table
from cards.view import View


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
        *_table(reading, listing, columns),
        *parts.provenance(reading),
    ]
    spoken = parts.spoken(titles.title(reading), said, titles.subtitle(reading))
    return el.card(body, parts.buttons(following(reading)), language=reading.words.language, spoken=spoken)


Columns = dict[str, tuple[int, Column]]


def _table(reading: Reading, listing: Listing, columns: Columns) -> list[Element]:
    at, number = columns[listing.number]
    lines = [
        Line(
            _name(row, listing, columns),
            (reading.write(row.values[at], number),),
            note=_note(reading, row, listing, columns),
        )
        for row in reading.answer.rows
    ]
    first = reading.words.say(f"rows.{reading.answer.query.rows}")
    made = table([first, reading.words.name("column", number.key, number.label)], lines, reading.words)
    if reading.answer.more:
        made.append(el.text(reading.words.say("table.not_shown", n=reading.answer.more), subtle=True, size="Small"))
    return made


def _name(row: Row, listing: Listing, columns: Columns) -> str:
    """The first of the name columns that says something."""
    return next((row.labels[columns[key][0]] for key in listing.name if row.labels[columns[key][0]]), "–")


def _note(reading: Reading, row: Row, listing: Listing, columns: Columns) -> str:
    told = []
    for key in listing.quiet:
        at, column = columns[key]
        label = row.labels[at]
        told.append(_day(label, reading.view.locale) if column.unit == "date" and label else label)
    return " · ".join(said for said in told if said)


def _day(label: str, locale: str) -> str:
    return formats.day(date.fromisoformat(label), locale)
