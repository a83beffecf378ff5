"""Tables for links that work once, and for what was shared to a channel and is still on its way."""

from __future__ import annotations

from sqlalchemy import Column, Double, Index, String, Table

from bot.state.tables.base import metadata

used_links = Table(
    "used_links",
    metadata,
    Column("id", String, primary_key=True),
    Column("used_at", Double, nullable=False),
    Column("expires_at", Double, nullable=False),
    Index("used_links_by_end", "expires_at"),
)

shares = Table(
    "shares",
    metadata,
    Column("key", String, primary_key=True),
    Column("tenant", String, nullable=False),
    Column("conversation", String, nullable=False),
    Column("entra_id", String, nullable=False),
    Column("at", Double, nullable=False),
)
