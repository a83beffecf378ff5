"""Names in a question that lie outside what the asker may see: they are answered like names that do not exist."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from analytics.catalogue import DIMENSIONS, HIERARCHY
from analytics.errors import UnknownName
from analytics.members import Members

if TYPE_CHECKING:
    from collections.abc import Mapping

    from analytics.model import Filter, Query, Value


def inside(query: Query, allowed: Mapping[str, frozenset[str]], members: Members) -> Query:
    """The question with every name of a narrowed dimension replaced by the member that exists for the asker.

    Raises UnknownName, in the very words for a name nobody knows, and QuestionError where a name fits several of theirs.
    """
    used = {f.dimension for f in query.filters}
    if query.compare and query.compare.dimension:
        used.add(query.compare.dimension)
    if not used & set(allowed):
        return query
    known = _narrowed(allowed, members, used)
    filters = tuple(_filter(f, known) if f.dimension in allowed else f for f in query.filters)
    compare = query.compare
    if compare and compare.dimension and compare.dimension in allowed:
        compare = replace(compare, values=_all(compare.dimension, compare.values, known))
    return replace(query, filters=filters, compare=compare)


def _narrowed(allowed: Mapping[str, frozenset[str]], members: Members, used: set[str]) -> Members:
    """Only the members that exist for the asker, of the dimensions used and those above them."""
    known = Members()
    for dimension in {*used, *(HIERARCHY[d][0] for d in used if d in HIERARCHY)} & set(DIMENSIONS):
        seen = allowed.get(dimension)
        for key, member in members.by_id[dimension].items():
            if seen is None or key in seen:
                known.by_id[dimension][key] = member
                for name in {member.name.casefold(), member.label.casefold()}:
                    known.by_name[dimension][name].append(key)
    return known


def _filter(wanted: Filter, known: Members) -> Filter:
    key = wanted.dimension
    under = tuple(_under(key, value, known) for value in wanted.under)
    return replace(
        wanted, include=_all(key, wanted.include, known), exclude=_all(key, wanted.exclude, known), under=under
    )


def _all(key: str, values: tuple[Value, ...], known: Members) -> tuple[Value, ...]:
    return tuple(known.resolve(key, value) for value in values)


def _under(key: str, value: Value, known: Members) -> Value:
    try:
        return known.resolve(key, value)
    except UnknownName:
        return known.resolve(HIERARCHY[key][0], value) if key in HIERARCHY else value
