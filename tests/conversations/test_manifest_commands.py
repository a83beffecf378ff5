"""Every command and prompt starter that the app offers in Teams, in every language, is sent to the bot, and answered."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from bot.cli import packaging
from bot.settings import SAMPLE_TENANT
from bot.understanding import Question, Vocabulary, read
from cards.words import languages
from tests.conversations.conftest import Talk

ANSWERED = {"answered", "helped", "defined", "fresh", "told"}


async def outcomes(talk: Talk) -> list[str]:
    now = talk.stage.clock()
    day = timedelta(days=1)
    return [one.outcome for one in await talk.stage.state.audit.list(SAMPLE_TENANT, now - day, now + day)]


@pytest.mark.parametrize("language", packaging.LANGUAGES)
async def test_every_command_of_the_app_is_answered(talk: Talk, language: str) -> None:
    where = {"personal": None, "team": talk.stage.teams.channel()}
    said = sorted({one for schema in packaging.SCHEMAS for one in packaging.asked(language, schema)})
    for text, place in said:
        await talk.say(text, where=where[place])
    found = dict(zip(said, await outcomes(talk), strict=True))
    assert {one: outcome for one, outcome in found.items() if outcome not in ANSWERED} == {}


@pytest.mark.parametrize("language", packaging.LANGUAGES)
async def test_nobody_is_misunderstood_who_picks_a_command(talk: Talk, language: str) -> None:
    personal = [text for text, place in packaging.asked(language) if place == "personal"]
    for text in personal:
        await talk.say(text, "employee")
    found = dict(zip(personal, await outcomes(talk), strict=True))
    assert {text: outcome for text, outcome in found.items() if outcome not in ANSWERED | {"refused"}} == {}


@pytest.mark.parametrize("language", packaging.LANGUAGES)
def test_a_command_is_understood_in_its_language_whatever_the_client_is_set_to(language: str) -> None:
    vocabulary = Vocabulary.from_json({"team": ["Brand Studio"], "country": ["Germany"], "job_category": ["Design"]})
    for text, _ in packaging.asked(language):
        question = Question(text=text, language="en", today=date(2026, 11, 20), earlier=(), chosen={})
        reading = read(question, vocabulary)
        assert (reading.language, reading.kind in {"answer", "help"}) == (language, True), text


def test_the_app_speaks_every_language_of_the_bot() -> None:
    assert set(packaging.LANGUAGES) == set(languages())
