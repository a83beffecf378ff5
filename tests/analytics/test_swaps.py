"""Swapping versions under load: whoever asks gets all of one version, from any thread."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from analytics import facts
from analytics.engine import Engine
from analytics.model import Reporting
from analytics.query import from_json
from analytics.store import Store
from analytics.sync import sync
from tests.world import EVERYTHING, NOW, TODAY, Rows, complete, write

PERIOD = {"from": "2026-07-01", "to": "2026-10-01"}
SPEND_AND_JOBS = {"metrics": ["spend", "jobs_posted"], "group_by": ["team"], "time": PERIOD}


def version_of(number: int) -> Rows:
    """A company whose every number says which version it is: `number` jobs, and `number` hundred dollars in two lines."""
    return {
        "jobs": [{"job_id": f"J{i}", "published_at": "2026-08-01T00:00:00Z"} for i in range(number)],
        "contracts": [{"contract_id": "C1", "start_date": "2026-07-01"}],
        "charges": [
            {
                "charge_id": f"X{part}",
                "contract_id": "C1",
                "posted_at": "2026-08-03T00:00:00Z",
                "amount": str(50 * number),
            }
            for part in ("a", "b")
        ],
    }


def swapped(tmp_path: Path, swaps: int, questions: int, threads: int) -> tuple[set[int], int]:
    """Ask from many threads while versions are published; the versions seen, and how many answers there were."""
    folder, data = tmp_path / "store", tmp_path / "data"

    def publish(number: int) -> None:
        write(data, complete(version_of(number)))
        sync(data, folder, reporting=Reporting(), now=NOW, build=facts.build)

    publish(1)
    store = Store(folder)
    engine = Engine(store, cache=1)
    seen: set[int] = set()
    done = threading.Event()

    def keep_asking(number: int) -> int:
        count = 0
        while not done.is_set() or count < -(-questions // threads):
            query = from_json({**SPEND_AND_JOBS, "limit": 1 + (number + count) % 50})
            answer = engine.ask(query, EVERYTHING, today=TODAY)
            assert answer.total is not None
            spend, jobs = answer.total.values
            assert jobs is not None
            assert (spend, jobs) == (jobs * 10_000, answer.snapshot.version), "two versions in one answer"
            assert [row.values for row in answer.rows] == [(spend, jobs)]
            seen.add(answer.snapshot.version)
            count += 1
        return count

    with ThreadPoolExecutor(threads) as pool:
        running = [pool.submit(keep_asking, n) for n in range(threads)]
        for number in range(2, 2 + swaps):
            publish(number)
            deadline = time.monotonic() + 60
            while number not in seen and time.monotonic() < deadline:
                time.sleep(0.005)
        done.set()
        total = sum(one.result() for one in running)
    engine.close()
    store.close()
    return seen, total


def test_no_answer_ever_mixes_two_versions(tmp_path: Path) -> None:
    seen, _ = swapped(tmp_path, swaps=2, questions=200, threads=4)
    assert seen == {1, 2, 3}


@pytest.mark.proof
def test_no_answer_ever_mixes_two_versions_over_many_questions(tmp_path: Path) -> None:
    seen, total = swapped(tmp_path, swaps=5, questions=10_000, threads=6)
    assert total >= 10_000
    assert seen == {1, 2, 3, 4, 5, 6}
