"""The panel behind "Change": period, filters and breakdown as choosers set to what the answer shows, and one button."""

from __future__ import annotations

from collections.abc import Sequence

from adaptivecards.baseobject import Element

from analytics.model import GRAINS, Period, Query
from cards import actions, formats
from cards import elements as el
from cards.periods import PERIODS, code_of, period_of
from cards.reading import Reading
from cards.view import Choice, Choices

PANEL = "change"

# What an answer may be split by from the panel, in this order; people only where the scope names them and the metric counts jobs.
GROUPINGS = ("job_category", "team", "country", "platform", "contract_type")
OPEN_TO_ALL = frozenset({"job_category", "country", "platform", "contract_type"})
STEPS = ("month", "quarter")
BY_PERSON = frozenset({"jobs_posted", "hires"})


def panel(reading: Reading) -> Element:
    """The hidden panel; it opens right under the heading and its button sends every chooser."""
    query = reading.answer.query
    choosers = [_period(reading), *(_filter(reading, choices) for choices in reading.view.filters)]
    if not query.rows:
        choosers.insert(1, _group_by(reading))
    apply = el.execute(
        reading.words.say("button.apply"),
        actions.FILTER,
        actions.data(actions.FILTER, query),
        primary=True,
        inputs=True,
    )
    return el.container([*choosers, el.action_set([apply])], style="emphasis", hidden=True, name=PANEL)


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
    shown = _shown_grouping(query)
    if shown not in {value for _, value in offered} | {actions.NONE}:
        offered.insert(0, (say("input.keep"), actions.KEEP))
        shown = actions.KEEP
    return el.choice_set(
        actions.GROUP_BY, say("input.group_by"), [*offered, (say("input.none"), actions.NONE)], value=shown
    )


def _groupings(reading: Reading) -> list[str]:
    detail, query = reading.answer.scope.detail, reading.answer.query
    keys = [key for key in GROUPINGS if detail != "totals" or key in OPEN_TO_ALL]
    if detail == "named" and BY_PERSON.issuperset(query.metrics):
        keys.append("poster")
    return keys


def _shown_grouping(query: Query) -> str:
    if query.grain in GRAINS and not query.group_by:
        return str(query.grain)
    if query.group_by and not query.grain:
        return query.group_by[0] if len(query.group_by) == 1 else ""
    return "" if query.grain else actions.NONE


def _filter(reading: Reading, choices: Choices) -> Element:
    """One filter, set to the member the question names; a member that is not among the choices is added."""
    say, wanted = reading.words.say, reading.answer.query.filter(choices.input)
    offered: Sequence[Choice] = choices.choices
    shown = actions.ALL if wanted is None else actions.KEEP
    if wanted and len(wanted.include) == 1 and not wanted.exclude and not wanted.under:
        member = wanted.include[0]
        shown = member.id or member.name
        if shown not in {choice.value for choice in offered}:
            offered = (Choice(member.name, shown), *offered)
    pairs = [(say("input.all"), actions.ALL), *((choice.title, choice.value) for choice in offered)]
    if shown == actions.KEEP:
        pairs.insert(0, (say("input.keep"), actions.KEEP))
    return el.choice_set(choices.input, reading.dimension(choices.input), pairs, value=shown)
