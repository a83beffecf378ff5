"""What people say first, and what they get: (said, answered) pairs through the whole bot."""

from __future__ import annotations

import pytest

from analytics.engine import Engine
from analytics.query import from_json
from tests.conversations.conftest import Talk, texts
from tests.world import EVERYTHING, TODAY

# said -> (title on the card, further words that must stand on it)
ANSWERED = (
    ("total spend last quarter", "Spend", ("Jul – Sep 2026", "Whole program")),
    ("spend by job category", "Spend by job category", ("Design & Creative", "Total")),
    ("spend by team last quarter", "Spend by team", ("Total",)),
    ("spend by month this fiscal year", "Spend by month", ("How I read it",)),
    ("spend per full-time employee last quarter", "Spend per full-time employee", ()),
    ("jobs posted by category", "Jobs posted by job category", ("Total",)),
    ("jobs posted by team last year", "Jobs posted by team", ()),
    ("who posted the most jobs", "Jobs posted by", ()),
    ("average time to hire", "Average time to hire", ("days", "Target 7 days")),
    ("average spend per contract", "Average spend per contract", ()),
    ("average contract duration last fiscal year", "Average contract duration", ("days",)),
    ("compare freelance and staffing spend last quarter", "Spend", ("Freelance", "External staffing")),
    ("contracts freelance vs staffing last fiscal year", "Contracts", ("Freelance", "External staffing")),
    ("spend on design in Germany last quarter", "Spend", ("Design & Creative", "Germany")),
)


@pytest.mark.parametrize(("said", "title", "further"), ANSWERED, ids=[said for said, _, _ in ANSWERED])
async def test_a_question_gets_its_card(talk: Talk, said: str, title: str, further: tuple[str, ...]) -> None:
    shown = texts(await talk.say(said))
    assert title in shown
    for words in further:
        assert words in shown


@pytest.mark.parametrize("said", ["hello", "help", "what can you do?"])
async def test_a_greeting_and_a_call_for_help_lead_on(talk: Talk, said: str) -> None:
    assert "Spend by job category" in texts(await talk.say(said))


@pytest.mark.parametrize("said", ["flurble the wug", "spend by zorkmid", "asdf", "🤷"])
async def test_what_is_not_understood_is_said_and_leads_on(talk: Talk, said: str) -> None:
    shown = texts(await talk.say(said))
    assert "Spend by job category" in shown
    assert "Total" not in shown


async def test_the_number_on_the_card_is_the_engines(talk: Talk, engine: Engine) -> None:
    query = from_json({"metrics": ["jobs_posted"], "time": {"from": "2025-07-01", "to": "2026-07-01"}})
    total = engine.ask(query, EVERYTHING, today=TODAY).total
    assert total is not None
    assert f"{total.values[0]:,}" in texts(await talk.say("jobs posted last fiscal year"))


async def test_a_follow_up_leans_on_the_answer_before(talk: Talk) -> None:
    await talk.say("spend last fiscal year")
    assert "Spend by month" in texts(await talk.say("and by month?"))


async def test_lists_checks_and_freshness_are_shown(talk: Talk) -> None:
    assert "Design & Creative" in texts(await talk.say("which categories are there?"))
    assert "Data checks" in texts(await talk.say("can I trust the data?"))
    assert "Nov 19, 2026" in texts(await talk.say("how current is the data?"))
    assert "how it is computed" in texts(await talk.say("how is time to hire calculated?"))


async def test_scorecards_are_asked_for_by_name(talk: Talk) -> None:
    assert "Adoption" in texts(await talk.say("demand scorecard"))
    assert "Repeat hire rate" in texts(await talk.say("skilled, fast, economical"))
    assert "If every team used freelancers" in texts(await talk.say("what if every team used freelancers?"))
