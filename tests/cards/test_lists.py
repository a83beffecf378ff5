"""The card of the data's checks, and the card of a dimension's members."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from analytics.model import Finding, Reporting, Snapshot
from cards.quality import quality_card
from cards.values import values_card
from cards.view import View
from cards.words import languages
from tests.cards.validate import check_card, shown_texts

SNAPSHOT = Snapshot(
    3, datetime(2026, 11, 19, 23, tzinfo=UTC), datetime(2026, 11, 20, 6, tzinfo=UTC), date(2023, 10, 1), Reporting()
)
FOUND = [
    Finding("a", "I", "Twelve rows were mapped by hand.", 12),
    Finding("b", "E", "The ledger and the invoices differ by 4 %.", 1, ("spend",)),
    Finding("c", "W", "[click](http://evil.example) **bold**", 7),
]


@pytest.mark.parametrize("language", languages())
def test_findings_stand_with_the_gravest_first_and_nothing_in_them_is_markup(language: str) -> None:
    card = quality_card(View(date(2026, 11, 20), language), FOUND, SNAPSHOT)
    check_card(card, schema=language == "en")
    said = "\n".join(shown_texts(card))
    assert said.index("invoices") < said.index("evil") < said.index("by hand")


def test_no_findings_are_said_to_be_none() -> None:
    card = quality_card(View(date(2026, 11, 20)), [], SNAPSHOT)
    check_card(card)
    assert "No check found anything doubtful." in "\n".join(shown_texts(card))


def test_members_are_listed_and_the_rest_counted() -> None:
    card = values_card(View(date(2026, 11, 20)), "team", "Teams", [f"Team_{n}" for n in range(100)])
    check_card(card)
    said = "\n".join(shown_texts(card))
    assert "(100)" in said
    assert "40 more" in said
