"""From a fake Upwork to an answer of the engine: what is fetched is published whole, and says what Upwork says."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb

from analytics import versions
from analytics.answer_json import to_json
from analytics.engine import Engine
from analytics.query import from_json
from analytics.store import Store
from tests.analytics.company import NOW
from tests.fakes.upwork import FakeUpwork, make_company
from tests.fakes.upwork.connected import connected
from tests.world import EVERYTHING

UNTIL = NOW.date() - timedelta(days=1)
EVER = {"from": None, "to": "2026-11-21"}
SPEND = ("Hourly", "Bonus", "Service Fee")


def ask(home: Path, asked: dict[str, Any]) -> dict[str, Any]:
    store = Store(home / "store")
    engine = Engine(store)
    try:
        return to_json(engine.ask(from_json(asked), EVERYTHING, today=NOW.date()))
    finally:
        engine.close()
        store.close()


def raw(home: Path, sql: str) -> list[Any]:
    number = versions.current(home / "store")
    with duckdb.connect(str(versions.path_of(home / "store", number)), read_only=True) as connection:
        return connection.execute(sql).fetchall()


async def test_jobs_contracts_and_ledger_become_a_version_that_answers(tmp_path: Path) -> None:
    fake = FakeUpwork(make_company(1, 40, 400, UNTIL))
    async with connected(fake) as line:
        report = await line.sync(tmp_path)
    assert report.quarantined == 0
    assert [f.text for f in report.findings if f.severity == "E"] == []
    spent = ask(tmp_path, {"metrics": ["spend", "contracts"], "group_by": ["team"], "time": EVER})
    assert Decimal(str(spent["total"]["spend"])) == fake.company.spend(*SPEND)
    assert spent["total"]["contracts"] == 40
    assert {row["team"]: row["contracts"] for row in spent["rows"]} == {"Brand Studio": 20, "Data": 20}
    posted = ask(tmp_path, {"metrics": ["jobs_posted"], "group_by": ["poster"], "time": EVER})
    assert {row["poster"]: row["jobs_posted"] for row in posted["rows"]} == {"Person 3": 20, "Person 4": 20}
