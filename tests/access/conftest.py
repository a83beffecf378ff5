"""The sample enterprise and the whole bot on it, as conversations have them."""

from __future__ import annotations

from tests.conversations.conftest import ca, engine, enterprise, talk

__all__ = ["ca", "engine", "enterprise", "talk"]
