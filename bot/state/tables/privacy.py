"""Tables for persons to be forgotten."""

from __future__ import annotations

from sqlalchemy import Column, Double, Integer, String, Table

from bot.state.tables.base import metadata

erasures = Table(
    "erasures",
    metadata,
    Column("mark", String, primary_key=True),
    Column("at", Double, nullable=False),
    Column("number", Integer, nullable=False),
)
