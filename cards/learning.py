"""Words that could not be read, what they would mean, what has been learned, and the line on an answer that was checked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from adaptivecards.baseobject import Element

from analytics.catalogue import DIMENSIONS, METRICS
from analytics.model import Number, Query
from cards import elements as el
from cards import formats, parts
from cards.asking import asked, dimension_name, metric_name
from cards.tables import Line, table
from cards.text import short
from cards.view import View
from cards.words import Words, words

LIST, PREVIEW, TEACH, FORGET = "learn_list", "learn_preview", "learn_teach", "learn_forget"
PHRASE, MEANING, VALUE = "phrase", "meaning", "value"  # the choosers
NO_DATA = "no_data"
SHOWN = 10  # phrases on a card
LISTED = 20  # learned phrases on a card, the newest; all can be forgotten by typing
CHANGES = 6  # past questions on a preview
NAME = 60


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a phrase stands for, as the bot keeps it; `label` is the name of a value."""

    kind: str
    key: str
    dimension: str | None = None
    label: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """An unread phrase: how often it was typed, on how many days, on which last."""

    phrase: str
    count: int
    days: int
    last: date


@dataclass(frozen=True, slots=True)
class Read:
    """How one question is read, as far as a card says it."""

    kind: str
    query: Query | None = None
    unread: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Change:
    """One past question, read before and after."""

    text: str
    before: Read
    after: Read


@dataclass(frozen=True, slots=True)
class Known:
    """A phrase that was taught, and since when."""

    phrase: str
    meaning: Meaning
    since: date


def unread_card(view: View, found: Sequence[Found], days: int, *, weekly: bool = False) -> el.Card:
    """The most frequent unread phrases of the last `days` days, and the choosers that teach one of them."""
    w = words(view.language)
    title = w.say("learning.weekly" if weekly else "learning.title")
    if not found:
        below = w.say("learning.none", days=days)
        body = [*parts.title(title, below), _hint(w)]
        return el.card(body, language=w.language, spoken=parts.spoken(title, below))
    below = w.say("learning.intro", days=days)
    headers = [w.say("learning.words"), w.say("learning.times"), w.say("learning.days")]
    lines = [_found(one, view) for one in found[:SHOWN]]
    choices = [(one.phrase, one.phrase) for one in found[:SHOWN]]
    body = [
        *parts.title(title, below),
        *table(headers, lines, w),
        el.choice_set(PHRASE, w.say("learning.choose_phrase"), choices, value=choices[0][1]),
        el.choice_set(MEANING, w.say("learning.choose_meaning"), meanings(w), hint=w.say("input.choose")),
        el.text_input(VALUE, w.say("learning.value"), hint=w.say("learning.value_hint"), most=200),
        _hint(w),
    ]
    buttons = [el.execute(w.say("learning.preview"), PREVIEW, {"verb": PREVIEW}, primary=True)]
    spoken = parts.spoken(title, ", ".join(one.phrase for one in found[:SHOWN]))
    return el.card(body, buttons, language=w.language, spoken=spoken)


def _found(one: Found, view: View) -> Line:
    count, days = (formats.count(n, view.locale) for n in (one.count, one.days))
    return Line(one.phrase, (count, days), note=formats.day(one.last, view.locale))


def _hint(w: Words) -> Element:
    return el.text(w.say("learning.hint"), size="Small", subtle=True)


def meanings(w: Words) -> list[tuple[str, str]]:
    """Every meaning a phrase can be given from the chooser: (title, "metric:spend")."""
    metrics = sorted((w.say("learning.metric", name=metric_name(key, w)), f"metric:{key}") for key in METRICS)
    dimensions = sorted(
        (w.say("learning.dimension", name=dimension_name(key, w)), f"dimension:{key}") for key in DIMENSIONS
    )
    return [*metrics, *dimensions, (w.say("learning.no_data"), NO_DATA)]


def meaning_said(meaning: Meaning, w: Words) -> str:
    """For instance "Measure: Spend"."""
    if meaning.kind == "metric" and meaning.key in METRICS:
        return w.say("learning.metric", name=metric_name(meaning.key, w))
    if meaning.kind == "dimension" and meaning.key in DIMENSIONS:
        return w.say("learning.dimension", name=dimension_name(meaning.key, w))
    if meaning.kind == "value" and meaning.dimension:
        return w.say("learning.member", dimension=dimension_name(meaning.dimension, w), name=meaning.label)
    return w.say("learning.no_data") if meaning.kind == NO_DATA else w.say("learning.word")


def preview_card(
    view: View, phrase: str, meaning: Meaning, changes: Sequence[Change], looked_at: int, data: dict[str, Any]
) -> el.Card:
    """Which of the `looked_at` past questions would be read differently; `data` is what "Teach it" sends."""
    w = words(view.language)
    title = w.say("learning.would", phrase=short(phrase, NAME), meaning=meaning_said(meaning, w))
    body = [*parts.title(title), *_changes(changes, looked_at, view, w)]
    buttons = [
        el.execute(w.say("learning.teach"), TEACH, {**data, "verb": TEACH}, primary=True),
        el.execute(w.say("learning.cancel"), LIST, {"verb": LIST}),
    ]
    return el.card(body, buttons, language=w.language, spoken=parts.spoken(title, ""))


def taught_card(
    view: View, phrase: str, meaning: Meaning, changes: Sequence[Change], looked_at: int, before: Meaning | None
) -> el.Card:
    """It is taught; what it changes, and the way back."""
    w = words(view.language)
    title = w.say("learning.means", phrase=short(phrase, NAME), meaning=meaning_said(meaning, w))
    below = w.say("learning.from_now")
    if before is not None and before != meaning:
        below = f"{below} {w.say('learning.before_it', meaning=meaning_said(before, w))}"
    body = [*parts.title(title, below), *_changes(changes, looked_at, view, w)]
    buttons = [
        el.execute(w.say("learning.forget"), FORGET, {"verb": FORGET, PHRASE: phrase}),
        el.execute(w.say("learning.more_words"), LIST, {"verb": LIST}),
    ]
    return el.card(body, buttons, language=w.language, spoken=parts.spoken(title, below))


def _changes(changes: Sequence[Change], looked_at: int, view: View, w: Words) -> list[Element]:
    total = formats.count(looked_at, view.locale)
    if not changes:
        return [el.text(w.say("learning.no_change", n=total))]
    made = [el.text(w.say("learning.changes", n=len(changes), all=total))]
    for change in changes[:CHANGES]:
        said = [
            el.text(f"“{short(change.text, 120)}”", weight="Bolder"),
            el.text(w.say("learning.was", reading=_reading(change.before, view, w)), subtle=True, spacing="None"),
            el.text(w.say("learning.will_be", reading=_reading(change.after, view, w)), spacing="None"),
        ]
        made.append(el.container(said, style="emphasis", spacing="Small"))
    rest = len(changes) - CHANGES
    return [*made, el.text(w.say("learning.more", n=rest), subtle=True, size="Small")] if rest > 0 else made


def _reading(read: Read, view: View, w: Words) -> str:
    if read.kind == "answer" and read.query:
        return asked(read.query, w, view.locale)
    if read.unread:
        return w.say("desk.unread", words=", ".join(f"“{word}”" for word in read.unread[:5]))
    known = {"clarify": "learning.asks", "refuse": "learning.refuses"}
    return w.say(known.get(read.kind, "learning.helps"))


def learned_card(view: View, known: Sequence[Known], *, forgotten: Known | None = None) -> el.Card:
    """All that was taught, with the way to take one back; `forgotten` was taken back just now."""
    w = words(view.language)
    title = w.say("learning.forgotten", phrase=short(forgotten.phrase, NAME)) if forgotten else w.say("learning.known")
    below = w.say("learning.no_longer", meaning=meaning_said(forgotten.meaning, w)) if forgotten else ""
    body = parts.title(title, below)
    if not known:
        body += [el.text(w.say("learning.nothing")), _hint(w)]
        return el.card(body, language=w.language, spoken=parts.spoken(title, below))
    shown = sorted(known, key=lambda one: one.since, reverse=True)[:LISTED]
    lines = [
        Line(f"“{short(one.phrase, NAME)}” · {meaning_said(one.meaning, w)}", (), formats.day(one.since, view.locale))
        for one in shown
    ]
    choices = [(one.phrase, one.phrase) for one in shown]
    body += [
        *table([w.say("learning.words")], lines, w),
        el.choice_set(PHRASE, w.say("learning.choose_known"), choices, hint=w.say("input.choose")),
    ]
    if len(known) > LISTED:
        body.insert(-1, el.text(w.say("learning.more", n=len(known) - LISTED), subtle=True, size="Small"))
    buttons = [el.execute(w.say("learning.forget"), FORGET, {"verb": FORGET})]
    return el.card(body, buttons, language=w.language, spoken=parts.spoken(title, below))


def refused_card(view: View, problem: str, **gaps: str) -> el.Card:
    """Why something was not taught, forgotten or marked; `problem` names the pair of sentences that say so."""
    w = words(view.language)
    title, why = (w.say(f"learning.{problem}{part}", **gaps) for part in ("_title", ""))
    return el.card(parts.title(title, why), language=w.language, spoken=parts.spoken(title, why))


def known_card(view: View, phrase: str, meaning: Meaning | None) -> el.Card:
    """The phrase has a meaning already, which stays."""
    said = meaning_said(meaning or Meaning("", ""), words(view.language))
    return refused_card(view, "taken", phrase=short(phrase, NAME), meaning=said)


def checked_remark(view: View, on: date, note: str, *, same: bool, then: Number, unit: str, currency: str) -> str:
    """The line on an answer that was checked; `then` is the total that was checked, None where there was none."""
    w, day = words(view.language), formats.day(on, view.locale)
    if same:
        said = w.say("learning.checked", day=day)
    elif then is None:
        said = w.say("learning.changed", day=day)
    else:
        value = formats.shown(then, unit, view.locale, currency)
        said = w.say("learning.changed_from", day=day, value=value)
    return f"{said} {w.say('learning.note', note=note)}" if note else said
