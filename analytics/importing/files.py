"""Looks at each file before it is read: is it there, is it text, which columns does its header name."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Collection, Container, Sequence
from dataclasses import dataclass
from pathlib import Path

from analytics.errors import did_you_mean
from analytics.model import Finding
from analytics.profiles import Arrival, choose
from analytics.tables import TABLES, Table

_DELIMITERS = {";": "semicolons", "\t": "tabs", "|": "vertical bars"}
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_HEADER_BYTES = 1 << 16
_BLOCK = 1 << 20
_ODD_SPACES = (b"\t", b"\xc2\xa0")
_HALF = 0xC2
_SUFFIXES = {".csv", ".txt", ".tsv"}
_PROGRAM = ("jobs", "contracts", "charges")


@dataclass(frozen=True, slots=True)
class Layout:
    """How one file lies: its header cells in order, where each declared column stands, lines the header takes.

    `zone` is SQL for the time zone in which a row's plain dates are meant, wherever a moment is asked for;
    `odd_space` whether tabs and no-break spaces have to be looked for around its cells.
    """

    table: Table
    path: Path
    headers: tuple[str, ...]
    positions: dict[str, int]
    header_lines: int
    size: int
    zone: str = "'UTC'"
    odd_space: bool = True


@dataclass(frozen=True, slots=True)
class Inspection:
    """All files of a folder: those that can be read, what stops the load, and what is only worth a warning."""

    layouts: tuple[Layout, ...]
    problems: tuple[str, ...]
    findings: tuple[Finding, ...]
    arrivals: tuple[Arrival, ...] = ()
    strangers: tuple[str, ...] = ()


def inspect(folder: Path, fed: Collection[str] = ()) -> Inspection:
    """Look at every file the import format names, and at those it does not; tables `fed` otherwise may lack theirs."""
    layouts: list[Layout] = []
    problems: list[str] = []
    if not folder.is_dir():
        return Inspection((), (f"{folder} is no folder; name the folder that holds the CSV files.",), ())
    texts = [path for path in sorted(folder.iterdir()) if path.suffix.casefold() in _SUFFIXES and path.is_file()]
    present = {path.name.casefold(): path for path in texts if path.suffix.casefold() == ".csv"}
    others = [path for path in texts if path.name.casefold() not in {f"{name}.csv" for name in TABLES}]
    arrivals, wrong = choose(folder, others)
    problems += wrong
    known = {arrival.path.name for arrival in arrivals}
    strangers = [path.name for path in others if path.name not in known and path.suffix.casefold() == ".csv"]
    needed = _needed(present, arrivals) - set(fed)
    for table in TABLES.values():
        path = present.get(f"{table.name}.csv")
        if path is None and table.name in needed:
            hint = did_you_mean(f"{table.name}.csv", strangers)
            problems.append(f"{table.name}.csv is missing: expected one row per {table.grain}.{hint}")
        elif path is not None:
            found = _look(table, path)
            problems += found if isinstance(found, list) else []
            layouts += [] if isinstance(found, list) else [found]
    drift = [_drift(layout) for layout in layouts]
    findings = [
        finding
        for finding in (
            _not_sent({*present, *(f"{name}.csv" for name in fed)}, needed, arrivals),
            _strange_files([name for name in strangers if not misspelt(name)]),
            *drift,
        )
        if finding
    ]
    return Inspection(tuple(layouts), tuple(problems), tuple(findings), tuple(arrivals), tuple(strangers))


def _needed(present: Container[str], arrivals: Sequence[Arrival]) -> set[str]:
    """Tables whose file has to be there: the required ones that no profile feeds.

    A file whose profile stands alone brings its whole program, so nothing else is needed; unless there is also a
    program in the import format itself, which then has to be whole.
    """
    if any(f"{name}.csv" in present for name in _PROGRAM):
        alone = False
    else:
        alone = any(arrival.profile.stands_alone for arrival in arrivals)
    return set() if alone else {table.name for table in TABLES.values() if table.required} - _fed(arrivals)


def _fed(arrivals: Sequence[Arrival]) -> set[str]:
    return {entity.table for arrival in arrivals for entity in arrival.profile.entities}


def match_headers(table: Table, headers: Sequence[str]) -> tuple[dict[str, int], list[str]]:
    """Where each declared column stands among the header cells, and what is wrong with the header."""
    folded = [header.strip().casefold() for header in headers]
    places = {column.name: folded.index(column.name) for column in table.columns if column.name in folded}
    others = [header for header in folded if header and header not in places]
    problems = [
        f'the column "{name}" occurs {times} times; expected once.'
        for name, times in Counter(folded).items()
        if times > 1 and name in places
    ]
    problems += [
        f'the required column "{column.name}" ({column.help}) is missing.{did_you_mean(column.name, others)} '
        f"Expected in the header, for example with the value {column.example}."
        for column in table.columns
        if column.required and column.name not in places
    ]
    return places, problems


def line_at(path: Path, byte: int) -> int:
    """The physical line of the record that begins at this byte (counted from 0), blank lines before it skipped."""
    with path.open("rb") as file:
        left, lines = byte, 1
        while left > 0 and (block := file.read(min(left, _BLOCK))):
            lines += block.count(b"\n")
            left -= len(block)
        after = file.read(_BLOCK)
    return lines + after[: len(after) - len(after.lstrip(b"\r\n"))].count(b"\n")


@dataclass(frozen=True, slots=True)
class Scan:
    """What a look at a file's bytes tells: its physical lines, and whether it holds any space but the plain one."""

    lines: int
    odd_space: bool


def scan(path: Path) -> Scan:
    """Look at every byte once; the last line counts even without a line end."""
    buffer = bytearray(_BLOCK)
    lines, odd, last = 0, False, b"\n"
    with path.open("rb", buffering=0) as file:
        while size := file.readinto(buffer):
            lines += buffer.count(b"\n", 0, size)
            # Half of a no-break space may lie in the next block: its first byte alone is reason enough to look closer.
            odd = odd or any(buffer.find(space, 0, size) >= 0 for space in _ODD_SPACES) or buffer[size - 1] == _HALF
            last = bytes(buffer[size - 1 : size])
    return Scan(lines + (last != b"\n"), odd)


def _look(table: Table, path: Path) -> Layout | list[str]:
    name = path.name
    try:
        with path.open("rb") as file:
            head = file.read(_HEADER_BYTES)
    except OSError as error:
        return [f"{name} cannot be opened ({error.strerror}); check that it is a file and that it may be read."]
    if head.startswith(_UTF16):
        return [f'{name} is encoded as UTF-16; expected UTF-8. Save it as "CSV UTF-8".']
    if not head.strip():
        return [f"{name} is empty; expected a header line such as {','.join(c.name for c in table.columns[:3])},..."]
    try:
        headers, lines = _header(head)
    except (UnicodeError, csv.Error):
        return [f'{name}, line 1: the header cannot be read; expected UTF-8 text. Save it as "CSV UTF-8".']
    if delimiter := _other_delimiter(table, headers):
        return [f"{name}, line 1: the cells are separated by {delimiter}; expected commas. Save the file with commas."]
    places, problems = match_headers(table, headers)
    if problems:
        return [f"{name}, line 1: {problem}" for problem in problems]
    return Layout(table, path, tuple(headers), places, lines, path.stat().st_size)


def _header(head: bytes) -> tuple[list[str], int]:
    # Only the header has to be UTF-8 here; what is wrong in a later line is found with its place when it is read.
    reader = csv.reader(io.StringIO(head.decode("utf-8-sig", errors="surrogateescape"), newline=""))
    cells = [cell.strip() for cell in next(reader)]
    "".join(cells).encode()
    return cells, reader.line_num


def _other_delimiter(table: Table, headers: Sequence[str]) -> str:
    known = {column.name for column in table.columns}
    if len(headers) > 1 and known & {header.casefold() for header in headers}:
        return ""
    joined = ",".join(headers).casefold()
    for delimiter, name in _DELIMITERS.items():
        if len(known & {cell.strip(' "') for cell in joined.split(delimiter)}) > 1:
            return name
    return ""


def _drift(layout: Layout) -> Finding | None:
    table = layout.table
    unknown = [h for h in layout.headers if h.casefold() not in layout.positions]
    absent = [column.name for column in table.columns if column.name not in layout.positions]
    if not unknown:
        return None
    said = "; ".join(f'"{header}"{did_you_mean(header, absent)}' for header in unknown)
    text = f"{layout.path.name} has columns the import format does not know, which were not read: {said}"
    return Finding("schema_drift", "W", text, len(unknown), (), tuple(unknown[:5]))


def _not_sent(present: Container[str], needed: Container[str], arrivals: Sequence[Arrival]) -> Finding | None:
    fed = _fed(arrivals)
    absent = [
        table
        for table in TABLES.values()
        if table.name not in needed and table.name not in fed and f"{table.name}.csv" not in present
    ]
    if not absent:
        return None
    said = "; ".join(f"{table.name}.csv: {table.without or f'nothing about {table.name}'}" for table in absent)
    text = f"Files of the import format that were not sent, and what that costs: {said}"
    return Finding("not_sent", "I", text, len(absent), (), tuple(table.name for table in absent))


def misspelt(name: str) -> str:
    """The table a file that is not of the import format was probably meant for; empty where it is like none."""
    near = did_you_mean(name.casefold(), [f"{table}.csv" for table in TABLES])
    return near.split('"')[1].removesuffix(".csv") if near else ""


def _strange_files(names: Sequence[str]) -> Finding | None:
    if not names:
        return None
    text = f"The folder holds files the import format does not know, which were not read: {'; '.join(names)}"
    return Finding("unknown_files", "W", text, len(names), (), tuple(names[:5]))
