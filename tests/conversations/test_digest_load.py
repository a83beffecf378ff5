"""A thousand channels on one Monday: every post rewritten, every reply there, within what Teams allows."""

from __future__ import annotations

import asyncio
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import AsyncIterator
from datetime import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from bot.delivery.pace import OVERALL, PER_CONVERSATION, Window
from bot.events import Conversation, Person
from bot.runner import SECONDS
from bot.schedules import Rule
from bot.settings import SAMPLE_TENANT
from tests.conversations.conftest import Enterprise, Talk, talking
from tests.fakes.stage import FakeClock

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analytics.engine import Engine
    from tests.fakes.connector import Sent
    from tests.fakes.serving import ThrowawayCA


RULE = Rule("week", time(9), "Europe/Berlin")
LONGEST = 80.0


async def put_down(talk: Talk, channels: int) -> list[Conversation]:
    """So many channels whose digest was posted before and is due now."""
    state, lead = talk.stage.state, talk.person("lead")
    places = [
        Conversation(f"19:{n}@thread.tacv2", "channel", SAMPLE_TENANT, talk.stage.connector.service_url, bot_id="28:b")
        for n in range(channels)
    ]
    for place in places:
        await state.conversations.remember(place, Person(SAMPLE_TENANT, lead.entra_id))
        await state.schedules.add(lead, "digest", place, RULE, {}, next_due=talk.stage.clock())
    await state.line.run("UPDATE schedules SET post = 'post'")
    return places


def most_within(sent: Sequence[Sent], seconds: float) -> int:
    """The largest number that arrived within any span of so many seconds."""
    times = sorted(one.at for one in sent)
    return max(bisect_left(times, start + seconds) - at for at, start in enumerate(times))


def within(windows: Sequence[Window], sent: Sequence[Sent]) -> None:
    for window in windows:
        assert most_within(sent, window.seconds) <= window.sends, window


async def posted(talk: Talk, channels: int) -> float:
    """Seconds from the first tick to the last message, all of it judged by what the connector received."""
    places = await put_down(talk, channels)
    loop = asyncio.get_running_loop()
    began = loop.time()
    while True:
        await talk.tick("schedules")
        if await talk.stage.state.runs.counts() == {"sent": channels}:
            break
        assert loop.time() - began < 3 * LONGEST
        await asyncio.sleep(SECONDS)
        talk.stage.clock.pass_by(SECONDS)  # what stood back for a moment is due again only if time goes on
    sent = talk.stage.connector.messages()
    seconds = max(one.at for one in sent) - began
    by_place: dict[str, list[Sent]] = defaultdict(list)
    for one in sent:
        by_place[one.conversation.partition(";")[0]].append(one)
    for place in places:
        assert Counter(one.method for one in by_place[place.root]) == {"PUT": 1, "POST": 1}
        within(PER_CONVERSATION, by_place[place.root])
    # A little short of the second: how late each one arrives is up to the machine. The half minute leaves it no excuse.
    assert most_within(sent, 0.7) <= OVERALL[0].sends
    assert most_within(sent, 30.0) <= 30 * OVERALL[0].sends
    print(f"{channels} digests and as many replies in {seconds:.1f} s; at most {most_within(sent, 1)} in a second")
    return seconds


@pytest.fixture
async def limited(enterprise: Enterprise, engine: Engine, ca: ThrowawayCA, tmp_path: Path) -> AsyncIterator[Talk]:
    """The whole bot, with the limits of Teams."""
    limits = {"send_limits": PER_CONVERSATION, "send_limits_overall": OVERALL}
    async with talking(enterprise, engine, ca, tmp_path, FakeClock(), **limits) as made:
        yield made


async def test_thirty_channels_are_brought_up_to_date_within_the_limits(limited: Talk) -> None:
    assert await posted(limited, 30) < 30


@pytest.mark.proof
async def test_a_thousand_channels_are_brought_up_to_date_in_eighty_seconds(limited: Talk) -> None:
    assert await posted(limited, 1_000) < LONGEST
