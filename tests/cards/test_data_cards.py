"""Cards about data coming in keep every rule, in every language, whatever a file is called or holds."""

from __future__ import annotations

from dataclasses import replace

import pytest

from cards.words import languages
from tests.cards.cases import ASKED
from tests.cards.data_cards import data_cards
from tests.cards.test_cards import LOCALES
from tests.cards.validate import check_card

NAMES = tuple(data_cards(ASKED))


@pytest.mark.parametrize("name", NAMES)
def test_every_card_keeps_every_rule(name: str) -> None:
    check_card(data_cards(ASKED)[name])


@pytest.mark.parametrize("language", [language for language in languages() if language != "en"])
@pytest.mark.parametrize("name", NAMES)
def test_every_card_keeps_every_rule_in_every_language(name: str, language: str) -> None:
    check_card(data_cards(replace(ASKED, language=language, locale=LOCALES[language]))[name], schema=False)


def test_a_file_that_cannot_be_used_has_no_button_to_use_it() -> None:
    verbs = {name: [one["verb"] for one in card.get("actions", [])] for name, card in data_cards(ASKED).items()}
    assert verbs["file"] == ["use_file", "discard_file", "read_file_as"]
    assert verbs["file-broken"] == verbs["file-unknown"] == ["discard_file", "read_file_as"]
    assert verbs["synced-failed"] == ["use_file", "discard_file"]
