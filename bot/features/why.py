"""Answers "why did it go up?": what each part contributed to a change, in the scope of whoever asks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from analytics import query as public
from analytics.catalogue import METRICS
from analytics.errors import InsightsError, QuestionError
from analytics.model import Query
from analytics.why import why
from bot.answering import Answered
from bot.features.feature import Feature, Services
from cards.trouble import error_card, refusal_card
from cards.why import why_card

if TYPE_CHECKING:
    from bot.understanding import Reading
    from bot.visit import Visit

WHY = "why"
"""The verb of a button that asks why the first number of its question moved."""


def feature(services: Services) -> Feature:
    """In words, and by a button."""
    explaining = Explaining(services)
    return Feature("why", actions={"explain_change": explaining.said}, presses={WHY: explaining.pressed})


class Explaining:
    """Explains the change of one number."""

    def __init__(self, services: Services) -> None:
        self._services = services

    async def said(self, visit: Visit, reading: Reading) -> Answered:
        """Why, asked in words; the question before lends what was not said."""
        return await self._explain(visit, reading.query)

    async def pressed(self, visit: Visit, data: Mapping[str, Any]) -> Answered:
        """Why, asked by a button."""
        try:
            query = public.from_json(data.get("query") or {})
        except QuestionError as error:
            return await self._refused(visit, str(error))
        return await self._explain(visit, query)

    async def _explain(self, visit: Visit, query: Query | None) -> Answered:
        known = tuple(key for key in query.metrics if key in METRICS) if query else ()
        if query is None or not known:
            return await self._refused(visit, "")
        # The plain number first: names are checked against the reader's scope there, and what is wrong is said there.
        plain = Query(known[:1], (), query.filters, query.time, at=query.at, basis=query.basis)
        reader, engine = visit.reader, self._services.engine
        asked = await self._services.answering.answer(plain, reader, at=visit.turn.at, reference=visit.reference)
        if asked.answer is None:
            return asked
        wanted = replace(query, metrics=known[:1], filters=asked.answer.query.filters)
        view = await self._services.answering.view(reader)
        try:
            found = await engine.run(lambda: why(engine, wanted, visit.scope, today=reader.today))
        except QuestionError as error:
            return Answered(refusal_card(view, "unsupported", str(error)), "refused")
        except InsightsError as error:
            return Answered(error_card(view, visit.reference, visit.turn.at, plain, str(error)), "failed")
        return Answered(why_card(found, view), "answered", found.answer)

    async def _refused(self, visit: Visit, why_not: str) -> Answered:
        view = await self._services.answering.view(visit.reader)
        return Answered(refusal_card(view, "unsupported", why_not), "refused")
