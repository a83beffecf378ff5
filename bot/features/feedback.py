"""Thumbs and comments about answers: kept without who gave them, and told to program leads in totals."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from typing import TYPE_CHECKING

from bot import says
from bot.answering import Answered
from bot.features.feature import PROGRAM, Command, Feature, Services, either
from cards.feedback import feedback_card

if TYPE_CHECKING:
    from bot.understanding import Reading
    from bot.visit import Visit

DAYS = 28
ASKED = either(
    r"(?:show (?:me )?(?:the )?)?feedback",
    r"what (?:feedback did (?:we|you) get|do people think of (?:the|your) answers)",
    r"(?:zeig(?:e)? (?:mir )?(?:das )?)?feedback|was halten die leute von deinen antworten",
    r"(?:montre(?:-moi)? )?les (?:retours|avis)",
    r"(?:muestra(?:me)? )?(?:los comentarios|las opiniones)",
    r"(?:mostre(?:-me)? )?(?:os comentários|as opiniões)",
    r"フィードバック(?:を見せて(?:ください)?)?",
)
REACTIONS = ("like", "dislike")


def feature(services: Services) -> Feature:
    """Thumbs under an answer, "this is wrong" in words, and what came of it all."""
    collecting = Collecting(services)
    return Feature(
        "feedback",
        commands=(Command("feedback", ASKED, collecting.shown, PROGRAM),),
        actions={"feedback": collecting.said},
        arrivals={"feedback": collecting.thumbed},
    )


class Collecting:
    """Keeps what people think of answers."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._state = services.state

    async def thumbed(self, visit: Visit) -> None:
        """A thumb, with what was written beside it."""
        value = visit.turn.value
        reaction = str(value.get("reaction", ""))
        await self._keep(visit, reaction if reaction in REACTIONS else "other", str(value.get("feedback", "")))

    async def said(self, visit: Visit, _: Reading) -> Answered:
        """What was said about an answer, as it was said."""
        await self._keep(visit, "said", visit.turn.text)
        return Answered({}, "noted", text=says.say(visit.reader.language, "feedback_noted"))

    async def shown(self, visit: Visit, _: re.Match[str]) -> Answered:
        """The last four weeks, in totals and in the words people left; in a shared conversation the totals alone."""
        since, tenant = visit.turn.at - timedelta(days=DAYS), visit.turn.person.tenant
        counts = await self._state.feedback.counts(tenant, since)
        shared = visit.turn.conversation.shared
        comments = [] if shared else await self._state.feedback.comments(tenant, since)
        view = await self._services.answering.view(visit.reader)
        told = [(one.at, one.reaction, one.comment) for one in comments]
        return Answered(feedback_card(view, counts, told, DAYS), "helped")

    async def _keep(self, visit: Visit, reaction: str, comment: str) -> None:
        kept = await self._state.last_answers.recall(visit.turn.conversation, visit.turn.person) or {}
        about = [one["query"] for one in kept.get("earlier", []) if one.get("query")]
        query = json.dumps(about[-1], ensure_ascii=False) if about else None
        await self._state.feedback.add(visit.turn.person.tenant, reaction, " ".join(comment.split()), query)
