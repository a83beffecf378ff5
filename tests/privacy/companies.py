"""A small company for attackers: paid, rated and at work on a few hundred days, in few teams, so that groups are small."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from tests.soundness.rows import Row, charge, contract
from tests.world import World

OVER_TEAMS = {"T0": ("T1", "T2", "T3"), "T2": ("T3",)}
FIRST = date(2026, 7, 1)
DAYS = 140


def company(folder: Path, seed: int) -> World:
    """Sixty freelancers and twenty temps in four teams, three categories and two countries; forty temps without charges."""
    chance = random.Random(seed)
    people = [
        (f"W{n:02}", "Beeline" if n > 60 else chance.choice(["Upwork", "Upwork", "Fiverr"])) for n in range(2, 82)
    ]
    contracts = [_contract(chance, who, where) for who, where in people]
    # Savings are held against staffing's rates, of which there have to be ten in a category and a country.
    temps = [(f"S{n:02}", "Beeline") for n in range(40)]
    contracts += [_contract(chance, who, where, category_id="K1") for who, where in temps]
    teams = [
        {"team_id": one, "name": f"Team {one}", "country": where, "parent_team_id": over}
        for one, where, over in (
            ("T0", "Germany", ""), ("T1", "Germany", "T0"), ("T2", "France", "T0"), ("T3", "France", "T2")
        )
    ]  # fmt: skip
    return World(folder, {
        "platforms": [{"platform": "Fiverr"}],
        "teams!": [{"head_person_id": "P1", **one} for one in teams],
        "categories": [{"category_id": "K2", "name": "Web", "job_family": "Tech"}, {"category_id": "K3", "name": "Data", "job_family": "Tech"}],
        "workers": [_worker(chance, who, where) for who, where in [*people, *temps]],
        "contracts": contracts,
        "charges": [_charge(chance, number, *chance.choice(people)) for number in range(420)],
        "time_entries": _some(chance, people, 420, _entry),
        "feedback": _some(chance, people, 320, _rating),
        "milestones": _some(chance, people, 320, _milestone),
    })  # fmt: skip


def _contract(chance: random.Random, who: str, where: str, **more: Any) -> Row:
    ended = chance.random() < 0.4
    start = date(2026, chance.randint(6, 9), chance.randint(1, 28))
    hourly = chance.random() < 0.8
    return contract(
        f"C{who}", str(start), worker_id=who, platform=where, kind="temp" if where == "Beeline" else "freelance",
        team_id=chance.choice(["T0", "T1", "T1", "T2", "T3"]), contract_type="hourly" if hourly else "fixed",
        rate=str(chance.randint(2_000, 9_000) / 100), rate_unit="hour" if hourly else "total", weekly_limit="30",
        status="ended" if ended else "active", end_date=str(start + timedelta(chance.randint(20, 60))) if ended else "",
        planned_end_date=f"2027-{chance.randint(1, 6):02}-15", budget_amount=str(chance.randint(500, 9_000)),
        **{"category_id": chance.choice(["K1", "K1", "K2", "K3"]), **more},
    )  # fmt: skip


def _worker(chance: random.Random, who: str, where: str) -> Row:
    return {
        "worker_id": who, "name": f"Worker {who}", "platform": where, "country": chance.choice(["Brazil", "Brazil", "India", "Spain"])
    }  # fmt: skip


def _day(chance: random.Random) -> date:
    return FIRST + timedelta(chance.randrange(DAYS))


def _charge(chance: random.Random, number: int, who: str, where: str) -> Row:
    kind = chance.choice(["hourly", "hourly", "hourly", "bonus", "hourly" if where == "Beeline" else "platform_fee"])
    amount = chance.randint(100, 9_999) / 100
    return charge(f"X{number}", str(_day(chance)), amount, contract_id=f"C{who}", platform=where, charge_type=kind)


def _some(
    chance: random.Random, people: list[tuple[str, str]], count: int, made: Callable[[random.Random, str, str], Row]
) -> list[Row]:
    return [made(chance, str(number), f"C{chance.choice(people)[0]}") for number in range(count)]


def _entry(chance: random.Random, number: str, of: str) -> Row:
    return {
        "time_id": f"H{number}",
        "contract_id": of,
        "work_date": str(_day(chance)),
        "hours": str(chance.randint(4, 36) / 4),
    }


def _rating(chance: random.Random, number: str, of: str) -> Row:
    way = "worker_to_client" if chance.random() < 0.2 else "client_to_worker"
    at = f"{_day(chance)}T12:00:00Z"
    return {
        "feedback_id": f"R{number}",
        "contract_id": of,
        "given_at": at,
        "direction": way,
        "score": str(chance.randint(10, 50) / 10),
    }


def _milestone(chance: random.Random, number: str, of: str) -> Row:
    day = _day(chance)
    approved = {"approved_at": f"{day}T12:00:00Z", "state": "approved"} if chance.random() < 0.8 else {}
    return {
        "milestone_id": f"M{number}",
        "contract_id": of,
        "amount": str(chance.randint(50, 3_000)),
        "due_date": str(day),
        **approved,
    }
