"""The directory as a source: everyone once a week, in between what changed; people who left stay, as history."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import numpy as np

from analytics.errors import DataError
from analytics.people import cut_cycles
from analytics.sources.graph.client import Client, Resync
from analytics.sources.graph.entries import SELECT, Entry, Rules, entry_of, why_not, without_doubles
from analytics.sources.graph.spans import COLUMNS, Spans, month_end
from analytics.sources.source import NAMES, Batch, End, Known, Report

EVERYONE = timedelta(days=7)
"""After so long everyone is read again, because it is not certain that every change of a manager is told as a change."""
MOST_CHANGES = 2_000
PAGE = "999"
_BATCH = 5_000
_AT_ONCE = 15
"""Graph takes no more values in one condition."""
_COLLAPSE = (20, 0.3)
_PEOPLE = ("person_id", "entra_object_id", "upn", "email", "name", "active")
_HEADS = ("as_of", "team_id", "country", "manager_id", "worker_type", "headcount", "fte")
Row = dict[str, str]
Item = TypeVar("Item")


@dataclass(slots=True)
class Summary:
    """What the last reading came to: accounts read, those left out by rule, and what is doubtful about reporting lines."""

    read: int = 0
    everyone: bool = True
    left_out: Counter[str] = field(default_factory=Counter)
    doubled: list[str] = field(default_factory=list)
    in_circles: list[str] = field(default_factory=list)
    without_known_manager: list[str] = field(default_factory=list)
    roots: list[str] = field(default_factory=list)


class Directory:
    """Reads users with their managers; `zone` says whose day it is.

    Departments are teams; with `own_teams` the company's files name its teams, and departments are matched with them by name.
    """

    name = "entra"
    platform = "Microsoft Entra"

    def __init__(
        self,
        client: Client,
        *,
        own_teams: bool = False,
        rules: Rules | None = None,
        zone: str = "UTC",
    ) -> None:
        self._client = client
        self._own_teams = own_teams
        self._rules = rules or Rules()
        self._zone = ZoneInfo(zone)
        self.summary = Summary()

    async def records(self, since: Mapping[str, Any] | None, known: Known, now: datetime) -> AsyncIterator[Batch | End]:
        """Rows of people, employment, teams and headcount, then the end. Raises DataError."""
        self.summary = Summary()
        today = now.astimezone(self._zone).date()
        users, removed, checkpoint = await self._read(since, now)
        people = {cells[0]: dict(zip(_PEOPLE, cells, strict=True)) for cells in known.rows("people", _PEOPLE)}
        entries = self._employees(users)
        gone = self._gone(people, entries, users, removed)
        spans = Spans(known.rows("employment", COLUMNS))
        for entry in entries:
            spans.now(entry, _department(entry.department), today)
        for person in gone:
            spans.gone(person, today)
        self._judge_lines(spans)
        left = [people[person] | {"active": "false"} for person in gone]
        for table, rows in self._tables(entries, left, spans, known, today).items():
            for part in _parts(rows, _BATCH):
                yield Batch(table, part)
        left_out = {rule: n for rule, n in self.summary.left_out.items() if n}
        yield End(checkpoint, report=Report(self._client.calls, self._client.retries, left_out=left_out))

    async def _read(
        self, since: Mapping[str, Any] | None, now: datetime
    ) -> tuple[list[dict[str, Any]], set[str], dict[str, str]]:
        """(users, ids that were removed, the next checkpoint): all users, or those that changed."""
        read_at = datetime.fromisoformat(since["everyone_at"]) if since else None
        if since and read_at and now - read_at < EVERYONE:
            try:
                changed, link = await self._client.changes(str(since["changes"]))
            except Resync:
                changed, link = [], ""
            ids = {str(one["id"]) for one in changed if "@removed" not in one}
            if link and len(ids) <= MOST_CHANGES:
                self.summary.everyone = False
                # A change names only what changed, so whoever changed is read whole.
                users = [user for some in _parts(sorted(ids), _AT_ONCE) for user in await self._some(some)]
                removed = {str(one["id"]) for one in changed} - {str(user["id"]) for user in users}
                return users, removed, {"changes": link, "everyone_at": read_at.isoformat()}
        return await self._everyone(now)

    async def _everyone(self, now: datetime) -> tuple[list[dict[str, Any]], set[str], dict[str, str]]:
        # The mark is set before reading, so that what changes meanwhile is told the next time.
        _, link = await self._client.changes(
            f"{self._client.endpoint}/users/delta?$deltatoken=latest&$select={','.join(SELECT)}"
        )
        query = {"$select": ",".join(SELECT), "$expand": "manager($select=id)", "$top": PAGE}
        users: dict[str, dict[str, Any]] = {}
        async for page in self._client.pages("/users", query):
            users |= {str(user["id"]): user for user in page}
        return list(users.values()), set(), {"changes": link, "everyone_at": now.isoformat()}

    async def _some(self, people: Sequence[str]) -> list[dict[str, Any]]:
        """These users with their managers; who is gone meanwhile is left out."""
        listed = ",".join("'" + person.replace("'", "''") + "'" for person in people)
        query = {"$select": ",".join(SELECT), "$expand": "manager($select=id)", "$filter": f"id in ({listed})"}
        return [user async for page in self._client.pages("/users", query) for user in page]

    def _employees(self, users: Iterable[Mapping[str, Any]]) -> list[Entry]:
        kept = []
        for user in users:
            self.summary.read += 1
            if rule := why_not(user, self._rules):
                self.summary.left_out[rule] += 1
            else:
                kept.append(entry_of(user))
        found, self.summary.doubled = without_doubles(kept)
        self.summary.left_out["second account"] += len(self.summary.doubled)
        return found

    def _gone(
        self, people: Mapping[str, Row], entries: Iterable[Entry], users: Iterable[Mapping[str, Any]], removed: set[str]
    ) -> list[str]:
        """Who was an employee before and is none now. DataError where so many are missing that it cannot be true."""
        there, read = {entry.person for entry in entries}, {str(user["id"]) for user in users}
        active = [person for person, row in people.items() if row["active"] == "true" and person not in there]
        gone = [person for person in active if self.summary.everyone or person in removed | read]
        employed = sum(row["active"] == "true" for row in people.values())
        if len(gone) >= _COLLAPSE[0] and len(gone) > employed * _COLLAPSE[1]:
            raise DataError(
                f"The directory no longer gives {len(gone):,} of {employed:,} employees. That is not believed: "
                "see what the app may read. The data in use stays as it was."
            )
        return gone

    def _tables(
        self, entries: list[Entry], left: list[Row], spans: Spans, known: Known, today: date
    ) -> dict[str, list[Row]]:
        # Where everyone was read everything is given, for a store that carries nothing over from version to version.
        whole = self.summary.everyone
        heads = known.rows("headcount", _HEADS)
        day = month_end(today)
        counted = any(cells[0] == day.isoformat() for cells in heads)
        return {
            "people": [*map(_person, entries), *left, *(self._former(known, entries, left) if whole else ())],
            "employment": list(spans.every()) if whole else spans.changed,
            **({NAMES: list(_names(entries))} if self._own_teams else {"teams": _teams(entries)}),
            "headcount": [
                *(dict(zip(_HEADS, cells, strict=True)) for cells in (heads if whole else ())),
                *([] if counted else spans.headcount(day)),
            ],
        }

    def _former(self, known: Known, entries: list[Entry], left: list[Row]) -> Iterator[Row]:
        given = {entry.person for entry in entries} | {row["person_id"] for row in left}
        for cells in known.rows("people", _PEOPLE):
            if cells[0] not in given:
                yield dict(zip(_PEOPLE, cells, strict=True))

    def _judge_lines(self, spans: Spans) -> None:
        """Who leads back to themselves, who has no manager, and whose manager the directory does not give."""
        managers = spans.managers()
        ids = sorted(managers)
        place = {person: index for index, person in enumerate(ids)}
        _, cut = cut_cycles(np.array([place.get(managers[person], -1) for person in ids], dtype=np.int64))
        self.summary.in_circles = [ids[int(index)] for index in cut]
        self.summary.roots = [person for person in ids if not managers[person]]
        self.summary.without_known_manager = [p for p in ids if managers[p] and managers[p] not in place]


def _person(entry: Entry) -> Row:
    return dict(zip(_PEOPLE, (entry.person, entry.person, entry.upn, entry.email, entry.name, "true"), strict=True))


def _department(name: str) -> str:
    return f"department:{name.casefold()}" if name else ""


def _teams(entries: Iterable[Entry]) -> list[Row]:
    """Departments as teams below their division. Nobody heads them: who leads whom is in the reporting lines."""
    found: dict[str, Row] = {}
    for entry in sorted(entries, key=lambda e: (e.department, e.person)):
        if entry.department:
            division = f"division:{entry.division.casefold()}" if entry.division else ""
            found.setdefault(division or "", {"team_id": division, "name": entry.division})
            team = _department(entry.department)
            found.setdefault(team, {"team_id": team, "name": entry.department, "parent_team_id": division})
    return [row for key, row in found.items() if key]


def _names(entries: Iterable[Entry]) -> Iterator[Row]:
    """What the directory calls its departments, to be matched with the company's own teams."""
    for name in sorted({entry.department for entry in entries} - {""}):
        yield {"kind": "team", "native_id": _department(name), "name": name}


def _parts(items: Sequence[Item], size: int) -> Iterator[Sequence[Item]]:
    for begin in range(0, len(items), size):
        yield items[begin : begin + size]
