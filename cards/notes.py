"""What an answer notes about itself, in the language of whoever reads the card; a note without a key is said as it is."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from analytics.currencies import decimals
from analytics.model import Period
from analytics.notes import Bound, Named, Note, Said, Unrated, english, filled
from cards import formats
from cards.asking import dimension_name, metric_name
from cards.reading import Reading
from cards.words import Words

OPS = {">": "gt", ">=": "gte", "<": "lt", "<=": "lte", "=": "eq"}


def said(reading: Reading, notes: Sequence[str]) -> list[str]:
    """Every note as a sentence."""
    return [_said(reading, note) for note in notes]


def _said(reading: Reading, note: str) -> str:
    words = reading.words
    if not isinstance(note, Note):
        return words.phrase(note)
    sentence = words.names.get(f"note.{note.key}")
    return (
        filled(sentence, note.values, lambda value: _value(reading, value)) if sentence else _in_english(reading, note)
    )


def _in_english(reading: Reading, note: Note) -> str:
    """The sentence of the source; only a threshold is written as the card writes its numbers."""
    if note.key != "having":
        return str(note)
    return filled(note.sentence, note.values, lambda value: _value(reading, value))


def _value(reading: Reading, value: Said) -> str:
    """One value the way this reader's numbers, dates and names are written."""
    locale = reading.view.locale
    if isinstance(value, Named):
        name = _name(reading.words, value)
        return reading.inside(name) if value.inside else name
    if isinstance(value, Unrated):
        return _unrated(reading, value)
    if isinstance(value, Bound):
        return _bound(reading, value)
    if isinstance(value, date):
        month = value.replace(day=1)
        return formats.period(Period(month, (month + timedelta(days=32)).replace(day=1)), locale)
    if isinstance(value, int | float):
        return formats.count(value, locale)
    return reading.words.phrase(english(value))


def _name(words: Words, named: Named) -> str:
    return metric_name(named.key, words) if named.kind == "metric" else dimension_name(named.key, words)


def _bound(reading: Reading, bound: Bound) -> str:
    minor = 10 ** decimals(reading.answer.currency) if bound.unit == "money" else 1
    value = formats.shown(bound.value * minor, bound.unit, reading.view.locale, reading.answer.currency)
    return reading.words.say(f"filter.{OPS[bound.op]}", name=_name(reading.words, bound.metric), value=value)


def _unrated(reading: Reading, found: Unrated) -> str:
    shown = formats.count(found.charges, reading.view.locale)
    charges = reading.words.count("count.charge", found.charges, shown)
    if found.amount is None:
        return f"{found.currency}: {charges}"
    minor = found.amount * 10 ** decimals(found.currency)
    return f"{formats.shown(minor, 'money', reading.view.locale, found.currency)} ({charges})"
