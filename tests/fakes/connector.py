"""A fake Bot Connector: keeps a ledger of every request, answers as scripted, otherwise as Teams does."""

from __future__ import annotations

import asyncio
import json
import time
from collections import deque
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from aiohttp import web

from tests.canaries import NOW
from tests.fakes.serving import serving

if TYPE_CHECKING:
    import ssl
    from collections.abc import AsyncIterator, Mapping


@dataclass(frozen=True)
class Sent:
    """One request as it came in. `at` are seconds on a clock that never goes back."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: Any
    conversation: str
    activity: str
    at: float
    answered: int = 0

    @property
    def text(self) -> str:
        return self.body.get("text", "") if isinstance(self.body, dict) else ""

    @property
    def card(self) -> Any:
        """The first card in it, or None."""
        attachments = self.body.get("attachments", []) if isinstance(self.body, dict) else []
        return attachments[0]["content"] if attachments else None

    @property
    def type(self) -> str:
        return self.body.get("type", "") if isinstance(self.body, dict) else ""


@dataclass(frozen=True)
class Script:
    """One answer to come. `fault`: "drop" takes the message and closes the connection without a word."""

    status: int = 201
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    delay: float = 0.0
    fault: str = ""


class FakeConnector:
    """Answers are taken from `script` first, then from what Teams would say."""

    def __init__(self) -> None:
        self.address = ""
        self.ledger: list[Sent] = []
        self.script: deque[Script] = deque()
        self.members: dict[str, list[dict[str, Any]]] = {}
        self.delay = 0.0
        self._made = 0

    @property
    def service_url(self) -> str:
        return f"{self.address}/teams"

    @property
    def host(self) -> str:
        """As the allow-list names it."""
        return self.address.removeprefix("https://")

    def will(self, *scripts: Script) -> None:
        """The next answers, in order."""
        self.script.extend(scripts)

    def messages(self, conversation: str = "") -> list[Sent]:
        """Messages posted or updated, in order, without typing signs; accepted or not."""
        return [
            one
            for one in self.ledger
            if one.type == "message"
            and one.method in {"POST", "PUT"}
            and (not conversation or one.conversation == conversation)
        ]

    def app(self) -> web.Application:
        app = web.Application(client_max_size=1 << 22)
        base = "/teams/v3"
        app.router.add_post(base + "/conversations", self._create)
        app.router.add_post(base + "/conversations/{conversation}/activities", self._activity)
        app.router.add_route("*", base + "/conversations/{conversation}/activities/{activity}", self._activity)
        app.router.add_get(base + "/conversations/{conversation}/members/{member}", self._member)
        app.router.add_get(base + "/conversations/{conversation}/pagedmembers", self._members)
        app.router.add_get(base + "/teams/{team}", self._team)
        app.router.add_get(base + "/teams/{team}/conversations", self._channels)
        return app

    async def _note(self, request: web.Request) -> tuple[Script | None, Any]:
        text = await request.text()
        NOW.hear("message sent", text)
        body = json.loads(text) if text else None
        script = self.script.popleft() if self.script else None
        self.ledger.append(
            Sent(
                method=request.method,
                path=request.raw_path,
                query=dict(request.query),
                headers=dict(request.headers),
                body=body,
                conversation=request.match_info.get("conversation", ""),
                activity=request.match_info.get("activity", ""),
                at=time.monotonic(),
                answered=script.status if script else 200,
            )
        )
        if (delay := script.delay if script else self.delay) > 0:
            await asyncio.sleep(delay)
        if script and script.fault == "drop" and request.transport:
            request.transport.close()
        return script, body

    def _say(self, script: Script | None, usual: Any, status: int = 200) -> web.Response:
        if script is None:
            return web.json_response(usual, status=status)
        body = (
            script.body
            if script.body is not None
            else (usual if script.status < 300 else {"error": {"code": "Scripted"}})
        )
        return web.json_response(body, status=script.status, headers=dict(script.headers))

    async def _activity(self, request: web.Request) -> web.Response:
        script, _ = await self._note(request)
        if request.method == "PUT":
            return self._say(script, {"id": request.match_info["activity"]})
        self._made += 1
        return self._say(script, {"id": f"m{self._made}"}, 201)

    async def _create(self, request: web.Request) -> web.Response:
        script, body = await self._note(request)
        self._made += 1
        channel = body.get("channelData", {}).get("channel", {}).get("id") if body else None
        told = {"id": f"{channel};messageid={self._made}" if channel else f"a:new-{self._made}"}
        if body and "activity" in body:
            told["activityId"] = f"m{self._made}"
        return self._say(script, told, 201)

    async def _member(self, request: web.Request) -> web.Response:
        script, _ = await self._note(request)
        wanted = request.match_info["member"]
        listed = self.members.get(request.match_info["conversation"], [])
        found = next((one for one in listed if wanted in {one.get("id"), one.get("aadObjectId")}), None)
        return self._say(script, found or {"error": {"code": "NotFound"}}, 200 if found else 404)

    async def _members(self, request: web.Request) -> web.Response:
        script, _ = await self._note(request)
        listed = self.members.get(request.match_info["conversation"], [])
        size, start = int(request.query["pageSize"]), int(request.query.get("continuationToken", "0"))
        page: dict[str, Any] = {"members": listed[start : start + size]}
        if start + size < len(listed):
            page["continuationToken"] = str(start + size)
        return self._say(script, page)

    async def _team(self, request: web.Request) -> web.Response:
        script, _ = await self._note(request)
        return self._say(script, {"id": request.match_info["team"], "name": "A team"})

    async def _channels(self, request: web.Request) -> web.Response:
        script, _ = await self._note(request)
        return self._say(script, {"conversations": [{"id": "19:general@thread.tacv2", "name": None}]})


@asynccontextmanager
async def connector_on(context: ssl.SSLContext | None) -> AsyncIterator[FakeConnector]:
    """The fake, served."""
    fake = FakeConnector()
    async with serving(fake.app(), context) as address:
        fake.address = address
        yield fake
