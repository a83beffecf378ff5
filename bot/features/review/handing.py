"""Makes a review for whoever asks, in their own scope, and hands its files over by links that work once within minutes."""

from __future__ import annotations

import asyncio
import html
import json
import secrets
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from aiohttp import web

from analytics.errors import InsightsError, QuestionError
from analytics.periods import unit
from bot import says
from bot.access import today_of
from bot.answering import Answered, Reader
from bot.apart import alone
from bot.events import Person
from bot.features.review.gathering import gather, last_month
from bot.links import EXPORT, EXPORT_SECONDS
from bot.state.audit import Entry
from bot.state.line import StateUnavailable
from bot.understanding import Question, read
from cards.review.card import review_card
from cards.review.nouns import Told
from cards.review.pages import pages
from cards.trouble import error_card, refusal_card
from cards.words import words

if TYPE_CHECKING:
    import re
    from collections.abc import Mapping, Sequence
    from datetime import datetime
    from typing import Any

    from analytics.model import Period
    from bot.access import Asker
    from bot.features.feature import Services
    from bot.visit import Visit
    from cards.elements import Card
    from cards.review.nouns import Page
    from cards.view import View

PATH = "/reviews/"
FORMATS = {
    "deck": ("pptx", "application/vnd.openxmlformats-officedocument.presentationml.presentation"),
    "sheet": ("pdf", "application/pdf"),
}
STORIES = 2
UNAVAILABLE = "The file cannot be made just now. Please try again in a minute."


@dataclass(frozen=True, slots=True)
class _Order:
    """One file of a review, as its link carries it: for whom, of which month, in which form and language."""

    id: str
    kind: str
    tenant: str
    entra_id: str
    month: str
    language: str
    locale: str

    def sealed(self) -> str:
        return json.dumps({"review": {name: getattr(self, name) for name in self.__slots__}})

    @classmethod
    def opened(cls, text: str) -> _Order:
        """Raises QuestionError for anything that is no order of a review."""
        try:
            told = json.loads(text)["review"]
            order = cls(**{name: str(told[name]) for name in cls.__slots__})
        except (ValueError, KeyError, TypeError):
            raise QuestionError("This link is not valid.") from None
        if order.kind not in FORMATS:
            raise QuestionError("This link is not valid.")
        return order


class Reviews:
    """Says that a review is ready, and makes each of its files when it is fetched."""

    def __init__(self, services: Services) -> None:
        self._services = services
        # One at a time: the drawing library is not made for several threads.
        self._one = asyncio.Lock()

    async def said(self, visit: Visit, fit: re.Match[str]) -> Answered:
        """The card with the links; always in the personal chat, in the scope of whoever asks."""
        return await alone(visit, self._services.state, await self._answer(visit, fit.group("when") or ""))

    async def _answer(self, visit: Visit, when: str) -> Answered:
        view = await self._services.answering.view(visit.reader)
        month = await self._month(visit, when)
        if month is None:
            return Answered(refusal_card(view, "unsupported", f"“{when}”"), "asked back")
        return await self._handed(visit, view, month)

    async def pressed(self, visit: Visit, data: Mapping[str, Any]) -> Answered:
        """Fresh links to the review of a card; the files are worked out anew when they are fetched."""
        view = await self._services.answering.view(visit.reader)
        try:
            first = date.fromisoformat(str(data.get("month")))
        except ValueError:
            return Answered(refusal_card(view, "unsupported", ""), "refused")
        month = unit(first, "month")
        if visit.asker.role != "program" or month.end > visit.reader.today:
            return await self._services.answering.not_their_role(visit.reader)
        return await alone(visit, self._services.state, await self._handed(visit, view, month))

    async def announced(self, asker: Asker, tenant: str, month: Period, reader: Reader) -> Card:
        """The card without links, for somebody who reads it later. Raises what asking raises."""
        made = await self._pages(asker, tenant, month, reader)
        view = await self._services.answering.view(reader)
        return review_card(view, made, (), 0, month.start or month.end)

    async def _handed(self, visit: Visit, view: View, month: Period) -> Answered:
        try:
            made = await self._pages(visit.asker, visit.turn.person.tenant, month, visit.reader)
        except InsightsError as error:
            return Answered(error_card(view, visit.reference, visit.turn.at, None, str(error)), "failed")
        first = month.start or month.end
        links = self._links(visit, first)
        if not links:
            return Answered(refusal_card(view, "unsupported", words(view.language).say("review.no_address")), "failed")
        return Answered(review_card(view, made, links, round(EXPORT_SECONDS / 60), first), "review made")

    def _links(self, visit: Visit, month: date) -> list[tuple[str, str]]:
        """One for each kind of file; none where nothing can be fetched from here."""
        links, settings = self._services.links, self._services.settings
        if links is None or settings is None or not settings.public_address:
            return []
        person, reader = visit.turn.person, visit.reader
        who = (person.tenant, person.entra_id, month.isoformat(), reader.language, reader.locale)
        orders = [_Order(secrets.token_urlsafe(12), kind, *who) for kind in FORMATS]
        address = settings.public_address.rstrip("/") + PATH
        return [(order.kind, f"{address}{links.seal(EXPORT, order.sealed())}") for order in orders]

    async def _month(self, visit: Visit, when: str) -> Period | None:
        """The month in somebody's words; the last whole one where none is said, None for what is no month that is over."""
        today = visit.reader.today
        if not when:
            return last_month(today)
        vocabulary = await self._services.vocabularies.of(visit.turn.person.tenant)
        fiscal = visit.snapshot.reporting.fiscal_year_start_month
        question = Question(f"spend {when}", visit.reader.language, today, (), fiscal, {})
        reading = await self._services.engine.run(lambda: read(question, vocabulary))
        asked = reading.query.time if reading.kind == "answer" and reading.query else None
        if asked is None or asked.start is None or asked != unit(asked.start, "month") or asked.end > today:
            return None
        return asked

    async def _pages(self, asker: Asker, tenant: str, month: Period, reader: Reader) -> Sequence[Page]:
        """The pages in the scope of whoever it is for, worked out now."""
        services = self._services
        seen = services.access.own(asker)
        if asker.role != "program" or seen is None:
            raise QuestionError("Only program leads get the review.")
        own = Reader(seen.scope, says.scope_label(seen, reader.language), reader.today, reader.language, reader.locale)
        view = await services.answering.view(own)
        stories = [
            Told(one.title, one.text, one.author_name) for one in await services.state.stories.listed(tenant, STORIES)
        ]
        found = await gather(
            services.engine, seen.scope, month, today=reader.today, stories=stories, made_for=asker.name
        )
        return pages(found, view)

    # -- fetching --------------------------------------------------------------------------------------------------

    async def door(self, request: web.Request) -> web.Response:
        """A page with one button. Programs that look at links before people do would use the link up otherwise."""
        try:
            order = self._order(request)
        except QuestionError as error:
            return _page(html.escape(str(error)), status=403)
        say = words(order.language).say
        button = html.escape(say(f"review.{order.kind}"))
        return _page(f'<form method="post"><button autofocus>{button}</button></form>')

    async def fetch(self, request: web.Request) -> web.StreamResponse:
        """The file, once; 403 where the link was changed, has ended, was used, or is of somebody who may not have it."""
        services = self._services
        try:
            order = self._order(request)
            asker = await self._first(order)
        except QuestionError as error:
            return _page(html.escape(str(error)), status=403)
        except StateUnavailable:
            return _page(UNAVAILABLE, status=503)
        try:
            async with self._one:
                body = await self._file(order, asker)
        except BaseException as error:
            await services.state.used_links.give_back(order.id)
            if isinstance(error, InsightsError):
                return _page(html.escape(str(error)), status=503)
            raise
        await self._audit(order)
        ending, kind = FORMATS[order.kind]
        headers = {
            "Content-Disposition": f'attachment; filename="monthly-review-{order.month[:7]}.{ending}"',
            "Cache-Control": "no-store",
            "X-Content-Type-Options": "nosniff",
        }
        return web.Response(body=body, content_type=kind, headers=headers)

    async def _first(self, order: _Order) -> Asker:
        """Whoever it was made for, where they use it for the first time. Raises QuestionError."""
        asker = await self._services.access.who(Person(order.tenant, order.entra_id))
        if asker is None:
            raise QuestionError("This link is not valid.")
        if not await self._services.state.used_links.use(order.id, 2 * EXPORT_SECONDS):
            raise QuestionError(words(order.language).say("review.used"))
        return asker

    async def _audit(self, order: _Order) -> None:
        at = self._services.clock()
        told = Entry(
            at=at, tenant=order.tenant, actor=order.entra_id, conversation="", kind="review", outcome="fetched"
        )
        await self._services.state.audit.add(told)

    def _order(self, request: web.Request) -> _Order:
        if self._services.links is None:
            raise QuestionError("This link is not valid.")
        kind, text = self._services.links.open(request.match_info["token"])
        if kind != EXPORT:
            raise QuestionError("This link is not valid.")
        return _Order.opened(text)

    async def _file(self, order: _Order, asker: Asker) -> bytes:
        snapshot = self._services.engine.store.snapshot
        now = self._services.clock()
        reader = Reader(says.NOTHING, "", today_of(snapshot, self._services.clock), order.language, order.locale)
        month = unit(date.fromisoformat(order.month), "month")
        made = await self._pages(asker, order.tenant, month, reader)
        return await asyncio.to_thread(_drawn, order.kind, made, asker.name, now)


def _drawn(kind: str, made: Sequence[Page], author: str, now: datetime) -> bytes:
    # Loaded with the first review: both libraries take a second that no start of the bot should wait for.
    if kind == "deck":
        from cards.review.deck import deck  # noqa: PLC0415

        return deck(made, title=made[0].title, author=author)
    from cards.review.sheet import sheet  # noqa: PLC0415

    return sheet(made, made_at=now)


def _page(body: str, status: int = 200) -> web.Response:
    head = '<!doctype html><meta charset="utf-8"><meta name="viewport" content="width=device-width"><meta name="robots" content="noindex">'
    style = "<style>body{font:16px system-ui,sans-serif;margin:15vh auto;max-width:30em;padding:0 1em;text-align:center}button{font:inherit;padding:.6em 1.4em}</style>"
    headers = {
        "Cache-Control": "no-store",
        "Referrer-Policy": "no-referrer",
        "X-Frame-Options": "DENY",
        "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'",
    }
    return web.Response(text=f"{head}{style}{body}", content_type="text/html", status=status, headers=headers)
