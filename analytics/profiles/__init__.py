"""Mapping profiles: declarations of how a customer's files are written, applied so that they become import rows."""

from __future__ import annotations

from analytics.profiles.apply import LINES, Applied, apply, mapped, prepare
from analytics.profiles.choose import Arrival, by_name, choose
from analytics.profiles.profile import Profile, load, parse, shipped

__all__ = [
    "LINES",
    "Applied",
    "Arrival",
    "Profile",
    "apply",
    "by_name",
    "choose",
    "load",
    "mapped",
    "parse",
    "prepare",
    "shipped",
]
