"""What `check` says about a file: how it lies, what would be read, rejected and dropped, and which headers it did not know."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

from rich.table import Table

from analytics import profiles
from analytics.errors import DataError
from analytics.importing.preview import Preview, preview
from analytics.profiles.suggest import draft

_SEPARATORS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "vertical bars"}


def check_file(path: Path, profile: str) -> Preview:
    """Try a file with the profile named, or with the one a sync of its folder would take. DataError without either."""
    if not path.is_file():
        raise DataError(f"There is no file {path}.")
    if profile:
        return preview(path, profiles.by_name(profile, path.parent))
    found = profiles.profile_for(path)
    if found is None:
        raise DataError(
            f"No profile fits the name {path.name}. Name one with --profile ({', '.join(profiles.shipped())}), "
            "or draft one with --suggest."
        )
    return preview(path, found)


def suggest_profile(path: Path, table: str) -> str:
    """A drafted profile as TOML. DataError where the file cannot be read."""
    if not path.is_file():
        raise DataError(f"There is no file {path}.")
    return draft(path, profiles.shipped(), table)


def summary(found: Preview) -> Table:
    """Rows by table: read, loaded, rejected, dropped."""
    table = Table(box=None, pad_edge=False, header_style="dim")
    table.add_column("table")
    for name in ("read", "loaded", "rejected", "dropped"):
        table.add_column(name, justify="right")
    for run in found.tables:
        counts = (run.read, run.loaded, run.quarantined, run.dropped)
        table.add_row(run.table, *(f"{n:,}" for n in counts), style="yellow" if run.quarantined else "")
    return table


def lines(found: Preview) -> Iterator[str]:
    """Everything there is to say about the file, one line each."""
    yield f"Profile: {found.profile.name} ({found.profile.title})"
    if sheet := found.sheet:
        separated = _SEPARATORS.get(sheet.delimiter, repr(sheet.delimiter))
        yield f"Encoding {sheet.encoding}, cells separated by {separated}, header in line {sheet.header_line}"
    if found.period:
        yield f"Its name claims {found.period[0]} to {found.period[1]}"
    yield from _headers(found)
    yield from _rows(found)
    yield from (f"Does not load: {problem}" for problem in found.problems)


def _headers(found: Preview) -> Iterator[str]:
    for header, might_be in found.unknown:
        hint = (
            f' Is it {might_be}? Then add it to profiles.toml: columns = {{ {might_be} = ["{header}"] }}'
            if might_be
            else ""
        )
        yield f'Column not used: "{header}".{hint}'
    if found.absent:
        yield f"Not in the file: {', '.join(found.absent)}"


def _rows(found: Preview) -> Iterator[str]:
    if applied := found.applied:
        yield from (f"Dropped by rule: {rows:,} {rule}" for rule, rows in applied.dropped.items())
        yield from (f'Not mapped: {column} "{value}" ({rows:,} lines)' for column, value, rows in applied.gaps)
        if applied.total:
            yield f"Control total: the file says {applied.total[0]:,.2f}, its lines add up to {applied.total[1]:,.2f}"
    for name, amount in (found.amounts or {}).items():
        yield f"Sum: {name} {Decimal(amount):,.2f}"
    for reject in found.rejects:
        yield f"Rejected: {reject.rows:,} rows of {reject.table}, first in line {reject.line}: {reject.reason}"
