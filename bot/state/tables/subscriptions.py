"""Tables for alerts, what people set for what comes unasked, and what became of what was sent to many."""

from __future__ import annotations

from sqlalchemy import Column, Double, Index, String, Table, Text

from bot.state.tables.base import metadata

# `seen` is the data version and day last looked at, `over_json` whatever is beyond the threshold since then.
alerts = Table(
    "alerts",
    metadata,
    Column("id", String, primary_key=True),
    Column("tenant", String, nullable=False),
    Column("owner", String, nullable=False),
    Column("query_json", Text, nullable=False),
    Column("period", String, nullable=False),
    Column("audience", String, nullable=False),
    Column("said", Text, nullable=False),
    Column("language", String, nullable=False),
    Column("locale", String, nullable=False),
    Column("state", String, nullable=False),
    Column("reason", String, nullable=False),
    Column("seen", String, nullable=False),
    Column("over_json", Text, nullable=False),
    Column("created_at", Double, nullable=False),
    Column("changed_at", Double, nullable=False),
    Index("alerts_by_owner", "tenant", "owner"),
)

person_settings = Table(
    "person_settings",
    metadata,
    Column("tenant", String, primary_key=True),
    Column("entra_id", String, primary_key=True),
    Column("name", String, primary_key=True),
    Column("value", Text, nullable=False),
    Column("at", Double, nullable=False),
)

# One line for each person of a run that goes to many; `key` is that of the message in the outbox, where there is one.
receipts = Table(
    "receipts",
    metadata,
    Column("schedule", String, primary_key=True),
    Column("period", String, primary_key=True),
    Column("entra_id", String, primary_key=True),
    Column("outcome", String, nullable=False),
    Column("key", String, nullable=False),
    Column("at", Double, nullable=False),
)
