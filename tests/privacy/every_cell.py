"""Every cell of a version's own records that filters and spans can name, judged as the engine judges it, and what all together tell.

No question is asked: the engine is attacked beside this. What is looked at here is complete where questions are a sample.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

import duckdb
import numpy as np

from analytics.model import Period
from analytics.privacy.tables import Flags, Floats, Ints
from analytics.privacy.weave import FEWEST, NOTHING
from tests.privacy.engine_attack import DIMENSIONS, EVERY_SPAN, Attack


@dataclass
class Cells:
    """Sums that are shown, and those of too few people, by how many conditions beside the span name them."""

    shown: dict[bytes, Floats]
    small: list[dict[bytes, Floats]]

    def told(self) -> list[int]:
        """How many small sums of no, one, two, three conditions follow from all that is shown."""
        _, sizes, ways = np.linalg.svd(np.array(list(self.shown.values())), full_matrices=False)
        span = ways[sizes > 1e-9 * sizes[0]]
        return [_inside(span, np.array(list(found.values()))) if found else 0 for found in self.small]


def _inside(span: Floats, wanted: Floats) -> int:
    return int((np.abs(wanted - (wanted @ span.T) @ span).max(axis=1) < 1e-7).sum())


def every_cell(attack: Attack, conditions: int = 3, split: tuple[str, ...] = ()) -> Cells:
    """Cells of so many conditions; with `split`, those in which one of these further columns is a condition are small ones too."""
    person, veil = _codes(attack, "freelancer"), _veil(attack)
    out = Cells({}, [{} for _ in range(conditions + 1)])
    spans = list({one.tobytes(): one for one in reversed(list(_spans(attack)))}.values())[::-1]
    for source in _sources(attack):
        for many in range(conditions + 1):
            for chosen in combinations((*DIMENSIONS, *split), many):
                hunted = not split or bool(set(chosen) & set(split))
                for cells, exact in _cells(attack, chosen):
                    for span in spans:
                        # What lives is shown as of the day of the data only; it is hunted on every day.
                        shown = bool(attack.after.day) or span is spans[-1]
                        mine = Cells(out.shown if shown else {}, out.small)
                        _judge(
                            mine, cells[:, source] * span[source], exact and hunted, many, person[source], veil, source
                        )
    return out


def _judge(out: Cells, cells: Floats, hunted: bool, many: int, person: Ints, veil: Floats, source: Flags) -> None:
    cells = cells[cells.any(axis=1)]
    if not cells.size:
        return
    people = ((cells > 0).astype(float) @ (person[:, None] == np.arange(person.max() + 1)) > 0).sum(axis=1)
    open_ = (people >= FEWEST) & (np.abs(cells @ veil[source]) < NOTHING)
    for picked, kept in ((open_, out.shown), ((people < FEWEST) & hunted, out.small[many])):
        for cell in cells[picked]:
            whole = np.zeros(source.size)
            whole[source] = cell
            kept.setdefault(whole.tobytes(), whole)


def _sources(attack: Attack) -> list[Flags]:
    """Freelance, staffing, and both at once."""
    found = [np.asarray(attack.data["source"] == one) for one in ("freelance", "staffing")]
    return [one for one in (*found, np.ones_like(found[0])) if one.any()]


def _spans(attack: Attack) -> Iterator[Floats]:
    for start, end in EVERY_SPAN:
        yield attack.weights(Period(start, end), "end")
    if not attack.after.day:
        today = attack.as_of
        yield attack.weights(Period(today, today.replace(day=today.day + 1)), "end")


def _cells(attack: Attack, chosen: tuple[str, ...]) -> Iterator[tuple[Floats, bool]]:
    """Members of each dimension at once; and, not to be hunted as one cell, all members of the first but one."""
    found = np.ones((1, attack.value.size))
    for one in chosen[1:]:
        found = _split(found, _members(attack, one))
    if not chosen:
        yield found, True
        return
    members = _members(attack, chosen[0])
    yield _split(found, members), True
    if len(members) > 2:
        yield _split(found, 1 - members), False


def _split(found: Floats, members: Floats) -> Floats:
    return (found[:, None, :] * members[None, :, :]).reshape(-1, found.shape[1])


def _members(attack: Attack, key: str) -> Floats:
    column = attack.data[key].astype(str)
    return np.array([column == member for member in np.unique(column)], dtype=float)


def _codes(attack: Attack, key: str) -> Ints:
    return np.asarray(np.unique(attack.data[key].astype(str), return_inverse=True)[1], dtype=np.int64)


def _veil(attack: Attack) -> Floats:
    (file,) = Path(attack.world.folder / "store").glob("v*.duckdb")
    with duckdb.connect(str(file), read_only=True) as store:
        found = store.execute(f"SELECT veil FROM {attack.after.fact} WHERE {attack.after.where}").fetchnumpy()["veil"]
    return np.asarray(found, dtype=float)
