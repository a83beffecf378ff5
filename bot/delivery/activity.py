"""Activity JSON as Teams sends it, read into Turns, and Replies written as the activities and invoke bodies Teams expects."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from bot.events import GUEST, INVOKE_ANSWERS, MAX_TEXT, Conversation, Kind, Person, Place, Reply, SharedFile, Turn
from bot.language import language_of

Json = Mapping[str, Any]

CARD = "application/vnd.microsoft.card.adaptive"
MESSAGE = "application/vnd.microsoft.activity.message"
ERROR = "application/vnd.microsoft.error"
FILE = "application/vnd.microsoft.teams.file.download.info"
SEARCH = "application/vnd.microsoft.search.searchResponse"

_PLACES: dict[str, Place] = {"personal": "personal", "groupchat": "groupChat", "channel": "channel"}
_AT = re.compile(r"<at\b[^>]*>(.*?)</at>", re.IGNORECASE | re.DOTALL)
MAX_NAME = 200
MOST_FILES = 5
_BLANKS = re.compile(r"\s+")


class Malformed(Exception):  # noqa: N818 - a press whose value has not the shape it must have
    """What came with an invoke has not the shape its name promises; answered as an error in the invoke body."""


def _part(raw: Json, name: str) -> Json:
    value = raw.get(name)
    return value if isinstance(value, Mapping) else {}


def _words(raw: Json, name: str) -> str:
    value = raw.get(name)
    return value if isinstance(value, str) else ""


def _whole(raw: Json, name: str, default: int) -> int:
    value = raw.get(name)
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else default


def tenant_of(raw: Json) -> str:
    """The tenant an activity belongs to, lower case, or nothing."""
    tenant = _words(_part(_part(raw, "channelData"), "tenant"), "id") or _words(_part(raw, "conversation"), "tenantId")
    return tenant.lower()


def conversation_of(raw: Json) -> Conversation:
    """Where it happened. A conversation of unknown kind counts as a channel: the widest audience."""
    conversation, bot = _part(raw, "conversation"), _part(raw, "recipient")
    data = _part(raw, "channelData")
    return Conversation(
        id=_words(conversation, "id"),
        kind=_PLACES.get(_words(conversation, "conversationType").lower(), "channel"),
        tenant=tenant_of(raw),
        service_url=_words(raw, "serviceUrl"),
        team_id=_words(_part(data, "team"), "id") or _words(data, "teamsTeamId"),
        channel_id=_words(_part(data, "channel"), "id") or _words(data, "teamsChannelId"),
        bot_id=_words(bot, "id"),
        bot_name=_words(bot, "name"),
    )


def person_of(raw: Json) -> Person:
    """Who did it, as the channel vouches for it."""
    return member_of(_part(raw, "from"), tenant_of(raw))


def member_of(account: Json, tenant: str) -> Person:
    """Somebody as an activity or a list of members names them, seen from the tenant of the conversation."""
    return Person(
        tenant=tenant,
        entra_id=(_words(account, "aadObjectId") or _words(account, "objectId")).lower(),
        name=_words(account, "name"),
        channel_id=_words(account, "id"),
        guest=_is_guest(account, tenant),
    )


def _is_guest(account: Json, tenant: str) -> bool:
    """By role, by the mark that a directory puts into a guest's name, or by another tenant."""
    role, home = _words(account, "userRole").lower(), _words(account, "tenantId").lower()
    return (
        role in {"guest", "anonymous"}
        or GUEST in _words(account, "userPrincipalName").lower()
        or home not in {"", tenant}
    )


def language_in(raw: Json) -> str:
    """The language to say something in there: the asker's; where others read along, the channel's, which is English."""
    return "en" if conversation_of(raw).shared else language_of(_words(raw, "locale"))


def moment(text: str) -> datetime:
    """An ISO timestamp as an aware moment; without a zone it is UTC. Raises ValueError."""
    parsed = datetime.fromisoformat(text)
    return parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)


def _turn(raw: Json, kind: Kind, now: datetime, *, text: str = "", value: Json | None = None) -> Turn:
    stamp = _words(raw, "timestamp")
    return Turn(
        kind=kind,
        person=person_of(raw),
        conversation=conversation_of(raw),
        activity_id=_words(raw, "id"),
        at=moment(stamp) if stamp else now,
        text=text,
        value=value or {},
        reply_to_id=_words(raw, "replyToId"),
        locale=_words(raw, "locale"),
        local_timezone=_words(raw, "localTimezone"),
        invoke=raw.get("type") == "invoke",
    )


def said(raw: Json) -> str:
    """What was said: without the bot's own mention, other mentions as plain names, blanks folded, at most 2,000 characters."""
    text = _words(raw, "text")
    if "<" in text:
        text = _AT.sub(r" \1 ", _without_bot(raw, text))
    return _BLANKS.sub(" ", text.replace("&nbsp;", " ")).strip()[:MAX_TEXT].strip()


def _without_bot(raw: Json, text: str) -> str:
    bot = _words(_part(raw, "recipient"), "id")
    entities = raw.get("entities")
    for entity in entities if isinstance(entities, list) else ():
        if isinstance(entity, Mapping) and entity.get("type") == "mention":
            mention = _words(entity, "text")
            if mention and bot and _words(_part(entity, "mentioned"), "id") == bot:
                text = text.replace(mention, " ")
    return text


def message_turn(raw: Json, now: datetime) -> Turn:
    """A message; one that carries a value is a press of an Action.Submit, whose verb stands among its data."""
    value = raw.get("value")
    if isinstance(value, Mapping):
        data = {key: item for key, item in value.items() if key not in {"verb", "msteams"}}
        pressed = {"verb": _words(value, "verb"), "data": data, "trigger": "manual"}
        return _turn(raw, "action", now, text=said(raw), value=pressed)
    turn = _turn(raw, "message", now, text=said(raw))
    files = shared_files(raw)
    # Where others read along nothing is done with a file, so the words count.
    alone = files and not (turn.conversation.shared and turn.text)
    return replace(turn, kind="files" if alone else "message", files=files)


def shared_files(raw: Json) -> tuple[SharedFile, ...]:
    """The files that came with a message; pictures, cards and the formatted text are attachments too, and no files."""
    listed = raw.get("attachments")
    found = [one for one in listed if isinstance(one, Mapping)] if isinstance(listed, list) else []
    files = [one for one in found if one.get("contentType") == FILE]
    return tuple(
        SharedFile(_words(one, "name")[:MAX_NAME], _words(_part(one, "content"), "downloadUrl"))
        for one in files[:MOST_FILES]
    )


def action_turn(raw: Json, now: datetime) -> Turn:
    """A press of an Action.Execute. Raises Malformed."""
    value = _part(raw, "value")
    action = _part(value, "action")
    data = action.get("data")
    if action.get("type") != "Action.Execute" or not isinstance(action.get("verb", ""), str):
        raise Malformed("The press names no action.")
    if data is not None and not isinstance(data, Mapping):
        raise Malformed("The data of the press is not an object.")
    trigger = "automatic" if value.get("trigger") == "automatic" else "manual"
    return _turn(raw, "action", now, value={"verb": action.get("verb", ""), "data": data or {}, "trigger": trigger})


def search_turn(raw: Json, now: datetime) -> Turn:
    """A few letters typed into a typeahead. Raises Malformed."""
    value = _part(raw, "value")
    if not isinstance(value.get("queryText", ""), str):
        raise Malformed("The search has no text.")
    options = _part(value, "queryOptions")
    return _turn(
        raw,
        "search",
        now,
        value={
            "query": _words(value, "queryText")[:MAX_TEXT],
            "dataset": _words(value, "dataset"),
            "skip": _whole(options, "skip", 0),
            "top": min(_whole(options, "top", 15), 15),
        },
    )


def feedback_turn(raw: Json, now: datetime) -> Turn:
    """A thumb up or down under an answer."""
    given = _part(_part(raw, "value"), "actionValue")
    words = _words(given, "feedback")[:MAX_TEXT]
    return _turn(raw, "feedback", now, value={"reaction": _words(given, "reaction"), "feedback": words})


def installation_turn(raw: Json, now: datetime) -> Turn:
    """The app was added or removed; an upgrade of it is neither."""
    kinds: dict[str, Kind] = {"add": "installed", "remove": "removed"}
    kind = kinds.get(_words(raw, "action").lower())
    return _turn(raw, kind, now) if kind else other_turn(raw, now)


def members_turn(raw: Json, now: datetime) -> Turn:
    """People came or went. The bot among them means it was installed or removed itself."""
    bot = _words(_part(raw, "recipient"), "id")
    added, removed = _accounts(raw, "membersAdded"), _accounts(raw, "membersRemoved")
    if not added and not removed:
        return other_turn(raw, now)
    if any(_words(account, "id") == bot for account in added):
        return _turn(raw, "installed", now)
    if any(_words(account, "id") == bot for account in removed):
        return _turn(raw, "removed", now)
    value = {"added": [_account_id(one) for one in added], "removed": [_account_id(one) for one in removed]}
    return _turn(raw, "members", now, value=value)


def _accounts(raw: Json, name: str) -> list[Json]:
    listed = raw.get(name)
    return [one for one in listed if isinstance(one, Mapping)] if isinstance(listed, list) else []


def _account_id(account: Json) -> str:
    return _words(account, "aadObjectId").lower() or _words(account, "id")


def other_turn(raw: Json, now: datetime) -> Turn:
    """Whatever else may happen, named by its invoke, its event or its type."""
    name = _words(raw, "name") or _words(_part(raw, "channelData"), "eventType") or _words(raw, "type")
    return _turn(raw, "other", now, value={"name": name, "value": raw.get("value")})


def activity_of(reply: Reply, turn: Turn) -> dict[str, Any]:
    """The message activity a reply becomes."""
    where = reply.conversation or turn.conversation
    activity: dict[str, Any] = {
        "type": "message",
        "from": {"id": where.bot_id, "name": where.bot_name},
        "conversation": {"id": where.id, "tenantId": where.tenant},
    }
    if reply.text:
        activity["text"] = reply.text
        activity["textFormat"] = "markdown"
    if reply.card is not None:
        activity["attachments"] = [{"contentType": CARD, "content": reply.card}]
    if reply.thumbs:
        activity["channelData"] = {"feedbackLoop": {"type": "default"}}
    for name in ("summary", "speak"):
        if words := getattr(reply, name):
            activity[name] = words
    return activity


def unasked(where: Conversation, card: Json | None = None, text: str = "") -> dict[str, Any]:
    """The activity of a message that nobody asked for just now: a card, plain text, or both."""
    made: dict[str, Any] = {
        "type": "message",
        "from": {"id": where.bot_id, "name": where.bot_name},
        "conversation": {"id": where.id, "tenantId": where.tenant},
    }
    if text:
        made |= {"text": text, "textFormat": "plain", "summary": text}
    if card:
        made |= {"summary": card["fallbackText"], "attachments": [{"contentType": CARD, "content": card}]}
    return made


def answered(reply: Reply, kind: Kind) -> dict[str, Any]:
    """The invoke body a reply becomes, for an action or a search."""
    if reply.how == "replace":
        return {"statusCode": 200, "type": CARD, "value": reply.card}
    if reply.how == "toast":
        return {"statusCode": 200, "type": MESSAGE, "value": reply.text or ""}
    if reply.how == "results":
        shown = [{"title": choice.title, "value": choice.value} for choice in reply.results]
        return {"statusCode": 200, "type": SEARCH, "value": {"results": shown}}
    words = reply.text or ""
    if kind == "search":
        return {"statusCode": 200, "type": SEARCH, "value": {"results": []}}
    return {"statusCode": reply.code, "type": ERROR, "value": {"code": str(reply.code), "message": words}}


def as_sent(reply: Reply, turn: Turn) -> Reply:
    """An invoke answer, as it has to be sent when the HTTP response is not the place for it.

    In a personal chat a replaced card is an update of the pressed one; a shared post is never edited by a press.
    """
    if reply.how not in INVOKE_ANSWERS:
        return reply
    own = turn.conversation.kind == "personal" and reply.conversation is None
    how = "update" if reply.how == "replace" and own and turn.reply_to_id else "message"
    return Reply(
        how,  # type: ignore[arg-type]
        card=reply.card,
        text=reply.text,
        summary=reply.summary,
        speak=reply.speak,
        update_id=turn.reply_to_id if how == "update" else "",
        conversation=reply.conversation,
    )
