"""The card that hands over a review: what is in it, and a link to each of its files."""

from __future__ import annotations

from collections.abc import Sequence

from cards import elements as el
from cards import parts
from cards.review.nouns import Page
from cards.view import View
from cards.words import words


def review_card(view: View, pages: Sequence[Page], links: Sequence[tuple[str, str]], minutes: int) -> el.Card:
    """`links` are ("deck" or "sheet", address); each works once within so many minutes."""
    say = words(view.language).say
    first = pages[0]
    rows = [[[el.text(cell)] for cell in row[:3]] for row in first.table]
    body = [
        *parts.title(first.title, say("review.holds", n=len(pages))),
        *([el.table(rows, (2, 1, 1))] if len(rows) > 1 else []),
        el.text(" · ".join(page.title for page in pages[1:]), spacing="Medium"),
        el.text(say("review.once", minutes=minutes), size="Small", subtle=True),
        el.text(first.foot, size="Small", subtle=True, separator=True),
    ]
    buttons = [el.open_url(say(f"review.{kind}"), address) for kind, address in links]
    return el.card(
        body, buttons, language=view.language, spoken=parts.spoken(first.title, say("review.holds", n=len(pages)))
    )


def no_address_card(view: View) -> el.Card:
    """Nothing can be fetched from this bot."""
    said = words(view.language).say("review.no_address")
    return el.card([el.text(said)], language=view.language, spoken=said)
