"""Means, quantiles, shares and survival in plain Python; no number (None) where there is nothing to divide by."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

Number = int | float | None


def ratio(top: float | None, bottom: float | None) -> Number:
    """A part of a whole."""
    return top / bottom if top is not None and bottom else None


def mean(values: Iterable[float]) -> Number:
    """The mean."""
    known = list(values)
    return sum(known) / len(known) if known else None


def quantile(values: Iterable[float], q: float) -> Number:
    """The quantile, interpolated between its two neighbours."""
    known = sorted(values)
    if not known:
        return None
    at = q * (len(known) - 1)
    below = int(at)
    above = min(below + 1, len(known) - 1)
    return known[below] + (known[above] - known[below]) * (at - below)


def half_away(value: Decimal | float) -> int:
    """To the nearest whole number, halves away from zero."""
    return int(Decimal(value).quantize(Decimal(1), ROUND_HALF_UP))


def kaplan_meier(cases: Sequence[tuple[float, bool]]) -> Number:
    """The day at which half have been hired; those who have not count as waiting until their own day."""
    waiting = Fraction(1)
    for day in sorted({days for days, hired in cases if hired}):
        at_risk = sum(days >= day for days, _ in cases)
        hired_now = sum(hired and days == day for days, hired in cases)
        waiting *= 1 - Fraction(hired_now, at_risk)
        if waiting <= Fraction(1, 2):
            return day
    return None
