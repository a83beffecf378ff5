"""Checks of what did not arrive whole: rows in quarantine, and references that lead nowhere."""

from __future__ import annotations

from analytics.importing.rules import rules_for
from analytics.quality.check import Check, rows
from analytics.quality.touched import TOUCHED
from analytics.tables import TABLES, Column, Reference, Table

_PERSON = {"poster_id", "owner_id"}
_BINDING = {("charges", "contract_id"), ("contracts", "job_id"), ("offers", "job_id")}

_Rule = tuple[str, int, tuple[str, ...], str, str]
_RULES: tuple[_Rule, ...] = (
    # id, number, rules of the importer, title, advice
    ("repeated_key", 1, ("repeated",), "rows repeat a key that stands above", "Only the first was read."),
    ("broken_reference", 5, ("reference",), "rows refer to something that was not read", "Send both files of one day."),
    (
        "unusable_value",
        7,
        ("required", "type", "minimum"),
        "rows hold a value that cannot be used",
        "They were not read.",
    ),
    (
        "placeholder_date",
        10,
        ("placeholder",),
        "rows hold a placeholder instead of a date",
        "Leave unknown dates empty.",
    ),
    ("unknown_choice", 23, ("choice",), "rows hold a state or type the format does not know", "They were not read."),
    ("damaged_id", 31, ("damaged_id",), "rows have an id damaged by a spreadsheet", "Export ids as text."),
)


def _breakable(table: Table) -> set[str]:
    """The importer's rules that a row of this table can break."""
    rejecting = any(column.reference and column.reference.missing == "quarantine" for column in table.columns)
    cells = {rule.name for column in table.columns for rule in rules_for(table, column)}
    return cells | {"repeated"} | ({"reference"} if rejecting else set())


def _quarantined(table: Table, rule: _Rule) -> Check:
    check, number, rules, title, advice = rule
    listed = ", ".join(f"'{name}'" for name in rules)
    sql = f"SELECT 'line ' || line || ': ' || reason FROM quarantine WHERE table_name = '{table.name}' AND rule IN ({listed})"
    return Check(
        f"{check}_{table.name}", number, f"{table.name}.csv, {title}", f"{advice} All are in the quarantine, with line and reason.",
        "E", TOUCHED[table.name], rows(sql), of=table.name, allowed=0.02, needs="quarantine",
    )  # fmt: skip


def _orphans(table: Table, column: Column, parent: Reference) -> Check:
    sql = (
        f'SELECT child."{column.name}" FROM raw.{table.name} AS child WHERE child."{column.name}" IS NOT NULL '
        f'AND NOT EXISTS (FROM raw.{parent.table} AS p WHERE p."{parent.column}" = child."{column.name}") '
        # A file that was not sent at all is a finding of its own, not one per row.
        f"AND EXISTS (FROM raw.{parent.table})"
    )
    return Check(
        f"unmapped_{table.name}_{column.name}", 5, f"{table.name}.csv, {column.name} leads to no row of {parent.table}.csv",
        'Such rows are shown as "Unmapped".', "E" if (table.name, column.name) in _BINDING else "W", TOUCHED[table.name],
        rows(sql), of=table.name, allowed=0.05, usual=0.05 if column.name in _PERSON else 0.01,
    )  # fmt: skip


CHECKS = (
    *(
        _quarantined(table, rule)
        for table in TABLES.values()
        for rule in _RULES
        if not _breakable(table).isdisjoint(rule[2])
    ),
    *(
        _orphans(table, column, column.reference)
        for table in TABLES.values()
        for column in table.columns
        if column.reference and column.reference.missing == "unmapped"
    ),
)
