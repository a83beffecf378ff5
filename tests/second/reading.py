"""From tables in the import format to a Log: every row attributed to its own day's team, owner, manager and rate."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from tests.second.belonging import Belonging
from tests.second.books import Books, Table, day, flag, moment, text
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

CLASSES = {
    "hourly": "work", "fixed": "work", "bonus": "work", "expense": "work", "platform_fee": "fee", "processing_fee": "fee",
    "supplier_fee": "supplier_fee", "tax": "tax", "payment_method": "funding",
}  # fmt: skip
REVERSALS = {"refund", "chargeback", "adjustment"}


def read(tables: Mapping[str, Table], *, timezone: str = "UTC", currency: str = "USD") -> Log:
    """The log of these tables. Values may be text or anything whose text is that of the import format."""
    return Reader(Books(tables, ZoneInfo(timezone), currency)).log()


class Reader(Belonging):
    """Attributes row after row; one method per kind of record."""

    def __init__(self, books: Books) -> None:
        super().__init__(books)
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
        hired = self.hired_at(key, row)
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

    def hired_at(self, contract: str, row: Mapping[str, Any]) -> datetime | None:
        """When the first offer was accepted that made the contract, else when that was made."""
        offers = self.books.all("offers", "contract_id", contract)
        accepted = [moment(o, "responded_at") for o in offers if o["state"] == "accepted"]
        return min((a for a in accepted if a), default=None) or moment(row, "created_at")

    def hire(self, key: str) -> Hire | None:
        contract, row = self.contracts[key], self.raw_contracts[key]
        job = self.jobs.get(text(row, "job_id") or "")
        if job is None or contract.status == "cancelled":
            return None
        hired = self.hired_at(key, row)
        assert hired
        again = [moment(e, "at") for e in self.books.all("job_events", "job_id", job.job) if e["event"] == "reopened"]
        opened = max((a for a in again if a and a <= hired), default=job.published)
        asked = [
            self.money(p, "rate", self.books.local(moment(p, "created_at")))
            for p in self.books.all("proposals", "job_id", job.job)
            if self.worker(text(p, "worker_id"))["freelancer"] == contract.freelancer
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
        invoice = self.books.one("invoices", "invoice_id", text(row, "invoice_id"))
        return Charge(
            str(row["charge_id"]), by, key, self.kind(row), row["status"] == "final", on, day(row, "work_to") or on,
            day(invoice, "issued_on") if invoice else None, self.money(row, "amount", on),
        )  # fmt: skip

    def kind(self, row: Mapping[str, Any]) -> str:
        """The class of a line; what takes a line back or corrects it has the class of that line."""
        said = str(row["charge_type"])
        if said not in REVERSALS:
            return CLASSES[said]
        related = self.books.one("charges", "charge_id", text(row, "related_charge_id"))
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


__all__ = ["Books", "Reader", "read"]
