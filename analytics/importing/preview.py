"""What would come of one file: read through its profile into nothing that stays, by the same rules as a sync."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import duckdb
from duckdb import DuckDBPyConnection

from analytics import profiles
from analytics.importing.load import TableRun, load_mapped, parents_first
from analytics.importing.mapped import Arrived, arrive
from analytics.importing.staging import prepare
from analytics.profiles import Applied, Arrival, Profile
from analytics.profiles.headers import match, nearest
from analytics.profiles.sheet import Sheet, look
from analytics.tables import TABLES

MOST_REJECTS = 10


@dataclass(frozen=True, slots=True)
class Reject:
    """Rows that were set aside for one reason: how many, and the first of them."""

    table: str
    rows: int
    line: int
    reason: str


@dataclass(frozen=True, slots=True)
class Preview:
    """What a file is and what would be read, rejected and dropped; `problems` are why it would not load at all.

    `unknown`: headers nothing asks for, each with the column of the profile it might be, or nothing. `absent`: columns
    of the profile that the file does not have. `amounts`: table and currency -> sum of what would be loaded.
    """

    profile: Profile
    problems: tuple[str, ...]
    sheet: Sheet | None = None
    applied: Applied | None = None
    period: tuple[date, date] | None = None
    tables: tuple[TableRun, ...] = ()
    rejects: tuple[Reject, ...] = ()
    unknown: tuple[tuple[str, str], ...] = ()
    absent: tuple[str, ...] = ()
    amounts: Mapping[str, str] | None = None

    @property
    def loads(self) -> bool:
        """Whether a sync would take the file."""
        return not self.problems


def preview(path: Path, profile: Profile) -> Preview:
    """Try one file. Nothing is written anywhere."""
    sheet = look(profile, path)
    if isinstance(sheet, list):
        return Preview(profile, tuple(sheet))
    with closing(prepare(duckdb.connect())) as connection:
        arrived = arrive(connection, [Arrival(path, profile, 0)])
        if arrived.problems:
            return _with_headers(Preview(profile, tuple(arrived.problems), sheet))
        runs, problems = _load(connection, arrived)
        ((_, applied),) = arrived.files
        found = Preview(
            profile,
            tuple(problems),
            sheet,
            applied,
            profiles.claimed(profile, path),
            tuple(runs),
            _rejects(connection),
            amounts=_amounts(connection, runs),
        )
        return _with_headers(found)


def _with_headers(found: Preview) -> Preview:
    """The same with what its header has and has not."""
    profile, sheet = found.profile, found.sheet
    matched = sheet.matched if sheet else match(profile, ())
    absent = [name for name in profile.columns if name not in matched.places]
    return replace(
        found,
        unknown=tuple((header, _might_be(profile, header, absent)) for header in matched.unknown),
        absent=tuple(name for name in absent if name not in profile.constants),
    )


def _load(connection: DuckDBPyConnection, arrived: Arrived) -> tuple[list[TableRun], list[str]]:
    runs, problems = [], []
    for name in parents_first():
        added, wrong = load_mapped(connection, arrived, TABLES[name], alone=True)
        runs += added
        problems += wrong
    order = list(TABLES)
    return sorted(runs, key=lambda run: order.index(run.table)), problems


def _might_be(profile: Profile, header: str, absent: Sequence[str]) -> str:
    return next((name for name in absent if nearest([header], [name, *profile.columns[name]])), "")


def _rejects(connection: DuckDBPyConnection) -> tuple[Reject, ...]:
    rows = connection.execute(
        "SELECT table_name, count(*), min(line), arg_min(reason, line) FROM quarantine "
        f"GROUP BY table_name, column_name, rule ORDER BY 2 DESC, 3 LIMIT {MOST_REJECTS}"
    ).fetchall()
    return tuple(Reject(*row) for row in rows)


def _amounts(connection: DuckDBPyConnection, runs: Sequence[TableRun]) -> dict[str, str]:
    """Sums of money by table and currency, so that they can be held against what the file's sender says."""
    found: dict[str, str] = {}
    for table in {run.table: TABLES[run.table] for run in runs}.values():
        money = [column.name for column in table.columns if column.type == "money" and column.required]
        for name in money:
            sums = f"SELECT currency, sum({name})::VARCHAR FROM raw.{table.name} GROUP BY currency ORDER BY currency"
            found |= {f"{table.name}, {currency}": total for currency, total in connection.execute(sums).fetchall()}
    return found
