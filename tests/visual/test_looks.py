from __future__ import annotations

import base64
import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from cards.depicted import Picture
from cards.pictures import draw
from cards.show import card_for
from cards.text import clean
from tests.cards import answers, hard
from tests.cards.cases import ASKED, all_cards
from tests.cards.test_cards import LOCALES
from tests.cards.test_text import CORPUS
from tests.visual.studio import LOOKS, OUT, Look, Studio, contact_sheet, missing, studio

pytestmark = pytest.mark.visual

CARDS = all_cards()
# The renderer's own check of `lang` fails every other time; the rest says that a fallback was used, as it should be.
EXPECTED = ("Fallback will be used if present", 'for property "lang"')
PICTURES = OUT / "pictures"


@pytest.fixture(scope="module")
def drawing() -> Iterator[Studio]:
    lacking = missing()
    if lacking and os.environ.get("REQUIRE_ALL"):
        pytest.fail(f"Cards cannot be looked at: {lacking}.")
    if lacking:
        pytest.skip(f"Cards are not looked at here: {lacking}.")
    PICTURES.mkdir(parents=True, exist_ok=True)
    with studio() as made:
        yield made


def shown_at_once(picture: Picture) -> str:
    """The picture itself in place of its address."""
    return "data:image/png;base64," + base64.b64encode(draw(picture)).decode()


PICTURED = all_cards(replace(ASKED, picture=shown_at_once, spark=answers.trend()))
WITH_PICTURE = [name for name, card in PICTURED.items() if "data:image/png" in str(card)]


def check(seen: dict[str, Any], images: int = 0) -> None:
    """What no card may show, whatever it holds."""
    assert [said for said in seen["warnings"] if not any(known in said for known in EXPECTED)] == []
    assert seen["over"] == []
    assert seen["links"] == []
    assert len(seen["images"]) == images
    assert all(source.startswith("data:image/png") and said for source, said in seen["images"])
    assert seen["lists"] == 0


def visible(nodes: list[dict[str, Any]]) -> list[str]:
    """Every text of a card that is not hidden."""
    said = []
    for node in nodes:
        if node.get("isVisible") is False:
            continue
        if node.get("type") == "TextBlock":
            said.append(node["text"].replace("\\", ""))
        for key in ("items", "columns", "rows", "cells"):
            said += visible([child for child in node.get(key, []) if isinstance(child, dict)])
    return said


def folded(text: str) -> str:
    return "".join(text.split())


@pytest.mark.parametrize("look", LOOKS, ids=lambda look: look.name)
@pytest.mark.parametrize("name", CARDS)
def test_every_card_holds_in_every_light_and_width(drawing: Studio, name: str, look: Look) -> None:
    seen = drawing.draw(CARDS[name], look)
    drawing.shoot(PICTURES / f"{name}-{look.name}.png")
    check(seen)
    read = folded(seen["text"])
    assert [said for said in visible(CARDS[name]["body"]) if folded(said) not in read] == []


@pytest.mark.parametrize("look", [Look("light", 600, False), Look("dark", 320, False)], ids=lambda look: look.name)
@pytest.mark.parametrize("name", WITH_PICTURE)
def test_where_charts_are_unknown_a_picture_stands_in_their_place(drawing: Studio, name: str, look: Look) -> None:
    seen = drawing.draw(PICTURED[name], look)
    drawing.shoot(PICTURES / f"{name}-{look.name}-picture.png")
    check(seen, images=0 if name.startswith("metric") and look.width < 350 else 1)


@pytest.mark.parametrize("language", hard.LONG)
@pytest.mark.parametrize("width", [600, 320])
def test_long_names_hold_in_every_language(drawing: Studio, language: str, width: int) -> None:
    card = card_for(hard.long_names(language), replace(ASKED, language=language, locale=LOCALES[language]))
    check(drawing.draw(card, Look(width=width)))
    drawing.shoot(PICTURES / f"long-{language}-{width}.png")


@pytest.mark.parametrize("language", [language for language in LOCALES if language != "en"])
@pytest.mark.parametrize("name", ["metric", "compare", "trend", "breakdown", "help"])
def test_cards_hold_in_every_language_on_a_phone(drawing: Studio, language: str, name: str) -> None:
    card = all_cards(replace(ASKED, language=language, locale=LOCALES[language]))[name]
    check(drawing.draw(card, Look(width=320)))
    drawing.shoot(PICTURES / f"{language}-{name}-320.png")


@pytest.mark.parametrize("name", CORPUS)
def test_a_hostile_name_is_drawn_as_text(drawing: Studio, name: str) -> None:
    seen = drawing.draw(card_for(hard.hostile(name), ASKED), Look())
    check(seen)
    words = [word for word in clean(name).split() if word.isalnum() and len(word) < 30]
    assert all(word in seen["text"] for word in words)


def test_change_opens_the_choosers_in_place(drawing: Studio) -> None:
    drawing.draw(CARDS["breakdown"], Look())
    assert not drawing.page.get_by_label("Period").is_visible()
    drawing.open("Change")
    assert drawing.page.get_by_label("Period").is_visible()
    assert drawing.page.get_by_role("button", name="Apply").is_visible()
    drawing.shoot(PICTURES / "breakdown-change-open.png")


def test_show_more_opens_the_rest_of_a_long_table(drawing: Studio) -> None:
    drawing.draw(CARDS["breakdown-many"], Look(width=320))
    row = drawing.page.get_by_text("Services Team 15", exact=False).locator("visible=true")
    assert row.count() == 0
    drawing.open("Show 6 more")
    assert row.count() == 1


@pytest.fixture(scope="module", autouse=True)
def sheets(drawing: Studio) -> Iterator[None]:
    """After all pictures are drawn, one sheet for each theme and one for the languages, for people to look at."""
    yield
    for theme in ("light", "dark", "contrast"):
        drawn = [_at(name, look) for name in CARDS for look in LOOKS if look.theme == theme]
        _sheet([path for path in drawn if path.exists()], OUT / f"cards-{theme}.png", 4)
    _sheet(sorted(PICTURES.glob("??-*-320.png")) + sorted(PICTURES.glob("long-*.png")), OUT / "cards-languages.png", 8)


def _at(name: str, look: Look) -> Path:
    return PICTURES / f"{name}-{look.name}.png"


def _sheet(pictures: list[Path], path: Path, across: int) -> None:
    if pictures:
        contact_sheet(pictures, path, across)
