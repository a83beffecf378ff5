"""Tables for targets set in words and for stories."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Double, Index, Integer, String, Table, Text

from bot.state.tables.base import metadata

NUMBER = BigInteger().with_variant(Integer, "sqlite")

# Every line ever said stays: the newest of a metric and member counts. `value` is empty where the target was removed.
# Days are ISO dates, "" for an open start; without a dimension it is the whole company's.
targets = Table(
    "targets",
    metadata,
    Column("id", NUMBER, primary_key=True, autoincrement=True),
    Column("tenant", String, nullable=False),
    Column("metric", String, nullable=False),
    Column("dimension", String, nullable=False),
    Column("member", String, nullable=False),
    Column("value", Double),
    Column("direction", String, nullable=False),
    Column("starts", String, nullable=False),
    Column("set_by", String, nullable=False),
    Column("name", String, nullable=False),
    Column("set_at", Double, nullable=False),
    Index("targets_by_metric", "tenant", "metric"),
)

stories = Table(
    "stories",
    metadata,
    Column("id", NUMBER, primary_key=True, autoincrement=True),
    Column("tenant", String, nullable=False),
    Column("kind", String, nullable=False),
    Column("record", String, nullable=False),
    Column("title", String, nullable=False),
    Column("text", Text, nullable=False),
    Column("author", String, nullable=False),
    Column("author_name", String, nullable=False),
    Column("at", Double, nullable=False),
    Column("changed_at", Double, nullable=False),
    Index("stories_by_age", "tenant", "changed_at"),
)
