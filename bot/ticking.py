"""What is done by the clock: each task again and again, one at a time, whatever happens to the others."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import structlog

from analytics.errors import DataError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from bot.events import Clock
    from bot.features.feature import Tick

log = structlog.get_logger(__name__)

# How late a task may be before the bot stops calling itself ready.
LATE_SECONDS = 60.0


class Ticking:
    """Runs ticks while it is open, and knows when each last came to its end."""

    def __init__(self, ticks: Sequence[Tick], clock: Clock) -> None:
        self._ticks = tuple(ticks)
        self._clock = clock
        self._under_way: dict[str, float] = {}

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """While the block runs, so do the ticks; at its end each is cut off where it waits."""
        tasks = [asyncio.create_task(self._again(tick), name=tick.name) for tick in self._ticks]
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
            if tasks:
                await asyncio.wait(tasks)

    async def ready(self) -> bool:
        """Whether no tick has been at it for longer than its own interval and a minute."""
        now, allowed = asyncio.get_running_loop().time(), {tick.name: tick.every for tick in self._ticks}
        return all(now - since < allowed[name] + LATE_SECONDS for name, since in self._under_way.items())

    async def _again(self, tick: Tick) -> None:
        while True:
            self._under_way[tick.name] = asyncio.get_running_loop().time()
            try:
                await tick.run(self._clock())
            except DataError:
                # Before the first sync there is nothing to do, and nothing wrong with that.
                log.info("tick_without_data", tick=tick.name)
            except Exception as problem:  # noqa: BLE001 - one failure must not end what is done by the clock
                # Its text may hold what people wrote; what it is called does not.
                log.error("tick_failed", tick=tick.name, problem=type(problem).__name__)  # noqa: TRY400
            del self._under_way[tick.name]
            await asyncio.sleep(tick.every)
