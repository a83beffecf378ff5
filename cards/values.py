"""The members of a dimension: what a filter or a question may name."""

from __future__ import annotations

from collections.abc import Sequence

from cards import elements as el
from cards import parts
from cards.view import View
from cards.words import words

MOST = 60


def values_card(view: View, dimension: str, english: str, names: Sequence[str]) -> el.Card:
    """`names` are those the reader may see, the most used first; `english` is the dimension's plural."""
    w = words(view.language)
    title = w.say("values.title", name=w.name("plural", dimension, english), n=len(names))
    body = parts.title(title)
    body.append(el.text(" · ".join(names[:MOST]) or w.say("values.none"), most=6_000))
    if len(names) > MOST:
        body.append(el.text(w.say("values.more", n=len(names) - MOST), subtle=True, size="Small"))
    return el.card(body, language=w.language, spoken=parts.spoken(title, ", ".join(names[:10])))
