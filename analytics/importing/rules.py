"""What a cell must satisfy, as declarations: each rule is one SQL condition on its text and its typed value."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from analytics.tables import Column, Table

_SPACE = r"[\s\x{A0}]"
_DAY = r"\d{4}-\d\d-\d\d"
_MOMENT = _DAY + r"([T ]\d\d:\d\d(:\d\d([.]\d+)?)?(Z|[+-]\d\d(:?\d\d)?)?)?"
_NUMBER = r"[+-]?(\d+[.]?\d*|[.]\d+)"
_WHOLE = r"[+-]?\d+([.]0*)?"
_DAMAGED = r"\d([.]\d+)?[eE][+]?\d+"

SHAPES: dict[str, tuple[str, str, str]] = {
    # type: (shape of the text, SQL that turns it into the typed value, what people are told was expected)
    "date": (_DAY, "TRY_CAST({s} AS DATE)", "a date such as 2026-07-01"),
    "timestamp": (
        _MOMENT,
        "TRY_CAST({s} AS TIMESTAMPTZ) AT TIME ZONE 'UTC'",
        "a time such as 2026-07-01T09:30:00Z",
    ),
    "integer": (_WHOLE, "TRY_CAST({s} AS BIGINT)", "a whole number such as 12"),
    "decimal": (_NUMBER, "TRY_CAST({s} AS DECIMAL(18,8))", "a number such as 7.5, with a point and no separators"),
    "money": (_NUMBER, "TRY_CAST({s} AS DECIMAL(18,4))", "an amount such as 1250.50, with a point and no separators"),
    "boolean": ("(?i)(true|false|yes|no|1|0)", "TRY_CAST({s} AS BOOLEAN)", "true or false"),
}


@dataclass(frozen=True, slots=True)
class Rule:
    """`test(column, text, value)` is the SQL condition that a bad cell fulfils; `says(column)` ends "<column> <value> ..."."""

    name: str
    applies: Callable[[Table, Column], bool]
    test: Callable[[Column, str, str], str]
    says: Callable[[Column], str]


def text_of(raw: str) -> str:
    """A cell without surrounding space; NULL when nothing is left."""
    # Looking first is cheaper than trimming: nearly no cell has space around it.
    trimmed = f"regexp_replace({raw}, '^{_SPACE}+|{_SPACE}+$', '', 'g')"
    return f"NULLIF(CASE WHEN regexp_matches({raw}, '^{_SPACE}|{_SPACE}$') THEN {trimmed} ELSE {raw} END, '')"


def value_of(column: Column, text: str) -> str:
    """The typed value of a cell; NULL where its text does not have the shape of its type."""
    if column.type == "text":
        return text
    if column.type == "choice":
        return f"lower({text})"
    shape, cast, _ = SHAPES[column.type]
    return f"CASE WHEN regexp_full_match({text}, '{shape}') THEN {cast.format(s=text)} END"


def rules_for(table: Table, column: Column) -> list[Rule]:
    """The rules that concern this column, in the order in which a reason is given."""
    return [rule for rule in RULES if rule.applies(table, column)]


def _is_id(table: Table, column: Column) -> bool:
    return column.type == "text" and (column.name in table.key or column.reference is not None)


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
        lambda _, text, value: f"{text} IS NOT NULL AND {value} IS NULL",
        lambda column: f"is not {SHAPES[column.type][2]}",
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
        _is_id,
        lambda _, text, __: f"regexp_full_match({text}, '{_DAMAGED}')",
        lambda _: "was turned into a number by a spreadsheet, its digits are lost; export the file again as text",
    ),
)
