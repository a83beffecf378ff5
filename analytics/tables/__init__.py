"""The import format: every file, column, type, unit and example, as declarations that the importer, the sample and the docs read."""

from __future__ import annotations

from analytics.tables import company, demand, who, work
from analytics.tables.columns import Column, Reference, Table

TABLES: dict[str, Table] = {table.name: table for table in who.TABLES + demand.TABLES + work.TABLES + company.TABLES}

__all__ = ["TABLES", "Column", "Reference", "Table"]
