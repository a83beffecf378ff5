"""One turn with all that is known about it: who asks, whose rows they may use, the data they will be answered from."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from analytics import query as public
from cards import actions

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

    def opened(self, data: object) -> Visit:
        """This visit with the way back: whoever opened a row comes back to exactly what they opened it from."""
        if not isinstance(data, dict) or data.get("verb") != actions.OPEN:
            return self
        return replace(self, reader=replace(self.reader, back=public.from_json(data["query"])))
