"""Starts syncs beside the bot, one at a time: each is a process of its own, which ends with the bot at the latest."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import structlog

from bot.outcome import Outcome
from bot.settings import PREFIX, SETTINGS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analytics.drop import Arrived
    from bot.events import Clock
    from bot.settings import Settings

log = structlog.get_logger(__name__)

ROOT = Path(__file__).parents[1]
BUSY = "Another sync is running"


class Syncs:
    """Runs syncs and trials. A sync waits for the one before it; a trial only reads, so it waits for nobody."""

    def __init__(self, settings: Settings, clock: Clock) -> None:
        self._settings = settings
        self._clock = clock
        self._one = asyncio.Lock()

    @property
    def busy(self) -> bool:
        """Whether a sync is running that was started here."""
        return self._one.locked()

    async def sync(self, files: Sequence[Arrived] = ()) -> Outcome:
        """Take these files in and sync. Cancelled, it ends the process: the version in use stays."""
        async with self._one:
            return await self._run("sync", files)

    async def trial(self, file: Arrived, seconds: float) -> Outcome:
        """What a file would change; an error where that takes longer than `seconds`."""
        try:
            async with asyncio.timeout(seconds):
                return await self._run("trial", [file])
        except TimeoutError:
            return Outcome(error="It took too long to work out what would change.")

    async def _run(self, kind: str, files: Sequence[Arrived]) -> Outcome:
        listed = [{"path": str(one.path.absolute()), "profile": one.profile} for one in files]
        job = {"kind": kind, "now": self._clock().isoformat(), "files": listed}
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bot.cli.syncing", env=environ_of(self._settings),
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL,
        )  # fmt: skip
        try:
            said, _ = await process.communicate(json.dumps(job).encode())
        finally:
            if process.returncode is None:
                with suppress(ProcessLookupError):
                    process.kill()
                await asyncio.shield(process.wait())
        return _read(said, process.returncode)


def _read(said: bytes, code: int | None) -> Outcome:
    try:
        return Outcome.from_json(said.decode())
    except (ValueError, KeyError, TypeError):
        log.error("sync_ended", code=code)  # noqa: TRY400 - what it said is no JSON, and may come from the data
        return Outcome(error="The sync ended before it was done. The data in use stays as it was.")


def environ_of(settings: Settings) -> dict[str, str]:
    """The environment in which a process reads the same settings, wherever these came from; folders are absolute."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
    given = {one.variable: getattr(settings, one.name) for one in SETTINGS}
    kept["PYTHONPATH"] = os.pathsep.join(part for part in (str(ROOT), kept.get("PYTHONPATH", "")) if part)
    return kept | {name: _written(value) for name, value in given.items() if value not in {None, ""}}


def _written(value: Any) -> str:
    if isinstance(value, Path):
        return str(value.absolute())
    if isinstance(value, tuple):
        return ",".join(_written(one) for one in value)
    sends, seconds = getattr(value, "sends", None), getattr(value, "seconds", None)
    return f"{sends}/{seconds}" if sends is not None else str(value)
