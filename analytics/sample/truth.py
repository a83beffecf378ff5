"""The answers that the sample must give, in plain Python: loops over the generator's event log, no SQL, no data frames.

Money is in US cents, days are fractions of exact moments. Every result stands under its period and its source
(freelance, staffing, all). Groups are keyed by id; the empty key holds what belongs to nobody known.
"""

from __future__ import annotations

import csv
import json
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

FISCAL_START = 7
SPEND_CLASSES = ("work", "fee")
SOURCES = {"freelance": ("freelance",), "staffing": ("staffing",), "all": ("freelance", "staffing")}
TOP_POSTERS = 50
RULES = {
    "spend": "final lines of classes work and fee by posting day; refunds, chargebacks and adjustments take the class of their line",
    "spend_by_team": "the team that owned the contract on the posting day; a line without a contract belongs to its own team",
    "avg_spend_per_contract": "spend of lines with a contract / different contracts with such a line in the period",
    "spend_per_fte": "spend / mean full-time equivalents of the month ends in the period",
    "jobs_posted": "jobs published in the period, by the team and person who posted them on that day",
    "avg_time_to_hire": "mean days from publication, or the latest reopening before it, to hire, by day of hire; direct and cancelled contracts left out",
    "contracts": "contracts that started in the period; cancelled ones did not",
    "avg_contract_duration": "mean of last day - first day + 1, contracts that ended in the period",
}


@dataclass
class Tally:
    """What is added up for one source: first month by month, then over the months of each period."""

    spend: int = 0
    lines: int = 0
    on_contracts: int = 0
    started: int = 0
    spend_by: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    jobs_by: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    contracts_paid: set[str] = field(default_factory=set)
    hire_seconds: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    ended_days: list[int] = field(default_factory=list)

    def take(self, other: Tally) -> None:
        """Add everything of another tally."""
        self.spend += other.spend
        self.lines += other.lines
        self.on_contracts += other.on_contracts
        self.started += other.started
        for mine, theirs in ((self.spend_by, other.spend_by), (self.jobs_by, other.jobs_by)):
            for key, counted in theirs.items():
                for name, value in counted.items():
                    mine[key][name] += value
        self.contracts_paid |= other.contracts_paid
        for category, seconds in other.hire_seconds.items():
            self.hire_seconds[category] += seconds
        self.ended_days += other.ended_days


Span = tuple[date, date]
Months = dict[tuple[str, str], Tally]


def periods(first: date, until: date) -> dict[str, Span]:
    """All time, the last complete fiscal quarter and the last complete fiscal year; half-open, made of whole months."""
    after = until + timedelta(days=1)
    quarter = date(after.year, (after.month - 1) // 3 * 3 + 1, 1)
    before = date(quarter.year - (quarter.month == 1), (quarter.month - 4) % 12 + 1, 1)
    year = after.year if after.month >= FISCAL_START else after.year - 1
    return {
        "last_fiscal_quarter": (before, quarter),
        "last_fiscal_year": (date(year - 1, FISCAL_START, 1), date(year, FISCAL_START, 1)),
        "all_time": (first, after),
    }


def compute(folder: Path, first: date, until: date) -> dict[str, Any]:
    """The truth of the event log in `folder`, for a story from `first` to `until`."""
    spans = periods(first, until)
    months: Months = defaultdict(Tally)
    _add_charges(folder, months)
    _add_jobs(folder, months)
    _add_hires(folder, months)
    _add_contracts(folder, months)
    heads = list(rows(folder, "headcount"))
    results: dict[str, dict[str, Any]] = {}
    for name, span in spans.items():
        people = _full_time(heads, span)
        results[name] = {source: _result(_over(months, span, members), *people) for source, members in SOURCES.items()}
    return {
        "until": until.isoformat(),
        "currency": "USD",
        "fiscal_year_start_month": FISCAL_START,
        "rules": RULES,
        "periods": {name: {"from": span[0].isoformat(), "to": span[1].isoformat()} for name, span in spans.items()},
        "results": results,
    }


def write(folder: Path, first: date, until: date) -> None:
    """Write truth.json beside the event log."""
    found = compute(folder, first, until)
    (folder / "truth.json").write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def rows(folder: Path, name: str) -> Iterator[dict[str, str]]:
    """The events of one kind, as the log holds them: text."""
    with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def _over(months: Months, span: Span, sources: tuple[str, ...]) -> Tally:
    """Everything that happened in the months of a period. Months as text compare as the days do."""
    begin, end = span[0].isoformat()[:7], (span[1] - timedelta(days=1)).isoformat()[:7]
    total = Tally()
    for (month, source), tally in sorted(months.items()):
        if begin <= month <= end and source in sources:
            total.take(tally)
    return total


def _add_charges(folder: Path, months: Months) -> None:
    for event in rows(folder, "charged"):
        if event["status"] != "final" or event["class"] not in SPEND_CLASSES:
            continue
        month, cents = event["at"][:7], int(event["usd_cents"])
        tally = months[month, event["source"]]
        tally.spend += cents
        tally.lines += 1
        tally.spend_by["category"][event["category"]] += cents
        tally.spend_by["team"][event["team"]] += cents
        tally.spend_by["country"][event["country"]] += cents
        tally.spend_by["month"][month] += cents
        if event["contract"]:
            tally.on_contracts += cents
            tally.contracts_paid.add(event["contract"])


def _add_jobs(folder: Path, months: Months) -> None:
    for event in rows(folder, "job_published"):
        tally = months[event["at"][:7], event["source"]]
        for key in ("source", "category", "team", "poster"):
            tally.jobs_by[key][event[key]] += 1


def _add_hires(folder: Path, months: Months) -> None:
    for event in rows(folder, "hired"):
        if event["job"] and event["cancelled"] == "false":
            tally = months[event["at"][:7], event["source"]]
            tally.hire_seconds[event["category"]].append(_seconds(event["opened_at"], event["at"]))


def _add_contracts(folder: Path, months: Months) -> None:
    for event in rows(folder, "contract_started"):
        months[event["on"][:7], event["source"]].started += 1
    for event in rows(folder, "contract_ended"):
        months[event["on"][:7], event["source"]].ended_days.append(int(event["days"]))


def _full_time(heads: list[dict[str, str]], span: Span) -> tuple[Decimal | None, dict[str, Decimal]]:
    """Mean full-time equivalents over the month ends of a period: of the company, and of each team."""
    days: set[str] = set()
    total, teams = Decimal(0), defaultdict[str, Decimal](Decimal)
    for event in heads:
        if span[0].isoformat() <= event["on"] < span[1].isoformat():
            days.add(event["on"])
            total += Decimal(event["fte"])
            teams[event["team"]] += Decimal(event["fte"])
    if not days:
        return None, {}
    return total / len(days), {team: fte / len(days) for team, fte in teams.items()}


def _seconds(begin: str, end: str) -> int:
    return int((datetime.fromisoformat(end) - datetime.fromisoformat(begin)).total_seconds())


def _mean_days(seconds: list[int]) -> float | None:
    return sum(seconds) / len(seconds) / 86_400 if seconds else None


def _result(tally: Tally, fte: Decimal | None, team_fte: dict[str, Decimal]) -> dict[str, Any]:
    waits = [seconds for found in tally.hire_seconds.values() for seconds in found]
    paid, ended, by_team = len(tally.contracts_paid), tally.ended_days, tally.spend_by["team"]
    return {
        "spend": tally.spend,
        "spend_lines": tally.lines,
        "spend_by_job_category": _sorted(tally.spend_by["category"]),
        "spend_by_team": _sorted(tally.spend_by["team"]),
        "spend_by_country": _sorted(tally.spend_by["country"]),
        "spend_by_month": _sorted(tally.spend_by["month"]),
        "fte": float(fte) if fte else None,
        "spend_per_fte": float(tally.spend / fte) if fte else None,
        "spend_per_fte_by_team": {t: float(by_team[t] / n) for t, n in sorted(team_fte.items()) if t in by_team},
        "contracts_with_spend": paid,
        "avg_spend_per_contract": tally.on_contracts / paid if paid else None,
        "jobs_posted": tally.jobs_by["source"].total(),
        "jobs_posted_by_job_category": _sorted(tally.jobs_by["category"]),
        "jobs_posted_by_team": _sorted(tally.jobs_by["team"]),
        "jobs_posted_by_poster": _top(tally.jobs_by["poster"]),
        "hires_from_jobs": len(waits),
        "avg_time_to_hire": _mean_days(waits),
        "avg_time_to_hire_by_job_category": {k: _mean_days(v) for k, v in sorted(tally.hire_seconds.items())},
        "contracts": tally.started,
        "contracts_ended": len(ended),
        "avg_contract_duration": sum(ended) / len(ended) if ended else None,
    }


def _sorted(counted: Counter[str]) -> dict[str, int]:
    return dict(sorted(counted.items()))


def _top(posters: Counter[str]) -> list[list[Any]]:
    """The people who posted most, ties in the order of their ids, everyone who ties with the last one included."""
    ranked = sorted(((-n, person) for person, n in posters.items() if person))
    if len(ranked) > TOP_POSTERS:
        ranked = [row for row in ranked if row[0] <= ranked[TOP_POSTERS - 1][0]]
    return [[person, -n] for n, person in ranked]
