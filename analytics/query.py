"""The public format of a Query: JSON in, JSON out, in normal form; anything unknown is an error that says what exists."""

from __future__ import annotations

import math
from datetime import date
from typing import TYPE_CHECKING, Any, cast

from analytics.errors import QuestionError, did_you_mean
from analytics.model import GRAINS, Bands, Compare, Filter, Having, Period, Query, Value

if TYPE_CHECKING:
    from collections.abc import Mapping

KEYS = (
    "metrics", "group_by", "filters", "time", "grain", "compare", "having", "order",
    "limit", "as_share", "rows", "at", "bands", "basis",
)  # fmt: skip
OPS = (">", ">=", "<", "<=", "=")
BOUNDS = ("gt", "gte", "lt", "lte")
FIRST_YEAR, LAST_YEAR = 1900, 2999
NAMED_COMPARES = ("previous_period", "previous_year", "target", "benchmark", "budget")


def from_json(data: Mapping[str, Any]) -> Query:
    """The Query this JSON object says. Raises QuestionError naming the key that is wrong and what it takes.

    Names of metrics and dimensions are checked where the catalogue is known; this checks form only.
    """
    if not isinstance(data, dict):
        raise QuestionError("A query is a JSON object.")
    for key in data:
        if key not in KEYS:
            raise QuestionError(f'A query has no key "{key}".{did_you_mean(str(key), KEYS)}')
    metrics = _texts(data.get("metrics", []), "metrics")
    rows = _one_of(data.get("rows"), "rows", ("contract", "job", "charge", "proposal"))
    if not metrics and not rows:
        raise QuestionError('A query needs "metrics" (a list of names) or "rows".')
    return Query(
        metrics=metrics,
        group_by=_texts(data.get("group_by", []), "group_by"),
        filters=tuple(_filter(str(k), v) for k, v in _object(data.get("filters", {}), "filters").items()),
        time=_period(data["time"], "time") if data.get("time") is not None else None,
        grain=cast("Any", _one_of(data.get("grain"), "grain", GRAINS)),
        compare=_compare(data["compare"]) if data.get("compare") is not None else None,
        having=_having(data.get("having")),
        order=tuple(_order(o) for o in _list(data.get("order", []), "order")),
        limit=_limit(data.get("limit")),
        as_share=_flag(data.get("as_share", False), "as_share"),
        rows=cast("Any", rows),
        at=cast("Any", _one_of(data.get("at"), "at", ("start", "end", "average", "any"))),
        bands=_bands(data["bands"]) if data.get("bands") is not None else None,
        basis=_text(data["basis"], "basis") if data.get("basis") is not None else None,
    )


def to_json(query: Query, *, ids: bool = False) -> dict[str, Any]:
    """The query in normal form: absent keys are omitted. With `ids`, known ids stand beside the names."""
    out: dict[str, Any] = {
        "metrics": list(query.metrics),
        "group_by": list(query.group_by),
        "filters": {f.dimension: _filter_json(f, ids=ids) for f in query.filters},
        "time": _period_json(query.time) if query.time else None,
        "grain": query.grain,
        "compare": _compare_json(query.compare, ids=ids) if query.compare else None,
        "having": _having_json(query.having),
        "order": [list(o) for o in query.order],
        "limit": query.limit,
        "as_share": query.as_share,
        "rows": query.rows,
        "at": query.at,
        "bands": {"dimension": query.bands.dimension, "edges": list(query.bands.edges)} if query.bands else None,
        "basis": query.basis,
    }
    return {key: value for key, value in out.items() if value not in (None, [], {}, False)}


def _filter_json(wanted: Filter, *, ids: bool) -> Any:
    def names(values: tuple[Value, ...]) -> list[Any]:
        return [{"id": v.id, "name": v.name} if ids and v.id else v.name for v in values]

    if wanted.bounds:
        return {op: _plain(bound) for op, bound in wanted.bounds}
    if wanted.include and not wanted.exclude and not wanted.under:
        return names(wanted.include)
    parts = {"in": wanted.include, "not": wanted.exclude, "under": wanted.under}
    return {key: names(values) for key, values in parts.items() if values}


def _compare_json(compare: Compare, *, ids: bool) -> Any:
    if compare.to == "period" and compare.period:
        return _period_json(compare.period)
    if compare.to == "dimension":
        values = [{"id": v.id, "name": v.name} if ids and v.id else v.name for v in compare.values]
        return {"dimension": compare.dimension, "values": values}
    return compare.to


def _having_json(having: tuple[Having, ...]) -> Any:
    said = [{"metric": h.metric, "op": h.op, "value": _plain(h.value)} for h in having]
    return said[0] if len(said) == 1 else said


def _period_json(period: Period) -> dict[str, str | None]:
    return {"from": period.start.isoformat() if period.start else None, "to": period.end.isoformat()}


def _plain(number: float) -> int | float:
    return int(number) if float(number).is_integer() else number


def _filter(dimension: str, value: Any) -> Filter:
    if value == []:
        raise QuestionError(f'The filter on "{dimension}" is empty; leave it out to mean everything.')
    if isinstance(value, list):
        return Filter(dimension, include=_values(value, dimension))
    said = _object(value, f"filters.{dimension}")
    if said and all(key in BOUNDS for key in said):
        return Filter(dimension, bounds=tuple((cast("Any", k), _number(v, dimension)) for k, v in said.items()))
    for key in said:
        if key not in {"in", "not", "under"}:
            raise QuestionError(
                f'The filter on "{dimension}" takes a list, "in", "not", "under" or bounds, not "{key}".'
            )
    if not any(said.values()):
        raise QuestionError(f'The filter on "{dimension}" is empty; leave it out to mean everything.')
    parts = {key: _values(said.get(key, []), dimension) for key in ("in", "not", "under")}
    return Filter(dimension, include=parts["in"], exclude=parts["not"], under=parts["under"])


def _values(said: Any, where: str) -> tuple[Value, ...]:
    return tuple(_value(v, where) for v in _list(said, where))


def _value(said: Any, where: str) -> Value:
    if isinstance(said, dict) and set(said) == {"id", "name"}:
        return Value(_text(said["name"], where), _text(said["id"], where))
    return Value(_text(said, where))


def _compare(said: Any) -> Compare:
    if isinstance(said, str):
        return Compare(cast("Any", _one_of(said, "compare", NAMED_COMPARES)))
    given = _object(said, "compare")
    if set(given) == {"from", "to"}:
        return Compare("period", period=_period(given, "compare"))
    if set(given) == {"dimension", "values"}:
        values = _values(given["values"], "compare.values")
        return Compare("dimension", dimension=_text(given["dimension"], "compare.dimension"), values=values)
    raise QuestionError(f"compare takes one of {', '.join(NAMED_COMPARES)}, a period, or a dimension with values.")


def _having(said: Any) -> tuple[Having, ...]:
    if said is None:
        return ()
    return tuple(_one_having(h) for h in (said if isinstance(said, list) else [said]))


def _one_having(said: Any) -> Having:
    given = _object(said, "having")
    if set(given) != {"metric", "op", "value"}:
        raise QuestionError('having takes exactly "metric", "op" and "value".')
    op = cast("Any", _one_of(given["op"], "having.op", OPS))
    return Having(_text(given["metric"], "having.metric"), op, _number(given["value"], "having.value"))


def _order(said: Any) -> tuple[str, Any]:
    pair = _list(said, "order")
    if len(pair) != 2:
        raise QuestionError('order is a list of pairs like ["spend", "desc"].')
    return _text(pair[0], "order"), _one_of(pair[1], "order", ("asc", "desc"))


def _bands(said: Any) -> Bands:
    given = _object(said, "bands")
    edges = tuple(_number(e, "bands.edges") for e in _list(given.get("edges", []), "bands.edges"))
    if set(given) - {"dimension", "edges"} or list(edges) != sorted(set(edges)):
        raise QuestionError('bands takes "dimension" and ascending "edges".')
    return Bands(_text(given.get("dimension"), "bands.dimension"), edges)


def _period(said: Any, where: str) -> Period:
    given = _object(said, where)
    if set(given) != {"from", "to"}:
        raise QuestionError(f'{where} takes exactly "from" and "to" (dates; "to" is the first day after the period).')
    start = None if given["from"] is None else _date(given["from"], f"{where}.from")
    period = Period(start, _date(given["to"], f"{where}.to"))
    if period.start and period.start >= period.end:
        raise QuestionError(f"{where} is empty: {period.start} is not before {period.end}.")
    return period


def _date(said: Any, where: str) -> date:
    try:
        found = date.fromisoformat(_text(said, where))
    except ValueError:
        raise QuestionError(f"{where} must be a date like 2026-07-01, not {said!r}.") from None
    # Periods are compared with those before and after them, which the ends of the calendar have not.
    if not FIRST_YEAR <= found.year <= LAST_YEAR:
        raise QuestionError(f"{where} must lie between the years {FIRST_YEAR} and {LAST_YEAR}, not in {found.year}.")
    return found


def _text(said: Any, where: str) -> str:
    if not isinstance(said, str) or not said:
        raise QuestionError(f"{where} must be text.")
    return said


def _texts(said: Any, where: str) -> tuple[str, ...]:
    found = tuple(_text(s, where) for s in _list(said, where))
    if len(set(found)) < len(found):
        raise QuestionError(f"{where} names something twice.")
    return found


def _list(said: Any, where: str) -> list[Any]:
    if not isinstance(said, list):
        raise QuestionError(f"{where} must be a list.")
    return said


def _object(said: Any, where: str) -> dict[str, Any]:
    if not isinstance(said, dict):
        raise QuestionError(f"{where} must be an object.")
    return said


def _number(said: Any, where: str) -> float:
    if isinstance(said, bool) or not isinstance(said, int | float) or not math.isfinite(said):
        raise QuestionError(f"{where} must be a number.")
    return said


def _flag(said: Any, where: str) -> bool:
    if not isinstance(said, bool):
        raise QuestionError(f"{where} must be true or false.")
    return said


def _limit(said: Any) -> int | None:
    if said is None:
        return None
    if isinstance(said, bool) or not isinstance(said, int) or not 1 <= said <= 100:
        raise QuestionError("limit must be a whole number from 1 to 100.")
    return said


def _one_of(said: Any, where: str, known: tuple[str, ...]) -> str | None:
    if said is None:
        return None
    if said not in known:
        raise QuestionError(f"{where} takes {', '.join(known)}, not {said!r}.{did_you_mean(str(said), known)}")
    return str(said)
