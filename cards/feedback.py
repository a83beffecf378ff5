"""The card of what people think of the answers: how many thumbs of each kind, and what they wrote."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from cards import elements as el
from cards import formats, parts
from cards.view import View
from cards.words import words


def feedback_card(
    view: View, counts: Mapping[str, int], comments: Sequence[tuple[datetime, str, str]], days: int
) -> el.Card:
    """`counts` by reaction, `comments` as moment, reaction and what was written, the newest first."""
    say = words(view.language).say
    pairs = [(say(f"feedback.{key}"), formats.count(n, view.locale)) for key, n in counts.items()]
    title, below = say("feedback.title"), say("feedback.days", n=days)
    body = parts.title(title, below)
    body += [el.facts(pairs)] if pairs else [el.text(say("feedback.none"))]
    for at, reaction, comment in comments:
        when = f"{formats.moment(at, view.locale)} · {say(f'feedback.{reaction}')}"
        body += [
            el.text(comment, separator=True, spacing="Medium"),
            el.text(when, size="Small", subtle=True, spacing="None"),
        ]
    said = ", ".join(f"{name} {n}" for name, n in pairs) or say("feedback.none")
    return el.card(body, language=view.language, spoken=parts.spoken(title, said))
