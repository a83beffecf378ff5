"""What is said when there is no answer: not understood, refused, nothing there, or our own fault."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from analytics.model import Answer, Query
from cards import elements as el
from cards import formats, parts, titles
from cards.help import tappable
from cards.periods import period_of
from cards.reading import Reading
from cards.suggest import following
from cards.view import Next, View
from cards.words import words

REASONS = (
    "off_topic", "not_in_data", "unsupported", "personal_data", "scope", "future", "opinion", "secrets", "impersonation",
)  # fmt: skip

WIDER = ("last_12_months", "all")


def unclear_card(view: View, examples: Sequence[Next], why: str = "") -> el.Card:
    """The words were not understood; `why` says which, where that is known."""
    w = words(view.language)
    title = w.say("trouble.unclear_title")
    body = parts.title(title, why)
    if view.asked:
        body.append(el.text(w.say("trouble.asked", asked=view.asked), subtle=True, spacing="Small"))
    body += [el.text(w.say("trouble.unclear")), *tappable(examples)]
    return el.card(body, language=w.language, spoken=parts.spoken(title, why, w.say("trouble.unclear")))


def refusal_card(view: View, reason: str, why: str = "", nearest: Sequence[Next] = ()) -> el.Card:
    """Understood, and not answered: one of REASONS, `why` in more words, and the nearest questions that can be answered."""
    w = words(view.language)
    title, said = w.say("trouble.refused_title"), w.say(f"trouble.{reason}")
    body = parts.title(title, f"{said} {why}".strip())
    if nearest:
        body += [el.text(w.say("trouble.nearest")), *tappable(nearest)]
    return el.card(body, language=w.language, spoken=parts.spoken(title, said, why))


def error_card(view: View, reference: str, at: datetime, retry: Query | None = None, why: str = "") -> el.Card:
    """Our own fault, or the data's: `why` says what happened in plain words, where that is known."""
    w = words(view.language)
    title = w.say("trouble.error_title")
    said = [(w.say("trouble.question"), view.asked)] if view.asked else []
    said += [(w.say("trouble.reference"), reference), (w.say("trouble.when"), formats.moment(at, view.locale))]
    body = [
        el.container([el.text(title, size="Large", weight="Bolder", heading=True)], style="attention"),
        el.text(why or w.say("trouble.error")),
        el.facts(said),
    ]
    again = [parts.ask(Next(w.say("button.try_again"), retry))] if retry else []
    spoken = parts.spoken(title, why, f"{w.say('trouble.reference')} {reference}")
    return el.card(body, again, language=w.language, spoken=spoken)


def empty_card(answer: Answer, view: View) -> el.Card:
    """Nothing was counted: says whether that is a real zero or data that is not there, and offers wider periods."""
    reading = Reading(answer, view)
    say = reading.words.say
    missing = _missing(reading)
    told = say("empty.missing_title" if missing else "empty.zero_title")
    body = [*parts.heading(reading), *parts.number(told, missing or say("empty.zero"))]
    body += [*parts.facts(reading), *parts.provenance(reading)]
    offered = [
        Next(say(f"button.{code}"), wanted) for code in WIDER if (wanted := _within(reading, code)) != answer.query
    ]
    spoken = parts.spoken(titles.title(reading), told, missing or say("empty.zero"))
    return el.card(
        body, parts.buttons([*offered, *following(reading)[:1]]), language=reading.words.language, spoken=spoken
    )


def _within(reading: Reading, code: str) -> Query:
    start_month = reading.answer.snapshot.reporting.fiscal_year_start_month
    return replace(reading.answer.query, time=period_of(code, reading.view.today, start_month))


def _missing(reading: Reading) -> str:
    """Why the data cannot know these dates; nothing where it covers them."""
    answer, locale = reading.answer, reading.view.locale
    known_until = reading.known_until
    if answer.period.end <= answer.snapshot.first_day:
        return reading.words.say("empty.missing_before", day=formats.day(answer.snapshot.first_day, locale))
    if answer.period.start and answer.period.start > known_until:
        return reading.words.say("empty.missing_after", day=formats.day(known_until, locale))
    return ""
