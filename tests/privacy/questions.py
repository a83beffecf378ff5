"""The questions of an attacker: up to three filters, breakdowns, spans, comparisons, shares, thresholds and limits, mixed."""

from __future__ import annotations

import random
from collections.abc import Iterator
from itertools import combinations
from typing import Any

from tests.privacy.engine_attack import DIMENSIONS, EVERY_SPAN, Attack

WAYS: tuple[dict[str, Any], ...] = ({}, {}, {"compare": "previous_period"}, {"as_share": True})


def questions(attack: Attack, count: int, seed: int) -> Iterator[dict[str, Any]]:
    """Plain breakdowns and, two times in three, filters beside them; in totals only what totals may be asked for."""
    chance = random.Random(seed)
    totals = attack.scope.detail == "totals"
    free = tuple(key for key in attack.free if not totals or key not in {"team", "division"})
    groups = [()] if totals else [(), *((one,) for one in free), *combinations(DIMENSIONS, 2)]
    every = [(span, group, grain) for span in EVERY_SPAN for group in groups for grain in (None, "month", "week")]
    chance.shuffle(every)
    first = attack.after.first
    ways = (
        *WAYS,
        {"having": [{"metric": first, "op": ">", "value": 0.5}]},
        {"order": [[first, "desc"]], "limit": 2},
        *attack.after.ways,
    )
    for number in range(count):
        span, group, grain = every[number % len(every)]
        metrics = [first] if chance.random() < 0.4 else chance.sample(list(attack.after.readings), 1)
        if chance.random() < 0.2:
            metrics = list(attack.after.readings)[:3]
        query: dict[str, Any] = {
            "metrics": metrics,
            "group_by": list(group),
            "time": {"from": str(span[0]), "to": str(span[1])},
            "filters": _where(attack, chance, tuple(key for key in free if key not in group)) if number % 3 else {},
            **chance.choice(ways),
        }
        if "having" in query or "order" in query:
            query["metrics"] = [first]
        if grain and chance.random() < 0.5:
            query["grain"] = grain
        yield query


def _where(attack: Attack, chance: random.Random, free: tuple[str, ...]) -> dict[str, Any]:
    out: dict[str, Any] = {}
    for key in chance.sample(free, min(len(free), chance.randint(1, 2))):
        members = attack.names[key]
        said = [{"id": one, "name": one} for one in chance.sample(members, min(len(members), chance.randint(1, 2)))]
        if said:
            out[key] = {chance.choice(["in", "not", "under"] if key == "team" else ["in", "not"]): said}
    return out
