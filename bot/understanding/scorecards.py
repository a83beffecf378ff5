"""Scorecards by their names: whole questions of several metrics, asked for in a few fixed phrases."""

from __future__ import annotations

import re
from functools import cache

from analytics.catalogue import SCORECARDS
from analytics.model import Compare, Query

PASSED_OVER = frozenset({"show", "me", "the", "a", "our", "give", "please", "see", "open", "of", "for"})
_WORD = re.compile(r"[a-z]+")


def asked_scorecard(text: str) -> Query | None:
    """The question of the scorecard that this text names, held against the year before; None for anything else."""
    key = _known().get(_plain(text))
    return Query(SCORECARDS[key].metrics, compare=Compare("previous_year")) if key else None


@cache
def _known() -> dict[tuple[str, ...], str]:
    return {_plain(phrase): card.key for card in SCORECARDS.values() for phrase in card.words}


def _plain(text: str) -> tuple[str, ...]:
    words = _WORD.findall(text.casefold().replace("'s", ""))
    return tuple(word for word in words if word not in PASSED_OVER)
