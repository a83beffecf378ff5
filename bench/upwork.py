"""A first reading of a whole enterprise from the fake Upwork: requests, simulated time beside the rate limit, real time, memory.

Usage: python -m bench.upwork [--contracts 5000] [--charges 60000]. The limiter's clock is simulated: it moves only while the
client waits, so that an hour of waiting takes no time. Every sum is held against the fake's own ledger before it is shown.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import resource
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from platform import platform, python_version

import duckdb

from analytics import versions
from analytics.sources.upwork.limiter import Limits
from tests.analytics.company import NOW
from tests.fakes.upwork import FakeUpwork, make_company
from tests.fakes.upwork.connected import connected

PER_SECOND = 2.0


@dataclass(frozen=True)
class Took:
    """One sync: requests by document, simulated and real seconds, highest memory in MB so far, rows in the version."""

    requests: dict[str, int]
    simulated: float
    seconds: float
    peak: float
    charges: int
    contracts: int

    @property
    def over_limit(self) -> float:
        """Simulated time as a multiple of what the rate limit alone dictates."""
        return self.simulated / ((sum(self.requests.values()) - 1) / PER_SECOND)


async def measure(contracts: int, charges: int, home: Path, syncs: int = 2) -> list[Took]:
    """The first reading and the ones after it, a day apart."""
    company = make_company(7, contracts, charges, NOW.date() - timedelta(days=1))
    for number, contract in enumerate(list(company.contracts.values())):
        if contract["terms"]["hourlyTerms"] and number % 3 == 0:
            company.work(contract, (NOW - timedelta(days=number % 300)).date(), 7.5)
    took = []
    # A busy machine may take longer than the tests of faults allow it to.
    async with connected(FakeUpwork(company), limits=Limits(timeout=60.0)) as line:
        for _ in range(syncs):
            line.fake.arrivals.clear()
            slept, started = line.time.slept, time.perf_counter()
            await line.sync(home)
            seconds = time.perf_counter() - started
            requests = Counter(name for _, name, _ in line.fake.arrivals)
            took.append(Took(dict(requests), line.time.slept - slept, seconds, _peak(), *_checked(home, company.spend("Hourly", "Bonus", "Service Fee"))))  # fmt: skip
            line.time.now += timedelta(days=1)
    return took


def _checked(home: Path, spend: Decimal) -> tuple[int, int]:
    number = versions.current(home / "store")
    with duckdb.connect(str(versions.path_of(home / "store", number)), read_only=True) as connection:
        ((rows, total),) = connection.execute(
            "SELECT count(*), sum(amount) FILTER (is_spend)::BIGINT FROM main.charge"
        ).fetchall()
        ((contracts,),) = connection.execute("SELECT count(*) FROM main.contract").fetchall()
    assert Decimal(total) == spend * 100, f"spend is {total}, the ledger says {spend * 100}"
    return rows, contracts


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--contracts", type=int, default=5_000)
    parser.add_argument("--charges", type=int, default=60_000)
    asked = parser.parse_args()
    print(f"{platform()}, Python {python_version()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.2f}")
    with tempfile.TemporaryDirectory() as home:
        for nth, took in enumerate(asyncio.run(measure(asked.contracts, asked.charges, Path(home))), 1):
            total = sum(took.requests.values())
            print(
                f"sync {nth}: {took.contracts:,} contracts, {took.charges:,} charges, {total:,} requests {took.requests}"
            )
            print(
                f"        simulated {took.simulated / 60:.1f} min = {took.over_limit:.3f} x the rate limit; "
                f"real {took.seconds:.1f} s, peak {took.peak:.0f} MB with the fake in the same process"
            )


if __name__ == "__main__":
    main()
