"""The first reading of a whole enterprise stays within its number of requests, and takes no longer than the rate limit dictates."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.upwork import measure


async def test_five_hundred_contracts_and_six_thousand_ledger_lines(tmp_path: Path) -> None:
    (took,) = await measure(500, 6_000, tmp_path, syncs=1)
    assert (took.contracts, took.charges) == (500, 6_000)
    # Proposals are asked for by job; everything else comes in pages.
    assert sum(took.requests.values()) <= 560
    assert took.over_limit <= 1.05


@pytest.mark.proof
async def test_five_thousand_contracts_and_sixty_thousand_ledger_lines(tmp_path: Path) -> None:
    (took,) = await measure(5_000, 60_000, tmp_path, syncs=1)
    assert (took.contracts, took.charges) == (5_000, 60_000)
    assert sum(took.requests.values()) <= 2_000
    assert took.over_limit <= 1.05
