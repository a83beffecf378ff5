"""Ten million charges on disk: every question of the suite under a second, memory under 2 GiB, without roll-ups.

Run as `python bench/large.py [charges]`; the store is generated once and kept.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import time

from analytics.engine import Engine
from analytics.query import from_json
from bench.engine import CASES, fresh
from bench.store import store_with

MORE = (
    {"metrics": ["spend"]},
    {"metrics": ["spend"], "grain": "week"},
    {"metrics": ["spend"], "group_by": ["freelancer"], "order": [["spend", "desc"]], "limit": 10},
    {"metrics": ["spend", "contracts", "avg_time_to_hire"], "group_by": ["division"]},
    {"metrics": ["spend"], "group_by": ["team"], "time": {"from": None, "to": "2026-11-20"}},
    {"metrics": ["concentration"]},
    {"metrics": ["spend_per_freelancer"], "group_by": ["job_category"]},
)


def main() -> int:
    """Time each question cold and warm; exit 1 where a limit is broken."""
    charges = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000_000
    # Built by a process of its own, so that what is measured here is answering alone.
    subprocess.run(
        [sys.executable, "-c", f"from bench.store import store_with; store_with({charges}).close()"], check=True
    )
    store = store_with(charges)
    engine = Engine(store)
    print(f"{charges:,} charges, {os.cpu_count()} cores, load {os.getloadavg()[0]:.2f}")
    slowest = 0.0
    questions = [(name, from_json(q), scope) for name, q, scope, _ in CASES]
    questions += [(str(q), from_json(q), CASES[0][2]) for q in MORE]
    for name, query, scope in questions:
        took = []
        for _ in range(4):
            began = time.perf_counter()
            fresh(engine, query, scope)
            took.append(time.perf_counter() - began)
        slowest = max(slowest, *took)
        print(f"{name[:76]:78} first {took[0] * 1000:7.1f} ms, then {min(took[1:]) * 1000:7.1f} ms")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2
    print(f"slowest {slowest * 1000:.0f} ms (wanted < 1000), peak memory {peak:.2f} GiB (wanted < 2)")
    engine.close()
    store.close()
    return int(slowest >= 1 or peak >= 2)


if __name__ == "__main__":
    sys.exit(main())
