"""From what somebody typed to the question that is to be sent or watched, with the period as they said it."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from analytics import query as public
from analytics.errors import QuestionError
from analytics.resolve import resolve_filters
from bot.features.subscriptions import spans
from bot.features.subscriptions.owners import audience_of
from bot.understanding import Earlier, Question, Reading, read

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date
    from typing import Any

    from analytics.model import Query
    from bot.features.feature import Services
    from bot.visit import Visit

THAT = re.compile(r"(?:this|that|it|these|those|das|dies|ça|cela|esto|eso|isso|isto|これ|それ)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Wanted:
    """A question to ask again and again: its query with ids, the code of its period ("" for fixed days), its audience."""

    query: Mapping[str, Any]
    period: str
    audience: str

    def to_json(self) -> dict[str, Any]:
        """As it is kept."""
        return {"query": dict(self.query), "period": self.period, "audience": self.audience}

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Wanted:
        """Read back."""
        return cls(kept["query"], kept.get("period", ""), kept.get("audience", ""))

    def on(self, today: date, fiscal: int) -> Query:
        """The question of this day. Raises QuestionError for what is no query any more."""
        query = public.from_json(self.query)
        return replace(query, time=spans.period_of(self.period, today, fiscal)) if self.period else query


class Asking:
    """Reads what people type, with the eyes of whoever types it."""

    def __init__(self, services: Services) -> None:
        self._services = services

    async def wanted(self, visit: Visit, text: str) -> Wanted | None:
        """What these words ask for; "that" is what was last answered here. None where they cannot be read."""
        if not text.strip() or THAT.fullmatch(text.strip()):
            kept = await self._services.state.last_answers.recall(visit.turn.conversation, visit.turn.person)
            earlier = [one for one in (kept or {}).get("earlier", []) if one["query"]]
            return (
                await self.named(visit, public.from_json(earlier[-1]["query"]), earlier[-1]["text"])
                if earlier
                else None
            )
        reading = await self.read(visit, text)
        if reading.kind != "answer" or reading.query is None:
            return None
        return await self.named(visit, reading.query, text, audience_of(reading))

    async def read(self, visit: Visit, text: str) -> Reading:
        """These words read as any question is: by themselves, or where they say too little, leaning on the last answer."""
        names = await self._services.access.names(visit.scope)
        vocabulary = (await self._services.vocabularies.of(visit.turn.person.tenant)).within(names)
        kept = await self._services.state.last_answers.recall(visit.turn.conversation, visit.turn.person)
        earlier = tuple(Earlier(e["query"], e["text"]) for e in (kept or {}).get("earlier", []))
        chosen = await self._services.state.choices.all(visit.turn.person)
        fiscal = visit.snapshot.reporting.fiscal_year_start_month
        question = Question(text, visit.reader.language, visit.reader.today, (), fiscal, chosen)
        reading = await self._services.engine.run(lambda: read(question, vocabulary))
        if reading.kind == "answer" or not earlier:
            return reading
        leaning = replace(question, earlier=earlier)
        return await self._services.engine.run(lambda: read(leaning, vocabulary))

    async def named(self, visit: Visit, query: Query, said: str, audience: str = "") -> Wanted:
        """A query with the ids of what it names, so that a team that is renamed keeps it."""
        fiscal = visit.snapshot.reporting.fiscal_year_start_month
        code = spans.code_of(query.time, said, visit.reader.today, fiscal)
        version = await self._services.engine.run(self._services.engine.version)
        try:
            filters = resolve_filters(query.filters, version.members)
        except QuestionError:
            filters = query.filters
        return Wanted(public.to_json(replace(query, filters=filters), ids=True), code, audience)
