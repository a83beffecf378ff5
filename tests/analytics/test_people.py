"""Reporting lines: everybody below somebody, whatever the tree looks like; a cycle shows nobody more."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from analytics.people import closure, cut_cycles

TREES = st.integers(1, 25).flatmap(lambda n: st.lists(st.integers(-1, n - 1), min_size=n, max_size=n))


def lines(manager: list[int]) -> set[tuple[int, int, int]]:
    safe, _ = cut_cycles(np.array(manager, dtype=np.int64))
    return {(int(a), int(p), int(d)) for a, p, d in zip(*closure(safe), strict=True)}


def test_a_line_holds_reports_and_their_reports_with_their_depth() -> None:
    """0 manages 1 and 2; 2 manages 3."""
    assert lines([-1, 0, 0, 2]) == {(0, 1, 1), (0, 2, 1), (2, 3, 1), (0, 3, 2)}


def test_people_who_manage_each_other_manage_nobody_on_the_circle() -> None:
    """1 and 2 manage each other, 3 reports to 2, 0 to nobody: the circle is cut, 3 stays below 2."""
    safe, cut = cut_cycles(np.array([-1, 2, 1, 2]))
    assert cut.tolist() == [1, 2]
    assert safe.tolist() == [-1, -1, -1, 2]
    assert lines([-1, 2, 1, 2]) == {(2, 3, 1)}


def test_somebody_who_is_their_own_manager_is_a_root() -> None:
    assert lines([0, 0]) == {(0, 1, 1)}
    assert lines([0]) == set()


@given(TREES)
def test_the_closure_is_what_walking_up_finds(manager: list[int]) -> None:
    circles = {i for i in range(len(manager)) if i in above(i, manager, cut=set())}
    expected = {(a, i, d) for i in range(len(manager)) for d, a in enumerate(above(i, manager, cut=circles), 1)}
    assert lines(manager) == expected


@given(TREES)
def test_cutting_never_shows_anybody_more(manager: list[int]) -> None:
    for a, p, _ in lines(manager):
        assert a in above(p, manager, cut=set())


def above(person: int, manager: list[int], cut: set[int]) -> list[int]:
    """Everybody above, nearest first; somebody on a circle has nobody above when it is cut."""
    found: list[int] = []
    at = person
    while at not in cut and manager[at] >= 0 and manager[at] not in found:
        at = manager[at]
        found.append(at)
    return found
