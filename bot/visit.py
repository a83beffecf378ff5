"""One turn with all that is known about it: who asks, whose rows they may use, the data they will be answered from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from analytics.model import Scope, Snapshot
    from bot.access import Asker
    from bot.answering import Reader
    from bot.events import Turn


@dataclass(frozen=True, slots=True)
class Visit:
    """One turn; `reference` is what an error card names, `changes` how often a chat's members had changed when it began."""

    turn: Turn
    asker: Asker
    scope: Scope
    reader: Reader
    snapshot: Snapshot
    reference: str
    changes: int = 0
