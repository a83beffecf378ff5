"""Times message turns of the stock CloudAdapter's echo and of our bot, side by side in one run.

Usage: python -m bench.host [--seconds 4] [--rounds 5]. Everything runs on this machine; each part is a process of its own:
the bot, the outside world (keys, directory, connector), and this client. Closed loop: each client waits for the HTTP answer,
which both bots give after their reply was accepted by the connector.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import venv
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

import aiohttp

from bench import own_questions

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = Path(__file__).resolve().parent.parent
STOCK = ["botbuilder-core==4.17.1", "botbuilder-integration-aiohttp==4.17.1"]
CLIENTS = (1, 32)
WARM_SECONDS = 1.0


@dataclass(frozen=True)
class Contestant:
    """One bot to time: how it is started for a port and a folder, and over which scheme it reaches the connector."""

    name: str
    command: Callable[[Path, int, Path], list[str]]
    scheme: str
    told: str
    text: Callable[[int], str] = lambda number: f"spend by team, question {number}"
    person: Callable[[], str] = lambda: ""


# Add a bot to be timed here.
CONTESTANTS = (
    Contestant(
        "stock echo",
        lambda world, port, _: [str(stock_python()), str(ROOT / "bench" / "stock_echo.py"), str(world), str(port)],
        "http",
        "own token free of charge, connector without TLS: both in its favour",
    ),
    Contestant(
        "our echo",
        lambda world, port, folder: [sys.executable, "-m", "bench.own_echo", str(world), str(port), str(folder)],
        "https",
        "tenant check, duplicate check on disk, limiter, TLS to the connector",
    ),
    Contestant(
        "our questions",
        lambda world, port, folder: [sys.executable, "-m", "bench.own_questions", str(world), str(port), str(folder)],
        "https",
        "a million charges behind it: words, query, engine, card, audit; two questions in three rarely asked",
        own_questions.question,
        own_questions.lead,
    ),
)


@dataclass(frozen=True)
class Timing:
    """What one round of one contestant gave. Times in milliseconds; `cpu` is the bot process' own, per turn."""

    turns: int
    rate: float
    p50: float
    p99: float
    cpu: float


def stock_python() -> Path:
    """The Python of the stock bot's own environment, made when it is first needed."""
    folder = ROOT / ".bench" / "stock"
    python = folder / "bin" / "python"
    if not (folder / "complete").exists():
        print("making the stock bot's environment in .bench/stock ...", flush=True)
        venv.create(folder, with_pip=True)
        subprocess.run([python, "-m", "pip", "install", "-q", "--disable-pip-version-check", *STOCK], check=True)
        (folder / "complete").touch()
    return python


@contextmanager
def running(command: list[str], *, ready: Callable[[], bool]) -> Iterator[subprocess.Popen[bytes]]:
    """A process of ours, once it is ready; ended by its own id."""
    process = subprocess.Popen(command, cwd=ROOT)
    try:
        deadline = time.monotonic() + 180
        while not ready():
            if process.poll() is not None or time.monotonic() > deadline:
                raise SystemExit(f"{command} did not start")
            time.sleep(0.05)
        yield process
    finally:
        process.terminate()
        try:
            process.wait(60)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def owns(pid: int, port: int) -> bool:
    """Whether this very process listens on the port: a leftover one would be timed instead."""
    wanted = f"0100007F:{port:04X}"
    inodes = {
        parts[9]
        for line in Path("/proc/net/tcp").read_text().splitlines()[1:]
        if (parts := line.split())[1] == wanted and parts[3] == "0A"
    }
    links = [str(link.readlink()) for link in Path(f"/proc/{pid}/fd").iterdir() if link.is_symlink()]
    return any(f"socket:[{inode}]" in links for inode in inodes)


def cpu_seconds(pid: int) -> float:
    """Processor time the process has used so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


NUMBERS = count(1)


def activity(client: int, service_url: str, contestant: Contestant, person: str) -> dict[str, Any]:
    number = next(NUMBERS)
    return {
        "type": "message",
        "id": f"activity-{number}",
        "timestamp": "2026-11-20T10:00:00.000Z",
        "serviceUrl": service_url,
        "channelId": "msteams",
        "from": {
            "id": f"29:{client}",
            "name": "Somebody",
            "aadObjectId": person or f"aaaaaaaa-0000-0000-0000-{client:012d}",
        },
        "recipient": {"id": "28:bot", "name": "Bot"},
        "conversation": {"id": f"a:{client}", "conversationType": "personal", "tenantId": TENANT},
        "channelData": {"tenant": {"id": TENANT}},
        "locale": "en-US",
        "text": contestant.text(number),
    }


COLUMNS = ("rate", "p50", "p99", "cpu")
TENANT = "11111111-1111-1111-1111-111111111111"


async def ask(
    session: aiohttp.ClientSession,
    address: str,
    client: int,
    world: dict[str, Any],
    contestant: Contestant,
    until: float,
) -> list[float]:
    """One client, one question after the other; how long each took."""
    took = []
    tokens, person, scheme = world["tokens"][contestant.scheme], contestant.person(), contestant.scheme
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {tokens[client % len(tokens)]}"}
    while (began := time.perf_counter()) < until:
        body = json.dumps(activity(client, world["services"][scheme], contestant, person)).encode()
        async with session.post(address, data=body, headers=headers) as response:
            await response.read()
            if response.status not in {200, 201}:
                raise SystemExit(f"{address} answered {response.status}")
        took.append(time.perf_counter() - began)
    return took


async def load(
    port: int, clients: int, world: dict[str, Any], contestant: Contestant, seconds: float
) -> tuple[list[float], float]:
    """All clients at once; every time, and the span in seconds."""
    address = f"http://127.0.0.1:{port}/api/messages"
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=clients)) as session:
        began = time.perf_counter()
        jobs = [ask(session, address, client, world, contestant, began + seconds) for client in range(clients)]
        took = [one for times in await asyncio.gather(*jobs) for one in times]
        return took, time.perf_counter() - began


async def counted(world: dict[str, Any]) -> dict[str, int]:
    async with (
        aiohttp.ClientSession() as session,
        session.get(world["count"]) as response,
    ):
        told: dict[str, int] = await response.json()
        return told


def round_of(contestant: Contestant, clients: int, world_file: Path, seconds: float) -> Timing:
    """One bot, started afresh, timed after a warm-up; every turn must have been answered exactly once."""
    world, port = json.loads(world_file.read_text()), free_port()
    with tempfile.TemporaryDirectory() as folder:
        command = contestant.command(world_file, port, Path(folder))
        with running(command, ready=lambda: listens(port)) as process:
            if not owns(process.pid, port):
                raise SystemExit(f"port {port} does not belong to the bot under test")
            asyncio.run(load(port, clients, world, contestant, WARM_SECONDS))
            asyncio.run(counted(world))
            before = cpu_seconds(process.pid)
            took, span = asyncio.run(load(port, clients, world, contestant, seconds))
            cpu = cpu_seconds(process.pid) - before
            told = asyncio.run(counted(world))
    if told != {"messages": len(took), "answered": len(took), "twice": 0}:
        raise SystemExit(f"{contestant.name}: {len(took)} turns, but the connector saw {told}")
    cuts = statistics.quantiles(took, n=100)
    return Timing(len(took), len(took) / span, cuts[49] * 1e3, cuts[98] * 1e3, cpu / len(took) * 1e3)


def listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def table(timings: dict[tuple[str, int], list[Timing]]) -> None:
    """Medians over the rounds. A ratio is the median of each round's own: what ran side by side had the same neighbours."""
    print(
        f"\n{'':13} {'clients':>7} {'turns/s':>9} {'p50 ms':>8} {'p99 ms':>8} {'CPU ms/turn':>12} {'turns':>7}  against stock"
    )
    for clients in CLIENTS:
        base = timings[CONTESTANTS[0].name, clients]
        for contestant in CONTESTANTS:
            rounds = timings[contestant.name, clients]
            rate, p50, p99, cpu = (statistics.median(getattr(one, name) for one in rounds) for name in COLUMNS)
            faster = statistics.median(one.rate / other.rate for one, other in zip(rounds, base, strict=True))
            cheaper = statistics.median(other.cpu / one.cpu for one, other in zip(rounds, base, strict=True))
            turns = sum(one.turns for one in rounds)
            line = f"{contestant.name:13} {clients:7} {rate:9.1f} {p50:8.2f} {p99:8.2f} {cpu:12.2f} {turns:7}"
            print(f"{line}  {faster:.1f}x the turns, {cheaper:.1f}x less CPU")


def heading(seconds: float, rounds: int) -> None:
    told = subprocess.run(
        [
            stock_python(),
            "-c",
            "import importlib.metadata as m; print(m.version('botbuilder-core'), m.version('aiohttp'))",
        ],
        check=True,
        capture_output=True,
        text=True,
    ).stdout.split()
    print(f"Python {sys.version.split()[0]}, {os.cpu_count()} processors, load average {os.getloadavg()}")
    print(f"stock: botbuilder-core {told[0]}, aiohttp {told[1]}")
    print(f"ours: botbuilder-core {version('botbuilder-core')}, aiohttp {version('aiohttp')}")
    for contestant in CONTESTANTS:
        print(f"{contestant.name}: {contestant.told}")
    print(f"{rounds} rounds of {seconds} s each, alternating, medians")


def main() -> None:
    parser = argparse.ArgumentParser(description="Times message turns, ours beside the stock adapter's.")
    parser.add_argument("--seconds", type=float, default=4.0)
    parser.add_argument("--rounds", type=int, default=5)
    given = parser.parse_args()
    heading(given.seconds, given.rounds)
    with tempfile.TemporaryDirectory() as folder:
        world_file = Path(folder) / "world.json"
        timings: dict[tuple[str, int], list[Timing]] = {}
        with running([sys.executable, "-m", "bench.world", folder], ready=world_file.exists):
            for _ in range(given.rounds):
                for clients in CLIENTS:
                    for contestant in CONTESTANTS:
                        timing = round_of(contestant, clients, world_file, given.seconds)
                        timings.setdefault((contestant.name, clients), []).append(timing)
                        busy = os.getloadavg()[0]
                        print(
                            f"  {contestant.name}, {clients} clients: {timing.rate:.0f}/s, load {busy:.1f}", flush=True
                        )
        table(timings)
    print(f"load average at the end {os.getloadavg()}")


if __name__ == "__main__":
    main()
