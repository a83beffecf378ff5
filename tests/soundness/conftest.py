from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.world import Rows, World


@pytest.fixture
def world(tmp_path: Path) -> Iterator[Callable[..., World]]:
    """Makes a synced tiny world of rows."""
    made: list[World] = []

    def make(rows: Rows, **more: Any) -> World:
        made.append(World(tmp_path / str(len(made)), rows, **more))
        return made[-1]

    yield make
    for one in made:
        one.close()
