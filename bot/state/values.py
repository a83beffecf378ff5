"""People, moments and JSON as they stand in the rows of the state database."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.events import Person


def who(person: Person) -> dict[str, str]:
    """What tells a person apart: their tenant, and who they are in it."""
    return {"tenant": person.tenant, "entra_id": person.entra_id}


def packed(kept: Mapping[str, Any]) -> str:
    """JSON as it is kept."""
    return json.dumps(kept, ensure_ascii=False, separators=(",", ":"))


def moment_of(seconds: float) -> datetime:
    """A moment from seconds since 1970."""
    return datetime.fromtimestamp(seconds, UTC)
