"""What happened in this process so far, in numbers: counted here, shown by whoever watches over the bot."""

from __future__ import annotations

import asyncio
from collections import Counter, deque
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

SAMPLE_SECONDS = 0.1
SAMPLES = 18_000


class Counts:
    """Counters by name and one label.

    turns (by kind of activity), flood (refuse, drop), typing (sent, dropped), late (by kind: the HTTP answer went out
    without the turn's own), replies (sent, kept, doubtful, gone, lost), outbox (by outcome), connections (refused).
    """

    def __init__(self) -> None:
        self._counter: Counter[tuple[str, str]] = Counter()

    def add(self, name: str, label: str = "") -> None:
        """One more."""
        self._counter[name, label] += 1

    def get(self, name: str, label: str = "") -> int:
        """How often so far."""
        return self._counter[name, label]

    def all(self) -> Mapping[tuple[str, str], int]:
        """Every counter that ever counted, by name and label."""
        return dict(self._counter)


class Lag:
    """How late the event loop is for what it promised to do, in seconds, over the last half hour."""

    def __init__(self) -> None:
        self._late: deque[float] = deque(maxlen=SAMPLES)

    async def watch(self) -> None:
        """Measures until it is cancelled."""
        loop = asyncio.get_running_loop()
        while True:
            due = loop.time() + SAMPLE_SECONDS
            await asyncio.sleep(SAMPLE_SECONDS)
            self._late.append(max(0.0, loop.time() - due))

    def clear(self) -> None:
        """Begin anew."""
        self._late.clear()

    def quantile(self, share: float) -> float:
        """The lag that this share of all moments stayed within; 0 where nothing was measured."""
        ordered = sorted(self._late)
        return ordered[min(int(share * len(ordered)), len(ordered) - 1)] if ordered else 0.0
