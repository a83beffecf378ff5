"""Tables for files on their way in and for who wants to hear of syncs."""

from __future__ import annotations

from sqlalchemy import Column, Double, Index, String, Table, Text

from bot.state.tables.base import metadata

files = Table(
    "files",
    metadata,
    Column("id", String, primary_key=True),
    Column("tenant", String, nullable=False),
    Column("entra_id", String, nullable=False),
    Column("conversation_json", Text, nullable=False),
    Column("activity", String, nullable=False),
    Column("language", String, nullable=False),
    Column("locale", String, nullable=False),
    Column("name", Text, nullable=False),
    Column("profile", String, nullable=False),
    Column("standing", String, nullable=False),
    Column("expires_at", Double, nullable=False),
    Index("files_by_end", "expires_at"),
)

sync_listeners = Table(
    "sync_listeners",
    metadata,
    Column("tenant", String, primary_key=True),
    Column("entra_id", String, primary_key=True),
    Column("at", Double, nullable=False),
)
