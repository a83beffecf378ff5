"""The cards of what was learned and checked, for the suites that run over every card."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from analytics.model import Filter, Query, Value
from cards.learning import (
    Change,
    Found,
    Known,
    Meaning,
    Read,
    checked_remark,
    known_card,
    learned_card,
    preview_card,
    refused_card,
    taught_card,
    unread_card,
)
from cards.show import card_for
from cards.view import View
from tests.cards import answers

DAY = date(2026, 11, 19)
FOUND = (
    Found("burn-up", 41, 12, DAY),
    Found("happiness index", 17, 9, DAY),
    Found("a very long phrase that somebody pasted from a slide and that nobody will ever type again", 3, 2, DAY),
    Found("外注", 1, 1, DAY),
)
SPEND = Meaning("metric", "spend")
TEAM = Meaning("value", "T1", "team", "Brand [Studio](x) & Co")
CHANGES = (
    Change(
        "burn-up by team last quarter",
        Read("clarify", None, ("burn-up",)),
        Read("answer", Query(("spend",), ("team",), time=answers.QUARTER)),
    ),
    Change(
        "burn-up in Germany",
        Read("clarify", None, ("burn-up",)),
        Read("answer", Query(("spend",), filters=(Filter("country", (Value("Germany", "DE"),)),))),
    ),
    Change(
        "burn-up of happiness", Read("clarify", None, ("burn-up", "happiness")), Read("clarify", None, ("happiness",))
    ),
    Change("burn-up burn-up", Read("clarify"), Read("refuse")),
    Change("help with burn-up", Read("clarify"), Read("help")),
    *(Change(f"burn-up number {at}", Read("clarify"), Read("clarify", None, ("number",))) for at in range(4)),
)
KNOWN = (
    Known("burn-up", SPEND, DAY),
    Known("the studio", TEAM, DAY),
    Known("happiness index", Meaning("no_data", ""), DAY),
    Known("tribe", Meaning("dimension", "team"), DAY),
)


def _remarked(view: View) -> dict[str, Any]:
    said = checked_remark(view, DAY, "the finance report", same=False, then=123_400, unit="money", currency="USD")
    return card_for(answers.metric(), replace(view, remarks=(said,)))


LEARNING: Mapping[str, Callable[[View], dict[str, Any]]] = {
    "unread-words": lambda view: unread_card(view, FOUND, 90),
    "teach-preview": lambda view: preview_card(
        view, "burn-up", SPEND, CHANGES, 58, {"phrase": "burn-up", "meant": "m"}
    ),
    "learned": lambda view: learned_card(view, KNOWN),
    "metric-checked": _remarked,
}

# Cards of the same make with fewer words: held to every rule, and not looked at one by one.
PLAINER: Mapping[str, Callable[[View], dict[str, Any]]] = {
    "weekly, nothing unread": lambda view: unread_card(view, (), 90, weekly=True),
    "taught": lambda view: taught_card(view, "the studio", TEAM, (), 58, SPEND),
    "taught, with changes": lambda view: taught_card(view, "burn-up", SPEND, CHANGES, 58, None),
    "forgotten": lambda view: learned_card(view, KNOWN[1:], forgotten=KNOWN[0]),
    "nothing learned": lambda view: learned_card(view, ()),
    "taken": lambda view: known_card(view, "spend", SPEND),
    "taken by a plain word": lambda view: known_card(view, "the", None),
    "only in a personal chat": lambda view: refused_card(view, "personal"),
}
