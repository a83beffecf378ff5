"""What a cell must satisfy, as declarations: each rule is one SQL condition on its text and its typed value."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from analytics.tables import Column, Table

_SPACE = r"[\s\x{A0}]"
_DAY = r"\d{4}-\d\d-\d\d"
_MOMENT = _DAY + r"([T ]\d\d:\d\d(:\d\d([.]\d+)?)?(Z|[+-]\d\d(:?\d\d)?)?)?"
_PLAIN_MOMENT = "{t} LIKE '____-__-__T__:__:__Z'"
_DAMAGED = r"\d([.]\d+)?[eE][+]?\d+"


@dataclass(frozen=True, slots=True)
class Shape:
    """How a type is written: SQL for its value, SQL that is true of a text the cast would take but nobody meant."""

    value: str
    odd: str
    expected: str


# Casting is lenient (it takes 'epoch', 1_000, 0x10, and 1.5 for a whole number), so the text is looked at as well;
# plain patterns come first, because regular expressions are ten times slower.
SHAPES: dict[str, Shape] = {
    "date": Shape(
        "TRY_CAST({t} AS DATE)",
        "{t} NOT LIKE '____-__-__' AND NOT regexp_full_match({t}, '" + _DAY + r"\s*')",
        "a date such as 2026-07-01",
    ),
    "timestamp": Shape(
        f"CASE WHEN {_PLAIN_MOMENT} THEN TRY_CAST({{t}} AS TIMESTAMP) "
        "WHEN length({t}) = 10 THEN timezone({zone}, TRY_CAST({t} AS TIMESTAMP)) AT TIME ZONE 'UTC' "
        "ELSE TRY_CAST({t} AS TIMESTAMPTZ) AT TIME ZONE 'UTC' END",
        f"NOT ({_PLAIN_MOMENT}) AND NOT regexp_full_match({{t}}, '{_MOMENT}\\s*')",
        "a time such as 2026-07-01T09:30:00Z",
    ),
    "integer": Shape(
        "TRY_CAST({t} AS BIGINT)",
        r"NOT regexp_full_match({t}, '[+-]?\d+([.]0*)?\s*')",
        "a whole number such as 12",
    ),
    "decimal": Shape(
        "TRY_CAST({t} AS DECIMAL(18,8))",
        r"contains({t}, '_') OR contains({t}, 'e') OR contains({t}, 'E')",
        "a number such as 7.5, with a point and no separators",
    ),
    "money": Shape(
        "TRY_CAST({t} AS DECIMAL(18,4))",
        r"contains({t}, '_') OR contains({t}, 'e') OR contains({t}, 'E')",
        "an amount such as 1250.50, with a point and no separators",
    ),
    "boolean": Shape(
        "TRY_CAST({t} AS BOOLEAN)",
        r"NOT regexp_full_match({t}, '(?i)(true|false|yes|no|1|0)\s*')",
        "true or false",
    ),
}


@dataclass(frozen=True, slots=True)
class Rule:
    """`test(column, text, value)` is the SQL condition that a bad cell fulfils; `says(column)` ends "<column> <value> ..."."""

    name: str
    applies: Callable[[Table, Column], bool]
    test: Callable[[Column, str, str], str]
    says: Callable[[Column], str]


def text_of(column: Column, raw: str, *, odd_space: bool) -> str:
    """A cell without surrounding space; NULL when nothing is left.

    Looking first is cheaper than trimming, as nearly no cell has space around it, and what sorts before '!' begins with
    a space or is empty. Space after a number or date does not disturb its cast.
    """
    around = f"{raw} < '!'"
    if column.type in {"text", "choice"}:
        around += f" OR ends_with({raw}, ' ')"
        if odd_space:
            around += (
                f" OR ends_with({raw}, chr(9)) OR ends_with({raw}, chr(160)) OR {raw} BETWEEN chr(160) AND chr(161)"
            )
    trimmed = f"regexp_replace({raw}, '^{_SPACE}+|{_SPACE}+$', '', 'g')"
    return f"CASE WHEN {around} THEN NULLIF({trimmed}, '') ELSE {raw} END"


def value_of(column: Column, text: str, zone: str) -> str:
    """The typed value of a cell; NULL where its text cannot be cast. A plain date as a moment is midnight in `zone`."""
    if column.type == "text":
        return text
    if column.type == "choice":
        return f"lower({text})"
    return SHAPES[column.type].value.replace("{t}", text).replace("{zone}", zone)


def rules_for(table: Table, column: Column) -> list[Rule]:
    """The rules that concern this column, in the order in which a reason is given."""
    return [rule for rule in RULES if rule.applies(table, column)]


def _listed(column: Column) -> str:
    return ", ".join(f"'{choice}'" for choice in column.choices)


RULES = (
    Rule(
        "required",
        lambda _, column: column.required,
        lambda _, text, __: f"{text} IS NULL",
        lambda column: f"is empty, but required ({column.help})",
    ),
    Rule(
        "type",
        lambda _, column: column.type in SHAPES,
        lambda column, text, value: (
            f"({text} IS NOT NULL AND ({value} IS NULL OR {SHAPES[column.type].odd.replace('{t}', text)}))"
        ),
        lambda column: f"is not {SHAPES[column.type].expected}",
    ),
    Rule(
        "choice",
        lambda _, column: column.type == "choice",
        lambda column, _, value: f"{value} NOT IN ({_listed(column)})",
        lambda column: f"is none of {', '.join(column.choices)}",
    ),
    Rule(
        "minimum",
        lambda _, column: column.minimum is not None,
        lambda column, _, value: f"{value} < {column.minimum}",
        lambda column: f"is below {column.minimum:g}",
    ),
    Rule(
        "placeholder",
        lambda _, column: column.type in {"date", "timestamp"},
        # 1970-01-01 is what a zero becomes, 1900-01-01 what an empty spreadsheet cell becomes, 9999 stands for "never".
        lambda _, __, value: (
            f"({value} NOT BETWEEN DATE '1901-01-01' AND DATE '2199-12-31' OR {value}::DATE = DATE '1970-01-01')"
        ),
        lambda _: "stands in place of a date that is not known; leave the cell empty",
    ),
    Rule(
        "damaged_id",
        Table.is_id,
        lambda _, text, __: f"({text} < ':' AND regexp_full_match({text}, '{_DAMAGED}'))",
        lambda _: "was turned into a number by a spreadsheet, its digits are lost; export the file again as text",
    ),
)
