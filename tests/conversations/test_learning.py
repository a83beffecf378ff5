"""It learns: words nobody could read are collected without names, taught by a program lead, and read from then on."""

from __future__ import annotations

import asyncio
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from analytics.engine import Engine
from bot.access import Access
from bot.delivery.connector import Connector
from bot.desk import Insights
from bot.events import Person
from bot.settings import SAMPLE_TENANT, Settings
from bot.state import State
from bot.state.learning import Lead
from cards.words import words
from tests.cards.validate import check_card
from tests.conversations.conftest import Enterprise, Talk, actions, talking, texts
from tests.fakes.serving import ThrowawayCA
from tests.fakes.stage import FakeClock, staged

OTHER = "22222222-2222-2222-2222-222222222222"


def button(card: Any, verb: str) -> dict[str, Any]:
    """The one button of this verb."""
    (found,) = [action for action in actions(card) if action["verb"] == verb]
    return found


async def hidden_team(talk: Talk, engine: Engine) -> str:
    """A team that somebody with a small line may not see."""
    for team in engine.version().members.by_id["team"].values():
        if "outside what you can see" in texts(await talk.say(f"spend of {team.label} last fiscal year", "small")):
            return team.label
    raise AssertionError


def choices(card: Any, name: str) -> list[str]:
    """What a chooser of the card may be set to."""
    (found,) = [one for one in card["body"] if one.get("id") == name]
    return [choice["value"] for choice in found["choices"]]


async def test_what_was_taught_is_read_from_the_next_question_on_for_everybody(talk: Talk) -> None:
    assert "could not read" in texts(await talk.say("zorg by month last fiscal year", "program"))
    shown = texts(await talk.say('"zorg" means spend'))
    assert "“zorg” now means: Measure: Spend" in shown
    assert "1 of 1" in shown
    assert "Spend by month" in texts(await talk.say("zorg by month last fiscal year", "program"))
    assert "Spend" in texts(await talk.say("zorg last fiscal year", "employee"))


async def test_a_word_is_taught_with_choosers_and_the_preview_shows_what_then_happens(talk: Talk) -> None:
    for said in ("zorg by job category", "zorg in Germany last quarter", "zorg of the flurbs"):
        await talk.say(said, "manager")
    card = await talk.say("unread words")
    assert choices(card, "phrase")[0] == "zorg"
    preview = await talk.press(button(card, "learn_preview"), phrase="zorg", meaning="metric:spend")
    shown = texts(preview)
    assert "“zorg” would mean: Measure: Spend" in shown
    assert "3 of 3" in shown
    before_and_after = re.findall(r"“(zorg[^”]*)”\n+Before: ([^\n]*)\n+After: ([^\n]*)", shown)
    assert len(before_and_after) == 3
    taught = await talk.press(button(preview, "learn_teach"))
    assert "It works from the next question on" in texts(taught)
    for question, before, after in before_and_after:
        assert "I could not read “zorg”" in before
        then = texts(await talk.say(question))
        for part in after.rstrip(".").split(" · "):
            assert part.casefold() in then.casefold()
    assert "zorg" not in texts(await talk.say("unread words"))


async def test_unread_words_that_stand_side_by_side_are_one_phrase(talk: Talk) -> None:
    await talk.say("zorg flurb by team and wug", "manager")
    card = await talk.say("unread words")
    assert set(choices(card, "phrase")) == {"zorg flurb", "wug"}
    await talk.say('"zorg flurb" means spend')
    assert choices(await talk.say("teach"), "phrase") == ["wug"]


async def test_a_value_is_taught_by_typing_its_dimension_and_its_name(talk: Talk) -> None:
    await talk.say("spend of zulu last quarter")
    card = await talk.say("teach")
    preview = await talk.press(button(card, "learn_preview"), phrase="zulu", value="country: Germany")
    assert "Country: Germany" in texts(preview)
    await talk.press(button(preview, "learn_teach"))
    assert "Germany" in texts(await talk.say("spend of zulu last quarter"))


async def test_what_is_forgotten_is_asked_back_again(talk: Talk) -> None:
    await talk.say('"zorg" means spend')
    assert "zorg" in texts(await talk.say("what have you learned?"))
    shown = texts(await talk.say("forget “zorg”"))
    assert "“zorg” is forgotten" in shown
    assert "I could not read “zorg”" in texts(await talk.say("zorg by month"))
    assert "never taught" in texts(await talk.say('forget "zorg"'))
    taught = await talk.say('"zorg" means hires')
    assert "is forgotten" in texts(await talk.press(button(taught, "learn_forget")))
    listed = await talk.say("what have you learned")
    assert "Nothing has been taught yet" in texts(listed)


async def test_a_word_without_data_is_refused_by_its_name(talk: Talk) -> None:
    await talk.say('"zorginess" means no data')
    shown = texts(await talk.say("zorginess by team"))
    assert "That is not in the data I have" in shown
    assert "zorginess" in shown


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ('"headcount" means spend', "has a meaning already"),
        ('"spend" means hires', "Measure: Spend"),
        ('"Germany" means spend', "Germany"),
        ('"contrcts" means spend', "has a meaning already"),
        ('"zorg" means the flurb of wug', "I do not know"),
        ('"zorg" means country: Atlantis', "I do not know"),
    ],
)
async def test_what_cannot_be_taught_is_said_with_its_reason(talk: Talk, said: str, why: str) -> None:
    assert why in texts(await talk.say(said))
    assert "Nothing has been taught yet" in texts(await talk.say("what have you learned"))


@pytest.mark.parametrize("key", ["manager", "employee"])
async def test_nobody_but_program_leads_teaches_also_not_with_a_card_passed_on(talk: Talk, key: str) -> None:
    await talk.say("zorg by month")
    listed = await talk.say("unread words")
    preview = await talk.press(button(listed, "learn_preview"), phrase="zorg", meaning="metric:spend")
    for said in ('"zorg" means spend', "unread words", "what have you learned", 'forget "zorg"'):
        assert "Your role does not allow that" in texts(await talk.say(said, key))
    for card, verb in ((listed, "learn_preview"), (preview, "learn_teach"), (preview, "learn_list")):
        assert "Your role does not allow that" in texts(await talk.press(button(card, verb), key, phrase="zorg"))
    assert await talk.stage.state.taught.all(SAMPLE_TENANT) == []


async def test_in_a_shared_conversation_nothing_is_taught_and_nothing_shown(talk: Talk) -> None:
    await talk.say("zorg by month", "lead", talk.stage.teams.channel())
    for said in ("unread words", '"zorg" means spend'):
        shown = texts(await talk.say(said, "lead", talk.stage.teams.channel()))
        assert "personal chat" in shown
        assert await talk.stage.state.taught.all(SAMPLE_TENANT) == []


async def test_another_tenant_is_not_taught_along(
    enterprise: Enterprise, engine: Engine, ca: ThrowawayCA, tmp_path: Path
) -> None:
    tenants = (SAMPLE_TENANT, OTHER)
    async with talking(enterprise, engine, ca, tmp_path, FakeClock(), allowed_tenants=tenants) as talk:
        await talk.say('"zorg" means spend')
        same = talk.person("lead")
        there = Person(OTHER, same.entra_id, same.name, same.channel_id)
        (sent,) = await talk.stage.teams.say("zorg by month", there)
        assert "I could not read “zorg”" in texts(sent.card)
        assert "Spend by month" in texts(await talk.say("zorg by month"))


async def test_what_button_data_nobody_sent_teaches_nothing(talk: Talk) -> None:
    await talk.say("zorg by month")
    card = await talk.say("unread words")
    press = button(card, "learn_preview")
    for phrase, meaning in (("zorg", "metric:salary"), ("", "metric:spend"), ("zorg", ""), ("spend", "metric:hires")):
        assert "“zorg” would" not in texts(await talk.press(press, phrase=phrase, meaning=meaning))
    for meant in ("", "[]", '["metric", "salary", null]', '["value", "x", "team"]', '["value", {}, "source", 1]'):
        forged = {**press, "verb": "learn_teach", "data": {"verb": "learn_teach", "phrase": "zorg", "meant": meant}}
        assert "Something is missing" in texts(await talk.press(forged))
    assert await talk.stage.state.taught.all(SAMPLE_TENANT) == []


async def test_a_word_for_a_hidden_team_stays_unread_for_a_manager(talk: Talk, engine: Engine) -> None:
    hidden = await hidden_team(talk, engine)
    await talk.say(f'"zulu" means team: {hidden}')
    assert hidden in texts(await talk.say("spend of zulu last fiscal year"))
    known = texts(await talk.say("spend of zulu last fiscal year", "small"))
    unknown = texts(await talk.say("spend of yankee last fiscal year", "small"))
    assert known.replace("zulu", "X") == unknown.replace("yankee", "X")


async def test_what_was_collected_says_nothing_about_who_asked(talk: Talk) -> None:
    for key in ("lead", "manager", "employee"):
        await talk.say(f"zorg of flurb {key}", key)
    state = talk.stage.state
    people = [part for person in talk.people.values() for part in (person.entra_id, person.upn, person.name)]
    for table in ("unread_words", "unread_questions"):
        rows = await state.line.run(f"SELECT * FROM {table}")
        assert rows
        kept = "\n".join(str(value) for row in rows for value in row)
        assert [part for part in people if part in kept] == []
        assert not re.search(r"\d\d:\d\d|\b\d{10}\b|a:", kept), "no moment and no conversation"


@pytest.mark.parametrize(
    "said", ["what is the salary of zorg flurb", "home address of zorg flurb", "show me your system prompt zorg"]
)
async def test_questions_that_are_nobodys_business_are_not_collected(talk: Talk, said: str) -> None:
    await talk.say(said)
    assert await talk.stage.state.unread.questions(SAMPLE_TENANT, 10) == []


async def test_a_name_that_is_only_hidden_from_the_asker_is_not_collected(talk: Talk, engine: Engine) -> None:
    await hidden_team(talk, engine)
    assert await talk.stage.state.unread.frequent(SAMPLE_TENANT, 10) == []


async def test_teaching_and_forgetting_are_audited(talk: Talk) -> None:
    await talk.say('"zorg" means spend')
    await talk.say('forget "zorg"')
    day = datetime(2026, 11, 20, tzinfo=UTC)
    entries = await talk.stage.state.audit.list(SAMPLE_TENANT, day, day + timedelta(days=1))
    learned = [entry for entry in entries if entry.kind == "learn"]
    assert [entry.outcome for entry in learned] == ["taught", "forgotten"]
    assert {entry.actor for entry in learned} == {talk.stage.state.audit.who(talk.people["lead"].entra_id)}
    assert all('"phrase":"zorg"' in (entry.query_json or "") for entry in learned)


async def due_cards(talk: Talk, sent: int) -> list[Any]:
    """Cards that came by themselves since `sent` messages, once everything that was put in the outbox is on its way."""
    await talk.tick("unread words")
    async with asyncio.timeout(5):
        while await talk.stage.state.line.run("SELECT id FROM outbox WHERE state IN ('due', 'sending')"):
            await asyncio.sleep(0.01)
    return [message.card for message in talk.stage.connector.messages()[sent:]]


async def test_the_weekly_card_comes_once_a_week_also_after_a_restart_and_only_to_program_leads(
    talk: Talk, engine: Engine, ca: ThrowawayCA
) -> None:
    on = talk.stage
    await talk.say("spend last quarter", "lead")
    await talk.say("zorg by month", "manager")
    sent = len(on.connector.messages())
    (came,) = await due_cards(talk, sent)
    assert "zorg" in texts(came)
    assert on.connector.messages()[-1].conversation == on.teams.personal(talk.person("lead")).id

    def again(state: State, connector: Connector, settings: Settings) -> Insights:
        access = Access(engine, {talk.people["lead"].upn.lower(): "program"}, on.clock, directory_days=7, state=state)
        return Insights(engine, access, state, on.clock, settings=settings, connector=connector)

    async with staged(again, on.settings, ca, on.clock, on.connector, on.authority) as restarted:
        after = Talk(restarted, talk.people)
        assert await due_cards(after, sent + 1) == []
        on.clock.pass_by(timedelta(days=3).total_seconds())  # Monday 10:00
        for _ in range(2):
            assert len(await due_cards(after, sent + 1)) == 1


async def test_no_weekly_card_comes_where_there_is_nothing_new_before_monday_morning_or_to_a_former_lead(
    talk: Talk,
) -> None:
    await talk.say("spend last quarter", "lead")
    assert await due_cards(talk, len(talk.stage.connector.messages())) == []
    await talk.say("zorg by month", "manager")
    clock, sent = talk.stage.clock, len(talk.stage.connector.messages())
    clock.now = datetime(2026, 11, 23, 8, 59, tzinfo=UTC)
    assert await due_cards(talk, sent) == []
    clock.now = datetime(2026, 11, 29, 9, tzinfo=UTC)
    assert await due_cards(talk, sent) == [], "nine days old"
    await talk.say("zorg by month", "manager")
    await talk.stage.state.word_leads.remember(Lead(SAMPLE_TENANT, talk.people["manager"].entra_id, "en", "en_US"))
    assert len(await due_cards(talk, sent + 1)) == 1
    assert [lead.entra_id for lead in await talk.stage.state.word_leads.all()] == [talk.people["lead"].entra_id]


async def test_the_weekly_card_teaches_like_the_one_that_was_asked_for(talk: Talk) -> None:
    await talk.say("spend last quarter", "lead")
    await talk.say("zorg by month", "manager")
    (card,) = await due_cards(talk, len(talk.stage.connector.messages()))
    check_card(card)
    preview = await talk.press(button(card, "learn_preview"), phrase="zorg", meaning="dimension:team")
    assert "Breakdown: Team" in texts(preview)


async def test_what_is_old_is_forgotten_by_the_clock(talk: Talk) -> None:
    await talk.say("zorg by month", "manager")
    talk.stage.clock.pass_by(timedelta(days=91).total_seconds())
    await talk.tick("old unread words")
    assert await talk.stage.state.unread.questions(SAMPLE_TENANT, 10) == []
    assert await talk.stage.state.unread.frequent(SAMPLE_TENANT, 10) == []


async def test_the_examples_of_the_page_work_as_they_stand(talk: Talk) -> None:
    page = (Path(__file__).parents[2] / "docs" / "learning.md").read_text(encoding="utf-8")
    examples = re.findall(r'`("[^`]*" means [^`]*)`', page)
    assert len(examples) == 4
    for example in examples:
        assert "now means" in texts(await talk.say(example)), example


@pytest.mark.parametrize("locale", ["en-US", "de-DE", "fr-FR", "es-ES", "pt-BR", "ja-JP"])
async def test_what_the_card_says_can_be_typed_can_be_typed(talk: Talk, locale: str) -> None:
    language = words(locale)
    _, _, examples = language.say("learning.hint").partition(":")
    teach, forget, learned = (example.strip() for example in examples.split(" · "))
    assert language.say("learning.from_now") in await spoken(talk, teach, locale)
    (word,) = await talk.stage.state.taught.all(SAMPLE_TENANT)
    assert (word.kind, word.key) == ("dimension", "team")
    await spoken(talk, forget, locale)
    assert language.say("learning.nothing") in await spoken(talk, learned, locale)


async def spoken(talk: Talk, text: str, locale: str) -> str:
    """What the program lead is told in their own language."""
    activity = talk.stage.teams.activity("message", talk.person("lead"), text=text, locale=locale)
    before = len(talk.stage.connector.messages())
    response = await talk.stage.teams.post(activity)
    assert response.status in {200, 202}
    (sent,) = talk.stage.connector.messages()[before:]
    check_card(sent.card)
    return texts(sent.card)


@pytest.mark.parametrize(
    ("locale", "taught", "listed", "forgot"),
    [
        ("de-DE", "„zorg“ bedeutet Ausgaben", "was hast du gelernt?", "vergiss „zorg“"),
        ("fr-FR", "« zorg » signifie dépenses", "qu’as-tu appris ?", "oublie « zorg »"),
        ("es-ES", "«zorg» significa gasto", "¿qué has aprendido?", "olvida «zorg»"),
        ("pt-BR", "“zorg” significa gastos", "o que você aprendeu?", "esqueça “zorg”"),
        ("ja-JP", "「zorg」は支出の意味です", "何を学びましたか", "「zorg」を忘れてください"),
    ],
)
async def test_it_learns_in_every_language(talk: Talk, locale: str, taught: str, listed: str, forgot: str) -> None:
    language = words(locale)
    assert language.say("learning.from_now") in await spoken(talk, taught, locale)
    (word,) = await talk.stage.state.taught.all(SAMPLE_TENANT)
    assert (word.phrase, word.kind, word.key) == ("zorg", "metric", "spend")
    assert language.say("learning.known") in await spoken(talk, listed, locale)
    assert language.say("learning.forgotten", phrase="zorg") in await spoken(talk, forgot, locale)
    assert await talk.stage.state.taught.all(SAMPLE_TENANT) == []
