"""How long one card takes to draw and to become JSON, for every kind: `python -m bench.cards`."""

from __future__ import annotations

import json
import timeit
from collections.abc import Callable, Mapping
from functools import partial
from time import process_time
from typing import Any

from cards.show import card_for
from tests.cards.cases import ANSWERS, ASKED, TALK
from tests.cards.program_cases import PROGRAM

TIMES = 100
BUDGET_MS = 1.0


def measure() -> dict[str, tuple[float, float, int]]:
    """Milliseconds of processor time to build and to write as JSON, and bytes, of every card."""
    found = {}
    for name, draw in builders().items():
        card = draw()
        built = min(timeit.repeat(draw, timer=process_time, number=TIMES, repeat=5)) / TIMES * 1000
        written = (
            min(timeit.repeat(partial(json.dumps, card), timer=process_time, number=TIMES, repeat=5)) / TIMES * 1000
        )
        found[name] = (built, written, len(json.dumps(card, ensure_ascii=False).encode()))
    return found


def builders() -> Mapping[str, Callable[[], dict[str, Any]]]:
    """What draws each card, its answer already made; those of the whole program make theirs as well."""
    drawn = {name: partial(card_for, made(), ASKED) for name, made in ANSWERS.items()}
    return drawn | {name: partial(draw, ASKED) for name, draw in {**TALK, **PROGRAM}.items()}


def main() -> None:
    """Prints a table and says which cards are over the budget."""
    print(f"{'card':22} {'build ms':>9} {'json ms':>9} {'bytes':>8}")
    for name, (built, written, size) in measure().items():
        print(f"{name:22} {built:9.3f} {written:9.3f} {size:8}{'   over budget' if built > BUDGET_MS else ''}")


if __name__ == "__main__":
    main()
