"""Pieces of SQL that several facts share: local days, and who someone's team and manager were on a day."""

from __future__ import annotations


def local_day(moment: str, timezone: str) -> str:
    """SQL for the calendar day of a naive UTC timestamp in the reporting zone."""
    if timezone == "UTC":
        return f"{moment}::DATE"
    return f"({moment} AT TIME ZONE 'UTC' AT TIME ZONE '{timezone}')::DATE"


def at_date(table: str, person: str, day: str) -> str:
    """SQL that adds team_then and manager_then of a person on a day to every row of a table (null where unknown)."""
    return f"""
    SELECT x.*, CASE WHEN e.valid_to IS NULL OR e.valid_to > x.{day} THEN e.team_id END AS team_then,
           CASE WHEN e.valid_to IS NULL OR e.valid_to > x.{day} THEN e.manager_id END AS manager_then
    FROM {table} x ASOF LEFT JOIN raw.employment e ON e.person_id = x.{person} AND x.{day} >= e.valid_from"""


def days_between(start: str, end: str) -> str:
    """SQL for the days from one timestamp to another, as a fraction."""
    return f"(epoch({end}) - epoch({start})) / 86400.0"
