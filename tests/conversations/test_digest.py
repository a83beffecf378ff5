"""The weekly digest as people live with it: arranged in words or on a card, posted, kept current, answered in private."""

from __future__ import annotations

import asyncio
import re
from typing import TYPE_CHECKING

import pytest

from tests.cards.validate import check_card, of_type
from tests.conversations.conftest import Talk, actions, texts
from tests.fakes.connector import Script

if TYPE_CHECKING:
    from bot.events import Conversation
    from tests.fakes.connector import Sent

WEEK = 7 * 86_400


async def tick(talk: Talk) -> list[Sent]:
    """The clockwork and the bot's own sender until nothing more is to be done; what was sent."""
    before = len(talk.stage.connector.messages())
    for _ in range(4):
        await talk.tick("schedules")
        await sent_all(talk)
    return talk.stage.connector.messages()[before:]


async def sent_all(talk: Talk) -> None:
    """Returns when the outbox is empty."""
    async with asyncio.timeout(10):
        while {"due", "sending"} & set(await talk.stage.state.outbox.depth()):
            await asyncio.sleep(0.01)


async def arranged(talk: Talk, where: Conversation, said: str = "post the weekly digest here on Mondays at 9") -> Sent:
    """Arranged by the lead, who has a personal chat too; the first post."""
    await talk.say("hello", "lead")
    await talk.say(said, "lead", where)
    sent = await tick(talk)
    (post,) = [one for one in sent if one.card and one.conversation == where.root]
    check_card(post.card)
    return post


def to_monday(talk: Talk, hours: float = 9.5) -> None:
    """Half past nine on the next Monday, UTC."""
    now = talk.stage.clock()
    days = (7 - now.weekday()) % 7 or 7
    talk.stage.clock.pass_by(days * 86_400 - (now.hour - hours) * 3_600 - now.minute * 60)


@pytest.fixture
def where(talk: Talk) -> Conversation:
    return talk.stage.teams.channel()


async def test_the_first_digest_goes_out_at_once_and_the_owner_is_asked_to_pin_it(
    talk: Talk, where: Conversation
) -> None:
    await talk.say("hello", "lead")
    answer = await talk.say("post the weekly digest here on Mondays at 9", "lead", where)
    assert "Monday at 09:00 (Europe/Berlin)" in texts(answer)
    assert "no bot pin" in texts(answer)
    sent = await tick(talk)
    (post,) = [one for one in sent if one.card]
    (pin,) = [one for one in sent if one.text]
    assert (post.method, post.conversation) == ("POST", where.root)
    assert pin.conversation == talk.stage.teams.personal(talk.person("lead")).id
    assert "pin it once" in pin.text
    assert await tick(talk) == []


async def test_the_card_has_the_numbers_the_promises_what_is_worth_a_look_and_three_buttons(
    talk: Talk, where: Conversation
) -> None:
    post = await arranged(talk, where)
    said = texts(post.card)
    for part in (
        "week 46",
        "Nov 9 – 15, 2026",
        "Spend",
        "Last year",
        "The three promises",
        "Demand",
        "Supply at scale",
        "Worth a look",
        "past their planned end",
    ):
        assert part in said, part
    assert {a["data"].get("report") for a in actions(post.card) if a["verb"] == "report"} == {"jobs", "spending"}
    assert [a["title"] for a in actions(post.card)][-1] == "My teams"
    assert "Company totals" in said


async def test_every_week_the_same_post_is_rewritten_and_a_short_reply_says_what_changed(
    talk: Talk, where: Conversation
) -> None:
    await arranged(talk, where)
    for week in (47, 48, 49):
        to_monday(talk)
        update, reply = await tick(talk)
        assert (update.method, update.activity, update.conversation) == ("PUT", "m3", where.root)
        assert f"week {week}" in texts(update.card)
        assert (reply.method, reply.conversation) == ("POST", f"{where.root};messageid=m3")
        assert reply.text.startswith(f"Week {week}: ")
        assert "Jobs posted" in reply.text
        check_card(update.card)


async def test_a_deleted_post_is_posted_anew_once_and_pinning_is_asked_for_again(
    talk: Talk, where: Conversation
) -> None:
    await arranged(talk, where)
    to_monday(talk)
    talk.stage.connector.will(Script(404))
    sent = await tick(talk)
    assert [one.method for one in sent] == ["PUT", "POST", "POST"]
    assert "pin it again" in sent[-1].text
    to_monday(talk)
    update, _ = await tick(talk)
    assert (update.method, update.answered) == ("PUT", 200)
    assert update.activity != "m3"


async def test_a_first_post_that_may_have_arrived_is_reported_and_never_repeated(
    talk: Talk, where: Conversation
) -> None:
    await talk.say("hello", "lead")
    await talk.say("post the weekly digest here", "lead", where)
    talk.stage.connector.will(Script(fault="drop"))
    sent = await tick(talk)
    assert [bool(one.card) for one in sent] == [True, False]
    assert "I do not know whether" in sent[1].text
    talk.stage.clock.pass_by(3_600)
    assert await tick(talk) == []
    assert "in doubt" in texts(await talk.say("when is the digest", "manager", where))


@pytest.mark.parametrize(
    ("said", "day", "hour", "zone"),
    [
        ("post the weekly digest here on Tuesdays 8:30 New York time", "Tuesday", "08:30", "America/New_York"),
        ("poste den Wochenbericht hier montags um 9", "Montag", "09:00", "Europe/Berlin"),
        ("publie la synthèse hebdomadaire ici le lundi à 9h", "lundi", "09:00", "Europe/Berlin"),
        ("publica el resumen semanal aquí los lunes a las 9", "lunes", "09:00", "Europe/Berlin"),
        ("publica o resumo semanal aqui às segundas às 9", "segunda", "09:00", "Europe/Berlin"),
        ("毎週月曜9時に週報をここに投稿して", "月曜日", "09:00", "Europe/Berlin"),
    ],
)
async def test_a_digest_is_arranged_in_any_language_and_speaks_it(
    talk: Talk, where: Conversation, said: str, day: str, hour: str, zone: str
) -> None:
    answer = texts(await talk.say(said, "lead", where))
    assert day in answer
    assert hour in answer
    assert zone in answer.replace("\\", "")
    (post, *_) = await tick(talk)
    check_card(post.card)
    assert day in texts(post.card)


async def test_a_digest_is_changed_told_stopped_and_arranged_anew(talk: Talk, where: Conversation) -> None:
    await arranged(talk, where)
    changed = texts(await talk.say("change the digest to Tuesdays 8:30 Berlin time", "lead", where))
    assert "Tuesday at 08:30 (Europe/Berlin)" in changed
    told = texts(await talk.say("when is the digest", "employee", where))
    assert "Next: Tue Nov 24, 2026, 08:30" in told
    assert "Last week: posted" in told
    assert "stopped" in texts(await talk.say("stop the digest", "lead", where))
    to_monday(talk)
    talk.stage.clock.pass_by(86_400)
    assert await tick(talk) == []
    assert "No weekly digest" in texts(await talk.say("when is the digest", "lead", where))
    post = await arranged(talk, where)
    assert post.method == "POST"
    kinds = await talk.stage.state.line.run("SELECT outcome FROM audit WHERE kind = 'digest' ORDER BY id")
    assert [row[0] for row in kinds if row[0] != "sent"] == ["arranged", "changed", "stopped", "arranged"]


async def test_only_program_leads_arrange_it_and_only_where_others_read_along(talk: Talk, where: Conversation) -> None:
    for key in ("manager", "employee"):
        answer = await talk.say("post the weekly digest here on Mondays at 9", key, where)
        assert "role" in texts(answer)
    assert "Say this in the channel" in texts(await talk.say("post the weekly digest here", "lead"))
    form = await talk.say("set up the weekly digest", "lead", where)
    (save,) = [one for one in actions(form) if one["verb"] == "digest_save"]
    refused = await talk.press(save, "manager", where, digest_day="0", digest_hour="09:00", digest_zone="UTC")
    assert "role" in texts(refused)
    assert await tick(talk) == []


async def test_a_time_that_cannot_be_read_becomes_a_card_to_choose_it_on(talk: Talk, where: Conversation) -> None:
    form = await talk.say("post the weekly digest here on the blue moon", "lead", where)
    assert "blue moon" in texts(form)
    (save,) = [one for one in actions(form) if one["verb"] == "digest_save"]
    inputs = {"digest_day": "3", "digest_hour": "14:30", "digest_zone": "Asia/Tokyo", "digest_language": "de"}
    told = await talk.press(save, "lead", where, **inputs, digest_show="numbers", digest_begin="later")
    assert "Donnerstag um 14:30 (Asia/Tokyo)" in texts(told)
    assert await tick(talk) == []
    talk.stage.clock.pass_by(WEEK - 86_400)
    (post, *_) = await tick(talk)
    assert "Woche 47" in texts(post.card)
    assert "Versprechen" not in texts(post.card)
    for wrong in ({"digest_day": "9"}, {"digest_zone": "Mars/Base"}, {"digest_hour": "late"}):
        refused = await talk.press(save, "lead", where, **{**inputs, **wrong})
        assert "digest" not in texts(refused).casefold() or "no " in texts(refused).casefold()


async def test_my_teams_is_answered_in_private_in_the_scope_of_whoever_presses(talk: Talk, where: Conversation) -> None:
    post = await arranged(talk, where)
    (mine,) = [one for one in actions(post.card) if one["verb"] == "digest_my_teams"]
    body = await talk.stage.teams.press(mine, talk.person("manager"), where)
    assert "for your eyes only" in body["value"]
    await talk.say("hello", "manager")
    before = len(talk.stage.connector.messages())
    body = await talk.stage.teams.press(mine, talk.person("manager"), where)
    assert "personal chat" in body["value"]
    (private,) = talk.stage.connector.messages()[before:]
    assert private.conversation == talk.stage.teams.personal(talk.person("manager")).id
    own = texts(await talk.say("spend by team compared with the previous period", "manager"))
    shown = set(re.findall(r"\$[\d,]+", texts(private.card)))
    assert shown
    assert shown <= set(re.findall(r"\$[\d,]+", own))
    body = await talk.stage.teams.press(mine, talk.person("employee"), where)
    assert "team" in body["value"]


async def test_the_bot_removed_pauses_it_and_coming_back_does_not_resume_it(talk: Talk, where: Conversation) -> None:
    await arranged(talk, where)
    before = len(talk.stage.connector.messages())
    await talk.stage.teams.remove(talk.person("lead"), where)
    await sent_all(talk)
    to_monday(talk)
    assert await tick(talk) == []
    sent = talk.stage.connector.messages()[before:]
    assert [one.conversation for one in sent] == [talk.stage.teams.personal(talk.person("lead")).id]
    assert "paused" in sent[0].text
    back = await talk.stage.teams.install(talk.person("lead"), where)
    assert any("not resumed by itself" in one.text for one in back)
    to_monday(talk)
    assert await tick(talk) == []
    assert "paused" in texts(await talk.say("when is the digest", "lead", where))
    await talk.say("resume the digest", "lead", where)
    to_monday(talk)
    update, _ = await tick(talk)
    assert update.method == "PUT"


async def test_a_channel_that_is_gone_is_tried_once_and_the_leads_are_told(talk: Talk, where: Conversation) -> None:
    await arranged(talk, where)
    to_monday(talk)
    talk.stage.connector.will(Script(404), Script(404))
    sent = await tick(talk)
    assert [one.method for one in sent] == ["PUT", "POST", "POST"]
    assert "paused" in sent[2].text
    to_monday(talk)
    assert await tick(talk) == []


async def test_an_owner_who_has_left_pauses_it_and_a_lead_takes_it_over(talk: Talk, where: Conversation) -> None:
    await arranged(talk, where)
    (one,) = await talk.stage.state.schedules.listed(where.tenant, kind="digest")
    gone = "99999999-0000-4000-8000-000000000000"
    await talk.stage.state.schedules.change(one, next_due=one.next_due, owner=gone)
    to_monday(talk)
    (told,) = await tick(talk)
    assert "not with the company" in told.text
    assert await tick(talk) == []
    await talk.say("resume the digest", "program", where)
    (one,) = await talk.stage.state.schedules.listed(where.tenant, kind="digest")
    assert (one.state, one.owner) == ("active", talk.person("program").entra_id)


async def test_a_bot_that_slept_for_weeks_posts_the_newest_week_once_and_a_day_too_late_says_so(
    talk: Talk, where: Conversation
) -> None:
    await arranged(talk, where)
    talk.stage.clock.pass_by(3 * WEEK)
    to_monday(talk)
    update, reply = await tick(talk)
    assert update.method == "PUT"
    assert "Week 50" in reply.text
    to_monday(talk)
    talk.stage.clock.pass_by(2 * 86_400)
    (told,) = await tick(talk)
    assert "left out" in told.text


async def test_every_channel_of_the_same_scope_gets_the_same_bytes(talk: Talk) -> None:
    places = [talk.stage.teams.channel(f"19:{n}@thread.tacv2") for n in range(3)]
    for place in places:
        await talk.say("post the weekly digest here", "lead", place)
    cards = [one.card for one in await tick(talk) if one.card]
    assert len(cards) == 3
    assert cards[0] == cards[1] == cards[2]


async def test_a_group_chat_has_it_too_without_a_word_on_pinning(talk: Talk) -> None:
    chat = talk.stage.teams.group()
    talk.stage.connector.members[chat.id] = []
    answer = await talk.say("post the weekly digest here", "lead", chat)
    assert "pin" not in texts(answer).casefold()
    (post,) = await tick(talk)
    assert "Company totals" in texts(post.card)


async def test_with_an_address_the_digest_has_its_picture_for_eight_days(pictured: Talk) -> None:
    post = await arranged(pictured, pictured.stage.teams.channel())
    assert "https://bot.example/pictures/" in str(post.card)


async def test_a_story_stands_where_everyone_may_see_its_record_and_nowhere_else(
    talk: Talk, where: Conversation
) -> None:
    rows = await talk.say("list jobs posted last year", "lead")
    (opened, *_) = [one for one in actions(rows) if one["verb"] == "record"]
    chosen = next(one for one in of_type(rows, "Input.ChoiceSet") if one["id"] == "drill")["choices"][0]["value"]
    person = talk.person("lead")
    told = "Nine languages in a week"
    await talk.stage.state.stories.note(person.tenant, "job", chosen, "A launch", told, (person.entra_id, person.name))
    assert opened
    post = await arranged(talk, where)
    assert told not in texts(post.card)
    wide = talk.stage.teams.channel("19:wide@thread.tacv2")
    await talk.say("show everything here", "lead", wide)
    assert told in texts((await arranged(talk, wide)).card)
