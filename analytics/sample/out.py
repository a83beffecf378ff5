"""Writes the sample's columns as CSV files: whole rows are put together as text at once, which is fast and exact."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from analytics.sample.base import NONE, Ints
from analytics.tables import Column, Table


@dataclass(frozen=True)
class Coded:
    """Text given by position in a list of words; a negative code is an empty cell."""

    codes: Ints
    words: tuple[str, ...]

    def text(self) -> Any:
        """The words, as an Arrow array."""
        return pa.array(list(self.words), pa.string()).take(pa.array(self.codes, pa.int64(), mask=self.codes < 0))


@dataclass(frozen=True)
class Scaled:
    """Exact decimal numbers: whole numbers of 10 ** -digits; `digits` is one number, or one for each row."""

    values: Ints
    digits: int | Ints

    def text(self) -> Any:
        """The numbers with a decimal point, NONE as an empty cell."""
        whole = pa.array(self.values, pa.int64(), mask=self.values == NONE)
        if isinstance(self.digits, int):
            return _shifted(whole, self.digits)
        result = _shifted(whole, 2)
        for digits in np.unique(self.digits):
            if digits != 2:
                result = pc.if_else(pa.array(self.digits == digits), _shifted(whole, int(digits)), result)
        return result


def _shifted(whole: Any, digits: int) -> Any:
    if digits == 0:
        return whole.cast(pa.string())
    step = pa.scalar(Decimal(1).scaleb(-digits), pa.decimal128(digits + 1, digits))
    return pc.multiply(whole.cast(pa.decimal128(19, 0)), step).cast(pa.string())


def ids(prefix: str, numbers: Ints, width: int = 6) -> Any:
    """Text ids such as J000123 from numbers counted from 0; a negative number is an empty cell."""
    digits = pa.array(numbers + 1, pa.int64(), mask=numbers < 0).cast(pa.string())
    return pc.binary_join_element_wise(pa.scalar(prefix), pc.utf8_lpad(digits, width, "0"), "")


def as_date(days: Ints) -> Any:
    """Days as 2026-07-01, NONE as an empty cell."""
    return pa.array(days.astype(np.int32), pa.int32(), mask=days == NONE).cast(pa.date32()).cast(pa.string())


def as_time(seconds: Ints) -> Any:
    """Seconds as 2026-07-01T09:30:00Z, NONE as an empty cell."""
    moment = pa.array(seconds, pa.int64(), mask=seconds == NONE).cast(pa.timestamp("s")).cast(pa.string())
    return pc.binary_join_element_wise(pc.utf8_replace_slice(moment, 10, 11, "T"), pa.scalar("Z"), "")


def _cells(column: Column, values: Any) -> Any:
    """One column as text, by its declared type; days, seconds and counts are whole numbers with NONE for empty."""
    if isinstance(values, Coded | Scaled):
        return values.text()
    if column.type == "date":
        return as_date(values)
    if column.type == "timestamp":
        return as_time(values)
    if column.type == "integer":
        return pa.array(values, pa.int64(), mask=values == NONE).cast(pa.string())
    if column.type == "boolean":
        return pa.array(values, pa.bool_()).cast(pa.string())
    return values if isinstance(values, pa.Array | pa.ChunkedArray) else pa.array(list(values), pa.string())


def _quoted(cells: Any) -> Any:
    """Cells that hold a comma or a quote are put in quotes."""
    special = pc.match_substring_regex(cells, '[",\n\r]')
    if not pc.any(special).as_py():
        return cells
    doubled = pc.replace_substring(cells, '"', '""')
    return pc.if_else(special, pc.binary_join_element_wise(pa.scalar('"'), doubled, pa.scalar('"'), ""), cells)


def write_rows(path: Path, header: list[str], columns: list[Any]) -> None:
    """Write text columns under a header line; nulls become empty cells."""
    plain = [cells.combine_chunks() if isinstance(cells, pa.ChunkedArray) else cells for cells in columns]
    large = [cells.cast(pa.large_string()) for cells in plain]
    comma, line = pa.scalar(",", pa.large_string()), pa.scalar("\n", pa.large_string())
    rows = pc.binary_join_element_wise(*large, comma, null_handling="replace", null_replacement="")
    ended = pc.binary_join_element_wise(rows, pa.scalar("", pa.large_string()), line)
    with path.open("wb") as file:
        file.write((",".join(header) + "\n").encode())
        if len(ended):
            ends = np.frombuffer(ended.buffers()[1], dtype=np.int64)
            file.write(memoryview(ended.buffers()[2])[ends[ended.offset] : ends[ended.offset + len(ended)]])


def write_table(folder: Path, table: Table, columns: Mapping[str, Any]) -> int:
    """Write `<name>.csv` with exactly the declared columns; the number of rows. KeyError where one is not given."""
    surplus = set(columns) - {column.name for column in table.columns}
    if surplus:
        raise KeyError(f"{table.name} has no column {', '.join(sorted(surplus))}")
    cells = [_cells(column, columns[column.name]) for column in table.columns]
    texts = [_quoted(c) if col.type == "text" else c for col, c in zip(table.columns, cells, strict=True)]
    write_rows(folder / f"{table.name}.csv", [column.name for column in table.columns], texts)
    return len(texts[0])
