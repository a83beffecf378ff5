"""Asks which of a few readings was meant: each is a whole question that one press asks."""

from __future__ import annotations

from collections.abc import Sequence

from cards import elements as el
from cards import parts
from cards.help import tappable
from cards.view import Next, View
from cards.words import words


def choose_card(view: View, choices: Sequence[Next], question: str = "") -> el.Card:
    """`question` says what is unclear ("Which “design” do you mean?"); the choices are shown best first."""
    w = words(view.language)
    title = question or w.say("choose.title")
    asked = w.say("choose.asked", asked=view.asked) if view.asked else ""
    body = [*parts.title(title, asked), *tappable(choices)]
    said = ", ".join(choice.label for choice in choices)
    return el.card(body, language=w.language, spoken=parts.spoken(title, said))
