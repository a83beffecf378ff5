"""The parts every card is put together from, in the order people read them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from adaptivecards.baseobject import Element

from analytics.catalogue import METRICS
from analytics.model import Column, Figure, Goal, Row
from cards import actions, formats, notes, titles
from cards import elements as el
from cards.change import PANEL, panel
from cards.reading import Reading
from cards.view import Next

PRIMARY = 3
DEFINED = 2
RELATIVE = frozenset({"money", "count", "hours", "fte"})
BUTTONS = 6


def heading(reading: Reading) -> list[Element]:
    """What was asked, scope and exact period, and the way to change them; then what to know before reading a number."""
    said = [
        el.text(titles.title(reading), size="Large", weight="Bolder", heading=True),
        el.text(titles.subtitle(reading), subtle=True, spacing="None"),
    ]
    return opening(reading, said, panel(reading))


def opening(reading: Reading, said: Sequence[Element], changing: Element) -> list[Element]:
    """What is said on top, the panel behind "Change", and what to know before reading a number."""
    change = reading.words.say("button.change")
    press = [el.text(change, color="Accent", weight="Bolder", wrap=False)]
    top = el.columns([("stretch", said, None), ("auto", press, el.toggle(change, PANEL))])
    return [top, changing, *findings(reading)]


def title(said: str, below: str = "") -> list[Element]:
    """The heading of a card that shows no numbers."""
    made = [el.text(said, size="Large", weight="Bolder", heading=True)]
    return [*made, el.text(below, spacing="Small")] if below else made


def findings(reading: Reading) -> list[Element]:
    """What the data's checks found, in words, at every width; they are told in English, and a card in another language says so."""
    found = [finding for finding in reading.answer.findings if finding.severity != "I"]
    if not found:
        return []
    worst = next((finding for finding in found if finding.severity == "E"), found[0])
    key = "check.withheld" if worst.severity == "E" else "check.warning" if len(found) == 1 else "check.warnings"
    told = reading.words.say("check.in_english", said=worst.text)
    said = reading.words.say(key, text=told, n=len(found))
    return [el.container([el.text(said, size="Small")], style="attention" if worst.severity == "E" else "warning")]


def number(said: str, below: str = "") -> list[Element]:
    """The number, large."""
    made = [el.text(said, size="ExtraLarge", weight="Bolder", wrap=True, spacing="Medium")]
    return [*made, el.text(below, subtle=True, spacing="None")] if below else made


def change_badge(reading: Reading, row: Row, metric: Column) -> list[Element]:
    """How far the number moved, with an arrow, in words, and in colour where one direction is good."""
    column = reading.beside(metric, "change")
    moved = reading.value(row, column)
    if column is None or moved is None or reading.answer.compared is None:
        return []
    span = titles.against(reading)
    moved = _seen(reading, row, metric, moved)
    said = reading.words.say(f"change.{_way(moved)}", size=size(reading, row, metric, moved), period=span)
    return [el.badge(said, _verdict(moved, metric))]


def _seen(reading: Reading, row: Row, metric: Column, moved: float) -> float:
    """The change, or none where it is too small to be written: an arrow before a zero would only puzzle."""
    return 0 if size(reading, row, metric, moved) == size(reading, row, metric, 0) else moved


def row_change(reading: Reading, row: Row, metric: Column) -> str:
    """The change of one row, short enough for a table."""
    column = reading.beside(metric, "change")
    moved = reading.value(row, column)
    if column is None or moved is None:
        return "–"
    moved = _seen(reading, row, metric, moved)
    return reading.words.say(f"change.row_{_way(moved)}", size=size(reading, row, metric, moved))


def cells(reading: Reading, row: Row, shown: Sequence[Column], third: Column | None) -> tuple[str, ...]:
    """The numbers of a table row: the metrics, and the change or the share beside them."""
    written = tuple(reading.shown(row, metric) for metric in shown)
    if third is None:
        return written
    return (*written, row_change(reading, row, shown[0]) if third.kind == "change" else reading.shown(row, third))


def size(reading: Reading, row: Row, metric: Column, moved: float) -> str:
    """The size of a change: in percent of what it was, but in points for percentages and in days for days."""
    if metric.unit == "ratio":
        return points(reading, moved)
    before = reading.value(row, reading.beside(metric, "compare"))
    if before and metric.unit in RELATIVE:
        return formats.share(abs(moved / before), reading.view.locale)
    return reading.write(abs(moved), metric)


def points(reading: Reading, moved: float) -> str:
    """The size of a change of a percentage, in points."""
    size = round(abs(moved) * 100, 1)
    return reading.words.count("count.point", size, formats.shown(size, "index", reading.view.locale))


def _way(moved: float) -> Literal["up", "down", "same"]:
    return "same" if not moved else "up" if moved > 0 else "down"


def _verdict(moved: float, metric: Column) -> Literal["Good", "Attention", "Default"]:
    if not moved or metric.good is None:
        return "Default"
    return "Good" if (moved > 0) == (metric.good == "up") else "Attention"


def goals(reading: Reading, metric: Column) -> list[Element]:
    """Target and benchmark lines, each with its verdict in words."""
    return [
        _goal(reading, goal, metric) for goal in reading.answer.goals if goal.metric == (metric.metric or metric.key)
    ]


def _goal(reading: Reading, goal: Goal, metric: Column) -> Element:
    color: el.Color | None = None if goal.met is None else "Good" if goal.met else "Attention"
    return el.text(goal_text(reading, goal, metric), color=color, spacing="Small")


def goal_text(reading: Reading, goal: Goal, metric: Column) -> str:
    """For instance "Target 7 days · met"."""
    said = reading.words.say(f"goal.{goal.kind}", value=reading.write(goal.value, metric))
    if goal.met is not None:
        said = reading.words.say("goal.met" if goal.met else "goal.missed", goal=said)
    return " · ".join([said, *notes.said(reading, [goal.note] if goal.note else [])])


def reason(reading: Reading) -> str:
    """Why there is no number: what the answer says about it, or what withheld it."""
    withheld = next((finding.text for finding in reading.answer.findings if finding.severity == "E"), "")
    return " ".join(notes.said(reading, reading.answer.notes)) or withheld or reading.words.say("empty.unknown")


def provenance(reading: Reading, *, noted: bool = True) -> list[Element]:
    """Whose data, as of when, how many records, and how the question was read; `noted`: with the answer's notes."""
    answer, say = reading.answer, reading.words.say
    as_of = formats.moment(answer.snapshot.as_of, reading.view.locale)
    platforms = ", ".join(answer.platforms)
    said = say("source.line", platforms=platforms, moment=as_of) if platforms else say("source.line_bare", moment=as_of)
    said = " · ".join((said, records(reading, answer.records), *_rounding(reading)))
    line = el.text(said, size="Small", subtle=True, separator=True, spacing="Medium")
    remarks = [el.text(remark, size="Small", spacing="Small") for remark in reading.view.remarks]
    told = " ".join((*_definitions(reading), *(notes.said(reading, answer.notes) if noted else ())))
    read = [el.text(say("source.read", notes=told), size="Small", subtle=True, spacing="None")] if told else []
    return [line, *read, *remarks]


def _definitions(reading: Reading) -> list[str]:
    """What the metrics mean, where there are few enough to say it."""
    known = [METRICS[key] for key in reading.answer.query.metrics if key in METRICS]
    told = [
        f"{reading.words.name('metric', m.key, m.label)}: {reading.words.name('definition', m.key, m.definition)}"
        for m in known
    ]
    return told if len(told) <= DEFINED else []


def _rounding(reading: Reading) -> list[str]:
    """Says so where parts are shown rounded, because their sum may then differ in the last digit."""
    parts = len(reading.answer.rows) > 1 and any(c.unit == "money" for c in reading.metrics)
    return [reading.words.say("source.rounded", currency=reading.answer.currency)] if parts else []


def records(reading: Reading, count: int) -> str:
    """How many records were counted, by their own noun."""
    shown = formats.count(count, reading.view.locale)
    noun = _noun(reading)
    return reading.words.count(f"count.{noun}", count, shown)


def _noun(reading: Reading) -> str:
    """What one counted record is: the list asked for, or the fact table of the first metric."""
    query = reading.answer.query
    facts_of = [METRICS[key].fact for key in query.metrics if key in METRICS]
    noun = str(query.rows or (facts_of or ["record"])[0])
    return noun if f"count.{noun}.other" in reading.words.sentences else "record"


def facts(reading: Reading) -> list[Element]:
    """Further figures the answer brings along, by name."""
    pairs = [(_figure(reading, figure.key), _written(reading, figure)) for figure in reading.answer.details]
    pairs += reading.answer.facts
    return [el.facts(pairs)] if pairs else []


def _figure(reading: Reading, key: str) -> str:
    known = f"figure.{key}"
    return reading.words.say(known) if known in reading.words.sentences else key.replace("_", " ").capitalize()


def _written(reading: Reading, figure: Figure) -> str:
    return formats.shown(figure.value, figure.unit, reading.view.locale, reading.answer.currency)


def ask(wanted: Next, *, overflow: bool = False) -> Element:
    """A button that asks a question."""
    return el.execute(wanted.label, actions.ASK, actions.data(actions.ASK, wanted.query), overflow=overflow)


def buttons(following: Sequence[Next], *, of: Reading | None = None, before: Sequence[Element] = ()) -> list[Element]:
    """Up to three questions to ask next, the rest in the overflow menu, and there what can be done with the answer.

    `before` stand first and take the room of as many.
    """
    done = _done_with(of) if of else []
    room = BUTTONS - len(before) - len(done)
    shown = PRIMARY - len(before)
    return [*before, *(ask(wanted, overflow=at >= shown) for at, wanted in enumerate(following[:room])), *done]


def _done_with(reading: Reading) -> list[Element]:
    """How it is computed, the answer as a file, and the way to where others see it, or back from there."""
    say, query = reading.words.say, reading.answer.query
    made = []
    if query.metrics:
        made.append((say("button.definition"), actions.DEFINE, actions.data(actions.DEFINE, query)))
    made.append((say("export.button"), actions.EXPORT, actions.data(actions.EXPORT, query, **_whose(reading))))
    if reading.view.place == "personal":
        made.append((say("share.button"), actions.SHARE, actions.data(actions.SHARE, query)))
    else:
        made.append((say("button.take_back"), actions.TAKE_BACK, {"verb": actions.TAKE_BACK}))
    return [el.execute(title, verb, data, overflow=True) for title, verb, data in made]


def _whose(reading: Reading) -> dict[str, str]:
    """Whose numbers the card shows, where its reader may see other ones too; it widens nothing."""
    scope = reading.answer.scope
    if reading.view.place != "personal" or scope.rows == "none":
        return {}
    return {actions.WHOSE: "own"} if scope.rows == "line" else {actions.WHOSE: "company"}


def spoken(title_said: str, headline: str, below: str = "") -> str:
    """What a screen reader says instead of the card."""
    return ". ".join(part for part in (title_said, headline, below) if part)
