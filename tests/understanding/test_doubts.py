"""What a query would leave out is asked back, naming the words."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from bot.understanding import Question, Vocabulary, read

VOCABULARY = Vocabulary.from_json(
    json.loads((Path(__file__).parents[1] / "questions" / "vocabulary.json").read_text(encoding="utf-8"))
)


@pytest.mark.parametrize(
    ("asked", "named"),
    [
        ("which categories grew more than 20% year over year?", "20%"),
        ("teams whose spend fell by more than 50% vs last quarter", "fell"),
        ("categories with more than 30% of spend", "30%"),
        ("teams where time to hire improved by more than 2 days", "improved"),
        ("spend in the first week of every month this year", "of every month"),
    ],
)
def test_words_that_no_query_can_carry_are_named_and_asked_back(asked: str, named: str) -> None:
    reading = read(Question(asked, "en", date(2026, 11, 20)), VOCABULARY)
    assert reading.kind == "clarify"
    assert named in " ".join(reading.unread)


@pytest.mark.parametrize(
    "asked",
    [
        "teams with a fill rate over 80%",
        "alert me when the fill rate drops below 70%",
        "teams with spend over 50k last quarter",
    ],
)
def test_thresholds_that_a_query_can_carry_are_answered(asked: str) -> None:
    reading = read(Question(asked, "en", date(2026, 11, 20)), VOCABULARY)
    assert reading.kind == "answer"
    assert reading.query is not None
    assert reading.query.having
