"""The page about the import format is the one that the declarations render."""

from __future__ import annotations

import csv
import io

from analytics.tables import TABLES
from analytics.tables.page import PAGE, render


def test_the_page_in_docs_is_the_one_the_declarations_render() -> None:
    assert PAGE.read_text(encoding="utf-8") == render(), "run: python -m analytics.tables.page"


def test_the_page_names_every_column_with_its_choices_and_references() -> None:
    page = render()
    for table in TABLES.values():
        section = page.split(f"\n## {table.name}.csv\n")[1].split("\n## ")[0]
        assert table.without in section
        for column in table.columns:
            (line,) = (text for text in section.splitlines() if text.startswith(f"| `{column.name}` |"))
            assert all(f"`{choice}`" in line for choice in column.choices)
            assert column.unit in line
            assert not column.reference or f"`{column.reference.table}.{column.reference.column}`" in line


def test_the_examples_on_the_page_are_rows_that_could_be_sent() -> None:
    blocks = render().split("```csv\n")[1:]
    for table, block in zip(TABLES.values(), blocks, strict=True):
        (row,) = csv.DictReader(io.StringIO(block.split("```")[0]))
        assert list(row) == [column.name for column in table.columns]
        assert [row[column.name] for column in table.columns] == [column.example for column in table.columns]
