"""The card of what was asked in a span of time, in totals: how much, by how many, with what outcome; nobody is named."""

from __future__ import annotations

from collections.abc import Sequence

from analytics.catalogue import METRICS
from cards import elements as el
from cards import formats, parts
from cards.view import View
from cards.words import words

OUTCOMES = ("answered", "refused", "asked back", "not understood", "failed")


def asked_card(
    view: View,
    questions: int,
    people: int,
    outcomes: Sequence[tuple[str, int]],
    metrics: Sequence[tuple[str, int]],
    milliseconds: float | None,
    days: int,
) -> el.Card:
    """`outcomes` and `metrics` as name and count, `milliseconds` the median time of an answer, None where there was none."""
    say = words(view.language).say
    by, rest = dict(outcomes), questions - sum(n for name, n in outcomes if name in OUTCOMES)
    counts = [("questions", questions), ("people", people)]
    counts += [(name.replace(" ", "_"), by.get(name, 0)) for name in OUTCOMES] + [("other", rest)]
    pairs = [(say(f"asked.{key}"), formats.count(n, view.locale)) for key, n in counts]
    if milliseconds is not None:
        pairs.append((say("asked.time"), say("asked.ms", n=round(milliseconds))))
    body = [*parts.title(say("asked.title"), say("asked.days", n=days)), el.facts(pairs)]
    if metrics:
        named = [(METRICS[key].label, str(n)) for key, n in metrics if key in METRICS]
        body += [el.text(say("asked.most"), weight="Bolder", spacing="Medium"), el.facts(named)]
    spoken = f"{say('asked.questions')} {questions}, {say('asked.people')} {people}"
    return el.card(body, language=view.language, spoken=parts.spoken(say("asked.title"), spoken))
