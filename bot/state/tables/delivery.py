"""Tables for what is on its way out of the bot."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Double, Index, Integer, String, Table, Text

from bot.state.tables.base import metadata

outbox = Table(
    "outbox",
    metadata,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True),
    Column("key", String, nullable=False, unique=True),
    Column("tenant", String, nullable=False),
    Column("conversation", String, nullable=False),
    Column("reference_json", Text, nullable=False),
    Column("payload_json", Text, nullable=False),
    Column("kind", String, nullable=False),
    Column("purpose", String, nullable=False),
    Column("target", String, nullable=False),
    Column("state", String, nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("doubts", Integer, nullable=False),
    Column("not_before", Double, nullable=False),
    Column("expires_at", Double, nullable=False),
    Column("owner", String, nullable=False),
    Column("lease_until", Double, nullable=False),
    Column("activity", String, nullable=False),
    Column("problem", String, nullable=False),
    Column("at", Double, nullable=False),
    Index("outbox_by_due", "state", "not_before"),
)
