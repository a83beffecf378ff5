"""From a Query to the card that answers it, for one asker in one place: what a message, a press and the command line share."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from analytics import privacy
from analytics import query as public
from analytics.catalogue import DIMENSIONS, METRICS, SCORECARDS
from analytics.errors import DataError, InsightsError, NotAllowed, QuestionError
from analytics.model import Compare, Period, Query
from analytics.periods import add_months, unit
from analytics.scorecards import projection, sentences
from bot.access.outside import inside
from bot.telemetry import logs
from bot.telemetry.tracing import span
from cards.scorecard import scorecard_of
from cards.show import card_for
from cards.trouble import error_card, refusal_card
from cards.view import Choice, Choices, Next, Person, View
from cards.words import words

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import date, datetime

    from analytics.engine import Engine, Version
    from analytics.members import Members
    from analytics.model import Answer, Scope
    from bot.events import Reply
    from bot.pictures import Pictures
    from cards.depicted import Picture

MOST_SUGGESTED = 15
CHOOSERS = ("job_category", "country", "platform", "source")


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads the card and where: words and numbers their way, whose data, what was typed; `back` is where they came from."""

    scope: Scope
    scope_label: str
    today: date
    language: str = "en"
    locale: str = "en_US"
    shared: bool = False
    asked: str = ""
    page: int = 1
    back: Query | None = None
    tenant: str = ""


@dataclass(frozen=True, slots=True)
class Answered:
    """A card, the answer it shows where there is one, and what came of it for the audit.

    `text` is said with the card, or instead of an empty one; a press without a card leaves the pressed one as it is.
    `beside` is sent as well, for instance into another conversation.
    """

    card: Mapping[str, Any]
    outcome: str
    answer: Answer | None = None
    text: str = ""
    beside: tuple[Reply, ...] = ()


Remark = Callable[["Answer", Reader], Awaitable[tuple[str, ...]]]
"""What is to be said below this answer to this reader: any number of lines."""


Names = Callable[["Scope"], Awaitable["Mapping[str, frozenset[str]]"]]
"""For every dimension that a scope narrows, the ids that exist in it."""


class Answering:
    """Asks the engine and draws the card; a question that cannot be answered becomes a card that says why."""

    remarks: Sequence[Remark] = ()

    def __init__(self, engine: Engine, pictures: Pictures | None = None, names: Names | None = None) -> None:
        self._engine = engine
        self._names = names
        self._pictures = pictures
        self._filters: tuple[int, tuple[Choices, ...]] | None = None

    async def answer(self, query: Query, reader: Reader, *, at: datetime, reference: str) -> Answered:
        """The card for a query. Never raises for what a question can do wrong."""
        view = await self.view(reader)
        try:
            query = against_before(await self._known(query, reader.scope))
            with span("engine", metrics="+".join(query.metrics)):
                answer = await self._engine.answer(query, reader.scope, today=reader.today, page=reader.page)
            if query.metrics == SCORECARDS["supply"].metrics and reader.scope.detail != "totals":
                answer = replace(answer, notes=(*answer.notes, *await self._scale(answer, reader)))
        except NotAllowed as error:
            logs.note(denied=True)
            return Answered(refusal_card(view, "scope", str(error)), "refused")
        except QuestionError as error:
            return Answered(refusal_card(view, "unsupported", str(error), _nearest(error)), "refused")
        except DataError as error:
            return Answered(error_card(view, reference, at, query, str(error)), "failed")
        if view.picture and len(answer.query.metrics) == 1 and not (query.group_by or query.grain or query.rows):
            view = replace(view, spark=await self._past(answer, reader))
        if query.group_by == ("poster",) and reader.scope.detail == "named":
            view = replace(view, people=await self._people(answer, reader))
        said = [line for remark in self.remarks for line in await remark(answer, reader)]
        return Answered(card_for(answer, replace(view, remarks=tuple(said))), "answered", answer)

    async def not_their_role(self, reader: Reader) -> Answered:
        """What whoever may not do this is told."""
        said = words(reader.language).say("desk.not_your_role")
        return Answered(refusal_card(await self.view(reader), "scope", said), "refused")

    async def _known(self, query: Query, scope: Scope) -> Query:
        """The question with names that exist for the reader. Raises NotAllowed, UnknownName."""
        privacy.check(query, scope)
        if self._names is None or scope.detail == "totals":
            return query
        allowed = await self._names(scope)
        version = await self._engine.run(self._engine.version)
        return inside(query, allowed, version.members) if allowed else query

    async def _past(self, answer: Answer, reader: Reader) -> Answer | None:
        """The same metric in the twelve months up to the end of the answer's period; None where it has no months."""
        if answer.query.compare and answer.query.compare.to == "dimension":
            return None
        end = unit(answer.period.end - timedelta(days=1), "month").end
        time = Period(add_months(end, -12), end)
        past = Query(answer.query.metrics, filters=answer.query.filters, time=time, grain="month")
        try:
            return await self._engine.answer(past, reader.scope, today=reader.today)
        except InsightsError:
            return None

    async def _people(self, answer: Answer, reader: Reader) -> dict[str, Person]:
        """What to say beside each person: the team and category most of their jobs went to, and how many are open."""
        query, order = answer.query, (("jobs_posted", "desc"),)
        jobs = Query(("jobs_posted",), filters=query.filters, time=answer.period, order=order)  # type: ignore[arg-type]
        asked = [replace(jobs, group_by=("poster", split)) for split in ("team", "job_category")]
        asked.append(Query(("open_ageing",), ("poster",), query.filters))
        try:
            found = [await self._engine.answer(one, reader.scope, today=reader.today) for one in asked]
        except InsightsError:
            return {}
        teams, categories = ({row.keys[0]: row.labels[1] for row in reversed(one.rows)} for one in found[:2])
        opened = {row.keys[0]: int(row.values[0] or 0) for row in found[2].rows}
        shown = [row.keys[0] for row in answer.rows if row.kind == "value"]
        return {key: Person(teams.get(key, ""), categories.get(key, ""), opened.get(key, 0)) for key in shown if key}

    async def _scale(self, answer: Answer, reader: Reader) -> tuple[str, ...]:
        """Whether supply would hold if every team used freelancers, from the same rows that the reader may see."""

        def ask(query: Query) -> Answer:
            return self._engine.ask(query, reader.scope, today=reader.today)

        return sentences(await self._engine.run(lambda: projection(ask, answer.period)))

    async def view(self, reader: Reader) -> View:
        """How this reader sees cards."""
        return View(
            today=reader.today,
            language=reader.language,
            locale=reader.locale,
            place="shared" if reader.shared else "personal",
            scope=reader.scope_label,
            asked=reader.asked,
            filters=await self._choosers(),
            picture=self._picture(reader),
            page=reader.page,
            back=reader.back,
        )

    def _picture(self, reader: Reader) -> Callable[[Picture], str] | None:
        totals = reader.shared and reader.scope.detail == "totals"
        return self._pictures.address(totals=totals) if self._pictures else None

    async def _choosers(self) -> tuple[Choices, ...]:
        """The filters behind "Change"; short lists only, the same for everyone who may see groups."""
        number = self._engine.store.snapshot.version
        if self._filters is None or self._filters[0] != number:
            version = await self._engine.run(self._engine.version)
            self._filters = (version.number, tuple(_choices(version, key) for key in CHOOSERS))
        return self._filters[1]


def against_before(query: Query) -> Query:
    """A scorecard says how each number moved, so it is held against the period before where nothing else is asked."""
    return replace(query, compare=Compare("previous_period")) if scorecard_of(query) and not query.compare else query


def suggestions(members: Members, dimension: str, typed: str, allowed: Collection[str] | None) -> list[tuple[str, str]]:
    """At most 15 (id, label) whose label holds what was typed: those that begin with it first, then the most used."""
    wanted = typed.strip().casefold()
    found = [m for m in members.by_id[dimension].values() if wanted in m.label.casefold()]
    seen = [m for m in found if allowed is None or m.id in allowed]
    seen.sort(key=lambda m: (not m.label.casefold().startswith(wanted), -m.records, m.label))
    return [(m.id, m.label) for m in seen[:MOST_SUGGESTED]]


def _choices(version: Version, key: str) -> Choices:
    members = sorted(version.members.by_id[key].values(), key=lambda m: m.label.casefold())
    return Choices(key, tuple(Choice(m.label, m.id) for m in members))


def _nearest(error: QuestionError) -> tuple[Next, ...]:
    if error.nearest is None:
        return ()
    query = public.from_json(error.nearest)
    return (Next(title_of(query), query),)


def title_of(query: Query) -> str:
    """A short name for a query on a button: its metrics, by its breakdown."""
    said = ", ".join(METRICS[m].label for m in query.metrics if m in METRICS) or (query.rows or "").capitalize()
    by = [DIMENSIONS[d].label.lower() for d in query.group_by if d in DIMENSIONS]
    by += [query.grain.replace("_", " ")] if query.grain else []
    return f"{said} by {' and '.join(by)}" if by else said
