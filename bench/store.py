"""Makes a store for benchmarks: the sample enterprise with its ledger multiplied to a wanted number of charges."""

from __future__ import annotations

import shutil
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import duckdb

from analytics import facts, sample
from analytics.errors import DataError
from analytics.model import Reporting
from analytics.store import Store
from analytics.sync import sync

UNTIL = date(2026, 11, 19)
TODAY = UNTIL + timedelta(days=1)
NOW = datetime(2026, 11, 20, 6, tzinfo=UTC)
HOME = Path(__file__).parents[1] / ".bench"

COPY = """
CREATE TABLE main.charge_many AS
SELECT c.* REPLACE (c.charge || '-' || n::VARCHAR AS charge, c.amount + (hash(c.charge, n) % 100)::BIGINT AS amount)
FROM main.charge c, range(0, $times) AS copies(n) ORDER BY c.posted_on, charge LIMIT $wanted
"""


def store_with(charges: int) -> Store:
    """A store whose version holds exactly this many charges; kept on disk for the next run."""
    folder = HOME / f"store-{charges}"
    if not readable(folder):
        _build(folder, charges)
    return Store(folder, memory_limit="1500MB", threads=2)


def readable(folder: Path) -> bool:
    """Whether a store is there that this program can read; one of an earlier layout is built anew."""
    store = Store(folder)
    try:
        return store.snapshot.version > 0
    except DataError:
        return False
    finally:
        store.close()


def _build(folder: Path, charges: int) -> None:
    files = HOME / "files"
    if not (files / "sample.json").exists():
        print("Writing the sample enterprise ...")
        sample.write(files, until=UNTIL, progress=lambda _: None)
    shutil.rmtree(folder, ignore_errors=True)
    sync(files, folder, reporting=Reporting(), now=NOW, build=facts.build)
    print(f"Multiplying the ledger to {charges:,} charges ...")
    with duckdb.connect(str(folder / "v1.duckdb"), config={"memory_limit": "4GB"}) as connection:
        count = connection.execute("SELECT count(*) FROM main.charge").fetchall()[0][0]
        connection.execute(COPY, {"times": -(-charges // count), "wanted": charges})
        connection.execute("DROP TABLE main.charge; ALTER TABLE main.charge_many RENAME TO charge; CHECKPOINT")
