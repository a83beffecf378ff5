"""Takes an answer back in a shared conversation, for whoever asked for it, or for a program lead."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from bot import says
from bot.answering import Answered
from bot.delivery.retries import NotSent
from bot.features.feature import Command, Feature, Services, either
from cards import actions

if TYPE_CHECKING:
    from bot.visit import Visit

# Languages in their order: English, German, French, Spanish, Portuguese, Japanese.
WORDS = either(
    r"(?:please )?(?:take (?:this|that|it|your (?:last )?answer) back|take back (?:this|that|your (?:last )?answer))",
    r"(?:please )?(?:delete|remove) (?:this|that|your (?:last )?answer)",
    r"(?:bitte )?nimm (?:das|deine (?:letzte )?antwort) zurück",
    r"(?:bitte )?lösch(?:e)? (?:das|deine (?:letzte )?antwort)",
    r"(?:retire|efface|supprime) (?:ça|cela|ta (?:dernière )?réponse)",
    r"(?:retira|borra|elimina) (?:eso|esto|tu (?:última )?respuesta)",
    r"(?:retire|apague|remova) (?:isso|isto|sua (?:última )?resposta|a sua (?:última )?resposta)",
    r"(?:取り消して|削除して)(?:ください)?",
)


def feature(services: Services) -> Feature:
    """In words about one's own last answer there, and as a button on the answer itself."""
    taking = TakingBack(services)
    return Feature(
        "taking back",
        commands=(Command("take back", WORDS, taking.said),),
        presses={actions.TAKE_BACK: taking.pressed},
    )


class TakingBack:
    """Deletes posts of the bot."""

    def __init__(self, services: Services) -> None:
        self._posts = services.state.shared_posts
        self._connector = services.connector

    async def said(self, visit: Visit, _: re.Match[str]) -> Answered:
        """The last answer to whoever says so."""
        turn, language = visit.turn, visit.reader.language
        if not turn.conversation.shared:
            return Answered({}, "refused", text=says.say(language, "take_back_shared"))
        activity = await self._posts.last_of(turn.conversation, turn.person)
        if activity is None:
            return Answered({}, "refused", text=says.say(language, "take_back_none"))
        return await self._delete(visit, activity, "")

    async def pressed(self, visit: Visit, _: Mapping[str, Any]) -> Answered:
        """The answer with the button."""
        turn, language = visit.turn, visit.reader.language
        by = await self._posts.asked_by(turn.conversation, turn.reply_to_id)
        if by != turn.person.entra_id and visit.asker.role != "program":
            return Answered({}, "refused", text=says.say(language, "take_back_other"))
        return await self._delete(visit, turn.reply_to_id, says.say(language, "take_back_done"))

    async def _delete(self, visit: Visit, activity: str, done: str) -> Answered:
        where = visit.turn.conversation
        try:
            if self._connector is not None and activity:
                await self._connector.delete(where, activity)
        except NotSent:
            return Answered({}, "failed", text=says.say(visit.reader.language, "take_back_failed"))
        await self._posts.forget(where, activity)
        return Answered({}, "taken back", text=done)
