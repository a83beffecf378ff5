"""Cards as letters: everything a card says is in the HTML and in the plain text, and nothing in it is markup."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Any

import pytest

from cards.letter import letter, plain
from cards.show import card_for
from tests.cards import hard
from tests.cards.cases import ASKED, all_cards
from tests.cards.test_text import CORPUS

CARDS = all_cards()


class Seen(HTMLParser):
    """What a reader sees, and every tag with its attributes."""

    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in {"img", "meta", "br"}:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" not in self.open:
            self.said.append(data)


def seen(html: str) -> Seen:
    found = Seen()
    found.feed(html)
    assert found.open == []
    return found


def visible(node: Any) -> list[str]:
    """Every text that a card shows without a press."""
    if isinstance(node, list):
        return [text for one in node for text in visible(one)]
    if not isinstance(node, dict) or (node.get("isVisible") is False and node.get("type") != "Table"):
        return []
    own = [plain(node["text"])] if node.get("type") in {"TextBlock", "Badge"} else []
    if node.get("selectAction", {}).get("type") == "Action.ToggleVisibility":
        return []
    return own + [text for key in ("body", "items", "columns", "rows", "cells") for text in visible(node.get(key))]


@pytest.mark.parametrize("name", CARDS)
def test_everything_a_card_says_is_in_the_letter(name: str) -> None:
    made = letter(CARDS[name], foot="Say no mail.")
    found = seen(made.html)
    read = " ".join(" ".join(found.said).split())
    for said in visible(CARDS[name]):
        assert " ".join(said.split()) in read
        assert said.strip() in made.text
    assert made.subject
    assert "Say no mail." in made.text


@pytest.mark.parametrize("name", CARDS)
def test_a_letter_fetches_nothing_and_runs_nothing(name: str) -> None:
    made = letter(CARDS[name])
    found = seen(made.html)
    assert not [tag for tag, _ in found.tags if tag in {"script", "link", "iframe", "form", "input", "button"}]
    images = [attributes["src"] for tag, attributes in found.tags if tag == "img"]
    assert images == [f"cid:{picture}" for picture, _ in made.pictures]
    assert all(attributes.get("alt") for tag, attributes in found.tags if tag == "img")


@pytest.mark.parametrize("name", CORPUS)
def test_a_hostile_name_is_text_in_the_letter(name: str) -> None:
    made = letter(card_for(hard.hostile(name), ASKED))
    found = seen(made.html)
    allowed = {
        "html",
        "head",
        "meta",
        "title",
        "style",
        "body",
        "table",
        "tr",
        "td",
        "th",
        "p",
        "h1",
        "div",
        "img",
        "a",
    }
    assert {tag for tag, _ in found.tags} <= allowed
    assert not [attributes for tag, attributes in found.tags if tag == "a"]
    assert not [key for _, attributes in found.tags for key in attributes if key.startswith("on")]
    assert "\n" not in made.subject


def test_every_chart_of_a_card_becomes_a_picture_with_its_numbers_in_words() -> None:
    made = letter(CARDS["breakdown"])
    ((_, picture),) = made.pictures
    chart = next(node for node in CARDS["breakdown"]["body"] if node["type"].startswith("Chart."))
    assert [point["y"] for point in chart["data"]] == list(picture.series[0].values)
    assert re.search(r'alt="[^"]*\d', made.html)
