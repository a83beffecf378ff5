"""From canonical rows to wide facts: every record carries its own team, owner, manager and money at its own date."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analytics import mapping
from analytics.facts import demand, derived, members, who, work
from analytics.privacy import cloth

if TYPE_CHECKING:
    from datetime import datetime

    from duckdb import DuckDBPyConnection

    from analytics.model import Reporting


def build(connection: DuckDBPyConnection, reporting: Reporting, now: datetime) -> None:
    """Build schema main from schema raw; `now` is aware. Later steps read the tables of earlier ones."""
    who.build(connection, reporting, now)
    demand.build(connection, reporting)
    work.build(connection, reporting)
    demand.offers(connection, reporting)
    derived.build(connection, reporting, now)
    members.build(connection)
    mapping.record(connection)
    cloth.build(connection, reporting, now)


__all__ = ["build"]
