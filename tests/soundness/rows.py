"""Rows said in one line each: what a tiny table in a docstring looks like as import rows."""

from __future__ import annotations

from typing import Any

Row = dict[str, Any]


def charge(key: str, day: str, amount: float | str, **more: Any) -> Row:
    """A ledger line of contract C1, posted on a day (at noon) or at a moment."""
    at = day if "T" in day else f"{day}T12:00:00Z"
    return {"charge_id": key, "contract_id": "C1", "posted_at": at, "amount": str(amount), **more}


def contract(key: str = "C1", start: str = "2026-01-01", **more: Any) -> Row:
    """A contract of worker W1, team T1, owner P1."""
    return {"contract_id": key, "start_date": start, **more}


def job(key: str, posted: str, **more: Any) -> Row:
    """A job of team T1, posted by P1 at midnight of a day or at a moment."""
    at = posted if "T" in posted else f"{posted}T00:00:00Z"
    return {"job_id": key, "published_at": at, "created_at": at, **more}


def hire(key: str, job_id: str, on: str, **more: Any) -> Row:
    """A contract that came from a job, concluded at midnight of a day and begun on it."""
    return {"contract_id": key, "job_id": job_id, "created_at": f"{on}T00:00:00Z", "start_date": on, **more}


def team(key: str, name: str, **more: Any) -> Row:
    """A team."""
    return {"team_id": key, "name": name, **more}


def heads(month_end: str, team_id: str, fte: float, **more: Any) -> Row:
    """Employees of a team at a month end."""
    return {"as_of": month_end, "team_id": team_id, "headcount": str(int(fte)), "fte": str(fte), **more}
