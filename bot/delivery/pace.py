"""Keeps sends within what Teams allows, a conversation and all together, first come first served."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

# The far side counts arrivals, which lie a little closer together or further apart than our departures.
MARGIN_SECONDS = 0.05
# How long everybody else waits when one conversation was told it is too much; whose limit it was is not said.
SLOW_DOWN_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Window:
    """At most `sends` within any span of `seconds`."""

    sends: int
    seconds: float


# What Teams documents for one bot in one conversation, and a budget for all of them together in one tenant.
PER_CONVERSATION = (Window(7, 1), Window(8, 2), Window(60, 30), Window(1_800, 3_600))
READS_PER_CONVERSATION = (Window(14, 1), Window(16, 2), Window(120, 30), Window(3_600, 3_600))
OVERALL = (Window(30, 1),)
# What one person may ask: faster than anybody reads, slower than a stuck key.
PER_PERSON = (Window(10, 10),)


class Lane:
    """The departures of one conversation, and whoever waits for the next."""

    __slots__ = ("_most", "_times", "_windows", "held", "lock", "waiting")

    def __init__(self, windows: Sequence[Window]) -> None:
        self._windows = windows
        # A list, because most conversations see a few sends an hour, and an empty deque takes as much as twenty of them.
        self._times: list[float] = []
        self._most = max((window.sends for window in windows), default=1)
        self.lock = asyncio.Lock()
        self.waiting = 0
        self.held = float("-inf")

    def free_at(self) -> float:
        """The earliest moment at which one more stays within every window."""
        times, free = self._times, self.held
        for window in self._windows:
            if len(times) >= window.sends:
                free = max(free, times[-window.sends] + window.seconds + MARGIN_SECONDS)
        return free

    def rate(self) -> float:
        """Sends a second that the shortest window lets through; 0 where there is no limit."""
        return self._windows[0].sends / self._windows[0].seconds if self._windows else 0.0

    def add(self, at: float) -> None:
        """One left now."""
        self._times.append(at)
        del self._times[: -self._most]

    def idle_since(self, moment: float) -> bool:
        """Whether nothing left after that moment and nobody waits."""
        return not self.waiting and self.held < moment and (not self._times or self._times[-1] < moment)


class Pace:
    """One pace for all that is sent. `now` counts seconds and never goes back; no windows means no limit."""

    def __init__(
        self,
        lanes: Sequence[Window],
        overall: Sequence[Window],
        now: Callable[[], float],
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        self._windows = lanes
        self._now = now
        self._sleep = sleep
        self._lanes: dict[str, Lane] = {}
        self._all = Lane(overall)
        self._horizon = max((window.seconds for window in lanes), default=0.0)

    async def turn(self, key: str) -> None:
        """Returns when one more may leave in the conversation `key`; the caller then sends at once."""
        lane = self._lane(key)
        lane.waiting += 1
        self._all.waiting += 1
        try:
            # Held while waiting for the overall lane too: otherwise what piles up there leaves as one burst.
            async with lane.lock:
                await self._until(lane.free_at)
                async with self._all.lock:
                    await self._until(self._all.free_at)
                    at = self._now()
                    self._all.add(at)
                lane.add(at)
        finally:
            lane.waiting -= 1
            self._all.waiting -= 1

    def hold(self, key: str, seconds: float, *, throttled: bool = False) -> None:
        """Nothing leaves in this conversation for so long. Where the far side said it is too much, all others slow down."""
        now = self._now()
        lane = self._lane(key)
        lane.held = max(lane.held, now + seconds)
        if throttled:
            self._all.held = max(self._all.held, now + min(seconds, SLOW_DOWN_SECONDS))

    def wait(self, key: str) -> float:
        """Roughly how long, in seconds, something asked for now would wait."""
        lane = self._lane(key)
        now = self._now()
        queued = max(one.waiting / rate if (rate := one.rate()) else 0.0 for one in (lane, self._all))
        return max(lane.free_at() - now, self._all.free_at() - now, 0.0) + queued

    async def _until(self, moment: Callable[[], float]) -> None:
        while (rest := moment() - self._now()) > 0:
            await self._sleep(rest)

    def _lane(self, key: str) -> Lane:
        lane = self._lanes.get(key)
        if lane is None:
            if len(self._lanes) >= 10_000:
                self._forget()
            lane = self._lanes[key] = Lane(self._windows)
        return lane

    def _forget(self) -> None:
        edge = self._now() - self._horizon
        self._lanes = {key: lane for key, lane in self._lanes.items() if not lane.idle_since(edge)}
