"""From the answers of a month to the pages of its review: every figure as the engine gave it, each with its definition beside it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from babel.numbers import get_currency_precision

from analytics.catalogue import METRICS, SCORECARDS
from analytics.model import Answer, Column, Number, Row
from cards import formats, notes, parts, titles
from cards.reading import Reading
from cards.review.nouns import ChartKind, Drawing, Found, Page
from cards.text import clean, short
from cards.view import View
from cards.words import Words, words

BARS = 8
NAME = 34
MOST_FINDINGS = 6
TREND = {"demand": "jobs_trend", "value": "hire_trend", "supply": "supply_trend"}


def pages(found: Found, view: View) -> tuple[Page, ...]:
    """All pages in order; those without anything to say are left out."""
    made = (make(found, view) for make in _PAGES)
    return tuple(page for page in made if page is not None)


def month_name(found: Found, view: View) -> str:
    """The month that the review is of."""
    return formats.period(found.month, view.locale)


def _said(view: View) -> Words:
    return words(view.language)


def _page(found: Found, view: View, key: str, title: str, used: Sequence[str], **more: object) -> Page:
    """A page with its speaker notes and its foot, from the answers it uses."""
    answers = [found.answers[name] for name in used if name in found.answers]
    told = tuple(line for answer in answers for line in _notes(answer, view))
    moment = formats.moment(next(iter(found.answers.values())).snapshot.as_of, view.locale)
    foot = _said(view).say("review.foot", scope=view.scope, period=month_name(found, view), moment=moment)
    return Page(key, title, notes=tuple(dict.fromkeys(told)), foot=foot, **more)  # type: ignore[arg-type]


def _notes(answer: Answer, view: View) -> list[str]:
    """Definition, period, what it is held against, records and findings of every figure of an answer."""
    reading = Reading(answer, view)
    say = reading.words.say
    span = say("review.period", period=titles.dates(reading))
    if answer.compared:
        span = f"{span} {say('review.held', period=titles.against(reading))}"
    span = f"{span} {parts.records(reading, answer.records)}."
    known = [METRICS[column.key] for column in reading.metrics if column.key in METRICS]
    told = [
        f"{reading.words.name('metric', m.key, m.label)}: {reading.words.name('definition', m.key, m.definition)} {span}"
        for m in known
    ]
    told += notes.said(reading, answer.notes)
    return told + [finding.text for finding in answer.findings if finding.severity != "I"]


def _glance(found: Found, view: View) -> Page | None:
    """The first page: four numbers that the rest explains."""
    say = _said(view).say
    shown = ("spend", "hires", "time_to_hire", "fill_rate")
    trend = found.answers.get("spend_trend")
    drawn = (_over(trend, view, "columns"),) if trend else ()
    rows = [row for name in shown if name in found.answers for row in _kpis(found.answers[name], None, view)]
    title = say("review.title", month=month_name(found, view))
    lead = say("review.made_for", name=clean(found.made_for)) if found.made_for else ""
    used = (*shown, "spend_trend")
    return _page(found, view, "glance", title, used, lead=lead, table=(_header(found, view), *rows), charts=drawn)


def _promise(key: str) -> Callable[[Found, View], Page | None]:
    """The page of one promise: its metrics against target and benchmark, and the first of them over a year."""

    def made(found: Found, view: View) -> Page | None:
        if key not in found.answers:
            return None
        answer = found.answers[key]
        rows = _kpis(answer, found.answers.get(f"{key}_goals"), view)
        trend = found.answers.get(TREND[key])
        drawn = (_over(trend, view, "lines"),) if trend else ()
        used = (key, f"{key}_goals", TREND[key])
        title = _said(view).say(f"review.{key}")
        lead = _moved(answer, view)
        return _page(found, view, key, title, used, lead=lead, table=(_header(found, view), *rows), charts=drawn)

    return made


def _header(found: Found, view: View) -> tuple[str, ...]:
    say = _said(view).say
    return (
        say("table.measure"),
        month_name(found, view),
        say("table.change"),
        say("review.target"),
        say("review.benchmark"),
    )


def _kpis(answer: Answer, goals: Answer | None, view: View) -> list[tuple[str, ...]]:
    """One row a metric: its value, its change, its target with the verdict, its benchmark."""
    reading = Reading(answer, view)
    row = reading.headline
    if row is None:
        return []
    return [_kpi(reading, row, column, goals or answer) for column in reading.metrics]


def _kpi(reading: Reading, row: Row, column: Column, goals: Answer) -> tuple[str, ...]:
    held = {"target": "–", "benchmark": "–"}
    for goal in goals.goals:
        if goal.metric == column.key:
            said = reading.write(goal.value, column)
            verdict = {None: said, True: reading.words.say("goal.met", goal=said)}
            held[goal.kind] = verdict.get(goal.met) or reading.words.say("goal.missed", goal=said)
    change = parts.row_change(reading, row, column)
    return (reading.name(column), reading.shown(row, column), change, held["target"], held["benchmark"])


def _moved(answer: Answer, view: View) -> str:
    """The first number and how it moved, in a sentence."""
    reading = Reading(answer, view)
    row = reading.headline
    if row is None:
        return ""
    column = reading.metrics[0]
    return f"{reading.name(column)}: {reading.shown(row, column)} ({parts.row_change(reading, row, column)})"


def _demand(found: Found, view: View) -> Page | None:
    used = ("jobs_by_category", "jobs_by_team")
    drawn = tuple(_by(found.answers[name], view) for name in used if name in found.answers)
    if not drawn:
        return None
    say = _said(view).say
    lead = _moved(found.answers["demand"], view) if "demand" in found.answers else ""
    return _page(found, view, "where", say("review.where"), used, lead=lead, charts=drawn)


def _spend(found: Found, view: View) -> Page | None:
    used = ("spend", "spend_trend", "spend_by_category", "spend_year")
    if "spend_trend" not in found.answers:
        return None
    drawn: tuple[Drawing, ...] = (_over(found.answers["spend_trend"], view, "columns"),)
    if "spend_by_category" in found.answers:
        drawn = (*drawn, _by(found.answers["spend_by_category"], view))
    lead = _moved(found.answers["spend"], view) if "spend" in found.answers else ""
    year = found.answers.get("spend_year")
    row = Reading(year, view).headline if year else None
    if year and row:
        reading = Reading(year, view)
        moved = parts.row_change(reading, row, reading.metrics[0])
        lead = f"{lead} · {reading.words.say('review.year', change=moved)}"
    return _page(found, view, "spend", _said(view).say("review.spend"), used, lead=lead, charts=drawn)


def _sides(found: Found, view: View) -> Page | None:
    """Freelance and external staffing, each number defined for both."""
    answer = found.answers.get("sides")
    if answer is None or len(answer.rows) < 2:
        return None
    reading = Reading(answer, view)
    names = [reading.row_name(row) for row in answer.rows]
    header = (reading.words.say("table.measure"), *names)
    rows = [(reading.name(c), *(reading.shown(row, c) for row in answer.rows)) for c in reading.metrics]
    trend = found.answers.get("sides_trend")
    drawn = (_side_by_side(trend, view),) if trend else ()
    title = _said(view).say("review.sides")
    lead = reading.words.say("versus.caution")
    used = ("sides", "sides_trend")
    return _page(found, view, "sides", title, used, lead=lead, table=(header, *rows), charts=drawn)


def _scale(found: Found, view: View) -> Page | None:
    """Whether supply would hold everywhere, with everything that is taken for granted."""
    if not found.scale or "supply" not in found.answers:
        return None
    lines = tuple(notes.said(Reading(found.answers["supply"], view), found.scale))
    trend = found.answers.get("supply_trend")
    drawn = (_over(trend, view, "lines"),) if trend else ()
    title = _said(view).say("review.scale")
    return _page(found, view, "scale", title, ("supply", "supply_trend"), lines=lines, charts=drawn)


def _stories(found: Found, view: View) -> Page | None:
    if not found.stories:
        return None
    lines = tuple(
        f"{clean(story.title)}: {clean(story.text)} ({clean(story.author)})".replace(" ()", "")
        for story in found.stories
    )
    return _page(found, view, "stories", _said(view).say("review.stories"), (), lines=lines)


def _quality(found: Found, view: View) -> Page | None:
    """What the figures rest on, and what the checks of the data found."""
    say = _said(view).say
    answer = next(iter(found.answers.values()))
    moment = formats.moment(answer.snapshot.as_of, view.locale)
    platforms = ", ".join(sorted({name for one in found.answers.values() for name in one.platforms}))
    graves = [finding for finding in found.findings if finding.severity == "E"]
    warned = [finding for finding in found.findings if finding.severity == "W"]
    lines = [say("source.line", platforms=platforms or "–", moment=moment)]
    lines.append(
        say("review.checks", grave=len(graves), warned=len(warned)) if graves or warned else say("review.clean")
    )
    lines += [clean(finding.text) for finding in (*graves, *warned)[:MOST_FINDINGS]]
    return _page(found, view, "quality", say("review.quality"), (), lines=tuple(lines))


def _over(answer: Answer, view: View, kind: ChartKind) -> Drawing:
    """Every metric of an answer over time."""
    reading = Reading(answer, view)
    labels = tuple(reading.step_names(answer.rows))
    series = tuple(
        (reading.name(c), tuple(_major(reading.value(row, c), c, answer) for row in answer.rows))
        for c in reading.metrics
    )
    return Drawing(kind, _with_unit(titles.metrics(reading), reading), labels, series, reading.metrics[0].unit)


def _by(answer: Answer, view: View) -> Drawing:
    """The largest rows of a breakdown."""
    reading = Reading(answer, view)
    column = reading.metrics[0]
    rows = [row for row in answer.rows if reading.value(row, column) is not None][:BARS]
    labels = tuple(short(clean(reading.row_name(row)), NAME) for row in rows)
    values = tuple(_major(reading.value(row, column), column, answer) for row in rows)
    title = _with_unit(titles.title(reading), reading)
    return Drawing("bars", title, labels, ((reading.name(column), values),), column.unit)


def _side_by_side(answer: Answer, view: View) -> Drawing:
    """The first metric of both sources over time."""
    reading = Reading(answer, view)
    column = reading.metrics[0]
    side = next(at for at, c in enumerate(reading.labels) if c.kind == "dimension")
    time = next(at for at, c in enumerate(reading.labels) if c.kind == "time")
    named = reading.step_names(answer.rows, time)
    steps = dict(sorted({row.keys[time] or "": name for row, name in zip(answer.rows, named, strict=True)}.items()))
    members = dict.fromkeys(row.keys[side] for row in answer.rows)
    known = {(row.keys[side], row.keys[time]): reading.value(row, column) for row in answer.rows}
    series = tuple(
        (
            next(reading.row_name(row, side) for row in answer.rows if row.keys[side] == member),
            tuple(_major(known.get((member, step)), column, answer) for step in steps),
        )
        for member in members
    )
    return Drawing("columns", _with_unit(reading.name(column), reading), tuple(steps.values()), series, column.unit)


def _with_unit(title: str, reading: Reading) -> str:
    return f"{title} ({reading.answer.currency})" if reading.metrics[0].unit == "money" else title


def _major(value: Number, column: Column, answer: Answer) -> Number:
    """As a spreadsheet wants it: money in major units, everything else as it is."""
    if value is None or column.unit != "money":
        return value
    places = get_currency_precision(answer.currency)
    return float(round(value / 10**places, places))


_PAGES = (
    _glance, *(_promise(key) for key in SCORECARDS), _demand, _spend, _sides, _scale, _stories, _quality,
)  # fmt: skip
