"""Tables for schedules and their runs."""

from __future__ import annotations

from sqlalchemy import Column, Double, Index, Integer, String, Table, Text

from bot.state.tables.base import metadata

# `key` says what there may be only one of; one that has ended gives it back. `post` is the activity that is kept current.
schedules = Table(
    "schedules",
    metadata,
    Column("id", String, primary_key=True),
    Column("key", String, nullable=False, unique=True),
    Column("tenant", String, nullable=False),
    Column("kind", String, nullable=False),
    Column("conversation", String, nullable=False),
    Column("owner", String, nullable=False),
    Column("rule_json", Text, nullable=False),
    Column("payload_json", Text, nullable=False),
    Column("language", String, nullable=False),
    Column("locale", String, nullable=False),
    Column("state", String, nullable=False),
    Column("reason", String, nullable=False),
    Column("post", String, nullable=False),
    Column("next_due", Double, nullable=False),
    Column("created_at", Double, nullable=False),
    Column("changed_at", Double, nullable=False),
    Index("schedules_by_due", "state", "next_due"),
    Index("schedules_by_place", "tenant", "conversation"),
    Index("schedules_by_owner", "tenant", "owner"),
)

# One line for each schedule and period, whatever happens. `waits_for` is the key of a message in the outbox.
runs = Table(
    "runs",
    metadata,
    Column("schedule", String, primary_key=True),
    Column("period", String, primary_key=True),
    Column("state", String, nullable=False),
    Column("due_at", Double, nullable=False),
    Column("missed", Integer, nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("owner", String, nullable=False),
    Column("lease_until", Double, nullable=False),
    Column("not_before", Double, nullable=False),
    Column("waits_for", String, nullable=False),
    Column("note_json", Text, nullable=False),
    Column("activity", String, nullable=False),
    Column("problem", String, nullable=False),
    Column("at", Double, nullable=False),
    Index("runs_by_due", "state", "not_before"),
)
