"""What phrases mean already, what people mean by a meaning, and what a lesson would change."""

from __future__ import annotations

from datetime import date

import pytest

from bot.features.learning import meanings, preview
from bot.features.learning.collecting import together
from bot.state.learning import UnreadQuestion
from bot.understanding import Vocabulary
from cards.learning import Meaning

TODAY = date(2026, 11, 20)
WORDS = Vocabulary.from_json(
    {
        "team": ["Brand Studio", "Atlas"],
        "country": ["Germany", "Japan"],
        "supplier": ["Atlas", "Beeline"],
        "poster": ["May Ling"],
    }
)


@pytest.mark.parametrize(
    ("said", "language", "wanted"),
    [
        ("spend", "en", [("metric", "spend", None)]),
        ("Time to hire", "en", [("metric", "avg_time_to_hire", None)]),
        ("team", "en", [("dimension", "team", None)]),
        ("country: Germany", "en", [("value", "Germany", "country")]),
        ("Land: Germany", "de", [("value", "Germany", "country")]),
        ("Germany", "en", [("value", "Germany", "country")]),
        ("Brand Studio", "en", [("value", "Brand Studio", "team")]),
        ("Atlas", "en", [("value", "Atlas", "team"), ("value", "Atlas", "supplier")]),
        ("supplier: Atlas", "en", [("value", "Atlas", "supplier")]),
        ("Ausgaben", "de", [("metric", "spend", None)]),
        ("gasto", "es", [("metric", "spend", None)]),
        ("支出", "ja", [("metric", "spend", None)]),
        ("no data", "en", [("no_data", "", None)]),
        ("keine Daten", "de", [("no_data", "", None)]),
        ("country: Atlantis", "en", []),
        ("flurb", "en", []),
        ("", "en", []),
        (":", "en", []),
    ],
)
def test_a_meaning_is_found_by_its_name(said: str, language: str, wanted: list[tuple[str, str, str | None]]) -> None:
    assert [(m.kind, m.key, m.dimension) for m in meanings.meant(said, WORDS, language)] == wanted


@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        ("spend", Meaning("metric", "spend")),
        ("Brand Studio", Meaning("value", "Brand Studio", "team", "Brand Studio")),
        ("studio", Meaning("value", "Brand Studio", "team", "Brand Studio")),
        ("flurb", None),
    ],
)
def test_what_a_phrase_means_already_is_named(said: str, wanted: Meaning | None) -> None:
    assert meanings.known_as(said, WORDS, "en") == wanted


@pytest.mark.parametrize("said", ["metric:spend", "dimension:team", "no_data"])
def test_every_choice_comes_back_as_it_was_sent(said: str) -> None:
    found = meanings.chosen(said, WORDS)
    assert found is not None
    assert meanings.unpacked(meanings.packed(found)) == found


@pytest.mark.parametrize(
    "sent", ["", "x", "null", "[]", "{}", '["metric"]', '["salary", "x", null]', "[1, 2, 3]", None, 7, "[" * 2_000]
)
def test_what_no_button_sends_is_nothing(sent: object) -> None:
    assert meanings.unpacked(sent) is None


@pytest.mark.parametrize(
    "said", ["metric:salary", "dimension:shoe", "value:Germany", "", ":", "metric", "no_data:x:y"[:4]]
)
def test_what_no_chooser_offers_is_no_meaning(said: str) -> None:
    assert meanings.chosen(said, WORDS) is None


@pytest.mark.parametrize(
    "said", ["🤷" * 300, "\u202eabc", "'; DROP TABLE taught_words; --", "*[x](http://y)*", " \n ", "x" * 9_000]
)
def test_no_phrase_breaks_anything(said: str) -> None:
    phrase = meanings.normal(said)
    assert len(phrase) <= meanings.LONGEST
    meanings.unreadable(phrase, WORDS, TODAY, None)
    meanings.known_as(phrase, WORDS, None)
    meanings.meant(said, WORDS, None)


def test_words_side_by_side_are_one_phrase_and_others_are_not() -> None:
    assert together(["a", "b", "c"], "a b by c") == ["a b", "c"]
    assert together(["a", "a"], "a and a") == ["a"]
    assert together([], "a b") == []


def test_a_preview_reads_the_newest_questions_and_says_how_many_it_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(preview, "READ", 3)
    kept = [
        UnreadQuestion(text, "en")
        for text in ("other one", "zorg by team", "zorgs", "nothing", "zorg", "last", "zorg by month")
    ]
    found, looked_at = preview.changes(kept, WORDS, meanings.learned("zorg", Meaning("metric", "spend")), TODAY)
    assert looked_at == 6
    assert [change.text for change in found] == ["zorg by team", "zorgs", "zorg"]
    found, looked_at = preview.changes(kept, WORDS, meanings.learned("flurb", Meaning("metric", "spend")), TODAY)
    assert (found, looked_at) == ([], 7)


def test_a_preview_of_a_new_meaning_starts_from_the_old_lessons_of_other_words_only() -> None:
    taught = WORDS.with_learned(
        [meanings.learned("zorg", Meaning("metric", "hires")), meanings.learned("tribe", Meaning("dimension", "team"))]
    )
    kept = [UnreadQuestion("zorg by tribe", "en")]
    (change,), _ = preview.changes(kept, taught, meanings.learned("zorg", Meaning("metric", "spend")), TODAY)
    assert change.before.unread == ("zorg",)
    assert change.after.query is not None
    assert (change.after.query.metrics, change.after.query.group_by) == (("spend",), ("team",))
