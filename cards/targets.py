"""The company's targets: each with its value, who set it, and what it was before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from babel.numbers import get_currency_precision

from analytics.catalogue import METRICS
from analytics.model import Target
from cards import elements as el
from cards import formats, parts
from cards.asking import metric_name
from cards.tables import Line, table
from cards.view import View
from cards.words import Words, words

FOREVER = date(9999, 1, 1)
BEFORE = 3  # earlier values of one target


@dataclass(frozen=True, slots=True)
class Shown:
    """A target; `at` is None where it comes from the file. `before`: (value, day it was said, by whom), newest first."""

    target: Target
    by: str
    at: date | None = None
    before: tuple[tuple[float, date, str], ...] = ()


def targets_card(view: View, shown: Sequence[Shown], currency: str, *, done: str = "", only: str = "") -> el.Card:
    """All targets; `done` is "set" or "removed" where that was done just now, `only` a sentence instead of them all."""
    w = words(view.language)
    title = w.say("targets.title")
    below = only or (w.say(f"targets.{done}") if done else "")
    body = parts.title(title, below)
    if not only:
        lines = [_line(one, view, currency, w) for one in shown]
        body += (
            table([w.say("targets.measure"), w.say("targets.value")], lines, w)
            if lines
            else [el.text(w.say("targets.none"))]
        )
        body.append(el.text(w.say("targets.hint"), size="Small", subtle=True))
    return el.card(body, language=w.language, spoken=parts.spoken(title, below))


def _line(one: Shown, view: View, currency: str, w: Words) -> Line:
    target = one.target
    name = metric_name(target.metric, w)
    notes = [w.say("targets.by", name=one.by or "?", day=formats.day(one.at, view.locale)) if one.at else w.say("targets.file", name=one.by)]  # fmt: skip
    if target.period.start:
        notes.append(w.say("targets.from", day=formats.day(target.period.start, view.locale)))
    if target.period.end < FOREVER:
        notes.append(w.say("targets.until", day=formats.day(target.period.end, view.locale)))
    notes += [
        w.say("targets.before", value=_value(value, target, view, currency), day=formats.day(at, view.locale))
        for value, at, _ in one.before[:BEFORE]
    ]
    way = w.say("targets.at_least" if target.direction == "up" else "targets.at_most", value=_value(target.value, target, view, currency))  # fmt: skip
    return Line(f"{name} · {target.member}" if target.member else name, (way,), note=" · ".join(notes))


def _value(value: float, target: Target, view: View, currency: str) -> str:
    unit = METRICS[target.metric].unit
    minor = value * 10 ** get_currency_precision(currency) if unit == "money" else value
    return formats.shown(minor, unit, view.locale, currency or "USD")
