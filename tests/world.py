"""Tiny worlds for tests: a few rows said plainly, written as import files, synced through the real path."""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from analytics import facts
from analytics import sync as syncing
from analytics.engine import Engine
from analytics.model import Answer, Query, Reporting, Scope
from analytics.privacy import cloth
from analytics.query import from_json
from analytics.store import Store
from analytics.tables import TABLES
from tests import canaries
from tests.canaries import NOW as CANARIES
from tests.second import reading
from tests.second.records import Asked, Log

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
    "invoices": {"platform": "Upwork", "status": "final", "currency": "USD", "total": "0"},
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


def complete(rows: Rows) -> Rows:
    """The base tables and `rows` (which add to them, or replace them where a key ends in "!"), nothing left unsaid."""
    merged: Rows = {name: list(given) for name, given in BASE.items()}
    for name, given in rows.items():
        plain = name.rstrip("!")
        merged[plain] = given if name.endswith("!") else [*merged.get(plain, []), *given]
    return {name: [_full(name, row) for row in given] for name, given in merged.items()}


def _full(name: str, row: dict[str, Any]) -> dict[str, Any]:
    full = DEFAULTS.get(name, {}) | row
    if name in {"jobs", "contracts", "proposals", "offers"}:
        said = row.get("start_date") or row.get("published_at") or row.get("sent_at") or "2026-01-01"
        full.setdefault("created_at", f"{str(said)[:10]}T00:00:00Z")
    return full


def write(folder: Path, tables: Rows) -> None:
    """Write complete tables as CSV files."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, given in tables.items():
        with (folder / f"{name}.csv").open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, [column.name for column in TABLES[name].columns])
            writer.writeheader()
            writer.writerows(given)


@contextmanager
def _standing_in(module: dict[str, Any], name: str, other: object, wanted: bool) -> Iterator[None]:
    """For as long as the block runs, a name of a module stands for something else, where that is wanted."""
    kept = module[name]
    if wanted:
        module[name] = other
    try:
        yield
    finally:
        module[name] = kept


def _unchecked(skip: bool) -> AbstractContextManager[None]:
    """Tiny worlds break no rule of quality on purpose; looking for that would cost a third of each."""
    return _standing_in(vars(syncing), "CHECKS", (), skip)


def _unwoven(skip: bool) -> AbstractContextManager[None]:
    """Nobody is enough people to weave a veil for: nearly all the time of a larger world, and names are shown without it."""
    return _standing_in(vars(cloth), "FEWEST", sys.maxsize, skip)


class World:
    """A synced tiny world and the engine over it.

    `checked`: with the checks of its quality. Without `woven` nothing may be asked of it but with names.
    """

    def __init__(
        self,
        folder: Path,
        rows: Rows,
        *,
        reporting: Reporting | None = None,
        now: datetime = NOW,
        checked: bool = False,
        woven: bool = True,
    ) -> None:
        self.folder, self.now, self.reporting = folder, now, reporting or Reporting()
        self.today = now.astimezone(ZoneInfo(self.reporting.timezone)).date()
        self.sync(rows, now, checked=checked, woven=woven)
        self.store = Store(folder / "store")
        self.engine = Engine(self.store, cache=1)

    def sync(self, rows: Rows, now: datetime, *, checked: bool = False, woven: bool = True) -> None:
        """Publish these rows as the next version."""
        self.tables = complete(rows)
        CANARIES.person(*canaries.names_in(self.tables))
        write(self.folder / "data", self.tables)
        with _unchecked(not checked), _unwoven(not woven):
            self.report = syncing.sync(
                self.folder / "data", self.folder / "store", reporting=self.reporting, now=now, build=facts.build
            )

    def answer(self, query: dict[str, Any] | Query, scope: Scope = EVERYTHING) -> Answer:
        """The whole answer."""
        return self.engine.ask(query if isinstance(query, Query) else from_json(query), scope, today=self.today)

    def ask(self, query: dict[str, Any] | Query, scope: Scope = EVERYTHING) -> dict[Any, Any]:
        """The answer as {group labels: first value}, with "total"; one label stands alone, several as a tuple."""
        answer = self.answer(query, scope)
        out: dict[Any, Any] = {(r.labels[0] if len(r.labels) == 1 else r.labels): r.values[0] for r in answer.rows}
        out["total"] = answer.total.values[0] if answer.total else None
        return out

    def total(self, metric: str, start: str | None = None, end: str | None = None, **more: Any) -> Any:
        """The total of one metric over [start, end), or over its own period."""
        time = {"time": {"from": start, "to": end}} if end else {}
        return self.ask({"metrics": [metric], **time, **more})["total"]

    def log(self) -> Log:
        """The same rows as plain records, read without the engine."""
        return reading.read(self.tables, timezone=self.reporting.timezone, currency=self.reporting.currency)

    def asked(self, start: date, end: date) -> Asked:
        """A span as the second computation takes it."""
        as_of = self.engine.version().calendar.as_of
        return Asked(start, end, as_of, self.today, self.now.astimezone(UTC).replace(tzinfo=None))

    def close(self) -> None:
        """Let the files go."""
        self.engine.close()
        self.store.close()
