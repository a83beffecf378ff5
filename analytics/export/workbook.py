"""Sheets as files: an Excel workbook with typed cells, or CSV files in a zip."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Sequence
from datetime import date
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from analytics.currencies import decimals
from analytics.export.sheets import Cell, Field, Sheet, safe

WIDTHS = {"text": 28, "date": 12}
FORMATS = {"ratio": "0.0%", "count": "#,##0", "date": "yyyy-mm-dd", "rating": "0.00", "index": "0.00"}
PLAIN = "#,##0.0"


def xlsx(sheets: Sequence[Sheet], currency: str) -> bytes:
    """A workbook; money has its currency, ratios are percent, dates are dates, texts are never formulas."""
    book = Workbook(write_only=True)
    for sheet in sheets:
        _write(book, sheet, currency)
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


def csv_zip(sheets: Sequence[Sheet], names: Sequence[str]) -> bytes:
    """One CSV file for each sheet under these names, in UTF-8 with the mark that Excel looks for."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as packed:
        for sheet, name in zip(sheets, names, strict=True):
            packed.writestr(f"{name}.csv", _csv(sheet).encode("utf-8-sig"))
    return made.getvalue()


def _write(book: Any, sheet: Sheet, currency: str) -> None:
    page = book.create_sheet(sheet.name[:31])
    page.freeze_panes = "A2"
    for at, field in enumerate(sheet.fields, 1):
        page.column_dimensions[get_column_letter(at)].width = WIDTHS.get(field.unit, 16)
    page.append([_cell(page, safe(field.label), "@", bold=True) for field in sheet.fields])
    formats = [_format(field, currency) for field in sheet.fields]
    for row in sheet.safe_rows():
        page.append([_cell(page, cell, form) for cell, form in zip(row, formats, strict=True)])


def _format(field: Field, currency: str) -> str:
    if field.unit == "money":
        digits = decimals(currency)
        return f'#,##0{"." + "0" * digits if digits else ""} "{currency}"'
    return "@" if field.unit == "text" else FORMATS.get(field.unit, PLAIN)


def _cell(page: Any, value: Cell, form: str, *, bold: bool = False) -> Any:
    cell = WriteOnlyCell(page, value=value)
    if isinstance(value, str):
        # Said outright, because the library takes a text that begins with "=" for a formula.
        cell.data_type = "s"
    else:
        plain = FORMATS["date"] if isinstance(value, date) else "General"
        cell.number_format = form if form != "@" else plain
    if bold:
        cell.font = Font(bold=True)
    return cell


def _csv(sheet: Sheet) -> str:
    made = io.StringIO()
    writer = csv.writer(made)
    writer.writerow([safe(field.label) for field in sheet.fields])
    writer.writerows(sheet.safe_rows())
    return made.getvalue()
