"""Sends what is written down in the outbox: claimed, tried by the connector's rules, settled; nothing blindly twice."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import structlog

from bot.delivery.retries import Doubtful, Flight, Gone, Later, NotSent
from bot.delivery.tokens import NoToken
from bot.state.delivery import LEASE_SECONDS
from bot.state.line import StateUnavailable

if TYPE_CHECKING:
    from bot.delivery.connector import Connector
    from bot.events import Clock
    from bot.state.conversations import Conversations
    from bot.state.delivery import Outbox, Parcel
    from bot.telemetry.counts import Counts

log = structlog.get_logger(__name__)

AT_ONCE = 8
LOOK_SECONDS = 1.0
RECLAIM_SECONDS = 15.0
STOP_SECONDS = 5.0
# The first wait after a try that came to nothing, doubled each time, and the longest.
FIRST_WAIT, LONGEST_WAIT = 5.0, 300.0
# Unasked messages stand back while answers wait for their turn.
QUEUE_FOR_DIGESTS = 1.0
STAND_BACK_SECONDS = 1.0


class Sender:
    """Works the outbox off, up to eight messages at once."""

    def __init__(
        self, outbox: Outbox, conversations: Conversations, connector: Connector, clock: Clock, counts: Counts
    ) -> None:
        self._outbox = outbox
        self._conversations = conversations
        self._connector = connector
        self._clock = clock
        self._counts = counts
        self._tasks: set[asyncio.Task[None]] = set()
        self._stopping = False

    async def run(self) -> None:
        """Send what becomes due until `stop`."""
        loop = asyncio.get_running_loop()
        reclaim_at = loop.time()
        while not self._stopping:
            self._outbox.fresh.clear()
            try:
                if loop.time() >= reclaim_at:
                    await self._outbox.reclaim()
                    reclaim_at = loop.time() + RECLAIM_SECONDS
                await self.sweep()
            except StateUnavailable:
                log.warning("outbox_waits")
            try:
                async with asyncio.timeout(LOOK_SECONDS):
                    await self._outbox.fresh.wait()
            except TimeoutError:
                continue

    async def stop(self) -> None:
        """Finish what is being sent, for a few seconds; the rest is taken over by the next process."""
        self._stopping = True
        self._outbox.fresh.set()
        if self._tasks:
            await asyncio.wait(set(self._tasks), timeout=STOP_SECONDS)
        for task in set(self._tasks):
            task.cancel()
        if self._tasks:
            await asyncio.wait(set(self._tasks), timeout=1)

    async def sweep(self) -> None:
        """Everything that is due now; returns when the last of it is under way. Raises StateUnavailable."""
        while not self._stopping:
            if len(self._tasks) >= AT_ONCE:
                await asyncio.wait(set(self._tasks), return_when=asyncio.FIRST_COMPLETED)
                continue
            parcel = await self._outbox.claim()
            if parcel is None:
                return
            task = asyncio.get_running_loop().create_task(self._carry(parcel))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def idle(self) -> None:
        """Returns when nothing is under way any more."""
        while self._tasks:
            await asyncio.wait(set(self._tasks))

    async def _carry(self, parcel: Parcel) -> None:
        try:
            outcome = await self._one(parcel)
        except StateUnavailable:
            outcome = "unsettled"
        self._counts.add("outbox", outcome)
        if outcome not in {"sent", "later"}:
            log.warning("outbox", outcome=outcome, kind=parcel.kind, purpose=parcel.purpose)

    async def _one(self, parcel: Parcel) -> str:
        if self._clock().timestamp() >= parcel.expires_at:
            await self._outbox.ended(parcel, "failed", "too late")
            return "too late"
        if await self._conversations.standing(parcel.where) in {"removed", "blocked"}:
            await self._outbox.ended(parcel, "failed", "gone")
            return "gone"
        if parcel.purpose == "digest" and self._connector.queue(parcel.where) > QUEUE_FOR_DIGESTS:
            await self._outbox.later(parcel, STAND_BACK_SECONDS, "")
            return "later"
        return await self._try(parcel)

    async def _try(self, parcel: Parcel) -> str:
        flight = Flight()
        try:
            async with asyncio.timeout(LEASE_SECONDS - 20):
                activity_id = await self._send(parcel, flight)
            await self._outbox.sent(parcel, activity_id)
        except asyncio.CancelledError:
            if not flight.open:
                await self._outbox.later(parcel, 0.0, "")
            raise
        except Gone:
            if parcel.kind == "POST":
                await self._conversations.mark(parcel.where, "blocked")
            await self._outbox.ended(parcel, "failed", "gone")
            return "gone"
        except (Later, NoToken) as problem:
            asked = problem.after if isinstance(problem, Later) else 0.0
            await self._outbox.later(parcel, max(asked, _backoff(parcel.attempt)), str(problem))
            return "later"
        except (Doubtful, TimeoutError):
            if parcel.kind == "PUT" or not flight.open:
                await self._outbox.later(parcel, _backoff(parcel.attempt), "no answer")
                return "later"
            return await self._doubt(parcel)
        except NotSent as problem:
            await self._outbox.ended(parcel, "failed", str(problem))
            return "failed"
        return "sent"

    async def _send(self, parcel: Parcel, flight: Flight) -> str:
        if parcel.kind == "PUT":
            return await self._connector.update(parcel.where, parcel.target, parcel.activity)
        # "post" repeats nothing whose fate is unknown: how often that may happen is counted here, across restarts.
        return await self._connector.send(
            parcel.where, parcel.activity, reply_to=parcel.target, purpose="post", flight=flight
        )

    async def _doubt(self, parcel: Parcel) -> str:
        if parcel.purpose == "reply" and parcel.doubts == 0:
            await self._outbox.later(parcel, FIRST_WAIT, "in doubt", doubted=True)
            return "later"
        await self._outbox.ended(parcel, "indoubt", "it may have arrived")
        return "indoubt"


def _backoff(attempt: int) -> float:
    """Seconds before the next try."""
    return float(min(FIRST_WAIT * 2.0 ** min(attempt - 1, 10), LONGEST_WAIT))
