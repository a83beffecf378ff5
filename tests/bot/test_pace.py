"""Sends stay within every window, whoever asks for them and however many at once."""

from __future__ import annotations

import asyncio
import heapq
import random
from typing import TYPE_CHECKING

import pytest

from bot.delivery.pace import MARGIN_SECONDS, OVERALL, PER_CONVERSATION, SLOW_DOWN_SECONDS, Pace, Window

if TYPE_CHECKING:
    from collections.abc import Sequence


class VirtualTime:
    """Time that jumps to the next waiter as soon as everybody waits."""

    def __init__(self) -> None:
        self.moment = 1_000.0
        self._waiting: list[tuple[float, int, asyncio.Future[None]]] = []
        self._number = 0

    def now(self) -> float:
        return self.moment

    async def sleep(self, seconds: float) -> None:
        future = asyncio.get_running_loop().create_future()
        self._number += 1
        heapq.heappush(self._waiting, (self.moment + seconds, self._number, future))
        await future

    async def until_done(self, tasks: Sequence[asyncio.Task[None]]) -> None:
        while not all(task.done() for task in tasks):
            for _ in range(8):
                await asyncio.sleep(0)
            if self._waiting:
                moment, _, future = heapq.heappop(self._waiting)
                self.moment = max(self.moment, moment)
                future.set_result(None)
        await asyncio.gather(*tasks)


def most_within(times: Sequence[float], seconds: float) -> int:
    """The most departures in any span of so many seconds, the span's end left out."""
    return max(sum(1 for other in times if moment <= other < moment + seconds) for moment in times)


async def test_a_thousand_sends_stay_within_every_window() -> None:
    time, chance = VirtualTime(), random.Random(7)
    pace = Pace(PER_CONVERSATION, OVERALL, time.now, time.sleep)
    left: dict[str, list[float]] = {}

    async def send(key: str) -> None:
        await pace.turn(key)
        left.setdefault(key, []).append(time.now())

    keys = [chance.choice(["busy", "busy", "busy", *(f"c{number}" for number in range(40))]) for _ in range(1_000)]
    await time.until_done([asyncio.create_task(send(key)) for key in keys])
    everything = sorted(moment for times in left.values() for moment in times)
    assert len(everything) == 1_000
    assert most_within(everything, 1) <= 30
    for times in left.values():
        for window in PER_CONVERSATION:
            assert most_within(times, window.seconds) <= window.sends
    assert len(left["busy"]) > 30


async def test_a_conversation_is_served_in_the_order_of_asking() -> None:
    time, order = VirtualTime(), []
    pace = Pace((Window(2, 1),), (), time.now, time.sleep)

    async def send(number: int) -> None:
        await pace.turn("a")
        order.append(number)

    await time.until_done([asyncio.create_task(send(number)) for number in range(9)])
    assert order == list(range(9))
    assert time.moment == pytest.approx(1_000 + 4 * (1 + MARGIN_SECONDS))


async def test_one_busy_conversation_does_not_hold_up_another() -> None:
    time = VirtualTime()
    pace = Pace(PER_CONVERSATION, OVERALL, time.now, time.sleep)
    crowd = [asyncio.create_task(pace.turn("busy")) for _ in range(20)]
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    await pace.turn("quiet")
    assert time.moment == 1_000
    assert pace.wait("busy") > 1
    await time.until_done(crowd)


async def test_being_told_it_is_too_much_holds_the_conversation_and_slows_the_others() -> None:
    time = VirtualTime()
    pace = Pace(PER_CONVERSATION, OVERALL, time.now, time.sleep)
    pace.hold("a", 20, throttled=True)
    left: dict[str, float] = {}

    async def send(key: str) -> None:
        await pace.turn(key)
        left[key] = time.now() - 1_000

    await time.until_done([asyncio.create_task(send(key)) for key in ("a", "b")])
    assert left == {"b": pytest.approx(SLOW_DOWN_SECONDS), "a": pytest.approx(20)}


async def test_no_windows_means_no_limit() -> None:
    time = VirtualTime()
    pace = Pace((), (), time.now, time.sleep)
    for _ in range(500):
        await pace.turn("a")
    assert (time.moment, pace.wait("a")) == (1_000, 0)


async def test_conversations_long_silent_are_forgotten() -> None:
    time = VirtualTime()
    pace = Pace((Window(7, 1),), (), time.now, time.sleep)
    for number in range(10_000):
        await pace.turn(f"c{number}")
    time.moment += 2
    await pace.turn("one more")
    assert len(pace._lanes) == 1
