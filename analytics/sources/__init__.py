"""Platforms that are asked over the network; each gives its records as rows of the import format."""

from __future__ import annotations

from analytics.sources.source import Batch, End, Gap, Known, Report, Source, Vault

__all__ = ["Batch", "End", "Gap", "Known", "Report", "Source", "Vault"]
