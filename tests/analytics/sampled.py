"""The sample enterprise as files on disk, read as text."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

from analytics.sample import SampleReport
from analytics.tables import TABLES

Row = dict[str, str]


@dataclass(frozen=True)
class Written:
    """A sample on disk, its files read as text."""

    report: SampleReport
    tables: dict[str, list[Row]]
    by_key: dict[str, dict[str, Row]]

    def events(self, name: str) -> list[Row]:
        return rows_of(self.report.folder / "truth" / f"{name}.csv")


def rows_of(path: Path) -> list[Row]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def read_sample(report: SampleReport) -> Written:
    """The files of a sample, whole."""
    tables = {name: rows_of(report.folder / f"{name}.csv") for name in TABLES}
    first_key = {name: {row[table.key[0]]: row for row in tables[name]} for name, table in TABLES.items()}
    return Written(report, tables, first_key)
