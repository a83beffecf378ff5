"""What was set or arranged, said plainly: a title, a few sentences, a warning, and lines that can be ended."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from adaptivecards.baseobject import Element

from cards import elements as el
from cards import parts
from cards.view import View
from cards.words import words

MOST = 12


@dataclass(frozen=True, slots=True)
class Button:
    """A button: its title, the verb it sends and the data that goes along."""

    title: str
    verb: str
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Line:
    """One thing in a list, with a quiet second line and what can be done about it."""

    said: str
    below: str = ""
    button: Button | None = None


def notice_card(
    view: View, title: str, said: Sequence[str] = (), *, warning: str = "", lines: Sequence[Line] = ()
) -> el.Card:
    """At most MOST lines are shown; whatever is in them is plain text."""
    w = words(view.language)
    body: list[Element] = [*parts.title(title), *(el.text(one, spacing="Small") for one in said)]
    if warning:
        body.append(el.container([el.text(warning)], style="warning"))
    body += [_line(line) for line in lines[:MOST]]
    if len(lines) > MOST:
        body.append(el.text(w.say("notice.more", n=len(lines) - MOST), subtle=True, size="Small"))
    return el.card(body, language=w.language, spoken=parts.spoken(title, " ".join(said), warning))


def _line(line: Line) -> Element:
    said = [el.text(line.said, weight="Bolder")]
    if line.below:
        said.append(el.text(line.below, size="Small", subtle=True, spacing="None"))
    if line.button is None:
        return el.container(said, spacing="Small")
    made = line.button
    button = el.execute(made.title, made.verb, {"verb": made.verb, **made.data})
    return el.container([*said, el.action_set([button])], spacing="Small")
