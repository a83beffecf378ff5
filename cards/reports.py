"""The two reports a program is run on, jobs and spending: what stands on each, and the card that shows it at one glance."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from adaptivecards.baseobject import Element

from analytics.catalogue import METRICS
from analytics.model import Answer, Bands, Compare, Detail, Grain, Query, Row
from cards import actions, charts, parts, titles
from cards import elements as el
from cards.able import can_split
from cards.change import panel
from cards.charts import Series
from cards.reading import Reading
from cards.tables import Line, table
from cards.view import View

ROWS = 5
STEPS = 12
ACROSS = 2


@dataclass(frozen=True, slots=True)
class Section:
    """One part of a report: a metric, split one way; `drawn` as a chart as well."""

    metric: str
    group_by: str | None = None
    grain: Grain | None = None
    bands: Bands | None = None
    drawn: bool = False

    def query(self, base: Query) -> Query:
        """The question this part answers, with the period and the filters of the report."""
        split = (self.group_by,) if self.group_by else ()
        order = ((self.metric, "desc"),) if self.group_by and self.group_by != "status" else ()
        made = Query((self.metric,), split, base.filters, base.time, self.grain, order=order, bands=self.bands)  # type: ignore[arg-type]
        # What is open now is open now, whatever period the report is about.
        return replace(made, time=None) if METRICS[self.metric].period == "now" else made


@dataclass(frozen=True, slots=True)
class Report:
    """A report by its key: the numbers on top, and its parts in order."""

    key: str
    tiles: tuple[str, ...]
    sections: tuple[Section, ...]

    def base(self, query: Query | None) -> Query:
        """The question a report hangs its period and filters on."""
        return Query(self.tiles[:1], filters=query.filters if query else (), time=query.time if query else None)

    def top(self, base: Query) -> list[Query]:
        """The questions of the numbers on top, each against the period before."""
        return [replace(base, metrics=(metric,), compare=Compare("previous_period")) for metric in self.tiles]

    def parts(self, base: Query, detail: Detail) -> list[tuple[Section, Query]]:
        """The parts whoever reads it may see, with their questions."""
        made = [(section, section.query(base)) for section in self.sections]
        return [(s, q) for s, q in made if s.group_by is None or can_split(q, s.group_by, detail)]


REPORTS: Mapping[str, Report] = {
    "jobs": Report(
        "jobs",
        ("jobs_posted", "hires", "avg_time_to_hire", "fill_rate"),
        (
            Section("jobs_posted", "job_category", drawn=True),
            Section("jobs_posted", grain="month", drawn=True),
            Section("jobs_posted", "team"),
            Section("jobs_posted", "poster"),
            Section("jobs_posted", "status"),
            Section("open_ageing", bands=Bands("age_days", (7, 14, 30, 60))),
        ),
    ),
    "spending": Report(
        "spending",
        ("spend", "contracts", "avg_spend_per_contract", "spend_per_fte"),
        (
            Section("spend", "job_category", drawn=True),
            Section("spend", grain="month", drawn=True),
            Section("spend", "team"),
            Section("spend_per_fte", "team"),
            Section("avg_spend_per_contract", "job_category"),
        ),
    ),
}


def report_card(
    report: Report, base: Query, top: Sequence[Answer], found: Sequence[tuple[Section, Answer]], view: View
) -> el.Card:
    """The report: its numbers, then its parts, each of which a press opens in full. `top` has an answer for each tile."""
    first = Reading(top[0], view)
    say = first.words.say
    title = say(f"report.{report.key}")
    said = [
        el.text(title, size="Large", weight="Bolder", heading=True),
        el.text(titles.subtitle(first), subtle=True, spacing="None"),
    ]
    body: list[Element] = [
        *parts.opening(first, said, panel(first, actions.REPORT, report=report.key)),
        *_tiles(top, view),
    ]
    for section, answer in found:
        body += _section(Reading(answer, view), section)
    body += parts.provenance(Reading(replace(top[0], notes=()), view))
    spoken = ", ".join(_tile_said(Reading(answer, view)) for answer in top)
    other = next(key for key in REPORTS if key != report.key)
    switch = {"verb": actions.REPORT, "report": other, **actions.data(actions.REPORT, base)}
    buttons = [el.execute(say(f"report.{other}"), actions.REPORT, {**switch, "report": other})]
    return el.card(body, buttons, language=first.words.language, spoken=parts.spoken(title, spoken))


def _tiles(top: Sequence[Answer], view: View) -> list[Element]:
    """The numbers on top, two in a line."""
    tiles = [_tile(Reading(answer, view)) for answer in top]
    lines = [tiles[at : at + ACROSS] for at in range(0, len(tiles), ACROSS)]
    return [el.columns([("stretch", tile, None) for tile in line], align="Top", spacing="Medium") for line in lines]


def _tile(reading: Reading) -> list[Element]:
    metric, row = reading.metrics[0], _whole(reading)
    below = parts.change_badge(reading, row, metric) if row else []
    shown = (
        reading.shown(row, metric)
        if row and reading.value(row, metric) is not None
        else reading.words.say("empty.none")
    )
    return [
        el.text(reading.name(metric), subtle=True),
        el.text(shown, size="ExtraLarge", weight="Bolder", spacing="None"),
        *below,
    ]


def _whole(reading: Reading) -> Row | None:
    return reading.headline or (reading.answer.rows[0] if reading.answer.rows else None)


def _tile_said(reading: Reading) -> str:
    row = _whole(reading)
    return f"{reading.name(reading.metrics[0])} {reading.shown(row, reading.metrics[0])}" if row else ""


def _section(reading: Reading, section: Section) -> list[Element]:
    """A heading that opens the part in full, its chart where it has one, and its first rows."""
    heading = el.text(titles.title(reading), weight="Bolder", size="Medium", color="Accent")
    opened = el.execute(reading.words.say("button.open"), actions.ASK, actions.data(actions.ASK, reading.answer.query))
    made: list[Element] = [el.container([heading], press=opened, spacing="Large", separator=True)]
    rows = [row for row in reading.answer.rows if row.kind == "value"]
    if not rows:
        return [*made, el.text(reading.words.say("empty.none"), subtle=True)]
    metric = reading.metrics[0]
    if section.grain:
        rows = rows[-STEPS:]
        values = tuple(reading.value(row, metric) for row in rows)
        chart = [charts.line(reading, metric, reading.step_names(tuple(rows)), [Series(reading.name(metric), values)])]
        return [*made, *(chart if len(rows) > 1 else []), *_rows(reading, rows[::-1], len(rows))]
    shown = rows if section.bands else rows[:ROWS]
    known = [(reading.row_name(row), value) for row in shown if (value := reading.value(row, metric)) is not None]
    chart = (
        [charts.bars(reading, metric, [n for n, _ in known], [v for _, v in known])]
        if section.drawn and len(known) > 1
        else []
    )
    return [*made, *chart, *_rows(reading, shown, len(rows))]


def _first_header(reading: Reading) -> str:
    column = reading.labels[0]
    if column.kind == "time":
        return reading.words.say(f"grain.{reading.answer.query.grain}").capitalize()
    return reading.words.say("table.person") if column.key == "poster" else reading.dimension(column.key)


def _rows(reading: Reading, rows: Sequence[Row], whole: int) -> list[Element]:
    """The first rows, each with its share or its count, and how many more there are."""
    metric = reading.metrics[0]
    share = reading.beside(metric, "share")
    names = reading.step_names(tuple(rows)) if reading.answer.query.grain else [reading.row_name(row) for row in rows]
    lines = [Line(name, parts.cells(reading, row, (metric,), share)) for name, row in zip(names, rows, strict=True)]
    headers = [_first_header(reading), reading.name(metric), *([reading.words.say("table.share")] if share else [])]
    more = whole - len(rows)
    said = [el.text(reading.words.say("table.not_shown", n=more), subtle=True, size="Small")] if more > 0 else []
    return [*table(headers, lines, reading.words), *said]
