"""Lets the company's total be asked for by day: within a month, days of enough people are made to add up to nothing as well."""

from __future__ import annotations

import numpy as np

from analytics.privacy.tables import Floats, Ints
from analytics.privacy.weave import FEWEST

TINY = 1e-9
MONDAY = 4
"""The first of January 1970 was a Thursday: day 4 a Monday."""


def even_days(veil: Floats, unit: Ints, stretch: Ints, day: Ints, person: Ints) -> Floats:
    """The veil of each record, its sums by `unit` kept, its sums by block of days within a `stretch` (a month) as near to nothing as can be."""
    out = veil.copy()
    order = np.argsort(stretch, kind="stable")
    for at in np.split(order, np.flatnonzero(np.diff(stretch[order])) + 1):
        block = blocks(day[at], person[at])
        units, row = np.unique(unit[at], return_inverse=True)
        common = np.zeros((units.size, int(block.max()) + 1))
        np.add.at(common, (row, block), 1.0)
        each, whole = common.sum(axis=1), common.sum(axis=0)
        # Two-way margins: units' sums stay, so what a unit gives for its days is taken from all its records alike.
        square = np.diag(whole) - common.T @ (common / each[:, None])
        size, way = np.linalg.eigh(square)
        # Days that say the same as their units leave nothing to choose: what is too small to divide by is left alone.
        turned = np.divide(1.0, size, out=np.zeros_like(size), where=size > whole.max() * TINY)
        by_day = way @ (turned * (way.T @ np.bincount(block, weights=veil[at])))
        by_unit = -(common @ by_day) / each
        out[at] = veil[at] - by_day[block] - by_unit[row]
    return out


def blocks(day: Ints, person: Ints) -> Ints:
    """For each record the number of its block: single days where enough people were paid, else neighbours of one week."""
    place: dict[int, int] = {}
    kept: list[set[int]] = []
    pending: set[int] = set()
    waiting: list[int] = []
    days = np.unique(day)
    for i, one in enumerate(days):
        pending |= set(person[(day == one) & (person >= 0)].tolist())
        waiting.append(int(one))
        last = i + 1 == days.size or (days[i + 1] - MONDAY) // 7 != (one - MONDAY) // 7
        if len(pending) >= FEWEST:
            place |= dict.fromkeys(waiting, len(kept))
            kept.append(pending)
        elif last and kept:
            # The rest of a week joins its last block, so that weeks stay whole.
            place |= dict.fromkeys(waiting, len(kept) - 1)
        else:
            continue
        pending, waiting = set(), []
    place |= dict.fromkeys(waiting, max(len(kept) - 1, 0))
    return np.array([place[one] for one in day.tolist()], dtype=np.int64)
