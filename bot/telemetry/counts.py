"""What happened in this process so far, in numbers: counted here, shown by whoever watches over the bot."""

from __future__ import annotations

import asyncio
from bisect import bisect_left
from collections import Counter, deque
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

SAMPLE_SECONDS = 0.1
SAMPLES = 18_000


# What Teams sends, as labels; whatever else somebody sends is "other", so that labels stay few.
KINDS = frozenset(
    {
        "message",
        "invoke",
        "adaptiveCard/action",
        "application/search",
        "message/submitAction",
        "fileConsent/invoke",
        "task/fetch",
        "task/submit",
        "conversationUpdate",
        "installationUpdate",
        "messageReaction",
        "messageUpdate",
        "messageDelete",
    }
)
BOUNDS = (0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 15.0, 30.0)


def known_kind(kind: str) -> str:
    """The kind as a label."""
    return kind if kind in KINDS else "other"


class Durations:
    """How many took at most so long: one number for each of BOUNDS and one for all longer ones; seconds in all."""

    def __init__(self) -> None:
        self.counts = [0] * (len(BOUNDS) + 1)
        self.seconds = 0.0

    def add(self, seconds: float) -> None:
        """One more."""
        self.counts[bisect_left(BOUNDS, seconds)] += 1
        self.seconds += seconds


class Counts:
    """Counters by name and one label.

    turns (by kind of activity), flood (refuse, drop), typing (sent, dropped), late (by kind: the HTTP answer went out
    without the turn's own), replies (sent, kept, doubtful, gone, lost), outbox (by outcome), connections (refused),
    outcomes (by outcome of a turn), denied (refused because of who asked).
    `turn_seconds` is how long turns took, by kind.
    """

    def __init__(self) -> None:
        self._counter: Counter[tuple[str, str]] = Counter()
        self.turn_seconds: dict[str, Durations] = {}

    def add(self, name: str, label: str = "") -> None:
        """One more."""
        self._counter[name, label] += 1

    def ended(self, facts: Mapping[str, Any], seconds: float) -> None:
        """A turn has ended, with these facts, after so many seconds."""
        kind = known_kind(str(facts.get("kind")))
        self.turn_seconds.setdefault(kind, Durations()).add(seconds)
        self.add("outcomes", str(facts.get("outcome")))
        if facts.get("denied"):
            self.add("denied", "")

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
