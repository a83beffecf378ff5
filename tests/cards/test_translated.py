"""No card is half translated: apart from data, nothing on it is in another language than its reader's."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest

from cards.words import languages
from tests.cards.cases import ASKED, all_cards
from tests.cards.test_cards import CARDS, LOCALES
from tests.cards.validate import of_type, shown_texts

# Words that make English sentences and none of the other languages; names in the data hold one of them at most.
ENGLISH = frozenset(
    ["the", "of", "and", "is", "are", "that", "which", "not", "with", "this", "by", "for", "from", "have"]
)
# Data: what a person typed or called something, what a desk hands in already worded, and what checks and files say.
DATA = (
    "spend per team", "Compare freelance with", "Who posted the most", "Which “design”", "I could not read", "Spend per team last",
    "people you are allowed", "totals, shares", "with median, target", "The number for", "Charges without a contract",
    "lines that are no records", "is not a date written", "is missing. Did you mean", "nobody has mapped the team", "stays",
    "as the profile says", "37 charges have no team", "number of people in it", "holds", "a very long phrase that somebody", "reported by HR Dive", "beeline",
    "Marketing needed nine", "Brand Studio & Design Operations", "The new logo won",
)  # fmt: skip


def every_text(card: dict[str, Any]) -> list[str]:
    """All that is shown, chosen, pressed or spoken."""
    told = [*shown_texts(card), str(card["speak"])]
    told += [choice["title"] for chooser in of_type(card, "Input.ChoiceSet") for choice in chooser["choices"]]
    told += [action["title"] for action in of_type(card, "Action.")]
    return told


def is_english(said: str) -> bool:
    return len(set(re.findall(r"[a-z]+", said.lower())) & ENGLISH) >= 2


@pytest.mark.parametrize("language", [language for language in languages() if language != "en"])
def test_no_card_holds_an_english_sentence_beside_its_data(language: str) -> None:
    drawn = all_cards(replace(ASKED, language=language, locale=LOCALES[language]))
    found = [
        f"{name}: {said}"
        for name, card in drawn.items()
        for said in every_text(card)
        if is_english(said) and not any(data in said for data in DATA)
    ]
    assert found == []


@pytest.mark.parametrize("language", [language for language in languages() if language != "en"])
def test_what_every_card_of_the_program_says_by_itself_is_in_its_own_language(language: str) -> None:
    """Titles and spoken summaries differ from the English ones wherever they hold more than names and numbers."""
    drawn = all_cards(replace(ASKED, language=language, locale=LOCALES[language]))
    same = [name for name, card in drawn.items() if card["speak"] == CARDS[name]["speak"]]
    assert set(same) <= {"choose", "file-said", "file-unknown", "notice", "record", "values"}
