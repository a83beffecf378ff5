"""Mapping profiles: declarations of how a customer's files are written, applied so that they become import rows."""

from __future__ import annotations

from analytics.profiles.apply import LINES, Applied, apply, claimed, mapped, prepare
from analytics.profiles.choose import Arrival, by_name, choose, profile_for
from analytics.profiles.loader import load, parse, shipped
from analytics.profiles.profile import Profile

__all__ = [
    "LINES",
    "Applied",
    "Arrival",
    "Profile",
    "apply",
    "by_name",
    "choose",
    "claimed",
    "load",
    "mapped",
    "parse",
    "prepare",
    "profile_for",
    "shipped",
]
