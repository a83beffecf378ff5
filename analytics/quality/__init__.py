"""Checks of the data as a table of declarations, run on every version before it is published."""

from __future__ import annotations

from analytics.quality import before, company, dates, money, rejected, whole
from analytics.quality.check import Check, Found, guarded, metrics_on, rows, run, run_checks

CHECKS: tuple[Check, ...] = (
    *before.CHECKS,
    *whole.CHECKS,
    *rejected.CHECKS,
    *dates.CHECKS,
    *money.CHECKS,
    *company.CHECKS,
)
"""To add a check, add its entry to the file of its theme, and a fixture that makes it fail."""

__all__ = ["CHECKS", "Check", "Found", "guarded", "metrics_on", "rows", "run", "run_checks"]
