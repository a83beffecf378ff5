"""From SQL rows to an answer's rows: changes, shares, thresholds, order, ties, gaps; the last step before a card."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from analytics import periods
from analytics.catalogue import DIMENSIONS, MEASURES, Metric
from analytics.fx import decimals
from analytics.model import Column, Number, Row, RowKind
from analytics.survival import km_median

if TYPE_CHECKING:
    from analytics.compile import Compiled
    from analytics.members import Members
    from analytics.model import Reporting
    from analytics.resolve import Plan

Keys = tuple[str | None, ...]
Values = tuple[Number, ...]
Group = tuple[Keys, Values, int, int]
"""Keys, values, records, people."""

OPS: dict[str, Callable[[float, float], bool]] = {
    ">": operator.gt, ">=": operator.ge, "<": operator.lt, "<=": operator.le, "=": operator.eq,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Eras:
    """Groups and totals of the period asked for, and of the one it is held against."""

    now: list[Group]
    then: list[Group]
    total: Group
    total_then: Group | None


def read(raw: list[tuple[Any, ...]], compiled: Compiled, metrics: tuple[Metric, ...], *, people: bool) -> Eras:
    """Sort raw rows (era, g, keys..., metrics..., n, people?) into eras, groups and totals."""
    first = 2 + len(compiled.keys)
    end = -2 if people else -1
    survival = any(m.survival for m in metrics)
    groups: tuple[list[Group], list[Group]] = ([], [])
    totals: list[Group | None] = [None, None]
    for row in raw:
        values = _estimated(row[first:end], metrics) if survival else row[first:end]
        group = (row[2:first], values, row[end] or 0, (row[-1] or 0) if people else 0)
        if row[1]:
            totals[row[0]] = group
        else:
            groups[row[0]].append(group)
    return Eras(groups[0], groups[1], totals[0] or ((), nothing(metrics), 0, 0), totals[1])


def nothing(metrics: tuple[Metric, ...]) -> Values:
    """The values of no rows: zero for what adds up or counts, no number for the rest."""
    return tuple(0 if m.additive or m.unit == "count" else None for m in metrics)


def _estimated(given: tuple[Any, ...], metrics: tuple[Metric, ...]) -> Values:
    """Survival metrics come as two lists (days, happened) and become one number each."""
    parts = iter(given)
    return tuple(km_median(next(parts) or [], next(parts) or []) if m.survival else next(parts) for m in metrics)


def columns(plan: Plan, *, share: bool) -> tuple[Column, ...]:
    """The columns of an answer: keys first (dimensions, band, time), then per metric its value, the compared one, the change."""
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
            out.append(Column(f"{m.key}_compared", m.label, unit, "compare", m.key, m.good))
            out.append(Column(f"{m.key}_change", m.label, unit, "change", m.key, m.good))
    if share:
        out.append(Column(f"{plan.metrics[0].key}_share", "Share", "ratio", "share", plan.metrics[0].key))
    return tuple(out)


def wants_share(plan: Plan, eras: Eras) -> bool:
    """A share column stands beside one additive metric whose parts are all of one sign."""
    if len(plan.metrics) != 1 or not plan.metrics[0].additive or plan.query.grain or plan.query.as_share:
        return False
    split = bool(plan.group_by or plan.bands) and not any(DIMENSIONS[key].bridge for key in plan.group_by)
    return split and all((values[0] or 0) >= 0 for _, values, _, _ in eras.now)


def build(
    plan: Plan, eras: Eras, members: Members, reporting: Reporting, as_of: date, *, parted: bool = False
) -> tuple[tuple[Row, ...], Row | None, int]:
    """Rows in order, the total, and how many rows the limit left out. `parted`: the values are shares already."""
    finish = _finisher(plan, eras, share=wants_share(plan, eras), as_share=plan.query.as_share and not parted)
    then = eras.total_then[1] if eras.total_then else None
    total = Row((), ("Total",), finish(eras.total[1], then), "value", eras.total[2])
    if not (plan.group_by or plan.query.grain or plan.bands):
        return (), total, 0
    rows = _rows(plan, eras, _tables(plan, members, reporting), finish, _groups(plan, eras, reporting, as_of))
    if plan.query.having:
        rows = [row for row in rows if _kept(row, plan, reporting.currency)]
    shown, more = _limited(_ordered(rows, plan), plan)
    return tuple(shown), total, more


def _groups(plan: Plan, eras: Eras, reporting: Reporting, as_of: date) -> list[Group]:
    """What to show: what the period holds, what only the compared one holds, and buckets without records."""
    empty = nothing(plan.metrics)
    missing: Iterable[Keys] = ()
    # A budget knows the whole period, also the part that is still to come.
    if plan.compared and (not plan.query.grain or plan.compared == plan.period):
        missing = (keys for keys, _, _, _ in eras.then)
    elif plan.query.grain and not (plan.group_by or plan.bands):
        known = periods.known_part(plan.period, as_of)
        days = periods.buckets(known, plan.query.grain, reporting.fiscal_year_start_month)
        missing = ((day.isoformat(),) for day in days)
    held = {group[0] for group in eras.now} if missing else set()
    return eras.now + [(keys, empty, 0, 0) for keys in missing if keys not in held]


def _rows(
    plan: Plan,
    eras: Eras,
    tables: list[Callable[[Any], str]],
    finish: Callable[[Values, Values | None], Values],
    groups: list[Group],
) -> list[Row]:
    """Column by column, because an answer may have thousands of rows and each step in Python counts."""
    if not groups:
        return []
    keys, values, records, _ = zip(*groups, strict=True)
    labels = zip(
        *[map(table, column) for table, column in zip(tables, zip(*keys, strict=True), strict=True)], strict=True
    )
    then = {held: before for held, before, _, _ in eras.then}
    if plan.compared:
        shift = _bucket_before(plan) or (lambda held: held)
        finished: Iterable[Values] = [
            finish(now, then.get(shift(held))) for held, now in zip(keys, values, strict=True)
        ]
    else:
        finished = [finish(now, None) for now in values]
    return list(map(Row, keys, labels, finished, _kinds(plan, keys), records))


def _kinds(plan: Plan, keys: tuple[Keys, ...]) -> list[RowKind]:
    """Unmapped where a key that has no name of its own for nobody is missing; else a value."""
    unmapped = [i for i, key in enumerate(plan.group_by) if DIMENSIONS[key].null_label == "Unmapped"]
    return ["unmapped" if None in held and any(held[i] is None for i in unmapped) else "value" for held in keys]


def parted(eras: Eras, whole: Eras) -> Eras:
    """Every number as a part of the one that stands at the same place of the whole."""

    def parts(groups: list[Group], wholes: list[Group]) -> list[Group]:
        of = {keys: values for keys, values, _, _ in wholes}
        return [(k, _parts(v, of[k]) if k in of else (None,) * len(v), n, people) for k, v, n, people in groups]

    then = parts([eras.total_then], [whole.total_then]) if eras.total_then and whole.total_then else [None]
    total = (eras.total[0], _parts(eras.total[1], whole.total[1]), *eras.total[2:])
    return Eras(parts(eras.now, whole.now), parts(eras.then, whole.then), total, then[0])


def _wholes(groups: list[Group], total: Values) -> Values:
    """What shares are taken of; nothing where a part is negative, for then the parts are no shares."""
    return tuple(None if any((g[1][i] or 0) < 0 for g in groups) else whole for i, whole in enumerate(total))


def _finisher(plan: Plan, eras: Eras, *, share: bool, as_share: bool) -> Callable[[Values, Values | None], Values]:
    """How plain values become the values of a row: compared and changed, as a share, or as they are."""
    whole, whole_then = eras.total[1], eras.total_then[1] if eras.total_then else None
    if as_share:
        whole = _wholes(eras.now, whole)
        whole_then = _wholes(eras.then, whole_then) if whole_then else None
    if plan.compared:
        zero = nothing(plan.metrics)

        def compared(values: Values, then: Values | None) -> Values:
            before = zero if then is None else then
            if as_share:
                values, before = _parts(values, whole), _parts(before, whole_then or zero)
            out: list[Number] = []
            for a, b in zip(values, before, strict=True):
                out += [a, b, None if a is None or b is None else a - b]
            return tuple(out) + (_parts(values[:1], whole[:1]) if share else ())

        return compared
    if as_share:
        return lambda values, _: _parts(values, whole)
    if share:
        of = whole[0]
        return lambda values, _: (*values, values[0] / of if of and values[0] is not None else None)
    return lambda values, _: values


def _parts(values: Values, whole: Values) -> Values:
    return tuple(v / w if v is not None and w else None for v, w in zip(values, whole, strict=True))


def _bucket_before(plan: Plan) -> Callable[[Keys], Keys] | None:
    """The compared key that stands beside a key: the n-th bucket of the one period beside the n-th of the other."""
    if not (plan.query.grain and plan.compared):
        return None
    mine = periods.buckets(plan.period, plan.query.grain, plan.fiscal)
    theirs = periods.buckets(plan.compared, plan.query.grain, plan.fiscal)
    beside = {a.isoformat(): b.isoformat() for a, b in zip(mine, theirs, strict=False)}
    return lambda key: (*key[:-1], beside.get(key[-1] or ""))


def _tables(plan: Plan, members: Members, reporting: Reporting) -> list[Callable[[Any], str]]:
    """One function from key to label for each key."""
    out: list[Callable[[Any], str]] = [members.labels(key).__getitem__ for key in plan.group_by]
    if plan.bands:
        edges, days = plan.bands.edges, MEASURES[plan.bands.dimension].unit == "days"
        out.append(lambda index: band_label(edges, None if index is None else int(index), whole=days))
    if plan.query.grain:
        grain, known = plan.query.grain, dict[str, str]()

        def bucket(first: str) -> str:
            if first not in known:
                known[first] = bucket_label(date.fromisoformat(first), grain, reporting)
            return known[first]

        out.append(bucket)
    return out


def band_label(edges: tuple[float, ...], index: int | None, *, whole: bool) -> str:
    """The band's range as people write it: "0–7", "8–14", ">90" in whole numbers, "≤25", ">25–50" else."""
    if index is None:
        return "Unknown"
    if index == len(edges):
        return f">{edges[-1]:g}"
    high = f"{edges[index]:g}"
    if not whole:
        return f">{edges[index - 1]:g}–{high}" if index else f"≤{high}"
    return f"{edges[index - 1] + 1:g}–{high}" if index else f"0–{high}"


def bucket_label(first: date, grain: str, reporting: Reporting) -> str:
    """A bucket's name without a locale: 2026-07, 2026 Q3, 2026, FY27, 2026-W28."""
    if grain == "week":
        year, week, _ = first.isocalendar()
        return f"{year}-W{week:02d}"
    if grain == "month":
        return f"{first:%Y-%m}"
    if grain == "quarter":
        return f"{first.year} Q{(first.month + 2) // 3}"
    if grain == "year":
        return f"{first.year}"
    return f"FY{(first.year + (reporting.fiscal_year_start_month > 1)) % 100:02d}"


def value_index(plan: Plan, key: str) -> int:
    """Where a metric or its change stands among a row's values. KeyError for anything else."""
    per = 3 if plan.compared else 1
    for i, m in enumerate(plan.metrics):
        if key == m.key:
            return i * per
        if key == f"{m.key}_change" and plan.compared:
            return i * per + 2
    raise KeyError(key)


def _kept(row: Row, plan: Plan, currency: str) -> bool:
    for having in plan.query.having:
        value = row.values[value_index(plan, having.metric)]
        metric = next(m for m in plan.metrics if m.key == having.metric)
        scale = 10 ** decimals(currency) if metric.unit == "money" and not plan.query.as_share else 1
        # A sum in major units times its scale is not quite whole as a float.
        if value is None or not OPS[having.op](value, round(having.value * scale, 6)):
            return False
    return True


def _ordered(rows: list[Row], plan: Plan) -> list[Row]:
    """As asked; else time ascending, bands ascending, members side by side as named, else the first metric, largest first."""
    if plan.query.order:
        for key, way in reversed(plan.query.order):
            rows = _sorted(rows, plan, key, descending=way == "desc")
        return rows
    if plan.query.grain:
        return sorted(rows, key=lambda r: (r.keys[-1] or "", r.labels))
    if plan.bands:
        return sorted(rows, key=lambda r: (r.labels[:-1], r.keys[-1] is None, int(r.keys[-1] or 0)))
    compare = plan.query.compare
    if compare and compare.to == "dimension" and plan.group_by == (compare.dimension,):
        said = {v.id: i for i, v in enumerate(compare.values)}
        return sorted(rows, key=lambda r: said.get(r.keys[0], len(said)))
    return _sorted(rows, plan, plan.metrics[0].key, descending=True)


def _sorted(rows: list[Row], plan: Plan, key: str, *, descending: bool) -> list[Row]:
    """By one column; rows without a number after the others, rows that are no member last."""
    names = [*plan.group_by, *([plan.bands.dimension] if plan.bands else []), plan.query.grain]
    if key in names:
        at = names.index(key)
        if key == plan.query.grain:
            return sorted(rows, key=lambda r: r.keys[at] or "", reverse=descending)
        return sorted(rows, key=lambda r: r.labels[at].casefold(), reverse=descending)
    at = value_index(plan, key)
    known = [r for r in rows if r.kind == "value" and r.values[at] is not None]
    known.sort(key=operator.itemgetter(1))
    known.sort(key=lambda r: r.values[at] or 0, reverse=descending)
    if len(known) == len(rows):
        return known
    unknown = [r for r in rows if r.kind == "value" and r.values[at] is None]
    return known + unknown + [r for r in rows if r.kind != "value"]


def _limited(rows: list[Row], plan: Plan) -> tuple[list[Row], int]:
    """The first n members and every tie with the n-th."""
    limit = plan.query.limit
    ranked = bool(plan.query.order) or not (plan.query.grain or plan.bands)
    if limit:
        # A ranking is among members; what could not be mapped is no member, and the total still holds it.
        rows = [r for r in rows if r.kind == "value"]
    if not limit or len(rows) <= limit:
        return rows, 0
    if not ranked:
        return rows[:limit], len(rows) - limit
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
