"""A local bot in a process of its own that says everything back after a while; prints its port when it listens.

Usage: python -m tests.fakes.echo_process FOLDER SECONDS [PORT [DATABASE [FASTER]]]. Nothing limits how fast it is asked or
sends. Its clock runs FASTER times as fast as the machine's, so that leases are short.
"""

from __future__ import annotations

import asyncio
import sys
import time
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

    from bot.events import Clock

# A fixed moment: what is faster begins from here.
BEGIN = 1_790_000_000.0


class SlowEcho:
    """Takes the given number of seconds for every answer."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds

    async def handle(self, turn: Turn) -> Sequence[Reply]:
        await asyncio.sleep(self._seconds)
        return [message(turn.text)]


def clock_of(faster: float) -> Clock:
    """The same for every process that is given the same number."""
    return lambda: datetime.fromtimestamp(BEGIN + (time.time() - BEGIN) * faster, UTC)


async def main(folder: Path, seconds: float, port: int = 0, database: str = "", faster: float = 1.0) -> None:
    now = clock_of(faster)
    settings = Settings(
        local=True,
        allowed_tenants=(SAMPLE_TENANT,),
        data_dir=folder,
        state_url=database,
        send_limits_overall=(),
        turn_limits=(),
    )
    state = await State.open(settings.state_address, now)
    try:
        async with open_parts(settings, now) as parts:
            app = make_app(settings, SlowEcho(seconds), state, keys=parts.keys, connector=parts.connector, clock=now)
            await serve(app, "127.0.0.1", port, listening=lambda port: print(f"port {port}", flush=True))
    finally:
        await state.close()


if __name__ == "__main__":
    given = [sys.argv[1:][n] if len(sys.argv) > n + 1 else usual for n, usual in enumerate(("", "0", "0", "", "1"))]
    asyncio.run(main(Path(given[0]), float(given[1]), int(given[2]), given[3], float(given[4])))
