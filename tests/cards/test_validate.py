from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest

from tests.cards.cases import all_cards
from tests.cards.validate import Node, check_card, of_type

GOOD = all_cards()["breakdown-change"]


def first(card: Node, kind: str) -> Node:
    return of_type(card, kind)[0]


def spoilt(change: Callable[[Node], Any]) -> Node:
    card = copy.deepcopy(GOOD)
    change(card)
    return card


SPOILT: dict[str, tuple[Callable[[Node], Any], str]] = {
    "a typo in a property": (lambda c: first(c, "TextBlock").update(wrapp=True), "has no property 'wrapp'"),
    "an unknown element": (lambda c: c["body"].append({"type": "TextBlok", "text": "x"}), "unknown type"),
    "a wrong value": (lambda c: first(c, "TextBlock").update(size="Huge"), "size"),
    "upper case width": (lambda c: c.update(msteams={"width": "Full"}), "full width"),
    "another version": (lambda c: c.update(version="1.6"), "version 1.5"),
    "a chart without fallback": (lambda c: first(c, "Chart.").pop("fallback"), "fallback"),
    "a badge without fallback": (lambda c: first(c, "Badge").pop("fallback"), "has none"),
    "a picture without words": (lambda c: c["body"].append({"type": "Image", "url": "https://x.example/a.png"}), "altText"),
    "an input without label": (lambda c: first(c, "Input.").pop("label"), "without label"),
    "a chart without its table": (lambda c: c.update(body=[n for n in c["body"] if n["type"] != "Table"]), "table"),
    "a label only in the chart": (lambda c: first(c, "Chart.")["data"][0].update(x="Nobody"), "only in the chart"),
    "no heading": (lambda c: [n.pop("style", None) for n in of_type(c, "TextBlock")], "no heading"),
    "nothing to speak": (lambda c: c.pop("speak"), "no speak"),
    "no headers": (lambda c: first(c, "Table").update(firstRowAsHeaders=False), "no headers"),
    "four columns": (lambda c: first(c, "Table")["columns"].append({"width": 1}), "more than 3 columns"),
    "a wrapping number": (lambda c: first(c, "Table")["rows"][1]["cells"][1]["items"][0].update(wrap=True), "may wrap"),
    "too many buttons": (lambda c: c["actions"].extend(c["actions"]), "buttons"),
    "four primary buttons": (lambda c: [a.pop("mode", None) for a in c["actions"]], "buttons"),
    "a button without its older form": (lambda c: c["actions"][0].pop("fallback"), "no equal Submit"),
    "an older form that differs": (lambda c: c["actions"][0]["fallback"].update(data={}), "no equal Submit"),
    "a link": (lambda c: first(c, "TextBlock").update(text="[a](http://b)"), "text:"),
    "a template": (lambda c: first(c, "TextBlock").update(text="{{DATE(x)}}"), "text:"),
    "a template in a label": (lambda c: first(c, "Input.").update(label="${x}"), "text:"),
    "too much": (lambda c: c["body"].extend({"type": "TextBlock", "text": "x" * 100} for _ in range(200)), "size"),
    "sixty-one people refreshed": (lambda c: c.update(refresh={"userIds": ["x"] * 61}), "60 people"),
}  # fmt: skip


@pytest.mark.parametrize("what", SPOILT)
def test_a_card_with_a_fault_does_not_pass(what: str) -> None:
    change, said = SPOILT[what]
    with pytest.raises(AssertionError, match=said):
        check_card(spoilt(change))


def test_the_card_passes_as_it_is() -> None:
    check_card(GOOD)
