"""The invokes Teams may send, by name: how each is read, and what its answer looks like."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.delivery.activity import MESSAGE, action_turn, answered, feedback_turn, language_in, search_turn
from bot.state.inbox import Record
from cards.words import words

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from bot.events import Reply, Turn

INVOKES: dict[str, Callable[[Mapping[str, Any], datetime], Turn]] = {
    "adaptiveCard/action": action_turn,
    "application/search": search_turn,
    "message/submitAction": feedback_turn,
}

_NO_RESULTS = {"composeExtension": {"type": "result", "attachmentLayout": "list", "attachments": []}}

# Invokes that belong to features without a desk of their own: acknowledged, so that the client shows no failure.
ACKNOWLEDGED: dict[str, Mapping[str, Any] | None] = {
    "message/fetchTask": {"task": {"type": "message", "value": ""}},
    "task/fetch": {"task": {"type": "message", "value": ""}},
    "task/submit": {"task": {"type": "message", "value": ""}},
    "composeExtension/query": _NO_RESULTS,
    "composeExtension/queryLink": _NO_RESULTS,
    "fileConsent/invoke": None,
    "suggestedActions/submit": None,
    "signin/failure": None,
    "signin/verifyState": None,
    "signin/tokenExchange": None,
}


def invoke_body(name: str, turn: Turn, reply: Reply | None) -> Record:
    """The HTTP answer to an invoke, made of the desk's reply, if it gave one."""
    if turn.kind in {"action", "search"}:
        if reply is not None:
            return Record(200, answered(reply, turn.kind))
        return Record(200, {"statusCode": 200, "type": MESSAGE, "value": ""})
    if turn.kind == "feedback":
        return Record(200)
    body = ACKNOWLEDGED.get(name)
    if body is not None and "task" in body and reply is not None and reply.text:
        body = {"task": {"type": "message", "value": reply.text}}
    return Record(200, body) if name in ACKNOWLEDGED else Record(404)


def late_body(raw: Mapping[str, Any]) -> Record:
    """The HTTP answer when the turn takes longer than the channel waits."""
    if raw.get("type") != "invoke":
        return Record(202)
    if raw.get("name") == "adaptiveCard/action":
        said = words(language_in(raw)).say("delivery.still_working")
        return Record(200, {"statusCode": 200, "type": MESSAGE, "value": said})
    return Record(200)
