"""The one path into an answer: job category, its teams, who posted their jobs, and those jobs one by one; and the way back."""

from __future__ import annotations

from dataclasses import replace

from analytics.catalogue import FACTS
from analytics.model import Detail, Filter, Query, Value

# Opening a row of the first shows the second.
PATH: dict[str, str] = {"job_category": "team", "country": "team", "team": "poster", "poster": "job"}
POSTER_METRIC = "jobs_posted"
NAMED = frozenset({"poster", "job"})
"""Steps that show people."""


def next_step(query: Query, detail: Detail) -> str | None:
    """What opening a row of this answer would show; None where it cannot be opened in this detail."""
    if len(query.group_by) != 1 or query.grain or query.rows or detail == "totals":
        return None
    step = PATH.get(query.group_by[0])
    return None if step in NAMED and detail != "named" else step


def opened(query: Query, chosen: str) -> Query:
    """The question behind one row: `chosen` is the stable id of the member; whoever asks gives it its name back.

    People are counted by the jobs they posted, whatever was counted before; behind a person stands the list of these jobs. KeyError where rows cannot be opened.
    """
    dimension = query.group_by[0]
    step = PATH[dimension]
    inside = query.with_filter(Filter(dimension, include=(Value(chosen, chosen),)))
    if step == "job":
        carried = FACTS["job"].dimensions | FACTS["job"].bridges | FACTS["job"].measures
        return Query(
            (), filters=tuple(f for f in inside.filters if f.dimension in carried), time=query.time, rows="job"
        )
    metrics = (POSTER_METRIC,) if step == "poster" else query.metrics
    asked = replace(inside, metrics=metrics, group_by=(step,), order=((metrics[0], "desc"),), limit=None, having=())
    return replace(asked, compare=None, basis=None, as_share=False) if step == "poster" else asked


def before(query: Query) -> Query | None:
    """The question this one was opened from: the same without the last step; None at the start of the path."""
    if len(query.group_by) != 1:
        return None
    for dimension, step in PATH.items():
        chosen = query.filter(dimension)
        if step == query.group_by[0] and chosen and len(chosen.include) == 1 and not chosen.exclude:
            metric = query.metrics[0] if query.metrics else POSTER_METRIC
            wider = query.with_filter(Filter(dimension))
            return replace(wider, group_by=(dimension,), order=((metric, "desc"),), limit=None)
    return None
