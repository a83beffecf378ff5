"""A fake Teams client: says things and presses buttons as somebody, somewhere, and shows what the bot answered."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from itertools import count
from typing import TYPE_CHECKING, Any

from bot.events import Conversation, Person
from bot.settings import SAMPLE_TENANT
from tests.canaries import NOW

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    import aiohttp

    from tests.fakes.authority import FakeAuthority
    from tests.fakes.connector import FakeConnector, Sent

BOT_ID = "28:22222222-2222-2222-2222-222222222222"
BOT_NAME = "Freelance Insights"

LEAD = Person(SAMPLE_TENANT, "aaaaaaaa-0000-0000-0000-000000000001", "Program Lead", "29:lead")
MANAGER = Person(SAMPLE_TENANT, "aaaaaaaa-0000-0000-0000-000000000002", "A Manager", "29:manager")


@dataclass(frozen=True)
class Response:
    """The bot's HTTP answer."""

    status: int
    body: Any
    text: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)


class TeamsClient:
    """One client for everybody. `address` is the bot's; without an authority what it posts is not signed."""

    def __init__(
        self,
        session: aiohttp.ClientSession,
        address: str,
        connector: FakeConnector,
        clock: Callable[[], datetime],
        authority: FakeAuthority | None = None,
    ) -> None:
        self.session = session
        self.address = address
        self.connector = connector
        self.authority = authority
        self._clock = clock
        self._numbers = count(1)

    def personal(self, person: Person) -> Conversation:
        """Somebody's personal chat with the bot."""
        return self._place(f"a:{person.entra_id}", "personal", person.tenant)

    def group(self, name: str = "19:group@thread.v2", tenant: str = SAMPLE_TENANT) -> Conversation:
        """A group chat."""
        return self._place(name, "groupChat", tenant)

    def channel(
        self, name: str = "19:channel@thread.tacv2", thread: str = "1700", tenant: str = SAMPLE_TENANT
    ) -> Conversation:
        """A channel, in the thread of a message there."""
        return self._place(
            f"{name};messageid={thread}", "channel", tenant, team_id="19:team@thread.tacv2", channel_id=name
        )

    def activity(
        self, kind: str, person: Person = LEAD, where: Conversation | None = None, **more: Any
    ) -> dict[str, Any]:
        """An activity as Teams sends it; `more` replaces or adds fields."""
        where = where or self.personal(person)
        NOW.person(person.name, person.entra_id, person.channel_id, str(more.get("text", "")))
        data: dict[str, Any] = {"tenant": {"id": where.tenant}}
        if where.team_id:
            data |= {"team": {"id": where.team_id}, "channel": {"id": where.channel_id}}
        place = {"id": where.id, "conversationType": where.kind, "tenantId": where.tenant, "isGroup": where.shared}
        return {
            "type": kind,
            "id": f"activity-{next(self._numbers)}",
            "timestamp": self._clock().isoformat(),
            "localTimezone": "Europe/Berlin",
            "serviceUrl": where.service_url,
            "channelId": "msteams",
            "from": {"id": person.channel_id, "name": person.name, "aadObjectId": person.entra_id},
            "recipient": {"id": BOT_ID, "name": BOT_NAME},
            "conversation": place,
            "channelData": data,
            "locale": "en-US",
            **more,
        }

    async def post(self, activity: Any, token: str | None = None, headers: Mapping[str, str] | None = None) -> Response:
        """Posts it, signed unless a token is given ("" for none). `activity` may be bytes."""
        body = activity if isinstance(activity, bytes) else None
        sent = {"Content-Type": "application/json", **(headers or {})}
        if token is None and self.authority is not None:
            token = self.authority.token(self.connector.service_url)
        if token:
            sent["Authorization"] = f"Bearer {token}"
        content: dict[str, Any] = {"data": body} if body is not None else {"json": activity}
        async with self.session.post(f"{self.address}/api/messages", headers=sent, **content) as response:
            text = await response.text()
            NOW.hear("error body" if response.status >= 400 else "message over HTTP", text)
            is_json = response.content_type == "application/json"
            return Response(response.status, await response.json() if is_json else None, text, dict(response.headers))

    async def say(self, text: str, as_person: Person = LEAD, in_conversation: Conversation | None = None) -> list[Sent]:
        """Says it (mentioning the bot where others read along); the messages the bot sent in answer."""
        where = in_conversation or self.personal(as_person)
        activity = self.activity("message", as_person, where, text=text)
        if where.shared:
            mention = f"<at>{BOT_NAME}</at>"
            named = {"type": "mention", "mentioned": {"id": BOT_ID, "name": BOT_NAME}, "text": mention}
            activity |= {"text": f"{mention} {text}", "entities": [named]}
        return await self._answers(activity)

    async def submit(
        self,
        data: Mapping[str, Any],
        as_person: Person = LEAD,
        in_conversation: Conversation | None = None,
        reply_to: str = "m1",
    ) -> list[Sent]:
        """Presses an Action.Submit; the messages the bot sent in answer."""
        return await self._answers(
            self.activity("message", as_person, in_conversation, value=dict(data), replyToId=reply_to)
        )

    async def press(
        self,
        card_action: Mapping[str, Any],
        as_person: Person = LEAD,
        in_conversation: Conversation | None = None,
        *,
        inputs: Mapping[str, Any] | None = None,
        reply_to: str = "m1",
    ) -> Any:
        """Presses an Action.Execute as it stands in a card, with what was filled in; the invoke body."""
        data = {**(card_action.get("data") or {}), **(inputs or {})}
        action = {**card_action, "data": data}
        value = {"action": action, "trigger": "manual"}
        response = await self.invoke("adaptiveCard/action", value, as_person, in_conversation, reply_to=reply_to)
        assert response.status == 200, response
        return response.body

    async def invoke(
        self,
        name: str,
        value: Any,
        as_person: Person = LEAD,
        in_conversation: Conversation | None = None,
        *,
        reply_to: str = "m1",
    ) -> Response:
        """Any invoke; the HTTP answer."""
        return await self.post(
            self.activity("invoke", as_person, in_conversation, name=name, value=value, replyToId=reply_to)
        )

    async def install(self, as_person: Person = LEAD, in_conversation: Conversation | None = None) -> list[Sent]:
        """Installs the bot, announced the way Teams does: twice."""
        update = self.activity("installationUpdate", as_person, in_conversation, action="add")
        members = self.activity("conversationUpdate", as_person, in_conversation, membersAdded=[{"id": BOT_ID}])
        return await self._answers(update) + await self._answers(members, wait=False)

    async def remove(self, as_person: Person = LEAD, in_conversation: Conversation | None = None) -> list[Sent]:
        """Removes the bot."""
        return await self._answers(
            self.activity("installationUpdate", as_person, in_conversation, action="remove"), wait=False
        )

    async def _answers(self, activity: dict[str, Any], *, wait: bool = True) -> list[Sent]:
        before = len(self.connector.messages())
        response = await self.post(activity)
        assert response.status in {200, 202}, response
        if response.status == 202 and wait:
            async with asyncio.timeout(10):
                while len(self.connector.messages()) == before:
                    await asyncio.sleep(0.01)
        return self.connector.messages()[before:]

    def _place(self, name: str, kind: Any, tenant: str, **more: str) -> Conversation:
        return Conversation(name, kind, tenant, self.connector.service_url, bot_id=BOT_ID, bot_name=BOT_NAME, **more)
