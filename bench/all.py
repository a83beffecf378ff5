"""Runs every benchmark, one after the other: `make bench`."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
BENCHES = ("bench.engine", "bench.understanding", "bench.cards", "bench.host")


def main() -> int:
    """Each as a process of its own; the first that finds unequal results ends the run."""
    for name in BENCHES:
        print(f"\n== python -m {name}", flush=True)
        done = subprocess.run([sys.executable, "-m", name], cwd=ROOT, check=False)
        if done.returncode:
            return done.returncode
    return 0


if __name__ == "__main__":
    sys.exit(main())
