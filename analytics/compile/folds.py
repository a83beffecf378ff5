"""A fold: measures of one fact table, grouped once and totalled once, before anything is joined."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from sqlglot import exp

from analytics.catalogue import DIMENSIONS, FACTS, MEASURES, Fact, Part
from analytics.compile.conditions import band, bucket, filter_conditions, period_condition, pick, scope_condition, sql

if TYPE_CHECKING:
    from analytics.compile.shape import Shape

CONVERTED = "amount IS NOT NULL"
MOMENT = {"day": "day", "from": "since", "to": "till"}


@dataclass(frozen=True)
class Fold:
    """Parts that share fact, date, condition and moment; `slots` are the numbers of their columns v0, v1, ..."""

    parts: tuple[Part, ...]
    slots: tuple[int, ...]
    source: str | None
    basis: str | None

    @property
    def part(self) -> Part:
        """Any of the parts: they share all but the measure."""
        return self.parts[0]

    @property
    def fact(self) -> Fact:
        """The fact table of the fold."""
        return FACTS[self.part.fact]

    @property
    def date(self) -> str | None:
        """The column its rows count by, as the question asks."""
        return self.basis or self.part.date


def at_of(part: Part, shape: Shape) -> str | None:
    """The moment a population is counted at: the question's wish, else the part's own; a shared average stays one."""
    if not part.alive or not shape.at or part.planned or (part.shared and part.at == "average"):
        return part.at
    return shape.at


def keys_of(fold: Fold, shape: Shape) -> list[str]:
    """The group keys this fold can take: all of them, or what its fact knows where it is shared."""
    fits = fold.fact.dimensions | fold.fact.bridges
    return [key for key in shape.group_by if not fold.part.shared or key in fits]


def fold_sql(fold: Fold, shape: Shape) -> exp.Query:
    """Columns era, bucket?, one per key, g (1 = total), the measures, n (records), people?."""
    keys = keys_of(fold, shape)
    grouped = bool(keys or shape.grain or (shape.bands and not fold.part.shared))
    if not grouped:
        return _level(fold, shape, [], total=True)
    bridged = any(DIMENSIONS[key].bridge and key not in fold.fact.dimensions for key in keys)
    moments = bool(fold.part.alive) and bool(shape.grain)
    if bridged or fold.part.per or moments or averaged(fold, shape):
        return exp.union(_level(fold, shape, keys, total=False), _level(fold, shape, [], total=True), distinct=False)
    return _both(fold, shape, keys)


def averaged(fold: Fold, shape: Shape) -> bool:
    """Whether days are folded first and averaged then; month-end counts add up over days, so one fold does for them."""
    return at_of(fold.part, shape) == "average" and not is_snapshot(fold)


def is_snapshot(fold: Fold) -> bool:
    """Whether the fact holds counts of days, not rows that live for a span."""
    return bool(fold.part.alive) and len(set(fold.part.alive or ())) == 1


def _era(shape: Shape) -> list[str]:
    """The era as a group key, where there are two."""
    return ["era"] if shape.compared else []


def _era_shown(shape: Shape) -> str:
    return "era" if shape.compared else "0 AS era"


def details_sql(fold: Fold, shape: Shape, measures: tuple[str, ...]) -> exp.Query:
    """Further measures over the fold's own rows of the period asked for: one row, one column each."""
    rows = _rows(fold, shape, [], total=True, needed=measures).subquery("f")
    return pick(*[f"{text} AS d{i}" for i, text in enumerate(measures)]).from_(rows).where("era = 0")


def unrated_sql(folds: list[Fold], shape: Shape) -> exp.Query:
    """The charges of these folds, in the period asked for, that have no exchange rate: currency, amount in it, how many."""
    found = [_unrated(fold, shape) for fold in folds]
    every = found[0]
    for one in found[1:]:
        # A charge that two metrics leave out is left out once.
        every = exp.union(every, one, distinct=True)
    columns = ("currency", "sum(amount_native)::DOUBLE AS amount", "count(*) AS n")
    return select_group(pick(*columns).from_(every.subquery("f")), "currency").order_by("n DESC, currency")


def _unrated(fold: Fold, shape: Shape) -> exp.Query:
    columns = ("charge", "currency", "amount_native")
    parts = tuple(replace(p, where=p.where.replace(f" AND {CONVERTED}", "")) for p in fold.parts)
    rows = _rows(replace(fold, parts=parts), shape, [], total=True, needed=columns).where("no_rate")
    return pick(*columns).from_(rows.subquery("f")).where("era = 0")


def _group_columns(keys: list[str], shape: Shape, *, total: bool, shared: bool) -> list[str]:
    columns = ["bucket"] if shape.grain and not total else []
    return columns + keys + (["band"] if shape.bands and not total and not shared else [])


def _both(fold: Fold, shape: Shape, keys: list[str]) -> exp.Query:
    """Groups and total in one scan, by grouping sets."""
    columns = _group_columns(keys, shape, total=False, shared=fold.part.shared)
    rows = _rows(fold, shape, keys, total=False).subquery("f")
    marked = f"GROUPING({columns[0]}) AS g"
    sets = f"GROUPING SETS (({', '.join([*_era(shape), *columns])}), ({', '.join(_era(shape))}))"
    chosen = pick(_era_shown(shape), *columns, marked, *_measures(fold, shape), *_counts(fold, shape)).from_(rows)
    return select_group(chosen, sets)


def select_group(query: exp.Select, sets: str) -> exp.Select:
    """Add a GROUP BY given as text."""
    if sets:
        query.set("group", sql(f"SELECT 1 GROUP BY {sets}").args["group"])
    return query


def _level(fold: Fold, shape: Shape, keys: list[str], *, total: bool) -> exp.Query:
    """One level alone: the groups, or the total, with empty keys so that levels can be put on top of each other."""
    columns = _group_columns(keys, shape, total=total, shared=fold.part.shared)
    every = _group_columns(keys_of(fold, shape), shape, total=False, shared=fold.part.shared)
    shown = [c if c in columns else f"NULL AS {c}" for c in every]
    rows = _rows(fold, shape, keys, total=total)
    inner: exp.Query = rows
    if fold.part.per or averaged(fold, shape):
        inner = _inner(fold, shape, rows, columns)
    chosen = pick(_era_shown(shape), *shown, f"{int(total)} AS g", *_outer(fold, shape), *_outer_counts(fold, shape))
    return select_group(chosen.from_(inner.subquery("f")), ", ".join([*_era(shape), *columns]))


def _inner(fold: Fold, shape: Shape, rows: exp.Select, columns: list[str]) -> exp.Query:
    """The first of two folds: by the inner column of `per`, or by day for an average over days."""
    if fold.part.per:
        by, measure = fold.part.per
        values = [
            f"{measure} AS v",
            f"row_number() OVER (PARTITION BY {', '.join(['era', *columns])} ORDER BY {measure} DESC) AS r",
        ]
        extra = [by]
    else:
        values = [f"{_text(p, fold)} AS v{slot}" for p, slot in zip(fold.parts, fold.slots, strict=True)]
        extra = ["day", "days"]
    folded = pick("era", *columns, *extra, *values, *_counts(fold, shape)).from_(rows.subquery("x"))
    return select_group(folded, ", ".join(["era", *columns, *extra]))


def _outer(fold: Fold, shape: Shape) -> list[str]:
    if averaged(fold, shape):
        return [f"sum(v{slot}) / max(days) AS v{slot}" for slot in fold.slots]
    return _measures(fold, shape)


def _outer_counts(fold: Fold, shape: Shape) -> list[str]:
    folded = fold.part.per or averaged(fold, shape)
    return (
        ["sum(n)::BIGINT AS n", *(["max(people) AS people"] if shape.distinct else [])]
        if folded
        else _counts(fold, shape)
    )


def _measures(fold: Fold, shape: Shape) -> list[str]:
    per_day = " / max(days)" if is_snapshot(fold) and at_of(fold.part, shape) == "average" else ""
    return [f"{_text(part, fold)}{per_day} AS v{slot}" for part, slot in zip(fold.parts, fold.slots, strict=True)]


def _text(part: Part, fold: Fold) -> str:
    """The measure, with its moment as columns of the row where the fold counts a population."""
    if not fold.part.alive:
        return part.measure
    tree = sql(part.measure).transform(_as_column)
    return str(tree.sql("duckdb"))


def _as_column(node: exp.Expr) -> exp.Expr:
    if isinstance(node, exp.Placeholder) and node.name in MOMENT:
        return exp.column(MOMENT[node.name])
    return node


def _counts(fold: Fold, shape: Shape) -> list[str]:
    if not shape.distinct:
        return ["count(*) AS n"]
    person = "freelancer" if "freelancer" in fold.fact.dimensions else "NULL"
    return ["count(*) AS n", f"count(DISTINCT {person}) AS people"]


def _needed(fold: Fold, shape: Shape, keys: list[str], measures: tuple[str, ...] | None) -> list[str]:
    """The fact's own columns that keys and measures are made of: to bind all of a wide table can take as long as a scan."""
    texts = measures or fold.part.per or tuple(part.measure for part in fold.parts)
    own = [key for key in keys if key in fold.fact.dimensions]
    people = ["freelancer"] if shape.distinct and "freelancer" in fold.fact.dimensions else []
    measured = [column.name for text in texts for column in sql(text).find_all(exp.Column)]
    return [f"f.{name}" for name in dict.fromkeys([*own, *people, *measured])]


def _rows(
    fold: Fold, shape: Shape, keys: list[str], *, total: bool, needed: tuple[str, ...] | None = None
) -> exp.Select:
    """The fact's rows that count, each with its era, bucket, band and (for a population) its moment."""
    fact = fold.fact
    chosen = [*_era_columns(fold, shape, total=total), *_band_column(fold, shape)]
    query = pick(*_needed(fold, shape, keys, needed), *chosen).from_(exp.to_table(fact.name).as_("f"))
    for key in keys:
        bridge = DIMENSIONS[key].bridge
        if bridge and key not in fact.dimensions:
            bridged = f"(SELECT job AS of_job, {key} FROM {bridge}) AS b"
            query = query.join(bridged, on="b.of_job = f.job", join_type="left", dialect="duckdb")
            query = query.select(f"b.{key}", dialect="duckdb")
    if fold.part.alive:
        query = _join_moments(query, fold, at_of(fold.part, shape) or "end", total=total or not shape.grain)
    elif shape.compared == "overlap":
        query = query.join("(SELECT unnest([0, 1]) AS era) AS e", join_type="cross", dialect="duckdb")
    return query.where(*_conditions(fold, shape, keys))


def _era_columns(fold: Fold, shape: Shape, *, total: bool) -> list[str | exp.Expr]:
    if fold.part.alive:
        columns = ["m.era", "m.since", "m.till", "m.day", "m.days"]
        return [*columns, "m.bucket"] if shape.grain and not total else list(columns)
    date = fold.date or ""
    era = "0 AS era"
    if shape.compared == "overlap":
        era = "e.era"
    elif shape.compared:
        inside = f"{date} < $to" if shape.open_start else f"{date} >= $from AND {date} < $to"
        era = f"CASE WHEN {inside} THEN 0 ELSE 1 END AS era"
    return [era, bucket(date, shape.grain, shape.fiscal).as_("bucket")] if shape.grain else [era]


def _band_column(fold: Fold, shape: Shape) -> list[exp.Expr]:
    if (
        not shape.bands
        or fold.part.shared
        or shape.bands[0] not in {m for m in MEASURES if fold.fact.name in dict(MEASURES[m].columns)}
    ):
        return []
    tree = band(shape.bands[0], fold.fact, shape.bands[1])
    return [(tree.transform(_as_column) if fold.part.alive else tree).as_("band")]


def _join_moments(query: exp.Select, fold: Fold, at: str, *, total: bool) -> exp.Select:
    """Each row once per moment at which it is alive; a month-end count joins the month ends chosen."""
    start, gone = fold.part.alive or ("", "")
    snapshot = start == gone
    kind = "snapshot_" if snapshot else "planned_" if fold.part.planned else ""
    prefix = f"m_{at}_{kind}{'total' if total else 'bucket'}"
    moments = ", ".join(f"unnest(${prefix}_{c}) AS {c}" for c in ("era", "bucket", "since", "till", "day", "days"))
    on = f"f.{start} = m.day" if snapshot else f"f.{start} < m.till AND (f.{gone} IS NULL OR f.{gone} > m.since)"
    return query.join(f"(SELECT {moments}) AS m", on=on, dialect="duckdb")


def _conditions(fold: Fold, shape: Shape, keys: list[str]) -> list[exp.Expr]:
    out: list[exp.Expr] = []
    if not fold.part.alive:
        out.append(period_condition(fold.date or "", open_start=shape.open_start, compared=shape.compared))
    if fold.part.where:
        out.append(sql(fold.part.where))
    if fold.source and "source" in fold.fact.dimensions and not fold.part.any_source:
        out.append(sql(f"source = '{fold.source}'"))
    for wanted in shape.filters:
        known = wanted.dimension in fold.fact.dimensions | fold.fact.bridges | fold.fact.measures
        if known or not fold.part.shared:
            conditions = filter_conditions(wanted, fold.fact, joined=wanted.dimension in keys)
            out += [c.transform(_as_column) if fold.part.alive else c for c in conditions]
    return out + scope_condition(shape.scope, fold.fact)
