"""The proof before an answer: a word that was read must change the query; what could be left out unnoticed is asked back.

Each word of meaning is taken away in turn. Where the query stays the same without it, it has contributed nothing; that
is harmless only for a closed list of kinds of words, and for words that say again what the query holds already.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from analytics.catalogue import METRICS
from analytics.model import Query
from bot.understanding.draft import Draft
from bot.understanding.names import PERSONS
from bot.understanding.scan import Mark
from bot.understanding.settling import Settling
from bot.understanding.thresholds import RECORDS

MOST = 60  # words looked at in one question
AWAY = ("filler", "yes")
PASSED = frozenset({
    "filler", "by", "howmany", "and", "or", "whatabout", "own", "list", "which", "posted", "when", "action", "only",
    "instead", "too", "trend", "based", "freetext", "explain", "forall", "funnel",
})  # fmt: skip
NOUNS = frozenset({"jobs_posted", "contracts", "freelancers", "milestones_submitted"})
OF_PEOPLE = frozenset({"freelancers", "hires", "headcount", "fte", "unique_posters", "rehires", "contingent_share"})
PAYERS = frozenset({"team", "division", "poster", "owner"})


@dataclass(frozen=True, slots=True)
class Case:
    """One word on trial: its mark and the one before it, the finished draft and its query."""

    mark: Mark
    before: Mark | None
    draft: Draft
    query: Query
    dimensions: frozenset[str]


Excuse = Callable[[Case], bool]


def _compared(case: Case) -> bool:
    return case.query.compare is not None or "budget" in " ".join(case.query.metrics)


def _held_against(case: Case) -> bool:
    said, compare = case.mark.value("compareto"), case.query.compare
    held = compare is not None and compare.to == said
    return held or _targeted(case) or (said == "budget" and "budget" in " ".join(case.query.metrics))


def _moved(case: Case) -> bool:
    return case.query.compare is not None or case.draft.action == "explain_change"


def _said_again(case: Case) -> bool:
    key = case.mark.value("metric") or ""
    listed = case.query.rows is not None and RECORDS.get(key) == case.query.rows
    paid = key == "spend" and any(METRICS[m].unit == "money" for m in case.query.metrics)
    return key in case.query.metrics or key in NOUNS or listed or paid


def _held(case: Case) -> bool:
    key = case.mark.value("dimension") or ""
    placed = key in PAYERS and bool({"country", "region"} & case.dimensions)
    if f"all {key}" in case.draft.flags:
        return True
    return key in case.dimensions or placed or (key in PAYERS and case.draft.audience is not None)


def _about_people(case: Case) -> bool:
    return bool(PERSONS & case.dimensions or OF_PEOPLE & set(case.query.metrics))


def _counted(case: Case) -> bool:
    return case.before is not None and case.before.number is not None


def _shared(case: Case) -> bool:
    return (
        case.query.as_share
        or case.draft.change is not None
        or all(METRICS[key].unit == "ratio" for key in case.query.metrics)
    )


def _timed(case: Case) -> bool:
    return any(METRICS[key].unit in {"days", "hours"} for key in case.query.metrics) or "hires" in case.query.metrics


def _measured(case: Case) -> bool:
    return case.query.bands is not None or any(wanted.bounds for wanted in case.query.filters)


def _targeted(case: Case) -> bool:
    return case.draft.action == "target"


EXCUSES: dict[str, Excuse] = {
    "versus": _compared, "vsrel": _compared, "stepback": _compared, "compare": _compared,
    "source": lambda case: _compared(case) or case.mark.value("source") == "freelance",
    "compareto": _held_against, "change": _moved, "metric": _said_again,
    "dimension": _held, "people": _about_people, "unit": lambda case: _counted(case) or case.query.grain is not None, "share": _shared, "goal": _timed, "speed": _timed,
    "measure": _measured, "op": _targeted, "setting": _targeted,
    "sup": lambda case: bool(case.query.order) or _moved(case), "top": lambda case: bool(case.query.order),
    "rank": lambda case: bool(case.query.order), "grain": lambda case: case.query.grain is not None or case.draft.action == "subscribe",
    "where": lambda case: bool(case.query.group_by), "record": lambda case: case.query.rows is not None,
    "under": lambda case: "division" in case.dimensions,
    "owning": lambda case: "owner" in case.dimensions, "hitting": _compared,
    "who": lambda case: bool(PERSONS & case.dimensions) or (case.query.compare is not None and case.query.compare.dimension is not None),
    "occupation": lambda case: bool({"skill", "job_category"} & case.dimensions),
    "stat": lambda case: case.mark.value("stat") == "average",
}  # fmt: skip


def idle(marks: list[Mark], words: Sequence[str], settling: Settling, draft: Draft, query: Query) -> tuple[str, ...]:
    """The words, as typed, that were read and yet changed nothing."""
    whole = _outcome(draft)
    used = frozenset(_dimensions(query))
    found = []
    for k, mark in enumerate(marks[:MOST]):
        if _excused(Case(mark, marks[k - 1] if k else None, draft, query, used)):
            continue
        without = [*marks[:k], Mark(mark.start, mark.end, "um", (AWAY,), plain="um"), *marks[k + 1 :]]
        rest = [*words[: mark.start], *words[mark.end :]]
        if _outcome(settling.settled(without, rest)[0]) == whole:
            found.append(mark.text)
    return tuple(found)


def _excused(case: Case) -> bool:
    mark = case.mark
    if mark.span is not None:
        return _compared(case)
    if mark.number is not None:
        return _targeted(case)
    if mark.value("value") == "status=active" and OF_PEOPLE | {"active_contracts"} >= set(case.query.metrics):
        return True
    if mark.entries and not mark.meanings:
        return False
    return any(kind in PASSED or (kind in EXCUSES and EXCUSES[kind](case)) for kind, _ in mark.meanings)


def _outcome(d: Draft) -> tuple[object, ...]:
    return d.query(), d.action, tuple(d.unread), tuple(ask.topic for ask in d.asks), d.audience


def _dimensions(query: Query) -> list[str]:
    compared = [query.compare.dimension] if query.compare and query.compare.dimension else []
    return [*query.group_by, *(wanted.dimension for wanted in query.filters), *compared]
