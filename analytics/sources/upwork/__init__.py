"""Upwork: reads an enterprise's jobs, offers, contracts and ledger through its GraphQL interface, and changes nothing there."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from datetime import datetime
from typing import Any

from analytics.sources.source import Batch, End, Known
from analytics.sources.upwork.client import Client
from analytics.sources.upwork.fetch import Options, Reading
from analytics.sources.upwork.rows import PLATFORM


class Upwork:
    """One organization."""

    platform = PLATFORM

    def __init__(self, client: Client, *, name: str = "upwork", options: Options | None = None) -> None:
        self.name = name
        self._client = client
        self._options = options or Options()

    def records(self, since: Mapping[str, Any] | None, known: Known, now: datetime) -> AsyncIterator[Batch | End]:
        """Batches, then one End. Raises DataError."""
        return Reading(self._client, since, known, now, self._options).records()


__all__ = ["Options", "Upwork"]
