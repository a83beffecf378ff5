"""What a question may ask and what an answer may show in each detail; decided by the veil of the version, never by one answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from analytics.catalogue import DIMENSIONS
from analytics.catalogue.guards import GUARDED, NOWHERE, VEILED
from analytics.errors import NotAllowed
from analytics.groups import Eras, Group, Groups, Keys, Values
from analytics.model import Answer, Number, Query, Row, Scope
from analytics.notes import Named, Note
from analytics.privacy.weave import FEWEST, NOTHING

if TYPE_CHECKING:
    from analytics.resolve import Plan

TEAM_WORDS = frozenset({"team", "division", "cost_center", "po_number"})
HIDDEN = -1
"""Stands where the number of people stands, once a number of the group was hidden."""


def check(query: Query, scope: Scope) -> None:
    """Raises NotAllowed where the scope's detail forbids the question itself; the same words for unknown and refused."""
    used = {*query.group_by, *(f.dimension for f in query.filters)}
    if query.compare and query.compare.dimension:
        used.add(query.compare.dimension)
    people = {key for key in used if key in DIMENSIONS and DIMENSIONS[key].person}
    if scope.detail == "named":
        return
    if people or query.rows or query.bands or any(f.bounds for f in query.filters):
        raise NotAllowed("You can see groups and totals, not single people or records.")
    beside = query.compare and query.compare.to == "dimension" and query.compare.dimension != "source"
    if scope.detail == "totals" and (query.group_by or beside or used & TEAM_WORDS):
        raise NotAllowed("You can see totals for the whole company, without a breakdown by team or person.")


def guarded(plan: Plan) -> Plan | None:
    """The plan that counts, for the same groups, the people and the veil behind each number; None where nothing is to be guarded."""
    if plan.scope.detail == "named":
        return None
    found = [
        (guard, source)
        for metric, source in zip(plan.metrics, plan.sources, strict=True)
        for guard in GUARDED.get(metric.key, ())
    ]
    if not found:
        return None
    metrics, sources = tuple(guard for guard, _ in found), tuple(source for _, source in found)
    query = replace(plan.query, metrics=tuple(m.key for m in metrics), having=(), order=(), limit=None, as_share=False)
    return replace(plan, query=query, metrics=metrics, sources=sources)


def hide(plan: Plan, eras: Eras, guards: Eras) -> Eras:
    """The groups without the numbers that may not be shown, before anything is worked out from them."""
    current = plan.query.at in {None, "end"} and plan.period.end > plan.today
    then, whole = _slots(plan, current=False), _slots(plan, current=current)
    rows = _slots(plan, current=current and not plan.query.grain)
    total_then = eras.total_then and _without(eras.total_then, guards.total_then and guards.total_then[1], then)
    total = _without(eras.total, guards.total[1], whole)
    return Eras(_all_without(eras.now, guards.now, rows), _all_without(eras.then, guards.then, then), total, total_then)


def _slots(plan: Plan, *, current: bool) -> list[tuple[int, bool, range]]:
    """For each guarded metric its place, whether it is shown nowhere, and where its guards stand.

    Nowhere: the numbers of NOWHERE, and what is counted at a moment that is not `current`. A veil is woven for the
    day of the data; between that and all other days lie groups that nobody has looked at.
    """
    out, first = [], 0
    for place, metric in enumerate(plan.metrics):
        count = len(GUARDED.get(metric.key, ()))
        if count:
            past = not current and any(part.alive and part.fact in VEILED for part in metric.parts)
            out.append((place, past or metric.key in NOWHERE, range(first, first + count, 2)))
        first += count
    return out


def _without(group: Group, guards: Values | None, slots: list[tuple[int, bool, range]]) -> Group:
    keys, values, records, _ = group
    hidden = {place for place, own, at in slots if not _may_show(guards, own, at)}
    if not hidden:
        return group
    return keys, tuple(None if i in hidden else v for i, v in enumerate(values)), records, HIDDEN


def _all_without(groups: Groups, guards: Groups, slots: list[tuple[int, bool, range]]) -> Groups:
    known: Mapping[Keys, Values] = {keys: values for keys, values, _, _ in guards}
    columns: tuple[list[Number], ...] = tuple(list(column) for column in groups.values)
    people = list(groups.people)
    for row, keys in enumerate(groups.by_key()):
        for place, own, at in slots:
            if not _may_show(known.get(keys), own, at):
                columns[place][row] = None
                people[row] = HIDDEN
    return replace(groups, values=columns, people=people)


def _may_show(guards: Values | None, own: bool, at: range) -> bool:
    """Where there are records at all: enough people behind each part, and a veil that adds up to nothing."""
    if guards is None:
        return True
    for i in at:
        people, veil = guards[i], guards[i + 1]
        if veil is not None and (own or (people or 0) < FEWEST or abs(veil) >= NOTHING):
            return False
    return True


def protect(answer: Answer, eras: Eras) -> Answer:
    """The rows whose numbers were hidden as one row, so that what is shown still adds up to the total; and why."""
    shut = {keys for keys, _, _, people in eras.now if people == HIDDEN}
    total = answer.total
    before = eras.total_then is not None and eras.total_then[3] == HIDDEN
    if answer.scope.detail == "named" or not (shut or before or eras.total[3] == HIDDEN):
        return answer
    answer = replace(answer, notes=(*answer.notes, *_why(answer.query)))
    if total and eras.total[3] == HIDDEN:
        total = total._replace(labels=("Withheld (1)",), kind="withheld")
        answer = replace(answer, total=total, goals=())
        if all(row.keys in shut for row in answer.rows):
            return replace(answer, rows=(), more=0)
    if not shut or (answer.query.grain and not answer.query.group_by):
        return answer
    return _with_one_row(answer, shut)


def _why(query: Query) -> list[Note]:
    """Why something is withheld: it is never shown without people, or too few of them stand behind a part of it."""
    never = tuple(Named("metric", key, inside=False) for key in query.metrics if key in NOWHERE)
    few = any(key in GUARDED and key not in NOWHERE for key in query.metrics)
    return [Note("people_only", metrics=never)] * bool(never) + [Note("withheld")] * few


def _with_one_row(answer: Answer, shut: set[Keys]) -> Answer:
    small = [row for row in answer.rows if row.keys in shut]
    if not small:
        return answer
    labels = (f"Withheld ({len(small)})",) + ("",) * (len(small[0].labels) - 1)
    nothing = (None,) * len(small[0].values)
    hidden = Row((None,) * len(small[0].keys), labels, nothing, "withheld", sum(row.records for row in small))
    return replace(answer, rows=(*(row for row in answer.rows if row.keys not in shut), hidden))
