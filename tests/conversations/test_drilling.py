"""Down into an answer and back: teams, the people who posted, their jobs, one job; scorecards; how current the data is."""

from __future__ import annotations

import re

from tests.conversations.conftest import Talk, texts
from tests.conversations.test_browsing import button, chooser, names


async def test_a_team_leads_to_its_people_and_a_person_to_their_jobs_and_back_is_exactly_where_one_was(
    talk: Talk,
) -> None:
    teams = await talk.say("jobs posted by team last quarter")
    people = await talk.press(button(teams, "open"), drill=names(teams)[0])
    assert "Open jobs: " in texts(people)
    jobs = await talk.press(button(people, "open"), drill=names(people)[0])
    assert (await talk.press(button(people, "ask", "Back")))["speak"] == teams["speak"]
    assert (await talk.press(button(jobs, "ask", "Back")))["speak"] == people["speak"]
    counted = people["speak"].split(", ")[1].split(". ")[0].rsplit(" ", 1)[1]
    assert f". {counted} job" in jobs["speak"]
    assert (await talk.press(button(jobs, "record"), drill=names(jobs)[0]))["speak"]


async def test_a_scorecard_says_how_each_number_moved_and_a_line_of_it_is_asked_alone(talk: Talk) -> None:
    card = await talk.say("supply scorecard")
    said = texts(card)
    assert "compared with" in said
    assert "Assumed: an adopting team" in said
    assert any(word in said for word in ("better", "worse", "steady"))
    alone = await talk.press(button(card, "ask", "Fill rate"))
    assert "Fill rate" in alone["speak"]


async def test_how_current_the_data_is_names_every_source_with_its_age(talk: Talk) -> None:
    card = await talk.say("how current is the data")
    assert "How current is this?" in texts(card)
    assert re.search(r"today|\d+ days?", texts(card))


async def test_what_is_filtered_by_an_amount_shows_that_amount(talk: Talk) -> None:
    card = await talk.say("list contracts longer than 90 days")
    assert chooser(card, "drill")
    assert re.search(r"\d+ days", texts(card))


async def test_how_a_number_is_computed_says_what_it_was_counted_from(talk: Talk) -> None:
    card = await talk.say("average time to hire last quarter")
    told = texts(await talk.press(button(card, "define")))
    assert "avg(hire\\_days)" in told or "avg(hire_days)" in str(told)
    assert re.search(r"In this answer: [\d,]+ hires", told)
