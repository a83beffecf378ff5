"""Brings replies to whoever they are for: through the connector now, through the outbox where that is not possible."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from secrets import token_hex
from typing import TYPE_CHECKING, Any

import structlog

from analytics.errors import InsightsError
from bot.delivery import activity as read
from bot.delivery.retries import Doubtful, Flight, Gone, Later, NotSent
from bot.delivery.tokens import NoToken
from bot.events import message
from bot.state.inbox import Record
from bot.state.line import StateUnavailable
from cards.words import words

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, Sequence

    from bot.delivery.connector import Connector
    from bot.events import Conversation, Reply, Turn
    from bot.state import State
    from bot.telemetry.counts import Counts

log = structlog.get_logger(__name__)

NO_TOKEN_WAIT = 30.0


@dataclass(slots=True)
class Life:
    """One delivery's raw activity, and what becomes of it.

    `late`: its HTTP answer has already gone out without the turn's own. `answered`: its own is decided, and only has to be
    written down. `refused`: too many came before it.
    `kept` counts replies left to the outbox; `saved`: it was cut off, but what it had to say is there. `held` says whether
    it is still ours to answer.
    """

    raw: Mapping[str, Any]
    late: bool = False
    answered: bool = False
    refused: bool = False
    kept: int = 0
    saved: bool = False
    held: Callable[[], Awaitable[bool]] | None = None
    record: Record = field(default_factory=lambda: Record(200))


@dataclass(frozen=True, slots=True)
class Message:
    """A reply, addressed: `update` is the activity it rewrites, `reply_to` the one it answers."""

    where: Conversation
    body: dict[str, Any]
    update: str
    reply_to: str


class Replies:
    """Sends what turns have to say. A send that fails is nobody's error: it is kept, or counted and logged."""

    def __init__(self, connector: Connector, state: State, counts: Counts) -> None:
        self._connector = connector
        self._conversations = state.conversations
        self._outbox = state.outbox
        self._posts = state.shared_posts
        self._counts = counts
        self._beside: set[asyncio.Task[None]] = set()

    async def send(self, life: Life, turn: Turn, replies: Sequence[Reply]) -> None:
        """In order. What a stopping bot cannot send any more is left to the next one."""
        for at, reply in enumerate(replies):
            flight = Flight()
            try:
                await self._one(life, turn, reply, flight)
            except asyncio.CancelledError:
                kept = [await self._keep(life, turn, one, doubted=one is reply and flight.open) for one in replies[at:]]
                life.saved = all(kept)
                raise

    async def cut_off(self, life: Life, turn: Turn) -> None:
        """A turn that ends before its answer was known: whoever was told that it follows is told that it does not."""
        if life.late:
            sorry = message(words(read.language_in(life.raw)).say("delivery.restarted"))
            life.saved = await self._keep(life, turn, sorry)

    def typing_after(self, seconds: float, turn: Turn) -> asyncio.TimerHandle | None:
        """Shows that an answer is being worked on, unless it is there by then; nobody waits for that."""
        if turn.invoke or turn.kind not in {"message", "action"}:
            return None
        return asyncio.get_running_loop().call_later(seconds, self._start_typing, turn.conversation)

    async def _one(self, life: Life, turn: Turn, reply: Reply, flight: Flight) -> None:
        addressed = _addressed(turn, reply)
        try:
            activity_id = await self._post(addressed, flight)
            self._counts.add("replies", "sent")
            await self._note(turn, reply, activity_id)
        except Gone:
            await self._gone(addressed)
        except (Later, NoToken) as problem:
            wait, doubted = (problem.after, problem.doubted) if isinstance(problem, Later) else (NO_TOKEN_WAIT, False)
            await self._keep(life, turn, reply, wait=wait, doubted=doubted)
        except NotSent as problem:
            self._counts.add("replies", "doubtful" if isinstance(problem, Doubtful) else "lost")
            log.warning("reply_not_sent", reason=str(problem), kind=turn.kind)

    async def _post(self, one: Message, flight: Flight) -> str:
        if one.update:
            return await self._connector.update(one.where, one.update, one.body)
        return await self._connector.send(one.where, one.body, reply_to=one.reply_to, flight=flight)

    async def _note(self, turn: Turn, reply: Reply, activity_id: str) -> None:
        """Who asked for a post that others see too, so that they can take it back."""
        asked = turn.kind in {"message", "action"} and turn.conversation.shared and reply.conversation is None
        if asked and activity_id and turn.person.entra_id:
            try:
                await self._posts.add(turn.conversation, activity_id, turn.person)
            except StateUnavailable:
                log.warning("post_not_noted")

    async def _gone(self, one: Message) -> None:
        self._counts.add("replies", "gone")
        log.warning("conversation_gone", update=bool(one.update))
        if not one.update:
            await self._conversations.mark(one.where, "blocked")

    async def _keep(self, life: Life, turn: Turn, reply: Reply, *, wait: float = 0.0, doubted: bool = False) -> bool:
        """Leave a reply to the outbox; False where not even that was possible."""
        one = _addressed(turn, reply)
        life.kept += 1
        key = f"{turn.conversation.tenant}/{turn.conversation.id}/{turn.activity_id or token_hex(8)}/{life.kept}"
        how: dict[str, Any] = {"update": one.update, "reply_to": one.reply_to, "wait": wait, "doubted": doubted}
        try:
            await self._outbox.put(one.where, one.body, purpose="reply", key=key, **how)
        except StateUnavailable:
            self._counts.add("replies", "lost")
            log.error("reply_lost", kind=turn.kind)  # noqa: TRY400 - the line before it has logged the cause
            return False
        self._counts.add("replies", "kept")
        log.warning("reply_kept", kind=turn.kind)
        return True

    def _start_typing(self, where: Conversation) -> None:
        task = asyncio.get_running_loop().create_task(self._type(where))
        self._beside.add(task)
        task.add_done_callback(self._beside.discard)

    async def _type(self, where: Conversation) -> None:
        try:
            shown = await self._connector.typing(where)
            self._counts.add("typing", "sent" if shown else "dropped")
        except InsightsError as problem:
            log.info("typing_not_sent", reason=type(problem).__name__)


def _addressed(turn: Turn, reply: Reply) -> Message:
    reply = read.as_sent(reply, turn)
    where, body = reply.conversation or turn.conversation, read.activity_of(reply, turn)
    update = reply.update_id if reply.how == "update" else ""
    reply_to = "" if reply.conversation or update else _answers(turn)
    if reply_to:
        body["replyToId"] = reply_to
    return Message(where, body, update, reply_to)


def _answers(turn: Turn) -> str:
    """The activity that a new message answers; nothing for what nobody wrote."""
    if turn.invoke:
        return turn.reply_to_id
    return turn.activity_id if turn.kind in {"message", "action"} or turn.value.get("name") == "message" else ""
