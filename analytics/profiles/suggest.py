"""Drafts a profile for a file nobody has described yet; what the file leaves open stays as a question in a comment."""

from __future__ import annotations

import csv
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from analytics.errors import DataError
from analytics.profiles.headers import folded, match, nearest
from analytics.profiles.profile import PART, Profile
from analytics.profiles.recognise import date_formats, mostly_dates, number_style
from analytics.profiles.sheet import DELIMITERS, detect_encoding, records
from analytics.tables import TABLES, Table

_LOOK_AT = 2_000
_EMPTY = Profile("draft", "draft", ())
_GUESSES = ("charges", "time_entries", "contracts", "employment", "people", "jobs", "invoices", "headcount")


@dataclass(frozen=True, slots=True)
class Sample:
    """The first lines of an unknown file: how it lies, its headers, and the values below each that are not empty."""

    path: Path
    encoding: str
    delimiter: str
    line: int
    headers: tuple[str, ...]
    values: tuple[tuple[str, ...], ...]

    def of(self, header: str) -> tuple[str, ...]:
        """The values below a header."""
        return self.values[self.headers.index(header)]


def draft(path: Path, profiles: Mapping[str, Profile], table: str = "") -> str:
    """A profile as TOML. DataError where the file cannot be read at all or `table` does not exist."""
    sample = look(path)
    known = {name: aliases_of(TABLES[name], profiles.values()) for name in ((table,) if table else _GUESSES)}
    found = {name: matches(TABLES[name], sample.headers, aliases) for name, aliases in known.items()}
    best = max(found, key=lambda name: _worth(TABLES[name], found[name]))
    return "\n".join(_lines(sample, TABLES[best], found[best], _resembles(sample, profiles))) + "\n"


def look(path: Path) -> Sample:
    """Find encoding, separator and header line: the first line that is as wide as most, all of it words."""
    encoding = detect_encoding(path)
    if not encoding:
        raise DataError(f"{path.name}: its text is neither UTF-8 nor Windows-1252; save it as CSV UTF-8.")
    delimiter, rows = max(((one, _rows(path, encoding, one)) for one in DELIMITERS), key=lambda pair: _regular(pair[1]))
    widths = Counter(len(cells) for _, cells in rows if any(cells))
    if not widths or max(widths) < 2:
        raise DataError(f"{path.name} holds no table: none of its lines has two cells.")
    width = widths.most_common(1)[0][0]
    line, headers = next(((n, c) for n, c in rows if len(c) == width and _is_header(c)), rows[0])
    below = [cells for n, cells in rows if n > line and len(cells) == width]
    values = tuple(tuple(cells[i].strip() for cells in below if cells[i].strip()) for i in range(len(headers)))
    return Sample(path, encoding, delimiter, line, tuple(header.strip() for header in headers), values)


def aliases_of(table: Table, profiles: Iterable[Profile]) -> dict[str, list[str]]:
    """Import column -> every header under which some profile finds it."""
    found: dict[str, list[str]] = {column.name: [column.name] for column in table.columns}
    for profile in profiles:
        for entity in profile.entities:
            for name, templates in entity.columns.items() if entity.table == table.name else ():
                parts = [part for template in templates for part in PART.findall(template)]
                fields = [f for part in parts for f in (profile.natural_key if part == "key" else (part,))]
                found[name] += [alias for field in fields for alias in profile.columns.get(field, ())]
    return found


def matches(table: Table, headers: Sequence[str], aliases: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """Import column -> header: the same words first, then what is nearly the same; each header once."""
    left = [header for header in headers if header]
    found: dict[str, str] = {}
    ordered = sorted(table.columns, key=lambda column: not column.required)
    for exact in (True, False):
        for column in ordered:
            if column.name in found:
                continue
            wanted = {folded(alias) for alias in aliases[column.name]}
            same = next((h for h in left if folded(h) in wanted), "") if exact else nearest(left, aliases[column.name])
            if same:
                found[column.name] = same
                left.remove(same)
    return found


def _rows(path: Path, encoding: str, delimiter: str) -> list[tuple[int, list[str]]]:
    try:
        return list(islice(records(_EMPTY, path, encoding, delimiter), _LOOK_AT))
    except csv.Error:
        return []


def _regular(rows: Sequence[tuple[int, list[str]]]) -> tuple[int, int]:
    """How many lines have the commonest number of cells, if it is more than one; and how many cells that is."""
    widths = Counter(len(cells) for _, cells in rows if len(cells) > 1)
    width, times = widths.most_common(1)[0] if widths else (0, 0)
    return times, width


def _is_header(cells: Sequence[str]) -> bool:
    words = [cell for cell in cells if cell.strip()]
    return len(words) > len(cells) / 2 and not any(
        number_style([word]) or date_formats([word.strip()]) for word in words
    )


def _worth(table: Table, found: Mapping[str, str]) -> float:
    """How well a file fits a table; most unknown files are about money, so charges go before what fits only little better."""
    required = [column.name for column in table.columns if column.required]
    return sum(name in found for name in required) / len(required) + (0.2 if table.name == "charges" else 0)


def _resembles(sample: Sample, profiles: Mapping[str, Profile]) -> tuple[str, tuple[str, ...]] | None:
    """The shipped profile this file is nearly, with what it still lacks."""
    best: tuple[str, tuple[str, ...]] | None = None
    for name, profile in profiles.items():
        matched = match(profile, sample.headers)
        lacks = tuple(field for field in profile.required if field not in matched.places)
        if len(lacks) <= len(profile.required) / 3 and (best is None or len(lacks) < len(best[1])):
            best = name, lacks
    return best


def _lines(
    sample: Sample, table: Table, found: Mapping[str, str], near: tuple[str, tuple[str, ...]] | None
) -> Iterator[str]:
    yield f"# Drafted from {sample.path.name}. Answer every line that begins with #? and see what comes of it:"
    yield f"#   python app.py check {sample.path.name} --profile THIS_FILE.toml"
    if near:
        lacks = f" but for {', '.join(near[1])}" if near[1] else ""
        yield f"# The file is nearly the shipped profile {near[0]}{lacks}; if it is one, name its headers in profiles.toml instead."
    yield f"title = {_text(sample.path.stem)}"
    yield f"file_pattern = [{_text('*' + sample.path.stem.rstrip('0123456789-_ ') + '*' + sample.path.suffix)}]"
    yield "#? full: each file replaces the one before; delta: it brings what is new or changed; append: it adds lines"
    yield 'mode = "delta"'
    yield f"encoding = {_text(sample.encoding)}"
    yield f"delimiter = {_text(sample.delimiter)}"
    yield f"header_row = {sample.line}"
    needed = [column.name for column in table.columns if column.required and column.name in found]
    yield f"required = {json.dumps(needed)}"
    key = [name for name in table.key if name in found]
    yield (
        f"natural_key = {json.dumps(key)}"
        if key
        else "#? No column is the id of a line; equal lines are told apart by their order."
    )
    yield from ("", "[columns]", *(f"{name} = [{_text(header)}]" for name, header in found.items()))
    yield from (f"# not used: {_text(header)}" for header in sample.headers if header and header not in found.values())
    yield from _constants(table, found)
    yield from _dates(sample, table, found)
    yield from _numbers(sample, table, found)
    yield from _choices(sample, table, found)
    yield from ("", "[[entity]]", f"table = {_text(table.name)}", *_key_column(table, found))


def _constants(table: Table, found: Mapping[str, str]) -> Iterator[str]:
    missing = [column for column in table.columns if column.required and column.name not in found]
    missing = [column for column in missing if column.name not in table.key]
    yield from ("", "[constants]") if missing else ()
    for column in missing:
        choices = f" (one of {', '.join(column.choices)})" if column.choices else ""
        yield f"#? {column.name} = {_text(column.example)}  # {column.help}{choices}; or name its column above"


def _dates(sample: Sample, table: Table, found: Mapping[str, str]) -> Iterator[str]:
    dated = [c for c in table.columns if c.type in {"date", "timestamp"} and c.name in found]
    yield from ("", "[date_format]") if dated else ()
    for column in dated:
        values = sample.of(found[column.name])
        fits = date_formats(values) or mostly_dates(values)
        if len(fits) == 1:
            yield f"{column.name} = [{_text(fits[0])}]"
        else:
            why = f"could be {' or '.join(fits)}" if fits else "is written in no known way"
            example = values[0] if values else "always empty"
            yield f"#? {column.name} = [{_text(fits[0] if fits else '%d-%b-%Y')}]  # {_text(example)} {why}"


def _numbers(sample: Sample, table: Table, found: Mapping[str, str]) -> Iterator[str]:
    columns = [c.name for c in table.columns if c.type in {"money", "decimal", "integer"} and c.name in found]
    values = [value for name in columns for value in sample.of(found[name])]
    style = number_style(values)
    yield from ("", "[number]") if columns else ()
    if style and columns:
        mark = "" if style.sure else "#? "
        yield f"{mark}decimal = {_text(style.decimal)}" + ("" if style.sure else "  # 1,234 could be either")
        yield f"{mark}thousands = {_text(style.thousands)}"
        yield f"symbols = {json.dumps(list(style.symbols), ensure_ascii=False)}"
        yield f"negative = {json.dumps(list(style.negative))}"
    elif columns:
        yield f'#? decimal = "."  # {", ".join(columns)}: not all values are numbers of one style'


def _choices(sample: Sample, table: Table, found: Mapping[str, str]) -> Iterator[str]:
    for column in (c for c in table.columns if c.choices and c.name in found):
        yield from ("", f"[value_maps.{column.name}]", f"# each value becomes one of {', '.join(column.choices)}")
        for value, times in Counter(sample.of(found[column.name])).most_common(20):
            near = next((choice for choice in column.choices if choice == value.casefold()), "")
            yield (
                f"{_text(value)} = {_text(near)}"
                if near
                else f"#? {_text(value)} = {_text(column.choices[0])}  # {times} lines"
            )


def _key_column(table: Table, found: Mapping[str, str]) -> Iterator[str]:
    if len(table.key) == 1 and table.key[0] not in found:
        yield from ("[entity.columns]", f'{table.key[0]} = "{{key}}"')


def _text(value: str) -> str:
    return json.dumps(value, ensure_ascii=False)
