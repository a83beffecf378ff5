"""The whole star schema as files, for Power BI and the like: facts, dimensions, a calendar, month-end headcount."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Literal
from zoneinfo import ZoneInfo

from analytics.catalogue import DIMENSIONS, FACTS
from analytics.currencies import decimals
from analytics.export.answers import MONEY
from analytics.periods import unit
from analytics.quoting import quoted

if TYPE_CHECKING:
    from pathlib import Path

    from analytics.store import Lease

Format = Literal["parquet", "csv"]

PEOPLE = ("poster", "owner", "manager", "freelancer", "payee")
# Free text may name people, and an address leads to them.
TELLING = ("title", "url")
BRIDGES = ("job_skill",)
INTERNAL = frozenset({"veil"})
OPENS = r"^[=+\-@\t\r\n\x{FF1D}\x{FF0B}\x{FF0D}\x{FF20}]"

DATE = """
SELECT d AS date, year(d) AS year, 'Q' || quarter(d) AS quarter, month(d) AS month, strftime(d, '%b %Y') AS month_label,
    date_trunc('month', d)::DATE AS month_start, date_trunc('quarter', d)::DATE AS quarter_start,
    date_trunc('week', d)::DATE AS week_start, weekofyear(d) AS iso_week, isodow(d) AS weekday,
    d = last_day(d) AS is_month_end, year(s) AS fiscal_year, 'FY' || right(year(s)::TEXT, 2) AS fiscal_year_label,
    'Q' || quarter(p) AS fiscal_quarter, month(p) AS fiscal_month
FROM (SELECT d, CASE WHEN $shift = 0 THEN d ELSE (d + to_months(12 - $shift))::DATE END AS s,
             (d - to_months($shift))::DATE AS p
      FROM (SELECT unnest(generate_series($first::DATE, $last::DATE, INTERVAL 1 DAY))::DATE AS d)) ORDER BY d
"""


@dataclass(frozen=True, slots=True)
class Written:
    """One file and how many rows it holds."""

    name: str
    rows: int


def write_star(lease: Lease, out: Path, form: Format, *, names: bool = True) -> list[Written]:
    """Every table as one file in `out`, made if it is not there. Without `names` no person can be told from the files.

    People then are marks that hold within this export and differ in the next; titles and addresses are left out.
    """
    out.mkdir(parents=True, exist_ok=True, mode=0o700)
    salt = "" if names else secrets.token_hex(16)
    tables = {fact: _fact(lease, fact, form, salt) for fact in (*FACTS, *BRIDGES)}
    tables |= {f"dim_{key}": _dimension(key, form, salt) for key in DIMENSIONS}
    tables |= {"date": _calendar(lease), "about": _about(lease)}
    return [_write(lease, name, text, out, form) for name, text in tables.items()]


def _write(lease: Lease, name: str, text: str, out: Path, form: Format) -> Written:
    path = out / f"{name}.{form}"
    how = "FORMAT parquet, COMPRESSION zstd" if form == "parquet" else "FORMAT csv, HEADER"
    found = lease.cursor.execute(f"COPY ({text}) TO {quoted(path)} ({how})").fetchone()
    path.chmod(0o600)
    return Written(path.name, int(found[0]) if found else 0)


def _fact(lease: Lease, table: str, form: Format, salt: str) -> str:
    described = lease.cursor.execute(f"DESCRIBE {table}").fetchall()
    digits = decimals(lease.snapshot.reporting.currency)
    chosen = [
        _column(name, kind, digits, form, salt)
        for name, kind, *_ in described
        if name not in INTERNAL and not (salt and name in TELLING)
    ]
    return f"SELECT {', '.join(chosen)} FROM {table}"


def _column(name: str, kind: str, digits: int, form: Format, salt: str) -> str:
    if name in MONEY and kind != "VARCHAR":
        return f"({name}::DECIMAL(18, 0) / {10**digits})::DECIMAL(18, {digits}) AS {name}"
    if salt and name in PEOPLE:
        return f"{_mark(name, salt)} AS {name}"
    if kind == "VARCHAR" and form == "csv":
        return f"{_harmless(name)} AS {name}"
    return name


def _dimension(key: str, form: Format, salt: str) -> str:
    """Id, name and what lies above; ids are unique, names need not be, so labels tell namesakes apart."""
    person = salt and DIMENSIONS[key].person
    mark = _mark("id", salt)
    shown = [f"{mark} AS id", f"'Person ' || {mark} AS name"] if person else ["id", f"{_text('label', form)} AS name"]
    if key == "supplier" and salt:
        shown = ["id", "name"]
    return f"SELECT {', '.join([*shown, 'parent'])} FROM member WHERE dimension = '{key}' ORDER BY 1"


def _text(column: str, form: Format) -> str:
    return _harmless(column) if form == "csv" else column


def _harmless(column: str) -> str:
    return f"CASE WHEN regexp_matches({column}, '{OPENS}') THEN '''' || {column} ELSE {column} END"


def _mark(column: str, salt: str) -> str:
    return f"CASE WHEN {column} IS NOT NULL THEN 'P' || left(sha256('{salt}' || {column}), 16) END"


def _calendar(lease: Lease) -> str:
    """Whole fiscal and calendar years, from the first record to a year after the data."""
    snapshot = lease.snapshot
    start = snapshot.reporting.fiscal_year_start_month
    first = min(date(snapshot.first_day.year, 1, 1), unit(snapshot.first_day, "fiscal_year", start).start or date.max)
    ahead = date(snapshot.as_of.year + 1, 12, 31)
    values = {"$shift": str(start - 1), "$first": f"'{first}'", "$last": f"'{ahead}'"}
    text = DATE
    for gap, value in values.items():
        text = text.replace(gap, value)
    return text


def _about(lease: Lease) -> str:
    found = lease.snapshot
    told = found.reporting
    return (
        f"SELECT {found.version} AS version, TIMESTAMP '{found.as_of:%Y-%m-%d %H:%M:%S}' AS as_of, "
        f"DATE '{found.as_of.astimezone(ZoneInfo(told.timezone)):%Y-%m-%d}' AS last_day, '{told.currency}' AS currency, "
        f"'{told.timezone}' AS timezone, {told.fiscal_year_start_month} AS fiscal_year_start_month"
    )
