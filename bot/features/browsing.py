"""Going through a list: its further rows, and one record with all that is known of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from analytics import query as public
from analytics.errors import QuestionError
from bot.answering import Answered
from bot.features.feature import Feature, Services
from cards import actions
from cards.listing import record_card
from cards.trouble import refusal_card

if TYPE_CHECKING:
    from analytics.model import Query
    from bot.visit import Visit

MOST_PAGES = 500


def feature(services: Services) -> Feature:
    """Both buttons of a list."""
    browsing = Browsing(services)
    return Feature("browsing", presses={actions.PAGE: browsing.page, actions.RECORD: browsing.record})


class Browsing:
    """Answers the buttons of a list, in the scope of whoever presses."""

    def __init__(self, services: Services) -> None:
        self._answering = services.answering
        self._last = services.state.last_answers

    async def page(self, visit: Visit, data: Mapping[str, Any]) -> Answered:
        """The rows of another page."""
        try:
            query, page = _list_of(data)
        except QuestionError as error:
            return await self._refused(visit, str(error))
        return await self._rows(visit, query, page)

    async def record(self, visit: Visit, data: Mapping[str, Any]) -> Answered:
        """The record that was chosen among the rows of a page."""
        try:
            query, page = _list_of(data)
        except QuestionError as error:
            return await self._refused(visit, str(error))
        answered = await self._rows(visit, query, page)
        if answered.answer is None:
            return answered
        chosen = str(data.get(actions.DRILL, ""))
        row = next((row for row in answered.answer.rows if row.keys[0] == chosen), None)
        if row is None:
            # Nothing chosen, or the list has changed since: the list as it is now.
            return answered
        # What is said next may be about this record.
        kept = await self._last.recall(visit.turn.conversation, visit.turn.person) or {}
        opened = {"kind": query.rows, "id": chosen}
        await self._last.remember(visit.turn.conversation, visit.turn.person, {**kept, "record": opened})
        view = replace(await self._answering.view(visit.reader), page=page)
        return replace(answered, card=record_card(answered.answer, row, view), outcome="opened")

    async def _rows(self, visit: Visit, query: Query, page: int) -> Answered:
        reader = replace(visit.reader, page=page)
        return await self._answering.answer(query, reader, at=visit.turn.at, reference=visit.reference)

    async def _refused(self, visit: Visit, why: str) -> Answered:
        view = await self._answering.view(visit.reader)
        return Answered(refusal_card(view, "unsupported", why), "refused")


def _list_of(data: Mapping[str, Any]) -> tuple[Query, int]:
    """The list a button speaks of and which of its pages. Raises QuestionError for anything else."""
    query, page = public.from_json(data.get("query") or {}), data.get("page", 1)
    if query.rows is None or not isinstance(page, int) or not 1 <= page <= MOST_PAGES:
        raise QuestionError("I do not know this button. Please ask again.")
    return query, page
