"""Kaplan-Meier: time until something happens, where for some it has not happened yet."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence


def km_median(days: Sequence[float], happened: Sequence[bool]) -> float | None:
    """Median days until the event; rows where it has not happened count until their age. None: not reached.

    Kaplan and Meier, "Nonparametric estimation from incomplete observations", 1958.
    """
    if not len(days):
        return None
    t, e = np.asarray(days, dtype=float), np.asarray(happened, dtype=bool)
    times, events = np.unique(t[e], return_counts=True)
    if not len(times):
        return None
    at_risk = len(t) - np.searchsorted(np.sort(t), times, side="left")
    curve = np.cumprod(1 - events / at_risk)
    # A product of floats may stand a hair above a half that it has reached.
    reached = np.flatnonzero(curve <= 0.5 + 1e-9)
    return float(times[reached[0]]) if len(reached) else None
