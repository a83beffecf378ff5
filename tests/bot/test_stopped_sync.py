"""The bot is told to stop while it reads files: it ends in time, the reading ends with it, the data in use stays."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from analytics.store import Store
from bench.host import free_port
from tests.soundness.rows import charge, contract
from tests.world import World

if TYPE_CHECKING:
    from asyncio.subprocess import Process

ROOT = Path(__file__).parents[2]
IN_TIME = 30.0


def company(amount: int) -> dict[str, list[dict[str, str]]]:
    return {"contracts": [contract("C1")], "charges": [charge("X1", "2026-03-01", amount, contract_id="C1")]}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A version that is three hours old, and files that say something else since."""
    world = World(tmp_path, company(100), now=datetime.now(UTC) - timedelta(hours=3))
    world.close()
    text = (tmp_path / "data" / "charges.csv").read_text(encoding="utf-8")
    (tmp_path / "data" / "charges.csv").write_text(text.replace("100", "250"), encoding="utf-8")
    return tmp_path


def environment(folder: Path) -> dict[str, str]:
    return {
        "PATH": os.environ["PATH"], "FREELANCE_DATA_DIR": str(folder / "store"), "FREELANCE_FILES_DIR": str(folder / "data"),
        "FREELANCE_PORT": str(free_port()), "FREELANCE_SYNC_EVERY_HOURS": "1", "FREELANCE_NOTICE_SECONDS": "0",
    }  # fmt: skip


async def started(folder: Path, *command: str) -> Process:
    command = (sys.executable, "app.py", *command)
    quiet = asyncio.subprocess.DEVNULL
    return await asyncio.create_subprocess_exec(*command, cwd=ROOT, env=environment(folder), stdout=quiet, stderr=quiet)


def children(pid: int) -> list[int]:
    try:
        return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except FileNotFoundError:
        return []


def runs(pid: int) -> bool:
    """Whether there is such a process that has not ended."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def version(folder: Path) -> int:
    store = Store(folder / "store")
    try:
        with store.lease() as lease:
            assert lease.cursor.execute("SELECT count(*) FROM charge").fetchall() == [(1,)]
        return store.snapshot.version
    finally:
        store.close()


async def syncing(bot: Process, folder: Path) -> int:
    """The process that reads the files, held fast in the middle of it."""
    async with asyncio.timeout(90):
        while True:
            assert bot.returncode is None, "the bot did not start"
            held = [pid for pid in children(bot.pid) if runs(pid)]
            if held and any((folder / "store").glob("*.tmp")):
                os.kill(held[0], signal.SIGSTOP)
                return held[0]
            await asyncio.sleep(0.005)


@pytest.mark.skipif(sys.platform != "linux", reason="Looks at /proc.")
async def test_a_sync_under_way_ends_with_the_bot_and_the_next_one_does_it_all(folder: Path) -> None:
    before = version(folder)
    bot = await started(folder, "serve", "--local")
    try:
        reader = await syncing(bot, folder)
        bot.send_signal(signal.SIGTERM)
        assert await asyncio.wait_for(bot.wait(), IN_TIME) == 0
        assert not runs(reader)
        assert version(folder) == before
        again = await started(folder, "sync")
        assert await asyncio.wait_for(again.wait(), 90) == 0
        assert version(folder) > before
        assert list((folder / "store").glob("*.tmp")) == []
    finally:
        if bot.returncode is None:
            bot.kill()
            await bot.wait()
