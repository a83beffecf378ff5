"""Put folds side by side: one row per era, bucket and group, each metric by its formula, and the total."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING

from sqlglot import exp

from analytics.catalogue import METRICS, Metric, Part
from analytics.catalogue.guards import GUARDS
from analytics.catalogue.halves import BY_KEY as HALVES
from analytics.compile.conditions import pick, sql
from analytics.compile.folds import Fold, at_of, details_sql, fold_sql, keys_of, select_group, unrated_sql

if TYPE_CHECKING:
    from analytics.compile.shape import Shape


@dataclass(frozen=True)
class Compiled:
    """SQL text, the names of the values it binds, and its columns in order."""

    sql: str
    names: frozenset[str]
    keys: tuple[str, ...]
    metrics: tuple[str, ...]


@lru_cache(maxsize=4096)
def compile_shape(shape: Shape) -> Compiled:
    """The SQL of a shape: columns era, bucket?, keys, band?, g, one per metric, n, people?."""
    folds, slots = _plan(shape)
    own = [fold for fold in folds if not fold.part.shared]
    query = fold_sql(own[0], shape) if len(folds) == 1 else _joined(folds, shape)
    tree = _finish(query, shape, slots)
    names = frozenset(p.name for p in tree.find_all(exp.Placeholder))
    return Compiled(tree.sql(dialect="duckdb"), names, _keys(shape), shape.metrics)


@lru_cache(maxsize=1024)
def compile_details(shape: Shape) -> Compiled:
    """The SQL of the further figures that the shape's only metric declares."""
    metric = METRICS[shape.metrics[0]]
    folds, _ = _plan(shape)
    tree = details_sql(folds[0], shape, tuple(text for _, text, _ in metric.facts))
    names = frozenset(p.name for p in tree.find_all(exp.Placeholder))
    return Compiled(tree.sql(dialect="duckdb"), names, (), shape.metrics)


@lru_cache(maxsize=1024)
def compile_unrated(shape: Shape) -> Compiled | None:
    """The SQL of the charges that a shape's money leaves out for want of a rate; None where it rests on no charges."""
    folds, _ = _plan(shape)
    money = [fold for fold in folds if fold.part.fact == "charge" and any("amount" in str(p) for p in fold.parts)]
    if not money:
        return None
    tree = unrated_sql(money, shape)
    names = frozenset(p.name for p in tree.find_all(exp.Placeholder))
    return Compiled(tree.sql(dialect="duckdb"), names, (), shape.metrics)


def _keys(shape: Shape) -> tuple[str, ...]:
    """Dimensions as asked, then the band, then the bucket."""
    return shape.group_by + (("band",) if shape.bands else ()) + (("bucket",) if shape.grain else ())


def _plan(shape: Shape) -> tuple[list[Fold], dict[str, tuple[int, ...]]]:
    """The folds that the metrics need, and which columns each metric's formula takes."""
    grouped: dict[tuple[str | None, str | None, Part, str | None], list[tuple[Part, int]]] = {}
    slots: dict[str, tuple[int, ...]] = {}
    count = 0
    for key, source in zip(shape.metrics, shape.sources, strict=True):
        metric = GUARDS.get(key) or HALVES.get(key) or METRICS[key]
        basis = dict(metric.bases).get(shape.basis or "")
        for part in metric.parts:
            own_basis = basis if part.date == metric.parts[0].date else None
            grouped.setdefault(_likeness(part, shape, source, own_basis), []).append((part, count))
            slots[key] = (*slots.get(key, ()), count)
            count += 1
    folds = [
        Fold(tuple(p for p, _ in members), tuple(s for _, s in members), likeness[0], likeness[1])
        for likeness, members in grouped.items()
    ]
    return folds, slots


def _likeness(
    part: Part, shape: Shape, source: str | None, basis: str | None
) -> tuple[str | None, str | None, Part, str | None]:
    """What two parts must share to be folded in one scan: everything but the measure."""
    return source, basis, replace(part, measure=""), at_of(part, shape)


def _joined(folds: list[Fold], shape: Shape) -> exp.Query:
    """Own folds on top of each other and folded again by key (null keys meet); shared folds joined to each row."""
    own = [fold for fold in folds if not fold.part.shared] or folds[:1]
    shared = [fold for fold in folds if fold not in own]
    columns = list(_keys(shape))
    stacked = _stack(own, shape, columns)
    query = pick("u.*").from_(stacked.subquery("u"))
    for i, fold in enumerate(shared):
        query = query.select(*[f"s{i}.v{slot}" for slot in fold.slots], dialect="duckdb")
        known = (["bucket"] if shape.grain else []) + keys_of(fold, shape)
        on = [f"u.era = s{i}.era"] + ([f"u.g = s{i}.g"] if known else [])
        on += [f"u.{key} IS NOT DISTINCT FROM s{i}.{key}" for key in known]
        query = query.join(
            fold_sql(fold, shape).subquery(f"s{i}"), on=" AND ".join(on), join_type="left", dialect="duckdb"
        )
    return query


def _stack(folds: list[Fold], shape: Shape, columns: list[str]) -> exp.Query:
    if len(folds) == 1:
        return fold_sql(folds[0], shape)
    slots = [slot for fold in folds for slot in fold.slots]
    layers: list[exp.Query] = []
    for number, fold in enumerate(folds):
        values = [f"v{slot}" if slot in fold.slots else f"NULL AS v{slot}" for slot in slots]
        counts = ["n" if number == 0 else "0 AS n", *(["people"] if shape.distinct else [])]
        g = ["g"]
        layers.append(pick("era", *columns, *g, *values, *counts).from_(fold_sql(fold, shape).subquery(f"f{number}")))
    stacked = layers[0]
    for layer in layers[1:]:
        stacked = exp.union(stacked, layer, distinct=False)
    values = [f"any_value(v{slot}) AS v{slot}" for slot in slots]
    counts = ["sum(n)::BIGINT AS n", *(["max(people) AS people"] if shape.distinct else [])]
    chosen = pick("era", *columns, "g", *values, *counts).from_(stacked.subquery("a"))
    return select_group(chosen, ", ".join(["era", *columns, "g"]))


def _finish(query: exp.Query, shape: Shape, slots: dict[str, tuple[int, ...]]) -> exp.Query:
    """The columns in their final form: keys as text, numbers as the metric's unit wants them, the total first."""
    values: list[str | exp.Expr] = []
    for i, key in enumerate(shape.metrics):
        metric = GUARDS.get(key) or HALVES.get(key) or METRICS[key]
        if metric.survival:
            values += [f"r.v{slot} AS l{slot}" for slot in slots[key]]
        else:
            values.append(_final(_formula(metric, slots[key]), metric, averaged=shape.at == "average").as_(f"m{i}"))
    keys = [f"CAST(r.{key} AS TEXT) AS {key}" if key in {"bucket", "band"} else f"r.{key}" for key in _keys(shape)]
    tail = ["r.n", *(["r.people"] if shape.distinct else [])]
    return pick("r.era", "r.g", *keys, *values, *tail).from_(query.subquery("r"))


def _final(value: exp.Expr, metric: Metric, *, averaged: bool) -> exp.Expr:
    """What adds up or counts is nothing where there are no rows, and whole where it is no average."""
    if not metric.additive and metric.unit != "count":
        return value
    known = exp.Coalesce(this=value, expressions=[exp.Literal.number(0)])
    whole = metric.unit in {"money", "count"} and not averaged
    return exp.cast(exp.Round(this=known), "BIGINT") if whole and not _is_whole(metric) else known


def _is_whole(metric: Metric) -> bool:
    """Whether the measure alone is the metric, and a whole number of 64 bits already."""
    measure = metric.parts[0].measure
    return not metric.formula and (measure.startswith("count(") or measure.endswith("::BIGINT"))


def _formula(metric: Metric, slots: tuple[int, ...]) -> exp.Expr:
    """The metric over its parts; dividing by nothing or by zero gives no number."""
    # A group that one part has no rows for counts as nothing there; a shared part that is missing is not known.
    named = [
        f"coalesce(r.v{slot}, 0)" if metric.formula and not part.shared else f"r.v{slot}"
        for slot, part in zip(slots, metric.parts, strict=True)
    ]
    text = (metric.formula or "{0}").format(*named)
    return sql(text).transform(_safe)


def _safe(node: exp.Expr) -> exp.Expr:
    if isinstance(node, exp.Div) and not isinstance(node.expression, exp.Nullif):
        node.set("expression", exp.Nullif(this=node.expression.copy(), expression=exp.Literal.number(0)))
    return node
