"""The first minute: a sample enterprise, synced through the real path, a bot that answers, and its cards on the screen."""

from __future__ import annotations

import asyncio
import contextlib
import json
import shutil
import signal
import socket
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from aiohttp import web

from analytics import sample
from analytics.errors import DataError
from analytics.versions import current_or_none
from bot import loops
from bot.bootstrap import open_bot
from bot.cli.data import run_sync
from bot.cli.show import ERR, OUT, Bars, sync_closing
from bot.local_client import local_client
from bot.sample_people import SamplePerson, sample_people
from bot.settings import read_settings
from cards.terminal import show

if TYPE_CHECKING:
    from bot.events import Clock
    from bot.settings import Settings

QUESTIONS = (
    ("lead", "What did we spend by job category last quarter?"),
    ("lead", "Who posted the most jobs this year?"),
    ("manager", "Average time to hire of my teams last quarter, against the quarter before"),
)
TARGETS = Path(__file__).parents[2] / "docs" / "examples" / "targets.toml"
READY = "Freelance Insights is running"


def demo(folder: Path, port: int, clock: Clock, *, once: bool) -> None:
    """Prepare, serve, ask and show; stay up unless `once`. Raises DataError and SettingsError for what stands in the way."""
    _free(port)
    files, data = folder / "files", folder / "data"
    prepare(files, data, clock)
    settings = demo_settings(files, data, port)
    loops.run(_run(settings, sample_people(files), clock, once=once))


def demo_settings(files: Path, data: Path, port: int) -> Settings:
    """A local bot over the sample: its two program people have the program role."""
    people = sample_people(files)
    program = ",".join(p.upn for p in people.values() if p.role == "program")
    environ = {"FREELANCE_DATA_DIR": str(data), "FREELANCE_PORT": str(port), "FREELANCE_PROGRAM_USERS": program}
    environ["FREELANCE_TARGETS_FILE"] = str(TARGETS)
    environ["FREELANCE_FILES_DIR"] = str(files)
    return read_settings(environ, local=True)


def prepare(files: Path, data: Path, clock: Clock) -> None:
    """A sample that ends yesterday and a version made of it; both are kept for the next time that day."""
    yesterday = clock().date() - timedelta(days=1)
    with Bars() as bars:
        fresh = _until(files) == yesterday
        if not fresh:
            shutil.rmtree(files, ignore_errors=True)
            sample.write(files, until=yesterday, progress=bars.say)
            bars.end()
        if fresh and current_or_none(data) is not None and (data / "synced").is_file():
            return
        environ = {"FREELANCE_DATA_DIR": str(data)}
        report = run_sync(files, data, read_settings(environ, local=True), clock(), bars)
        (data / "synced").write_text(yesterday.isoformat(), encoding="utf-8")
    for line in sync_closing(report):
        ERR.print(line, markup=False, highlight=False)


def _until(files: Path) -> date | None:
    try:
        return date.fromisoformat(json.loads((files / "sample.json").read_text(encoding="utf-8"))["until"])
    except (OSError, ValueError, KeyError):
        return None


def _free(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            raise DataError(
                f"Port {port} is taken by another program, perhaps an earlier run of this one. "
                f"Stop that program, or choose another port: make run PORT={port + 1}"
            ) from None


async def _run(settings: Settings, people: dict[str, SamplePerson], clock: Clock, *, once: bool) -> None:
    async with open_bot(settings, clock) as app:
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=5)
        await runner.setup()
        try:
            await web.TCPSite(runner, settings.host, settings.port).start()
            address = f"http://{settings.host}:{settings.port}"
            await _show(address, people, clock)
            if not once:
                await _stay(address)
        finally:
            await runner.cleanup()


async def _show(address: str, people: dict[str, SamplePerson], clock: Clock) -> None:
    async with local_client(address, clock) as client:
        for key, text in QUESTIONS:
            person = people[key]
            OUT.print(f"\n[bold]{person.name}[/] [dim]({person.title})[/]: {text}")
            answer = await client.ask(text, person)
            show(answer["attachments"][0]["content"], OUT)


async def _stay(address: str) -> None:
    OUT.print(f"\n[green]{READY}[/] at {address}/api/messages. Ctrl+C stops it.")
    OUT.print(
        "[dim]Talk to it in a Teams-like client: make playground AS=manager (lead, program, manager, small, employee)[/]"
    )
    OUT.print('[dim]Or ask from here: .venv/bin/python app.py ask "spend by team last quarter" --data .demo/data[/]')
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        with contextlib.suppress(NotImplementedError):
            asyncio.get_running_loop().add_signal_handler(number, stop.set)
    await stop.wait()


def yesterday_of(now: datetime) -> date:
    """The day before."""
    return now.date() - timedelta(days=1)
