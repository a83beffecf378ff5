"""How current the data is: every source with the last day it speaks of and how long ago that is."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from adaptivecards.baseobject import Element

from analytics.model import Snapshot
from cards import elements as el
from cards import formats, parts
from cards.quality import SourceState
from cards.tables import Line, table
from cards.view import View
from cards.words import words

OLD = 7  # days after which a source is marked


def freshness_card(view: View, snapshot: Snapshot, sources: Sequence[SourceState]) -> el.Card:
    """The version in use, and its sources, the most current first."""
    w = words(view.language)
    until, read = (formats.moment(at, view.locale) for at in (snapshot.as_of, snapshot.synced_at))
    title, below = w.say("freshness.title"), w.say("freshness.line", until=until, read=read)
    body: list[Element] = parts.title(title, below)
    ages = [None if one.until is None else (view.today - one.until).days for one in sources]
    old = sum(age is not None and age > OLD for age in ages)
    if old:
        body.append(el.badge(w.say("freshness.old", n=formats.count(old, view.locale)), "Warning"))
    lines = [
        Line(one.name, (_age(view, age),), note=_until(view, one.until), marked=age is not None and age > OLD)
        for one, age in zip(sources, ages, strict=True)
    ]
    if lines:
        body += table([w.say("freshness.source"), w.say("freshness.age")], lines, w)
    return el.card(body, language=w.language, spoken=parts.spoken(title, below))


def _age(view: View, days: int | None) -> str:
    if days is None:
        return "–"
    return words(view.language).say("freshness.today") if days <= 0 else formats.shown(days, "days", view.locale)


def _until(view: View, until: date | None) -> str:
    say = words(view.language).say
    return say("freshness.until", day=formats.day(until, view.locale)) if until else say("freshness.never")
