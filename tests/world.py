"""Tiny worlds for tests: a few rows said plainly, written as import files, synced through the real path."""

from __future__ import annotations

import csv
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from analytics import facts
from analytics.engine import Engine
from analytics.model import Query, Reporting, Scope
from analytics.query import from_json
from analytics.store import Store
from analytics.sync import sync
from analytics.tables import TABLES

TODAY = date(2026, 11, 20)
NOW = datetime(2026, 11, 20, 6, 0, tzinfo=UTC)
EVERYTHING = Scope("all", "named")

Rows = dict[str, list[dict[str, Any]]]

# What a row says when a test does not: one team, one manager, one category, everything in US dollars.
DEFAULTS: dict[str, dict[str, Any]] = {
    "platforms": {"source": "freelance"},
    "people": {"name": "Somebody", "active": "true"},
    "employment": {"valid_from": "2020-01-01", "fte": "1", "worker_type": "employee"},
    "teams": {},
    "categories": {},
    "suppliers": {},
    "workers": {"platform": "Upwork", "kind": "freelancer", "country": "Brazil"},
    "jobs": {
        "platform": "Upwork", "title": "A job", "category_id": "K1", "team_id": "T1", "poster_id": "P1",
        "contract_type": "hourly", "status": "open", "positions": "1", "currency": "USD",
    },
    "contracts": {
        "platform": "Upwork", "kind": "freelance", "worker_id": "W1", "team_id": "T1", "owner_id": "P1", "category_id": "K1",
        "contract_type": "hourly", "status": "active", "currency": "USD",
    },
    "charges": {"platform": "Upwork", "charge_type": "hourly", "status": "final", "currency": "USD"},
    "proposals": {"worker_id": "W1", "status": "submitted", "currency": "USD"},
    "offers": {"worker_id": "W1", "state": "accepted"},
    "headcount": {"team_id": "T1", "manager_id": "P1", "worker_type": "employee"},
    "milestones": {"currency": "USD", "state": "planned"},
    "feedback": {"direction": "client_to_worker", "scale_max": "5"},
    "budgets": {"currency": "USD"},
    "time_entries": {"status": "approved"},
}  # fmt: skip

BASE: Rows = {
    "platforms": [{"platform": "Upwork"}, {"platform": "Beeline", "source": "staffing"}],
    "people": [{"person_id": "P1", "name": "Ana Silva", "entra_object_id": "e1", "upn": "ana@contoso.example"}],
    "employment": [{"person_id": "P1", "team_id": "T1"}],
    "teams": [{"team_id": "T1", "name": "Design", "head_person_id": "P1", "country": "Germany"}],
    "categories": [{"category_id": "K1", "name": "Design & Creative", "job_family": "Creative"}],
    "workers": [{"worker_id": "W1", "name": "Jo"}],
    "jobs": [],
    "contracts": [],
    "charges": [],
}  # fmt: skip


def write(folder: Path, rows: Rows) -> None:
    """Write the base tables and `rows` (which add to them, or replace them where a key ends in "!") as CSV files."""
    folder.mkdir(parents=True, exist_ok=True)
    merged: Rows = {name: list(given) for name, given in BASE.items()}
    for name, given in rows.items():
        plain = name.rstrip("!")
        merged[plain] = given if name.endswith("!") else [*merged.get(plain, []), *given]
    for name, given in merged.items():
        columns = [column.name for column in TABLES[name].columns]
        with (folder / f"{name}.csv").open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, columns)
            writer.writeheader()
            for row in given:
                full = DEFAULTS.get(name, {}) | row
                if name in {"jobs", "contracts", "proposals", "offers"}:
                    full.setdefault(
                        "created_at", f"{row.get('start_date') or row.get('published_at', '2026-01-01')[:10]}T00:00:00Z"
                    )
                writer.writerow(full)


class World:
    """A synced tiny world and the engine over it."""

    def __init__(self, folder: Path, rows: Rows, *, reporting: Reporting | None = None, now: datetime = NOW) -> None:
        write(folder / "data", rows)
        self.folder = folder
        self.report = sync(
            folder / "data", folder / "store", reporting=reporting or Reporting(), now=now, build=facts.build
        )
        self.store = Store(folder / "store")
        self.engine = Engine(self.store)
        self.today = now.date()

    def ask(self, query: dict[str, Any] | Query, scope: Scope = EVERYTHING) -> dict[Any, Any]:
        """The answer as {group labels: first value}, with "total"; one label stands alone, several as a tuple."""
        answer = self.engine.ask(query if isinstance(query, Query) else from_json(query), scope, today=self.today)
        out: dict[Any, Any] = {(r.labels[0] if len(r.labels) == 1 else r.labels): r.values[0] for r in answer.rows}
        out["total"] = answer.total.values[0] if answer.total else None
        return out

    def close(self) -> None:
        """Let the files go."""
        self.engine.close()
        self.store.close()
