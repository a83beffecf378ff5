"""Which card shows an answer: a table from the shape of the answer to the card that draws it."""

from __future__ import annotations

from collections.abc import Callable

from analytics.model import Answer
from cards.answer import metric_card
from cards.breakdown import breakdown_card
from cards.compare import compare_card
from cards.elements import Card
from cards.listing import list_card
from cards.scorecard import scorecard_card, scorecard_of
from cards.trend import trend_card
from cards.trouble import empty_card
from cards.view import View


def _has(answer: Answer, kind: str) -> bool:
    return any(column.kind == kind for column in answer.columns)


def is_empty(answer: Answer) -> bool:
    """Nothing was counted and nothing was kept back."""
    if answer.records or any(finding.severity == "E" for finding in answer.findings):
        return False
    rows = (*answer.rows, answer.total) if answer.total else answer.rows
    return not any(value for row in rows for value in row.values) and not any(row.kind == "withheld" for row in rows)


# The first row whose test holds decides.
SHAPES: tuple[tuple[Callable[[Answer], bool], Callable[[Answer, View], Card]], ...] = (
    (is_empty, empty_card),
    (lambda answer: answer.query.rows is not None, list_card),
    (lambda answer: scorecard_of(answer.query) is not None, scorecard_card),
    (lambda answer: answer.query.compare is not None and answer.query.compare.to == "dimension", compare_card),
    (lambda answer: _has(answer, "time"), trend_card),
    (lambda answer: _has(answer, "dimension"), breakdown_card),
    (lambda _: True, metric_card),
)


def card_for(answer: Answer, view: View) -> Card:
    """The card for any answer."""
    return next(card for fits, card in SHAPES if fits(answer))(answer, view)
