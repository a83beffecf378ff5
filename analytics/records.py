"""Lists of records: the jobs, contracts, charges or proposals behind a number, named, ordered and counted."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from analytics import periods
from analytics.bind import Calendar, filter_values, scope_shape, scope_values
from analytics.bind import filter_shape as shape_of_filter
from analytics.catalogue import DIMENSIONS, FACTS, MEASURES
from analytics.compile import RecordShape, compile_records
from analytics.compile.records import RECORDS
from analytics.errors import QuestionError
from analytics.model import Answer, Column, Period, Query, Row, Scope
from analytics.query import to_json
from analytics.resolve import check_under, resolve_filters

if TYPE_CHECKING:
    from analytics.members import Members
    from analytics.store import Lease

DEFAULT_LIMIT = 20
OLDEST_FIRST = {
    "job": ("age_days", "desc"),
    "contract": ("started_on", "desc"),
    "charge": ("posted_on", "desc"),
    "proposal": ("created_on", "desc"),
}


def list_records(
    lease: Lease, query: Query, scope: Scope, members: Members, calendar: Calendar, today: date, page: int = 1
) -> Answer:
    """An Answer whose rows are one page of records; `more` says how many come after it. Raises QuestionError as `resolve`."""
    kind = query.rows or "job"
    _check(query)
    check_under(query)
    filters = resolve_filters(query.filters, members)
    _check_filters(query, kind)
    period, alive = _period(query, kind, today, calendar)
    keys = [key for key, *_ in RECORDS[kind]]
    order = tuple(_order(key, way, keys, query) for key, way in query.order) or (OLDEST_FIRST[kind],)
    named = {f.dimension for f in filters} & {"source", "platform", "engagement_kind", "supplier"}
    shape = RecordShape(
        kind,
        None if named else "freelance",
        tuple(shape_of_filter(f) for f in filters),
        scope_shape(scope),
        order,
        alive,
    )
    compiled = compile_records(shape)
    limit = query.limit or DEFAULT_LIMIT
    given = {
        "from": period.start,
        "to": period.end,
        "day": periods.known_part(period, calendar.as_of).end - timedelta(days=1),
        "limit": limit,
        "offset": (page - 1) * limit,
    }
    given |= filter_values(filters, calendar.reporting.currency) | scope_values(scope)
    raw = lease.cursor.execute(compiled.sql, {name: given[name] for name in compiled.names}).fetchall()
    every = raw[0][-1] if raw else 0
    after = max(every - page * limit, 0)
    return Answer(
        query=query, columns=tuple(Column(key, label, unit, "dimension") for key, _, label, unit in RECORDS[kind]),
        rows=tuple(_row(kind, one, members) for one in raw), total=None, records=every, period=period, compared=None,
        snapshot=lease.snapshot, currency=calendar.reporting.currency, scope=scope, more=after, sql=compiled.sql,
    )  # fmt: skip


def _check(query: Query) -> None:
    """A list takes filters, a period, an order and a limit; whatever else was asked for would be lost."""
    plain = Query((), rows=query.rows, filters=query.filters, time=query.time, order=query.order, limit=query.limit)
    if replace(query, metrics=()) != plain:
        raise QuestionError("A list of records takes filters, time, order and limit, nothing else.", to_json(plain))


def _check_filters(query: Query, kind: str) -> None:
    fact = FACTS[kind]
    for wanted in query.filters:
        if wanted.dimension not in fact.dimensions | fact.bridges | fact.measures:
            nearest = replace(query, filters=tuple(f for f in query.filters if f is not wanted))
            word = (DIMENSIONS.get(wanted.dimension) or MEASURES[wanted.dimension]).label.lower()
            raise QuestionError(f"{fact.plural.capitalize()} do not carry {word}.", to_json(nearest))


def _period(query: Query, kind: str, today: date, calendar: Calendar) -> tuple[Period, bool]:
    """Open jobs and running contracts are looked at on a day; everything else, and any asked period, by its own date."""
    if query.time:
        return Period(query.time.start or date(1900, 1, 1), query.time.end), False
    if kind in {"job", "contract"} and not any(f.dimension == "status" for f in query.filters):
        return periods.default_period("now", today, calendar.reporting.fiscal_year_start_month), True
    if kind in {"job", "contract"}:
        return Period(date(1900, 1, 1), today + timedelta(days=1)), False
    return periods.default_period("last_12_months", today, calendar.reporting.fiscal_year_start_month), False


def _order(key: str, way: str, keys: list[str], query: Query) -> tuple[str, str]:
    if key in keys:
        return key, way
    stands_for = {
        "amount": "spend_total",
        "rate": "spend_total",
        "tenure_days": "duration_days",
        "age_days": "duration_days",
    }
    if key in MEASURES and stands_for.get(key) in keys:
        return stands_for[key], way
    nearest = replace(query, order=tuple(pair for pair in query.order if pair[0] != key))
    raise QuestionError(f'A list cannot be ordered by "{key}"; it has {", ".join(keys)}.', to_json(nearest))


def _row(kind: str, one: tuple[Any, ...], members: Members) -> Row:
    keys = tuple(None if v is None else str(v) for v in one[:-1])
    labels = [
        _label(key, value, unit, members) for (key, _, _, unit), value in zip(RECORDS[kind], one[:-1], strict=True)
    ]
    return Row(keys, tuple(labels), tuple(v if isinstance(v, int | float) else None for v in one[:-1]), records=1)


def _label(key: str, value: Any, unit: str, members: Members) -> str:
    if key in DIMENSIONS:
        return members.label(key, value)
    if value is None:
        return ""
    return value.isoformat() if unit == "date" else str(value)
