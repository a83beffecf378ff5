"""What was asked, in one line of the reader's language, made from the question itself; and the line on scope and period."""

from __future__ import annotations

from datetime import timedelta

from analytics.catalogue import MEASURES, SCORECARDS
from analytics.currencies import decimals
from analytics.model import Compare, Filter, Value
from cards import formats
from cards.reading import Reading
from cards.text import short

NAMES = 3  # more members of one filter are counted, not listed
EARLIEST = 1900  # a list without a start begins in this year
NAME = 48  # no single name takes more of a heading


def title(reading: Reading) -> str:
    """For instance "Spend by team · Design & Creative · top 5"."""
    say, query = reading.words.say, reading.answer.query
    told = _filters(reading)
    whole = _subject(reading)
    if told:
        whole = say("title.with", title=whole, filters=" · ".join(told))
    if query.limit and not query.rows:
        ends = {direction for key, direction in query.order if key not in query.group_by}
        whole = say("title.bottom" if ends == {"asc"} else "title.top", title=whole, n=query.limit)
    return say("title.share", title=whole) if query.as_share else whole


def _subject(reading: Reading) -> str:
    say, query = reading.words.say, reading.answer.query
    if card := next((card for card in SCORECARDS.values() if card.metrics == query.metrics), None):
        return reading.words.name("scorecard", card.key, card.label)
    metric = metrics(reading) if query.metrics else say(f"rows.{query.rows}")
    if query.compare and query.compare.to == "dimension" and query.compare.values:
        members = _members(reading, query.compare)
        several = "title.members" if len(reading.metrics) > 1 else "title.side_by_side"
        metric = say(several, metric=metric, members=members)
    keys = [*query.group_by, *([query.bands.dimension] if query.bands else [])]
    dimension = _join(reading, [_by(reading, key) for key in keys if key != reading.sides])
    grain = say(f"grain.{query.grain}") if query.grain else ""
    if dimension and grain:
        return say("title.by_over", metric=metric, dimension=dimension, grain=grain)
    if dimension:
        return say("title.by", metric=metric, dimension=dimension)
    return say("title.over", metric=metric, grain=grain) if grain else metric


def _members(reading: Reading, compare: Compare) -> str:
    """The compared members as one phrase; those the product names itself are no proper names."""
    names = [reading.member(compare.dimension or "", value.name, value.id or value.name) for value in compare.values]
    first = len(reading.metrics) > 1
    if compare.dimension == "source":
        names = [name if first and not at else reading.inside(name) for at, name in enumerate(names)]
    return _join(reading, names)


def metrics(reading: Reading) -> str:
    """The metrics asked for, as one phrase."""
    names = [
        reading.name(column) if not at else reading.inside(reading.name(column))
        for at, column in enumerate(reading.metrics)
    ]
    if len(names) > NAMES:
        return reading.words.say("filter.more", names=", ".join(names[: NAMES - 1]), n=len(names) - NAMES + 1)
    return _join(reading, names)


def _by(reading: Reading, key: str) -> str:
    return reading.words.say("list.person") if key == "poster" else reading.inside(reading.dimension(key))


def _join(reading: Reading, names: list[str]) -> str:
    if len(names) < 2:
        return "".join(names)
    return reading.words.say("list.and", first=", ".join(names[:-1]), last=names[-1])


def _filters(reading: Reading) -> list[str]:
    return [
        told
        for wanted in reading.answer.query.filters
        if wanted.dimension != reading.sides
        for told in _filter(reading, wanted)
    ]


def _filter(reading: Reading, wanted: Filter) -> list[str]:
    say = reading.words.say
    told = []
    if wanted.include:
        told.append(_names(reading, wanted.dimension, wanted.include))
    if wanted.under:
        told.append(say("filter.under", names=_names(reading, wanted.dimension, wanted.under)))
    if wanted.exclude:
        told.append(say("filter.not", names=_names(reading, wanted.dimension, wanted.exclude)))
    name = reading.dimension(wanted.dimension)
    told += [
        say(f"filter.{op}", name=name, value=_bound(reading, wanted.dimension, bound)) for op, bound in wanted.bounds
    ]
    return told


def _bound(reading: Reading, measure: str, bound: float) -> str:
    """A bound of a record measure; money is asked for in whole units."""
    unit = MEASURES[measure].unit if measure in MEASURES else "count"
    currency = reading.answer.currency
    minor = 10 ** decimals(currency) if unit == "money" else 1
    return formats.shown(bound * minor, unit, reading.view.locale, currency)


def _names(reading: Reading, dimension: str, values: tuple[Value, ...]) -> str:
    names = ", ".join(short(reading.member(dimension, value.name, value.id), NAME) for value in values[:NAMES])
    rest = len(values) - NAMES
    return reading.words.say("filter.more", names=names, n=rest) if rest > 0 else names


def dates(reading: Reading) -> str:
    """The exact period, marked where it is still running."""
    answer = reading.answer
    if answer.period.start is None or answer.period.start.year <= EARLIEST:
        last = answer.period.end - timedelta(days=1)
        return reading.words.say("period.all_time", day=formats.day(last, reading.view.locale))
    told = formats.period(answer.period, reading.view.locale)
    return reading.words.say("period.to_date", period=told) if answer.partial else told


def badge_says_it(reading: Reading) -> bool:
    """Whether the change stands beside one large number, with the dates it is held against."""
    row = reading.headline
    if row is None or len(reading.metrics) != 1:
        return False
    return reading.value(row, reading.beside(reading.metrics[0], "change")) is not None


def subtitle(reading: Reading) -> str:
    """The exact period, what it is held against, and whose data."""
    parts = [dates(reading)]
    if reading.answer.compared and not badge_says_it(reading):
        parts.append(reading.words.say("period.compared", period=against(reading)))
    if reading.view.scope:
        parts.append(reading.view.scope)
    return " · ".join(parts)


def against(reading: Reading) -> str:
    """What the answer is held against: the budget, or the dates of the other period."""
    answer = reading.answer
    if answer.query.compare and answer.query.compare.to == "budget":
        return reading.words.say("change.budget")
    return formats.period(answer.compared, reading.view.locale) if answer.compared else ""
