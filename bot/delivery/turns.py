"""The life of one delivery: claimed once, run, answered in time, finished before the process ends."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any

import structlog

from bot.delivery.activity import tenant_of
from bot.delivery.flood import refusal
from bot.delivery.invokes import late_body
from bot.delivery.replies import Life
from bot.state.inbox import Inbox, Key, Record
from bot.state.line import StateUnavailable
from bot.telemetry import logs
from bot.telemetry.counts import known_kind
from bot.telemetry.tracing import span

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from bot.delivery.flood import Flood
    from bot.delivery.host import Host
    from bot.telemetry.counts import Counts

log = structlog.get_logger(__name__)

# How long turns that are cut off may take to write down what they still had to say.
SAVE_SECONDS = 3.0


class Turns:
    """All turns under way. `message_seconds` and `invoke_seconds` are how long the HTTP answer may take.

    `mark` makes the pseudonym under which a person stands in the log.
    """

    def __init__(
        self,
        host: Host,
        inbox: Inbox,
        flood: Flood,
        counts: Counts,
        *,
        message_seconds: float,
        invoke_seconds: float,
        mark: Callable[[str], str],
    ) -> None:
        self._host = host
        self._inbox = inbox
        self._flood = flood
        self._counts = counts
        self._mark = mark
        self._seconds = {True: invoke_seconds, False: message_seconds}
        self._tasks: set[asyncio.Task[Record]] = set()
        self.draining = False

    async def take(self, raw: Mapping[str, Any]) -> Record:
        """The HTTP answer to an admitted activity. A turn that takes longer goes on, and answers through the connector."""
        kind = str(raw.get("type"))
        self._counts.add("turns", kind)
        verdict = self._flood.judge(raw)
        if verdict != "take":
            self._counts.add("flood", verdict)
            log.info("too_fast", verdict=verdict)
        if verdict == "drop":
            return refusal(raw)
        life = Life(raw, refused=verdict == "refuse")
        task = asyncio.get_running_loop().create_task(self._work(life))
        self._tasks.add(task)
        task.add_done_callback(self._ended)
        await asyncio.wait({task}, timeout=self._seconds[kind == "invoke"])
        if life.answered and not task.done():
            # Too late to be late: nobody would send it any more.
            await asyncio.wait({task}, timeout=SAVE_SECONDS)
            return task.result() if task.done() else life.record
        if task.done():
            return task.result()
        life.late = True
        self._counts.add("late", kind)
        return late_body(raw)

    async def drain(self, seconds: float) -> int:
        """Let what is under way finish; how many did not."""
        self.draining = True
        if self._tasks:
            log.info("draining", turns=len(self._tasks))
            await asyncio.wait(set(self._tasks), timeout=seconds)
        left = len(self._tasks)
        for task in set(self._tasks):
            task.cancel()
        if left:
            log.error("turns_cut_off", turns=left)
            await asyncio.wait(set(self._tasks), timeout=SAVE_SECONDS)
        return left

    def _ended(self, task: asyncio.Task[Record]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (problem := task.exception()):
            log.error("turn_lost", problem=type(problem).__name__)

    async def _work(self, life: Life) -> Record:
        with (
            logs.turn(life.raw, self._mark, self._counts.ended),
            span("turn", kind=known_kind(str(life.raw.get("type")))),
        ):
            return await self._once(life)

    async def _once(self, life: Life) -> Record:
        key = _key(life.raw)
        if not key.activity:
            return await self._run(life)
        try:
            claimed = await self._inbox.claim(key)
        except StateUnavailable as problem:
            return await self._host.apologise(life, problem)
        if claimed is not None:
            logs.note(outcome="delivered twice")
        if isinstance(claimed, Record):
            return claimed
        if claimed is not None:
            return await asyncio.shield(claimed)
        return await self._first(key, life)

    async def _run(self, life: Life) -> Record:
        if life.refused:
            logs.note(outcome="too fast")
            return await self._host.refuse(life)
        return await self._host.run(life)

    async def _first(self, key: Key, life: Life) -> Record:
        life.held = partial(self._inbox.holds, key)
        try:
            record = await self._run(life)
            life.answered = True
        except BaseException:
            with suppress(StateUnavailable):
                # What was cut off but written down will be said; another turn would say it again.
                await (self._inbox.finish(key, Record(202)) if life.saved else self._inbox.abandon(key))
            raise
        try:
            await self._inbox.finish(key, record)
        except StateUnavailable:
            log.error("delivery_not_recorded")  # noqa: TRY400 - the line below it has logged the cause
        return record


def _key(raw: Mapping[str, Any]) -> Key:
    return Key(tenant_of(raw), raw["conversation"]["id"], raw.get("id") or "")
