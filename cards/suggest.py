"""Questions worth asking after an answer, where whoever asks for the card has none of its own: a table of small changes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from analytics.model import Compare, Detail, Grain, Query, Value
from cards import drill
from cards.able import can_split
from cards.reading import Reading
from cards.view import Next

SIDES = (Value("freelance", "freelance"), Value("staffing", "staffing"))
COMPARABLE = frozenset({"spend", "contracts", "time_to_start", "avg_contract_duration", "avg_hourly_rate"})


def _split(query: Query, dimension: str) -> Query | None:
    if dimension in query.group_by or query.rows:
        return None
    order = tuple((key, direction) for key, direction in query.order if key in query.metrics)
    return replace(query, group_by=(dimension,), grain=None, limit=None, bands=None, order=order)


def _over(query: Query, grain: Grain) -> Query | None:
    return (
        None if query.grain == grain or query.rows else replace(query, group_by=(), grain=grain, limit=None, order=())
    )


def _against(query: Query, to: Compare) -> Query | None:
    return None if query.compare or query.rows or query.grain else replace(query, compare=to)


def _sides(query: Query) -> Query | None:
    fit = COMPARABLE.issuperset(query.metrics) and not query.filter("source") and not query.rows
    return replace(query, compare=Compare("dimension", dimension="source", values=SIDES), group_by=()) if fit else None


def _single(query: Query) -> Query | None:
    if query.compare and query.compare.to == "dimension":
        return None
    return replace(query, group_by=(), grain=None, limit=None, order=()) if query.group_by or query.grain else None


# What is offered, best first: the words of the button and the change it makes, where it makes one.
OFFERS: tuple[tuple[str, Callable[[Query], Query | None]], ...] = (
    ("dimension.job_category", lambda query: _split(query, "job_category")),
    ("dimension.team", lambda query: _split(query, "team")),
    ("grain.month", lambda query: _over(query, "month")),
    ("side_by_side", lambda query: None if query.compare else _sides(query)),
    ("compare", lambda query: _against(query, Compare("previous_period"))),
    ("dimension.country", lambda query: _split(query, "country")),
    ("number_only", _single),
)


def following(reading: Reading) -> tuple[Next, ...]:
    """What the reader's own desk offers, or else what fits this answer; "Back" comes first where a row was opened."""
    query = reading.answer.query
    back = reading.view.back or drill.before(query)
    first = (Next(reading.words.say("button.back"), back),) if back else ()
    if reading.view.next:
        return first + reading.view.next
    made = ((key, change(query)) for key, change in OFFERS if _allowed(query, key, reading.answer.scope.detail))
    return first + tuple(Next(_label(reading, key), wanted) for key, wanted in made if wanted is not None)


def _allowed(query: Query, key: str, detail: Detail) -> bool:
    kind, _, name = key.partition(".")
    return kind != "dimension" or can_split(query, name, detail)


def _label(reading: Reading, key: str) -> str:
    say, (kind, _, name) = reading.words.say, key.partition(".")
    if kind == "dimension":
        return say("button.by", dimension=reading.inside(reading.dimension(name)))
    return say("button.over", grain=say(f"grain.{name}")) if kind == "grain" else say(f"button.{key}")
