"""Answers as files: sheets of typed cells, as a workbook or as CSV."""

from __future__ import annotations

from analytics.export.answers import Exported, export
from analytics.export.sheets import Cell, Field, Sheet, Wording, safe

__all__ = ["Cell", "Exported", "Field", "Sheet", "Wording", "export", "safe"]
