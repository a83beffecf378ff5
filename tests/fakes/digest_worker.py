"""Workers that post digests until they are killed, each a fork of one process that has everything loaded.

Usage: python -m tests.fakes.digest_worker DATABASE FOLDER. Each line on its input starts one worker, whose process id it
prints. FOLDER/clock holds the moment (seconds since 1970) that the workers go by, and the machine's own at which it was set;
their clock runs FASTER times as fast, so that leases end soon after whoever held them was killed.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from bot.delivery.connector import Connector, open_session
from bot.delivery.inbound import is_loopback
from bot.delivery.outbox import Sender
from bot.delivery.pace import Pace
from bot.delivery.retries import Patience
from bot.delivery.tokens import Unsigned
from bot.features.digest.sending import KIND, Digest, Sending
from bot.runner import Runner
from bot.state import State
from bot.state.delivery import Outbox
from bot.telemetry.counts import Counts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.events import Clock, Conversation
    from bot.runner import Due
    from bot.state.schedule import Schedule

FASTER = 150.0
LOOK_SECONDS = 0.03


def clock_of(folder: Path) -> Clock:
    """The clock of all workers of this folder."""

    def now() -> datetime:
        base, since = (float(one) for one in (folder / "clock").read_text().split())
        return datetime.fromtimestamp(base + (time.time() - since) * FASTER, UTC)

    return now


def set_clock(folder: Path, moment: float) -> None:
    """Let it be this moment now."""
    fresh = folder / "clock.new"
    fresh.write_text(f"{moment} {time.time()}")
    fresh.replace(folder / "clock")


async def compose(due: Due, where: Conversation) -> Digest:
    """What is posted says the channel and the week."""
    card = {"type": "AdaptiveCard", "version": "1.5", "fallbackText": f"{where.root} {due.period}", "body": []}
    return Digest(card, f"{where.root} {due.period}")


async def active(_: Schedule) -> bool:
    """Everyone is still there."""
    return True


async def leads(_: str) -> Sequence[str]:
    """Nobody is told."""
    return ()


async def work(url: str, folder: Path) -> None:
    """Open, claim, post, for ever."""
    clock = clock_of(folder)
    state = await State.open(url, clock)
    # Two share this database, also where that is a file.
    state.outbox = Outbox(state.line, clock, alone=False)
    pace = Pace((), (), asyncio.get_running_loop().time)
    async with open_session() as session:
        patience = Patience(attempts=2, first=0.01, longest=0.02)
        connector = Connector(session, Unsigned(), is_loopback, sends=pace, reads=pace, clock=clock, patience=patience)
        sender = Sender(state.outbox, state.conversations, connector, clock, Counts())
        runner = Runner(state, {KIND: Sending(state, compose, active, leads)}, clock)
        parent = os.getppid()
        # Whoever is left alone ends by itself.
        while os.getppid() == parent:
            await state.outbox.reclaim()
            await asyncio.gather(runner.tick(clock()), sender.sweep())
            await asyncio.sleep(LOOK_SECONDS)


def main(url: str, folder: Path) -> None:
    """Fork a worker for every line of input."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    for _ in sys.stdin:
        if not (child := os.fork()):
            # What a worker logs must not stand among the process ids, nor fill the pipe.
            os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
            asyncio.run(work(url, folder))
            os._exit(0)
        print(child, flush=True)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
