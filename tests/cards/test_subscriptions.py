"""The plainer cards about what comes by itself keep every rule as well."""

from __future__ import annotations

from dataclasses import replace

import pytest

from cards.words import languages
from tests.cards.cases import ASKED
from tests.cards.subscription_cases import PLAINER_SUBSCRIPTIONS
from tests.cards.validate import check_card


@pytest.mark.parametrize("name", PLAINER_SUBSCRIPTIONS)
def test_every_card_keeps_every_rule_in_every_language(name: str) -> None:
    for language in languages():
        check_card(PLAINER_SUBSCRIPTIONS[name](replace(ASKED, language=language)), schema=language == "en")
