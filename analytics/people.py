"""Reporting lines: who is below whom, worked out once per version from each person's manager of today."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


def cut_cycles(manager: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The managers with every cycle cut, and who stood in one.

    `manager[i]` is the index of i's manager, -1 for none. Everybody on a cycle (their own manager included)
    loses their manager: some may see less, nobody sees more.
    """
    safe = np.where(manager == np.arange(len(manager)), -1, manager)
    reports = np.bincount(safe[safe >= 0], minlength=len(safe))
    leaves = np.flatnonzero(reports == 0)
    left = np.ones(len(safe), dtype=bool)
    while len(leaves):
        left[leaves] = False
        above = safe[leaves]
        above = above[above >= 0]
        np.subtract.at(reports, above, 1)
        candidates = np.unique(above)
        leaves = candidates[(reports[candidates] == 0) & left[candidates]]
    cut = np.flatnonzero(left | (manager == np.arange(len(manager))))
    safe[cut] = -1
    return safe, cut


def closure(manager: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Every (manager, person, depth) with person below manager; depth 1 is a direct report. Input without cycles."""
    person = np.flatnonzero(manager >= 0)
    above = manager[person]
    rows: list[tuple[NDArray[np.int64], NDArray[np.int64]]] = []
    while len(person):
        rows.append((above, person))
        above = manager[above]
        keep = above >= 0
        person, above = person[keep], above[keep]
    if not rows:
        none = np.empty(0, dtype=np.int64)
        return none, none, none
    depth = np.concatenate([np.full(len(p), i + 1) for i, (_, p) in enumerate(rows)])
    return np.concatenate([a for a, _ in rows]), np.concatenate([p for _, p in rows]), depth
