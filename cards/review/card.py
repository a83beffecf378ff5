"""The card that hands over a review: what is in it, and a link to each of its files."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from cards import elements as el
from cards import parts
from cards.review.nouns import Page
from cards.tables import Line, table
from cards.view import View
from cards.words import words

REVIEW = "review"
"""The verb of the button that gives links to the review of the `month` that comes with it."""


def review_card(
    view: View, pages: Sequence[Page], links: Sequence[tuple[str, str]], minutes: int, month: date
) -> el.Card:
    """`links` are ("deck" or "sheet", address); each works once within so many minutes. A button gives new ones."""
    say = words(view.language).say
    first = pages[0]
    lines = [Line(row[0], row[1:3]) for row in first.table[1:]]
    body = [
        *parts.title(first.title, say("review.holds", n=len(pages))),
        *(table(("", *first.table[0][1:3]), lines, words(view.language)) if lines else []),
        el.text(" · ".join(page.title for page in pages[1:]), spacing="Medium"),
        *([el.text(say("review.once", minutes=minutes), size="Small", subtle=True)] if links else []),
        el.text(first.foot, size="Small", subtle=True, separator=True),
    ]
    buttons = [el.open_url(say(f"review.{kind}"), address) for kind, address in links]
    data = {"verb": REVIEW, "month": month.isoformat()}
    buttons.append(el.execute(say("review.again" if links else "review.get"), REVIEW, data, overflow=bool(links)))
    return el.card(
        body, buttons, language=view.language, spoken=parts.spoken(first.title, say("review.holds", n=len(pages)))
    )
