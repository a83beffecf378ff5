"""What all tests share: canaries are looked for in all they write, and under REQUIRE_ALL a skipped test is a failure."""

from __future__ import annotations

import os
from collections.abc import Generator

import pytest
from hypothesis import settings

from tests.watching import pytest_configure, pytest_runtest_protocol, pytest_runtest_teardown

__all__ = ["pytest_configure", "pytest_runtest_makereport", "pytest_runtest_protocol", "pytest_runtest_teardown"]

# The same examples on every run, so that a red run is red for its change; `make proof` draws new ones.
settings.register_profile("same", derandomize=True, deadline=None, database=None)
settings.register_profile("new", deadline=None, print_blob=True)
settings.load_profile("new" if os.environ.get("NEW_EXAMPLES") == "1" else "same")

REQUIRED = os.environ.get("REQUIRE_ALL") == "1"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if REQUIRED and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"skipped, although REQUIRE_ALL is set: {report.longrepr}"
    return report
