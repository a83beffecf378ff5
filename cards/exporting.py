"""The card that hands over an answer as a file."""

from __future__ import annotations

from collections.abc import Sequence

from analytics.model import Answer
from cards import actions, parts, titles
from cards import elements as el
from cards.reading import Reading
from cards.view import View
from cards.words import words


def export_card(
    answer: Answer, view: View, links: Sequence[tuple[str, str]], minutes: int, *, back: bool = True
) -> el.Card:
    """`links` are (file format, address); each works once within so many minutes. `back` leads to the answer again."""
    reading = Reading(answer, view)
    say = words(view.language).say
    title = say("export.title")
    about = titles.title(reading)
    holds = say("export.holds_records" if answer.scope.detail == "named" and answer.query.metrics else "export.holds")
    body = [
        *parts.title(title, about),
        el.text(titles.subtitle(reading), subtle=True, spacing="None"),
        el.text(holds, spacing="Medium"),
        el.text(say("export.once", minutes=minutes), size="Small", subtle=True, spacing="Small"),
    ]
    buttons = [el.open_url(say(f"export.{kind}"), url) for kind, url in links]
    if back:
        buttons.append(el.execute(say("button.back"), actions.ASK, actions.data(actions.ASK, answer.query)))
    return el.card(body, buttons, language=view.language, spoken=parts.spoken(title, about))
