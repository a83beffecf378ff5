"""Cards for posting an answer to a channel: where to, what it would look like, and that it was posted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from adaptivecards.baseobject import Element

from analytics.model import Query
from cards import actions, parts
from cards import elements as el
from cards.text import short
from cards.view import View
from cards.words import words

MOST = 25
NAME = 40


@dataclass(frozen=True, slots=True)
class Place:
    """A channel that may be chosen: its id, its team and name, and what everyone there may see."""

    id: str
    name: str
    seen: str


def share_card(view: View, about: str, query: Query, places: Sequence[Place], press: str) -> el.Card:
    """`about` says what is shared, `press` makes that two presses of one card post once."""
    say = words(view.language).say
    title = say("share.title")
    body = [*parts.title(title, about), el.text(say("share.rule"), spacing="Medium")]
    if not places:
        body.append(el.container([el.text(say("share.nowhere"))], style="warning"))
        return el.card(body, [_back(view, query)], language=view.language, spoken=parts.spoken(title, about))
    choices = [(f"{short(place.name, NAME)} · {place.seen}", place.id) for place in places[:MOST]]
    chosen = places[0].id if len(places) == 1 else ""
    body.append(el.choice_set(actions.CHANNEL, say("share.where"), choices, value=chosen, hint=say("input.choose")))
    buttons = [_press(view, "preview", actions.SHARE_PREVIEW, query, press), _post(view, query, press)]
    return el.card(
        body,
        [*buttons, _back(view, query)],
        language=view.language,
        spoken=parts.spoken(title, about, say("share.rule")),
    )


def preview_card(view: View, card: el.Card, query: Query, place: Place, press: str) -> el.Card:
    """The card as the channel would see it, with the way to post it in place of its own buttons."""
    say = words(view.language).say
    said = say("share.preview_of", channel=place.name, seen=place.seen)
    note = el.to_dict(el.container([el.text(said)], style="accent"))
    chosen = {actions.CHANNEL: place.id}
    buttons = [_post(view, query, press, **chosen), _back(view, query, actions.SHARE)]
    return {**card, "body": [note, *card["body"]], "actions": [el.to_dict(button) for button in buttons]}


def shared_card(card: el.Card, by: str, language: str) -> el.Card:
    """The card as it is posted: who shared it stands first, as plain text."""
    said = words(language).say("share.by", name=by)
    note = el.to_dict(el.text(said, size="Small", subtle=True))
    return {**card, "body": [note, *card["body"]]}


def posted_card(view: View, about: str, query: Query, place: Place, *, arrived: bool) -> el.Card:
    """What came of it."""
    say = words(view.language).say
    title = say("share.posted" if arrived else "share.on_its_way", channel=place.name)
    body = [*parts.title(title, about), el.text(say("share.take_back"), subtle=True, spacing="Small")]
    return el.card(body, [_back(view, query)], language=view.language, spoken=parts.spoken(title, about))


def _press(view: View, key: str, verb: str, query: Query, press: str, **more: Any) -> Element:
    data = actions.data(verb, query, press=press, **more)
    return el.execute(words(view.language).say(f"share.{key}"), verb, data)


def _post(view: View, query: Query, press: str, **more: Any) -> Element:
    return _press(view, "post", actions.SHARE_POST, query, press, **more)


def _back(view: View, query: Query, verb: str = actions.ASK) -> Element:
    return el.execute(words(view.language).say("button.back"), verb, actions.data(verb, query))
