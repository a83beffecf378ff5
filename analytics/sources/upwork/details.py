"""Hours and proposals: many calls for little each, so a first reading goes back in time over several syncs, newest first."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from analytics.sources.upwork import mapping
from analytics.sources.upwork.cells import at, day, text
from analytics.sources.upwork.client import Client, Wrong
from analytics.sources.upwork.documents import PROPOSALS, TIME
from analytics.sources.upwork.pages import Node, Pages, gathered
from analytics.sources.upwork.selection import Refused

FOLLOW = "older ones follow with the next syncs."
NEVER = "older ones do not fit into the requests of one day, and may not be kept from one sync to the next."

WINDOW = timedelta(days=45)
"""Hours are billed weekly and refunds come late, so the last weeks are read again each time."""


@dataclass(slots=True)
class Progress:
    """How far back a table is whole (ISO day, "" = nothing yet), and why it is not whole if so."""

    since: str = ""
    missing: str = ""


@dataclass(frozen=True, slots=True)
class Budget:
    """Going further back than before ends when the sync has made so many calls."""

    client: Client
    until: int

    def spent(self) -> bool:
        """Whether it is used up."""
        return self.client.tally.calls >= self.until


@dataclass(slots=True)
class Hours:
    """The days of one reading, in the date format that the platform accepted last."""

    client: Client
    format: str

    async def between(self, first: date, last: date) -> list[Node]:
        """Everything worked on these days, both included. The other date format is tried where one is refused."""
        formats = sorted(mapping.DATE_FORMATS, key=lambda one: one != self.format)
        for place, chosen in enumerate(formats):
            span = {"rangeStart": f"{first:{chosen}}", "rangeEnd": f"{last:{chosen}}"}
            try:
                found = await gathered(self.client, _time_pages(span))
            except Wrong:
                if place + 1 == len(formats):
                    raise
                continue
            self.format = chosen
            return found
        return []


async def hours(reader: Hours, done: Progress, first: date, today: date, budget: Budget) -> AsyncIterator[list[Node]]:
    """The last weeks, then month by month further back to `first`; `done` says how far it came."""
    start = today - WINDOW
    reached = date.fromisoformat(done.since) if done.since else start + timedelta(days=1)
    try:
        yield await reader.between(max(start, first), today)
        reached = min(reached, max(start, first))
        while reached > first and not budget.spent():
            month = max(first, (reached - timedelta(days=1)).replace(day=1))
            yield await reader.between(month, reached - timedelta(days=1))
            reached = month
    except Refused as refused:
        done.missing = f"the key may not read {', '.join(refused.fields)}, so there are no hours."
        return
    done.since = reached.isoformat()
    if reached > first:
        done.missing = f"hours have been read back to {reached} so far; {FOLLOW}"


async def proposals(
    client: Client, done: Progress, jobs: Mapping[str, Mapping[str, str]], now: datetime, budget: Budget
) -> AsyncIterator[tuple[str, list[Node]]]:
    """(job, proposals) of jobs that are open or new, then of older ones, newest first; `done` says how far it came."""
    recent, covered = (now - WINDOW).isoformat(), done.since
    newest_first = sorted(jobs, key=lambda job: (jobs[job]["created_at"], job), reverse=True)
    moving = [job for job in newest_first if jobs[job]["status"] == "open" or jobs[job]["created_at"] >= recent]
    older = [job for job in newest_first if not covered or jobs[job]["created_at"] < covered]
    try:
        for job in moving:
            yield job, await _of_job(client, job)
        for job in (one for one in older if one not in set(moving)):
            if budget.spent():
                done.missing = f"proposals have been read for jobs since {(done.since or recent)[:10]} so far; {FOLLOW}"
                return
            yield job, await _of_job(client, job)
            done.since = jobs[job]["created_at"]
        done.since = jobs[newest_first[-1]]["created_at"] if newest_first else covered
    except Refused as refused:
        done.missing = f"the key may not read {', '.join(refused.fields)}, so there are no proposals."


async def _of_job(client: Client, job: str) -> list[Node]:
    return await gathered(client, _proposal_pages(job))


def worked(nodes: list[Node]) -> Iterator[tuple[str, dict[str, str]]]:
    """One row for each contract and day; a line that came twice counts once, several lines of one day add up."""
    lines = {
        tuple(text(at(node, *path)) for path in (("contract", "id"), ("dateWorkedOn",), ("termId",), ("task",), ("memo",))): node
        for node in nodes
    }  # fmt: skip
    days: dict[tuple[str, str], float] = {}
    for key, node in lines.items():
        place = key[0], day(key[1])
        days[place] = days.get(place, 0.0) + float(node["totalHoursWorked"] or 0)
    for (contract, when), total in days.items():
        row = {
            "time_id": f"{contract}:{when}",
            "contract_id": contract,
            "work_date": when,
            "hours": f"{round(total, 4)}",
        }
        yield "time_entries", row


def _time_pages(span: Mapping[str, str]) -> Pages:
    path = ("organization", "clientContractTimeReport")
    return Pages(TIME, path, lambda page: {"range": span, "pagination": page}, mapping.PAGE)


def _proposal_pages(job: str) -> Pages:
    return Pages(PROPOSALS, ("clientProposals",), lambda page: {"job": job, "pagination": page}, mapping.PAGE)
