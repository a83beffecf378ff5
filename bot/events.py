"""What the bot and its host say to each other: a Turn comes in, Replies go back, and neither knows any SDK."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Kind = Literal["message", "files", "action", "search", "feedback", "installed", "removed", "members", "other"]
Place = Literal["personal", "groupChat", "channel"]
How = Literal["message", "update", "replace", "toast", "error", "results"]

# What an invoke may be answered with in the HTTP response; everything else is sent through the connector.
INVOKE_ANSWERS: frozenset[How] = frozenset({"replace", "toast", "error", "results"})

MAX_TEXT = 2_000
# In the sign-in name of whoever is in a directory as a guest: "jo_other.example#EXT#@...".
GUEST = "#ext#"

Clock = Callable[[], datetime]
"""Tells the present moment, aware of its zone; always an argument, so that a test can set it."""


@dataclass(frozen=True, slots=True)
class Person:
    """Who did it, as the channel vouches for it.

    `tenant` and `entra_id` are lower case; `entra_id` is empty where the channel names none (then nobody is recognised).
    `channel_id` is the account inside Teams ("29:..."), `name` is for display only and never identifies anyone.
    `guest`: the channel says that this is no employee of the tenant, but a guest or somebody of another one.
    """

    tenant: str
    entra_id: str
    name: str = ""
    channel_id: str = ""
    guest: bool = False


@dataclass(frozen=True, slots=True)
class Conversation:
    """Where it happened, and all that is needed to write there again later.

    `id` keeps its ";messageid=" part, so an answer lands in the thread it belongs to; `root` is the conversation without it.
    `team_id` and `channel_id` are empty outside channels. `bot_id` is the bot's own account there ("28:...").
    """

    id: str
    kind: Place
    tenant: str
    service_url: str
    team_id: str = ""
    channel_id: str = ""
    bot_id: str = ""
    bot_name: str = ""

    @property
    def root(self) -> str:
        """The conversation without the thread."""
        return self.id.partition(";")[0]

    @property
    def shared(self) -> bool:
        """Whether others read along."""
        return self.kind != "personal"


@dataclass(frozen=True, slots=True)
class SharedFile:
    """A file somebody sent along: its name as they have it, and where it can be fetched for a few minutes. Untrusted."""

    name: str
    url: str


@dataclass(frozen=True, slots=True)
class Turn:
    """One thing that happened in Teams.

    `text`: what was said, the bot's own mention removed, stripped, at most 2,000 characters.
    `value`: untrusted, by kind.
        action    {"verb": str, "data": dict, "trigger": "manual" | "automatic"}
        search    {"query": str, "dataset": str, "skip": int, "top": int}
        feedback  {"reaction": str, "feedback": str}
        members   {"added": [entra or channel ids], "removed": [...]}
        other     {"name": str, "value": whatever came}
    A message that is nothing but files is of the kind "files"; `files` may come with words as well.
    `reply_to_id`: the activity that was answered or whose button was pressed.
    `invoke`: the answer goes back in the HTTP response, and has to come within seconds.
    """

    kind: Kind
    person: Person
    conversation: Conversation
    activity_id: str
    at: datetime
    text: str = ""
    value: Mapping[str, Any] = field(default_factory=dict)
    reply_to_id: str = ""
    locale: str = ""
    local_timezone: str = ""
    invoke: bool = False
    files: tuple[SharedFile, ...] = ()


@dataclass(frozen=True, slots=True)
class Choice:
    """One suggestion of a typeahead."""

    title: str
    value: str


@dataclass(frozen=True, slots=True)
class Reply:
    """One thing the bot says back; made by the functions below.

    `how`: "message" is a new post (in the thread of the turn), "update" rewrites the activity `update_id`,
    "replace" puts the card in place of the one that was pressed, "toast" is a passing line, "error" names a failure,
    "results" answers a typeahead. The last four are answers to an invoke; where the press came as a plain message,
    the host turns them into an update (personal chat) or a new message (everywhere else).
    `summary` is the line in notifications, `speak` what a screen reader says instead of the card.
    `conversation`: somewhere else than where the turn came from, for instance the personal chat.
    `thumbs`: people may say below it whether it helped.
    """

    how: How
    card: Mapping[str, Any] | None = None
    text: str | None = None
    summary: str = ""
    speak: str = ""
    update_id: str = ""
    code: int = 200
    results: tuple[Choice, ...] = ()
    conversation: Conversation | None = None
    thumbs: bool = False

    def to(self, conversation: Conversation) -> Reply:
        """The same reply, sent into another conversation."""
        return replace(self, conversation=conversation)


def message(
    text: str | None = None,
    card: Mapping[str, Any] | None = None,
    *,
    summary: str = "",
    speak: str = "",
    thumbs: bool = False,
) -> Reply:
    """A new post with a text, a card, or both."""
    return Reply("message", card=card, text=text, summary=summary, speak=speak, thumbs=thumbs)


def update(
    update_id: str,
    text: str | None = None,
    card: Mapping[str, Any] | None = None,
    *,
    summary: str = "",
    speak: str = "",
) -> Reply:
    """The bot's earlier post `update_id`, rewritten in place."""
    return Reply("update", card=card, text=text, summary=summary, speak=speak, update_id=update_id)


def replace_card(card: Mapping[str, Any], *, summary: str = "", speak: str = "") -> Reply:
    """The pressed card, replaced in place."""
    return Reply("replace", card=card, summary=summary, speak=speak)


def toast(text: str) -> Reply:
    """A short line that passes by; the card stays."""
    return Reply("toast", text=text)


def error(code: int, text: str) -> Reply:
    """A press that could not be carried out; `code` is 4xx or 5xx and goes into the answer, never into the HTTP status."""
    return Reply("error", text=text, code=code)


def results(choices: Sequence[Choice]) -> Reply:
    """Suggestions for a typeahead."""
    return Reply("results", results=tuple(choices))


class Desk(Protocol):
    """Whoever answers turns. For an invoke one of the replies is the answer; what is sent beside it may be any number."""

    async def handle(self, turn: Turn) -> Sequence[Reply]:
        """Everything to say to this turn, in order; nothing at all is an answer too, except to an action or a search."""
        ...
