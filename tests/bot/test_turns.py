"""From an activity to the bot's answer, through the real server."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from analytics.errors import DataError
from bot import events
from bot.events import Choice, Reply, Turn, message, replace_card, results, toast, update
from tests.fakes.connector import Script
from tests.fakes.stage import FakeDesk, Stage
from tests.fakes.teams import BOT_ID, BOT_NAME, LEAD, MANAGER

if TYPE_CHECKING:
    pass

CARD = {"type": "AdaptiveCard", "version": "1.5", "body": [{"type": "TextBlock", "text": "Zahlen, 数字"}]}
PRESS: dict[str, Any] = {
    "type": "Action.Execute",
    "title": "By team",
    "verb": "ask",
    "data": {"query": {"metrics": ["spend"]}},
}


def echo(turn: Turn) -> list[Reply]:
    return [message(f"echo {turn.text}")]


@pytest.fixture
def desk() -> FakeDesk:
    return FakeDesk(echo)


async def test_what_is_said_is_answered_in_the_same_conversation(on: Stage, desk: FakeDesk) -> None:
    sent = await on.teams.say("hello")
    assert [one.text for one in sent] == ["echo hello"]
    assert sent[0].headers["Authorization"] == "Bearer bot-token-1"
    assert sent[0].conversation == on.teams.personal(LEAD).id
    assert sent[0].activity == sent[0].body["replyToId"] == desk.turns[0].activity_id


async def test_a_turn_carries_who_where_and_when(on: Stage, desk: FakeDesk) -> None:
    place = on.teams.channel()
    await on.teams.say("spend by team", MANAGER, place)
    turn = desk.turns[0]
    assert turn.kind == "message"
    assert turn.text == "spend by team"
    assert turn.person == MANAGER
    assert turn.conversation == place
    assert (turn.conversation.root, turn.conversation.shared) == ("19:channel@thread.tacv2", True)
    assert turn.at == on.clock()
    assert (turn.locale, turn.local_timezone, turn.invoke) == ("en-US", "Europe/Berlin", False)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (f"<at>{BOT_NAME}</at>spend", "spend"),
        (f"  <at>{BOT_NAME}</at>&nbsp; spend \n by team ", "spend by team"),
        (f"<at>{BOT_NAME}</at> spend of <at>Jo Doe</at>", "spend of Jo Doe"),
        ("spend < 5 and > 3", "spend < 5 and > 3"),
        ("x" * 5_000, "x" * 2_000),
        ("", ""),
    ],
)
async def test_the_bots_own_mention_is_no_part_of_what_is_said(on: Stage, desk: FakeDesk, text: str, said: str) -> None:
    named = {"type": "mention", "mentioned": {"id": BOT_ID}, "text": f"<at>{BOT_NAME}</at>"}
    await on.teams.post(on.teams.activity("message", text=text, entities=[named, "odd", {"type": "clientInfo"}]))
    assert desk.turns[0].text == said


async def test_a_press_is_answered_in_the_response_and_sends_nothing(on: Stage, desk: FakeDesk) -> None:
    desk.answer = lambda _: [replace_card(CARD)]
    body = await on.teams.press(PRESS, MANAGER, inputs={"team": "Brand Studio"})
    assert body == {"statusCode": 200, "type": "application/vnd.microsoft.card.adaptive", "value": CARD}
    turn = desk.turns[0]
    assert (turn.kind, turn.invoke, turn.reply_to_id, turn.person) == ("action", True, "m1", MANAGER)
    assert turn.value == {"verb": "ask", "trigger": "manual", "data": {**PRESS["data"], "team": "Brand Studio"}}
    assert on.connector.ledger == []


async def test_a_press_may_be_answered_by_a_toast_an_error_or_a_message(on: Stage, desk: FakeDesk) -> None:
    desk.answer = lambda _: [toast("Saved")]
    assert await on.teams.press(PRESS) == {
        "statusCode": 200,
        "type": "application/vnd.microsoft.activity.message",
        "value": "Saved",
    }
    desk.answer = lambda _: [events.error(403, "Not yours")]
    assert await on.teams.press(PRESS) == {
        "statusCode": 403,
        "type": "application/vnd.microsoft.error",
        "value": {"code": "403", "message": "Not yours"},
    }
    desk.answer = lambda _: [message("in the thread")]
    assert (await on.teams.press(PRESS, in_conversation=on.teams.channel()))["statusCode"] == 200
    assert [one.text for one in on.connector.messages()] == ["in the thread"]


async def test_a_press_as_a_plain_message_updates_the_own_card_and_never_a_shared_one(
    on: Stage, desk: FakeDesk
) -> None:
    desk.answer = lambda _: [replace_card(CARD, summary="Spend")]
    data = {"verb": "ask", "query": {"metrics": ["spend"]}, "msteams": {"type": "x"}}
    own = await on.teams.submit(data, reply_to="m7")
    assert [(one.method, one.activity, one.card) for one in own] == [("PUT", "m7", CARD)]
    shared = await on.teams.submit(data, in_conversation=on.teams.channel(), reply_to="m7")
    assert [(one.method, one.card) for one in shared] == [("POST", CARD)]
    assert desk.turns[0].value == {"verb": "ask", "trigger": "manual", "data": {"query": {"metrics": ["spend"]}}}
    assert (desk.turns[0].kind, desk.turns[0].invoke) == ("action", False)


@pytest.mark.parametrize(
    "value",
    [None, {}, [], "text", 7, {"action": None}, {"action": "x"}, {"action": {"type": "Action.Submit", "verb": "ask"}}]
    + [
        {"action": {"type": "Action.Execute", "verb": verb, "data": data}}
        for verb, data in [(7, {}), ("ask", []), ("ask", "x")]
    ],
)
async def test_a_malformed_press_gets_an_error_and_no_turn(on: Stage, desk: FakeDesk, value: Any) -> None:
    response = await on.teams.invoke("adaptiveCard/action", value)
    assert response.status == 200
    assert (response.body["statusCode"], response.body["type"]) == (400, "application/vnd.microsoft.error")
    assert desk.turns == []


async def test_a_typeahead_gets_suggestions(on: Stage, desk: FakeDesk) -> None:
    desk.answer = lambda turn: [results([Choice(f"{turn.value['query']} Studio", "t1")])]
    value = {"queryText": "Brand", "queryOptions": {"skip": 0, "top": 500}, "dataset": "team"}
    response = await on.teams.invoke("application/search", value)
    assert response.body["type"] == "application/vnd.microsoft.search.searchResponse"
    assert response.body["value"] == {"results": [{"title": "Brand Studio", "value": "t1"}]}
    assert desk.turns[0].value == {"query": "Brand", "dataset": "team", "skip": 0, "top": 15}


async def test_feedback_is_taken_in_silence(on: Stage, desk: FakeDesk) -> None:
    desk.answer = lambda _: []
    value = {"actionName": "feedback", "actionValue": {"reaction": "like", "feedback": '{"feedbackText": "good"}'}}
    response = await on.teams.invoke("message/submitAction", value)
    assert (response.status, response.text) == (200, "")
    assert desk.turns[0].value == {"reaction": "like", "feedback": '{"feedbackText": "good"}'}


@pytest.mark.parametrize(
    ("name", "status", "body"),
    [
        ("task/fetch", 200, {"task": {"type": "message", "value": ""}}),
        ("message/fetchTask", 200, {"task": {"type": "message", "value": ""}}),
        ("fileConsent/invoke", 200, None),
        ("signin/failure", 200, None),
        ("suggestedActions/submit", 200, None),
        ("something/unheardOf", 404, None),
        ("", 404, None),
    ],
)
async def test_every_invoke_is_answered(on: Stage, desk: FakeDesk, name: str, status: int, body: Any) -> None:
    desk.answer = lambda _: []
    response = await on.teams.invoke(name, {"odd": [1]})
    assert (response.status, response.body) == (status, body)


async def test_coming_and_going_is_told(on: Stage, desk: FakeDesk) -> None:
    desk.answer = lambda _: []
    await on.teams.install()
    await on.teams.post(on.teams.activity("conversationUpdate", membersAdded=[{"id": "29:x", "aadObjectId": "ABC"}, 7]))
    await on.teams.post(on.teams.activity("conversationUpdate", channelData=renamed()))
    await on.teams.post(on.teams.activity("installationUpdate", action="add-upgrade"))
    for kind in (
        "messageReaction",
        "messageUpdate",
        "messageDelete",
        "event",
        "endOfConversation",
        "typing",
        "unheardOf",
    ):
        await on.teams.post(on.teams.activity(kind))
    await on.teams.remove()
    kinds = [turn.kind for turn in desk.turns]
    assert kinds == ["installed", "installed", "members", *["other"] * 9, "removed"]
    assert desk.turns[2].value == {"added": ["abc"], "removed": []}
    assert desk.turns[3].value["name"] == "channelRenamed"
    assert on.connector.ledger == []


def renamed() -> dict[str, Any]:
    return {"tenant": {"id": LEAD.tenant}, "eventType": "channelRenamed"}


async def test_a_conversation_is_welcomed_once_for_each_time_the_bot_comes_in(on: Stage) -> None:
    place = on.teams.personal(LEAD)
    await on.teams.install()
    assert [await on.state.conversations.first_welcome(place) for _ in range(3)] == [True, False, False]
    await on.teams.remove()
    assert await on.state.conversations.get(LEAD.tenant, place.id) is None
    await on.teams.install()
    assert await on.state.conversations.personal(LEAD.tenant, LEAD.entra_id) == place
    assert [await on.state.conversations.first_welcome(place) for _ in range(2)] == [True, False]


async def test_several_replies_go_out_in_order_and_elsewhere_where_told(on: Stage, desk: FakeDesk) -> None:
    own = on.teams.personal(MANAGER)
    desk.answer = lambda _: [message("one"), message("two", CARD), update("m9", "three"), message("four").to(own)]
    sent = await on.teams.say("hello", MANAGER, on.teams.channel())
    assert [(one.text, one.method) for one in sent] == [
        ("one", "POST"),
        ("two", "POST"),
        ("three", "PUT"),
        ("four", "POST"),
    ]
    assert (sent[3].conversation, "replyToId" in sent[3].body) == (own.id, False)


async def test_a_failing_desk_tells_a_reference_and_logs_no_word_of_what_was_said(
    on: Stage, desk: FakeDesk, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(turn: Turn) -> list[Reply]:
        raise KeyError(turn.text)

    desk.answer = fail
    sent = await on.teams.say("canary-in-the-text")
    body = await on.teams.press(PRESS)
    out = capsys.readouterr().out
    assert len(sent) == 1
    assert sent[0].text.startswith("Something went wrong on our side.")
    reference = sent[0].text.rsplit(" ", 1)[1].rstrip(".")
    assert f"reference={reference}" in out
    assert "canary" not in out
    assert (body["statusCode"], body["type"]) == (500, "application/vnd.microsoft.error")


async def test_an_error_meant_for_people_is_told_in_its_own_words(on: Stage, desk: FakeDesk) -> None:
    def fail(_: Turn) -> list[Reply]:
        raise DataError("The data is 9 days old.")

    desk.answer = fail
    assert (await on.teams.say("hello"))[0].text.startswith("The data is 9 days old.")


async def test_an_answer_nobody_takes_is_no_error_of_the_request(on: Stage, desk: FakeDesk) -> None:
    on.connector.will(Script(403))
    assert len(await on.teams.say("hello")) == 1
    assert await on.state.conversations.standing(on.teams.personal(LEAD)) == "blocked"
    desk.answer = lambda _: [message("x", {"number": float("nan")})]
    assert await on.teams.say("hello again") == []
    assert await on.state.conversations.standing(on.teams.personal(LEAD)) == "active"
