"""Questions back: every open point of a draft becomes choices, each a complete query; a remembered choice is applied."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from typing import Any

from analytics.model import Compare, Period
from bot.understanding.draft import Ask, Draft
from bot.understanding.nouns import Choice
from bot.understanding.vocabulary import value_of

MOST = 8


def remembered(d: Draft, chosen: Mapping[str, str]) -> None:
    """Settle what this person has chosen before."""
    open_still = []
    for ask in d.asks:
        option = next((o for o in ask.options if ask.key and chosen.get(ask.key) == o[1]), None)
        if option:
            apply(d, ask, option)
        else:
            open_still.append(ask)
    d.asks = open_still


def choices_of(d: Draft) -> tuple[Choice, ...]:
    """The readings to choose from for the first open point, the others taken at their first."""
    if not d.asks:
        return ()
    first, rest = d.asks[0], d.asks[1:]
    out = []
    for option in first.options[:MOST]:
        reading = copy.deepcopy(d)
        apply(reading, first, option)
        for ask in rest:
            if ask.options:
                apply(reading, ask, ask.options[0])
        out.append(Choice(option[0], reading.query(), first.key, option[1]))
    return tuple(out)


def apply(d: Draft, ask: Ask, option: tuple[str, str, Any]) -> None:
    """Take one option of an open point."""
    APPLY[ask.field](d, option[2])


def _metric(d: Draft, key: str) -> None:
    d.metrics = [key]
    d.order = [(key, way) for _, way in d.order]


def _time(d: Draft, period: Period) -> None:
    if d.compare and d.compare.to == "period" and "compared period alone" in d.flags:
        d.compare = Compare("period", period=period)
    else:
        d.time = period


def _group(d: Draft, key: str) -> None:
    d.groups.append(key)


def _name(d: Draft, said: Any) -> None:
    entry, named = said
    d.add_filter(entry.dimension, "not" if named.negated else "under" if named.under else "in", [value_of(entry)])


def _grain(d: Draft, key: str | None) -> None:
    d.grain = key


APPLY: dict[str, Callable[[Draft, Any], None]] = {
    "metric": _metric, "time": _time, "group": _group, "name": _name, "grain": _grain,
}  # fmt: skip
