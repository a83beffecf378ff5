"""How long the far side of a connection asks us to wait."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime


def seconds_asked(said: str | None, now: datetime) -> float | None:
    """Seconds in a Retry-After header, given as a number or as a date (RFC 9110); None where it asks for nothing we understand."""
    text = (said or "").strip()
    if text.isdecimal():
        return float(text[:9])
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    return max(0.0, (moment - now.astimezone(UTC)).total_seconds()) if moment.tzinfo else None
