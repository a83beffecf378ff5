"""In which order an answer's rows stand, and where a limit cuts them without cutting through a tie."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from operator import itemgetter
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from analytics.groups import Groups
    from analytics.members import Named
    from analytics.model import Number
    from analytics.resolve import Plan

Ranks = NDArray[Any]


def value_index(plan: Plan, key: str) -> int | None:
    """Where a metric or its change stands among a row's values; None for anything else."""
    per = 3 if plan.compared else 1
    for i, m in enumerate(plan.metrics):
        if key == m.key:
            return i * per
        if key == f"{m.key}_change" and plan.compared:
            return i * per + 2
    return None


def ranked_by(plan: Plan) -> str:
    """What a limit counts the first of: as asked, else the first metric."""
    return plan.query.order[0][0] if plan.query.order else plan.metrics[0].key


def order(
    plan: Plan, groups: Groups, values: Sequence[list[Number]], unmapped: Sequence[int], named: Sequence[list[Named]]
) -> list[int]:
    """The places of the groups in the order to show them.

    As asked; else time ascending, bands ascending, members side by side as named, else the first metric, largest first.
    Rows without a number come after the others, rows that are no member last; ties stand by name.
    """
    names, wanted = _names(plan, groups, named), _wanted(plan)
    keys = [rank() for key, rank in reversed(names.items()) if key not in dict(wanted)]
    for key, descending in reversed(wanted):
        at = value_index(plan, key)
        if at is None:
            rank = names[key]()
            keys.append(-rank if descending else rank)
        else:
            keys += _by_value(values[at], unmapped, descending=descending)
    said: list[int] = np.lexsort(keys).tolist()
    return said


def _wanted(plan: Plan) -> list[tuple[str, bool]]:
    """The columns to order by, the most important first, and whether each descends."""
    compare = plan.query.compare
    if plan.query.order:
        return [(key, way == "desc") for key, way in plan.query.order]
    if plan.query.grain:
        return [(plan.query.grain, False)]
    if plan.bands:
        return [*((key, False) for key in plan.group_by), (plan.bands.dimension, False)]
    if compare and compare.to == "dimension" and plan.group_by == (compare.dimension,):
        return [(plan.group_by[0], False)]
    return [(plan.metrics[0].key, True)]


def _by_value(column: list[Number], unmapped: Sequence[int], *, descending: bool) -> list[Ranks]:
    """By a number; those without one after the others, those that are no member at the end."""
    unknown = places_of_none(column)
    ranks = np.array([0 if value is None else value for value in column] if unknown else column)
    keys = [-ranks if descending else ranks]
    if unknown or unmapped:
        last = np.zeros(len(column), dtype=np.int8)
        last[unknown] = 1
        last[unmapped] = 2
        keys.append(last)
    return keys


def places_of_none(column: Sequence[object]) -> list[int]:
    """Where a column holds nothing."""
    found: list[int] = []
    with suppress(ValueError):
        while True:
            found.append(column.index(None, found[-1] + 1 if found else 0))
    return found


def _names(plan: Plan, groups: Groups, named: Sequence[list[Named]]) -> dict[str, Callable[[], Ranks]]:
    """For each key column its ranks by name, made when they are asked for."""
    compare = plan.query.compare
    said = {v.id: i for i, v in enumerate(compare.values)} if compare and not plan.query.order else {}
    out: dict[str, Callable[[], Ranks]] = {}
    for key, column, said_of in zip(plan.group_by, groups.keys, named, strict=False):
        if said and plan.group_by == (compare and compare.dimension,):
            out[key] = partial(_said, said, column)
        else:
            out[key] = partial(_alphabet, said_of)
    if plan.bands:
        bands = groups.keys[len(plan.group_by)]
        out[plan.bands.dimension] = lambda: np.array([9999 if one is None else int(one) for one in bands])
    if plan.query.grain:
        buckets = groups.keys[-1]
        out[plan.query.grain] = lambda: _days(buckets)
    return out


def _said(said: dict[str | None, int], column: list[str | None]) -> Ranks:
    return np.array([said.get(key, len(said)) for key in column])


def _alphabet(named: list[Named]) -> Ranks:
    return np.fromiter(map(itemgetter(0), named), dtype=np.int64, count=len(named))


def _days(column: list[str | None]) -> Ranks:
    places = {day: place for place, day in enumerate(sorted(set(column), key=str))}
    return np.array(list(map(places.__getitem__, column)))


def limited(plan: Plan, places: list[int], values: Sequence[list[Number]]) -> tuple[list[int], int]:
    """The first n places and every tie with the n-th; how many are left out."""
    limit = plan.query.limit
    if not limit or len(places) <= limit:
        return places, 0
    at = value_index(plan, ranked_by(plan))
    end = limit
    # Along time and bands the first are no winners; nor is a name.
    if at is not None and (plan.query.order or not (plan.query.grain or plan.bands)):
        edge = values[at][places[limit - 1]]
        while end < len(places) and values[at][places[end]] == edge and edge is not None:
            end += 1
    return places[:end], len(places) - end
