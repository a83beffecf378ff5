"""Each time a schedule was due: written down first, claimed under a lease, settled by whoever holds the claim."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Literal
from uuid import uuid4

from bot.state.schedule import GET, Schedule, schedule_of
from bot.state.values import moment_of, packed

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bot.events import Clock
    from bot.schedules import Opening
    from bot.state.line import Line

# due: to be done. sending: somebody is at it, or it waits for a message that is on its way. sent: done. indoubt: a message
# may have arrived, and is not repeated. failed: it will not be done. skipped: it was too late, or its schedule ended.
RunState = Literal["due", "sending", "sent", "indoubt", "failed", "skipped"]

# Longer than a handler may take; after it whoever held the claim counts as dead.
LEASE_SECONDS = 120.0
KEEP = timedelta(days=400)

_OPEN = """
INSERT INTO runs (schedule, period, state, due_at, missed, attempt, owner, lease_until, not_before, waits_for, note_json,
    activity, problem, at)
VALUES (:schedule, :period, 'due', :due_at, :missed, 0, '', 0, 0, '', '{}', '', '', :at)
ON CONFLICT (schedule, period) DO NOTHING RETURNING schedule
"""
# What waits for a message is left alone until that message is settled. All conditions stand in both places: of two who
# find the same line, the second finds it taken.
_FREE = """
    {of}.state IN ('due', 'sending') AND {of}.lease_until <= :now AND {of}.not_before <= :now
    AND NOT EXISTS (SELECT 1 FROM outbox WHERE outbox.key = {of}.waits_for AND outbox.state IN ('due', 'sending'))
"""
_CLAIM = """
UPDATE runs SET state = 'sending', attempt = attempt + 1, owner = :owner, lease_until = :lease_until
WHERE {free} AND (schedule, period) = (
    SELECT r.schedule, r.period FROM runs r JOIN schedules s ON s.id = r.schedule
    WHERE s.state = 'active' AND s.kind IN ({kinds}) AND {free_r}
    ORDER BY r.not_before, r.due_at, r.schedule LIMIT 1)
RETURNING schedule, period, due_at, missed, attempt, note_json
"""
_MINE = "schedule = :schedule AND period = :period AND state = 'sending' AND attempt = :attempt AND owner = :owner"
_SETTLE = f"""
UPDATE runs SET state = :state, lease_until = 0, not_before = :not_before, waits_for = :waits_for, note_json = :note,
    activity = CASE WHEN :activity = '' THEN activity ELSE :activity END, problem = :problem, at = :at
WHERE {_MINE} RETURNING schedule
"""  # noqa: S608
_POST = f"""
UPDATE schedules SET post = :post WHERE id = :schedule AND EXISTS (SELECT 1 FROM runs WHERE {_MINE}) RETURNING id
"""  # noqa: S608
_RUNS = """
SELECT period, state, due_at, attempt, activity, problem, at FROM runs WHERE schedule = :schedule
ORDER BY due_at DESC, period DESC LIMIT :limit
"""


@dataclass(frozen=True, slots=True)
class Claim:
    """A run that is ours for the length of a lease; `attempt` is the fence. `note` is what an earlier attempt kept."""

    schedule: Schedule
    period: str
    due_at: datetime
    missed: int
    attempt: int
    note: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Run:
    """What became of one period."""

    period: str
    state: RunState
    due_at: datetime
    attempt: int
    activity: str
    problem: str
    at: datetime


class Runs:
    """Each time something was due. Every function raises StateUnavailable."""

    def __init__(self, line: Line, clock: Clock) -> None:
        self._line = line
        self._clock = clock
        self._owner = uuid4().hex

    async def open(self, one: Schedule, what: Opening) -> bool:
        """Write down that a period is due; False where it was before, and so stands as it is."""
        values = {
            "schedule": one.id,
            "period": what.due.period,
            "due_at": what.due.at.timestamp(),
            "missed": what.missed,
            "at": self._now(),
        }
        return bool(await self._line.run(_OPEN, values))

    async def claim(self, kinds: Sequence[str]) -> Claim | None:
        """The next run of an active schedule that can be worked on, now yours: `settle` or `wait` must follow."""
        now, names = self._now(), {f"kind{n}": kind for n, kind in enumerate(kinds)}
        sql = _CLAIM.format(
            free=_FREE.format(of="runs"),
            free_r=_FREE.format(of="r"),
            kinds=", ".join(f":{name}" for name in names),
        )
        values = {**names, "now": now, "owner": self._owner, "lease_until": now + LEASE_SECONDS}
        rows = await self._line.run(sql, values) if kinds else []
        if not rows:
            return None
        number, period, due_at, missed, attempt, note = rows[0]
        schedule = schedule_of((await self._line.run(GET, {"id": number}))[0])
        return Claim(schedule, period, moment_of(due_at), missed, attempt, json.loads(note))

    async def settle(
        self,
        claim: Claim,
        state: Literal["sent", "indoubt", "failed", "skipped"],
        *,
        activity: str = "",
        problem: str = "",
        note: Mapping[str, Any] | None = None,
    ) -> bool:
        """It is over. False where the claim was no longer ours; then nothing was written."""
        return await self._write(claim, state, activity=activity, problem=problem, note=note)

    async def wait(
        self,
        claim: Claim,
        *,
        seconds: float = 0.0,
        waits_for: str = "",
        note: Mapping[str, Any] | None = None,
        problem: str = "",
    ) -> bool:
        """To be gone on with after so long, and once the message under `waits_for` in the outbox is settled."""
        return await self._write(claim, "sending", wait=seconds, waits_for=waits_for, note=note, problem=problem)

    async def keep_post(self, claim: Claim, activity: str) -> bool:
        """The activity that is kept current from now on. False where the claim was no longer ours."""
        return bool(await self._line.run(_POST, {**self._mine(claim), "post": activity}))

    async def of(self, schedule: str, limit: int = 60) -> Sequence[Run]:
        """What became of its periods, the newest first."""
        rows = await self._line.run(_RUNS, {"schedule": schedule, "limit": limit})
        return [Run(row[0], row[1], moment_of(row[2]), row[3], row[4], row[5], moment_of(row[6])) for row in rows]

    async def counts(self) -> dict[str, int]:
        """How many runs are in each state."""
        return dict(await self._line.run("SELECT state, COUNT(*) FROM runs GROUP BY state"))

    async def purge(self) -> None:
        """Forget what was settled long ago, and what has ended long ago."""
        edge = {"edge": self._now() - KEEP.total_seconds()}
        await self._line.run("DELETE FROM runs WHERE state NOT IN ('due', 'sending') AND at <= :edge", edge)
        await self._line.run("DELETE FROM schedules WHERE state = 'ended' AND changed_at <= :edge", edge)

    async def _write(
        self,
        claim: Claim,
        state: RunState,
        *,
        wait: float = 0.0,
        waits_for: str = "",
        activity: str = "",
        problem: str = "",
        note: Mapping[str, Any] | None = None,
    ) -> bool:
        now = self._now()
        values = {
            "state": state,
            "not_before": now + wait,
            "waits_for": waits_for,
            "note": packed(claim.note if note is None else note),
            "activity": activity,
            "problem": problem,
            "at": now,
        }
        return bool(await self._line.run(_SETTLE, {**self._mine(claim), **values}))

    def _mine(self, claim: Claim) -> dict[str, Any]:
        return {
            "schedule": claim.schedule.id,
            "period": claim.period,
            "attempt": claim.attempt,
            "owner": self._owner,
        }

    def _now(self) -> float:
        return self._clock().timestamp()
