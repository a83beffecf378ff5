from __future__ import annotations

import base64
import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache
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
from tests.cards.validate import of_type
from tests.visual.studio import CONTRAST, DESK, LOOKS, OUT, PHONE, QUICK, Look, Studio, contact_sheet, missing, studio

pytestmark = pytest.mark.visual

CARDS = all_cards()
# The renderer's own check of `lang` fails every other time; the rest says that a fallback was used, as it should be.
EXPECTED = ("Fallback will be used if present", 'for property "lang"')
PICTURES = OUT / "pictures"
ON_A_SHEET = 6
Shoot = Callable[[str], None]


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


EVERY_ELEMENT = ("breakdown", "compare", "error", "metric", "report-jobs", "scorecard-supply", "trend")
LANGUAGES = [language for language in LOCALES if language != "en"]
IN_LANGUAGES = (
    "metric",
    "compare",
    "trend",
    "breakdown",
    "help",
    "scorecard-supply",
    "definition",
    "people",
    "jobs-by-amount",
)
QUICK_LANGUAGES = ("compare", "scorecard-supply")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """`make visual` looks at more and keeps the pictures; a run of everything only measures."""
    whole = _keeps(metafunc.config)
    if {"name", "look"} <= set(metafunc.fixturenames) and metafunc.function.__name__.startswith("test_every_card"):
        looks = [(name, look) for name in CARDS for look in (LOOKS if whole else QUICK)]
        looks += [(name, look) for name in EVERY_ELEMENT for look in CONTRAST]
        metafunc.parametrize(("name", "look"), looks, ids=[f"{name}-{look.name}" for name, look in looks])
    if "language" in metafunc.fixturenames and "name" in metafunc.fixturenames:
        names = IN_LANGUAGES if whole else QUICK_LANGUAGES
        metafunc.parametrize(("name", "language"), [(name, language) for name in names for language in LANGUAGES])


def _keeps(config: pytest.Config) -> bool:
    """Whether pictures are kept: only where the visual tests alone were asked for."""
    return bool(config.getoption("markexpr") == "visual")


@pytest.fixture(scope="module")
def shoot(drawing: Studio, request: pytest.FixtureRequest) -> Callable[[str], None]:
    """Keeps what was drawn last under this name."""

    def kept(name: str) -> None:
        drawing.shoot(PICTURES / f"{name}.png")

    return kept if _keeps(request.config) else lambda _: None


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


def test_every_card_holds_in_every_light_and_width(drawing: Studio, shoot: Shoot, name: str, look: Look) -> None:
    seen = drawing.draw(CARDS[name], look)
    shoot(f"{name}-{look.name}")
    check(seen)
    read = folded(seen["text"])
    assert [said for said in visible(CARDS[name]["body"]) if folded(said) not in read] == []


@pytest.mark.parametrize("name", WITH_PICTURE)
def test_where_charts_are_unknown_a_picture_stands_in_their_place(drawing: Studio, shoot: Shoot, name: str) -> None:
    # The small picture beside a number is not for phones.
    look = PHONE if of_type(PICTURED[name], "Chart.") else Look(native=False)
    seen = drawing.draw(PICTURED[name], look)
    shoot(f"{name}-{look.name}-picture")
    check(seen, images=str(PICTURED[name]).count("data:image/png"))


@pytest.mark.parametrize("language", hard.LONG)
def test_long_names_hold_in_every_language(drawing: Studio, shoot: Shoot, language: str) -> None:
    card = card_for(hard.long_names(language), replace(ASKED, language=language, locale=LOCALES[language]))
    for width in (600, 320):
        check(drawing.draw(card, Look(width=width)))
        shoot(f"long-{language}-{width}")


def test_cards_hold_in_every_language_on_a_phone(drawing: Studio, shoot: Shoot, language: str, name: str) -> None:
    check(drawing.draw(_in(language)[name], Look(width=320)))
    shoot(f"{language}-{name}-320")


@cache
def _in(language: str) -> dict[str, Any]:
    return all_cards(replace(ASKED, language=language, locale=LOCALES[language]))


@pytest.mark.parametrize("name", CORPUS)
def test_a_hostile_name_is_drawn_as_text(drawing: Studio, name: str) -> None:
    seen = drawing.draw(card_for(hard.hostile(name), ASKED), DESK)
    check(seen)
    words = [word for word in clean(name).split() if word.isalnum() and len(word) < 30]
    assert all(word in seen["text"] for word in words)


def test_change_opens_the_choosers_in_place(drawing: Studio, shoot: Shoot) -> None:
    drawing.draw(CARDS["breakdown"], DESK)
    assert not drawing.page.get_by_label("Period").is_visible()
    drawing.open("Change")
    assert drawing.page.get_by_label("Period").is_visible()
    assert drawing.page.get_by_role("button", name="Apply").is_visible()
    shoot("breakdown-change-open")


def test_show_more_opens_the_rest_of_a_long_table(drawing: Studio) -> None:
    drawing.draw(CARDS["breakdown-many"], Look(width=320))
    row = drawing.page.get_by_text("Services Team 15", exact=False).locator("visible=true")
    assert row.count() == 0
    drawing.open("Show 6 more")
    assert row.count() == 1


@pytest.fixture(scope="module", autouse=True)
def sheets(drawing: Studio, request: pytest.FixtureRequest) -> Iterator[None]:
    """After all pictures are drawn, sheets of a few cards each and one for the languages, for people to look at."""
    for old in [*OUT.glob("*.png"), *PICTURES.glob("*.png")] if _keeps(request.config) else []:
        old.unlink()
    yield
    if not _keeps(request.config):
        return
    for number, first in enumerate(range(0, len(CARDS), ON_A_SHEET), 1):
        drawn = [_at(name, look) for name in list(CARDS)[first : first + ON_A_SHEET] for look in LOOKS]
        _sheet([path for path in drawn if path.exists()], OUT / f"cards-{number:02d}.png", len(LOOKS))
    further = [_at(name, look) for name in EVERY_ELEMENT for look in CONTRAST]
    _sheet([path for path in further if path.exists()], OUT / "cards-contrast.png", len(CONTRAST) * 2)
    _sheet(sorted(PICTURES.glob("*-picture.png")), OUT / "cards-pictures.png", 8)
    _sheet(sorted(PICTURES.glob("??-*-320.png")) + sorted(PICTURES.glob("long-*.png")), OUT / "cards-languages.png", 8)


def _at(name: str, look: Look) -> Path:
    return PICTURES / f"{name}-{look.name}.png"


def _sheet(pictures: list[Path], path: Path, across: int) -> None:
    if pictures:
        contact_sheet(pictures, path, across)
