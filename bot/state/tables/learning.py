"""Tables for words that could not be read, what they were taught to mean, and answers that were checked.

The first two say nothing about who asked: no person, a day instead of a moment, and no order in which rows were written,
so that the audit's moments cannot be laid beside them.
"""

from __future__ import annotations

from sqlalchemy import Column, Double, Index, Integer, String, Table, Text

from bot.state.tables.base import metadata

unread_words = Table(
    "unread_words",
    metadata,
    Column("tenant", String, primary_key=True),
    Column("phrase", String, primary_key=True),
    Column("language", String, primary_key=True),
    Column("count", Integer, nullable=False),
    Column("days", Integer, nullable=False),
    Column("last_day", Integer, nullable=False),
    sqlite_with_rowid=False,
)

unread_questions = Table(
    "unread_questions",
    metadata,
    Column("tenant", String, primary_key=True),
    Column("id", String, primary_key=True),
    Column("language", String, nullable=False),
    Column("text", Text, nullable=False),
    Column("day", Integer, nullable=False),
    Index("unread_questions_by_day", "tenant", "day"),
    sqlite_with_rowid=False,
)

taught_words = Table(
    "taught_words",
    metadata,
    Column("tenant", String, primary_key=True),
    Column("phrase", String, primary_key=True),
    Column("kind", String, nullable=False),
    Column("key", String, nullable=False),
    Column("dimension", String),
    Column("label", String, nullable=False),
    Column("entra_id", String, nullable=False),
    Column("at", Double, nullable=False),
)

word_leads = Table(
    "word_leads",
    metadata,
    Column("tenant", String, primary_key=True),
    Column("entra_id", String, primary_key=True),
    Column("language", String, nullable=False),
    Column("locale", String, nullable=False),
)

checked_answers = Table(
    "checked_answers",
    metadata,
    Column("tenant", String, primary_key=True),
    Column("key", String, primary_key=True),
    Column("query_json", Text, nullable=False),
    Column("digest", String, nullable=False),
    Column("value", Double),
    Column("unit", String, nullable=False),
    Column("currency", String, nullable=False),
    Column("note", String, nullable=False),
    Column("entra_id", String, nullable=False),
    Column("at", Double, nullable=False),
)
