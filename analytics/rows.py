"""From groups to an answer's rows: changes, shares, thresholds, order, ties, gaps; the last step before a card."""

from __future__ import annotations

import gc
import operator
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, timedelta
from itertools import compress, repeat
from typing import TYPE_CHECKING, Any, cast

from analytics import periods, ranking
from analytics.catalogue import DIMENSIONS, MEASURES
from analytics.currencies import decimals
from analytics.groups import Eras, Group, Groups, Keys, Values, nothing
from analytics.labels import tables
from analytics.model import Column, Number, Row, RowKind

if TYPE_CHECKING:
    from analytics.members import Members, Named
    from analytics.model import Reporting
    from analytics.resolve import Plan

Columns = list[list[Number]]

OPS: dict[str, Callable[[float, float], bool]] = {
    ">": operator.gt, ">=": operator.ge, "<": operator.lt, "<=": operator.le, "=": operator.eq,
}  # fmt: skip


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
    return split and _no_part_is_negative(eras.now.values[0])


def build(
    plan: Plan, eras: Eras, members: Members, reporting: Reporting, as_of: date, *, parted: bool = False
) -> tuple[tuple[Row, ...], Row | None, int]:
    """Rows in order, the total, and how many rows the limit left out. `parted`: the values are shares already."""
    finish = _finisher(plan, eras, share=wants_share(plan, eras), as_share=plan.query.as_share and not parted)
    total = Row((), ("Total",), _total(eras, plan, finish), "value", eras.total[2])
    if not (plan.group_by or plan.query.grain or plan.bands):
        return (), total, 0
    groups = _groups(plan, eras, reporting, as_of)
    values = finish(list(groups.values), _beside(plan, eras, groups) if plan.compared else [])
    unmapped = _unmapped(plan, groups)
    named = [members.named(key, column) for key, column in zip(plan.group_by, groups.keys, strict=False)]
    places = ranking.order(plan, groups, values, unmapped, named)
    if plan.query.having:
        places = _over(places, values, plan, reporting.currency)
    if plan.query.limit and unmapped:
        # A ranking is among members; what could not be mapped is no member, and the total still holds it.
        places = [place for place in places if place not in set(unmapped)]
    shown, more = ranking.limited(plan, places, values)
    return _rows(shown, groups, values, unmapped, named, tables(plan, reporting)), total, more


def _total(eras: Eras, plan: Plan, finish: Callable[[Columns, Columns], Columns]) -> Values:
    before = eras.total_then[1] if eras.total_then else nothing(plan.metrics)
    columns = finish([[value] for value in eras.total[1]], [[value] for value in before])
    return tuple(column[0] for column in columns)


def _rows(
    shown: list[int],
    groups: Groups,
    values: Columns,
    unmapped: list[int],
    named: list[list[Named]],
    said: list[Callable[[Any], str]],
) -> tuple[Row, ...]:
    """Only the rows that are shown are made."""
    if not shown:
        return ()
    at = _picker(shown)
    keys = [at(column) for column in groups.keys]
    labels = [map(operator.itemgetter(1), at(column)) for column in named]
    labels += [map(name, column) for name, column in zip(said, keys[len(named) :], strict=True)]
    found = zip(
        zip(*keys, strict=True),
        zip(*labels, strict=True),
        zip(*[at(column) for column in values], strict=True),
        at(_kinds(groups, unmapped)) if unmapped else repeat("value", len(shown)),
        at(groups.records),
        strict=True,
    )
    with _without_collector():
        # Row(*one) for thousands of rows would take as long as the query.
        return cast("tuple[Row, ...]", tuple(map(tuple.__new__, repeat(Row, len(shown)), found)))


def _picker(places: list[int]) -> Callable[[Sequence[Any]], Sequence[Any]]:
    """Takes from a column what stands at these places."""
    return operator.itemgetter(*places) if len(places) > 1 else lambda column: (column[places[0]],)


def _kinds(groups: Groups, unmapped: list[int]) -> list[RowKind]:
    kinds: list[RowKind] = ["value"] * len(groups)
    for place in unmapped:
        kinds[place] = "unmapped"
    return kinds


@contextmanager
def _without_collector() -> Iterator[None]:
    """Thousands of tuples in a row wake the garbage collector again and again, and none of them is garbage."""
    running = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if running:
            gc.enable()


def _groups(plan: Plan, eras: Eras, reporting: Reporting, as_of: date) -> Groups:
    """What to show: what the period holds, what only the compared one holds, and buckets without records."""
    missing: Iterable[Keys] = ()
    # A budget knows the whole period, also the part that is still to come.
    if plan.compared and (not plan.query.grain or plan.compared == plan.period):
        missing = eras.then.by_key()
    elif plan.query.grain and not (plan.group_by or plan.bands):
        known = periods.known_part(plan.period, as_of)
        days = periods.buckets(known, plan.query.grain, reporting.fiscal_year_start_month)
        missing = ((day.isoformat(),) for day in days)
    held = set(eras.now.by_key()) if missing else set()
    return eras.now.joined([keys for keys in missing if keys not in held], nothing(plan.metrics))


def _beside(plan: Plan, eras: Eras, groups: Groups) -> Columns:
    """What the compared period holds at the place of each group; nothing where it has none."""
    places = {keys: place for place, keys in enumerate(eras.then.by_key())}
    shift = _bucket_before(plan) or (lambda keys: keys)
    at = [places.get(shift(keys)) for keys in groups.by_key()]
    return [
        [empty if place is None else column[place] for place in at]
        for column, empty in zip(eras.then.values, nothing(plan.metrics), strict=True)
    ]


def _unmapped(plan: Plan, groups: Groups) -> list[int]:
    """The places of the groups for which a key is missing that has no name of its own for nobody."""
    columns = zip(plan.group_by, groups.keys, strict=False)
    found = [ranking.places_of_none(c) for key, c in columns if DIMENSIONS[key].null_label == "Unmapped"]
    return sorted({place for places in found for place in places})


def parted(eras: Eras, whole: Eras) -> Eras:
    """Every number as a part of the one that stands at the same place of the whole."""
    total_then = None
    if eras.total_then and whole.total_then:
        total_then = _part(eras.total_then, whole.total_then)
    total = _part(eras.total, whole.total)
    return Eras(_parted(eras.now, whole.now), _parted(eras.then, whole.then), total, total_then)


def _part(group: Group, whole: Group) -> Group:
    keys, values, records, people = group
    return keys, tuple(_parts([v], w)[0] for v, w in zip(values, whole[1], strict=True)), records, people


def _parted(groups: Groups, wholes: Groups) -> Groups:
    of = dict(zip(wholes.by_key(), zip(*wholes.values, strict=True), strict=True))
    empty = (None,) * len(groups.values)
    held = [of.get(keys, empty) for keys in groups.by_key()]
    values = tuple(
        [_parts([value], whole[i])[0] for value, whole in zip(column, held, strict=True)]
        for i, column in enumerate(groups.values)
    )
    return Groups(groups.keys, values, groups.records, groups.people)


def _parts(column: list[Number], whole: Number) -> list[Number]:
    return [value / whole if value is not None and whole else None for value in column]


def _no_part_is_negative(column: list[Number]) -> bool:
    return min(filter(None, column), default=0) >= 0


def _wholes(groups: Groups, total: Values) -> Values:
    """What shares are taken of; nothing where a part is negative, for then the parts are no shares."""
    if not len(groups):
        return total
    return tuple(w if _no_part_is_negative(column) else None for column, w in zip(groups.values, total, strict=True))


def _finisher(plan: Plan, eras: Eras, *, share: bool, as_share: bool) -> Callable[[Columns, Columns], Columns]:
    """How plain values (and those beside them) become the values of a row: compared and changed, as a share, or as they are."""
    whole, whole_then = eras.total[1], eras.total_then[1] if eras.total_then else nothing(plan.metrics)
    if as_share:
        whole, whole_then = _wholes(eras.now, whole), _wholes(eras.then, whole_then)

    def finished(now: Columns, then: Columns) -> Columns:
        shares = [_parts(now[0], whole[0])] if share else []
        if as_share:
            now = [_parts(column, w) for column, w in zip(now, whole, strict=True)]
            then = [_parts(column, w) for column, w in zip(then, whole_then, strict=False)]
        if plan.compared:
            now = [one for a, b in zip(now, then, strict=True) for one in (a, b, _changes(a, b))]
        return now + shares

    return finished


def _changes(now: list[Number], then: list[Number]) -> list[Number]:
    return [None if a is None or b is None else a - b for a, b in zip(now, then, strict=True)]


def _bucket_before(plan: Plan) -> Callable[[Keys], Keys] | None:
    """The compared key that stands beside a key: the n-th bucket of the one period beside the n-th of the other."""
    if not (plan.query.grain and plan.compared):
        return None
    mine = periods.buckets(plan.period, plan.query.grain, plan.fiscal)
    theirs = periods.buckets(plan.compared, plan.query.grain, plan.fiscal)
    beside = {a.isoformat(): b.isoformat() for a, b in zip(mine, theirs, strict=False)}
    return lambda key: (*key[:-1], beside.get(key[-1] or ""))


def _over(places: list[int], values: Columns, plan: Plan, currency: str) -> list[int]:
    """The places where every threshold holds; where there is no number, none does."""
    for having in plan.query.having:
        metric = next(m for m in plan.metrics if m.key == having.metric)
        column = values[ranking.value_index(plan, having.metric) or 0]
        scale = 10 ** decimals(currency) if metric.unit == "money" and not plan.query.as_share else 1
        # A sum in major units times its scale is not quite whole as a float.
        holds, edge = OPS[having.op], round(having.value * scale, 6)
        kept = [(value := column[place]) is not None and holds(value, edge) for place in places]
        places = list(compress(places, kept))
    return places


def is_partial(plan: Plan, as_of: date) -> bool:
    """Whether the period reaches past what the data can know."""
    return plan.period.end > as_of + timedelta(days=1)
