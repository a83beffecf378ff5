"""Puts the bot under the load of a Monday morning, checks every answer, and measures: `make load`.

Usage: python -m bench.load [--phase steady] [--seconds 60]. The bot, its outside world and this client are processes of their
own. Most questions are presses, answered in the HTTP response; messages stay below the 30 a second that Teams allows.
Exit code 1 where a goal is missed.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import statistics
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from importlib.metadata import version
from pathlib import Path
from typing import Any

from bench import host
from bench.load_client import Outcome, Plan, fire
from bench.load_oracle import Oracle, oracle

WARM_SHOTS = 200


@dataclass(frozen=True)
class Goal:
    """One thing a phase has to reach: what is looked at, and the most it may be."""

    name: str
    most: float
    value: Callable[[Measured], float]


@dataclass
class Measured:
    """What one phase gave. Memory in MB, times in seconds."""

    outcome: Outcome
    shots: int
    figures: dict[str, float]
    cpu: float
    memory: list[float] = field(default_factory=list)
    files: list[int] = field(default_factory=list)

    def growth(self) -> float:
        """How much memory was added after the first sixth of the time, as a share; medians of what was sampled."""
        rest = self.memory[len(self.memory) // 6 :]
        part = max(len(rest) // 5, 1)
        return statistics.median(rest[-part:]) / statistics.median(rest[:part]) - 1 if rest else 0.0

    def more_files(self) -> float:
        """Open files at the end beyond those after the first sixth."""
        rest = self.files[len(self.files) // 6 :]
        part = max(len(rest) // 5, 1)
        return statistics.median(rest[-part:]) - statistics.median(rest[:part]) if rest else 0.0


def p99(times: Sequence[float]) -> float:
    return statistics.quantiles(times, n=100)[98] if len(times) > 1 else 0.0


def p50(times: Sequence[float]) -> float:
    return statistics.median(times) if times else 0.0


WHOLE = (
    Goal("errors", 0, lambda m: len(m.outcome.errors)),
    Goal("lost", 0, lambda m: len(m.outcome.lost)),
    Goal("twice", 0, lambda m: len(m.outcome.twice)),
    Goal("wrong", 0, lambda m: len(m.outcome.wrong)),
    Goal("repeated questions", 0.5, lambda m: 1 - m.outcome.distinct),
)


def quick(seconds: float) -> tuple[Goal, ...]:
    """Answers within so many seconds."""
    return (
        Goal("presses p99 s", seconds, lambda m: p99(m.outcome.presses)),
        Goal("messages p99 s", seconds, lambda m: p99(m.outcome.messages)),
    )


LAG = Goal("loop lag p99 s", 0.05, lambda m: m.figures["lag_p99"])


@dataclass(frozen=True)
class Phase:
    """One kind of load: questions a second, the share of messages among them, how long, and how slow the connector is."""

    name: str
    rate: float
    messages: float
    seconds: float
    delay: float
    goals: tuple[Goal, ...]


# Add a phase here.
PHASES = (
    Phase("steady", 100, 0.25, 300, 0.0, (*WHOLE, *quick(1.0), LAG)),
    Phase("slow connector", 50, 0.5, 120, 0.5, (*WHOLE, *quick(2.0), LAG)),
    Phase("burst", 200, 0.25, 10, 0.0, (*WHOLE, Goal("drained s", 30, lambda m: m.outcome.drained))),
    Phase(
        "soak",
        20,
        0.25,
        1_800,
        0.0,
        (*WHOLE, Goal("memory growth", 0.05, Measured.growth), Goal("more open files", 10, Measured.more_files)),
    ),
)


@contextmanager
def watching(pid: int, measured: Measured) -> Iterator[None]:
    """Memory and open files of the bot, once a second."""
    over = threading.Event()

    def look() -> None:
        while not over.wait(1.0):
            status = Path(f"/proc/{pid}/status").read_text()
            measured.memory.append(int(status.split("VmRSS:")[1].split()[0]) / 1024)
            measured.files.append(sum(1 for _ in Path(f"/proc/{pid}/fd").iterdir()))

    thread = threading.Thread(target=look)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def fetched(address: str, *, post: bool = False) -> Any:
    with urllib.request.urlopen(urllib.request.Request(address, method="POST" if post else "GET")) as response:  # noqa: S310
        content = response.read()
        return json.loads(content) if content else None


def run(phase: Phase, seconds: float, known: Oracle, world_file: Path, seed: int) -> Measured:
    """One phase with a bot started afresh."""
    world, port, beside = json.loads(world_file.read_text()), host.free_port(), host.free_port()
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "bench.load_bot", str(world_file), str(port), folder, str(beside)]
        with host.running(command, ready=lambda: host.listens(port)) as bot:
            if not host.owns(bot.pid, port):
                raise SystemExit(f"port {port} does not belong to the bot under test")
            fetched(f"{world['plain']}/begin?delay=0", post=True)
            warm = Plan(known, world["services"]["https"], seed + 1_000).shots(40, WARM_SHOTS / 40, 0.25)
            asyncio.run(fire(warm, port, world, 20))
            before = fetched(f"http://127.0.0.1:{beside}/")
            fetched(f"{world['plain']}/begin?delay={phase.delay}", post=True)
            shots = Plan(known, world["services"]["https"], seed).shots(phase.rate, seconds, phase.messages)
            measured = Measured(Outcome(), len(shots), {}, 0.0)
            cpu = host.cpu_seconds(bot.pid)
            with watching(bot.pid, measured):
                measured.outcome = asyncio.run(fire(shots, port, world, 60))
            measured.cpu = (host.cpu_seconds(bot.pid) - cpu) / len(shots)
            after = fetched(f"http://127.0.0.1:{beside}/")
            if bot.poll() is not None or not host.owns(bot.pid, port):
                raise SystemExit("the bot under test did not last")
    counted = {name: after[name] - before.get(name, 0) for name in after if not name.startswith("lag")}
    measured.figures = {**counted, **{name: value for name, value in after.items() if name.startswith("lag")}}
    return measured


def report(phase: Phase, seconds: float, measured: Measured) -> bool:
    """Prints what was measured; whether every goal was reached."""
    one, told = measured.outcome, measured.figures
    asked = told["hits"] + told["misses"]
    print(
        f"\n{phase.name}: {measured.shots} questions in {seconds:.0f} s ({phase.rate:.0f}/s, {phase.messages:.0%} messages),"
    )
    print(f"  connector answers after {phase.delay} s, load average {os.getloadavg()[0]:.1f}")
    print(
        f"  presses   p50 {p50(one.presses) * 1e3:7.1f} ms  p99 {p99(one.presses) * 1e3:7.1f} ms  ({len(one.presses)})"
    )
    print(
        f"  messages  p50 {p50(one.messages) * 1e3:7.1f} ms  p99 {p99(one.messages) * 1e3:7.1f} ms  ({len(one.messages)})"
    )
    print(
        f"  loop lag  p50 {told['lag_p50'] * 1e3:7.1f} ms  p99 {told['lag_p99'] * 1e3:7.1f} ms  max {told['lag_max'] * 1e3:.0f} ms"
    )
    print(
        f"  {measured.cpu * 1e3:.2f} ms processor time a question; the client was at most {one.behind * 1e3:.0f} ms behind"
    )
    if measured.memory:
        first, last = measured.memory[0], measured.memory[-1]
        print(f"  memory {first:.0f} to {last:.0f} MB, open files {measured.files[0]} to {measured.files[-1]}")
    print(
        f"  {one.distinct:.0%} of the questions distinct, {told['hits'] / max(asked, 1):.0%} of {asked:.0f} answers from the cache"
    )
    print(
        f"  drained {one.drained:.1f} s after the last question; still working {len(one.late)}, typing {told.get('typing sent', 0):.0f}"
    )
    reached = True
    for goal in phase.goals:
        value = goal.value(measured)
        reached &= value <= goal.most
        print(f"  {'reached' if value <= goal.most else 'MISSED '}  {goal.name}: {value:.3g} (at most {goal.most:g})")
    for name, cases in (("errors", one.errors), ("lost", one.lost), ("twice", one.twice), ("wrong", one.wrong)):
        for case in cases[:5]:
            print(f"    {name}: {case}")
    return reached


def capacity(seconds: float) -> None:
    """Message turns with the limiter out of reach, beside the stock adapter's echo."""
    with tempfile.TemporaryDirectory() as folder:
        world_file = Path(folder) / "world.json"
        with host.running([sys.executable, "-m", "bench.world", folder], ready=world_file.exists):
            print("\ncapacity of message turns, 32 clients, closed loop, no limit on sending")
            for contestant in host.CONTESTANTS:
                timing = host.round_of(contestant, 32, world_file, seconds)
                print(
                    f"  {contestant.name:14} {timing.rate:7.1f}/s  p99 {timing.p99:7.1f} ms  {timing.cpu:.2f} ms processor time a turn"
                )


def main() -> int:
    names = [phase.name.replace(" ", "-") for phase in PHASES]
    parser = argparse.ArgumentParser(description="Puts the bot under load and checks every answer.")
    parser.add_argument("--phase", choices=[*names, "capacity"], action="append", help="only these phases")
    parser.add_argument("--seconds", type=float, help="another length than each phase's own")
    parser.add_argument("--rate", type=float, help="other questions a second than each phase's own")
    parser.add_argument("--runs", type=int, default=1, help="how often each phase is run")
    given = parser.parse_args()
    print(
        f"Python {sys.version.split()[0]}, aiohttp {version('aiohttp')}, duckdb {version('duckdb')}, {os.cpu_count()} processors"
    )
    print(f"load average {os.getloadavg()}, {given.runs} run(s) of each phase")
    known, reached = oracle(), True
    wanted = given.phase or [*names, "capacity"]
    with tempfile.TemporaryDirectory() as folder:
        world_file = Path(folder) / "world.json"
        with host.running([sys.executable, "-m", "bench.load_world", folder], ready=world_file.exists):
            for declared, name in zip(PHASES, names, strict=True):
                phase = replace(declared, rate=given.rate or declared.rate)
                for number in range(given.runs if name in wanted else 0):
                    seconds = given.seconds or phase.seconds
                    reached &= report(phase, seconds, run(phase, seconds, known, world_file, 7 + number))
    if "capacity" in wanted:
        capacity(given.seconds or 10.0)
    print(
        f"\n{time.strftime('%H:%M')}, load average {os.getloadavg()}: {'every goal reached' if reached else 'GOALS MISSED'}"
    )
    return 0 if reached else 1


if __name__ == "__main__":
    sys.exit(main())
