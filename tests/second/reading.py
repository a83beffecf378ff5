"""From tables in the import format to a Log: every row attributed to its own day's team, owner, manager and rate."""

from __future__ import annotations

import tomllib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from tests.second.numbers import half_away
from tests.second.records import (
    Amendment,
    Budget,
    Charge,
    Contract,
    Feedback,
    Headcount,
    Hire,
    Job,
    JobSkill,
    Log,
    Milestone,
    Offer,
    Proposal,
    TimeEntry,
)

Table = Sequence[Mapping[str, Any]]
REGIONS = Path(__file__).parents[2] / "analytics" / "regions.toml"
DIGITS = {"JPY": 0, "BHD": 3}
CLASSES = {
    "hourly": "work", "fixed": "work", "bonus": "work", "expense": "work", "platform_fee": "fee", "processing_fee": "fee",
    "supplier_fee": "supplier_fee", "tax": "tax", "payment_method": "funding",
}  # fmt: skip
REVERSALS = {"refund", "chargeback", "adjustment"}


def text(row: Mapping[str, Any], key: str) -> str | None:
    """A cell; None where it is empty or missing."""
    value = row.get(key)
    return str(value) if value not in {None, ""} else None


def day(row: Mapping[str, Any], key: str) -> date | None:
    """A plain date."""
    said = text(row, key)
    return date.fromisoformat(said) if said else None


def moment(row: Mapping[str, Any], key: str) -> datetime | None:
    """A moment as naive UTC."""
    said = text(row, key)
    return datetime.fromisoformat(said).astimezone(UTC).replace(tzinfo=None) if said else None


def flag(row: Mapping[str, Any], key: str) -> bool:
    """A yes or no; empty is no."""
    return (text(row, key) or "false").lower() in {"true", "yes", "1"}


@dataclass(frozen=True)
class Books:
    """The tables, and what every attribution needs: zone, currency, exchange rates, spans of employment and ownership."""

    tables: Mapping[str, Table]
    zone: ZoneInfo
    currency: str

    def rows(self, name: str) -> Table:
        """One table; empty where it was not sent."""
        return self.tables.get(name, [])

    def of(self, name: str, key: str) -> dict[str, Mapping[str, Any]]:
        """One table by its key."""
        return {str(row[key]): row for row in self.rows(name)}

    def local(self, at: datetime | None) -> date | None:
        """The calendar day of a moment in the reporting zone."""
        return at.replace(tzinfo=UTC).astimezone(self.zone).date() if at else None


def read(tables: Mapping[str, Table], *, timezone: str = "UTC", currency: str = "USD") -> Log:
    """The log of these tables. Values may be text or anything whose text is that of the import format."""
    return Reader(Books(tables, ZoneInfo(timezone), currency)).log()


class Reader:
    """Attributes row after row; one method per kind of record."""

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
        self.jobs = {str(r["job_id"]): self.job(r) for r in books.rows("jobs")}
        self.raw_contracts = books.of("contracts", "contract_id")
        self.contracts = {key: self.contract(row) for key, row in self.raw_contracts.items()}

    def log(self) -> Log:
        """Everything."""
        rows = self.books.rows
        return Log(
            jobs=[replace(job, by={**job.by, "stage": self.stage(job.job)}) for job in self.jobs.values()],
            job_skills=[
                JobSkill(j.job, skill, {**j.by, "skill": skill}, j.posted_on)
                for j in self.jobs.values()
                for skill in sorted(self.skills[j.job])
                if j.posted_on
            ],
            hires=[h for key in self.contracts if (h := self.hire(key))],
            proposals=[p for r in rows("proposals") if (p := self.proposal(r))],
            offers=[self.offer(r) for r in rows("offers")],
            contracts=list(self.contracts.values()),
            charges=[self.charge(r) for r in rows("charges")],
            time_entries=[self.time_entry(r) for r in rows("time_entries")],
            milestones=[self.milestone(r) for r in rows("milestones")],
            feedback=[self.feedback(r) for r in rows("feedback")],
            amendments=self.amendments(),
            headcount=[self.headcount(r) for r in rows("headcount")],
            budgets=[self.budget(r) for r in rows("budgets")],
        )

    # What a row belongs to.

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
        known = self.books.of("categories", "category_id")
        row = known.get(key or "")
        if row is None:
            return {"job_category": None, "job_subcategory": None, "job_family": None}
        above = known.get(text(row, "parent_category_id") or "")
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
        rows = self.books.rows
        if any(text(c, "job_id") == job and c["status"] != "cancelled" for c in rows("contracts")):
            return "hired"
        if any(text(o, "job_id") == job for o in rows("offers")):
            return "offered"
        said = {str(p["status"]) for p in rows("proposals") if p["job_id"] == job}
        return "shortlisted" if said & {"shortlisted", "hired"} else "proposals" if said else "no proposals"

    # One method per kind of record.

    def job(self, row: Mapping[str, Any]) -> Job:
        created = moment(row, "created_at")
        published = moment(row, "published_at") or created
        assert created
        assert published
        on = self.books.local(published)
        poster = self.person(text(row, "poster_id"))
        work = self.span("employment", poster, on) or {}
        closed, status = moment(row, "closed_at"), str(row["status"])
        by = {
            "source": self.sources[row["platform"]], "platform": row["platform"], "poster": poster, "owner": poster,
            "manager": text(work, "manager_id"), "contract_type": row["contract_type"], "status": status,
            "end_reason": text(row, "close_reason"), "cost_center": text(row, "cost_center"), "po_number": text(row, "po_number"),
            "skill": frozenset(self.skills[str(row["job_id"])]), **self.category(text(row, "category_id")),
            **self.place(self.team(text(row, "team_id"), text(work, "team_id")), text(row, "country")),
        }  # fmt: skip
        over = closed or moment(row, "filled_at")
        return Job(
            str(row["job_id"]), by, status, created, published, moment(row, "approved_at"), closed,
            self.books.local(created) or date.min, on if status != "draft" else None, self.books.local(moment(row, "approved_at")),
            self.books.local(over if status == "filled" and not flag(row, "keep_open") else closed), int(row["positions"]), flag(row, "keep_open"),
        )  # fmt: skip

    def contract(self, row: Mapping[str, Any]) -> Contract:
        key, started = str(row["contract_id"]), day(row, "start_date")
        assert started
        owner = self.person(text(row, "owner_id"))
        work = self.span("employment", owner, started) or {}
        job = self.jobs.get(text(row, "job_id") or "")
        worker = self.worker(text(row, "worker_id"))
        accepted = [
            moment(o, "responded_at")
            for o in self.books.rows("offers")
            if text(o, "contract_id") == key and o["state"] == "accepted"
        ]
        hired = min((a for a in accepted if a), default=None) or moment(row, "created_at")
        by = {
            "source": self.sources[row["platform"]], "platform": row["platform"], "poster": job.by["poster"] if job else None,
            "owner": owner, "manager": text(work, "manager_id"), "contract_type": row["contract_type"], "status": row["status"],
            "end_reason": text(row, "end_reason"), "cost_center": text(row, "cost_center"), "po_number": text(row, "po_number"),
            "engagement_kind": row["kind"], "skill": job.by["skill"] if job else frozenset(),
            **worker, "supplier": text(row, "supplier_id") or worker["supplier"], **self.category(text(row, "category_id")),
            **self.place(self.team(text(row, "team_id"), text(work, "team_id")), text(row, "country")),
        }  # fmt: skip
        unit = text(row, "rate_unit")
        return Contract(
            key, by, str(row["status"]), str(worker["freelancer"]), self.books.local(hired) or date.min, started,
            day(row, "end_date"), day(row, "planned_end_date"),
            self.money(row, "bill_rate" if text(row, "bill_rate") else "rate", started) if unit == "hour" else None,
            self.money(row, "rate", started), self.money(row, "budget_amount", started),
            float(row["weekly_limit"]) if text(row, "weekly_limit") else None,
        )  # fmt: skip

    def hire(self, key: str) -> Hire | None:
        contract, row = self.contracts[key], self.raw_contracts[key]
        job = self.jobs.get(text(row, "job_id") or "")
        if job is None or contract.status == "cancelled":
            return None
        accepted = [
            moment(o, "responded_at")
            for o in self.books.rows("offers")
            if text(o, "contract_id") == key and o["state"] == "accepted"
        ]
        hired = min((a for a in accepted if a), default=None) or moment(row, "created_at")
        assert hired
        again = [
            moment(e, "at")
            for e in self.books.rows("job_events")
            if e["job_id"] == job.job and e["event"] == "reopened"
        ]
        opened = max((a for a in again if a and a <= hired), default=job.published)
        asked = [
            self.money(p, "rate", self.books.local(moment(p, "created_at")))
            for p in self.books.rows("proposals")
            if p["job_id"] == job.job and self.worker(text(p, "worker_id"))["freelancer"] == contract.freelancer
        ]
        rates = [a for a in asked if a is not None] if job.by["contract_type"] == "hourly" else []
        kept = ("source", "platform", "freelancer", "worker_country", "supplier", "engagement_kind")
        by = {
            **{k: v for k, v in job.by.items() if k not in {"status", "end_reason"}},
            **{k: contract.by[k] for k in kept},
        }
        agreed = self.money(row, "rate", contract.started_on) if text(row, "rate_unit") == "hour" else None
        return Hire(
            key, job.job, by, hired, contract.hired_on, max(opened, job.published), job.created, job.created_on,
            contract.started_on, agreed, min(rates, default=None),
        )  # fmt: skip

    def proposal(self, row: Mapping[str, Any]) -> Proposal | None:
        job, created = self.jobs.get(str(row["job_id"])), moment(row, "created_at")
        if job is None or created is None:
            return None
        by = {**{k: v for k, v in job.by.items() if k != "end_reason"}, **self.worker(text(row, "worker_id"))}
        by |= {"status": row["status"], "hire_channel": text(row, "channel")}
        on = self.books.local(created)
        assert on
        return Proposal(str(row["proposal_id"]), job.job, by, created, on, str(row["status"]), flag(row, "qualified"))

    def offer(self, row: Mapping[str, Any]) -> Offer:
        job, contract = self.jobs.get(text(row, "job_id") or ""), self.contracts.get(text(row, "contract_id") or "")
        worker = text(row, "worker_id")
        profile = self.workers.get(worker or "")
        nobody = dict.fromkeys(
            ("poster", "owner", "manager", "job_category", "job_subcategory", "job_family", "team", "division", "country",
             "region", "contract_type", "cost_center", "po_number")
        )  # fmt: skip
        empty: dict[str, Any] = {**nobody, "platform": profile["platform"] if profile else None, "skill": frozenset()}
        empty["source"] = self.sources.get(str(empty["platform"]))
        origin = job.by if job else contract.by if contract else empty
        dropped = {"end_reason", "engagement_kind"}
        by = {**{k: v for k, v in origin.items() if k not in dropped}, **self.worker(worker)}
        by |= {"status": row["state"], "hire_channel": text(row, "hire_kind")}
        sent = moment(row, "sent_at")
        answered = self.books.local(moment(row, "responded_at"))
        return Offer(
            str(row["offer_id"]), job.job if job else None, by, str(row["state"]), sent, self.books.local(sent), answered,
            job.published if job else None,
        )  # fmt: skip

    def owned(self, contract: str | None, on: date | None, team: str | None = None) -> dict[str, Any]:
        """What a contract hands down to a record of a day: its own marks, with the owner, team and manager of that day."""
        own = self.contracts.get(contract or "")
        held = self.span("owner_history", contract, on)
        owner = self.person(text(held, "owner_id")) if held else own.by["owner"] if own else None
        work = self.span("employment", owner, on) or {}
        first = text(held, "team_id") if held else own.by["team"] if own else None
        sits = self.team(team, first, text(work, "team_id"))
        given = text(self.raw_contracts[own.contract], "country") if own else None
        moved = own is not None and sits is not None and sits != own.by["team"]
        country = (
            (text(self.teams[sits], "country") if moved and sits else None)
            or given
            or (own.by["country"] if own else None)
        )
        by = dict(own.by) if own else {}
        by.pop("status", None), by.pop("end_reason", None)
        return {**by, "owner": owner, "manager": text(work, "manager_id"), **self.place(sits, country)}

    def charge(self, row: Mapping[str, Any]) -> Charge:
        on = self.books.local(moment(row, "posted_at"))
        assert on
        key = text(row, "contract_id")
        by = self.owned(key, on, text(row, "team_id"))
        if key not in self.contracts:
            worker = self.worker(text(row, "worker_id"))
            source = self.sources[row["platform"]]
            blank = dict.fromkeys(("job_category", "job_subcategory", "job_family", "poster", "contract_type"))
            by = {**by, **blank, **worker, "skill": frozenset(), "supplier": text(row, "supplier_id") or worker["supplier"],
                  "engagement_kind": "temp" if source == "staffing" else "freelance", "cost_center": None, "po_number": None}  # fmt: skip
        else:
            by["supplier"] = by["supplier"] or text(row, "supplier_id")
        by |= {"source": self.sources[row["platform"]], "platform": row["platform"], "charge_type": row["charge_type"]}
        by |= {k: text(row, k) or by[k] for k in ("cost_center", "po_number")}
        invoice = self.books.of("invoices", "invoice_id").get(text(row, "invoice_id") or "")
        return Charge(
            str(row["charge_id"]), by, key, self.kind(row), row["status"] == "final", on, day(row, "work_to") or on,
            day(invoice, "issued_on") if invoice else None, self.money(row, "amount", on),
        )  # fmt: skip

    def kind(self, row: Mapping[str, Any]) -> str:
        """The class of a line; what takes a line back or corrects it has the class of that line."""
        said = str(row["charge_type"])
        if said not in REVERSALS:
            return CLASSES[said]
        related = self.books.of("charges", "charge_id").get(text(row, "related_charge_id") or "")
        other = str(related["charge_type"]) if related else "fixed"
        return CLASSES.get(other, "work")

    def time_entry(self, row: Mapping[str, Any]) -> TimeEntry:
        on, contract = day(row, "work_date"), self.contracts[str(row["contract_id"])]
        assert on
        overtime = float(text(row, "overtime_hours") or 0)
        status = text(row, "status") or "approved"
        return TimeEntry(
            self.owned(contract.contract, on),
            contract.contract,
            on,
            float(row["hours"]),
            overtime,
            status,
            contract.hourly_rate,
        )

    def milestone(self, row: Mapping[str, Any]) -> Milestone:
        contract, due = self.contracts[str(row["contract_id"])], day(row, "due_date")
        on = due or contract.started_on
        by = {**self.owned(contract.contract, on), "status": row["state"]}
        done, accepted = (self.books.local(moment(row, k)) for k in ("submitted_at", "approved_at"))
        return Milestone(by, contract.contract, str(row["state"]), due, done, accepted, self.money(row, "amount", on))

    def feedback(self, row: Mapping[str, Any]) -> Feedback:
        on = self.books.local(moment(row, "given_at"))
        assert on
        score = float(Decimal(str(row["score"])) / Decimal(str(row["scale_max"])) * 5)
        return Feedback(self.owned(str(row["contract_id"]), on), on, row["direction"] == "client_to_worker", score)

    def amendments(self) -> list[Amendment]:
        """Every rate of a contract but its first."""
        spans: dict[str, list[date]] = defaultdict(list)
        for row in self.books.rows("rate_history"):
            first = day(row, "valid_from")
            spans[str(row["contract_id"])] += [first] if first else []
        return [
            Amendment({k: v for k, v in self.contracts[key].by.items() if k != "end_reason"}, changed)
            for key, days in spans.items()
            for changed in sorted(days)[1:]
            if key in self.contracts
        ]

    def headcount(self, row: Mapping[str, Any]) -> Headcount:
        on = day(row, "as_of")
        assert on
        by = {**self.place(self.team(text(row, "team_id")), text(row, "country")), "manager": text(row, "manager_id")}
        return Headcount(by, on, int(row["headcount"]), float(row["fte"]))

    def budget(self, row: Mapping[str, Any]) -> Budget:
        first, until = day(row, "period_from"), day(row, "period_to")
        assert first
        assert until
        family = self.category(text(row, "category_id"))
        by = {**self.place(self.team(text(row, "team_id")), None), "manager": None}
        by |= {k: family[k] for k in ("job_category", "job_family")}
        return Budget(by, first, until, self.money(row, "amount", first) or 0)
