"""Who may see which detail: company totals only, groups without people, or people by name; withheld cells still add up."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from analytics.catalogue import DIMENSIONS, FACTS, METRICS
from analytics.errors import NotAllowed
from analytics.model import Answer, Query, Row, Scope

if TYPE_CHECKING:
    from analytics.groups import Eras

FEWEST = 5
TEAM_WORDS = frozenset({"team", "division", "cost_center", "po_number"})


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


def protect(answer: Answer, eras: Eras) -> Answer:
    """In `groups` detail: no money, rate or rating built on fewer than FEWEST people, nor what reveals one."""
    if answer.scope.detail != "groups" or not any(_sensitive(key) for key in answer.query.metrics):
        return answer
    if eras.total[2] and eras.total[3] < FEWEST:
        return _nothing(answer)
    people = {keys: seen for keys, _, _, seen in eras.now}
    small = [row for row in answer.rows if people.get(row.keys, 0) < FEWEST]
    if not small:
        return answer
    kept = [row for row in answer.rows if row not in small]
    if len(small) == 1 and kept:
        # One hole could be filled by taking the rest from the total, so the next smallest row goes too.
        next_smallest = min(kept, key=lambda row: people.get(row.keys, 0))
        small.append(next_smallest)
        kept.remove(next_smallest)
    records = sum(row.records for row in small)
    width = len(answer.columns) - len(answer.rows[0].labels)
    labels = (f"Withheld ({len(small)})",) + ("",) * (len(small[0].labels) - 1)
    hidden = Row((None,) * len(small[0].keys), labels, (None,) * width, "withheld", records)
    return replace(answer, rows=(*kept, hidden))


def _nothing(answer: Answer) -> Answer:
    """An answer that is itself built on too few people: its number of records, and no number else."""
    shown = answer.total
    hidden = shown and Row((), ("Withheld (1)",), (None,) * len(shown.values), "withheld", shown.records)
    return replace(answer, rows=(), total=hidden, more=0, goals=())


def _sensitive(key: str) -> bool:
    """Whether a number is of money, a rate or a rating, and of people's work at all (budgets are not)."""
    metric = METRICS[key]
    of_people = any("freelancer" in FACTS[part.fact].dimensions for part in metric.parts)
    return of_people and (metric.people or metric.unit in {"money", "rating"})
