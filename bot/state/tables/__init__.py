"""The tables of the bot's own memory, as SQLAlchemy sees them; migrations build exactly these, a test compares the two."""

from __future__ import annotations

from bot.state.tables import (
    access,
    cards,
    core,
    data,
    delivery,
    learning,
    links,
    mail,
    privacy,
    schedule,
    stories,
    subscriptions,
)
from bot.state.tables.base import metadata

__all__ = [
    "access",
    "cards",
    "core",
    "data",
    "delivery",
    "learning",
    "links",
    "mail",
    "metadata",
    "privacy",
    "schedule",
    "stories",
    "subscriptions",
]
