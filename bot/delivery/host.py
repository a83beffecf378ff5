"""The edge to the Bot Framework SDK, the only file that knows it: its dispatch and pipeline run, our connector sends."""

# ruff: noqa: D102, ARG002 - the SDK names these methods and arguments

from __future__ import annotations

import asyncio
import traceback
from typing import TYPE_CHECKING, Any

import structlog
from botbuilder.core import CloudAdapterBase, InvokeResponse, TurnContext
from botbuilder.core.teams import TeamsActivityHandler
from botbuilder.schema import Activity, ActivityTypes, ChannelAccount, ConversationAccount, ResourceResponse
from botframework.connector.auth import BotFrameworkAuthentication, ClaimsIdentity

from analytics.errors import InsightsError
from bot.auditing import turned_away
from bot.delivery import activity as read
from bot.delivery.flood import refusal, too_fast
from bot.delivery.invokes import INVOKES, invoke_body
from bot.delivery.replies import Life, Replies
from bot.events import INVOKE_ANSWERS, Reply, Turn, message
from bot.events import error as error_reply
from bot.state.inbox import Record
from bot.telemetry import logs

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, Sequence

    from botbuilder.schema import ConversationReference

    from bot.delivery.connector import Connector
    from bot.events import Clock, Desk
    from bot.state import State
    from bot.telemetry.counts import Counts

log = structlog.get_logger(__name__)


def plain_trouble(problem: Exception, reference: str) -> Reply:
    """What a person is told when a turn failed. `reference` finds it in the log."""
    told = str(problem) if isinstance(problem, InsightsError) else "Something went wrong on our side. Please try again."
    return message(f"{told} If it happens again, pass on this reference: {reference}.")


class Incoming(Activity):
    """The SDK's activity with what it was read from; only the fields its dispatch looks at are filled."""

    def __init__(self, life: Life) -> None:
        raw = life.raw
        sender, bot, place = raw.get("from") or {}, raw.get("recipient") or {}, raw.get("conversation") or {}
        super().__init__(
            type=raw.get("type"),
            id=raw.get("id"),
            name=raw.get("name"),
            channel_id=raw.get("channelId"),
            service_url=raw.get("serviceUrl"),
            text=raw.get("text"),
            value=raw.get("value"),
            reply_to_id=raw.get("replyToId"),
            from_property=ChannelAccount(id=sender.get("id"), name=sender.get("name")),
            recipient=ChannelAccount(id=bot.get("id"), name=bot.get("name")),
            conversation=ConversationAccount(id=place.get("id"), conversation_type=place.get("conversationType")),
        )
        self.life = life


class Closed(BotFrameworkAuthentication):
    """The SDK's own way in and out, shut: requests are checked before they get here, and the connector is ours."""

    async def authenticate_request(self, activity: Activity, auth_header: str) -> Any:
        raise PermissionError

    async def authenticate_streaming_request(self, auth_header: str, channel_id_header: str) -> Any:
        raise PermissionError

    def create_connector_factory(self, claims_identity: ClaimsIdentity) -> Any:
        raise PermissionError

    async def create_user_token_client(self, claims_identity: ClaimsIdentity) -> Any:
        raise PermissionError


class Host(CloudAdapterBase):
    """Runs turns: activity JSON in, the desk's replies out, the HTTP answer back."""

    def __init__(
        self,
        desk: Desk,
        connector: Connector,
        state: State,
        clock: Clock,
        counts: Counts,
        *,
        typing_seconds: float = 1.5,
        trouble: Callable[[Exception, str], Reply] = plain_trouble,
    ) -> None:
        super().__init__(Closed())
        self.on_turn_error = self._failed
        self._desk = desk
        self._connector = connector
        self._conversations = state.conversations
        self._audit = state.audit
        self._clock = clock
        self._replies = Replies(connector, state, counts)
        self._typing_seconds = typing_seconds
        self._trouble = trouble
        self._dispatch = Dispatch(self)
        self._identity = ClaimsIdentity({}, True)

    async def run(self, life: Life) -> Record:
        """One turn, to its end; the HTTP answer. Whatever goes wrong is told to the person, with a reference."""
        record: Record = await self.process_activity(None, Incoming(life), self._dispatch.on_turn)
        return record

    async def apologise(self, life: Life, problem: Exception) -> Record:
        """The HTTP answer to a turn that could not even begin."""
        await self._failed(TurnContext(self, Incoming(life)), problem)
        return life.record

    async def refuse(self, life: Life) -> Record:
        """The one polite word to somebody who asks too fast, and the HTTP answer; nobody's desk sees the turn."""
        await self._audit.add(turned_away(life.raw, self._clock(), "too fast"))
        if life.raw.get("type") == "message":
            turn = read.message_turn(life.raw, self._clock())
            await self._replies.send(life, turn, [message(too_fast(life.raw))])
        return refusal(life.raw)

    async def process_activity(
        self, _: object, activity: Incoming, logic: Callable[[TurnContext], Awaitable[None]]
    ) -> Record:
        """The SDK's pipeline without its clients: they are built anew for every turn, and used by nobody here."""
        context = self._create_turn_context(activity, self._identity, None, None, None, logic, None)
        await self.run_pipeline(context, logic)
        return activity.life.record

    async def send_activities(self, context: TurnContext, activities: Sequence[Activity]) -> list[ResourceResponse]:
        """What middleware sends through the SDK goes the same way as everything else."""
        where = read.conversation_of(context.activity.life.raw)
        sent = []
        for one in activities:
            told = ""
            if one.type == ActivityTypes.invoke_response:
                context.activity.life.record = Record(int(one.value.status), one.value.body)
            elif one.type not in {ActivityTypes.trace, "delay"}:
                told = await self._connector.send(where, one.serialize(), reply_to=one.reply_to_id or "")
            sent.append(ResourceResponse(id=told))
        return sent

    async def update_activity(self, context: TurnContext, activity: Activity) -> ResourceResponse:
        where = read.conversation_of(context.activity.life.raw)
        return ResourceResponse(id=await self._connector.update(where, activity.id, activity.serialize()))

    async def delete_activity(self, context: TurnContext, reference: ConversationReference) -> None:
        await self._connector.delete(read.conversation_of(context.activity.life.raw), reference.activity_id)

    async def answer(self, life: Life, turn: Turn) -> None:
        """Hand the turn to the desk and its replies to whoever they are for."""
        await self._note(turn)
        typing = self._replies.typing_after(self._typing_seconds, turn)
        try:
            replies = await self._desk.handle(turn)
        except asyncio.CancelledError:
            await self._replies.cut_off(life, turn)
            raise
        finally:
            if typing is not None:
                typing.cancel()
        if life.held is not None and not await life.held():
            # This process slept for so long that another one has answered.
            log.warning("turn_was_taken_over", kind=turn.kind)
            return
        await self._deliver(life, turn, replies)
        if turn.kind == "removed":
            await self._conversations.mark(turn.conversation, "removed")

    async def _note(self, turn: Turn) -> None:
        if turn.kind != "removed":
            await self._conversations.remember(turn.conversation, turn.person)

    async def _deliver(self, life: Life, turn: Turn, replies: Sequence[Reply]) -> None:
        chosen = next((reply for reply in replies if turn.invoke and reply.how in INVOKE_ANSWERS), None)
        await self._replies.send(life, turn, [reply for reply in replies if reply is not chosen])
        if not turn.invoke:
            return
        # Nothing is awaited between this question and the end of the turn: the answer is used once, here or there.
        if life.late and chosen is not None:
            await self._replies.send(life, turn, [chosen])
        elif not life.late:
            life.record = invoke_body(life.raw.get("name", ""), turn, chosen)

    async def _failed(self, context: TurnContext, problem: Exception) -> None:
        reference = logs.reference()
        logs.note(outcome="failed")
        life: Life = context.activity.life
        # Where it broke, never what the exception says: that may hold what somebody wrote.
        frames = [
            f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(problem.__traceback__)
        ]
        # What a sender got wrong is no error of ours, and may come by the thousand.
        tell = log.info if isinstance(problem, read.Malformed) else log.error
        tell("turn_failed", reference=reference, problem=type(problem).__name__, where=frames[-8:])
        try:
            await self._tell(life, self._trouble(problem, reference), problem)
        except Exception as again:  # noqa: BLE001 - the last place where anything can be caught
            log.error("trouble_not_told", reference=reference, problem=type(again).__name__)  # noqa: TRY400 - see above

    async def _tell(self, life: Life, reply: Reply, problem: Exception) -> None:
        turn = read.other_turn(life.raw, self._clock())
        if turn.invoke and not life.late:
            code = 400 if isinstance(problem, read.Malformed) else 500
            life.record = Record(200, read.answered(error_reply(code, reply.text or reply.summary), "action"))
        elif life.raw.get("type") in {"message", "invoke"}:
            await self._replies.send(life, turn, [reply])


class Dispatch(TeamsActivityHandler):
    """The SDK's sorting of activities by type, each read into the Turn it is."""

    def __init__(self, host: Host) -> None:
        self._host = host

    async def _take(self, context: TurnContext, reader: Callable[[Mapping[str, Any], Any], Turn]) -> None:
        life: Life = context.activity.life
        await self._host.answer(life, reader(life.raw, self._host._clock()))  # noqa: SLF001 - two halves of one edge

    async def on_message_activity(self, turn_context: TurnContext) -> None:
        await self._take(turn_context, read.message_turn)

    async def on_installation_update(self, turn_context: TurnContext) -> None:
        await self._take(turn_context, read.installation_turn)

    async def on_conversation_update_activity(self, turn_context: TurnContext) -> None:
        await self._take(turn_context, read.members_turn)

    async def on_invoke_activity(self, turn_context: TurnContext) -> InvokeResponse | None:
        """By name. The answer is left where the host looks for it: handed to the SDK it would be copied, deeply."""
        await self._take(turn_context, INVOKES.get(turn_context.activity.name, read.other_turn))
        return None

    async def on_message_update_activity(self, turn_context: TurnContext) -> None:
        await self._take(turn_context, read.other_turn)

    on_message_delete_activity = on_message_update_activity
    on_message_reaction_activity = on_message_update_activity
    on_event_activity = on_message_update_activity
    on_end_of_conversation_activity = on_message_update_activity
    on_typing_activity = on_message_update_activity
    on_unrecognized_activity_type = on_message_update_activity
