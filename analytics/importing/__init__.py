"""Reads a folder of CSV files in the import format into typed tables `raw.*`; what it rejects is in `quarantine`."""

from __future__ import annotations

from analytics.importing.files import Layout, inspect
from analytics.importing.load import Loaded, TableRun, load
from analytics.importing.quarantine import export_quarantine
from analytics.importing.staging import connect_staging, event_bounds

__all__ = [
    "Layout",
    "Loaded",
    "TableRun",
    "connect_staging",
    "event_bounds",
    "export_quarantine",
    "inspect",
    "load",
]
