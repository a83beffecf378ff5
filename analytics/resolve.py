"""From a Query to a plan: names become ids, periods become dates, and what cannot be asked is refused with the nearest that can."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

from analytics import periods
from analytics.catalogue import DIMENSIONS, FACTS, HIERARCHY, MEASURES, Metric, Part, dimension, metric
from analytics.errors import QuestionError, UnknownName, did_you_mean
from analytics.model import Bands, Filter, Period, Query, Reporting, Scope, Value
from analytics.notes import Bound, Named, Note
from analytics.query import to_json

if TYPE_CHECKING:
    from analytics.members import Members

SPENT = frozenset({"spend", "staffing_spend"})
SOURCE_WORDS = frozenset({"source", "platform", "engagement_kind", "supplier"})


@dataclass(frozen=True, slots=True)
class Plan:
    """A question that can be computed: ids beside names, dates fixed, sources chosen, notes on how it was read."""

    query: Query
    metrics: tuple[Metric, ...]
    sources: tuple[str | None, ...]
    group_by: tuple[str, ...]
    period: Period
    compared: Period | None
    bands: Bands | None
    scope: Scope
    notes: tuple[str, ...]
    today: date
    fiscal: int = 1


def resolve(
    query: Query, scope: Scope, members: Members, reporting: Reporting, first_day: date, today: date, as_of: date
) -> Plan:
    """The plan of a query about metrics. Raises UnknownName or QuestionError (with the nearest legal query)."""
    metrics = tuple(metric(key) for key in query.metrics)
    check_under(query)
    query = _compare_as_groups(replace(query, filters=resolve_filters(query.filters, members)), members)
    group_by = tuple(dimension(key).key for key in query.group_by)
    _check_groups(query, metrics)
    _check_filters(query, metrics)
    _check_rest(query, metrics)
    period = _period(query, metrics, reporting, first_day, today)
    bands = _bands(query, metrics)
    compared = _compared(query, period, reporting, min(today, as_of))
    _check_order(query, compared)
    sources = tuple(_source(query, m) for m in metrics)
    notes, fiscal = tuple(_notes(query, metrics)), reporting.fiscal_year_start_month
    return Plan(query, metrics, sources, group_by, period, compared, bands, scope, notes, today, fiscal)


def supports(part: Part, key: str) -> bool:
    """Whether a part can be split or filtered by a dimension or record measure."""
    fact = FACTS[part.fact]
    return key in fact.dimensions or key in fact.bridges or key in fact.measures


def resolve_filters(filters: tuple[Filter, ...], members: Members) -> tuple[Filter, ...]:
    """The filters with ids. Raises UnknownName for a name that is not in the data."""
    return tuple(_filter(f, members) for f in filters)


def check_under(query: Query) -> None:
    """Only what has levels has something under it; the nearest question names the members themselves."""
    for wanted in query.filters:
        if wanted.under and dimension(wanted.dimension).key not in HIERARCHY:
            named = replace(wanted, include=(*wanted.include, *wanted.under), under=())
            nearest = replace(query, filters=tuple(named if f is wanted else f for f in query.filters))
            raise QuestionError(
                f"Nothing lies under {DIMENSIONS[dimension(wanted.dimension).key].plural}.", to_json(nearest)
            )


def _filter(wanted: Filter, members: Members) -> Filter:
    if wanted.bounds:
        if wanted.dimension not in MEASURES:
            raise UnknownName(
                f'"{wanted.dimension}" has no numbers to compare.{did_you_mean(wanted.dimension, MEASURES)}'
            )
        return wanted
    key = dimension(wanted.dimension).key
    under = tuple(_under(key, v, members) for v in wanted.under)
    # What has no member has none below it either: only the rows themselves.
    unmapped = tuple(v for v in under if v.id is None)
    include = (*_all(key, wanted.include, members), *unmapped)
    under = tuple(v for v in under if v.id is not None)
    return replace(wanted, include=include, exclude=_all(key, wanted.exclude, members), under=under)


def _all(key: str, values: tuple[Value, ...], members: Members) -> tuple[Value, ...]:
    return tuple(members.resolve(key, v) for v in values)


def _under(key: str, value: Value, members: Members) -> Value:
    try:
        return members.resolve(key, value)
    except UnknownName:
        return members.resolve(HIERARCHY[key][0], value)


def _compare_as_groups(query: Query, members: Members) -> Query:
    """Members side by side are a breakdown by their dimension, limited to them."""
    compare = query.compare
    if not compare or compare.to != "dimension" or not compare.dimension:
        return query
    key = dimension(compare.dimension).key
    if len(compare.values) < 2:
        one = (*query.filters, Filter(key, include=compare.values)) if compare.values else query.filters
        nearest = replace(query, compare=None, filters=one)
        raise QuestionError("A comparison side by side needs at least two values.", to_json(nearest))
    values = _all(key, compare.values, members)
    groups = query.group_by if key in query.group_by else (*query.group_by, key)
    return replace(
        query.with_filter(Filter(key, include=values)), group_by=groups, compare=replace(compare, values=values)
    )


def _own_parts(metrics: tuple[Metric, ...]) -> list[tuple[Metric, Part]]:
    return [(m, p) for m in metrics for p in m.parts if not p.shared]


def _check_groups(query: Query, metrics: tuple[Metric, ...]) -> None:
    for key in query.group_by:
        for m, part in _own_parts(metrics):
            if not supports(part, key):
                nearest = replace(query, group_by=tuple(k for k in query.group_by if k != key))
                if query.compare and query.compare.to == "dimension" and query.compare.dimension == key:
                    # Side by side is a split too: the nearest question has neither it nor its members.
                    nearest = replace(nearest, compare=None).with_filter(Filter(key))
                raise QuestionError(
                    f"{m.label} cannot be split by {DIMENSIONS[key].label.lower()}: {FACTS[part.fact].plural} do not carry it.",
                    to_json(nearest),
                )


def _check_filters(query: Query, metrics: tuple[Metric, ...]) -> None:
    for wanted in query.filters:
        for m, part in _own_parts(metrics):
            if not supports(part, wanted.dimension):
                nearest = replace(query, filters=tuple(f for f in query.filters if f is not wanted))
                word = (DIMENSIONS.get(wanted.dimension) or MEASURES[wanted.dimension]).label.lower()
                raise QuestionError(
                    f"{m.label} cannot be filtered by {word}: {FACTS[part.fact].plural} do not carry it.",
                    to_json(nearest),
                )


def _check_rest(query: Query, metrics: tuple[Metric, ...]) -> None:
    _check_at(query, metrics)
    _check_budget(query)
    for having in query.having:
        if having.metric not in query.metrics:
            kept = tuple(h for h in query.having if h.metric in query.metrics)
            raise QuestionError(
                f'A threshold needs its metric among the metrics asked: "{having.metric}" is not.',
                to_json(replace(query, having=kept)),
            )
    fixed = next((m for m in metrics if query.basis and query.basis not in {"posted", *dict(m.bases)}), None)
    if fixed:
        raise QuestionError(f'{fixed.label} cannot be counted by "{query.basis}".', to_json(replace(query, basis=None)))
    ratio = next((m for m in metrics if not m.additive and m.unit != "count"), None)
    if query.as_share and ratio:
        raise QuestionError(f"{ratio.label} has no parts to take shares of.", to_json(replace(query, as_share=False)))


def _check_order(query: Query, compared: Period | None) -> None:
    changes = {f"{m}_change" for m in query.metrics} if compared else set()
    bands = {query.bands.dimension} if query.bands else set()
    known = {*query.metrics, *query.group_by, query.grain} | changes | bands
    for key, _ in query.order:
        if key not in known:
            kept = tuple(pair for pair in query.order if pair[0] in known)
            raise QuestionError(
                f'Cannot order by "{key}": it is not part of the question.', to_json(replace(query, order=kept))
            )


def _check_budget(query: Query) -> None:
    """Only money that was spent can be held against a budget, and only where budgets are kept."""
    if not (query.compare and query.compare.to == "budget"):
        return
    if not (len(query.metrics) == 1 and query.metrics[0] in SPENT):
        nearest = replace(query, metrics=("spend",))
        raise QuestionError("Only spend can be held against a budget, and one kind of it at a time.", to_json(nearest))
    fact = FACTS["budget"]
    asked = [*query.group_by, *(f.dimension for f in query.filters), *([query.bands.dimension] if query.bands else [])]
    for key in asked:
        if key not in fact.dimensions:
            label = (DIMENSIONS.get(key) or MEASURES[key]).label.lower()
            raise QuestionError(f"Budgets are not kept by {label}.", to_json(replace(query, compare=None)))


def _check_at(query: Query, metrics: tuple[Metric, ...]) -> None:
    """A moment may be asked for where every population asked about can be counted at it."""
    populations = [m for m in metrics if any(part.alive for part in m.parts)]
    wrong = next((m for m in populations if query.at not in m.moments), None if populations else metrics[0])
    if query.at and wrong:
        can = f'takes {", ".join(wrong.moments)} as "at"' if wrong.moments else 'takes no "at"'
        raise QuestionError(f'{wrong.label} {can}, not "{query.at}".', to_json(replace(query, at=None)))


def _period(query: Query, metrics: tuple[Metric, ...], reporting: Reporting, first_day: date, today: date) -> Period:
    asked = query.time
    if asked is None:
        kind = metrics[0].period
        if query.grain and kind == "now":
            kind = "last_12_months"
        asked = periods.default_period(kind, today, reporting.fiscal_year_start_month)
    if asked.start and asked.start > today and not all(m.future for m in metrics):
        raise QuestionError(
            f"{asked.start:%d %B %Y} lies in the future; I can only count what has happened.",
            to_json(replace(query, time=None)),
        )
    return Period(asked.start or min(first_day, asked.end - timedelta(days=1)), asked.end)


def _compared(query: Query, period: Period, reporting: Reporting, known: date) -> Period | None:
    """The period to hold it against: of one that is not over, the part that has elapsed as far as the data knows."""
    if not query.compare:
        return None
    elapsed = max(known, period.start or known)
    if query.compare.to == "previous_period":
        return periods.previous(period, elapsed, reporting.fiscal_year_start_month)
    if query.compare.to == "previous_year":
        return periods.year_before(period, elapsed)
    return query.compare.period


def _bands(query: Query, metrics: tuple[Metric, ...]) -> Bands | None:
    if query.bands:
        if query.bands.dimension not in MEASURES:
            raise UnknownName(
                f'There are no bands of "{query.bands.dimension}".{did_you_mean(query.bands.dimension, MEASURES)}'
            )
        if not all(supports(p, query.bands.dimension) for _, p in _own_parts(metrics)):
            raise QuestionError(
                f"{metrics[0].label} cannot be put into bands of {query.bands.dimension}.",
                to_json(replace(query, bands=None)),
            )
        return query.bands if query.bands.edges else Bands(query.bands.dimension, MEASURES[query.bands.dimension].edges)
    plain = not (query.group_by or query.grain or query.compare or query.having)
    if plain and query.metrics == ("open_ageing",):
        return Bands("age_days", MEASURES["age_days"].edges)
    return None


def _source(query: Query, wanted: Metric) -> str | None:
    """A plain question means freelance; naming a source, a platform, a supplier or a kind of engagement widens it.

    A breakdown by platform names none of them: it shows the freelance platforms.
    """
    if wanted.source != "freelance":
        return None if wanted.source == "both" else wanted.source
    named = {f.dimension for f in query.filters} | (set(query.group_by) - {"platform"})
    side_by_side = query.compare is not None and query.compare.to == "dimension"
    return None if named & SOURCE_WORDS or side_by_side else "freelance"


def _notes(query: Query, metrics: tuple[Metric, ...]) -> list[str]:
    out = [m.estimate for m in metrics if m.estimate]
    units = {m.key: m.unit for m in metrics}
    out += [
        Note("having", limit=Bound(h.value, units.get(h.metric, "count"), h.op, Named("metric", h.metric)))
        for h in query.having
    ]
    for m in metrics:
        for part in m.parts:
            if part.shared:
                blind = [k for k in query.group_by if not supports(part, k)]
                blind += [f.dimension for f in query.filters if not supports(part, f.dimension)]
                out += [Note("not_split", dimension=Named("dimension", key)) for key in dict.fromkeys(blind)]
    return list(dict.fromkeys(out))
