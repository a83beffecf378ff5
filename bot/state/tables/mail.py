"""A table for what goes out by mail."""

from __future__ import annotations

from sqlalchemy import Column, Double, Index, Integer, String, Table, Text

from bot.state.tables.base import metadata

mails = Table(
    "mails",
    metadata,
    Column("key", String, primary_key=True),
    Column("tenant", String, nullable=False),
    Column("entra_id", String, nullable=False),
    Column("conversation", String, nullable=False),
    Column("card_json", Text, nullable=False),
    Column("state", String, nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("not_before", Double, nullable=False),
    Column("expires_at", Double, nullable=False),
    Column("lease_until", Double, nullable=False),
    Column("problem", String, nullable=False),
    Column("at", Double, nullable=False),
    Index("mails_by_due", "state", "not_before"),
)
