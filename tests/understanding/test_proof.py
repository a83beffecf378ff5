"""The proof before an answer: what would be lost is asked back, what can be held is held, and commands are no questions."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from analytics.query import to_json
from bot.understanding import Earlier, Question, Reading, Vocabulary, read
from bot.understanding.interpret import interpret
from bot.understanding.languages import LANGUAGES
from cards.words import words
from tests.understanding.conftest import TODAY

LOST = (
    "spend for the money people", "teams with only one contract", "jobs needing both figma and python",
    "how many teams have no open jobs", "teams without spend", "who has not posted a job this year",
    "jobs with more than 20 proposals", "hours per contract", "how many managers hired a freelancer",
    "teams with the highest and lowest spend", "top 3 teams by spend in each division", "what % of teams use freelancers",
    "time to hire against our target and last year", "spend against budget and target", "first week of november hires",
    "spend in the first two weeks of october", "current jobs", "how many freelancers started last month",
    "how many offers were declined", "spend for data", "spend with more than 50.000 by team", "budget used",
    "spend on design, development and writing", "jobs without any proposal", "spend per hour",
)  # fmt: skip
HELD: tuple[tuple[str, dict[str, Any]], ...] = (
    ("which team spent the second most", {"metrics": ["spend"], "group_by": ["team"], "order": [["spend", "desc"]], "limit": 2}),
    ("spend net of fees", {"metrics": ["spend"], "filters": {"charge_type": {"not": ["platform_fee", "processing_fee"]}}}),
    ("spend without platform fees", {"metrics": ["spend"], "filters": {"charge_type": {"not": ["platform_fee"]}}}),
    ("how much do we pay in fees", {"metrics": ["spend"], "filters": {"charge_type": ["platform_fee", "processing_fee"]}}),
    ("spend in Europe", {"metrics": ["spend"], "filters": {"region": ["EMEA"]}}),
    ("fastest teams", {"metrics": ["avg_time_to_hire"], "group_by": ["team"], "order": [["avg_time_to_hire", "asc"]]}),
    ("how many teams spent under 1,000", {"metrics": ["spend"], "group_by": ["team"], "having": {"metric": "spend", "op": "<", "value": 1000}}),
    ("hires for design or video", {"metrics": ["hires"], "filters": {"job_category": ["Design & Creative", "Video & Audio"]}}),
    ("which is cheaper per hour, Upwork or Malt", {"metrics": ["avg_hourly_rate"], "compare": {"dimension": "platform", "values": ["Upwork", "Malt"]}}),
    ("spend from 5 to 12 october", {"metrics": ["spend"], "time": {"from": "2026-10-05", "to": "2026-10-13"}}),
    ("spend 3Q25", {"metrics": ["spend"], "time": {"from": "2025-07-01", "to": "2025-10-01"}}),
    ("spend May '25", {"metrics": ["spend"], "time": {"from": "2025-05-01", "to": "2025-06-01"}}),
    ("hires on monday", {"metrics": ["hires"], "time": {"from": "2026-11-16", "to": "2026-11-17"}}),
    ("how did hires change from Q1 2026 to Q2 2026", {"metrics": ["hires"], "time": {"from": "2026-04-01", "to": "2026-07-01"}, "compare": {"from": "2026-01-01", "to": "2026-04-01"}}),
    ("teams with exactly 3 hires", {"metrics": ["hires"], "group_by": ["team"], "having": [{"metric": "hires", "op": ">=", "value": 3}, {"metric": "hires", "op": "<=", "value": 3}]}),
    ("Teams mit Ausgaben über 50.000", {"metrics": ["spend"], "group_by": ["team"], "having": {"metric": "spend", "op": ">", "value": 50000}}),
    ("Bewertung unter 4,5 nach Plattform", {"metrics": ["rating"], "group_by": ["platform"], "having": {"metric": "rating", "op": "<", "value": 4.5}}),
    ("top 10 teams by spend last quarter", {"metrics": ["spend"], "group_by": ["team"], "time": {"from": "2026-07-01", "to": "2026-10-01"}, "order": [["spend", "desc"]], "limit": 10}),
    ("spend in the U.S.", {"metrics": ["spend"], "filters": {"country": ["United States"]}}),
)  # fmt: skip
COMMANDS = (
    ("send me spend by team every Monday", "subscribe"), ("remind me every month of contracts ending", "subscribe"),
    ("keep me posted on open jobs", "subscribe"), ("alert me when spend exceeds 100k", "alert"),
    ("watch the spend of Brand Studio", "alert"), ("tell me when fill rate drops below 60%", "alert"),
    ("our target for fill rate is 80%", "target"), ("change the spend target to 2m", "target"),
    ("download hires by month as csv", "export"), ("why is spend so high in October", "explain_change"),
    ("what caused the drop in fill rate last quarter", "explain_change"),
)  # fmt: skip


def reading(text: str, vocabulary: Vocabulary) -> Reading:
    return read(Question(text, None, TODAY), vocabulary)


@pytest.mark.parametrize("text", LOST)
def test_a_meaning_that_a_query_cannot_hold_is_asked_back(text: str, vocabulary: Vocabulary) -> None:
    found = reading(text, vocabulary)
    assert found.kind == "clarify"
    assert found.unread
    assert all(word.casefold() in text.casefold() for said in found.unread for word in said.split()), found.unread


@pytest.mark.parametrize(("text", "wanted"), HELD)
def test_a_meaning_that_a_query_can_hold_is_held(text: str, wanted: dict[str, Any], vocabulary: Vocabulary) -> None:
    found = reading(text, vocabulary)
    assert found.query, found
    assert to_json(found.query) == wanted


@pytest.mark.parametrize(("text", "action"), COMMANDS)
def test_a_command_is_no_plain_question(text: str, action: str, vocabulary: Vocabulary) -> None:
    found = reading(text, vocabulary)
    assert (found.kind, found.action) == ("answer", action)
    assert found.query


def test_a_followup_that_changes_nothing_is_asked_back(vocabulary: Vocabulary) -> None:
    for second in ("break down", "list them", "how long did it take"):
        got = interpret({"id": "1", "turns": ["hires last month", second], "scope": "all"}, vocabulary, TODAY)
        assert got["kind"] == "clarify", second


def test_a_mean_over_periods_offers_the_periods(vocabulary: Vocabulary) -> None:
    found = reading("average spend per month this year", vocabulary)
    assert (found.kind, found.topic) == ("clarify", "average_over_time")
    assert found.choices[0].query
    assert found.choices[0].query.grain == "month"


def test_where_freelancers_sit_is_no_region(vocabulary: Vocabulary) -> None:
    assert reading("freelancers from Europe", vocabulary).topic == "region"


def test_a_team_and_half_a_category_of_one_name_are_asked_back_unless_a_cue_decides() -> None:
    names = Vocabulary.from_json({"team": ["Engineering"], "job_category": ["Engineering & Architecture"]})
    found = reading("spend of Engineering", names)
    assert [choice.label for choice in found.choices] == [
        "Engineering (team)",
        "Engineering & Architecture (job category)",
    ]
    cued = reading("spend of the Engineering team", names)
    assert cued.query
    assert to_json(cued.query)["filters"] == {"team": ["Engineering"]}


TOPIC = re.compile(r'(?:topic=|Ask\()"([a-z_]+)"')
WITHOUT = {"unread", "left_out", "future", "scope"}  # named words, and what refusals say


@pytest.mark.parametrize("language", ["en", *LANGUAGES])
def test_every_question_back_says_what_is_unclear(language: str) -> None:
    folder = Path(__file__).parents[2] / "bot" / "understanding"
    code = "".join(path.read_text(encoding="utf-8") for path in folder.glob("*.py"))
    topics = set(TOPIC.findall(code)) - WITHOUT
    assert len(topics) > 10
    assert [topic for topic in sorted(topics) if f"desk.{topic}" not in words(language).sentences] == []


@pytest.mark.parametrize(
    ("before", "text"),
    [
        ("spend last quarter", "contracts last quarter"),
        ("total spend last fiscal year", "total spend last fiscal year"),
        ("spend by team in Germany last quarter", "spend by team in Germany last quarter"),
        ("spend by category", "spend by category"),
        ("spend", "spend"),
    ],
)
def test_a_whole_question_is_read_alike_whatever_was_asked_before(
    vocabulary: Vocabulary, before: str, text: str
) -> None:
    alone = read(Question(text, "en", TODAY), vocabulary)
    first = read(Question(before, "en", TODAY), vocabulary)
    assert first.query
    after = read(Question(text, "en", TODAY, (Earlier(to_json(first.query), before),)), vocabulary)
    assert (after.kind, after.query) == (alone.kind, alone.query) == ("answer", alone.query)
