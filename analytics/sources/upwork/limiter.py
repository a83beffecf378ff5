"""Keeps requests below a rate and below a number a day, across restarts."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from analytics.errors import DataError
from analytics.sources.source import Vault

Clock = Callable[[], datetime]
Sleep = Callable[[float], Awaitable[object]]

# The day's count is written ahead in blocks, so that a crash can only make it too high.
_BLOCK = 20


@dataclass(frozen=True, slots=True)
class Limits:
    """Requests a second and a UTC day; attempts at one request, seconds for each, longest wait between two in seconds."""

    per_second: float = 2.0
    per_day: int = 20_000
    attempts: int = 5
    timeout: float = 60.0
    longest_wait: float = 300.0


class Limiter:
    """One pace for all requests of one key. `name` is where the vault keeps the day's count."""

    def __init__(self, limits: Limits, vault: Vault, name: str, clock: Clock, sleep: Sleep) -> None:
        self._limits = limits
        self._vault = vault
        self._name = name
        self._clock = clock
        self._sleep = sleep
        self._lock = asyncio.Lock()
        self._next = float("-inf")
        self._day, self._used, self._written = "", 0, 0

    async def turn(self) -> None:
        """Returns when one more request may leave. DataError when the day's number is used up."""
        async with self._lock:
            wait = self._next - self._clock().timestamp()
            if wait > 0:
                await self._sleep(wait)
            await self._count()
            self._next = self._clock().timestamp() + 1 / self._limits.per_second

    async def _count(self) -> None:
        day = self._clock().astimezone(UTC).date().isoformat()
        if day != self._day:
            kept = await self._vault.get(self._name) or {}
            self._day, self._used = day, int(kept.get("calls", 0)) if kept.get("day") == day else 0
            self._written = self._used
        if self._used >= self._limits.per_day:
            raise DataError(
                f"The {self._limits.per_day:,} requests that may be sent to Upwork in one day are used up. "
                "The data in use stays as it was; sync again after midnight UTC."
            )
        self._used += 1
        if self._used > self._written:
            self._written = self._used + _BLOCK - 1
            await self._vault.put(self._name, {"day": day, "calls": min(self._written, self._limits.per_day)})
