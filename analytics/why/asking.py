"""From a question to why its number changed: asks for every split that the reader may see and ranks them by what they explain."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from math import isclose
from typing import TYPE_CHECKING

from analytics.catalogue import DIMENSIONS, METRICS
from analytics.catalogue.guards import GUARDED
from analytics.catalogue.halves import HALVES, PRODUCTS, SHARED
from analytics.errors import QuestionError
from analytics.model import (
    Answer,
    Compare,
    Contribution,
    EffectKind,
    Inexact,
    Number,
    Query,
    Row,
    Scope,
    Split,
    Why,
)
from analytics.why.effects import Effect, Halves, Method, contributions

if TYPE_CHECKING:
    from analytics.engine import Engine
    from analytics.groups import Eras, Groups, Keys

SPLITS = ("job_category", "team", "country", "platform", "contract_type", "charge_type", "poster", "freelancer")
"""What a change is split by, in this order where nothing else ranks them."""

HELD = frozenset({"previous_period", "previous_year", "period", "budget"})
MOST = 3
CLOSE = 1e-9


@dataclass(frozen=True, slots=True)
class _Asking:
    """One question about a change: whoever asks it, and how its number may be taken apart."""

    engine: Engine
    query: Query
    scope: Scope
    today: date
    method: Method | None

    def answer(self, *group_by: str) -> Answer:
        return self.engine.ask(replace(self.query, group_by=group_by), self.scope, today=self.today)

    def halves(self, *group_by: str) -> Eras:
        return self.engine.halves(replace(self.query, group_by=group_by), self.scope, today=self.today)


def why(engine: Engine, query: Query, scope: Scope, *, today: date) -> Why:
    """Where the change of the query's first metric came from, in this scope; against the period before unless it says otherwise.

    Blocks; raises what `Engine.ask` raises.
    """
    plain = _plain(query)
    method, reason = _method(plain, scope)
    asking = _Asking(engine, plain, scope, today, method)
    answer = asking.answer()
    moved = answer.total.values[2] if answer.total and len(answer.total.values) > 2 else None
    if moved is None or scope.detail == "totals":
        return Why(answer, moved, (), "totals" if scope.detail == "totals" else "")
    found = [made for dimension in _dimensions(query) if (made := _split(asking, dimension, moved))]
    exact = sorted((one for one in found if one.exact), key=lambda one: -_explained(one, moved))
    if not exact:
        return Why(answer, moved, tuple(found), reason or "inexact")
    return Why(answer, moved, tuple(exact), effects=_effects(asking, exact[0], moved))


def top_contributors(found: Why, most: int = MOST) -> tuple[tuple[str, Contribution], ...]:
    """(dimension, contribution) of the members that moved the number most: the first of each split, the largest first."""
    firsts = [(split.dimension, _named(split.parts)) for split in found.splits if split.exact]
    known = [(dimension, part) for dimension, part in firsts if part is not None]
    return tuple(sorted(known, key=lambda one: -abs(one[1].value or 0))[:most])


def main_contributor(
    engine: Engine, query: Query, scope: Scope, *, today: date, people: bool = False
) -> tuple[str, Contribution] | None:
    """(dimension, contribution) of the member that explains the change best; None where nothing changed or can be said.

    Without `people` no person is named, whatever the scope: for posts that many read.
    """
    found = why(engine, query, scope, today=today)
    for split in found.splits:
        if split.exact and (people or not DIMENSIONS[split.dimension].person):
            return (split.dimension, part) if (part := _named(split.parts)) else None
    return None


def _named(parts: Sequence[Contribution]) -> Contribution | None:
    return next((part for part in parts if part.kind == "value" and part.value), None)


def _plain(query: Query) -> Query:
    """The one number that is asked about, held against what it can be held against."""
    compare = query.compare if query.compare and query.compare.to in HELD else Compare("previous_period")
    return Query(query.metrics[:1], (), query.filters, query.time, compare=compare, at=query.at, basis=query.basis)


def _method(query: Query, scope: Scope) -> tuple[Method | None, Inexact]:
    """How the number can be taken apart by whoever may see this much; without a way, why not."""
    metric = METRICS[query.metrics[0]]
    shut = scope.detail != "named" and metric.key in GUARDED
    if metric.additive or metric.unit == "count":
        budget = query.compare is not None and query.compare.to == "budget"
        return ("product" if metric.key in PRODUCTS and not (shut or budget) else "sum"), ""
    if metric.key not in HALVES:
        return None, "inexact"
    if shut:
        return None, "withheld"
    return ("shared" if metric.key in SHARED else "ratio"), ""


def _dimensions(query: Query) -> Iterator[str]:
    """What to split by: what was asked first; not what is narrowed to one member, nor what counts a record several times."""
    for key in dict.fromkeys((*query.group_by, *SPLITS)):
        wanted = query.filter(key)
        single = wanted is not None and len(wanted.include) == 1 and not (wanted.exclude or wanted.under)
        if not single and not DIMENSIONS[key].bridge:
            yield key


def _split(asking: _Asking, dimension: str, moved: float) -> Split | None:
    """The change by one dimension; None where it cannot be asked, says nothing, or the parts are no parts of it."""
    try:
        rows = asking.answer(dimension).rows
        if len(rows) < 2:
            return None
        if asking.method in {None, "sum"}:
            return _by_value(asking, dimension, rows, moved)
        return _by_halves(asking, dimension, rows, moved)
    except QuestionError:
        return None


def _by_value(asking: _Asking, dimension: str, rows: Sequence[Row], moved: float) -> Split | None:
    """A sum's parts are its changes; what is withheld is the rest. Without a method they are only shown."""
    metric = METRICS[asking.query.metrics[0]]
    if asking.method is None:
        return Split(dimension, _ordered([_part(row, None) for row in rows], by_change=True), exact=False)
    known = [row for row in rows if row.values[2] is not None]
    hidden = [row for row in rows if row.values[2] is None]
    effects = contributions("sum", [Halves(row.values[0] or 0, 0, row.values[1] or 0, 0) for row in known])
    parts = [_part(row, effect) for row, effect in zip(known, effects, strict=True)]
    left = moved - sum(effect.value for effect in effects)
    if hidden and metric.additive:
        parts.append(_rest(hidden, left))
    elif hidden or not isclose(left, 0, abs_tol=_tolerance(asking, rows)):
        return None if metric.additive else Split(dimension, _ordered(parts, by_change=True), exact=False)
    return Split(dimension, _ordered(parts), exact=True)


def _by_halves(asking: _Asking, dimension: str, rows: Sequence[Row], moved: float) -> Split | None:
    eras = asking.halves(dimension)
    now, then = _by_key(eras.now), _by_key(eras.then)
    whole = _whole(eras) if asking.method == "shared" else None
    keys = list(dict.fromkeys((*now, *then)))
    members = [_halves(now.get(key), then.get(key), whole) for key in keys]
    try:
        effects = dict(zip(keys, contributions(asking.method or "sum", members), strict=True))
    except ZeroDivisionError:
        return None
    if not isclose(sum(effect.value for effect in effects.values()), moved, abs_tol=_tolerance(asking, rows)):
        return None
    parts = [_part(row, effects.get(row.keys, Effect(0, 0, 0))) for row in rows]
    return Split(dimension, _ordered(parts), exact=True)


def _tolerance(asking: _Asking, rows: Sequence[Row]) -> float:
    """Whole numbers have to be met exactly, others but for rounding."""
    values = [abs(value) for row in rows for value in row.values[:2] if value is not None]
    if all(isinstance(value, int) for value in values) and asking.method in {"sum", "product"}:
        return 0.0
    return CLOSE * max(values, default=1.0)


def _by_key(groups: Groups) -> dict[Keys, tuple[Number, ...]]:
    return {keys: values for keys, values, _, _ in groups}


def _whole(eras: Eras) -> tuple[float, float]:
    then = eras.total_then[1][1] if eras.total_then else 0
    return _number(eras.total[1][1]), _number(then)


def _halves(
    now: tuple[Number, ...] | None, then: tuple[Number, ...] | None, whole: tuple[float, float] | None
) -> Halves:
    above_now, below_now = now or (0, 0)
    above_then, below_then = then or (0, 0)
    return Halves(
        _number(above_now),
        whole[0] if whole else _number(below_now),
        _number(above_then),
        whole[1] if whole else _number(below_then),
    )


def _number(value: Number) -> float:
    """Whole numbers stay whole; the others come from the engine in several kinds."""
    return value if isinstance(value, int) else float(value or 0)


def _part(row: Row, effect: Effect | None) -> Contribution:
    now, then = row.values[:2]  # a share may stand behind the change
    value, rate, mix = effect or (None, None, None)
    return Contribution(row.keys[0], row.labels[0], row.kind, now, then, value, rate, mix)


def _rest(hidden: Sequence[Row], left: float) -> Contribution:
    """Everything withheld, as one row, so that the contributions add up."""
    count = sum(row.kind == "value" for row in hidden)
    label = next((row.labels[0] for row in hidden if row.kind == "withheld" and not count), f"Withheld ({len(hidden)})")
    return Contribution(None, label, "withheld", None, None, left)


def _ordered(parts: Sequence[Contribution], *, by_change: bool = False) -> tuple[Contribution, ...]:
    def size(part: Contribution) -> float:
        if by_change:
            return abs((part.now or 0) - (part.then or 0)) if part.now is not None and part.then is not None else -1.0
        return abs(part.value or 0)

    return tuple(sorted(parts, key=lambda part: (part.kind != "value", -size(part))))


def _explained(split: Split, moved: float) -> float:
    """How far the three that stand out most moved otherwise than the whole did; a dimension along which all moved alike says nothing."""
    before = sum(part.then or 0 for part in split.parts)
    apart = [
        abs((part.value or 0) - moved * ((part.then or 0) / before if before else 0))
        for part in split.parts
        if part.kind != "withheld"
    ]
    return sum(sorted(apart, reverse=True)[:MOST])


def _effects(asking: _Asking, split: Split, moved: float) -> tuple[tuple[EffectKind, float], ...]:
    """The change split by kind: for a sum of things by their number, their mix and their size; for a ratio by mix and rate."""
    if asking.method not in {"product", "ratio"}:
        return ()
    rate = sum(part.rate or 0 for part in split.parts)
    if asking.method == "ratio":
        return (("rate", rate), ("mix", moved - rate))
    total = asking.halves()
    now, then = total.total[1], total.total_then[1] if total.total_then else (0, 0)
    (effect,) = contributions("product", [_halves(now, then, None)])
    volume = effect.mix or 0
    return (("volume", volume), ("rate", rate), ("mix", moved - volume - rate))
