"""Stories through the real endpoint: noted on a record, seen by whoever may see that record."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from analytics.model import Scope
from bot.access import EVERYTHING, GROUPS, TOTALS, Access
from bot.answering import Answering
from bot.features import stories
from bot.features.feature import Services
from bot.vocabularies import Vocabularies
from tests.conversations.conftest import actions, texts
from tests.conversations.personal import Company, company, talking_in
from tests.fakes.serving import ThrowawayCA
from tests.world import World


@pytest.fixture
async def talk(ca: ThrowawayCA, tmp_path: Path) -> AsyncIterator[Company]:
    async with talking_in(World(tmp_path / "world", company(1_000, 2_000)), ca, tmp_path) as made:
        yield made


async def test_a_story_is_noted_on_the_record_that_was_opened_last(talk: Company) -> None:
    listed = await talk.say("list active contracts", "ana")
    opener = next(a for a in actions(listed) if a["verb"] == "record")
    await talk.press(opener, "ana", drill="C1")
    shown = texts(await talk.say("note as a story: The new logo won a *prize*.", "ana"))
    assert "The story is noted" in shown
    assert "1. Logo" in shown
    assert "Ana Silva" in shown


async def test_only_whoever_may_see_the_record_sees_its_story(talk: Company) -> None:
    assert "noted" in texts(await talk.say("note as a story on contract C2: Done in a week.", "ben"))
    assert "Done in a week" in texts(await talk.say("stories", "pia"))
    for key in ("ana", "eve"):
        assert "No stories yet" in texts(await talk.say("show stories", key))
    assert "no such job or contract" in texts(await talk.say("note as a story on contract C2: Mine now.", "ana"))


async def test_its_author_and_the_program_change_and_remove_it(talk: Company) -> None:
    await talk.say("note as a story on contract C1: First.", "ana")
    await talk.say("note as a story on contract C2: Second.", "ben")
    assert "no such story" in texts(await talk.say("remove story 2", "ana"))
    assert "Better told" in texts(await talk.say("change story 1 to: Better told.", "ana"))
    card = await talk.say("stories", "pia")
    (remove,) = [a for a in actions(card) if a["verb"] == "story_remove"]
    left = texts(await talk.press(remove, "pia", story="2"))
    assert "Second" not in left
    assert "Better told" in left


async def test_the_freshest_that_an_audience_may_see(talk: Company) -> None:
    await talk.say("note as a story on contract C1: First.", "ana")
    talk.stage.clock.pass_by(60)
    await talk.say("note as a story on contract C2: Second.", "ben")
    access = Access(talk.world.engine, {}, talk.stage.clock, directory_days=40)
    services = Services(
        talk.world.engine,
        access,
        talk.stage.state,
        Answering(talk.world.engine),
        talk.stage.clock,
        vocabularies=Vocabularies(talk.world.engine, talk.stage.state.taught),
    )
    tenant = talk.person("pia").tenant

    async def texts_for(scope: Scope) -> list[str]:
        return [one.text for one in await stories.freshest(services, tenant, scope, 2)]

    assert await texts_for(EVERYTHING) == ["Second.", "First."]
    assert await texts_for(Scope("line", "named", people=("P1",))) == ["First."]
    assert await texts_for(TOTALS) == await texts_for(GROUPS) == []


@pytest.mark.parametrize(
    "said",
    [
        "als Story notieren zu Vertrag C1: Gut.",
        "note comme histoire sur le contrat C1: Gut.",
        "anota como historia sobre el contrato C1: Gut.",
        "anote como história sobre o contrato C1: Gut.",
        "ストーリー 契約 C1:Gut.",
    ],
)
async def test_a_story_is_noted_in_other_languages(talk: Company, said: str) -> None:
    await talk.say(said, "ana")
    (one,) = await talk.stage.state.stories.listed(talk.person("ana").tenant)
    assert (one.kind, one.record, one.text) == ("contract", "C1", "Gut.")
