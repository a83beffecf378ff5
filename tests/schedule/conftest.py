"""What tests of schedules share: a state on either database, a connector that keeps a ledger, and a small handler."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bot.state import State
from tests.bot.conftest import clock, state, url
from tests.bot.test_outbox import Wired, wired_with
from tests.fakes.stage import FakeClock

__all__ = ["clock", "state", "url"]


@pytest.fixture
async def wired(state: State, clock: FakeClock) -> AsyncIterator[Wired]:
    """The outbox, its sender, and the fake at the other end."""
    async with wired_with(state, clock) as made:
        yield made
