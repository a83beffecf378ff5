"""Gives an answer as a file: a link that works once, made into Excel or CSV when it is fetched, if it may still be seen."""

from __future__ import annotations

import asyncio
import hashlib
import json
import secrets
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any

import structlog
from aiohttp import web

from analytics import query as public
from analytics.errors import DataError, InsightsError, NotAllowed, QuestionError
from analytics.export import Wording, export
from bot import says
from bot.answering import Answered
from bot.apart import alone
from bot.events import Conversation, Person
from bot.features.feature import Feature, Services
from bot.links import EXPORT, EXPORT_SECONDS
from bot.state.audit import Entry
from bot.state.line import StateUnavailable
from cards import actions
from cards.exporting import export_card
from cards.notice import notice_card
from cards.words import words

if TYPE_CHECKING:
    from analytics.export import Exported
    from analytics.model import Scope
    from bot.access import Asker, Seen
    from bot.access.nouns import Audience
    from bot.understanding import Reading
    from bot.visit import Visit

log = structlog.get_logger(__name__)

PATH = "/exports/"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
TYPES: Mapping[str, str] = {"xlsx": XLSX, "csv": "application/zip"}
NAMES: Mapping[str, str] = {"xlsx": "freelance-insights.xlsx", "csv": "freelance-insights.zip"}
AUDIENCES: Mapping[str, Audience] = {"own": "own", "company": "company"}
WAITING = 8
INVALID = "This link is not valid."


@dataclass(frozen=True, slots=True)
class Order:
    """What a link stands for: who may have which answer as which file. No figure is in it, and whoever holds it cannot read it.

    `conversation` is empty for the personal chat, `scope` the print of whose data the card showed.
    """

    id: str
    form: str
    query: dict[str, Any]
    tenant: str
    entra_id: str
    conversation: str
    audience: str
    scope: str
    today: str
    language: str

    def packed(self) -> str:
        """As text."""
        return says.compact(asdict(self))


def feature(services: Services) -> Feature:
    """In words, by the button of an answer, and the address that the links lead to."""
    exporting = Exporting(services)
    return Feature(
        "exporting",
        actions={actions.EXPORT: exporting.said},
        presses={actions.EXPORT: exporting.pressed},
        routes=(web.get(PATH + "{token:[A-Za-z0-9_-]+}", exporting.fetched, allow_head=False),),
    )


class Exporting:
    """Hands out links and makes the files behind them, one at a time, off the event loop."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._pool = ThreadPoolExecutor(1, "exports")
        self._waiting = 0

    async def said(self, visit: Visit, reading: Reading) -> Answered:
        """What was asked in the same words, or else the last answer."""
        query = reading.query
        if query is None:
            kept = await self._services.state.last_answers.recall(visit.turn.conversation, visit.turn.person)
            earlier = (kept or {}).get("earlier", [])
            query = public.from_json(earlier[-1]["query"]) if earlier else None
        if query is None:
            return await self._refused(visit, words(visit.reader.language).say("export.nothing"))
        return await self._offer(visit, query, reading.audience or "", back=False)

    async def pressed(self, visit: Visit, data: Mapping[str, Any]) -> Answered:
        """The answer with the button, with whose numbers the card showed."""
        try:
            query = public.from_json(data.get("query") or {})
        except QuestionError as error:
            return await self._refused(visit, str(error))
        whose = str(data.get(actions.WHOSE, ""))
        audience = whose if whose in AUDIENCES and not visit.reader.shared else ""
        seen = await self._seen(visit.asker, visit.turn.conversation, audience)
        if seen is None:
            return await self._refused(visit, says.say(visit.reader.language, "no_line"))
        label = says.scope_label(seen, visit.reader.language)
        reader = replace(visit.reader, scope=seen.scope, scope_label=label)
        return await self._offer(replace(visit, scope=seen.scope, reader=reader), query, audience, back=True)

    async def _offer(self, visit: Visit, query: Any, audience: str, *, back: bool) -> Answered:
        """The card with the links, in the personal chat of whoever asked; why not, where there can be none."""
        settings, links = self._services.settings, self._services.links
        address = settings.public_address if settings else ""
        answered = await self._services.answering.answer(
            query, visit.reader, at=visit.turn.at, reference=visit.reference
        )
        if answered.answer is None:
            return answered
        if links is None or not address:
            return await self._refused(visit, words(visit.reader.language).say("export.no_address"))
        made = []
        for form in TYPES:
            order = _order(visit, public.to_json(answered.answer.query, ids=True), audience, form)
            made.append((form, f"{address.rstrip('/')}{PATH}{links.seal(EXPORT, order.packed())}"))
        shared = visit.turn.conversation.shared
        view = replace(await self._services.answering.view(visit.reader), place="personal")
        card = export_card(answered.answer, view, made, int(EXPORT_SECONDS // 60), back=back and not shared)
        return await alone(visit, self._services.state, Answered(card, "offered", answered.answer))

    async def _refused(self, visit: Visit, why: str) -> Answered:
        view = await self._services.answering.view(visit.reader)
        heading = words(visit.reader.language).say("export.title")
        return Answered(notice_card(view, heading, [why]), "refused")

    # -- when the link is opened ---------------------------------------------------------------------------------

    async def fetched(self, request: web.Request) -> web.Response:
        """The file. 403: changed, ended, or not theirs any more; 410: used; 409: cannot be asked; 503: not just now."""
        try:
            order = self._opened(request.match_info["token"])
            return await self._given(order)
        except NotAllowed as error:
            return web.Response(status=403, text=str(error))
        except QuestionError as error:
            return web.Response(status=409, text=str(error))
        except (DataError, StateUnavailable):
            text = "The file cannot be made just now. Please try again in a minute."
            return web.Response(status=503, text=text, headers={"Retry-After": "30"})

    def _opened(self, token: str) -> Order:
        try:
            if self._services.links is None:
                raise NotAllowed(INVALID)
            kind, text = self._services.links.open(token)
        except QuestionError as error:
            raise NotAllowed(str(error)) from None
        if kind != EXPORT:
            raise NotAllowed(INVALID)
        try:
            return Order(**json.loads(text))
        except TypeError:
            # Files of another feature come by links of the same kind, at an address of their own.
            raise NotAllowed(INVALID) from None

    async def _given(self, order: Order) -> web.Response:
        asker = await self._services.access.who(Person(order.tenant, order.entra_id))
        where = await self._where(order)
        seen = await self._seen(asker, where, order.audience) if asker and where else None
        if asker is None or seen is None or _print(seen.scope) != order.scope:
            await self._audit(order, "refused")
            raise NotAllowed("What you may see has changed since this link was made. Ask the bot again.")
        if self._waiting >= WAITING:
            raise DataError("Too many files are waited for.")
        # First come, first served, also between replicas; what brought nothing may be tried again.
        if not await self._services.state.used_links.use(order.id, 2 * EXPORT_SECONDS):
            return web.Response(status=410, text="This link was used before. Ask the bot again for a new one.")
        try:
            made, body = await self._made(order, asker, seen)
        except BaseException:
            await self._services.state.used_links.give_back(order.id)
            raise
        await self._audit(order, "fetched", seen.scope, made.answer.records)
        return _file(body, order.form)

    async def _where(self, order: Order) -> Conversation | None:
        if not order.conversation:
            return Conversation("", "personal", order.tenant, "")
        where = await self._services.state.conversations.get(order.tenant, order.conversation)
        if where is None or self._services.connector is None:
            return None
        try:
            there = await self._services.connector.member(where, order.entra_id)
        except InsightsError:
            raise DataError("Who is there cannot be told just now.") from None
        return where if there else None

    async def _seen(self, asker: Asker, where: Conversation, audience: str) -> Seen | None:
        return await self._services.access.seen(asker, where, AUDIENCES.get(audience))

    async def _made(self, order: Order, asker: Asker, seen: Seen) -> tuple[Exported, bytes]:
        self._waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._pool, self._write, order, asker, seen)
        finally:
            self._waiting -= 1

    def _write(self, order: Order, asker: Asker, seen: Seen) -> tuple[Exported, bytes]:
        said = words(order.language)
        wording = Wording(lambda key: said.say(f"export.{key}"), said.name)
        made_at = self._services.clock().isoformat(timespec="minutes")
        told = [
            (wording.say("question"), says.compact(order.query)),
            (wording.say("whose"), says.scope_label(seen, order.language)),
            (wording.say("made_for"), asker.name),
            (wording.say("made_at"), made_at),
        ]
        query, today = public.from_json(order.query), date.fromisoformat(order.today)
        made = export(self._services.engine, query, seen.scope, today=today, wording=wording, told=told)
        return made, made.xlsx() if order.form == "xlsx" else made.csv()

    async def _audit(self, order: Order, outcome: str, scope: Scope | None = None, records: int | None = None) -> None:
        await self._services.state.audit.add(
            Entry(
                at=self._services.clock(),
                tenant=order.tenant,
                actor=order.entra_id,
                conversation=order.conversation,
                kind="export",
                outcome=outcome,
                query_json=says.compact(order.query),
                scope=says.scope_word(scope) if scope else None,
                records=records,
            )
        )


def _order(visit: Visit, query: dict[str, Any], audience: str, form: str) -> Order:
    where = visit.turn.conversation
    return Order(
        id=secrets.token_urlsafe(16),
        form=form,
        query=query,
        tenant=visit.turn.person.tenant,
        entra_id=visit.turn.person.entra_id,
        conversation=where.root if where.shared else "",
        audience=audience,
        scope=_print(visit.scope),
        today=visit.reader.today.isoformat(),
        language=visit.reader.language,
    )


def _print(scope: Scope) -> str:
    """A scope as a short text that differs where the scope differs."""
    return hashlib.sha256(json.dumps(asdict(scope), sort_keys=True).encode()).hexdigest()[:24]


def _file(body: bytes, form: str) -> web.Response:
    headers = {
        "Content-Disposition": f'attachment; filename="{NAMES[form]}"',
        "Cache-Control": "no-store",
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
    }
    return web.Response(body=body, content_type=TYPES[form], headers=headers)
