"""The company's directory, read from Microsoft Graph: people, reporting lines, departments as teams, headcount."""

from __future__ import annotations

from analytics.sources.graph.client import Client, Resync
from analytics.sources.graph.entries import Rules
from analytics.sources.graph.source import Directory, Summary

__all__ = ["Client", "Directory", "Resync", "Rules", "Summary"]
