"""Which rows count: scope, filters and period as SQL conditions over one fact table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp, parse_one

from analytics.catalogue import DIMENSIONS, HIERARCHY, MEASURES, Fact

if TYPE_CHECKING:
    from analytics.compile.shape import Compared, FilterShape, ScopeShape

UNOWNED = frozenset({"headcount", "budget", "purchase_order"})
COMPARISONS = {"gt": ">", "gte": ">=", "lt": "<", "lte": "<="}


def sql(text: str) -> exp.Expr:
    """A piece of declared SQL as a tree."""
    return parse_one(text, dialect="duckdb")


def pick(*columns: str | exp.Expr) -> exp.Select:
    """A SELECT of declared columns."""
    return exp.select(*columns, dialect="duckdb")


def names(prefix: str, count: int) -> str:
    """The placeholders $prefix_0, $prefix_1, ..."""
    return ", ".join(f"${prefix}_{i}" for i in range(count))


def scope_condition(scope: ScopeShape, fact: Fact, prefix: str = "scope") -> list[exp.Expr]:
    """The rows a scope holds: a head's teams and below, lines below a person by the manager of the row's date, own rows.

    The manager of the row's date counts only in a team where that manager's line still sits. Rows without a mapped
    owner belong to nobody's line.
    """
    if scope.rows == "none":
        return [sql("FALSE")]
    out = [c for i, one in enumerate(scope.among) for c in scope_condition(one, fact, f"{prefix}_{i}")]
    if scope.rows == "all":
        return out
    parts = []
    if scope.people:
        people = names(f"{prefix}_person", scope.people)
        below = f"SELECT person FROM reporting_line WHERE manager IN ({people})"
        parts += [
            f"team IN (SELECT team FROM headed WHERE person IN ({people}))",
            f"(manager, team) IN (SELECT person, team FROM seat WHERE person IN ({people}) OR person IN ({below}))",
        ]
        parts += [] if fact.name in UNOWNED else [f"owner IN ({people})"]
    if scope.teams:
        parts.append(f"team IN (SELECT team FROM team_line WHERE ancestor IN ({names(f'{prefix}_team', scope.teams)}))")
    held = " OR ".join(parts) or "FALSE"
    owned = "" if fact.name in UNOWNED else "owner IS NOT NULL AND "
    return [*out, sql(f"{owned}({held})")]


def filter_conditions(wanted: FilterShape, fact: Fact, *, joined: bool = False) -> list[exp.Expr]:
    """One filter as conditions; a dimension held in a bridge table is looked up there, unless it is `joined` already."""
    if wanted.bounds:
        column = (
            dict(MEASURES[wanted.dimension].columns)[fact.name].replace(f"{fact.name}.", "").replace(":day", "$day")
        )
        return [sql(f"{column} {COMPARISONS[op]} ${wanted.dimension}_{op}") for op in wanted.bounds]
    held = []
    if wanted.include or wanted.include_null:
        held.append(_member(wanted.dimension, fact, "in", wanted.include, null=wanted.include_null, joined=joined))
    if wanted.under:
        held.append(_under(wanted, fact))
    # "Brand, and everything under Marketing" names more rows than either.
    out: list[exp.Expr] = [exp.or_(*held)] if held else []
    if wanted.exclude:
        inside = _member(wanted.dimension, fact, "not", wanted.exclude, null=False)
        out.append(sql(f"({inside.sql('duckdb')}) IS NOT TRUE"))
    if wanted.exclude_null:
        bridge = DIMENSIONS[wanted.dimension].bridge
        bridged = bridge and wanted.dimension not in fact.dimensions
        out.append(sql(f"job IN (SELECT job FROM {bridge})" if bridged else f"{wanted.dimension} IS NOT NULL"))
    return out


def _member(key: str, fact: Fact, kind: str, count: int, *, null: bool, joined: bool = False) -> exp.Expr:
    values = names(f"{key}_{kind}", count)
    bridge = DIMENSIONS[key].bridge
    if bridge and key not in fact.dimensions and not joined:
        inside = f"job IN (SELECT job FROM {bridge} WHERE {key} IN ({values}))" if count else "FALSE"
        return sql(inside + (f" OR job NOT IN (SELECT job FROM {bridge}) OR job IS NULL" if null else ""))
    inside = f"{key} IN ({values})" if count else "FALSE"
    return sql(inside + (f" OR {key} IS NULL" if null else ""))


def _under(wanted: FilterShape, fact: Fact) -> exp.Expr:
    values = names(f"{wanted.dimension}_under", wanted.under)
    if DIMENSIONS[wanted.dimension].tree:
        return sql(f"{wanted.dimension} IN (SELECT team FROM team_line WHERE ancestor IN ({values}))")
    parent = HIERARCHY[wanted.dimension][0]
    own = f" OR {wanted.dimension} IN ({values})" if wanted.dimension in fact.dimensions else ""
    return sql(f"{parent} IN ({values}){own}")


def period_condition(date: str, *, open_start: bool, compared: Compared = None) -> exp.Expr:
    """Rows of the period, and of the compared one where there is one; where they overlap, a row may be of both."""
    inside = f"{date} < $to" if open_start else f"({date} >= $from AND {date} < $to)"
    if not compared:
        return sql(inside)
    before = f"({date} >= $compared_from AND {date} < $compared_to)"
    return sql(
        f"(e.era = 0 AND {inside}) OR (e.era = 1 AND {before})" if compared == "overlap" else f"{inside} OR {before}"
    )


def bucket(date: str, grain: str, fiscal: int) -> exp.Expr:
    """First day of the unit a date falls in."""
    if grain == "fiscal_year":
        shift = f"INTERVAL '{fiscal - 1} months'"
        return sql(f"CAST(date_trunc('year', {date} - {shift}) + {shift} AS DATE)")
    return sql(f"CAST(date_trunc('{grain}', {date}) AS DATE)")


def band(measure: str, fact: Fact, edges: int) -> exp.Expr:
    """Which band a record falls in: 0 up to the first edge, n above the n-th."""
    column = dict(MEASURES[measure].columns)[fact.name].replace(f"{fact.name}.", "").replace(":day", "$day")
    whens = " ".join(f"WHEN ({column}) <= $edge_{i} THEN {i}" for i in range(edges))
    return sql(f"CASE WHEN ({column}) IS NULL THEN NULL {whens} ELSE {edges} END")
