"""The page "how to ask" is what the catalogue says, and its golden lines are what is read."""

from __future__ import annotations

import json

import pytest

from analytics.query import from_json, to_json
from bot.understanding import Question, Vocabulary, read
from bot.understanding.golden import ASKED_BACK, GOLDEN
from bot.understanding.page import PAGE, page
from tests.understanding.conftest import TODAY


def test_the_page_is_written_from_the_catalogue_as_it_is_now() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "run: python -m bot.understanding.page"


@pytest.mark.parametrize(("question", "wanted"), GOLDEN)
def test_a_golden_line_is_read_as_printed(question: str, wanted: str, vocabulary: Vocabulary) -> None:
    found = read(Question(question, None, TODAY), vocabulary)
    assert found.query
    assert to_json(found.query) == json.loads(wanted)


@pytest.mark.parametrize(("question", "wanted"), GOLDEN)
def test_a_golden_line_is_in_normal_form(question: str, wanted: str) -> None:
    assert question
    assert json.dumps(to_json(from_json(json.loads(wanted)))) == wanted


@pytest.mark.parametrize("question", [question for question, _ in ASKED_BACK])
def test_what_the_page_says_is_asked_back_is(question: str, vocabulary: Vocabulary) -> None:
    assert read(Question(question, None, TODAY), vocabulary).kind == "clarify"
