"""A small honest Upwork on this machine: its schema, its tokens, its pages, and whatever faults a test scripts."""

from __future__ import annotations

from tests.fakes.upwork.company import Company, make_company
from tests.fakes.upwork.server import FakeUpwork, Fault

__all__ = ["Company", "FakeUpwork", "Fault", "make_company"]
