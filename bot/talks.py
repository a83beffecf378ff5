"""What is kept of a talk for its next question: the last questions, what was offered, and what somebody then chose."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from analytics import query as public
from bot.understanding import Earlier

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from analytics.model import Query
    from bot.events import Turn
    from bot.state import State
    from bot.understanding import Choice

REMEMBERED = 3


class Talks:
    """Of each person in each conversation or thread. What is `kept` is read once a turn, and handed on."""

    def __init__(self, state: State) -> None:
        self._answers = state.last_answers
        self._choices = state.choices

    async def kept(self, turn: Turn) -> Mapping[str, Any]:
        """What there is from before."""
        return await self._answers.recall(turn.conversation, turn.person) or {}

    async def remember(self, turn: Turn, said: Earlier, kept: Mapping[str, Any]) -> None:
        """One question more, for the next to lean on."""
        earlier = [*kept.get("earlier", []), {"query": said.query, "text": said.text}][-REMEMBERED:]
        await self._answers.remember(turn.conversation, turn.person, {**kept, "earlier": earlier})

    async def offer(self, turn: Turn, choices: Sequence[Choice]) -> None:
        """Keep what was offered, so that the press that takes one up can be remembered as this person's choice."""
        offered = [
            {"query": public.to_json(one.query), "key": one.key, "value": one.value}
            for one in choices
            if one.query and one.key
        ]
        await self._answers.remember(turn.conversation, turn.person, {**await self.kept(turn), "offered": offered})

    async def choose(self, turn: Turn, query: Query, kept: Mapping[str, Any]) -> None:
        """Remember a choice where this press took up what had been offered."""
        taken = next((one for one in kept.get("offered", []) if one["query"] == public.to_json(query)), None)
        if taken:
            await self._choices.set(turn.person, taken["key"], taken["value"])


def earlier_of(kept: Mapping[str, Any]) -> tuple[Earlier, ...]:
    """The questions before, the oldest first."""
    return tuple(Earlier(one["query"], one["text"]) for one in kept.get("earlier", []))
