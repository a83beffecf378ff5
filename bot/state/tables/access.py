"""Tables for deputies and what channels may see."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Double, Index, Integer, String, Table, Text

from bot.state.tables.base import metadata

# People are Entra object ids, days are ISO dates; `ends` is the first day after.
deputies = Table(
    "deputies",
    metadata,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True),
    Column("tenant", String, nullable=False),
    Column("principal", String, nullable=False),
    Column("deputy", String, nullable=False),
    Column("starts", String, nullable=False),
    Column("ends", String, nullable=False),
    Column("named_by", String, nullable=False),
    Column("named_at", Double, nullable=False),
    Column("ended_at", Double),
    Column("ended_by", String),
    Index("deputies_by_end", "tenant", "ends"),
)

channel_scopes = Table(
    "channel_scopes",
    metadata,
    Column("tenant", String, primary_key=True),
    Column("conversation", String, primary_key=True),
    Column("scope_json", Text, nullable=False),
    Column("set_by", String, nullable=False),
    Column("set_at", Double, nullable=False),
)
