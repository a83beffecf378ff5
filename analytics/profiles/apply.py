"""Applies a profile to one file: its lines become rows of the import tables, as text, with their place in the file."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from analytics.profiles.cells import REFUSED, Cells, clean, folded_sql
from analytics.profiles.periods import period_of
from analytics.profiles.profile import Drop, Entity, Profile
from analytics.profiles.sheet import Sheet, batches, look
from analytics.quoting import quoted, quoted_list
from analytics.tables import TABLES

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

SHEET = "raw.sheet"
FIELDS = "raw.sheet_fields"
LINES = "raw.sheet_lines"


@dataclass(frozen=True, slots=True)
class Applied:
    """What came of one file: how it lies, the lines read, those dropped by rule, those of a wrong width, and gaps.

    `gaps`: (column, value, lines) that a value map does not list. `total`: what the file says about itself, if anything.
    """

    sheet: Sheet
    profile: Profile
    read: int
    dropped: Mapping[str, int]
    broken: int
    gaps: tuple[tuple[str, str, int], ...]
    total: tuple[Decimal, Decimal] | None

    @property
    def kept(self) -> int:
        """Lines that are records and have as many cells as the header."""
        return self.read - sum(self.dropped.values()) - self.broken


def mapped(table: str) -> str:
    """The table in which the rows for one import table wait, as text: c0, c1, ... in the declared order."""
    return f"raw.mapped_{table}"


def prepare(connection: DuckDBPyConnection) -> None:
    """Make the waiting rooms, empty."""
    for table in TABLES.values():
        cells = ", ".join(f"c{index} VARCHAR" for index in range(len(table.columns)))
        connection.execute(
            f"CREATE OR REPLACE TABLE {mapped(table.name)} "
            f"({cells}, file VARCHAR, line BIGINT, nth BIGINT, profile VARCHAR, entity INTEGER)"
        )


def apply(connection: DuckDBPyConnection, profile: Profile, path: Path, nth: int) -> Applied | list[str]:
    """Fill the waiting rooms from the nth file of this profile; or say what stops the load."""
    sheet = look(profile, path)
    if isinstance(sheet, list):
        return sheet
    if sheet.matched.problems:
        return [f"{path.name}, line {sheet.header_line}: {problem}" for problem in sheet.matched.problems]
    try:
        _land(connection, profile, sheet)
    except (csv.Error, UnicodeError, OSError) as error:
        return [f"{path.name} cannot be read ({error}); see whether a double quote is opened and never closed."]
    cells = Cells(profile, _pseudo(profile, path))
    _pick_fields(connection, profile, sheet)
    connection.execute(f"DROP TABLE {SHEET}")
    _judge(connection, profile, len(sheet.headers))
    connection.execute(f"DROP TABLE {FIELDS}")
    problems = _control(connection, profile, path, cells)
    if isinstance(problems, list):
        return problems
    for place, entity in enumerate(profile.entities):
        _feed(connection, profile, entity, place, cells, path, nth)
    read, broken = _one(connection, f"SELECT count(*), count(*) FILTER (why = '{REFUSED}') FROM {LINES}")
    dropped = connection.execute(
        f"SELECT why, count(*) FROM {LINES} WHERE why <> '{REFUSED}' GROUP BY why ORDER BY min(rule)"
    ).fetchall()
    return Applied(sheet, profile, read, dict(dropped), broken, tuple(_gaps(connection, profile)), problems)


def _land(connection: DuckDBPyConnection, profile: Profile, sheet: Sheet) -> None:
    """The file as it is: line, cells, c0, c1, ..."""
    columns = ", ".join(f"c{index} VARCHAR" for index in range(len(sheet.headers)))
    connection.execute(f"CREATE OR REPLACE TABLE {SHEET} (line BIGINT, cells INTEGER, {columns})")
    for batch in batches(profile, sheet):
        connection.register("sheet_batch", batch)
        connection.execute(f"INSERT INTO {SHEET} SELECT * FROM sheet_batch")
        connection.unregister("sheet_batch")


def _pick_fields(connection: DuckDBPyConnection, profile: Profile, sheet: Sheet) -> None:
    """The profile's columns of each line, trimmed, as f_<name>; one line for each record where columns are records."""
    width = len(sheet.headers)
    every = ", ".join(f"c{index}" for index in range(width))
    held = {name: f"c{index}" for name, index in sheet.matched.places.items()}
    origin = SHEET
    if spread := profile.unpivot:
        pairs = ", ".join(
            f"{{'name': {quoted(sheet.headers[i].strip())}, 'value': c{i}}}" for i in sheet.matched.spread
        )
        origin = f"(SELECT *, unnest([{pairs}]) AS spread FROM {SHEET})"
        held |= {spread.name: "spread.name", spread.value: "spread.value"}
    names = dict.fromkeys([*profile.columns, *profile.constants, *held])
    fields = [f'{_field(profile, name, held)} AS "f_{name}"' for name in names]
    whole = f"md5(concat_ws(chr(31), {every}))" if width else "''"
    first = f"coalesce({', '.join(clean(f'c{index}', ()) for index in range(width))})"
    connection.execute(
        f"CREATE OR REPLACE TABLE {FIELDS} AS SELECT line, cells, {whole} AS whole, {first} AS first_cell, "
        f"dense_rank() OVER (ORDER BY line DESC) AS from_end, {', '.join(fields)} FROM {origin}"
    )


def _field(profile: Profile, name: str, held: Mapping[str, str]) -> str:
    if name in held:
        return clean(held[name], profile.unknown)
    return quoted(profile.constants[name]) if name in profile.constants else "NULL::VARCHAR"


def _judge(connection: DuckDBPyConnection, profile: Profile, width: int) -> None:
    """Say of each line why it is no record: the rule that drops it, REFUSED for a wrong number of cells, else NULL."""
    rules = [("blank", "first_cell IS NULL")]
    if profile.skip_footer:
        rules.append(("footer", f"from_end <= {profile.skip_footer}"))
    rules += [(rule.name, _test(rule)) for rule in profile.drop_if]
    rules.append((REFUSED, f"cells <> {width}"))
    cases = " ".join(f"WHEN {test} THEN {place}" for place, (_, test) in enumerate(rules))
    names = f"[{quoted_list(name for name, _ in rules)}]"
    key = _key(profile)
    connection.execute(
        f"CREATE OR REPLACE TABLE {LINES} AS SELECT *, {names}[rule + 1] AS why, {key} AS key "
        f"FROM (SELECT *, CASE {cases} END AS rule FROM {FIELDS})"
    )


def _test(rule: Drop) -> str:
    tests = [f'"f_{name}" IS NULL' for name in rule.empty]
    if rule.field:
        text = "first_cell" if rule.field == "first cell" else f'"f_{rule.field}"'
        if rule.values:
            tests.append(f"{folded_sql(text)} IN ({quoted_list(' '.join(v.casefold().split()) for v in rule.values)})")
        if rule.matches:
            tests.append(f"regexp_matches({text}, {quoted(rule.matches)})")
    return f"coalesce({' AND '.join(tests)}, false)"


def _key(profile: Profile) -> str:
    """SQL of a line's own key: its natural key, or a hash of the line and how often it stood above already."""
    if profile.natural_key:
        parts = " || '/' || ".join(
            f"coalesce({field}, '')" for field in (f'"f_{name}"' for name in profile.natural_key)
        )
        anything = " OR ".join(f'"f_{name}" IS NOT NULL' for name in profile.natural_key)
        return f"CASE WHEN {anything} THEN {parts} END"
    return "left(whole, 16) || '-' || row_number() OVER (PARTITION BY whole ORDER BY line)"


def _pseudo(profile: Profile, path: Path) -> dict[str, str]:
    """What the names that are no column stand for in this file."""
    period = period_of(profile, path.name)
    begin, end = (quoted(day.isoformat()) for day in period) if period else ("NULL::VARCHAR", "NULL::VARCHAR")
    # In a ledger that grows file by file, two equal lines of two files are two payments.
    key = f"{quoted(path.stem)} || '/' || key" if profile.mode == "append" and not profile.natural_key else "key"
    return {
        "key": key,
        "file": quoted(path.name),
        "period_start": begin,
        "period_end": end,
        "timezone": quoted(profile.timezone),
    }


def claimed(profile: Profile, path: Path) -> tuple[date, date] | None:
    """First and last day the file's name claims to cover."""
    return period_of(profile, path.name)


def _feed(
    connection: DuckDBPyConnection, profile: Profile, entity: Entity, place: int, cells: Cells, path: Path, nth: int
) -> None:
    row = cells.row(entity)
    names = [column.name for column in TABLES[entity.table].columns]
    every = ", ".join(f"{row.get(name, 'NULL::VARCHAR')} AS c{index}" for index, name in enumerate(names))
    connection.execute(
        f"INSERT INTO {mapped(entity.table)} SELECT {every}, ?, line, {nth}, ?, {place} FROM {LINES} "
        f"WHERE why IS NULL AND {cells.chosen(entity)}",
        [path.name, profile.name],
    )


def _control(
    connection: DuckDBPyConnection, profile: Profile, path: Path, cells: Cells
) -> tuple[Decimal, Decimal] | list[str] | None:
    """(what the file says, what its lines add up to), None where it says nothing; the problem where they differ."""
    control = profile.control_total
    if control is None:
        return None
    amount = f"TRY_CAST({cells.number(control.field)} AS DECIMAL(38, 4))"
    stated, kept, every = connection.execute(
        f"SELECT arg_max(amount, line) FILTER (why = $row AND amount IS NOT NULL), coalesce(sum(amount) FILTER (why IS NULL), 0), "
        f"coalesce(sum(amount) FILTER (why IS DISTINCT FROM $row), 0) FROM (SELECT line, why, {amount} AS amount FROM {LINES})",
        {"row": control.row},
    ).fetchall()[0]
    if stated is None:
        said = f'{path.name}: the line with the control total ("{control.row}") is missing; the file may be cut off.'
        return [said] if control.required else None
    if stated not in {kept, every}:
        said = f"{path.name}: its control total says {stated:,.2f}, but its lines add up to {kept:,.2f}."
        return [f"{said} Lines are missing or double; export the file again."]
    return Decimal(stated), Decimal(kept if stated == kept else every)


def _gaps(connection: DuckDBPyConnection, profile: Profile) -> list[tuple[str, str, int]]:
    """Values that a value map of the profile does not list, with the lines that hold them."""
    found = []
    for name, known in profile.value_maps.items():
        listed = quoted_list({" ".join(text.casefold().split()) for pair in known.items() for text in pair})
        if "*" not in known:
            text = f'"f_{name}"'
            sql = (
                f"SELECT min({text}), count(*) FROM {LINES} WHERE why IS NULL AND {text} IS NOT NULL "
                f"AND {folded_sql(text)} NOT IN ({listed}) GROUP BY {folded_sql(text)} ORDER BY 2 DESC, 1"
            )
            found += [(name, value, int(lines)) for value, lines in connection.execute(sql).fetchall()]
    return found


def _one(connection: DuckDBPyConnection, sql: str) -> tuple[int, int]:
    first, second = connection.execute(sql).fetchall()[0]
    return int(first), int(second)
