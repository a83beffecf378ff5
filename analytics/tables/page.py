"""Renders docs/data-format.md from the declarations: every file and column a customer may send, and what each means."""

from __future__ import annotations

import sys
from pathlib import Path

from analytics.tables import TABLES
from analytics.tables.columns import Column, Table

PAGE = Path(__file__).parents[2] / "docs" / "data-format.md"

INTRODUCTION = """\
# The import format

One folder, one CSV file for each table below. This is the format of `python app.py sync --data DIR`, and of what
`python app.py sample --out DIR` writes. This page is made from the declarations the importer itself reads
(`python -m analytics.tables.page`), so it cannot be out of date.

## Rules for every file

- **Name**: as listed below, such as `jobs.csv`. Other CSV files in the folder are not read; a warning names them.
- **Text**: UTF-8 (a byte order mark is allowed). Cells are separated by commas; a cell that holds a comma, a quote or
  a line break stands in double quotes, and a quote within it is doubled.
- **Header**: the first line names the columns, in any order, in small or capital letters. Columns that are not
  required may be left out; unknown columns are not read, and a warning names them.
- **Empty cell**: not known. Never write 0, "n/a", 1900-01-01 or 1970-01-01 for what is not known.
- **Text ids**: ids are text, even where they look like numbers: `00123` and `123` differ. An id that a spreadsheet
  has turned into `1.18E+18` sets its row aside.
- **Dates**: ISO, `2026-07-01`. **Times**: ISO with their zone, `2026-07-01T09:30:00Z`; a time without a zone is UTC.
- **Numbers**: a point before the decimals and nothing between the thousands: `1250.50`. Money is in major units
  (euros, not cents) of the currency named in the same row.
- **Booleans**: `true` or `false` (also yes, no, 1, 0).
- **Keys**: each file has a key, and no two rows may share it.
- **References**: a cell that names a row of another file is looked up there. "Else set aside" means that a row whose
  cell is not found is kept apart with its reason, counted on screen, and can be exported; "else unmapped" means that
  the row counts and is shown under "Unmapped".

A row that breaks a rule is set aside, never dropped silently. A required file that is missing, a required column that
is missing, or a file most of whose rows break a rule, stops the load, and the data in use stays as it was.
"""


def render() -> str:
    """The whole page, as Markdown."""
    parts = [INTRODUCTION, _overview(), *(_section(table) for table in TABLES.values())]
    return "\n".join(parts)


def _overview() -> str:
    rows = [f"| [`{t.name}.csv`](#{_anchor(t)}) | {t.grain} | {_need(t)} |" for t in TABLES.values()]
    return "\n".join(["## The files", "", "| file | one row is one | if it is missing |", "|---|---|---|", *rows, ""])


def _need(table: Table) -> str:
    return "**required**: the load stops" if table.required else table.without


def _anchor(table: Table) -> str:
    return f"{table.name}csv"


def _section(table: Table) -> str:
    cost = f"Without it: {table.without}." if table.without else ""
    need = "Required." if table.required else "Optional."
    columns = [_row(column) for column in table.columns]
    return "\n".join(
        [
            f"## {table.name}.csv",
            "",
            f"One row is one {table.grain}. Key: {', '.join(f'`{name}`' for name in table.key)}. {f'{need} {cost}'.strip()}",
            "",
            "| column | type | required | meaning | example |",
            "|---|---|---|---|---|",
            *columns,
            "",
            "```csv",
            ",".join(column.name for column in table.columns),
            ",".join(_cell(column.example) for column in table.columns),
            "```",
            "",
        ]
    )


def _row(column: Column) -> str:
    required = "yes" if column.required else ""
    return f"| `{column.name}` | {_type(column)} | {required} | {_meaning(column)} | `{column.example}` |"


def _type(column: Column) -> str:
    return f"{column.type}, {column.unit}" if column.unit else column.type


def _meaning(column: Column) -> str:
    """What the column says, what it may hold, and where it is looked up."""
    said = [column.help.replace("|", "\\|")]
    if column.choices:
        said.append(f"one of {', '.join(f'`{choice}`' for choice in column.choices)}")
    if column.minimum is not None:
        said.append(f"at least {column.minimum:g}")
    if column.reference:
        missing = "set aside" if column.reference.missing == "quarantine" else "unmapped"
        said.append(f"refers to `{column.reference.table}.{column.reference.column}`, else {missing}")
    return "; ".join(said)


def _cell(text: str) -> str:
    return f'"{text}"' if "," in text else text


def main() -> int:
    """Write the page; with --check only say whether it is up to date."""
    text = render()
    if "--check" in sys.argv[1:]:
        return 0 if PAGE.exists() and PAGE.read_text(encoding="utf-8") == text else 1
    PAGE.parent.mkdir(exist_ok=True)
    PAGE.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
