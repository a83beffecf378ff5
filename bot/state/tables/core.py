"""The first tables: where the bot may write, what was delivered, what was chosen and answered, secrets and the audit."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Double, Index, Integer, LargeBinary, String, Table, Text

from bot.state.tables.base import metadata

conversations = Table(
    "conversations",
    metadata,
    Column("tenant", String, primary_key=True),
    Column("id", String, primary_key=True),
    Column("kind", String, nullable=False),
    Column("entra_id", String, nullable=False),
    Column("reference_json", Text, nullable=False),
    Column("state", String, nullable=False),
    Column("welcomed_at", Double),
    Column("seen_at", Double, nullable=False),
    Index("conversations_of_person", "tenant", "entra_id"),
)

inbox = Table(
    "inbox",
    metadata,
    Column("tenant", String, primary_key=True),
    Column("conversation", String, primary_key=True),
    Column("activity", String, primary_key=True),
    Column("owner", String, nullable=False),
    Column("status", Integer),
    Column("body_json", Text),
    Column("at", Double, nullable=False),
    Index("inbox_by_age", "at"),
    sqlite_with_rowid=False,
)

choices = Table(
    "choices",
    metadata,
    Column("tenant", String, primary_key=True),
    Column("entra_id", String, primary_key=True),
    Column("key", String, primary_key=True),
    Column("value_json", Text, nullable=False),
    Column("at", Double, nullable=False),
)

last_answers = Table(
    "last_answers",
    metadata,
    Column("tenant", String, primary_key=True),
    Column("conversation", String, primary_key=True),
    Column("entra_id", String, primary_key=True),
    Column("value_json", Text, nullable=False),
    Column("expires_at", Double, nullable=False),
    Index("last_answers_by_end", "expires_at"),
)

credentials = Table(
    "credentials",
    metadata,
    Column("name", String, primary_key=True),
    Column("sealed", LargeBinary, nullable=False),
    Column("at", Double, nullable=False),
)

audit = Table(
    "audit",
    metadata,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True),
    Column("at", Double, nullable=False),
    Column("tenant", String, nullable=False),
    Column("actor", String, nullable=False),
    Column("conversation", String, nullable=False),
    Column("kind", String, nullable=False),
    Column("query_json", Text),
    Column("scope", Text),
    Column("outcome", String, nullable=False),
    Column("records", Integer),
    Column("latency_ms", Double),
    Index("audit_by_time", "tenant", "at"),
)
