"""Small random companies in the import format, crowded with the cases that make numbers lie."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from random import Random
from typing import Any

Row = dict[str, Any]
Rows = dict[str, list[Row]]

FIRST, LAST = date(2025, 6, 1), date(2026, 11, 19)
DAYS = (LAST - FIRST).days
TEAMS = ("T1", "T2", "T3", "T4", "T5")
PEOPLE = tuple(f"P{n}" for n in range(1, 9))
CATEGORIES = ("K1", "K1-1", "K2", "K3", "K9", "")
CURRENCIES = ("USD", "USD", "USD", "EUR", "JPY")
SKILLS = tuple(f"Skill {n}" for n in range(16))


def company(rng: Random, jobs: int = 40) -> Rows:
    """A company with about twice as many contracts as jobs and five times as many charges."""
    rows = organisation()
    workers = [str(r["worker_id"]) for r in rows["workers!"]]
    rows["jobs!"] = [_job(rng, n) for n in range(jobs)]
    rows["job_skills!"] = [
        {"job_id": job["job_id"], "skill": s}
        for job in rows["jobs!"]
        for s in rng.sample(SKILLS, rng.choice((0, 1, 2, 3)))
    ]
    rows["contracts!"] = [_contract(rng, n, rows["jobs!"], workers) for n in range(2 * jobs)]
    rows["contracts!"] += [_temp(rng, n) for n in range(12)]
    rows["job_events!"] = _reopenings(rng, rows["jobs!"])
    rows["proposals!"] = [_proposal(rng, n, rows, workers) for n in range(5 * jobs)] if jobs else []
    rows["offers!"] = [_offer(rng, n, rows, workers) for n in range(jobs)]
    contracts = rows["contracts!"]
    rows["owner_history!"] = [s for c in contracts if rng.random() < 0.2 for s in _owners(rng, c)]
    rows["rate_history!"] = [s for c in contracts if rng.random() < 0.3 for s in _rates(rng, c)]
    rows["milestones!"] = [
        _milestone(rng, c, n)
        for c in contracts
        if c.get("contract_type") == "fixed"
        for n in range(rng.choice((0, 1, 3)))
    ]
    rows["invoices!"] = [{"invoice_id": f"I{n}", "issued_on": str(_day(rng)), "total": "100"} for n in range(5)]
    rows["charges!"] = _charges(rng, contracts, workers, 5 * jobs)
    rows["time_entries!"] = [_hours(rng, n, contracts) for n in range(4 * jobs)] if contracts else []
    rows["feedback!"] = [_feedback(rng, n, contracts) for n in range(jobs)] if contracts else []
    return rows


def organisation() -> Rows:
    """Five teams below one root, one of them merged; people who moved; two freelance platforms and one of staffing."""
    months = [
        date(2025, 5, 31),
        *(d for n in range(DAYS) if ((d := FIRST + timedelta(days=n)) + timedelta(days=1)).day == 1),
    ]
    return {
        "platforms!": [{"platform": "Upwork"}, {"platform": "Toptal"}, {"platform": "Beeline", "source": "staffing"}],
        "people!": [{"person_id": p, "name": f"Person {p}", "active": str(p != "P8").lower()} for p in PEOPLE],
        "teams!": [
            {"team_id": "T0", "name": "Contoso", "head_person_id": "P1"},
            {"team_id": "T1", "name": "Brand", "parent_team_id": "T0", "head_person_id": "P2", "country": "Germany"},
            {"team_id": "T2", "name": "Data", "parent_team_id": "T0", "head_person_id": "P3", "country": "France"},
            {"team_id": "T3", "name": "Lab", "parent_team_id": "T2", "head_person_id": "P4", "country": "Brazil"},
            {"team_id": "T4", "name": "Print", "parent_team_id": "T0", "country": "Germany", "valid_to": "2026-03-01", "successor_team_id": "T1"},
            {"team_id": "T5", "name": "Ops", "parent_team_id": "T0", "country": ""},
        ],
        "employment!": [
            {"person_id": "P1", "team_id": "T0"},
            {"person_id": "P2", "team_id": "T1", "manager_id": "P1"},
            {"person_id": "P3", "team_id": "T2", "manager_id": "P1"},
            {"person_id": "P4", "team_id": "T3", "manager_id": "P3"},
            {"person_id": "P5", "team_id": "T1", "manager_id": "P2", "valid_to": "2026-04-01"},
            {"person_id": "P5", "team_id": "T2", "manager_id": "P3", "valid_from": "2026-04-01"},
            {"person_id": "P6", "team_id": "T4", "manager_id": "P2", "valid_to": "2026-03-01"},
            {"person_id": "P6", "team_id": "T1", "manager_id": "P2", "valid_from": "2026-03-01"},
            {"person_id": "P7", "team_id": "T5", "manager_id": "P1"},
            {"person_id": "P8", "team_id": "T2", "manager_id": "P3", "valid_to": "2026-05-15"},
        ],
        "categories!": [
            {"category_id": "K1", "name": "Design", "job_family": "Creative"},
            {"category_id": "K1-1", "name": "Logos", "parent_category_id": "K1"},
            {"category_id": "K2", "name": "Data", "job_family": "Tech"},
            {"category_id": "K3", "name": "Misc"},
        ],
        "suppliers!": [{"supplier_id": "S1", "name": "Northwind"}, {"supplier_id": "S2", "name": "Fabrikam"}],
        "workers!": [
            *({"worker_id": f"W{n}", "platform": "Upwork", "name": f"Worker {n}", "country": ("Brazil", "India", "")[n % 3]} for n in range(1, 8)),
            {"worker_id": "W8", "platform": "Toptal", "name": "Worker 8", "person_key": "h1"},
            {"worker_id": "W9", "platform": "Upwork", "name": "Worker 9", "person_key": "h1"},
            {"worker_id": "W10", "platform": "Upwork", "name": "Worker 10", "supplier_id": "S2"},
            *({"worker_id": f"W{n}", "platform": "Toptal", "name": f"Worker {n}", "country": "Chile"} for n in range(30, 42)),
            *({"worker_id": f"W{n}", "platform": "Beeline", "kind": "temp", "name": f"Temp {n}", "supplier_id": "S1"} for n in range(20, 26)),
        ],
        "headcount!": [
            {"as_of": str(m), "team_id": t, "manager_id": boss, "headcount": str(20 + 3 * i + n), "fte": f"{18 + 2 * i + n / 4:.2f}"}
            for n, m in enumerate(months)
            for i, (t, boss) in enumerate((("T1", "P2"), ("T2", "P3"), ("T3", "P4"), ("T5", "P1"), ("", "P1")))
        ],
        "budgets!": [
            {"budget_id": "G1", "team_id": "T1", "category_id": "K1", "period_from": "2026-07-01", "period_to": "2027-07-01", "amount": "100000.01"},
            {"budget_id": "G2", "team_id": "T2", "period_from": "2025-07-01", "period_to": "2026-07-01", "amount": "77777"},
            {"budget_id": "G3", "team_id": "", "category_id": "K2", "period_from": "2026-10-01", "period_to": "2027-01-01", "amount": "5000"},
        ],
        "fx_rates!": [
            *({"rate_date": str(FIRST + timedelta(days=n)), "from_currency": "EUR", "to_currency": "USD", "rate": f"{1.05 + n % 17 / 100:.4f}"} for n in range(0, DAYS, 3)),
            *({"rate_date": str(FIRST + timedelta(days=n)), "from_currency": "JPY", "to_currency": "USD", "rate": f"0.006{n % 89:02}"} for n in range(0, DAYS, 11)),
        ],
    }  # fmt: skip


def _day(rng: Random, first: date = FIRST, last: date = LAST) -> date:
    """A day; often the first or last of a month, where periods break."""
    found = first + timedelta(days=rng.randrange(max((last - first).days, 1)))
    if rng.random() < 0.35:
        edge = found.replace(day=1) - timedelta(days=rng.choice((0, 1)))
        return max(min(edge, last), first)
    return found


def _edge(rng: Random, day: date) -> date:
    """The day, or as often the last of its month or the first of the next."""
    first = (day.replace(day=1) + timedelta(days=32)).replace(day=1)
    return rng.choice((day, day, first, first - timedelta(days=1)))


def _moment(rng: Random, day: date) -> str:
    """A moment of a day; often close to midnight, where zones disagree."""
    hour = rng.choice((0, 23, 22, 8, 12, 15))
    return f"{day}T{hour:02}:{rng.randrange(60):02}:00Z"


def _after(rng: Random, moment: str, days: float) -> str:
    found = datetime.fromisoformat(moment) + timedelta(days=days * rng.random())
    return min(found, datetime.fromisoformat("2026-11-19T12:00:00Z")).strftime("%Y-%m-%dT%H:%M:%SZ")


def _job(rng: Random, n: int) -> Row:
    created = _moment(rng, _day(rng))
    approved = _after(rng, created, 3 if rng.random() < 0.9 else -2)
    published = _after(rng, max(created, approved), 2)
    status = rng.choice(("open", "open", "filled", "filled", "filled", "cancelled", "expired", "draft"))
    closed = _after(rng, published, 60) if status in {"filled", "cancelled", "expired"} else ""
    if closed and rng.random() < 0.3:
        closed = max(_moment(rng, _edge(rng, date.fromisoformat(published[:10]))), published)
    return {
        "job_id": f"J{n}", "platform": rng.choice(("Upwork", "Upwork", "Toptal", "Beeline")), "category_id": rng.choice(CATEGORIES),
        "team_id": rng.choice((*TEAMS, "", "TX")), "poster_id": rng.choice((*PEOPLE, "", "PX")), "country": rng.choice(("", "", "", "Spain")),
        "contract_type": rng.choice(("hourly", "hourly", "fixed")), "status": status, "created_at": created,
        "approved_at": approved if rng.random() < 0.8 else "", "published_at": "" if status == "draft" else published,
        "closed_at": closed if status != "filled" or rng.random() < 0.8 else "", "filled_at": closed if status == "filled" else "",
        "positions": rng.choice(("1", "1", "1", "2", "3")), "keep_open": rng.choice(("", "", "true", "false")),
        "budget_max": rng.choice(("", "900", "5000.5")), "currency": rng.choice(CURRENCIES), "close_reason": rng.choice(("", "No budget")),
        "cost_center": rng.choice(("", "CC1")),
    }  # fmt: skip


def _contract(rng: Random, n: int, jobs: list[Row], workers: list[str]) -> Row:
    job = rng.choice(jobs) if jobs and rng.random() < 0.7 else None
    if job and (job["status"] == "draft" or (job["status"] == "cancelled" and rng.random() < 0.8)):
        job = None
    # Now and then somebody was hired before the job was posted: an error of the data, and no negative wait.
    created = _after(rng, job["published_at"], 45 if rng.random() < 0.92 else -9) if job else _moment(rng, _day(rng))
    start = date.fromisoformat(created[:10]) + timedelta(days=rng.choice((0, 0, 1, 9, 20)))
    if job is None and rng.random() < 0.25:
        start -= timedelta(days=rng.choice((200, 400, 600)))
    status = rng.choice(("active", "active", "ended", "ended", "ended", "cancelled"))
    last = _edge(rng, start + timedelta(days=rng.choice((0, 5, 30, 100, 250, 500))))
    over = last <= LAST
    ended = "" if status == "active" and rng.random() < 0.85 else str(last)
    kind = rng.choice(("hourly", "hourly", "fixed", "stipend"))
    return {
        "contract_id": f"C{n}", "platform": rng.choice(("Upwork", "Toptal", "Beeline")), "kind": rng.choice(("freelance", "sow")),
        "job_id": job["job_id"] if job else rng.choice(("", "JX")), "worker_id": rng.choice((*workers, *workers, "WX")),
        "supplier_id": rng.choice(("", "", "", "S1")), "team_id": rng.choice((*TEAMS, "", "TX")), "owner_id": rng.choice((*PEOPLE, "", "PX")),
        "category_id": rng.choice(CATEGORIES), "country": rng.choice(("", "", "Spain")), "contract_type": kind,
        "status": status if over or status != "ended" else "active", "created_at": created, "start_date": str(start),
        "end_date": ended if over or status == "active" else "",
        "planned_end_date": rng.choice(("", str(last), str(last + timedelta(days=20)), "2026-12-15")),
        "rate": rng.choice(("", "40", "62.5", "80")), "rate_unit": "hour" if kind == "hourly" else "total",
        "bill_rate": rng.choice(("", "71.55")), "weekly_limit": rng.choice(("", "40", "17.5")), "budget_amount": rng.choice(("", "0", "1000", "2500.25")),
        "currency": rng.choice(CURRENCIES), "cost_center": rng.choice(("", "CC1", "CC2")), "po_number": rng.choice(("", "PO1")), "end_reason": rng.choice(("", "Done")),
    }  # fmt: skip


def _temp(rng: Random, n: int) -> Row:
    """Enough staffing in one category and country that freelance hours there can be compared with it."""
    start = _day(rng)
    return {
        "contract_id": f"D{n}", "platform": "Beeline", "kind": "temp", "worker_id": f"W{20 + n % 6}", "team_id": "T1",
        "owner_id": rng.choice(PEOPLE), "category_id": "K1", "created_at": _moment(rng, start), "start_date": str(start),
        "contract_type": "hourly", "rate": str(50 + n), "rate_unit": "hour", "bill_rate": str(75 + 3 * n), "status": "active",
    }  # fmt: skip


def _reopenings(rng: Random, jobs: list[Row]) -> list[Row]:
    chosen = [job for job in jobs if job["published_at"] and rng.random() < 0.25]
    return [{"job_id": j["job_id"], "event": "reopened", "at": _after(rng, j["published_at"], 40)} for j in chosen]


def _proposal(rng: Random, n: int, rows: Rows, workers: list[str]) -> Row:
    job = rng.choice(rows["jobs!"])
    hired = [c["worker_id"] for c in rows["contracts!"] if c.get("job_id") == job["job_id"]]
    worker = rng.choice(hired) if hired and rng.random() < 0.5 else rng.choice(workers)
    return {
        "proposal_id": f"B{n}", "job_id": job["job_id"], "worker_id": worker,
        "created_at": _after(rng, job["published_at"] or job["created_at"], 20 if rng.random() < 0.9 else -1), "rate": rng.choice(("", "35", "66.66")),
        "status": rng.choice(("submitted", "submitted", "shortlisted", "declined", "withdrawn", "hired")),
        "currency": rng.choice(CURRENCIES), "qualified": rng.choice(("", "true", "true", "false")), "channel": rng.choice(("", "applied", "invited")),
    }  # fmt: skip


def _offer(rng: Random, n: int, rows: Rows, workers: list[str]) -> Row:
    contract = rng.choice(rows["contracts!"]) if rng.random() < 0.5 else None
    state = (
        rng.choice(("accepted", "accepted", "sent", "declined", "withdrawn", "expired")) if not contract else "accepted"
    )
    job = contract.get("job_id", "") if contract else rng.choice((*(j["job_id"] for j in rows["jobs!"]), ""))
    sent = contract["created_at"] if contract else _moment(rng, _day(rng))
    return {
        "offer_id": f"O{n}", "job_id": job, "contract_id": contract["contract_id"] if contract else "", "state": state,
        "worker_id": contract["worker_id"] if contract else rng.choice(workers), "created_at": sent, "sent_at": sent,
        "responded_at": "" if state == "sent" else _after(rng, sent, 6), "hire_kind": rng.choice(("", "new", "rehire")),
    }  # fmt: skip


def _owners(rng: Random, contract: Row) -> list[Row]:
    begin = date.fromisoformat(contract["start_date"])
    change = begin + timedelta(days=rng.choice((0, 7, 40)))
    until = rng.choice(("", str(change + timedelta(days=60))))
    own = {"contract_id": contract["contract_id"], "team_id": contract["team_id"], "owner_id": contract["owner_id"]}
    spans = (
        [{**own, "valid_from": str(begin), "valid_to": str(change)}] if change > begin and rng.random() < 0.7 else []
    )
    new = {"team_id": rng.choice((*TEAMS, "")), "owner_id": rng.choice((*PEOPLE, ""))}
    return [*spans, {"contract_id": contract["contract_id"], "valid_from": str(change), "valid_to": until, **new}]


def _rates(rng: Random, contract: Row) -> list[Row]:
    begin = date.fromisoformat(contract["start_date"])
    days = sorted({begin, begin + timedelta(days=rng.randrange(1, 90)), begin + timedelta(days=rng.randrange(1, 90))})
    return [
        {
            "contract_id": contract["contract_id"],
            "valid_from": str(d),
            "rate": "50",
            "rate_unit": "hour",
            "currency": "USD",
        }
        for d in days
    ]


def _milestone(rng: Random, contract: Row, n: int) -> Row:
    due = _edge(rng, date.fromisoformat(contract["start_date"]) + timedelta(days=rng.randrange(1, 120)))
    done = _moment(rng, due + timedelta(days=rng.choice((-2, 0, 1)))) if rng.random() < 0.6 else ""
    return {
        "milestone_id": f"M{contract['contract_id']}{n}", "contract_id": contract["contract_id"], "sequence": str(n + 1),
        "amount": str(rng.randrange(100, 900)), "due_date": rng.choice((str(due), str(due), "")), "submitted_at": done,
        "approved_at": _moment(rng, _edge(rng, due)) if done and rng.random() < 0.7 else "", "currency": rng.choice(CURRENCIES),
        "state": rng.choice(("planned", "submitted", "approved", "cancelled")),
    }  # fmt: skip


def _charges(rng: Random, contracts: list[Row], workers: list[str], count: int) -> list[Row]:
    out: list[Row] = []
    types = (
        "hourly",
        "hourly",
        "fixed",
        "bonus",
        "expense",
        "platform_fee",
        "processing_fee",
        "supplier_fee",
        "tax",
        "payment_method",
    )
    for n in range(count):
        contract = rng.choice(contracts) if contracts and rng.random() < 0.85 else None
        back = rng.choice(out) if out and rng.random() < 0.2 else None
        kind = rng.choice(("refund", "chargeback", "adjustment")) if back else rng.choice(types)
        amount = rng.randrange(100, 200000) / 100 * (-1 if back or kind == "supplier_fee" else 1)
        day = _day(rng)
        out.append({
            "charge_id": f"X{n}", "platform": contract["platform"] if contract else rng.choice(("Upwork", "Beeline")),
            "contract_id": contract["contract_id"] if contract else rng.choice(("", "", "CX")),
            "worker_id": "" if contract else rng.choice((*workers, *[""] * 9)), "supplier_id": rng.choice(("", "", "S1")),
            "team_id": rng.choice(("", "", "", "T1", "TX")), "charge_type": kind, "status": rng.choice(("final",) * 6 + ("preliminary",)),
            "posted_at": _moment(rng, day), "work_to": rng.choice(("", str(day - timedelta(days=9)))), "amount": f"{amount:.2f}",
            "currency": rng.choice(CURRENCIES), "related_charge_id": (back["charge_id"] if rng.random() < 0.9 else "") if back else "",
            "invoice_id": rng.choice(("", "I1", "I2", "IX")), "cost_center": rng.choice(("", "", "CC3")), "po_number": rng.choice(("", "", "PO2")),
        })  # fmt: skip
    return out


def _hours(rng: Random, n: int, contracts: list[Row]) -> Row:
    contract = rng.choice(contracts)
    begin = date.fromisoformat(contract["start_date"])
    hours = rng.choice((1.5, 4, 7.75, 8, 10))
    return {
        "time_id": f"H{n}", "contract_id": contract["contract_id"], "work_date": str(_day(rng, begin, max(LAST, begin))),
        "hours": str(hours), "overtime_hours": rng.choice(("", "0", "1.5")), "status": rng.choice(("approved", "approved", "submitted", "rejected", "")),
    }  # fmt: skip


def _feedback(rng: Random, n: int, contracts: list[Row]) -> Row:
    return {
        "feedback_id": f"R{n}", "contract_id": rng.choice(contracts)["contract_id"], "given_at": _moment(rng, _day(rng)),
        "direction": rng.choice(("client_to_worker", "client_to_worker", "worker_to_client")), "score": rng.choice(("1", "3.5", "5", "4")),
        "scale_max": rng.choice(("5", "10")), "private": rng.choice(("", "true")),
    }  # fmt: skip
