"""Brings rows that mapping profiles made into the typed tables, by the same rules as every other row."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import duckdb
from duckdb import DuckDBPyConnection

from analytics import profiles
from analytics.importing.files import Layout
from analytics.importing.staging import count_rows
from analytics.importing.typed import type_text
from analytics.importing.zones import zone_of
from analytics.model import Finding
from analytics.profiles import Applied, Arrival, mapped
from analytics.profiles.cells import REFUSED
from analytics.profiles.profile import Entity, Profile
from analytics.quoting import quoted
from analytics.tables import TABLES, Table

REPLACED = "replaced by a later file"
_WAITING = "raw.waiting"
_WIDTH = "it has another number of cells than the header; a line is cut off, or a separator stands inside a value"


@dataclass(frozen=True, slots=True)
class Mapped:
    """One file's part in one table: rows read and dropped by rule; what is loaded or in quarantine is counted there."""

    table: str
    file: str
    read: int
    dropped: int


@dataclass(slots=True)
class Arrived:
    """All files with a profile, applied: what is worth a warning, and what each brings to the tables."""

    problems: list[str] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    files: list[tuple[Arrival, Applied]] = field(default_factory=list)


def arrive(connection: DuckDBPyConnection, arrivals: Sequence[Arrival]) -> Arrived:
    """Apply every profile to its files, oldest first; the rows wait as text until their table has its turn."""
    arrived = Arrived()
    if arrivals:
        profiles.prepare(connection)
    for arrival in arrivals:
        applied = _apply(connection, arrival)
        if isinstance(applied, list):
            arrived.problems += applied
            continue
        arrived.files.append((arrival, applied))
        _refuse_broken_lines(connection, arrival)
        connection.execute(f"DROP TABLE {profiles.LINES}")
    arrived.findings += _findings(arrived.files)
    return arrived


def _apply(connection: DuckDBPyConnection, arrival: Arrival) -> Applied | list[str]:
    try:
        return profiles.apply(connection, arrival.profile, arrival.path, arrival.nth)
    except duckdb.InvalidInputException as error:
        # Patterns and date formats are understood by the engine alone, so only it can say what is wrong with one.
        why = str(error).splitlines()[0]
        return [
            f"{arrival.path.name}: its profile {arrival.profile.name} has a pattern or format that is none ({why})."
        ]


def add(connection: DuckDBPyConnection, arrived: Arrived, table: Table) -> list[Mapped]:
    """Type what waits for a table and add it: first the lines that are rows of it, then keys that no file has yet."""
    parts: list[Mapped] = []
    users = {arrival.profile.name: arrival.profile for arrival, _ in arrived.files}
    for role in ("main", "further", "fallback"):
        if role == "fallback" and count_rows(connection, f"raw.{table.name}"):
            break
        for profile in users.values():
            for place, entity in enumerate(profile.entities):
                if entity.table == table.name and entity.role == role:
                    parts += _add(connection, arrived, table, profile, place, entity)
    connection.execute(f"DROP TABLE IF EXISTS {_WAITING}; DROP TABLE {mapped(table.name)}")
    return parts


def _add(
    connection: DuckDBPyConnection, arrived: Arrived, table: Table, profile: Profile, place: int, entity: Entity
) -> list[Mapped]:
    before = _by_file(connection, f"{mapped(table.name)} WHERE {_own(profile, place)}")
    _choose(connection, table, profile, place, entity)
    after = _by_file(connection, _WAITING)
    layout = Layout(table, Path(), (), {c.name: i for i, c in enumerate(table.columns)}, 0, 0)
    type_text(connection, layout, _WAITING, zone_of(connection, table), _expected(profile, entity))
    if entity.role != "main":
        return [Mapped(table.name, file, rows, 0) for file, rows in after.items()]
    found = []
    for arrival, applied in arrived.files:
        if arrival.profile.name == profile.name:
            name = arrival.path.name
            # Lines that this entity does not take are another entity's rows, so they are not read here.
            dropped = sum(applied.dropped.values()) + before[name] - after[name]
            read = before[name] + sum(applied.dropped.values()) + applied.broken
            found.append(Mapped(table.name, name, read, dropped))
    return found


def _choose(connection: DuckDBPyConnection, table: Table, profile: Profile, place: int, entity: Entity) -> None:
    """Of what waits, the rows that count: none that a later file replaces, none whose key is there already."""
    rows = f"SELECT * FROM {mapped(table.name)} WHERE {_own(profile, place)}"
    names = [column.name for column in table.columns]
    keys = ", ".join(f"c{names.index(name)}" for name in table.key)
    if entity.mode == "full":
        rows += " QUALIFY nth = max(nth) OVER ()"
    elif entity.mode == "delta" and entity.role == "main":
        rows += f" QUALIFY nth = max(nth) OVER (PARTITION BY {keys}) OR concat_ws('', {keys}) = ''"
    if set(entity.pick.values()) & {"sum", "count"}:
        # Two files about one day would be added up; the later one counts.
        days = ", ".join(f"c{names.index(name)}" for name in table.key if table.column(name).type == "date")
        rows += f" QUALIFY nth = max(nth) OVER (PARTITION BY {days or '1'})"
    order = "nth, line"
    if entity.role != "main":
        rows, order = _one_a_key(table, entity, names, rows), "line, " + keys
    connection.execute(f"CREATE OR REPLACE TABLE {_WAITING} AS SELECT * FROM ({rows}) ORDER BY {order}")


def _one_a_key(table: Table, entity: Entity, names: list[str], rows: str) -> str:
    """SQL of one row for each new key; of what its lines say, the last counts unless the entity picks otherwise."""
    keys = [names.index(name) for name in table.key]
    picked = []
    for index, name in enumerate(names):
        how = entity.pick.get(name, "last")
        sound = f"FILTER (c{index} IS NOT NULL AND NOT starts_with(c{index}, '{REFUSED}'))"
        picked.append({
            "last": f"arg_max(c{index}, (nth, line)) {sound}",
            "min": f"min(c{index}) {sound}",
            "max": f"max(c{index}) {sound}",
            "sum": f"sum(TRY_CAST(c{index} AS DECIMAL(18, 4)))::VARCHAR",
            "count": "count(*)::VARCHAR",
        }[how] + f" AS c{index}" if index not in keys else f"c{index}")  # fmt: skip
    there = " AND ".join(f'r."{names[i]}"::VARCHAR IS NOT DISTINCT FROM made.c{i}' for i in keys)
    whole = " AND ".join(f"c{i} IS NOT NULL" for i in keys if table.column(names[i]).required)
    last = "arg_max(file, (nth, line)) AS file, max(line) AS line"
    return (
        f"SELECT * FROM (SELECT {', '.join(picked)}, {last} FROM ({rows}) WHERE {whole or 'true'} "
        f"GROUP BY {', '.join(f'c{i}' for i in keys)}) AS made "
        f"WHERE NOT EXISTS (FROM raw.{table.name} r WHERE {there})"
    )


def _own(profile: Profile, place: int) -> str:
    return f"profile = {quoted(profile.name)} AND entity = {place}"


def _expected(profile: Profile, entity: Entity) -> dict[str, str]:
    """How the profile says the dates of each import column are written, for the reason in the quarantine."""
    said = {}
    for name, templates in entity.columns.items():
        fields = [template[1:-1] for template in templates if template[1:-1] in profile.columns]
        formats = [f for one in fields for f in profile.date_format.get(one, profile.date_format.get("*", ()))]
        if formats and TABLES[entity.table].column(name).type in {"date", "timestamp"}:
            said[name] = f"a date written as the profile {profile.name} says ({' or '.join(dict.fromkeys(formats))})"
    return said


def _refuse_broken_lines(connection: DuckDBPyConnection, arrival: Arrival) -> None:
    for table in {entity.table: None for entity in arrival.profile.entities if entity.role == "main"}:
        connection.execute(
            f"INSERT INTO quarantine SELECT '{table}', ?, line, NULL, first_cell, '{_WIDTH}', 'type' "
            f"FROM {profiles.LINES} WHERE why = '{REFUSED}'",
            [arrival.path.name],
        )


def _findings(files: Sequence[tuple[Arrival, Applied]]) -> list[Finding]:
    """What a person should know about how files were read: new headers, dropped lines, values nobody mapped."""
    found = []
    for arrival, applied in files:
        name, unknown = arrival.path.name, applied.sheet.matched.unknown
        if unknown:
            listed = ", ".join(f'"{header}"' for header in unknown)
            text = f"{name} has columns its profile {arrival.profile.name} does not use: {listed}"
            found.append(Finding("unused_columns", "I", text, len(unknown), (), tuple(unknown[:5])))
        if applied.dropped:
            said = ", ".join(f"{rows:,} {rule}" for rule, rows in applied.dropped.items())
            text = f"{name}: lines that are no records were dropped by rule: {said}"
            found.append(Finding("dropped_lines", "I", text, sum(applied.dropped.values())))
        for column, value, rows in applied.gaps:
            text = f'{name}: nobody has mapped the {column} "{value}" yet ({rows:,} lines); add it to profiles.toml'
            found.append(Finding("mapping_gap", "W", text, rows, (), (value,)))
    return found


def assumed(connection: DuckDBPyConnection, arrived: Arrived) -> list[Finding]:
    """What was taken for granted, where rows of a table are known only from lines about something else."""
    made: Counter[tuple[str, str, tuple[str, ...]]] = Counter()
    for profile in {arrival.profile.name: arrival.profile for arrival, _ in arrived.files}.values():
        for entity in profile.entities:
            files = [arrival.path.name for arrival, _ in arrived.files if arrival.profile.name == profile.name]
            listed = ", ".join("?" for _ in files)
            sql = f"SELECT count(*) FROM raw.{entity.table} WHERE file IN ({listed})"
            if entity.assumes and (rows := int(connection.execute(sql, files).fetchall()[0][0])):
                made[profile.title, entity.assumes, entity.touches] += rows
    return [
        Finding("assumed", "W", f"{title}, {rows:,} {what}", rows, touches)
        for (title, what, touches), rows in made.items()
    ]


def _by_file(connection: DuckDBPyConnection, rows: str) -> Counter[str]:
    return Counter(
        dict(connection.execute(f"SELECT file, count(*) FROM {rows} GROUP BY file ORDER BY file").fetchall())
    )
