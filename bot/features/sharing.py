"""Posts an answer to a channel, asked anew with what the channel may see, for whoever is in that channel."""

from __future__ import annotations

import asyncio
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

import structlog

from analytics import query as public
from analytics.errors import InsightsError, QuestionError
from bot import says
from bot.answering import Answered
from bot.delivery.activity import unasked
from bot.delivery.retries import NotSent
from bot.features.feature import Command, Feature, Services, Tick, either
from bot.state.audit import Entry
from bot.state.links import Share
from cards import actions, sharing
from cards.notice import notice_card
from cards.reading import Reading
from cards.sharing import Place
from cards.titles import title
from cards.words import words

if TYPE_CHECKING:
    from analytics.model import Query
    from bot.access import Seen
    from bot.events import Conversation
    from bot.visit import Visit

log = structlog.get_logger(__name__)

# Languages in their order: English, German, French, Spanish, Portuguese, Japanese.
WORDS = either(
    r"(?:please )?(?:share|post) (?:this|that|it|(?:the|your) (?:last )?answer)(?: (?:to|in|with|into) (?:a|the|our|my) (?:channel|team))?",
    r"(?:bitte )?(?:teile?|poste?) (?:das|es|die antwort)(?: (?:in|mit) (?:einem|dem|einen|den|unserem) (?:kanal|team))?",
    r"(?:partage|publie)[rz]? (?:ça|cela|ceci|la réponse)(?: (?:dans|avec) (?:un|le|notre) (?:canal|équipe))?",
    r"(?:comparte|publica) (?:esto|eso|la respuesta)(?: (?:en|con) (?:un|el|nuestro) (?:canal|equipo))?",
    r"(?:compartilhe|publique|poste) (?:isso|isto|a resposta)(?: (?:em|no|num|com) (?:um |o |nosso )?(?:canal|equipe))?",
    r"(?:これを|それを)?チャネル(?:で|に)(?:共有|投稿)(?:して)?(?:ください)?",
)
MOST = sharing.MOST
LOOK_SECONDS = 3.0
WAIT_SECONDS, STEP = 1.5, 0.05
EVERY = 10.0
PRESS = re.compile(r"[A-Za-z0-9_-]{8,64}")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a press on one of the cards asks for: the question, the channel as chosen, and the press it belongs to."""

    query: Query
    channel: str
    press: str


def feature(services: Services) -> Feature:
    """In words about the last answer, and by the buttons."""
    does = Sharing(services)
    return Feature(
        "sharing",
        commands=(Command("share", WORDS, does.said),),
        presses={
            actions.SHARE: does.pressed,
            actions.SHARE_PREVIEW: does.preview,
            actions.SHARE_POST: does.post,
        },
        ticks=(Tick("shares", EVERY, does.settle),),
    )


class Sharing:
    """Offers channels, shows what they would see, and posts it."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._state = services.state
        self._names: dict[tuple[str, str], dict[str, str]] = {}

    async def said(self, visit: Visit, _: re.Match[str]) -> Answered:
        """About the last answer."""
        if visit.turn.conversation.shared:
            return Answered({}, "refused", text=_say(visit, "here"))
        kept = await self._state.last_answers.recall(visit.turn.conversation, visit.turn.person)
        earlier = (kept or {}).get("earlier", [])
        if not earlier or earlier[-1]["query"] is None:
            return await self._refused(visit, _say(visit, "nothing"))
        return await self._offer(visit, public.from_json(earlier[-1]["query"]))

    async def pressed(self, visit: Visit, data: Mapping[str, Any]) -> Answered:
        """The answer with the button."""
        if visit.turn.conversation.shared:
            return Answered({}, "refused", text=_say(visit, "here"))
        try:
            return await self._offer(visit, _wanted(data).query)
        except QuestionError as error:
            return await self._refused(visit, str(error))

    async def preview(self, visit: Visit, data: Mapping[str, Any]) -> Answered:
        """The card as the channel would see it; nothing is posted."""
        found = await self._found(visit, data)
        if isinstance(found, Answered):
            return found
        wanted, where, seen = found
        answered = await self._asked(visit, wanted.query, seen)
        if answered.answer is None:
            return answered
        view = await self._services.answering.view(visit.reader)
        place = await self._place(visit, where, seen)
        return Answered(sharing.preview_card(view, dict(answered.card), wanted.query, place, wanted.press), "previewed")

    async def post(self, visit: Visit, data: Mapping[str, Any]) -> Answered:
        """Asked with the channel's scope and posted there, once for each card it is pressed on."""
        found = await self._found(visit, data)
        if isinstance(found, Answered):
            return found
        wanted, where, seen = found
        answered = await self._asked(visit, wanted.query, seen)
        if answered.answer is None:
            await self._audit(visit, where, seen, "refused", wanted.query)
            return answered
        person = visit.turn.person
        key = f"share:{person.tenant}:{person.entra_id}:{wanted.press}:{where.root}"
        card = sharing.shared_card(dict(answered.card), visit.asker.name, "en")
        await self._state.shares.add(Share(key, where, person))
        if await self._state.outbox.put(where, unasked(where, card), purpose="digest", key=key):
            await self._audit(visit, where, seen, "posted", wanted.query, answered.answer.records)
        view = await self._services.answering.view(visit.reader)
        arrived = await self._arrived(key)
        about = title(Reading(answered.answer, view))
        place = await self._place(visit, where, seen)
        return Answered(sharing.posted_card(view, about, wanted.query, place, arrived=arrived), "posted")

    async def settle(self, _: datetime) -> None:
        """What has arrived counts as a post of whoever shared it, so that they can take it back."""
        await self._state.shares.settle()

    async def _arrived(self, key: str) -> bool:
        """Waits a moment for the post; the clock sees to the others."""
        for _ in range(int(WAIT_SECONDS / STEP)):
            receipt = await self._state.outbox.receipt(key)
            if receipt and receipt.state == "sent":
                await self._state.shares.settle(key)
                return True
            await asyncio.sleep(STEP)
        return False

    # -- what may be posted where --------------------------------------------------------------------------------

    async def _offer(self, visit: Visit, query: Query) -> Answered:
        answered = await self._services.answering.answer(
            query, visit.reader, at=visit.turn.at, reference=visit.reference
        )
        if answered.answer is None:
            return answered
        view = await self._services.answering.view(visit.reader)
        about = title(Reading(answered.answer, view))
        places = await self._places(visit)
        card = sharing.share_card(view, about, query, places, secrets.token_urlsafe(12))
        return Answered(card, "asked back")

    async def _found(self, visit: Visit, data: Mapping[str, Any]) -> tuple[Wanted, Conversation, Seen] | Answered:
        """What is wanted, where, and what everyone there sees; a card instead where it cannot be."""
        if visit.turn.conversation.shared:
            return Answered({}, "refused", text=_say(visit, "here"))
        try:
            wanted = _wanted(data)
        except QuestionError as error:
            return await self._refused(visit, str(error))
        if not wanted.channel or not PRESS.fullmatch(wanted.press):
            return Answered({}, "asked back", text=_say(visit, "choose"))
        where = next((one for one in await self._channels(visit) if one.root == wanted.channel), None)
        if where is None or not await self._is_there(visit, where):
            return await self._refused(visit, _say(visit, "not_there"))
        return wanted, where, await self._services.access.place(where)

    async def _asked(self, visit: Visit, query: Query, seen: Seen) -> Answered:
        """The question as the channel would ask it: its scope, its language; nothing of the asker's goes along."""
        reader = replace(
            visit.reader,
            scope=seen.scope,
            scope_label=says.scope_label(seen, "en"),
            language="en",
            locale="en_US",
            shared=True,
            asked="",
            page=1,
        )
        return await self._services.answering.answer(query, reader, at=visit.turn.at, reference=visit.reference)

    async def _places(self, visit: Visit) -> list[Place]:
        """The channels that both are in, with what is seen there; what cannot be told in time is left out."""
        channels = (await self._channels(visit))[:MOST]
        there = await asyncio.gather(*(self._is_there(visit, one) for one in channels))
        access = self._services.access
        return [
            await self._place(visit, one, await access.place(one))
            for one, is_there in zip(channels, there, strict=True)
            if is_there
        ]

    async def _channels(self, visit: Visit) -> list[Conversation]:
        """Every channel of every team the bot was seen in, those it was spoken to in first."""
        known = await self._state.conversations.channels(visit.turn.person.tenant)
        found = {one.root: one for one in known}
        for team in {one.team_id: one for one in known if one.team_id}.values():
            for channel in await self._named(team):
                found.setdefault(channel, replace(team, id=channel, channel_id=channel))
        return [replace(one, id=one.root) for one in found.values()]

    async def _named(self, where: Conversation) -> dict[str, str]:
        """Channels of a team by id, "Team › Channel"; kept, because they rarely change."""
        key = (where.tenant, where.team_id)
        connector = self._services.connector
        if key not in self._names and connector is not None:
            try:
                async with asyncio.timeout(LOOK_SECONDS):
                    team, listed = await asyncio.gather(connector.team(where), connector.channels(where))
            except (InsightsError, TimeoutError):
                return {}
            name = str(team.get("name") or "")
            # The first channel of a team has no name of its own there.
            self._names[key] = {str(c.get("id")): f"{name} › {c.get('name') or 'General'}" for c in listed}
        return self._names.get(key, {})

    async def _is_there(self, visit: Visit, where: Conversation) -> bool:
        if self._services.connector is None or not visit.turn.person.entra_id:
            return False
        try:
            async with asyncio.timeout(LOOK_SECONDS):
                return await self._services.connector.member(where, visit.turn.person.entra_id) is not None
        except (NotSent, InsightsError, TimeoutError):
            return False

    async def _place(self, visit: Visit, where: Conversation, seen: Seen) -> Place:
        names = await self._named(where) if where.team_id else {}
        label = says.scope_label(replace(seen, place=""), visit.reader.language)
        return Place(where.root, names.get(where.root) or words(visit.reader.language).say("share.where"), label)

    async def _refused(self, visit: Visit, why: str) -> Answered:
        view = await self._services.answering.view(visit.reader)
        heading = words(visit.reader.language).say("share.title")
        return Answered(notice_card(view, heading, [why]), "refused")

    async def _audit(
        self, visit: Visit, where: Conversation, seen: Seen, outcome: str, query: Query, records: int | None = None
    ) -> None:
        turn = visit.turn
        await self._state.audit.add(
            Entry(
                at=turn.at,
                tenant=turn.person.tenant,
                actor=turn.person.entra_id,
                conversation=where.root,
                kind="share",
                outcome=outcome,
                query_json=says.compact(public.to_json(query, ids=True)),
                scope=says.scope_word(seen.scope),
                records=records,
            )
        )


def _wanted(data: Mapping[str, Any]) -> Wanted:
    """Raises QuestionError for what none of our cards sends."""
    return Wanted(
        public.from_json(data.get("query") or {}), str(data.get(actions.CHANNEL, "")), str(data.get("press", ""))
    )


def _say(visit: Visit, key: str) -> str:
    return words(visit.reader.language).say(f"share.{key}")
