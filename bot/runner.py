"""Does what schedules say: opens each period when its moment comes, and works on it until it is over, once.

How to have something done by a schedule:

1. Write a handler (see `Handler`) and name it in your feature: `Feature(..., handlers={"digest": handler})`. There is one
   runner and one tick for all kinds.
2. Put schedules down with `state.schedules.add(owner, "digest", where, rule, payload, next_due=...)`; `next_due` is
   `bot.schedules.next_due(rule, now).at`, or now for at once.
3. In `run`, never post by yourself: `state.outbox.put(where, activity, purpose="digest", key=due.key("post"))`, then return
   `waiting(due.key("post"))`. You are called again when that message is settled, and find its receipt with
   `state.outbox.receipt(due.key("post"))`. A handler may be killed anywhere and is then called again from the start with the
   same keys, so everything it does has to be harmless to repeat; what it put under a key before stands. Whoever was killed
   right after `put` is called again while that message is still on its way: for a receipt in a state of UNDER_WAY, return
   `waiting` once more.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Literal, Protocol

import structlog

from analytics.errors import InsightsError
from bot.auditing import OUTCOMES, of_run
from bot.schedules import opening
from bot.state.line import StateUnavailable
from bot.state.runs import LEASE_SECONDS

if TYPE_CHECKING:
    from datetime import datetime

    from bot.events import Clock
    from bot.state import State
    from bot.state.runs import Claim
    from bot.state.schedule import Schedule

log = structlog.get_logger(__name__)

SECONDS = 5.0
# States of a message in the outbox that is not settled yet.
UNDER_WAY = frozenset({"due", "sending"})
AT_ONCE = 4
# What is later than this is left out, and said to be.
TOO_LATE = timedelta(hours=24)
# The first wait after a failure, doubled each time, and the longest.
FIRST_WAIT, LONGEST_WAIT = 15.0, 900.0


# Where a handler notes, with `waiting(..., note=...)`, what the audit is to say of this run: see `bot.auditing.told_of`.
TOLD = "told"


@dataclass(frozen=True, slots=True)
class Due:
    """One period of a schedule, being worked on. `note` is what an earlier call kept by `waiting(..., note=...)`."""

    schedule: Schedule
    period: str
    at: datetime
    missed: int
    attempt: int
    note: Mapping[str, Any]
    claim: Claim = field(repr=False)

    def key(self, step: str) -> str:
        """The outbox key of one step of this period; always the same, so that no step is done twice."""
        return f"run:{self.schedule.id}:{self.period}:{step}"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a call; made by the functions below."""

    state: Literal["sent", "indoubt", "failed", "skipped", "sending"]
    activity: str = ""
    problem: str = ""
    waits_for: str = ""
    seconds: float = 0.0
    note: Mapping[str, Any] | None = None


def done(activity: str = "", problem: str = "") -> Outcome:
    """It is done; `activity` is what was posted, `problem` what was not quite right."""
    return Outcome("sent", activity, problem)


def waiting(key: str, note: Mapping[str, Any] | None = None) -> Outcome:
    """To be called again when the message under this key in the outbox is settled."""
    return Outcome("sending", waits_for=key, note=note)


def later(seconds: float, problem: str = "", note: Mapping[str, Any] | None = None) -> Outcome:
    """To be called again after so long."""
    return Outcome("sending", seconds=seconds, problem=problem, note=note)


def in_doubt(problem: str) -> Outcome:
    """A post may have arrived; it is never repeated. Tell the owner before returning this."""
    return Outcome("indoubt", problem=problem)


def failed(problem: str) -> Outcome:
    """It will not be done."""
    return Outcome("failed", problem=problem)


def left_out(problem: str) -> Outcome:
    """There was nothing to do, or nobody to do it for."""
    return Outcome("skipped", problem=problem)


class Handler(Protocol):
    """Does what the schedules of one kind say. Both functions may be called again, and must be harmless to repeat."""

    async def run(self, due: Due, now: datetime, /) -> Outcome:
        """Do the next step. An error is tried again, at growing intervals, until it is more than a day too late."""
        ...

    async def too_late(self, due: Due, now: datetime, /) -> Outcome:
        """It is more than a day too late and no note says that it was begun: say so to the owner, and return `left_out`."""
        ...


class Runner:
    """One for each process; several processes may share a database. `kinds` without a handler are left to others."""

    def __init__(self, state: State, handlers: Mapping[str, Handler], clock: Clock) -> None:
        self._schedules = state.schedules
        self._runs = state.runs
        self._audit = state.audit
        self._handlers = dict(handlers)
        self._clock = clock

    async def tick(self, now: datetime) -> None:
        """Open what has become due, then work on everything that can be worked on. Raises StateUnavailable."""
        await self._open(now)
        kinds = tuple(self._handlers)
        await asyncio.gather(*(self._work(kinds) for _ in range(AT_ONCE)))

    async def _open(self, now: datetime) -> None:
        while found := await self._schedules.due(now):
            moved = [await self._open_one(one, now) for one in found]
            if not any(moved):
                return

    async def _open_one(self, one: Schedule, now: datetime) -> bool:
        """Written down before the schedule moves on: whoever dies in between leaves it to be written again."""
        what = opening(one.rule, one.next_due, now)
        if what is None:
            return False
        await self._runs.open(one, what)
        return await self._schedules.move(one, what.next)

    async def _work(self, kinds: tuple[str, ...]) -> None:
        while claim := await self._runs.claim(kinds):
            await self._one(claim)

    async def _one(self, claim: Claim) -> None:
        one, now = claim.schedule, self._clock()
        due = Due(one, claim.period, claim.due_at, claim.missed, claim.attempt, claim.note, claim)
        handler = self._handlers[one.kind]
        try:
            async with asyncio.timeout(LEASE_SECONDS / 2):
                if now - claim.due_at > TOO_LATE and not claim.note:
                    outcome = await handler.too_late(due, now)
                else:
                    outcome = await handler.run(due, now)
        except StateUnavailable:
            raise
        except asyncio.CancelledError:
            # We are stopping: whoever comes next need not wait for the lease to end.
            await self._runs.wait(claim)
            raise
        except Exception as problem:  # noqa: BLE001 - one schedule's failure must not stop the others
            # Its text may hold what people wrote, unless it is one of ours for people to read.
            name = type(problem).__name__
            log.error("run_failed", kind=one.kind, problem=name)  # noqa: TRY400
            said = str(problem)[:200] if isinstance(problem, InsightsError) else name
            outcome = later(min(FIRST_WAIT * 2.0 ** min(claim.attempt - 1, 10), LONGEST_WAIT), said)
        await self._settle(claim, outcome)

    async def _settle(self, claim: Claim, outcome: Outcome) -> None:
        if outcome.state == "sending":
            kept = await self._runs.wait(
                claim,
                seconds=outcome.seconds,
                waits_for=outcome.waits_for,
                note=_still(claim.note, outcome.note),
                problem=outcome.problem,
            )
        else:
            kept = await self._runs.settle(
                claim, outcome.state, activity=outcome.activity, problem=outcome.problem, note=outcome.note
            )
            if kept:
                told = (outcome.note or {}).get(TOLD) or claim.note.get(TOLD) or {}
                await self._audit.add(of_run(claim.schedule, OUTCOMES[outcome.state], told, self._clock()))
        if not kept:
            log.warning("run_was_taken_over", kind=claim.schedule.kind)


def _still(before: Mapping[str, Any], now: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
    """A new note, with what the audit is to say kept from the last one."""
    return {TOLD: before[TOLD], **now} if now is not None and TOLD in before else now
