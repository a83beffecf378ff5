"""What tests of the bot share."""

from __future__ import annotations

import pytest

from tests.fakes.serving import ThrowawayCA, make_ca
from tests.fakes.stage import FakeClock


@pytest.fixture(scope="session")
def ca(tmp_path_factory: pytest.TempPathFactory) -> ThrowawayCA:
    """One throwaway certificate authority for the run."""
    return make_ca(tmp_path_factory.mktemp("ca"))


@pytest.fixture
def clock() -> FakeClock:
    """A clock that stands still."""
    return FakeClock()
