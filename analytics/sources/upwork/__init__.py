"""Upwork: reads an enterprise's jobs, offers, contracts and ledger through its GraphQL interface, and changes nothing there."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from datetime import datetime
from typing import Any

from analytics.sources.source import Batch, End, Known
from analytics.sources.upwork.client import Client
from analytics.sources.upwork.fetch import Reading
from analytics.sources.upwork.rows import PLATFORM


class Upwork:
    """One organization. `cost_center_field` is the id of the custom field in which jobs name their cost centre."""

    platform = PLATFORM

    def __init__(self, client: Client, *, name: str = "upwork", cost_center_field: str = "") -> None:
        self.name = name
        self._client = client
        self._cost_center_field = cost_center_field

    def records(self, since: Mapping[str, Any] | None, known: Known, now: datetime) -> AsyncIterator[Batch | End]:
        """Batches, then one End. Raises DataError."""
        return Reading(self._client, since, known, now, self._cost_center_field).records()


__all__ = ["Upwork"]
