"""What is for one person's eyes goes to their personal chat; where others read along, it is only said that it did."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot import events, says
from bot.answering import Answered

if TYPE_CHECKING:
    from bot.events import Conversation
    from bot.state import State
    from bot.visit import Visit


async def home_of(visit: Visit, state: State) -> Conversation | None:
    """The personal chat of whoever asks, if the bot is installed there."""
    return await state.conversations.personal(visit.turn.person.tenant, visit.turn.person.entra_id)


def not_installed(language: str) -> Answered:
    """What is said in the shared conversation to somebody who has no personal chat with the bot."""
    return Answered({}, "not installed", text=says.say(language, "not_installed"))


def apart(answered: Answered, home: Conversation, language: str) -> Answered:
    """The answer sent home; what is said in the shared conversation instead names nothing of it."""
    there = events.message(answered.text or None, answered.card or None).to(home)
    said = says.say(language, "apart")
    return Answered({}, answered.outcome, answered.answer, said, (there, *answered.beside))


async def alone(visit: Visit, state: State, answered: Answered) -> Answered:
    """The answer as it is in a personal chat, and sent there where it was asked for anywhere else."""
    if not visit.turn.conversation.shared:
        return answered
    home = await home_of(visit, state)
    language = visit.reader.language
    return apart(answered, home, language) if home else not_installed(language)
