"""An enterprise on Upwork, made from a seed: jobs, offers, contracts, proposals, hours and a ledger, as Upwork would hold them."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

Node = dict[str, Any]

TEAMS = {"7000000000000000001": "Brand Studio", "7000000000000000002": "Data"}
CATEGORIES = {"531770282580668420": "Illustration", "531770282580668419": "Data Science"}
COUNTRIES = ("Brazil", "India", "Poland", "Philippines", "United States")


def money(amount: Decimal | str, currency: str = "USD") -> Node:
    return {"rawValue": str(amount), "currency": currency, "displayValue": f"{currency} {amount} (shown)"}


def iso(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S") + "+0000"


@dataclass
class Company:
    organization: str = "1000000000000000001"
    accounts: tuple[str, ...] = ("900001", "900002")
    jobs: list[Node] = field(default_factory=list)
    offers: list[Node] = field(default_factory=list)
    contracts: dict[str, Node] = field(default_factory=dict)
    ledger: list[Node] = field(default_factory=list)
    proposals: dict[str, list[Node]] = field(default_factory=dict)
    time: list[Node] = field(default_factory=list)
    _next: int = 1_180_000_000_000_000_553

    def new_id(self) -> str:
        self._next += 1
        return str(self._next)

    def spend(self, *kinds: str) -> Decimal:
        """The sum of ledger lines of these subtypes, straight from the ledger."""
        lines = (line for line in self.ledger if line["accountingSubtype"] in kinds)
        return sum((Decimal(line["transactionAmount"]["rawValue"]) for line in lines), Decimal())

    def post(self, at: datetime, *, poster: int = 3, team: str = "", status: str = "ACTIVE") -> Node:
        """A new job."""
        team = team or next(iter(TEAMS))
        category = list(CATEGORIES)[list(TEAMS).index(team)]
        job: Node = {
            "id": self.new_id(),
            "version": 1,
            "info": {
                "status": status, "auditTime": {"createdDateTime": iso(at), "modifiedDateTime": iso(at)},
                "publishDateTime": iso(at + timedelta(hours=2)), "filledDateTime": None, "keepOpenOnHire": False,
                "legacyCiphertext": f"~01{self._next:x}", "reasonName": None,
                "hourlyBudgetMin": money("40"), "hourlyBudgetMax": money("80.50"),
            },
            "ownership": {"user": person(poster), "team": {"id": team, "name": TEAMS[team]}},
            "content": {"title": f"Job {len(self.jobs) + 1}", "description": "not asked for"},
            "classification": {"category": {"id": "531770282580668418", "name": "All"}, "subCategory": {"id": category, "name": CATEGORIES[category]}, "skills": [{"id": "1", "preferredLabel": "Figma"}, {"id": "2", "preferredLabel": "Python"}]},
            "contractTerms": {"contractType": "HOURLY", "personsToHire": 1, "fixedPriceContractTerms": None},
            "proposalsStatistics": {"totalInvitesSent": 2},
            "customFields": [{"id": "55", "displayValue": "CC-7", "value": "7"}],
        }  # fmt: skip
        self.jobs.append(job)
        self.proposals[job["id"]] = []
        return job

    def hire(self, job: Node, at: datetime, worker: int, *, fixed: bool = False, rate: str = "60.00") -> Node:
        """An accepted offer, its contract, and the job filled."""
        contract_id, offer_id, term = self.new_id(), self.new_id(), str(3_000_000 + len(self.contracts))
        team, owner = job["ownership"]["team"], job["ownership"]["user"]
        freelancer = {"id": str(40_000 + worker), "name": f"Worker {worker}"}
        place = {"countryName": COUNTRIES[worker % len(COUNTRIES)]}
        start = (at + timedelta(days=1)).date().isoformat()
        hourly = [{"id": term, "hourlyRate": money(rate), "startDate": start, "endDate": None}]
        milestones = [{"id": f"{term}1", "sequenceId": 1, "state": "ACTIVE", "dueDateTime": iso(at + timedelta(days=20)), "lastSubmissionCreatedTime": iso(at + timedelta(days=15)), "paid": None, "fundedAmount": money("900")}]  # fmt: skip
        whole = [
            {"id": term, "fixedAmount": money("900.00"), "startDate": start, "endDate": None, "milestones": milestones}
        ]
        terms = {
            "hourlyTerms": None if fixed else hourly,
            "fixedPriceTerms": whole if fixed else None,
            "stipendTerms": None,
        }
        contract = {
            "id": contract_id, "title": job["content"]["title"], "status": "ACTIVE", "closingReason": None,
            "createDate": iso(at), "modifyDate": iso(at), "startDate": start, "endDate": None, "offerId": offer_id,
            "offer": {"id": offer_id}, "job": {"id": job["id"]}, "freelancer": freelancer | {"address": place},
            "clientTeam": dict(team), "hiringManager": dict(owner),
            "hourlyLimits": [{"id": "1", "weeklyLimit": "40", "startDate": start, "endDate": None}], "terms": terms,
        }  # fmt: skip
        offer = {
            "id": offer_id, "title": "Offer", "state": "ACCEPTED", "team": dict(team), "contactPerson": dict(owner),
            "freelancer": freelancer | {"location": place}, "agency": None, "offerCreatedDateTime": iso(at - timedelta(days=1)),
            "lastPublishedDateTime": iso(at - timedelta(hours=20)), "lastUpdatedDateTime": iso(at),
            "offer": {"id": offer_id, "job": {"id": job["id"]}}, "contractDetails": {"id": contract_id},
        }  # fmt: skip
        self.contracts[contract_id] = contract
        self.offers.append(offer)
        job["info"] |= {"status": "FILLED", "filledDateTime": iso(at)}
        self.touch(job, at)
        return contract

    def touch(self, job: Node, at: datetime) -> None:
        """The job was changed."""
        job["version"] += 1
        job["info"]["auditTime"]["modifiedDateTime"] = iso(at)

    def charge(
        self, contract: Node | None, at: datetime, amount: Decimal | str, kind: str = "Hourly", **more: Any
    ) -> Node:
        """A line of the ledger."""
        terms = (contract or {}).get("terms") or {}
        term = next((int(one[0]["id"]) for one in terms.values() if one), None)
        line = {
            "rowNumber": len(self.ledger) + 1, "recordId": self.new_id(), "type": "APInvoice", "accountingSubtype": kind,
            "transactionCreationDate": iso(at), "transactionAmount": money(amount), "amountSentInOrigCurrency": None,
            "relatedAssignment": term, "relatedTransactionId": None, "relatedInvoiceId": None, "purchaseOrderNumber": None,
            "assignmentTeamId": contract["clientTeam"]["id"] if contract else None, **more,
        }  # fmt: skip
        self.ledger.append(line)
        return line

    def propose(self, job: Node, at: datetime, worker: int, status: str = "PENDING") -> Node:
        """A proposal for a job."""
        one = {
            "id": self.new_id(), "user": {"id": str(40_000 + worker), "name": f"Worker {worker}", "location": {"countryName": COUNTRIES[worker % len(COUNTRIES)]}},
            "terms": {"chargeRate": money("55.00")}, "auditDetails": {"createdDateTime": iso(at), "modifiedDateTime": iso(at)},
            "status": {"status": status},
        }  # fmt: skip
        self.proposals[job["id"]].append(one)
        return one

    def work(self, contract: Node, day: date, hours: float, memo: str = "") -> Node:
        """Hours on one day."""
        one = {
            "id": "", "dateWorkedOn": day.isoformat(), "totalHoursWorked": hours, "totalCharges": hours * 60, "task": "", "memo": memo,
            "termId": contract["terms"]["hourlyTerms"][0]["id"], "contract": {"id": contract["id"]},
        }  # fmt: skip
        self.time.append(one)
        return one


def person(number: int) -> Node:
    return {
        "id": str(20_000 + number),
        "nid": f"p{number}",
        "name": f"Person {number}",
        "email": f"P{number}@Contoso.example",
    }


def make_company(
    seed: int, contracts: int, charges: int, until: date, *, days: int = 365, proposals: int = 2
) -> Company:
    """A year of an enterprise: as many contracts as asked, each from a job of its own, and so many ledger lines."""
    chance = random.Random(seed)
    company = Company()
    end = datetime(until.year, until.month, until.day, 12, tzinfo=UTC)
    hired = []
    for number in range(contracts):
        posted = end - timedelta(days=days * (1 - number / contracts), hours=chance.uniform(0, 20))
        team = list(TEAMS)[number % 2]
        job = company.post(posted, poster=3 if number % 2 == 0 else 4, team=team)
        for n in range(proposals):
            company.propose(job, posted + timedelta(hours=3 + n), chance.randrange(contracts))
        at = min(posted + timedelta(days=chance.uniform(1, 12)), end)
        hired.append((company.hire(job, at, chance.randrange(max(contracts // 2, 1)), fixed=number % 4 == 3), at))
    for number in range(charges):
        contract, at = hired[number % contracts]
        paid = at + (end - at) * chance.random()
        kind = chance.choices(("Hourly", "Bonus", "Service Fee", "VAT"), (8, 1, 2, 1))[0]
        company.charge(contract, paid, Decimal(chance.randrange(1_00, 2_000_00)) / 100, kind)
    return company
