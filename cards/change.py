"""The panel behind "Change": period, filters and breakdown as choosers set to what the answer shows, and one button."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from adaptivecards.baseobject import Element

from analytics.model import Column, Period, Query
from cards import actions, formats
from cards import elements as el
from cards.able import can_filter, can_split
from cards.periods import PERIODS, code_of, period_of
from cards.reading import Reading
from cards.view import Choice, Choices

PANEL = "change"

# What an answer may be split by from the panel, in this order.
GROUPINGS = ("job_category", "team", "country", "platform", "contract_type", "poster")
STEPS = ("month", "quarter")
# Filters with too many members to list: their names are looked up as they are typed.
TYPED = ("team", "poster")


def panel(reading: Reading, verb: str = actions.FILTER, **more: str) -> Element:
    """The hidden panel; it opens right under the heading and its button sends every chooser.

    Another `verb` than that of a plain answer leaves out how to split and order it.
    """
    query = reading.answer.query
    offered = [choices for choices in reading.view.filters if _fits(reading, choices.input)]
    choosers = [_period(reading), *(_filter(reading, choices) for choices in offered)]
    choosers += [_typed(reading, dimension) for dimension in TYPED if _fits(reading, dimension)]
    if verb == actions.FILTER:
        choosers[1:1] = _shape(reading, query)
    asked = replace(query, compare=None) if verb == actions.REPORT else query
    data = actions.data(verb, asked, **more)
    apply = el.execute(reading.words.say("button.apply"), verb, data, primary=True)
    return el.container([*choosers, el.action_set([apply])], style="emphasis", hidden=True, name=PANEL)


def _shape(reading: Reading, query: Query) -> list[Element]:
    """How to order and how to split it."""
    orders = _orders(reading)
    ordering = [_order(reading, orders)] if len(orders) > 1 else []
    return ordering if query.rows else [*ordering, _group_by(reading)]


def _fits(reading: Reading, dimension: str) -> bool:
    return dimension != reading.sides and can_filter(reading.answer.query, dimension, reading.answer.scope.detail)


def _period(reading: Reading) -> Element:
    start_month = reading.answer.snapshot.reporting.fiscal_year_start_month
    today, say = reading.view.today, reading.words.say
    choices = []
    for code in PERIODS:
        span = formats.period(period_of(code, today, start_month), reading.view.locale) if code != "all" else ""
        choices.append((say(f"period.{code}", dates=span), code))
    shown = code_of(_asked(reading), today, start_month)
    if shown is None:
        choices.insert(0, (formats.period(reading.answer.period, reading.view.locale), actions.KEEP))
    return el.choice_set(actions.PERIOD, say("input.period"), choices, value=shown or actions.KEEP)


def _asked(reading: Reading) -> Period:
    return reading.answer.query.time or reading.answer.period


def _group_by(reading: Reading) -> Element:
    query, say = reading.answer.query, reading.words.say
    offered = [(reading.dimension(key), key) for key in _groupings(reading)]
    offered += [(say("button.over", grain=say(f"grain.{step}")), step) for step in STEPS]
    shown = _shown_grouping(query, reading.sides)
    if shown not in {value for _, value in offered} | {actions.NONE}:
        offered.insert(0, (say("input.keep"), actions.KEEP))
        shown = actions.KEEP
    return el.choice_set(
        actions.GROUP_BY, say("input.group_by"), [*offered, (say("input.none"), actions.NONE)], value=shown
    )


def _groupings(reading: Reading) -> list[str]:
    query, detail = reading.answer.query, reading.answer.scope.detail
    return [key for key in GROUPINGS if key != reading.sides and can_split(query, key, detail)]


def _shown_grouping(query: Query, sides: str | None) -> str:
    """What the answer is split by now; nothing the chooser knows where it is split by several."""
    groups = [key for key in query.group_by if key != sides]
    if query.grain:
        return "" if groups else query.grain
    return groups[0] if len(groups) == 1 else "" if groups else actions.NONE


def _orders(reading: Reading) -> list[tuple[str, str]]:
    """The orders an answer can be put in: by each number, both ways; a list by its dates as well."""
    say, query = reading.words.say, reading.answer.query
    if query.rows:
        columns = [column for column in reading.answer.columns if column.unit in {"date", "days", "money"}]
    elif query.group_by and not query.grain and reading.sides is None:
        columns = list(reading.metrics)
    else:
        return []
    return [
        (say(f"order.{_word(column, way)}", name=_called(reading, column)), f"{column.key}:{way}")
        for column in columns
        for way in ("desc", "asc")
    ]


def _word(column: Column, way: str) -> str:
    words = ("newest", "oldest") if column.unit == "date" else ("most", "least")
    return words[way == "asc"]


def _called(reading: Reading, column: Column) -> str:
    return reading.words.name("column", column.key, column.label) if reading.answer.query.rows else reading.name(column)


def _order(reading: Reading, orders: list[tuple[str, str]]) -> Element:
    query, say = reading.answer.query, reading.words.say
    shown = ":".join(query.order[0]) if query.order else actions.KEEP
    if shown not in {value for _, value in orders}:
        orders, shown = [(say("input.keep"), actions.KEEP), *orders], actions.KEEP
    return el.choice_set(actions.ORDER, say("input.order"), orders, value=shown)


def _typed(reading: Reading, dimension: str) -> Element:
    """One filter whose members are looked up while a name is typed."""
    query = reading.answer.query
    pairs, shown = _members(reading, dimension, query, ())
    return el.choice_set(dimension, reading.dimension(dimension), pairs, value=shown, looked_up=dimension)


def _filter(reading: Reading, choices: Choices) -> Element:
    """One filter, set to the member the question names; a member that is not among the choices is added."""
    pairs, shown = _members(reading, choices.input, reading.answer.query, choices.choices)
    return el.choice_set(choices.input, reading.dimension(choices.input), pairs, value=shown)


def _members(
    reading: Reading, dimension: str, query: Query, offered: Sequence[Choice]
) -> tuple[list[tuple[str, str]], str]:
    """What a filter may be set to, and what it is set to by the question."""
    say, wanted = reading.words.say, query.filter(dimension)
    shown = actions.ALL if wanted is None else actions.KEEP
    if wanted and len(wanted.include) == 1 and not wanted.exclude and not wanted.under:
        member = wanted.include[0]
        shown = member.id or member.name
        if shown not in {choice.value for choice in offered}:
            offered = (Choice(member.name, shown), *offered)
    pairs = [(say("input.all"), actions.ALL), *((choice.title, choice.value) for choice in offered)]
    if shown == actions.KEEP:
        pairs.insert(0, (say("input.keep"), actions.KEEP))
    return pairs, shown
