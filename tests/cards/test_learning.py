"""What the cards of learning say and send."""

from __future__ import annotations

from dataclasses import replace

import pytest

from analytics.catalogue import DIMENSIONS, METRICS
from cards.learning import Found, Known, Meaning, learned_card, meaning_said, meanings, unread_card
from cards.words import languages, words
from tests.cards.cases import ASKED, all_cards
from tests.cards.learning_cases import DAY, PLAINER, SPEND
from tests.cards.validate import check_card, of_type, shown_texts

CARDS = all_cards()


def said(name: str) -> str:
    return "\n".join(shown_texts(CARDS[name]))


def test_every_metric_every_dimension_and_no_data_can_be_chosen() -> None:
    offered = {value for _, value in meanings(words("en"))}
    assert offered == {f"metric:{key}" for key in METRICS} | {f"dimension:{key}" for key in DIMENSIONS} | {"no_data"}


@pytest.mark.parametrize("language", languages())
def test_no_two_meanings_of_a_kind_are_called_the_same(language: str) -> None:
    titles = [title for title, _ in meanings(words(language))]
    assert len(set(titles)) == len(titles)
    assert {meaning_said(Meaning("metric", "spend"), words(language))} <= set(titles)


def test_the_preview_says_each_reading_before_and_after_and_how_many_there_are() -> None:
    shown = said("teach-preview")
    assert "Past questions that are read differently: 9 of 58." in shown
    assert "Before: I could not read “burn-up”." in shown
    assert "After: Spend by Team · Jul – Sep 2026" in shown
    assert "After: Spend · Germany" in shown
    assert "After: I say that I cannot answer it." in shown
    assert "3 more." in shown


def test_teaching_sends_what_the_preview_spoke_of_and_cancel_leads_back() -> None:
    sent = [action["data"] for action in of_type(CARDS["teach-preview"], "Action.Execute")]
    assert sent == [{"phrase": "burn-up", "meant": "m", "verb": "learn_teach"}, {"verb": "learn_list"}]


def test_a_checked_answer_says_what_it_was() -> None:
    assert "Checked by the program lead on Nov 19, 2026, when it was $1,234; it has changed since." in said(
        "metric-checked"
    )
    assert "Checked by" not in said("metric")


@pytest.mark.parametrize("language", languages())
def test_the_fullest_cards_stay_inside_the_rules(language: str) -> None:
    view = replace(ASKED, language=language)
    phrase = "無限に長い言葉*[](http://x)" * 15
    check_card(unread_card(view, [Found(f"{at}{phrase}"[:200], 10**6, 90, DAY) for at in range(10)], 90))
    many = [Known(f"{at} {phrase}"[:200], SPEND, DAY) for at in range(40)]
    check_card(learned_card(view, many))


@pytest.mark.parametrize("name", PLAINER)
def test_the_plainer_cards_keep_every_rule_in_every_language(name: str) -> None:
    for language in languages():
        check_card(PLAINER[name](replace(ASKED, language=language)), schema=language == "en")
