"""Gives every record of a version's money, rates and ratings its veil, so that what may be shown is decided once for all questions."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from itertools import combinations
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa

from analytics.importing import event_bounds
from analytics.privacy.days import even_days, weeks
from analytics.privacy.tables import Floats, Ints, Table
from analytics.privacy.weave import FEWEST, SPREAD, Entries, weave

if TYPE_CHECKING:
    from datetime import date, datetime

    from duckdb import DuckDBPyConnection

    from analytics.model import Reporting

DIMENSIONS = ("job_category", "country", "division", "team", "platform", "contract_type", "job_family", "region")
CLASS = "charge_class"
PAIRS = (("job_category", "country"), ("job_category", "division"), ("job_category", "team"))
FEW_RECORDS = 60_000
"""Up to so many records, weeks are woven like any other cell; of more records enough are alike to even out days afterwards."""
NOBODYS = "nobodys"
NOBODY = {"charge": "amount IS NULL OR (freelancer IS NULL AND contract IS NULL)"}
"""Records that are nobody's pay (fees of an account, or no amount at all): they need no veil, and no sum is withheld for them."""
OTHER = frozenset({NOBODYS})
DENSE = 8
MONTHS = 14
"""How many months back single months are open by dimension; older ones by quarter and fiscal year."""


@dataclass(frozen=True, slots=True)
class Lens:
    """Which records of a fact count, and by which day; without a day, those alive now."""

    where: str
    day: str | None


LENSES: dict[str, tuple[Lens, ...]] = {
    "charge": (Lens("is_spend", "posted_on"),),
    "contract": (
        Lens("counts AND hourly_rate IS NOT NULL", "started_on"),
        Lens("counts AND started_on <= $day AND (gone_on IS NULL OR gone_on > $day)", None),
    ),
    "time_entry": (Lens("saving IS NOT NULL", "worked_on"),),
    "feedback": (Lens("direction = 'client_to_worker'", "given_on"),),
    "milestone": (Lens("approved_on IS NOT NULL", "approved_on"),),
}


def build(connection: DuckDBPyConnection, reporting: Reporting, now: datetime) -> None:
    """Add column `veil` to each table of LENSES."""
    as_of = event_bounds(connection, reporting, now)[1].astimezone(ZoneInfo(reporting.timezone)).date()
    today = now.astimezone(ZoneInfo(reporting.timezone)).date()
    for fact, lenses in LENSES.items():
        found = _read(connection, fact, lenses, as_of)
        veil = _veiled(found, lenses, today, reporting.fiscal_year_start_month)
        connection.register("veils", pa.table({"veil": veil}))
        connection.execute(
            f"CREATE TABLE main.{fact}_veiled AS SELECT f.*, v.veil FROM main.{fact} f POSITIONAL JOIN veils v; "
            f"DROP TABLE main.{fact}; ALTER TABLE main.{fact}_veiled RENAME TO {fact}"
        )
        connection.unregister("veils")


def _read(connection: DuckDBPyConnection, fact: str, lenses: tuple[Lens, ...], as_of: date) -> pa.Table:
    """The records in the table's own order: what they are split by, whose they are, and their day by each lens."""
    extra = [CLASS] if fact == "charge" else []
    seen = [f"CASE WHEN {lens.where} THEN {_day_number(lens.day)} END AS day_{i}" for i, lens in enumerate(lenses)]
    columns = ", ".join(
        ["source", *DIMENSIONS, *extra, "freelancer", f"({NOBODY.get(fact, 'FALSE')})::INTEGER AS {NOBODYS}", *seen]
    )
    values = {"day": as_of} if any(lens.day is None for lens in lenses) else {}
    return connection.sql(f"SELECT {columns} FROM main.{fact} ORDER BY rowid", params=values).to_arrow_table()


def _day_number(column: str | None) -> str:
    return f"datediff('day', DATE '1970-01-01', {column})" if column else "0"


def _veiled(found: pa.Table, lenses: tuple[Lens, ...], today: date, fiscal: int) -> Floats:
    """The veil of each record."""
    veil = _own(found.num_rows)
    codes = {key: _codes(found[key]) for key in found.column_names if key not in OTHER and not key.startswith("day_")}
    days = [found[f"day_{i}"].to_numpy().astype(float) for i in range(len(lenses))]
    months = [
        _months(day) if lens.day else np.where(np.isnan(day), -1, 0) for day, lens in zip(days, lenses, strict=True)
    ]
    nobodys = _codes(found[NOBODYS]) > 0
    veil[nobodys] = 0
    counted = np.flatnonzero(np.any([month >= 0 for month in months], axis=0) & ~nobodys)
    if np.unique(codes["freelancer"][counted]).size < FEWEST:
        return veil
    person = codes.pop("freelancer")[counted]
    codes = {key: code[counted] for key, code in codes.items()}
    months = [month[counted] for month in months]
    spans = _spans(months, lenses, today, fiscal)
    veil[counted] = _woven(veil[counted], person, codes, spans, days[0][counted] if lenses[0].day else None)
    return veil


def _woven(own: Floats, person: Ints, codes: dict[str, Ints], spans: dict[str, Ints], day: Floats | None) -> Floats:
    """The veil of the records that count at all; `day` is where their months come from."""
    dated = np.flatnonzero(spans["month"] >= 0)
    when = np.zeros(0, np.int64) if day is None else day[dated].astype(np.int64)
    stretch = _joined([codes["source"][dated], spans["month"][dated]])
    if dated.size <= FEW_RECORDS:
        spans["week"] = np.full(own.size, -1)
        spans["week"][dated] = _joined([stretch, weeks(stretch, when, person[dated])])
    unit = _joined([*codes.values(), *spans.values()])
    _, first, entry = np.unique(_joined([unit, person]), return_index=True, return_inverse=True)
    entries = Entries(np.bincount(entry).astype(float), np.bincount(entry, weights=own).astype(float), person[first])
    codes_once = {key: code[first] for key, code in codes.items()}
    spans_once = {key: one[first] for key, one in spans.items()}
    tables, watched = _tables(codes_once, spans_once), partial(_watched, codes_once, spans_once)
    veil: Floats = own - weave(entries, tables, watched).less[entry]
    if dated.size:
        kind = codes[CLASS][dated] if CLASS in codes else np.zeros_like(dated)
        veil[dated] = even_days(veil[dated], unit[dated], stretch, when, person[dated], kind)
    return veil


def _own(count: int) -> Floats:
    """A number for each record that nobody can guess; it is thrown away with the veil's version."""
    return np.random.default_rng(secrets.randbits(128)).uniform(-SPREAD, SPREAD, count)


def _codes(column: pa.ChunkedArray) -> Ints:
    """Members numbered through, a missing one -1 (for a person) as its own member."""
    if pa.types.is_integer(column.type):
        return np.asarray(column.to_numpy(), dtype=np.int64)
    indices = column.combine_chunks().dictionary_encode().indices
    return np.asarray(indices.fill_null(-1).to_numpy(), dtype=np.int64)


def _months(day: Floats) -> Ints:
    """Months since 1970 of days since 1970; -1 where there is none."""
    there = ~np.isnan(day)
    months = np.where(there, day, 0).astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
    return np.where(there, months, -1)


def _numbered(key: Ints) -> Ints:
    if key.size and int(key.max()) < DENSE * key.size:
        # Counting is faster than sorting as long as there is not much more to count than there are keys.
        return (np.cumsum(np.bincount(key) > 0) - 1)[key]
    return np.unique(key, return_inverse=True)[1].astype(np.int64)


def _joined(parts: list[Ints]) -> Ints:
    """One number for each combination."""
    out, size = np.zeros(parts[0].size, np.int64), 1
    for part in parts:
        width = int(part.max(initial=0)) + 2
        if size * width >= 2**62:
            out = _numbered(out)
            size = int(out.max(initial=0)) + 1
        out, size = out * width + part + 1, size * width
    return _numbered(out)


def _spans(months: list[Ints], lenses: tuple[Lens, ...], today: date, fiscal: int) -> dict[str, Ints]:
    """Name of a way to cut time -> the stretch of each entry, -1 for none."""
    out: dict[str, Ints] = {}
    this = (today.year - 1970) * 12 + today.month - 1
    for month, lens in zip(months, lenses, strict=True):
        if lens.day is None:
            out["now"] = month
            continue
        out |= _dated(month, this, fiscal)
    return out


def _dated(month: Ints, this: int, fiscal: int) -> dict[str, Ints]:
    """The spans of records that have a month; `this` is the current one."""
    there = month >= 0
    year = (month - (fiscal - 1)) // 12
    return {
        "last_12": np.where(there & (month >= this - 12) & (month < this), 0, -1),
        "recent_year": np.where(there & (month >= this - 24 - fiscal), year, -1),
        "month": month,
        "recent_month": np.where(there & (month >= this - MONTHS), month, -1),
        "quarter": np.where(there, (month - (fiscal - 1)) // 3, -1),
        "year": np.where(there, year, -1),
        "calendar_year": np.where(there, month // 12, -1),
    }


FINER = {
    "week": ("month",),
    "recent_month": ("last_12", "quarter", "recent_year", "year"),
    "month": ("last_12", "quarter", "recent_year", "year", "calendar_year"),
    "quarter": ("last_12", "recent_year", "year", "calendar_year"),
}
WATCHED = ("now", "last_12", "month", "week", "quarter", "year", "calendar_year")
"""By these spans every cell is watched, open or not: one open span less another is a third, which nobody opened."""
CONDITIONS = 3
"""So many dimensions at once are watched, beside a span."""
Cut = tuple[tuple[str, ...], str]


def _wanted(known: set[str], spans: dict[str, Ints]) -> list[Cut]:
    """What is to be open, the most asked first: the whole by any span, dimensions by year, then by month, then pairs."""
    others = [key for key in DIMENSIONS if key in known]
    pairs = [pair for pair in PAIRS if set(pair) <= known]
    cuts: list[Cut] = [
        (key, span)
        for key in ((), *((one,) for one in (CLASS,) if one in known))
        for span in ("now", "last_12", "recent_year", "month", "week", "quarter", "year", "calendar_year")
        if span != "week" or not key
    ]
    cuts += [((key,), span) for span in ("now", "last_12", "recent_year") for key in others]
    cuts += [(pair, span) for span in ("now", "last_12") for pair in pairs[:2]]
    cuts += [((key,), span) for span in ("recent_month", "quarter", "year") for key in others if key != "team"]
    cuts += [(("team",), "quarter"), *[(pair, "recent_year") for pair in pairs], (("team",), "year")]
    return [cut for cut in cuts if cut[1] in spans]


def _tables(codes: dict[str, Ints], spans: dict[str, Ints]) -> list[Table]:
    """What is to be open: up to three conditions at once, time being one of them."""
    cuts = _wanted(set(codes), spans)
    place = {cut: i for i, cut in enumerate(cuts)}
    return [_table(cut, codes, spans, _coarser(cut, place)) for cut in cuts]


def _watched(codes: dict[str, Ints], spans: dict[str, Ints]) -> Iterator[Ints]:
    """The cell of each entry by up to CONDITIONS dimensions and a span, the coarser first."""
    single = [key for key in (*DIMENSIONS[:6], CLASS) if key in codes]
    often = [spans[one] for one in WATCHED if one in spans]
    often = [np.where(span >= 0, _numbered(span + 1) + 1, 0) for span in often]
    for many in range(1, CONDITIONS + 1):
        for chosen in combinations(single, many):
            group = _joined([codes[key] for key in ("source", *chosen)])
            for span in often:
                # Not numbered through: that would take longer than to sum over cells in which nothing lies.
                yield np.where(span > 0, group * int(span.max(initial=0)) + span - 1, -1)


def _coarser(cut: Cut, place: dict[Cut, int]) -> tuple[int, ...]:
    dimensions, span = cut
    above: list[Cut] = [(tuple(d for d in dimensions if d != left), span) for left in dimensions]
    above += [(dimensions, wider) for wider in FINER.get(span, ())]
    above += [((), "month")] if span == "recent_month" else []
    return tuple(place[one] for one in above if one in place)


def _table(cut: Cut, codes: dict[str, Ints], spans: dict[str, Ints], within: tuple[int, ...]) -> Table:
    """Freelance and staffing are never one cell, so that both can be asked for alone."""
    dimensions, span = cut
    held = np.flatnonzero(spans[span] >= 0)
    cell = np.full(spans[span].size, -1)
    cell[held] = _joined([codes[key][held] for key in ("source", *dimensions)] + [spans[span][held]])
    return Table(cell, max(int(cell.max(initial=-1)) + 1, 1), within)
