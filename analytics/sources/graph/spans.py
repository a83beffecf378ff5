"""Keeps everyone's spans of employment from reading to reading: what changed ends one span and begins another."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, timedelta

from analytics.sources.graph.entries import Entry

COLUMNS = (
    "person_id",
    "valid_from",
    "valid_to",
    "team_id",
    "manager_id",
    "cost_center",
    "country",
    "fte",
    "worker_type",
)
_CONTENT = COLUMNS[3:]
Row = dict[str, str]


class Spans:
    """Spans by person, oldest first. `changed` are the rows to give."""

    def __init__(self, known: Iterable[tuple[str, ...]]) -> None:
        self._of: dict[str, list[Row]] = defaultdict(list)
        for cells in sorted(known):
            self._of[cells[0]].append(dict(zip(COLUMNS, cells, strict=True)))
        self.changed: list[Row] = []

    def every(self) -> Iterable[Row]:
        """All spans of everyone."""
        return (row for rows in self._of.values() for row in rows)

    def knows(self, person: str) -> bool:
        """Whether there is any span of this person."""
        return person in self._of

    def now(self, entry: Entry, team: str, today: date) -> None:
        """What the directory says of someone today. Who is new begins when they were hired, as far as that is known."""
        content = dict(
            zip(_CONTENT, (team, entry.manager, entry.cost_center, entry.country, "1", entry.kind), strict=True)
        )
        rows = self._of[entry.person]
        current = rows[-1] if rows and not rows[-1]["valid_to"] else None
        if current is not None and all(current[name] == value for name, value in content.items()):
            return
        if current is not None and current["valid_from"] >= today.isoformat():
            current.update(content)
            self.changed.append(current)
            return
        if current is not None:
            self._end(current, today)
        begins = min(entry.since or today, today) if not rows else today
        if rows and rows[-1]["valid_from"] == begins.isoformat():
            rows[-1].update(content, valid_to="")
            self.changed.append(rows[-1])
            return
        rows.append({"person_id": entry.person, "valid_from": begins.isoformat(), "valid_to": "", **content})
        self.changed.append(rows[-1])

    def gone(self, person: str, today: date) -> None:
        """Someone who is no employee any more."""
        rows = self._of.get(person, [])
        if rows and not rows[-1]["valid_to"]:
            self._end(rows[-1], today)

    def headcount(self, day: date) -> list[Row]:
        """Employees on a day by team, country, manager and kind, one full-time equivalent each."""
        on = day.isoformat()
        there = [r for r in self.every() if r["valid_from"] <= on and (not r["valid_to"] or r["valid_to"] > on)]
        groups = Counter((r["team_id"], r["country"], r["manager_id"], r["worker_type"]) for r in there)
        names = ("team_id", "country", "manager_id", "worker_type")
        return [
            {"as_of": on, **dict(zip(names, group, strict=True)), "headcount": str(n), "fte": str(n)}
            for group, n in sorted(groups.items())
        ]

    def managers(self) -> Mapping[str, str]:
        """Everyone who is there now, and who leads them."""
        return {row["person_id"]: row["manager_id"] for row in self.every() if not row["valid_to"]}

    def _end(self, row: Row, today: date) -> None:
        # A span of no day would be none, so who came today and is gone today was there for the day.
        begun = date.fromisoformat(row["valid_from"])
        row["valid_to"] = max(today, begun + timedelta(days=1)).isoformat()
        self.changed.append(row)


def month_end(today: date) -> date:
    """The newest last day of a month that has come."""
    tomorrow = today + timedelta(days=1)
    return today if tomorrow.day == 1 else today.replace(day=1) - timedelta(days=1)
