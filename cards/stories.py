"""Stories: short texts on jobs and contracts, each with its author and day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from cards import elements as el
from cards import formats, parts
from cards.text import short
from cards.view import View
from cards.words import words

REMOVE = "story_remove"
STORY = "story"  # the chooser
SHOWN = 10
NAME = 60


@dataclass(frozen=True, slots=True)
class Told:
    """One story; `own` says whether whoever reads it may remove it."""

    id: int
    kind: str
    title: str
    text: str
    author: str
    on: date
    own: bool = False


def stories_card(view: View, told: Sequence[Told], done: str = "") -> el.Card:
    """The freshest first; `done` is what was done just now."""
    w = words(view.language)
    title = w.say("stories.title")
    body = parts.title(title, done)
    if not told:
        body.append(el.text(w.say("stories.none")))
    for one in told[:SHOWN]:
        below = " · ".join((w.say(f"rows.{one.kind}"), one.author or "?", formats.day(one.on, view.locale)))
        said = [
            el.text(f"{one.id}. {one.title}", weight="Bolder", most=200),
            el.text(one.text, spacing="None"),
            el.text(below, size="Small", subtle=True, spacing="None"),
        ]
        body.append(el.container(said, spacing="Medium"))
    if len(told) > SHOWN:
        body.append(el.text(w.say("notice.more", n=len(told) - SHOWN), subtle=True, size="Small"))
    buttons = []
    if own := [one for one in told[:SHOWN] if one.own]:
        choices = [(short(f"{one.id}. {one.title}", NAME), str(one.id)) for one in own]
        body.append(el.choice_set(STORY, w.say("stories.choose"), choices, hint=w.say("input.choose")))
        buttons.append(el.execute(w.say("stories.remove"), REMOVE, {"verb": REMOVE}))
    body.append(el.text(w.say("stories.hint"), size="Small", subtle=True))
    spoken = parts.spoken(title, done, ". ".join(one.text for one in told[:3]))
    return el.card(body, buttons, language=w.language, spoken=spoken)
