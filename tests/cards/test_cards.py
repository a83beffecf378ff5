from __future__ import annotations

import json
import os
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from analytics.model import Period, Query, Row
from cards.drill import opened
from cards.show import card_for
from cards.view import Choice, Choices, Next
from cards.words import languages
from tests.cards import answers, hard
from tests.cards.cases import ANSWERS, ASKED, all_cards
from tests.cards.validate import check_card, of_type, shown_texts

SNAPSHOTS = Path(__file__).parent / "snapshots"
CARDS = all_cards()
LOCALES = {"en": "en_US", "de": "de_DE", "fr": "fr_FR", "es": "es_ES", "pt": "pt_BR", "ja": "ja_JP"}


def texts(card: dict[str, Any]) -> str:
    return "\n".join(shown_texts(card))


@pytest.mark.parametrize("name", CARDS)
def test_every_card_keeps_every_rule(name: str) -> None:
    check_card(CARDS[name])


@pytest.mark.parametrize("name", CARDS)
def test_every_card_looks_as_it_did(name: str) -> None:
    """Set UPDATE_SNAPSHOTS=1 to accept what is drawn now; look at the difference before you commit it."""
    path = SNAPSHOTS / f"{name}.json"
    drawn = json.dumps(CARDS[name], indent=1, ensure_ascii=False) + "\n"
    if os.environ.get("UPDATE_SNAPSHOTS"):
        path.write_text(drawn, encoding="utf-8")
    assert path.read_text(encoding="utf-8") == drawn


def test_there_is_no_snapshot_without_a_card() -> None:
    assert {path.stem for path in SNAPSHOTS.glob("*.json")} == set(CARDS)


@pytest.mark.parametrize("language", languages())
def test_every_card_keeps_every_rule_in_every_language(language: str) -> None:
    for card in all_cards(replace(ASKED, language=language, locale=LOCALES[language])).values():
        check_card(card, schema=False)


@pytest.mark.parametrize("language", hard.LONG)
def test_the_longest_names_of_every_language_stay_inside_the_rules(language: str) -> None:
    card = card_for(hard.long_names(language), replace(ASKED, language=language, locale=LOCALES[language]))
    check_card(card)
    assert hard.LONG[language][0].replace("_", "\\_") in texts(card)


def test_a_card_of_six_hundred_long_named_teams_stays_inside_the_size_budget() -> None:
    answer = hard.many()
    name = hard.LONG["ja"][0] * 2
    rows = tuple(
        Row(row.keys, (f"{name}{at}",), row.values, records=row.records) for at, row in enumerate(answer.rows[:-1])
    )
    rows += answer.rows[-1:]
    countries = Choices("country", tuple(Choice(f"Country number {at}", f"C{at:03d}") for at in range(40)))
    check_card(card_for(replace(answer, rows=rows), replace(ASKED, filters=(*ASKED.filters[:1], countries))))


def test_the_rows_of_a_folded_breakdown_still_add_up_to_the_total() -> None:
    card = CARDS["breakdown-many"]
    cells = [row["cells"] for table in of_type(card, "Table") if table["type"] == "Table" for row in table["rows"]]
    amounts = {row[0]["items"][0]["text"]: row[1]["items"][0]["text"] for row in cells[1:]}
    whole = int(amounts.pop("Total").replace("$", "").replace(",", ""))
    parts = sum(int(amount.replace("$", "").replace(",", "")) for amount in amounts.values())
    assert "Other (584)" in amounts
    assert abs(whole - parts) <= len(amounts)  # each is shown in whole dollars


def test_what_cannot_be_added_up_is_cut_and_said_so() -> None:
    said = texts(CARDS["breakdown-ratios"])
    assert "Not shown: 44 more." in said
    assert "Other" not in said


def test_a_missing_number_says_why_and_is_never_a_zero() -> None:
    said = texts(CARDS["metric-no-number"])
    assert "No number" in said
    assert "the headcount of Sep 2026 is missing" in said
    assert "$0" not in said


def test_a_real_zero_and_missing_data_are_told_apart() -> None:
    assert "This is a real zero" in texts(CARDS["empty"])
    assert "The data starts on Nov 20, 2023" in texts(CARDS["empty-missing"])
    assert "real zero" not in texts(CARDS["empty-missing"])


def test_what_is_withheld_is_a_row_without_a_number_and_no_bar() -> None:
    said = texts(CARDS["breakdown-withheld"])
    assert "Withheld (2)" in said
    assert not of_type(CARDS["breakdown-withheld"], "Chart.")


def test_a_warning_on_the_data_stands_on_the_card_at_every_width() -> None:
    card = CARDS["metric-to-date"]
    assert "Data check: 37 charges have no team and stand under Unmapped" in texts(card)
    assert "targetWidth" not in json.dumps(card)


def test_a_running_period_is_marked() -> None:
    assert "Oct – Dec 2026, to date" in texts(CARDS["metric-to-date"])
    assert "Nov\\*" in texts(CARDS["trend"])
    assert "Not complete: Nov ’26." in texts(CARDS["trend"])


def test_a_step_cut_off_by_the_period_is_marked_at_both_ends() -> None:
    asked = replace(answers.team_trend(), period=Period(date(2025, 11, 1), date(2026, 8, 1)))
    assert "Not complete: Q4 ’25, Q3 ’26." in texts(card_for(asked, ASKED))


def test_a_trend_of_many_groups_shows_the_largest_and_says_how_many_are_left_out() -> None:
    some = answers.team_trend()
    rows = [
        Row((f"T{team}", f"2026-{month:02d}-01"), (f"Team number {team}", ""), (1_000_000 * team + month,), records=1)
        for team in range(300)
        for month in range(1, 11)
    ]
    card = card_for(replace(some, rows=tuple(rows), query=replace(some.query, grain="month")), ASKED)
    check_card(card)
    said = texts(card)
    assert said.index("Team number 299") < said.index("Team number 298")
    assert "Not shown: 288 more." in said


def test_a_change_is_said_in_words_and_coloured_only_where_one_way_is_good() -> None:
    better = of_type(CARDS["metric"], "Badge")[0]
    assert (better["text"], better["style"]) == ("▼ 1.2 days vs Apr – Jun 2026", "Good")
    neutral = of_type(CARDS["metric-to-date"], "Badge")[0]
    assert (neutral["text"], neutral["style"]) == ("▲ 12% vs Jul 1 – Aug 20, 2026", "Default")


def test_numbers_in_a_chart_are_scaled_and_say_so() -> None:
    chart = of_type(CARDS["breakdown"], "Chart.")[0]
    assert chart["title"] == "Spend, USD thousand"
    assert chart["data"][0] == {"x": "Design & Creative", "y": 412, "color": "categoricalBlue"}


def test_in_totals_detail_nothing_is_offered_that_names_a_team_or_a_person() -> None:
    sent = json.dumps([action.get("data") for action in of_type(CARDS["metric-totals"], "Action.Execute")])
    inputs = json.dumps(of_type(CARDS["metric-totals"], "Input."))
    for word in ('"team"', '"poster"', '"group_by"'):
        assert word not in sent
    assert '"team"' not in inputs
    assert '"poster"' not in inputs


def test_rows_can_be_opened_down_to_people_only_where_people_are_named() -> None:
    named, groups = CARDS["breakdown-change"], CARDS["breakdown-withheld"]
    assert [chooser["id"] for chooser in of_type(named, "Input.")].count("drill") == 1
    assert "drill" not in [chooser["id"] for chooser in of_type(groups, "Input.")]


def test_an_opened_row_offers_the_way_back() -> None:
    first = CARDS["breakdown-change"]["actions"][0]
    assert first["title"] == "Back"
    assert first["data"]["query"]["group_by"] == ["job_category"]
    assert "filters" not in first["data"]["query"]


def test_the_question_before_a_row_was_opened_is_kept_where_it_is_known() -> None:
    before = Query(("spend",), ("team",))
    people = replace(answers.posters(), query=opened(before, "T001"))
    card = card_for(people, replace(ASKED, back=before))
    assert card["actions"][0]["data"]["query"] == {"metrics": ["spend"], "group_by": ["team"]}


def test_the_desk_decides_what_is_asked_next_where_it_says_so() -> None:
    card = card_for(answers.metric(), replace(ASKED, next=(Next("Just this", Query(("hires",))),)))
    titles = [action["title"] for action in card["actions"]]
    assert titles[0] == "Just this"
    assert "By team" not in titles


def test_more_than_three_questions_go_into_the_overflow_menu() -> None:
    modes = [action.get("mode") for action in CARDS["breakdown"]["actions"]]
    assert modes == [None, None, None, "secondary", "secondary", "secondary"]


def test_a_chooser_stands_on_what_the_answer_shows() -> None:
    chosen = {chooser["id"]: chooser["value"] for chooser in of_type(CARDS["metric"], "Input.")}
    asked = {"period": "last_quarter", "group_by": "none", "job_category": "JC01"}
    assert chosen == {**asked, "country": "all", "team": "all", "poster": "all"}


def test_a_period_without_a_code_is_kept_as_asked() -> None:
    chooser = next(c for c in of_type(CARDS["trend"], "Input.") if c["id"] == "period")
    assert chooser["value"] == "keep"
    assert chooser["choices"][0] == {"title": "Dec 2025 – Nov 2026", "value": "keep"}


@pytest.mark.parametrize("name", ANSWERS)
def test_every_answer_says_whose_data_as_of_when_and_how_much(name: str) -> None:
    said = texts(CARDS[name])
    assert "data as of Nov 20, 2026, 06:00 UTC" in said
    assert ASKED.scope in said
