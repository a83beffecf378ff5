"""One small company that several attackers look at."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.privacy.companies import company
from tests.world import World


@pytest.fixture(scope="session")
def paid(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Made once: weaving the veils of a company in which nearly every group is small takes seconds."""
    made = company(tmp_path_factory.mktemp("paid"), 1)
    yield made
    made.close()
