"""Reads a customer's file as text: finds its encoding, separator and header line, and gives its lines in batches."""

from __future__ import annotations

import codecs
import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, Literal

import pyarrow as pa

from analytics.profiles.headers import Matched, match, score
from analytics.profiles.profile import Profile

DELIMITERS = (",", ";", "\t", "|")
ENCODINGS = ("utf-8-sig", "utf-8", "cp1252")
_HEADER_WITHIN = 30
_BATCH = 50_000
_BLOCK = 1 << 20


@dataclass(frozen=True, slots=True)
class Sheet:
    """How a file lies: what was found out about it, its header cells and where the profile's columns stand."""

    path: Path
    encoding: str
    delimiter: str
    header_line: int
    headers: tuple[str, ...]
    matched: Matched


def look(profile: Profile, path: Path) -> Sheet | list[str]:
    """Find out how the file lies; or why it cannot be read as text, in sentences that begin with the file's name.

    What is wrong with its header is in `matched.problems`.
    """
    encoding = profile.encoding if profile.encoding != "auto" else detect_encoding(path)
    if not encoding:
        return [f"{path.name}: its text is neither UTF-8 nor Windows-1252; save it as CSV UTF-8, or name its encoding."]
    try:
        found = [
            _header(profile, path, encoding, delimiter)
            for delimiter in (DELIMITERS if profile.delimiter == "auto" else (profile.delimiter,))
        ]
    except (OSError, UnicodeError, LookupError, csv.Error) as error:
        return [f"{path.name} cannot be read as {encoding} text ({error})."]
    best = max(found, key=lambda one: (one[0], len(one[3])))
    _, delimiter, line, headers = best
    if not headers:
        return [f"{path.name} is empty; expected a header line."]
    return Sheet(path, encoding, delimiter, line, tuple(headers), match(profile, headers))


def detect_encoding(path: Path) -> str:
    """The first of utf-8-sig, utf-8 and cp1252 in which every byte of the file is text; empty where none fits."""
    with path.open("rb") as file:
        if file.read(3) == codecs.BOM_UTF8:
            return "utf-8-sig"
    return next((encoding for encoding in ENCODINGS[1:] if _readable(path, encoding)), "")


def _readable(path: Path, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        with path.open("rb") as file:
            while block := file.read(_BLOCK):
                if "\x00" in decoder.decode(block):
                    return False
            decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def records(profile: Profile, path: Path, encoding: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Every record with the physical line it begins on. csv.Error where a double quote is never closed."""
    csv.field_size_limit(1 << 24)
    quoting: Literal[0, 3] = csv.QUOTE_MINIMAL if profile.quote else csv.QUOTE_NONE
    with path.open(encoding=encoding, newline="") as file:
        reader = csv.reader(
            file, delimiter=delimiter, quotechar=profile.quote or None, quoting=quoting, strict=bool(profile.quote)
        )
        begins = 1
        for record in reader:
            yield begins, record
            begins = reader.line_num + 1


def _header(profile: Profile, path: Path, encoding: str, delimiter: str) -> tuple[int, str, int, list[str]]:
    """(columns known, separator, line, cells) of the line that names most columns, or of the line the profile names."""
    best: tuple[int, str, int, list[str]] = (-1, delimiter, 0, [])
    try:
        for line, cells in islice(records(profile, path, encoding, delimiter), max(_HEADER_WITHIN, profile.header_row)):
            if profile.header_row and line != profile.header_row:
                continue
            found = score(profile, cells)
            if found > best[0] and any(cell.strip() for cell in cells):
                best = (found, delimiter, line, cells)
    except csv.Error:
        # Under the wrong separator quotes may not close; the right one is tried as well, and read in full later.
        return best
    return best


def batches(profile: Profile, sheet: Sheet) -> Iterator[pa.Table]:
    """The lines below the header as text: line, cells (how many there were, trailing empty ones left out), c0, c1, ..."""
    width = len(sheet.headers)
    rows = (row for row in records(profile, sheet.path, sheet.encoding, sheet.delimiter) if row[0] > sheet.header_line)
    while batch := list(islice(rows, _BATCH)):
        yield _table(batch, width)


def _table(batch: Sequence[tuple[int, list[str]]], width: int) -> pa.Table:
    cut = [cells if len(cells) == width else _fit(cells, width) for _, cells in batch]
    columns: dict[str, Any] = {
        "line": pa.array([line for line, _ in batch], pa.int64()),
        "cells": pa.array([_used(cells, width) for _, cells in batch], pa.int32()),
    }
    for index, column in enumerate(zip(*cut, strict=True)):
        columns[f"c{index}"] = pa.array(column, pa.string())
    return pa.table(columns)


def _fit(cells: list[str], width: int) -> list[str]:
    return cells[:width] + [""] * (width - len(cells))


def _used(cells: list[str], width: int) -> int:
    """How many cells there are; empty ones beyond the header do not count."""
    count = len(cells)
    while count > width and not cells[count - 1].strip():
        count -= 1
    return count
