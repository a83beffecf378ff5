"""What features may declare, and how they are told apart."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
import structlog

from analytics.errors import DataError
from bot.answering import Answered
from bot.features.feature import Command, Feature, Features, Tick
from bot.ticking import Ticking

if TYPE_CHECKING:
    import re

    from bot.visit import Visit


def now() -> datetime:
    return datetime(2026, 11, 20, tzinfo=UTC)


async def done(_visit: Visit, _fit: re.Match[str]) -> Answered:
    return Answered({}, "done")


async def pressed(_visit: Visit, _data: Any) -> Answered:
    return Answered({}, "pressed")


def test_a_command_fits_a_whole_message_in_any_case_and_not_a_part_of_one() -> None:
    features = Features((Feature("pause", commands=(Command("pause", r"pause (\w+)", done),)),))
    fit = features.command("  Pause Mondays! ")
    assert fit is not None
    assert fit[1].group(1) == "Mondays"
    assert features.command("please pause Mondays and Fridays") is None


def test_two_features_cannot_claim_the_same_button() -> None:
    with pytest.raises(ValueError, match="pause"):
        Features((Feature("a", presses={"pause": pressed}), Feature("b", presses={"pause": pressed})))


async def test_a_tick_that_fails_is_tried_again_and_stops_nobody_else() -> None:
    told: list[str] = []
    enough = asyncio.Event()

    async def broken(_: datetime) -> None:
        told.append("broken")
        raise OSError

    async def whole(_: datetime) -> None:
        told.append("whole")
        if told.count("broken") > 1:
            enough.set()

    ticking = Ticking([Tick("broken", 0.001, broken), Tick("whole", 0.001, whole)], now)
    async with ticking.running(), asyncio.timeout(5):
        await enough.wait()
    count = len(told)
    await asyncio.sleep(0.01)
    assert len(told) == count
    assert await ticking.ready()


async def test_a_tick_before_the_first_sync_is_no_error() -> None:
    tried = asyncio.Event()

    async def waiting(_: datetime) -> None:
        tried.set()
        raise DataError("There is no data yet.")

    with structlog.testing.capture_logs() as logged:
        async with Ticking([Tick("waiting", 60, waiting)], now).running(), asyncio.timeout(5):
            await tried.wait()
            await asyncio.sleep(0)
    assert [(one["event"], one["log_level"]) for one in logged] == [("tick_without_data", "info")]
