"""From an activity to the bot's answer, through the real server."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.events import Reply, Turn, message
from tests.fakes.stage import FakeDesk, stage

if TYPE_CHECKING:
    from pathlib import Path

    from tests.fakes.serving import ThrowawayCA


def echo(turn: Turn) -> list[Reply]:
    return [message(f"echo {turn.text}")]


async def test_what_is_said_is_answered_in_the_same_conversation(ca: ThrowawayCA, tmp_path: Path) -> None:
    async with stage(FakeDesk(echo), ca, tmp_path) as on:
        sent = await on.teams.say("hello")
        assert [one.text for one in sent] == ["echo hello"]
        assert sent[0].headers["Authorization"] == "Bearer bot-token-1"
