"""Words, names and languages: folding, slips, and tables that only say what English can read."""

from __future__ import annotations

import pytest

from bot.understanding import Question, Vocabulary, read
from bot.understanding.fuzzy import corrected
from bot.understanding.languages import LANGUAGES, tongues
from bot.understanding.lexicon import lexicon
from bot.understanding.words import phrase, tokens
from tests.understanding.conftest import TODAY


@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        ("Jürgen Weiß's", ["jurgen", "weiss", "'s"]),
        ("O'Brien", ["obrien"]),
        ("spend/FTE FY25/26", ["spend", "/", "fte", "fy25/26"]),
        ("R&D w/o 100,000 50k 25/06/2026", ["r", "and", "d", "without", "100,000", "50k", "25/06/2026"]),
        ("US spend for us", ["usa", "spend", "for", "us"]),
        ("jan-mar 2026 side-by-side", ["jan", "-", "mar", "2026", "side", "by", "side"]),
    ],
)
def test_a_text_becomes_plain_words(said: str, wanted: list[str]) -> None:
    assert [token.text for token in tokens(said)] == wanted


@pytest.mark.parametrize(
    ("slip", "wanted"),
    [
        ("spned", "spend"),
        ("contry", "country"),
        ("qaurter", "quarter"),
        ("kubernets", "kubernetes"),
        ("moreua", "moreau"),
        ("brnad", "brand"),
    ],
)
def test_a_slip_is_read_as_the_word_it_is_most_like(slip: str, wanted: str, vocabulary: Vocabulary) -> None:
    assert corrected(tokens(slip), lexicon(), vocabulary)[0].text == wanted


@pytest.mark.parametrize("word", ["house", "weather", "better", "ergonomic", "qwrtz"])
def test_a_word_of_its_own_is_not_made_into_another(word: str, vocabulary: Vocabulary) -> None:
    assert corrected(tokens(word), lexicon(), vocabulary)[0].text == word


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_language_says_only_what_english_can_read(language: str) -> None:
    known = lexicon().words | {"design", "translation", "software", "development", "marketing"}
    spoken = {
        word
        for english in tongues()[language].phrases.values()
        for word in phrase(english.lstrip("<"))
        if word.isalpha() and word.isascii()
    }
    assert spoken <= known, sorted(spoken - known)


KEPT = ("spend", "contracts", "hires", "freelancers", "jobs posted", "average time to hire", "average contract duration", "spend per contract",
        "spend per fte", "active contracts", "average hourly rate", "team", "category", "country", "last month", "this quarter", "last year",
        "this year", "help", "what can you do", "hello", "thanks", "who", "how many", "most", "top", "vs", "my team")  # fmt: skip


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_the_everyday_words(language: str) -> None:
    said = set(tongues()[language].phrases.values())
    derived = {"last month": {"last"}, "this quarter": {"this"}, "last year": {"last"}, "this year": {"this"}}
    assert [word for word in KEPT if word not in said and not derived.get(word, set()) & said] == []


@pytest.mark.parametrize(
    ("text", "language"),
    [("Gasto no último trimestre", "pt"), ("Gasto por mês este ano", "pt"), ("gasto por mes este año", "es")],
)
def test_of_two_near_languages_the_one_that_knows_more_of_the_words_is_spoken(
    vocabulary: Vocabulary, text: str, language: str
) -> None:
    reading = read(Question(text, "en", TODAY), vocabulary)
    assert (reading.kind, reading.language) == ("answer", language)
