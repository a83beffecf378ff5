"""Cards for exporting and sharing, drawn from answers written by hand."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from cards.exporting import export_card
from cards.sharing import Place, posted_card, preview_card, share_card, shared_card
from cards.show import card_for
from cards.view import View
from tests.cards import answers

Card = dict[str, Any]

LINKS = [(form, f"https://bot.example/exports/{form}-token") for form in ("xlsx", "csv")]
PLACES = (
    Place("19:a@thread.tacv2", "Freelance Program › General", "Company totals"),
    Place("19:b@thread.tacv2", "Kommunikation & Marketing [X](http://x) DACH Vertrieb › KPI", "Whole program"),
)
ABOUT = "Spend by team · top 5"


def _posted(view: View) -> Card:
    card = card_for(answers.breakdown(), replace(view, place="shared", scope="Company totals"))
    return shared_card(card, "Ann *Lee* [x](http://x)", view.language)


def _preview(view: View) -> Card:
    answer = answers.breakdown()
    card = card_for(answer, replace(view, place="shared", scope="Company totals"))
    return preview_card(view, card, answer.query, PLACES[0], "press-0001")


SHARING: Mapping[str, Callable[[View], Card]] = {
    "export": lambda view: export_card(answers.breakdown(), view, LINKS, 15),
    "share": lambda view: share_card(view, ABOUT, answers.breakdown().query, PLACES, "press-0001"),
    "share-nowhere": lambda view: share_card(view, ABOUT, answers.breakdown().query, (), "press-0001"),
    "share-preview": _preview,
    "share-post": _posted,
    "share-posted": lambda view: posted_card(view, ABOUT, answers.breakdown().query, PLACES[0], arrived=True),
    "share-on-its-way": lambda view: posted_card(view, ABOUT, answers.breakdown().query, PLACES[1], arrived=False),
}
