"""What a button sends, and how the choices made on a card change its question.

Every button sends `{"verb": VERB, "query": {...}}`: a verb and a Query in its public format with ids, nothing else.
    ask       answers the query as it stands
    filter    answers it changed by the choosers behind "Change"
    open      answers the row chosen under "Open"
    define    says how the first metric of the query is computed
    record    shows one row of a list, chosen under "Open"
    page      shows further rows of a list; `page` stands beside the query
    report    shows the report named beside the query, with its period and filters, changed by the choosers
    take_back removes the bot's own post; it carries no query
    export    gives the answer as a file; `whose` beside it says "own" or "company" where the card shows less than may be seen
    share     offers to post the answer to a channel; share_preview and share_post carry the chosen `channel` as well
Choosers come back beside these keys, under their own names, as plain ids: `period` (a code of `cards.periods`),
`group_by` (a dimension, a grain, or "none"), `order` (a column and a direction, "spend:desc"), `drill` (the id of a row)
and any filter by its dimension.
"keep" and an empty value change nothing; "all" removes a filter. All of it is untrusted and is checked here and by the engine.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any, Literal, cast

from analytics import query as public
from analytics.catalogue import DIMENSIONS
from analytics.errors import QuestionError, did_you_mean
from analytics.model import GRAINS, Filter, Query, Value
from cards import drill
from cards.periods import PERIODS, period_of

ASK, FILTER, OPEN, DEFINE = "ask", "filter", "open", "define"
VERBS = frozenset({ASK, FILTER, OPEN, DEFINE})
RECORD, PAGE = "record", "page"
TAKE_BACK = "take_back"
REPORT = "report"
EXPORT = "export"
SHARE, SHARE_PREVIEW, SHARE_POST = "share", "share_preview", "share_post"
CHANNEL, WHOSE = "channel", "whose"

PERIOD, GROUP_BY, ORDER, DRILL = "period", "group_by", "order", "drill"
KEEP, ALL, NONE = "keep", "all", "none"

MOST = 200  # no id is longer


def data(verb: str, query: Query, **more: Any) -> dict[str, Any]:
    """What a button sends."""
    return {"verb": verb, "query": public.to_json(query, ids=True), **more}


def pressed(value: Mapping[str, Any], today: date, fiscal_year_start_month: int) -> Query:
    """The question a pressed button asks, choosers applied; `value` is the data that came back.

    Raises QuestionError where it was not sent by one of our cards.
    """
    verb = value.get("verb")
    if not isinstance(verb, str) or verb not in VERBS:
        raise QuestionError("I do not know this button. Please ask again.")
    query = public.from_json(cast("Mapping[str, Any]", value.get("query")))
    inputs = {key: said for key, said in value.items() if key not in {"verb", "query", "msteams"}}
    if verb in {ASK, DEFINE}:
        return query
    wanted = {key: said for key, said in inputs.items() if (key == DRILL) == (verb == OPEN)}
    return apply_inputs(query, wanted, today, fiscal_year_start_month)


def apply_inputs(query: Query, inputs: Mapping[str, Any], today: date, fiscal_year_start_month: int) -> Query:
    """The question changed by the choosers: period and filters first, then the row that was opened.

    Values are ids; a Value made from one carries the id as its name until the engine names it.
    Raises QuestionError for a chooser, period or dimension that does not exist.
    """
    chosen = {key: _checked(key, said) for key, said in inputs.items()}
    for key, said in chosen.items():
        if said in {"", KEEP} or key == DRILL:
            continue
        if key == PERIOD:
            query = _timed(query, said, today, fiscal_year_start_month)
        elif key == GROUP_BY:
            query = _grouped(query, said)
        elif key == ORDER:
            continue  # an order speaks of what the question is split by, so it comes last
        else:
            query = query.with_filter(Filter(key, include=() if said == ALL else (Value(said, said),)))
    if chosen.get(ORDER, KEEP) not in {"", KEEP}:
        query = _ordered(query, chosen[ORDER])
    row = chosen.get(DRILL, KEEP)
    return query if row in {"", KEEP} else _opened(query, row)


def _checked(key: str, said: Any) -> str:
    if key not in {PERIOD, GROUP_BY, ORDER, DRILL, *DIMENSIONS}:
        raise QuestionError(f'A card has no chooser "{key}".{did_you_mean(key, DIMENSIONS)}')
    if not isinstance(said, str) or len(said) > MOST or not said.isprintable():
        raise QuestionError(f'The choice for "{key}" is not one this card offers.')
    return said


def _timed(query: Query, code: str, today: date, fiscal_year_start_month: int) -> Query:
    if code not in PERIODS:
        raise QuestionError(f"There is no period {code!r}.{did_you_mean(code, PERIODS)}")
    return replace(query, time=period_of(code, today, fiscal_year_start_month))


def _grouped(query: Query, said: str) -> Query:
    """Split another way; an order or side-by-side that spoke of the old way goes with it."""
    order = tuple(o for o in query.order if o[0] not in DIMENSIONS and o[0] not in GRAINS)
    side_by_side = query.compare and query.compare.to == "dimension"
    compare = None if said == "source" and side_by_side else query.compare
    plain = replace(query, group_by=(), grain=None, limit=None, bands=None, compare=compare, order=())
    if said == NONE:
        return plain
    if said in GRAINS:
        return replace(plain, grain=said)
    if said not in DIMENSIONS:
        raise QuestionError(f"I cannot break down by {said!r}.{did_you_mean(said, DIMENSIONS)}")
    return replace(plain, group_by=(said,), order=order)


def _ordered(query: Query, said: str) -> Query:
    """Another order; whether the answer has such a column is for the engine to say."""
    key, _, way = said.partition(":")
    if way not in {"asc", "desc"} or not key.isidentifier():
        raise QuestionError(f"I cannot order by {said!r}.")
    return replace(query, order=((key, cast("Literal['asc', 'desc']", way)),))


def _opened(query: Query, chosen: str) -> Query:
    if drill.next_step(query, "named") is None:
        raise QuestionError("The rows of this answer cannot be opened.")
    return drill.opened(query, chosen)
