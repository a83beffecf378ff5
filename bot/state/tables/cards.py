"""Tables for feedback and for who asked for a post that others see too."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Double, Index, Integer, String, Table, Text

from bot.state.tables.base import metadata

feedback = Table(
    "feedback",
    metadata,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True),
    Column("tenant", String, nullable=False),
    Column("at", Double, nullable=False),
    Column("reaction", String, nullable=False),
    Column("comment", Text, nullable=False),
    Column("query_json", Text),
    Index("feedback_by_time", "tenant", "at"),
)

shared_posts = Table(
    "shared_posts",
    metadata,
    Column("tenant", String, primary_key=True),
    Column("conversation", String, primary_key=True),
    Column("activity", String, primary_key=True),
    Column("entra_id", String, nullable=False),
    Column("at", Double, nullable=False),
    Index("shared_posts_by_age", "at"),
)
