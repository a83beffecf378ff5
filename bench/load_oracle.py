"""What the load test's questions must be answered: added up in plain Python from the import files, no SQL, no engine."""

from __future__ import annotations

import csv
import json
import os
import re
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache
from itertools import accumulate
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from bench.store import HOME, UNTIL, readable
from tests.second.reading import Books, Reader

# Another folder and a smaller company make a first try quick: LOAD_FOLDER=/tmp/small LOAD_EMPLOYEES=3000.
FOLDER = Path(os.environ.get("LOAD_FOLDER", HOME))
EMPLOYEES = int(os.environ.get("LOAD_EMPLOYEES", "100000"))
FILES = FOLDER / "files"
KEPT = FOLDER / "load-oracle.json"
STORE = FOLDER / "store-load"
NEEDED = ["platforms", "people", "employment", "owner_history", "teams", "categories", "workers", "jobs", "job_events", "job_skills", "contracts", "charges", "fx_rates", "rate_history", "suppliers"]  # fmt: skip
FIRST, LAST = date(2024, 1, 1), date(2026, 11, 20)
DIMENSIONS = ("team", "job_category", "country")
METRICS = {"spend": "Spend", "jobs_posted": "Jobs posted", "contracts": "Contracts"}

MAKE_STORE = """
import shutil, sys
from pathlib import Path
from analytics import facts
from analytics.model import Reporting
from analytics.sync import sync
from bench.store import NOW
folder = Path(sys.argv[2])
shutil.rmtree(folder, ignore_errors=True)
sync(Path(sys.argv[1]), folder, reporting=Reporting(), now=NOW, build=facts.build)
"""


@dataclass
class Oracle:
    """Prefix sums by day for each metric and member; money in cents. `leads` may see everything, `others` only totals."""

    sums: dict[tuple[str, str, str], list[int]]
    names: dict[str, dict[str, str]]
    leads: list[str]
    others: list[str]

    def total(self, metric: str, start: date, end: date, dimension: str = "", member: str = "") -> int:
        """The number for [start, end), all of it or of one member."""
        sums = self.sums.get((metric, dimension, member))
        return sums[(end - FIRST).days] - sums[(start - FIRST).days] if sums else 0


def right(metric: str, expected: int, said: str) -> bool:
    """Whether a card's words tell this number, to the last digit they show."""
    exact = expected / 100 if metric == "spend" else expected
    if "Nothing in this period" in said:
        return expected == 0
    found = re.findall(rf"(?:Total|{METRICS[metric]}) (-?)\$?([0-9][0-9,]*(?:\.[0-9]+)?)", said)
    if not found:
        return False
    sign, digits = found[-1]
    shown = float(digits.replace(",", "")) * (-1 if sign else 1)
    places = len(digits.partition(".")[2])
    return bool(abs(shown - exact) <= 0.5 * 10**-places + 1e-6)


class Kept(Books):
    """The same tables, each sorted by its key only once."""

    @cached_property
    def _sorted(self) -> dict[str, dict[str, Mapping[str, Any]]]:
        return {}

    def of(self, name: str, key: str) -> dict[str, Mapping[str, Any]]:
        """One table by its key."""
        if name not in self._sorted:
            self._sorted[name] = super().of(name, key)
        return self._sorted[name]


def oracle() -> Oracle:
    """Made once and kept beside the files it was made of; the store too."""
    if not (FILES / "charges.csv").exists():
        _write_files()
    newest = (FILES / "charges.csv").stat().st_mtime
    if not KEPT.exists() or KEPT.stat().st_mtime < newest:
        print("adding up the oracle (once, about a minute) ...", flush=True)
        KEPT.write_text(json.dumps(_added_up()))
    if not readable(STORE):
        print("importing the sample (once) ...", flush=True)
        subprocess.run([sys.executable, "-c", MAKE_STORE, FILES, STORE], check=True)
    told = json.loads(KEPT.read_text())
    sums = {tuple(key.split("\t")): list(accumulate(days, initial=0)) for key, days in told["days"].items()}
    return Oracle(sums, told["names"], told["leads"], told["others"])


def _write_files() -> None:
    from analytics import sample  # noqa: PLC0415 - only where there are no files yet

    teams = min(600, EMPLOYEES // 50)
    sample.write(FILES, until=UNTIL, employees=EMPLOYEES, teams=teams, progress=lambda _: None)


def _added_up() -> dict[str, Any]:
    tables = {name: _rows(FILES / f"{name}.csv") for name in NEEDED}
    reader = Reader(Kept(tables, ZoneInfo("UTC"), "USD"))
    reader.division = lru_cache(maxsize=None)(reader.division)  # type: ignore[method-assign]
    days: dict[str, Counter[int]] = defaultdict(Counter)
    for row in tables["charges"]:
        charge = reader.charge(row)
        if charge.final and charge.kind in {"work", "fee"} and charge.amount is not None:
            _count(days, "spend", charge.by, charge.posted_on, charge.amount)
    for job in reader.jobs.values():
        _count(days, "jobs_posted", job.by, job.posted_on, 1)
    for contract in reader.contracts.values():
        if contract.status != "cancelled":
            _count(days, "contracts", contract.by, contract.started_on, 1)
    span = range((LAST - FIRST).days)
    return {
        "days": {key: [counted[day] for day in span] for key, counted in days.items()},
        "names": {
            "team": {str(r["team_id"]): str(r["name"]) for r in tables["teams"]},
            "job_category": {str(r["category_id"]): str(r["name"]) for r in tables["categories"]},
            "country": {},
        },
        **_people(tables),
    }


def _count(days: dict[str, Counter[int]], metric: str, by: Any, on: date | None, amount: int) -> None:
    """Freelance work only, as the questions are."""
    if on is None or not FIRST <= on < LAST or by.get("source") != "freelance":
        return
    number = (on - FIRST).days
    days[f"{metric}\t\t"][number] += amount
    for dimension in DIMENSIONS:
        if by.get(dimension):
            days[f"{metric}\t{dimension}\t{by[dimension]}"][number] += amount


def _people(tables: dict[str, list[dict[str, str]]]) -> dict[str, list[str]]:
    heads = {row["head_person_id"] for row in tables["teams"]}
    plain = [
        row["entra_object_id"].lower()
        for row in tables["people"]
        if row["active"] == "true" and row["entra_object_id"] and row["person_id"] not in heads
    ]
    return {"leads": plain[: len(plain) * 9 // 10][:9_000], "others": plain[len(plain) * 9 // 10 :][:1_000]}


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))
