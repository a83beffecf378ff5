"""The weekly digest of a channel: the week's numbers, the three promises, a picture, what is worth a look, and a story."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from adaptivecards.baseobject import Element
from babel import Locale

from analytics.catalogue import SCORECARDS
from analytics.model import Answer, Notable, Period, Query, Row
from cards import actions, charts, formats, parts, titles
from cards import elements as el
from cards.charts import Series
from cards.reading import Reading
from cards.reports import REPORTS
from cards.tables import Line, table
from cards.view import View
from cards.words import Words, languages, words

MY_TEAMS, SAVE = "digest_my_teams", "digest_save"
BRIEF = 3  # numbers of a scorecard
NAMED = 3
STORY = 320  # characters


@dataclass(frozen=True, slots=True)
class Tale:
    """A story as it is shown."""

    title: str
    text: str
    by: str


@dataclass(frozen=True, slots=True)
class Week:
    """What a digest holds. `tiles`: each number of the week against the week before, and against the same week last year.

    `promises` are the scorecards of the last twelve months against the twelve before, `months` one of the numbers by month.
    Without `found` nothing is said about what is worth a look. `ends` is the last day of the data where the week is not
    complete.
    """

    period: Period
    tiles: tuple[tuple[Answer, Answer | None], ...]
    promises: tuple[Answer, ...] = ()
    months: Answer | None = None
    found: tuple[Notable, ...] | None = None
    story: Tale | None = None
    ends: date | None = None

    @property
    def number(self) -> int:
        """The ISO week."""
        return (self.period.start or self.period.end).isocalendar().week


@dataclass(frozen=True, slots=True)
class Form:
    """What the card that arranges a digest is filled in with; `said` is what could not be read, if anything."""

    weekday: int
    hour: str
    zones: tuple[str, ...]
    language: str
    said: str = ""


# Offered beside the reader's own zone; any other can be named in words.
ZONES = (
    "Europe/London", "Europe/Berlin", "America/New_York", "America/Chicago", "America/Los_Angeles", "America/Sao_Paulo",
    "Asia/Dubai", "Asia/Kolkata", "Asia/Singapore", "Asia/Tokyo", "Australia/Sydney", "UTC",
)  # fmt: skip
HOURS = tuple(f"{hour:02d}:{minute:02d}" for hour in range(6, 19) for minute in (0, 30))


def arrange_card(form: Form, view: View) -> el.Card:
    """Day, time, zone, language and content of a digest, and whether the first one goes out now."""
    w = words(form.language)
    say, days = w.say, Locale.parse(w.language).days["stand-alone"]["wide"]
    body: list[Element] = parts.title(
        say("digest.form"), say("digest.when_unclear", said=form.said) if form.said else ""
    )
    hours = sorted({*HOURS, form.hour})
    zones = tuple(dict.fromkeys((*form.zones, *ZONES)))
    names = [(str(Locale.parse(tag).get_display_name(tag)).capitalize(), tag) for tag in languages()]
    body += [
        el.choice_set("digest_day", say("digest.day"), [(days[n], str(n)) for n in range(7)], value=str(form.weekday)),
        el.choice_set("digest_hour", say("digest.hour"), [(hour, hour) for hour in hours], value=form.hour),
        el.choice_set("digest_zone", say("digest.zone"), [(zone, zone) for zone in zones], value=zones[0]),
        el.choice_set("digest_language", say("digest.language"), names, value=form.language),
        el.choice_set(
            "digest_show",
            say("digest.with"),
            [(say(f"digest.with_{one}"), one) for one in ("all", "numbers")],
            value="all",
        ),
        el.choice_set(
            "digest_begin",
            say("digest.begin"),
            [(say(f"digest.begin_{one}"), one) for one in ("now", "later")],
            value="now",
        ),
    ]
    button = el.execute(say("digest.save"), SAVE, {"verb": SAVE}, primary=True)
    return el.card(body, [button], language=w.language, spoken=parts.spoken(say("digest.form"), view.scope))


def digest_card(week: Week, view: View, posted: str) -> el.Card:
    """The post; `posted` says when it is brought up to date, for instance "updated every Monday, 09:00"."""
    w, first = words(view.language), _first(week, view)
    title = w.say("digest.title", week=week.number)
    body: list[Element] = [
        el.text(title, size="Large", weight="Bolder", heading=True),
        el.text(_below(week, view, posted), subtle=True, spacing="None"),
    ]
    if week.ends:
        said = w.say("digest.old", day=formats.day(week.ends, view.locale))
        body.append(el.container([el.text(said, size="Small")], style="warning"))
    body += parts.findings(first)
    body += _tiles(week, view)
    body += _months(week, view)
    body += _promises(week, view, w)
    body += _look(week, view, w)
    body += _story(week, w)
    said = w.say("digest.audience", scope=view.scope)
    body += [*parts.provenance(first, noted=False), el.text(said, size="Small", subtle=True, spacing="None")]
    spoken = parts.spoken(
        title, numbers_said(week, view), "; ".join(found_said(one, week, view) for one in week.found or ())
    )
    return el.card(body, _buttons(w), language=w.language, spoken=spoken)


def reply_said(week: Week, view: View) -> str:
    """What is said below the post: the numbers of the week, and the first thing worth a look."""
    w = words(view.language)
    said = w.say("digest.reply", week=week.number, numbers=numbers_said(week, view))
    if not week.found:
        return said
    return f"{said}. {w.say('digest.reply_look', first=found_said(week.found[0], week, view))}"


def numbers_said(week: Week, view: View) -> str:
    """For instance "Spend $96,410 ▲ 8% · Jobs posted 27 ▲ 5"."""
    return " · ".join(said for answer, _ in week.tiles if (said := _brief(Reading(answer, view), 0)))


def found_said(one: Notable, week: Week, view: View) -> str:
    """One finding as a sentence."""
    w = words(view.language)
    if one.kind == "check":
        return one.said
    if one.kind == "new_teams":
        return w.say("digest.new_teams", names=_names(one.members, w))
    if one.column is None:
        return w.count(f"digest.{one.kind}", int(one.value), formats.count(one.value, view.locale))
    reading = Reading(week.tiles[0][0], view)
    value, usual = reading.write(one.value, one.column), reading.write(one.usual, one.column)
    if one.kind == "target":
        return w.say("digest.target", metric=reading.name(one.column), value=value, target=usual)
    size = formats.share(abs(one.value - one.usual) / abs(one.usual), view.locale)
    said = w.say(f"digest.{one.kind}", metric=reading.name(one.column), value=value, size=size)
    return w.say("digest.mostly", said=said, member=_names(one.members, w)) if one.members else said


def _names(members: Sequence[str], w: Words) -> str:
    names = ", ".join(members[:NAMED])
    return w.say("digest.more", names=names, n=len(members) - NAMED) if len(members) > NAMED else names


def _first(week: Week, view: View) -> Reading:
    """The first number, standing for all of them: where they come from, and what the checks found about any of them."""
    answers = [answer for answer, _ in week.tiles]
    found = tuple({one.check: one for answer in answers for one in answer.findings}.values())
    query = replace(answers[0].query, metrics=tuple(answer.query.metrics[0] for answer in answers))
    return Reading(replace(answers[0], query=query, notes=(), findings=found), view)


def _below(week: Week, view: View, posted: str) -> str:
    """The days of the week, when the next ones come, and what the changes are held against."""
    first = Reading(week.tiles[0][0], view)
    compared = titles.against(first)
    return f"{posted} · {first.words.say('period.compared', period=compared)}" if compared else posted


def _moved(reading: Reading, row: Row) -> list[Element]:
    """How far a number moved, with an arrow, and in colour where one direction is good."""
    metric = reading.metrics[0]
    moved = reading.value(row, reading.beside(metric, "change"))
    if moved is None:
        return []
    good = metric.good is not None and moved != 0
    style: Literal["Good", "Attention", "Default"] = "Default"
    if good:
        style = "Good" if (moved > 0) == (metric.good == "up") else "Attention"
    return [el.badge(parts.row_change(reading, row, metric), style)]


def _tiles(week: Week, view: View) -> list[Element]:
    """The numbers of the week, two in a line."""
    made = [_tile(Reading(now, view), before) for now, before in week.tiles]
    lines = [made[at : at + 2] for at in range(0, len(made), 2)]
    return [el.columns([("stretch", tile, None) for tile in line], align="Top", spacing="Medium") for line in lines]


def _tile(reading: Reading, before: Answer | None) -> list[Element]:
    metric, row = reading.metrics[0], reading.headline
    name = el.text(reading.name(metric), subtle=True)
    if row is None or reading.value(row, metric) is None:
        return [name, el.text(reading.words.say("empty.none"), weight="Bolder", spacing="None")]
    number = el.text(reading.shown(row, metric), size="ExtraLarge", weight="Bolder", spacing="None")
    return [
        name,
        number,
        *_moved(reading, row),
        *_last_year(reading, before),
        *parts.goals(reading, metric),
    ]


def _last_year(reading: Reading, before: Answer | None) -> list[Element]:
    """The number of the same week a year ago, and how far it has moved since."""
    if before is None:
        return []
    then = Reading(before, reading.view)
    row, compared = then.headline, then.beside(then.metrics[0], "compare")
    if row is None or then.value(row, compared) is None:
        return []
    said = reading.words.say("digest.last_year", value=then.write(then.value(row, compared), then.metrics[0]))
    moved = parts.row_change(then, row, then.metrics[0])
    return [el.text(f"{said} · {moved}", size="Small", subtle=True, spacing="Small")]


def _months(week: Week, view: View) -> list[Element]:
    """The first number month by month, as columns."""
    if week.months is None:
        return []
    reading = Reading(week.months, view)
    metric = reading.metrics[0]
    known = [row for row in week.months.rows if reading.value(row, metric) is not None]
    if len(known) < 2:
        return []
    values = tuple(reading.value(row, metric) for row in known)
    name = reading.name(metric)
    steps = reading.step_names(known)
    drawn = charts.grouped(reading, metric, steps, [Series(name, values)])
    lines = [Line(step, (reading.shown(row, metric),)) for step, row in zip(steps, known, strict=True)]
    shown = table([reading.words.say("grain.month").capitalize(), name], lines, reading.words)
    part = [reading.step_name(row) for row in known if not reading.is_whole(row)]
    note = reading.words.say("period.incomplete", periods=", ".join(part))
    return [drawn, *shown, *([el.text(note, size="Small", subtle=True, spacing="Small")] if part else [])]


def _promises(week: Week, view: View, w: Words) -> list[Element]:
    """Each scorecard in one line, which opens it in full."""
    if not week.promises:
        return []
    made: list[Element] = [el.text(w.say("digest.promises"), weight="Bolder", size="Medium", spacing="Large")]
    for answer in week.promises:
        reading = Reading(answer, view)
        card = next(one for one in SCORECARDS.values() if one.metrics == answer.query.metrics)
        label = el.text(w.name("scorecard", card.key, card.label), weight="Bolder", color="Accent")
        numbers = [told for at in range(len(reading.metrics)) if (told := _brief(reading, at))][:BRIEF]
        below = el.text(" · ".join(numbers) or w.say("empty.none"), size="Small", spacing="None")
        opened = el.execute(w.say("button.open"), actions.ASK, actions.data(actions.ASK, answer.query))
        made.append(el.container([label, below], press=opened, spacing="Small"))
    return made


def _brief(reading: Reading, at: int) -> str:
    """A number with its name and how it moved, where there is one."""
    row, metric = reading.headline, reading.metrics[at]
    if row is None or reading.value(row, metric) is None:
        return ""
    moved = parts.row_change(reading, row, metric)
    return f"{reading.name(metric)} {reading.shown(row, metric)}" + (f" {moved}" if moved != "–" else "")


def _look(week: Week, view: View, w: Words) -> list[Element]:
    if week.found is None:
        return []
    made: list[Element] = [el.text(w.say("digest.look"), weight="Bolder", size="Medium", spacing="Large")]
    if not week.found:
        return [*made, el.text(w.say("digest.quiet"), spacing="Small")]
    for one in week.found:
        said = el.text(f"• {found_said(one, week, view)}", spacing="None")
        opened = one.query and el.execute(w.say("button.open"), actions.ASK, actions.data(actions.ASK, one.query))
        made.append(el.container([said], press=opened or None, spacing="Small"))
    return made


def _story(week: Week, w: Words) -> list[Element]:
    if week.story is None:
        return []
    told = week.story
    said = [
        el.text(w.say("digest.story", title=told.title), weight="Bolder"),
        el.text(told.text, spacing="Small", most=STORY),
        *([el.text(told.by, size="Small", subtle=True, spacing="None")] if told.by else []),
    ]
    return [el.container(said, style="emphasis", spacing="Medium")]


def _buttons(w: Words) -> list[Element]:
    """Both reports for their usual period, and the teams of whoever presses."""
    base = {key: report.base(Query((report.tiles[0],))) for key, report in REPORTS.items()}
    made = [
        el.execute(w.say(f"report.{key}"), actions.REPORT, {**actions.data(actions.REPORT, base[key]), "report": key})
        for key in ("jobs", "spending")
    ]
    return [*made, el.execute(w.say("digest.my_teams"), MY_TEAMS, {"verb": MY_TEAMS})]
