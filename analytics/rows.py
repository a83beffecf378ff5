"""From SQL rows to an answer's rows: changes, shares, thresholds, order, ties, Other, gaps; the last step before a card."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from analytics import periods
from analytics.catalogue import DIMENSIONS, MEASURES, Metric
from analytics.fx import decimals
from analytics.model import Column, Number, Row
from analytics.survival import km_median

if TYPE_CHECKING:
    from analytics.compile import Compiled
    from analytics.members import Members
    from analytics.model import Reporting
    from analytics.resolve import Plan

OPS = {
    ">": lambda a, b: a > b, ">=": lambda a, b: a >= b, "<": lambda a, b: a < b, "<=": lambda a, b: a <= b,
    "=": lambda a, b: a == b,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Cell:
    """One group of one era as the engine read it."""

    keys: tuple[Any, ...]
    values: tuple[Number, ...]
    records: int
    people: int | None = None


@dataclass(frozen=True, slots=True)
class Eras:
    """Groups and total of the period asked for, and of the one it is held against."""

    now: dict[tuple[Any, ...], Cell]
    then: dict[tuple[Any, ...], Cell]
    total: Cell
    total_then: Cell | None


def read(raw: list[tuple[Any, ...]], compiled: Compiled, metrics: tuple[Metric, ...], *, people: bool) -> Eras:
    """Sort raw rows (era, keys..., g, metrics..., n, people?) into eras, groups and totals."""
    width = len(compiled.keys)
    groups: tuple[dict[tuple[Any, ...], Cell], dict[tuple[Any, ...], Cell]] = ({}, {})
    totals: list[Cell | None] = [None, None]
    for row in raw:
        era, keys, g = row[0], row[1 : 1 + width], row[1 + width]
        rest = row[2 + width :]
        seen = rest[-1] if people else None
        records = rest[-2] if people else rest[-1]
        cell = Cell(keys, _values(rest, metrics), int(records or 0), seen)
        if g:
            totals[era] = cell
        else:
            groups[era][keys] = cell
    return Eras(groups[0], groups[1], totals[0] or nothing(metrics), totals[1])


def nothing(metrics: tuple[Metric, ...]) -> Cell:
    """A total over no rows: zero for what adds up, no number for the rest."""
    return Cell((), tuple(0 if m.additive else None for m in metrics), 0)


def _values(rest: tuple[Any, ...], metrics: tuple[Metric, ...]) -> tuple[Number, ...]:
    plain = [m for m in metrics if not m.survival]
    lists = rest[len(plain) :]
    numbers = iter(rest[: len(plain)])
    out: list[Number] = []
    for m in metrics:
        if m.survival:
            out.append(km_median(lists[0] or [], lists[1] or []))
            lists = lists[2:]
        else:
            value = next(numbers)
            out.append(0 if value is None and m.additive else _number(value, m))
    return tuple(out)


def _number(value: Any, m: Metric) -> Number:
    if value is None or isinstance(value, int):
        return value
    return round(value) if m.unit == "count" or (m.unit == "money" and m.additive) else float(value)


def columns(plan: Plan, *, share: bool) -> tuple[Column, ...]:
    """The columns of an answer: keys first (dimensions, time), then per metric its value, the compared one, the change."""
    out = [Column(key, DIMENSIONS[key].label, "text", "dimension") for key in plan.group_by]
    if plan.bands:
        measure = MEASURES[plan.bands.dimension]
        out.append(Column(plan.bands.dimension, measure.label, "text", "dimension"))
    if plan.query.grain:
        out.append(Column(plan.query.grain, plan.query.grain.replace("_", " ").capitalize(), "date", "time"))
    for m in plan.metrics:
        unit = "ratio" if plan.query.as_share else m.unit
        out.append(Column(m.key, m.label, unit, "metric", m.key, m.good))
        if plan.compared:
            out.append(Column(f"{m.key}_compared", m.label, m.unit, "compare", m.key, m.good))
            out.append(Column(f"{m.key}_change", m.label, m.unit, "change", m.key, m.good))
        if share:
            out.append(Column(f"{m.key}_share", "Share", "ratio", "share", m.key))
    return tuple(out)


def wants_share(plan: Plan, eras: Eras) -> bool:
    """A share column stands beside one additive metric whose parts are all of one sign."""
    one = len(plan.metrics) == 1 and plan.metrics[0].additive and (plan.group_by or plan.bands) and not plan.query.grain
    return bool(one) and not plan.query.as_share and not any((c.values[0] or 0) < 0 for c in eras.now.values())


def build(
    plan: Plan, eras: Eras, members: Members, reporting: Reporting, as_of: date
) -> tuple[tuple[Row, ...], Row | None, int]:
    """Rows in order, the total, and how many rows the limit left out."""
    share = wants_share(plan, eras)
    total = _row(plan, eras.total, eras.total_then, eras.total, (), ("Total",), share=share)
    if not (plan.group_by or plan.query.grain or plan.bands):
        return (), total, 0
    keys = dict.fromkeys(eras.now)
    if plan.compared and not plan.query.grain:
        keys |= dict.fromkeys(eras.then)
    if plan.query.grain and not plan.group_by:
        keys = dict.fromkeys((*_gaps(plan, reporting, as_of), *keys))
    rows = [_group_row(plan, key, eras, members, reporting, share=share) for key in keys]
    rows = [row for row in rows if _kept(row, plan, reporting.currency)]
    ordered = _ordered(rows, plan)
    shown, more = _limited(ordered, plan)
    return tuple(shown), total, more


def _gaps(plan: Plan, reporting: Reporting, as_of: date) -> list[tuple[Any, ...]]:
    """Every bucket of the period that the data can know, so that a month without records is drawn."""
    known = periods.known_part(plan.period, as_of)
    grain = plan.query.grain
    return [(b,) for b in periods.buckets(known, grain, reporting.fiscal_year_start_month)] if grain else []


def _group_row(
    plan: Plan, key: tuple[Any, ...], eras: Eras, members: Members, reporting: Reporting, *, share: bool
) -> Row:
    then = eras.then.get(_then_key(plan, key, reporting))
    cell = eras.now.get(key) or replace(nothing(plan.metrics), keys=key)
    ids, labels = _labels(plan, key, members, reporting)
    row = _row(plan, cell, then, eras.total, ids, labels, share=share)
    unmapped = any(k is None and d != "supplier" for k, d in zip(ids, plan.group_by, strict=False))
    return replace(row, kind="unmapped") if unmapped else row


def _then_key(plan: Plan, key: tuple[Any, ...], reporting: Reporting) -> tuple[Any, ...]:
    """The compared bucket that stands beside this one: the n-th of its period beside the n-th of the other."""
    if not (plan.query.grain and plan.compared):
        return key
    fiscal = reporting.fiscal_year_start_month
    mine = periods.buckets(plan.period, plan.query.grain, fiscal)
    theirs = periods.buckets(plan.compared, plan.query.grain, fiscal)
    n = mine.index(key[0]) if key[0] in mine else len(theirs)
    return (theirs[n], *key[1:]) if n < len(theirs) else (None, *key[1:])


def _labels(
    plan: Plan, key: tuple[Any, ...], members: Members, reporting: Reporting
) -> tuple[tuple[str | None, ...], tuple[str, ...]]:
    parts = list(key)
    bucket = parts.pop(0) if plan.query.grain else None
    ids: list[str | None] = []
    labels: list[str] = []
    for dimension in plan.group_by:
        one = parts.pop(0)
        ids.append(one)
        labels.append(members.label(dimension, one))
    if plan.bands:
        index = parts.pop(0)
        ids.append(None if index is None else str(index))
        labels.append(band_label(plan.bands.edges, index))
    if bucket and plan.query.grain:
        ids.append(bucket.isoformat())
        labels.append(bucket_label(bucket, plan.query.grain, reporting))
    return tuple(ids), tuple(labels)


def band_label(edges: tuple[float, ...], index: int | None) -> str:
    """The band's range as people write it: "0-7", "8-14", "over 90"; whole numbers, both ends inside."""
    if index is None:
        return "Unknown"
    low = 0 if index == 0 else edges[index - 1]
    return f"{low:g} or more" if index == len(edges) else f"{low:g} to under {edges[index]:g}"


def bucket_label(first: date, grain: str, reporting: Reporting) -> str:
    """A bucket's name without a locale: 2026-07, 2026 Q3, 2026, FY27, 2026-W28."""
    if grain == "week":
        year, week, _ = first.isocalendar()
        return f"{year}-W{week:02d}"
    if grain == "month":
        return f"{first:%Y-%m}"
    if grain == "quarter":
        return f"{first.year} Q{(first.month + 2) // 3}"
    if grain == "year" or reporting.fiscal_year_start_month == 1:
        return f"{first.year}" if grain == "year" else f"FY{first.year % 100:02d}"
    return f"FY{(first.year + 1) % 100:02d}"


def _row(
    plan: Plan,
    cell: Cell,
    then: Cell | None,
    total: Cell,
    ids: tuple[str | None, ...],
    labels: tuple[str, ...],
    *,
    share: bool,
) -> Row:
    values: list[Number] = []
    for i, m in enumerate(plan.metrics):
        value = cell.values[i]
        whole = total.values[i]
        values.append((value / whole if whole else None) if plan.query.as_share and value is not None else value)
        if plan.compared:
            before = then.values[i] if then else (0 if m.additive else None)
            values += [before, value - before if value is not None and before is not None else None]
        if share:
            values.append(value / whole if value is not None and whole else None)
    return Row(ids, labels, tuple(values), records=cell.records)


def value_index(plan: Plan, key: str) -> int:
    """Where a metric or its change stands among a row's values (shares come last and are never ordered by)."""
    per = 3 if plan.compared else 1
    for i, m in enumerate(plan.metrics):
        if key == m.key:
            return i * per
        if key == f"{m.key}_change":
            return i * per + 2
    raise KeyError(key)


def _kept(row: Row, plan: Plan, currency: str) -> bool:
    for having in plan.query.having:
        value = row.values[value_index(plan, having.metric)]
        metric = next(m for m in plan.metrics if m.key == having.metric)
        scale = 10 ** decimals(currency) if metric.unit == "money" else 1
        if value is None or not OPS[having.op](value, having.value * scale):
            return False
    return True


def _ordered(rows: list[Row], plan: Plan) -> list[Row]:
    """As asked; else time ascending, bands ascending, else the first metric, largest first; unmapped rows last."""
    if plan.query.order:
        for key, way in reversed(plan.query.order):
            rows = _sorted(rows, plan, key, descending=way == "desc")
        return rows
    if plan.query.grain:
        return sorted(rows, key=lambda r: (r.keys[-1] or "", r.labels))
    if plan.bands:
        return sorted(rows, key=lambda r: (r.keys[-1] is None, int(r.keys[-1] or 0)))
    compare = plan.query.compare
    if compare and compare.to == "dimension" and plan.group_by == (compare.dimension,):
        said = {v.id: i for i, v in enumerate(compare.values)}
        return sorted(rows, key=lambda r: said.get(r.keys[0], len(said)))
    return _sorted(rows, plan, plan.metrics[0].key, descending=True)


def _sorted(rows: list[Row], plan: Plan, key: str, *, descending: bool) -> list[Row]:
    names = [
        *plan.group_by,
        *([plan.bands.dimension] if plan.bands else []),
        *([plan.query.grain] if plan.query.grain else []),
    ]
    if key in names:
        at = names.index(key)
        return sorted(
            rows, key=lambda r: r.keys[at] or "" if key == plan.query.grain else r.labels[at], reverse=descending
        )
    at = value_index(plan, key)
    known = sorted((r for r in rows if r.values[at] is not None and r.kind == "value"), key=lambda r: r.labels)
    known.sort(key=lambda r: r.values[at] or 0, reverse=descending)
    return (
        known + [r for r in rows if r.values[at] is None and r.kind == "value"] + [r for r in rows if r.kind != "value"]
    )


def _limited(rows: list[Row], plan: Plan) -> tuple[list[Row], int]:
    """The first n rows and every tie with the n-th; with several groups and a grain, n counts rows all the same."""
    limit = plan.query.limit
    if limit:
        # A ranking is among members; what could not be mapped is no member, and the total still holds it.
        rows = [r for r in rows if r.kind == "value"]
    if not limit or len(rows) <= limit:
        return rows, 0
    key = plan.query.order[0][0] if plan.query.order else plan.metrics[0].key
    try:
        at = value_index(plan, key)
    except KeyError:
        return rows[:limit], len(rows) - limit
    edge = rows[limit - 1].values[at]
    end = limit
    while end < len(rows) and rows[end].values[at] == edge and edge is not None:
        end += 1
    return rows[:end], len(rows) - end


def is_partial(plan: Plan, as_of: date) -> bool:
    """Whether the period reaches past what the data can know."""
    return plan.period.end > as_of + timedelta(days=1)
