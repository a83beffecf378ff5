"""The metrics of the catalogue as DAX, for Power BI on an exported star schema: made from the same declarations as the SQL."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sqlglot import exp

from analytics.catalogue import FACTS, Metric, Part
from analytics.compile.conditions import sql

DATES = "'date'[date]"
LAST_DAY = "[Last day]"
# Names of a moment in a measure of the catalogue, and the variable that stands for it.
MOMENTS = {"day": "_day", "from": "_from", "to": "_to", "as_of": "_last"}
COMPARED = {exp.GT: ">", exp.GTE: ">=", exp.LT: "<", exp.LTE: "<=", exp.NEQ: "<>", exp.EQ: "="}
REASONED = {exp.Add: "+", exp.Sub: "-", exp.Mul: "*"}
FOLDED: dict[type[exp.Expr], str] = {exp.Sum: "SUMX", exp.Avg: "AVERAGEX", exp.Min: "MINX", exp.Max: "MAXX"}


class NoDax(Exception):  # noqa: N818 - a reason, told to people
    """There is no measure of this kind; says why."""


@dataclass(frozen=True, slots=True)
class Columns:
    """How names become columns: those of one fact table, of a table grouped before, or the parts of a formula."""

    fact: str = ""
    free: frozenset[str] = frozenset()

    def of(self, name: str) -> str:
        """The column in DAX."""
        if name in self.free:
            return name if name.startswith("_") else f"[{name}]"
        return f"{self.fact}[{name}]"


def measure(metric: Metric) -> str:
    """The body of the measure. Raises NoDax with the reason where there is none."""
    if metric.survival:
        raise NoDax(
            "a Kaplan-Meier estimate walks through the jobs in order of their age, which a measure cannot do in one pass"
        )
    parts = [_part(part, metric) for part in metric.parts]
    if len(parts) == 1 and not metric.formula:
        return parts[0]
    lines = [f"VAR _p{n} =\n{_indented(text)}" for n, text in enumerate(parts)]
    text = (metric.formula or "{0}").format(*(f"_p{n}" for n in range(len(parts))))
    names = frozenset(f"_p{n}" for n in range(len(parts)))
    return "\n".join([*lines, f"RETURN {_scalar(sql(text), Columns(free=names))}"])


def _part(part: Part, metric: Metric) -> str:
    """One fold: its rows as a table variable, the measure over it."""
    if part.alive and part.alive[0] == part.alive[1]:
        return _snapshot(part)
    if part.alive and part.at == "average":
        return _averaged(part, metric)
    before = [f"VAR _last = {LAST_DAY}"]
    if part.alive:
        last = f"MAX({DATES})" if part.planned else f"MIN(MAX({DATES}), _last)"
        before += [f"VAR _day = {last}", f"VAR _from = MIN({DATES})", "VAR _to = _day + 1"]
    return "\n".join([*before, f"VAR _rows =\n    {_rows(part, metric)}", *_result(part)])


def _result(part: Part) -> list[str]:
    own = Columns(part.fact)
    if not part.per:
        return [f"RETURN {_folded(sql(part.measure), '_rows', own)}"]
    by, inner = part.per
    if any(column.name == "r" for column in sql(part.measure).find_all(exp.Column)):
        raise NoDax(
            "it ranks groups inside a group, which a plain measure does not do safely; use a Top N filter on the visual"
        )
    groups = f'GROUPBY(_rows, {own.of(by)}, "v", {_folded(sql(inner), "CURRENTGROUP()", own)})'
    return [
        f"VAR _groups =\n    {groups}",
        f"RETURN {_folded(sql(part.measure), '_groups', Columns(free=frozenset({'v'})))}",
    ]


def _rows(part: Part, metric: Metric) -> str:
    own, conditions = Columns(part.fact), _conditions(part, metric)
    if part.alive:
        start, gone = (own.of(name) for name in part.alive)
        first = {"any": "_from", "end": "_day", "start": "_from"}[part.at or "end"]
        last = "_from" if part.at == "start" else "_day"
        alive = f"NOT ISBLANK({start}) && {start} <= {last} && (ISBLANK({gone}) || {gone} > {first})"
        return f"FILTER(CALCULATETABLE({part.fact}, REMOVEFILTERS('date')), {' && '.join([alive, *conditions])})"
    dated = own.of(part.date or "")
    kept = " && ".join([f"NOT ISBLANK({dated})", *conditions])
    return f"CALCULATETABLE(FILTER({part.fact}, {kept}), USERELATIONSHIP({dated}, {DATES}))"


def _conditions(part: Part, metric: Metric) -> list[str]:
    out = [f"({_scalar(sql(part.where), Columns(part.fact))})"] if part.where else []
    if "source" in FACTS[part.fact].dimensions and not part.any_source and metric.source != "both":
        out.append(f'(ISCROSSFILTERED(dim_source[id]) || {part.fact}[source] = "{metric.source}")')
    return out


def _averaged(part: Part, metric: Metric) -> str:
    """At each month end of the period, and the mean of these."""
    own = Columns(part.fact)
    start, gone = (own.of(name) for name in part.alive or ("", ""))
    alive = f"NOT ISBLANK({start}) && {start} <= _day && (ISBLANK({gone}) || {gone} > _day)"
    kept = " && ".join([alive, *_conditions(part, metric)])
    rows = f"FILTER(CALCULATETABLE({part.fact}, REMOVEFILTERS('date')), {kept})"
    ends = f"FILTER(CALCULATETABLE(VALUES({DATES}), KEEPFILTERS('date'[is_month_end] = TRUE())), {DATES} <= _last)"
    each = f"VAR _day = {DATES}\n    VAR _rows = {rows}\n    RETURN {_folded(sql(part.measure), '_rows', own)}"
    return f"VAR _last = {LAST_DAY}\nVAR _ends =\n    {ends}\nRETURN AVERAGEX(\n    _ends,\n    {each}\n)"


def _snapshot(part: Part) -> str:
    """Counts of days: the last one known, or the mean over those in the period."""
    own = Columns(part.fact)
    taken = own.of((part.alive or ("",))[0])
    if part.at == "average":
        days = f"FILTER(ALL({taken}), {taken} >= MIN({DATES}) && {taken} <= MIN(MAX({DATES}), _last))"
        rows = f"FILTER(CALCULATETABLE({part.fact}, REMOVEFILTERS('date')), {taken} IN _days)"
        result = f"DIVIDE({_folded(sql(part.measure), '_rows', own)}, COUNTROWS(_days))"
        return f"VAR _last = {LAST_DAY}\nVAR _days =\n    {days}\nVAR _rows =\n    {rows}\nRETURN {result}"
    day = f"MAXX(FILTER(ALL({taken}), {taken} <= MIN(MAX({DATES}), _last)), {taken})"
    rows = f"FILTER(CALCULATETABLE({part.fact}, REMOVEFILTERS('date')), {taken} = _day)"
    return f"VAR _last = {LAST_DAY}\nVAR _day =\n    {day}\nVAR _rows =\n    {rows}\nRETURN {_folded(sql(part.measure), '_rows', own)}"


def _folded(node: exp.Expr, rows: str, own: Columns) -> str:
    """An aggregate over a table."""
    if isinstance(node, exp.Filter):
        kept = _scalar(node.expression.this, own)
        return _folded(node.this, f"FILTER({rows}, {kept})", own)
    if isinstance(node, exp.Count):
        return _counted(node, rows, own)
    if (quantile := _quantile(node)) is not None:
        column = _scalar(quantile[0], own)
        return f"PERCENTILEX.INC(FILTER({rows}, NOT ISBLANK({column})), {column}, {quantile[1]})"
    for kind, name in FOLDED.items():
        if isinstance(node, kind):
            return f"{name}({rows}, {_scalar(node.this, own)})"
    return _scalar(node, own, lambda inner: _folded(inner, rows, own))


def _counted(node: exp.Count, rows: str, own: Columns) -> str:
    if isinstance(node.this, exp.Distinct):
        column = _scalar(node.this.expressions[0], own)
        return f'COUNTROWS(FILTER(DISTINCT(SELECTCOLUMNS({rows}, "k", {column})), NOT ISBLANK([k])))'
    return f"COUNTROWS({rows})"


def _quantile(node: exp.Expr) -> tuple[exp.Expr, str] | None:
    if isinstance(node, exp.PercentileCont):
        return node.this, node.expression.sql()
    if isinstance(node, exp.Quantile):
        return node.this, node.args["quantile"].sql()
    if isinstance(node, exp.Anonymous) and node.name.lower() == "quantile_cont":
        return node.expressions[0], node.expressions[1].sql()
    return None


def _scalar(node: exp.Expr, own: Columns, inner: Callable[[exp.Expr], str] | None = None) -> str:
    """An expression over one row, or over numbers that were folded before (`inner` turns those into DAX)."""
    again = inner or (lambda one: _scalar(one, own))
    if isinstance(node, exp.Column):
        return own.of(node.name)
    if isinstance(node, exp.Placeholder):
        return MOMENTS[node.name]
    if isinstance(node, exp.Literal):
        return f'"{node.name}"' if node.is_string else node.name
    if isinstance(node, exp.Boolean):
        return "TRUE()" if node.this else "FALSE()"
    if isinstance(node, exp.Paren):
        return f"({again(node.this)})"
    if isinstance(node, exp.Cast):
        return again(node.this)
    if isinstance(node, exp.Div):
        return f"DIVIDE({again(node.this)}, {again(node.expression)})"
    return _logic(node, own, again) or _function(node, again)


def _logic(node: exp.Expr, own: Columns, again: Callable[[exp.Expr], str]) -> str:
    if isinstance(node, exp.And | exp.Or):
        return f"{again(node.this)} {'&&' if isinstance(node, exp.And) else '||'} {again(node.expression)}"
    if isinstance(node, exp.Not):
        return f"NOT {again(node.this)}"
    if isinstance(node, exp.Is):
        return f"ISBLANK({again(node.this)})"
    if isinstance(node, exp.In):
        return f"{again(node.this)} IN {{{', '.join(again(one) for one in node.expressions)}}}"
    for kind, sign in (COMPARED | REASONED).items():
        if type(node) is kind:
            said = f"{again(node.this)} {sign} {again(node.expression)}"
            # A blank counts as nothing in DAX, where SQL leaves the row out.
            known = [f"NOT ISBLANK({own.of(c.name)})" for c in node.find_all(exp.Column)] if kind in COMPARED else []
            return f"({' && '.join([*known, said])})" if known and own.fact else said
    return ""


def _function(node: exp.Expr, again: Callable[[exp.Expr], str]) -> str:
    if isinstance(node, exp.Coalesce):
        return f"COALESCE({', '.join(again(one) for one in (node.this, *node.expressions))})"
    if isinstance(node, exp.Nullif):
        return again(node.this)
    if isinstance(node, exp.Greatest | exp.Least):
        name = "MAX" if isinstance(node, exp.Greatest) else "MIN"
        return f"{name}({', '.join(again(one) for one in (node.this, *node.expressions))})"
    if isinstance(node, exp.Pow):
        return f"POWER({again(node.this)}, {again(node.expression)})"
    if isinstance(node, exp.Round):
        return f"ROUND({again(node.this)}, 0)"
    if isinstance(node, exp.Case):
        (case,) = node.args["ifs"]
        return f"IF({again(case.this)}, {again(case.args['true'])})"
    raise NoDax(f"its SQL has no counterpart that is known to be the same ({node.sql(dialect='duckdb')})")


def _indented(text: str) -> str:
    return "\n".join(f"    {line}" for line in text.splitlines())
