"""A local bot in a process of its own that says everything back after a while; prints its port when it listens.

Usage: python -m tests.fakes.echo_process FOLDER SECONDS [PORT]. Nothing limits how fast it is asked or sends.
"""

from __future__ import annotations

import asyncio
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from bot.events import Reply, Turn, message
from bot.parts import open_parts
from bot.server import make_app, serve
from bot.settings import SAMPLE_TENANT, Settings
from bot.state import State

if TYPE_CHECKING:
    from collections.abc import Sequence


class SlowEcho:
    """Takes the given number of seconds for every answer."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds

    async def handle(self, turn: Turn) -> Sequence[Reply]:
        await asyncio.sleep(self._seconds)
        return [message(turn.text)]


def now() -> datetime:
    return datetime.now(UTC)


async def main(folder: Path, seconds: float, port: int) -> None:
    settings = Settings(
        local=True, allowed_tenants=(SAMPLE_TENANT,), data_dir=folder, send_limits_overall=(), turn_limits=()
    )
    state = await State.open(settings.state_address, now)
    try:
        async with open_parts(settings, now) as parts:
            app = make_app(settings, SlowEcho(seconds), state, keys=parts.keys, connector=parts.connector, clock=now)
            await serve(app, "127.0.0.1", port, listening=lambda port: print(f"port {port}", flush=True))
    finally:
        await state.close()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), float(sys.argv[2]), int(sys.argv[3]) if len(sys.argv) > 3 else 0))
