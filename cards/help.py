"""What the bot can do: the welcome, and help made from questions that work and the measures that exist."""

from __future__ import annotations

from collections.abc import Sequence

from adaptivecards.baseobject import Element

from analytics.catalogue import METRICS
from cards import actions, parts
from cards import elements as el
from cards.view import Next, View
from cards.words import Words, words

EXAMPLES = 6
MEASURES = "measures"


def welcome_card(view: View, examples: Sequence[Next], name: str = "") -> el.Card:
    """Said once where the bot is new; `name` is whom it greets, in a personal chat."""
    w = words(view.language)
    title = w.say("help.welcome_name", name=name) if name else w.say("help.welcome_title")
    below = [w.say("help.welcome")] if view.place == "personal" else [w.say("help.welcome_shared", scope=view.scope)]
    body = [*parts.title(title, " ".join(below)), el.text(w.say("help.intro")), *tappable(examples)]
    return el.card(body, language=w.language, spoken=parts.spoken(title, *below))


def help_card(view: View, examples: Sequence[Next]) -> el.Card:
    """Questions to start from, what the reader may see, and every measure behind one button."""
    w = words(view.language)
    title, intro = w.say("help.title"), w.say("help.intro")
    body = [*parts.title(title, intro), *tappable(examples)]
    if view.scope:
        body.append(el.text(w.say("help.see", scope=view.scope), size="Small", subtle=True))
    body.append(_measures(w))
    buttons = [el.toggle(w.say("help.more"), MEASURES)]
    return el.card(body, buttons, language=w.language, spoken=parts.spoken(title, intro))


def tappable(examples: Sequence[Next]) -> list[Element]:
    """Questions as rows that can be pressed anywhere."""
    return [_row(example) for example in examples[:EXAMPLES]]


def _row(example: Next) -> Element:
    said = [el.text(example.label, color="Accent", weight="Bolder")]
    if example.hint:
        said.append(el.text(example.hint, size="Small", subtle=True, spacing="None"))
    press = el.execute(example.label, actions.ASK, actions.data(actions.ASK, example.query))
    return el.container(said, style="emphasis", press=press, spacing="Small")


def _measures(w: Words) -> Element:
    """The name of every metric there is, hidden until asked for."""
    names = sorted(w.name("metric", metric.key, metric.label) for metric in METRICS.values())
    said = [el.text(w.say("help.measures"), weight="Bolder"), el.text(" · ".join(names), size="Small", most=4_000)]
    return el.container(said, hidden=True, name=MEASURES)
