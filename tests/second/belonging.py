"""What a row belongs to on its day: person, team, place, category and worker, the rate of its money, the stage of its job."""

from __future__ import annotations

import tomllib
from collections import defaultdict
from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from tests.second.books import Books, day, text
from tests.second.numbers import half_away

REGIONS = Path(__file__).parents[2] / "analytics" / "regions.toml"
DIGITS = {"JPY": 0, "BHD": 3}


class Belonging:
    """Looks up what the tables say of others; one method per thing that a row may belong to."""

    def __init__(self, books: Books) -> None:
        self.books = books
        self.teams = books.of("teams", "team_id")
        self.people = books.of("people", "person_id")
        self.workers = books.of("workers", "worker_id")
        self.sources = {str(r["platform"]): str(r["source"]) for r in books.rows("platforms")}
        self.regions = {c: region for region, cs in tomllib.loads(REGIONS.read_text("utf-8")).items() for c in cs}
        self.rates = {
            (day(r, "rate_date"), r["from_currency"]): Decimal(str(r["rate"]))
            for r in books.rows("fx_rates")
            if r["to_currency"] == books.currency
        }
        self.spans: dict[tuple[str, str], list[Mapping[str, Any]]] = defaultdict(list)
        for name, key in (("employment", "person_id"), ("owner_history", "contract_id")):
            for row in books.rows(name):
                self.spans[name, str(row[key])].append(row)
        self.skills: dict[str, set[str]] = defaultdict(set)
        for row in books.rows("job_skills"):
            self.skills[str(row["job_id"])].add(str(row["skill"]))

    def span(self, table: str, key: str | None, on: date | None) -> Mapping[str, Any] | None:
        """The span of employment or ownership that covers a day."""
        for row in self.spans[table, key] if key and on else ():
            first, until = day(row, "valid_from"), day(row, "valid_to")
            if first and on and first <= on and (until is None or on < until):
                return row
        return None

    def person(self, key: str | None) -> str | None:
        """An employee who is known."""
        return key if key in self.people else None

    def team(self, *named: str | None) -> str | None:
        """The first team that is named, where it is known."""
        first = next((key for key in named if key), None)
        return first if first in self.teams else None

    def division(self, team: str | None) -> str | None:
        """The team's branch: below the only root that has teams below it, else the root."""
        if team is None:
            return None
        above = {key: text(row, "parent_team_id") for key, row in self.teams.items()}
        roots = [key for key, parent in above.items() if parent not in above]
        single = sum(key in above.values() for key in roots) == 1
        path = [team]
        while (parent := above[path[-1]]) in above and parent is not None:
            path.append(parent)
        return path[-2] if single and len(path) > 1 else path[-1]

    def place(self, team: str | None, country: str | None) -> dict[str, str | None]:
        """Where the paying team sits."""
        sits = country or (text(self.teams[team], "country") if team else None)
        return {"team": team, "division": self.division(team), "country": sits, "region": self.regions.get(sits or "")}

    def category(self, key: str | None) -> dict[str, str | None]:
        """Category, subcategory and family of a category or subcategory."""
        row = self.books.one("categories", "category_id", key)
        if row is None:
            return {"job_category": None, "job_subcategory": None, "job_family": None}
        above = self.books.one("categories", "category_id", text(row, "parent_category_id"))
        family = (text(above, "job_family") if above else None) or text(row, "job_family")
        top = str((above or row)["category_id"])
        return {"job_category": top, "job_subcategory": key if above else None, "job_family": family}

    def worker(self, key: str | None) -> dict[str, str | None]:
        """The freelancer behind a worker's profile, and where they sit."""
        row = self.workers.get(key or "", {})
        return {
            "freelancer": text(row, "person_key") or key,
            "worker_country": text(row, "country"),
            "supplier": text(row, "supplier_id"),
        }

    def rate(self, currency: str, on: date | None) -> Decimal | None:
        """The exchange rate of a day: its own, or one at most seven days old."""
        if currency == self.books.currency:
            return Decimal(1)
        days = [on - timedelta(days=n) for n in range(8)] if on else []
        return next((self.rates[d, currency] for d in days if (d, currency) in self.rates), None)

    def money(self, row: Mapping[str, Any], key: str, on: date | None) -> int | None:
        """An amount in minor units of the reporting currency, rounded once."""
        said, rate = text(row, key), self.rate(str(row.get("currency")), on)
        if said is None or rate is None:
            return None
        return half_away(Decimal(said) * rate * 10 ** DIGITS.get(self.books.currency, 2))

    def stage(self, job: str) -> str:
        """How far a job got."""
        if any(c["status"] != "cancelled" for c in self.books.all("contracts", "job_id", job)):
            return "hired"
        if self.books.all("offers", "job_id", job):
            return "offered"
        said = {str(p["status"]) for p in self.books.all("proposals", "job_id", job)}
        return "shortlisted" if said & {"shortlisted", "hired"} else "proposals" if said else "no proposals"
