"""What the bot can do beyond answering questions: a feature declares what sets it going, and does it."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from datetime import datetime

    from aiohttp.web import RouteDef

    from analytics.engine import Engine
    from bot.access import Access, Role
    from bot.answering import Answered, Answering, Remark
    from bot.delivery.connector import Connector
    from bot.events import Choice, Clock, Kind
    from bot.links import Links
    from bot.mail import Mail
    from bot.runner import Handler
    from bot.settings import Settings
    from bot.state import State
    from bot.understanding import Reading
    from bot.visit import Visit
    from bot.vocabularies import Vocabularies

Press = Callable[["Visit", Mapping[str, Any]], Awaitable["Answered"]]
"""What a button does: the visit of whoever pressed, and the untrusted data that came with it."""

Action = Callable[["Visit", "Reading"], Awaitable["Answered"]]
"""What a question that names an action (export, subscribe, ...) gets instead of its plain answer."""

Arrival = Callable[["Visit"], Awaitable["Answered | None"]]
"""What is done about a turn that is neither a message nor a press; None says nothing."""

Search = Callable[["Visit", str], Awaitable["Sequence[Choice]"]]
"""What a typeahead of the feature's own offers for what was typed so far."""

Heard = Callable[["Visit", "Reading", "Answered"], Awaitable[None]]
"""Told of every message after it was answered."""


Done = TypeVar("Done")


@dataclass(frozen=True, slots=True)
class Services:
    """What features work with. `connector` and `links` are None where nothing can be sent or fetched, as on the command line."""

    engine: Engine
    access: Access
    state: State
    answering: Answering
    clock: Clock
    settings: Settings | None = None
    connector: Connector | None = None
    links: Links | None = None
    mail: Mail | None = None
    vocabularies: Vocabularies = field(kw_only=True)


PROGRAM: frozenset[Role] = frozenset({"program"})


def either(*patterns: str) -> str:
    """One pattern that fits whatever one of these fits."""
    return f"(?:{'|'.join(patterns)})"


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    # There are more commands than the standard library keeps patterns: it would compile them anew for every message.
    return re.compile(pattern, re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Command:
    """Words that ask for something to be done, tried before the message is read as a question.

    `pattern` must fit the whole message, whatever the case; its groups go to `run`. `roles` may give the command, None
    means everyone; somebody else is told that their role cannot.
    """

    name: str
    pattern: str
    run: Callable[[Visit, re.Match[str]], Awaitable[Answered]]
    roles: frozenset[Role] | None = None

    def match(self, text: str) -> re.Match[str] | None:
        """The fit, if the whole message is this command; a full stop or a question mark at its end is no matter."""
        return _compiled(self.pattern).fullmatch(text.strip().rstrip(".!?").rstrip())


@dataclass(frozen=True, slots=True)
class Tick:
    """Something done again and again by the clock, `every` so many seconds; a failure is logged and tried again then."""

    name: str
    every: float
    run: Callable[[datetime], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Feature:
    """One feature: what sets it going. Names of commands, verbs and actions belong to one feature each.

    `handlers` do what schedules of their kind say, see `bot.runner`.
    """

    name: str
    commands: tuple[Command, ...] = ()
    actions: Mapping[str, Action] = field(default_factory=dict)
    presses: Mapping[str, Press] = field(default_factory=dict)
    arrivals: Mapping[Kind, Arrival] = field(default_factory=dict)
    searches: Mapping[str, Search] = field(default_factory=dict)
    heard: Heard | None = None
    remark: Remark | None = None
    routes: tuple[RouteDef, ...] = ()
    ticks: tuple[Tick, ...] = ()
    handlers: Mapping[str, Handler] = field(default_factory=dict)


class Features:
    """All features as one: who answers to which words, verbs and actions. Raises ValueError where two claim the same."""

    def __init__(self, features: tuple[Feature, ...] = ()) -> None:
        self.commands = tuple(command for feature in features for command in feature.commands)
        self.actions = _merged("action", [feature.actions for feature in features])
        self.presses = _merged("button", [feature.presses for feature in features])
        self.searches = _merged("typeahead", [feature.searches for feature in features])
        self.heard = tuple(feature.heard for feature in features if feature.heard)
        self.handlers = _merged("schedule", [feature.handlers for feature in features])
        self.remarks = tuple(feature.remark for feature in features if feature.remark)
        self.routes = tuple(route for feature in features for route in feature.routes)
        self.ticks = tuple(tick for feature in features for tick in feature.ticks)
        self.arrivals: dict[Kind, list[Arrival]] = {}
        for feature in features:
            for kind, arrival in feature.arrivals.items():
                self.arrivals.setdefault(kind, []).append(arrival)

    def command(self, text: str) -> tuple[Command, re.Match[str]] | None:
        """The command a message gives, if it gives one."""
        fits = ((command, command.match(text)) for command in self.commands)
        return next(((command, fit) for command, fit in fits if fit), None)


def _merged(what: str, parts: list[Mapping[str, Done]]) -> dict[str, Done]:
    merged: dict[str, Done] = {}
    for part in parts:
        for name, one in part.items():
            if name in merged:
                raise ValueError(f"Two features claim the {what} {name!r}.")
            merged[name] = one
    return merged
