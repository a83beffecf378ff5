"""Turns one record of Upwork into rows of the import format; what was not given stays empty."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from analytics.sources.source import CHANGED, NAMES
from analytics.sources.upwork import mapping
from analytics.sources.upwork.cells import Gaps, amount, at, currency, day, link, moment, text

PLATFORM = "Upwork"

Row = dict[str, str]
Made = Iterator[tuple[str, Row]]
Node = Mapping[str, Any]


@dataclass(slots=True)
class Book:
    """What one record says about others, gathered while reading: by job, by contract, by term of a contract."""

    gaps: Gaps = field(default_factory=Gaps)
    jobs: dict[str, Row] = field(default_factory=dict)
    offered: dict[str, Row] = field(default_factory=dict)
    hired_at: dict[str, str] = field(default_factory=dict)
    terms: dict[str, str] = field(default_factory=dict)
    cost_center_field: str = ""


def name_of(kind: str, node: Any, name: str = "name") -> Made:
    """What the platform calls a person, team or category."""
    if native := text(at(node, "id")):
        row = {"kind": kind, "native_id": native, "name": text(at(node, name)), "email": text(at(node, "email"))}
        yield NAMES, row


def job(node: Node, book: Book) -> Made:
    """A job, the skills it asks for, and the names in it."""
    info, terms, owner = at(node, "info"), at(node, "contractTerms"), at(node, "ownership")
    changed = moment(at(info, "auditTime", "modifiedDateTime"))
    status = book.gaps.word("job status", at(info, "status"), mapping.JOB_STATUS)
    filled = moment(at(info, "filledDateTime"))
    low, high = _budget(info, terms)
    category = at(node, "classification", "subCategory") or at(node, "classification", "category")
    row = {
        "job_id": text(at(node, "id")),
        "platform": PLATFORM,
        "title": text(at(node, "content", "title")) or "(no title)",
        "category_id": text(at(category, "id")),
        "team_id": text(at(owner, "team", "id")),
        "poster_id": text(at(owner, "user", "id")),
        "contract_type": book.gaps.word("job type", at(terms, "contractType"), mapping.CONTRACT_TYPE),
        "status": status,
        "created_at": moment(at(info, "auditTime", "createdDateTime")),
        "published_at": moment(at(info, "publishDateTime")),
        "filled_at": filled,
        "closed_at": "" if status in {"open", "draft"} else filled or changed,
        "close_reason": text(at(info, "reasonName")),
        "positions": text(at(terms, "personsToHire")) or "1",
        "budget_min": amount(low),
        "budget_max": amount(high),
        # Where no amount stands in the row its currency says nothing, but every row must name one.
        "currency": currency(high, low) or "USD",
        "invites": text(at(node, "proposalsStatistics", "totalInvitesSent")),
        "keep_open": text(at(info, "keepOpenOnHire")),
        "cost_center": _custom(node, book.cost_center_field),
        "url": link(mapping.JOB_LINK, at(info, "legacyCiphertext")),
        CHANGED: changed,
    }
    book.jobs[row["job_id"]] = {
        name: row[name] for name in ("category_id", "poster_id", "created_at", "status", "cost_center")
    }
    yield "jobs", row
    for skill in dict.fromkeys(text(at(one, "preferredLabel")) for one in at(node, "classification", "skills") or ()):
        if skill:
            yield "job_skills", {"job_id": row["job_id"], "skill": skill}
    yield from name_of("person", at(owner, "user"))
    yield from name_of("team", at(owner, "team"))
    yield from name_of("category", category)


def offer(node: Node, book: Book) -> Made:
    """Notes what a contract will want to know of its offer; the row itself is made once the contract's date is known."""
    contract, agency = text(at(node, "contractDetails", "id")), at(node, "agency")
    state = book.gaps.word("offer state", at(node, "state"), mapping.OFFER_STATE)
    if state == "sent" and contract:
        state = "accepted"
    sent = moment(at(node, "lastPublishedDateTime"))
    row = {
        "offer_id": text(at(node, "id")),
        "job_id": text(at(node, "offer", "job", "id")),
        "contract_id": contract,
        "worker_id": text(at(node, "freelancer", "id")),
        "created_at": moment(at(node, "offerCreatedDateTime")),
        "sent_at": sent,
        "responded_at": "" if state == "sent" else moment(at(node, "lastUpdatedDateTime")),
        "state": state,
        "hire_kind": "" if at(node, "offer", "job", "id") else "direct",
        CHANGED: moment(at(node, "lastUpdatedDateTime")),
    }
    if contract:
        book.offered[contract] = {
            "offer_id": row["offer_id"], "job_id": row["job_id"], "owner_id": text(at(node, "contactPerson", "id")),
            "supplier_id": text(at(agency, "id")),
        }  # fmt: skip
    yield "offers", row
    yield from worker(at(node, "freelancer"), at(node, "freelancer", "location"), agency)
    yield from name_of("person", at(node, "contactPerson"))
    yield from name_of("team", at(node, "team"))


def responded(row: Row, book: Book) -> Row:
    """The offer with the moment its contract was made, which stands for the acceptance nobody tells."""
    hired = book.hired_at.get(row["contract_id"], "") if row["state"] == "accepted" else ""
    return row | {"responded_at": hired} if hired else row


def worker(node: Any, place: Any, agency: Any = None) -> Made:
    """A freelancer, and the agency behind them."""
    native, house = text(at(node, "id")), text(at(agency, "id"))
    if house and at(agency, "name"):
        yield "suppliers", {"supplier_id": house, "name": text(at(agency, "name"))}
    if native:
        row: Row = {"worker_id": native, "platform": PLATFORM, "kind": "agency" if house else "freelancer"}
        row |= {"name": text(at(node, "name")), "country": text(at(place, "countryName")), "supplier_id": house}
        yield "workers", row


def contract(node: Node, book: Book) -> Made:
    """A contract with its rates and milestones; its owner is the hiring manager, else who offered, else who posted."""
    native = text(at(node, "id"))
    noted = book.offered.get(native, {})
    asked = text(at(node, "job", "id")) or noted.get("job_id", "")
    posted = book.jobs.get(asked, {})
    status = book.gaps.word("contract status", at(node, "status"), mapping.CONTRACT_STATUS)
    start = day(at(node, "startDate"))
    created = moment(at(node, "createDate")) or start
    ends = day(at(node, "endDate"))
    row = {
        "contract_id": native,
        "platform": PLATFORM,
        "kind": "freelance",
        "title": text(at(node, "title")),
        "job_id": asked,
        "worker_id": text(at(node, "freelancer", "id")),
        "supplier_id": noted.get("supplier_id", ""),
        "team_id": text(at(node, "clientTeam", "id")),
        "owner_id": text(at(node, "hiringManager", "id")) or noted.get("owner_id", "") or posted.get("poster_id", ""),
        "category_id": posted.get("category_id", ""),
        "status": status,
        "created_at": created,
        "start_date": start,
        "end_date": "" if status == "active" else ends,
        "planned_end_date": ends if status == "active" else "",
        "end_reason": text(at(node, "closingReason", "reason")),
        "weekly_limit": _weekly_limit(node),
        "cost_center": posted.get("cost_center", ""),
        CHANGED: moment(at(node, "modifyDate")),
        **_rate(at(node, "terms")),
    }
    book.hired_at[native] = created
    yield "contracts", row
    yield from worker(at(node, "freelancer"), at(node, "freelancer", "address"), {"id": row["supplier_id"]})
    yield from name_of("person", at(node, "hiringManager"))
    yield from name_of("team", at(node, "clientTeam"))
    yield from _terms(native, at(node, "terms"), book)


def charge(node: Node, book: Book) -> Made:
    """One line of the ledger."""
    money = next((at(node, name) for name in mapping.AMOUNT_FIELDS if at(node, name, "rawValue")), None)
    subtype = at(node, "accountingSubtype")
    related = text(at(node, "relatedAssignment"))
    row = {
        "charge_id": text(at(node, "recordId")),
        "platform": PLATFORM,
        "contract_id": book.terms.get(related, ""),
        "team_id": text(at(node, "assignmentTeamId")),
        "charge_type": book.gaps.word("transaction subtype", subtype, mapping.CHARGE_TYPE),
        "status": "final",
        "posted_at": moment(at(node, "transactionCreationDate")),
        "amount": _turned(amount(money)),
        "currency": currency(money),
        "related_charge_id": text(at(node, "relatedTransactionId")),
        "invoice_id": text(at(node, "relatedInvoiceId")),
        "po_number": text(at(node, "purchaseOrderNumber")),
    }
    book.gaps.money("transaction subtype", subtype, row["amount"], row["currency"])
    yield "charges", row


def proposal(native_job: str, node: Node, book: Book) -> Made:
    """A proposal and whoever made it."""
    rate = at(node, "terms", "chargeRate")
    row = {
        "proposal_id": text(at(node, "id")),
        "job_id": native_job,
        "worker_id": text(at(node, "user", "id")),
        "created_at": moment(at(node, "auditDetails", "createdDateTime")),
        "status": book.gaps.word("proposal status", at(node, "status", "status"), mapping.PROPOSAL_STATUS),
        "rate": amount(rate),
        "currency": currency(rate),
        CHANGED: moment(at(node, "auditDetails", "modifiedDateTime")),
    }
    yield "proposals", row
    yield from worker(at(node, "user"), at(node, "user", "location"))


def _budget(info: Any, terms: Any) -> tuple[Any, Any]:
    fixed = at(terms, "fixedPriceContractTerms")
    if at(fixed, "amount"):
        return at(fixed, "amount"), at(fixed, "maxAmount") or at(fixed, "amount")
    return at(info, "hourlyBudgetMin"), at(info, "hourlyBudgetMax")


def _custom(node: Node, wanted: str) -> str:
    fields: Iterable[Any] = at(node, "customFields") or ()
    found = (one for one in fields if wanted and text(at(one, "id")) == wanted)
    return next((text(at(one, "displayValue")) or text(at(one, "value")) for one in found), "")


def _weekly_limit(node: Node) -> str:
    limits = sorted(at(node, "hourlyLimits") or (), key=lambda one: day(at(one, "startDate")))
    return text(at(limits[-1], "weeklyLimit")) if limits else ""


def _rate(terms: Any) -> Row:
    """How the work is paid: type, the newest rate and its unit."""
    kinds = (
        ("hourlyTerms", "hourlyRate", "hourly", "hour"),
        ("fixedPriceTerms", "fixedAmount", "fixed", "total"),
        ("stipendTerms", "stipendAmount", "stipend", "total"),
    )
    for name, money, kind, unit in kinds:
        if spans := sorted(at(terms, name) or (), key=lambda one: day(at(one, "startDate"))):
            paid = at(spans[-1], money)
            budget = {"budget_amount": amount(paid)} if kind == "fixed" else {}
            return {"contract_type": kind, "rate": amount(paid), "rate_unit": unit, "currency": currency(paid)} | budget
    return {"contract_type": "", "rate": "", "rate_unit": "", "currency": ""}


def _terms(native: str, terms: Any, book: Book) -> Made:
    hourly = sorted(at(terms, "hourlyTerms") or (), key=lambda one: day(at(one, "startDate")))
    for place, one in enumerate(hourly):
        after = day(at(hourly[place + 1], "startDate")) if place + 1 < len(hourly) else ""
        if len(hourly) > 1 and (start := day(at(one, "startDate"))):
            rate = at(one, "hourlyRate")
            span = {"contract_id": native, "valid_from": start, "valid_to": after}
            yield "rate_history", span | {"rate": amount(rate), "rate_unit": "hour", "currency": currency(rate)}
    for name in ("hourlyTerms", "fixedPriceTerms", "stipendTerms"):
        for one in at(terms, name) or ():
            if term := text(at(one, "id")):
                book.terms[term] = native
                yield NAMES, {"kind": "term", "native_id": term, "name": native}
            for milestone in at(one, "milestones") or ():
                yield from _milestone(native, milestone, currency(at(one, "fixedAmount")), book)


def _milestone(native: str, node: Node, agreed_in: str, book: Book) -> Made:
    paid, funded = at(node, "paid"), at(node, "fundedAmount")
    state = book.gaps.word("milestone state", at(node, "state"), mapping.MILESTONE_STATE)
    row = {
        "milestone_id": text(at(node, "id")),
        "contract_id": native,
        "sequence": text(at(node, "sequenceId")),
        "amount": amount(funded) or amount(paid),
        "funded_amount": amount(funded),
        "currency": currency(funded, paid) or agreed_in,
        "due_date": day(at(node, "dueDateTime")),
        "submitted_at": moment(at(node, "lastSubmissionCreatedTime")),
        "state": state,
    }
    yield "milestones", row


def _turned(value: str) -> str:
    if not mapping.COSTS_ARE_NEGATIVE or not value:
        return value
    return value.removeprefix("-") if value.startswith("-") else f"-{value}"
