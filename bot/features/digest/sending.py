"""The weekly post of one channel, kept current: rewritten in place, posted anew where it is gone, never blindly twice.

Each step of a week is a message in the outbox under a key of its own, so whoever is killed anywhere goes on where the last
one stopped. What each key comes to:

    update   the post of the weeks before, rewritten; where it was deleted, `post` follows
    post     a new post: the first one, or in place of a deleted one; in doubt it is reported and never repeated
    reply    what has changed, said in the thread of a post that was rewritten
    pin, doubt, ...  what the owner is told in private
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from bot.delivery.activity import CARD
from bot.runner import TOLD, UNDER_WAY, done, failed, in_doubt, left_out, waiting
from cards.words import words

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, Sequence
    from datetime import datetime

    from bot.events import Conversation
    from bot.runner import Due, Outcome
    from bot.state import State
    from bot.state.delivery import Receipt
    from bot.state.schedule import Schedule

KIND = "digest"
BEGUN: Mapping[str, Any] = {"begun": True}


@dataclass(frozen=True, slots=True)
class Digest:
    """One week as it is posted: the card, the sentence in its thread that says what has changed, and what the audit is told."""

    card: Mapping[str, Any]
    said: str
    told: Mapping[str, Any] = field(default_factory=dict)


class Sending:
    """The handler of digests. `active` says whether an owner is still with the company, `leads` whom to tell in a tenant."""

    def __init__(
        self,
        state: State,
        compose: Callable[[Due, Conversation], Awaitable[Digest]],
        active: Callable[[Schedule], Awaitable[bool]],
        leads: Callable[[str], Awaitable[Sequence[str]]],
    ) -> None:
        self._state = state
        self._compose = compose
        self._active = active
        self._leads = leads

    async def run(self, due: Due, _: datetime) -> Outcome:
        """The next step of this week."""
        where = await self._state.conversations.get(due.schedule.tenant, due.schedule.conversation)
        if where is None:
            return await self._stop(due.schedule, "removed")
        if not await self._active(due.schedule):
            return await self._stop(due.schedule, "owner")
        posted = await self._receipt(due, "post")
        if posted is not None:
            return await self._posted(due, where, posted)
        if not due.schedule.post:
            return await self._put(due, where, "post")
        updated = await self._receipt(due, "update")
        if updated is None:
            return await self._put(due, where, "update")
        return await self._updated(due, where, updated)

    async def too_late(self, due: Due, now: datetime) -> Outcome:
        """The week is left out, unless it was begun after all; the owner is told."""
        if await self._receipt(due, "post") or await self._receipt(due, "update"):
            return await self.run(due, now)
        await self.tell(due.schedule, due.key("late"), "late", week=due.period)
        return left_out("too late")

    async def pause(self, one: Schedule, why: str) -> None:
        """No more of it, and everyone who leads the program is told, once."""
        # Told first: whoever dies in between says it again under the same key.
        for lead in await self._leads(one.tenant):
            await self._private(one, lead, f"digest:{one.id}:{why}:{one.next_due:%Y%m%d}:{lead}", f"paused_{why}")
        await self._state.schedules.pause(one.id, why)

    async def tell(self, one: Schedule, key: str, what: str, **values: object) -> bool:
        """Say something to the owner in private, once for each key; False where they have no personal chat."""
        return await self._private(one, one.owner, key, what, **values)

    async def _stop(self, one: Schedule, why: str) -> Outcome:
        await self.pause(one, why)
        return left_out(why)

    async def _put(self, due: Due, where: Conversation, step: str) -> Outcome:
        digest = await self._compose(due, where)
        await self._state.outbox.put(
            where,
            _activity(where, card=digest.card, summary=str(digest.card.get("fallbackText", ""))),
            purpose="digest",
            key=due.key(step),
            update=due.schedule.post if step == "update" else "",
        )
        return waiting(due.key(step), {**BEGUN, "said": digest.said, TOLD: digest.told})

    async def _updated(self, due: Due, where: Conversation, updated: Receipt) -> Outcome:
        if updated.state in UNDER_WAY:
            return waiting(updated.key, BEGUN)
        if updated.problem == "gone":
            return await self._put(due, where, "post")
        if updated.state != "sent":
            return await self._given_up(due, updated)
        replied = await self._receipt(due, "reply")
        if replied is None:
            return await self._reply(due, where)
        if replied.state in UNDER_WAY:
            return waiting(replied.key)
        if replied.state == "indoubt":
            await self.tell(due.schedule, due.key("doubt"), "doubt_reply", week=due.period)
            return in_doubt("the reply may have arrived")
        return done(due.schedule.post, "" if replied.state == "sent" else f"reply: {replied.problem}")

    async def _reply(self, due: Due, where: Conversation) -> Outcome:
        said = due.note.get("said") or (await self._compose(due, where)).said
        thread = replace(where, id=f"{where.root};messageid={due.schedule.post}") if where.kind == "channel" else where
        key = due.key("reply")
        await self._state.outbox.put(thread, _activity(thread, text=said), purpose="digest", key=key)
        return waiting(key)

    async def _posted(self, due: Due, where: Conversation, posted: Receipt) -> Outcome:
        if posted.state in UNDER_WAY:
            return waiting(posted.key, BEGUN)
        if posted.state == "indoubt":
            await self.tell(due.schedule, due.key("doubt"), "doubt", week=due.period)
            return in_doubt(posted.problem)
        if posted.state != "sent":
            return await self._given_up(due, posted)
        await self._state.runs.keep_post(due.claim, posted.activity)
        again = "pin_again" if await self._receipt(due, "update") else "pin"
        if where.kind == "channel" and not await self.tell(due.schedule, due.key("pin"), again):
            thread = replace(where, id=f"{where.root};messageid={posted.activity}")
            said = words(due.schedule.language).say(f"digest.{again}")
            await self._state.outbox.put(thread, _activity(thread, text=said), purpose="digest", key=due.key("pin"))
        return done(posted.activity)

    async def _given_up(self, due: Due, receipt: Receipt) -> Outcome:
        if receipt.problem == "gone":
            return await self._stop(due.schedule, "removed")
        await self.tell(due.schedule, due.key("failed"), "failed", week=due.period)
        return failed(receipt.problem)

    async def _receipt(self, due: Due, step: str) -> Receipt | None:
        return await self._state.outbox.receipt(due.key(step))

    async def _private(self, one: Schedule, who: str, key: str, what: str, **values: object) -> bool:
        home = await self._state.conversations.personal(one.tenant, who)
        if home is None:
            return False
        said = words(one.language).say(f"digest.{what}", channel=one.payload.get("name") or one.conversation, **values)
        await self._state.outbox.put(home, _activity(home, text=said), purpose="digest", key=key)
        return True


def _activity(
    where: Conversation, *, text: str = "", card: Mapping[str, Any] | None = None, summary: str = ""
) -> dict[str, Any]:
    made: dict[str, Any] = {
        "type": "message",
        "from": {"id": where.bot_id, "name": where.bot_name},
        "conversation": {"id": where.id, "tenantId": where.tenant},
    }
    if text:
        made |= {"text": text, "textFormat": "markdown"}
    if card is not None:
        made |= {"summary": summary, "attachments": [{"contentType": CARD, "content": card}]}
    return made
