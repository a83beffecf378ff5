"""Learned words: read like built-in ones, only for who may see what they stand for, and gone without a trace."""

from __future__ import annotations

import pytest

from analytics.query import to_json
from bot.understanding import Earlier, Learned, Question, Reading, Vocabulary, read
from tests.understanding.conftest import TODAY

WORDS = (
    Learned("zorg", "metric", "spend"),
    Learned("outflow of funds", "metric", "spend"),
    Learned("tribe", "dimension", "team"),
    Learned("tribes", "dimension", "team"),
    Learned("the purse keepers", "value", "Treasury", "team"),
    Learned("bodies", "value", "staffing", "source"),
    Learned("flatties", "value", "fixed", "contract_type"),
    Learned("happiness index", "no_data", "happiness"),
    Learned("Zeche", "metric", "spend", None, "de"),
    Learned("externe Kosten", "metric", "staffing_spend", None, "de"),
    Learned("外注費", "metric", "spend", None, "ja"),
)


def reading(text: str, vocabulary: Vocabulary, *earlier: Earlier) -> Reading:
    return read(Question(text, None, TODAY, tuple(earlier)), vocabulary)


@pytest.mark.parametrize(
    ("said", "same"),
    [
        ("zorg by team last month", "spend by team last month"),
        ("outflow of funds in Germany", "spend in Germany"),
        ("hires by tribe", "hires by team"),
        ("which tribe has the most hires", "which team has the most hires"),
        ("spend for the purse keepers", "spend for the Treasury team"),
        ("spend by team without the purse keepers", "spend by team without Treasury"),
        ("hires with bodies", "hires with staffing"),
        ("spend on flatties last month", "spend on fixed price contracts last month"),
        ("Zeche nach Team im letzten Monat", "spend by team last month"),
        ("externe Kosten nach Team im letzten Monat", "staffing spend by team last month"),
        ("先月の外注費", "spend last month"),
    ],
)
def test_a_learned_phrase_reads_like_the_words_it_stands_for(said: str, same: str, vocabulary: Vocabulary) -> None:
    got, wanted = reading(said, vocabulary.with_learned(WORDS)), reading(same, vocabulary)
    assert wanted.query
    assert (got.kind, got.query and to_json(got.query)) == ("answer", to_json(wanted.query))


def test_a_slip_in_a_learned_word_is_mended(vocabulary: Vocabulary) -> None:
    learned = vocabulary.with_learned([Learned("moolah", "metric", "spend")])
    assert reading("moolha by team", learned).query == reading("spend by team", vocabulary).query


def test_what_is_known_to_have_no_data_is_refused_by_its_name(vocabulary: Vocabulary) -> None:
    found = reading("happiness index by team", vocabulary.with_learned(WORDS))
    assert (found.kind, found.reason, found.topic) == ("refuse", "not_in_data", "happiness")


@pytest.mark.parametrize("said", ["zorg by team", "hires by tribe", "spend for the purse keepers", "Zeche nach Team"])
def test_a_phrase_that_was_not_learned_is_named_as_typed(said: str, vocabulary: Vocabulary) -> None:
    found = reading(said, vocabulary)
    assert found.kind == "clarify"
    assert found.unread


def test_a_phrase_of_one_language_is_unread_in_another(vocabulary: Vocabulary) -> None:
    assert reading("zeche by team last month", vocabulary.with_learned(WORDS)).unread == ("zeche",)


def test_learning_leaves_every_other_vocabulary_as_it_was(vocabulary: Vocabulary) -> None:
    before = reading("zorg by team", vocabulary)
    assert reading("zorg by team", vocabulary.with_learned(WORDS)).kind == "answer"
    assert reading("zorg by team", vocabulary) == before
    assert reading("zorg by team", vocabulary.with_learned(WORDS).with_learned(())) == before


def test_a_word_for_a_hidden_team_reads_as_if_it_had_never_been_learned(vocabulary: Vocabulary) -> None:
    seen = {"team": ["Brand Studio"]}
    for said in ("spend for the purse keepers", "spend for the purse kepers"):
        with_word = reading(said, vocabulary.with_learned(WORDS).within(seen))
        assert with_word == reading(said, vocabulary.with_learned(()).within(seen))
        assert (with_word.kind, with_word.reason) == ("refuse", "scope")


def test_a_word_for_a_member_that_is_gone_is_unread_again(vocabulary: Vocabulary) -> None:
    found = reading("spend for zulu", vocabulary.with_learned([Learned("zulu", "value", "No Such Team", "team")]))
    assert (found.kind, found.unread) == ("clarify", ("zulu",))
