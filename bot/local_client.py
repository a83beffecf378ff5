"""A client for one machine: says something to a local bot over HTTP, as Teams would, and catches what it answers."""

from __future__ import annotations

import asyncio
import itertools
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from aiohttp import ClientSession, ClientTimeout, web

from bot.settings import SAMPLE_TENANT

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bot.events import Clock
    from bot.sample_people import SamplePerson

ANSWER_SECONDS = 30.0
BOT = {"id": "28:freelance-insights", "name": "Freelance Insights"}


class LocalClient:
    """One conversation partner of a local bot: it answers the bot's own calls on a loopback port."""

    def __init__(self, session: ClientSession, bot: str, clock: Clock) -> None:
        self._session = session
        self._bot = bot
        self._service_url = ""
        self._clock = clock
        self._numbers = itertools.count(1)
        self._answers: asyncio.Queue[dict[str, Any]] = asyncio.Queue()

    def listen_at(self, port: int) -> None:
        """Tell the bot to answer at this loopback port."""
        self._service_url = f"http://127.0.0.1:{port}/"

    async def ask(self, text: str, person: SamplePerson) -> dict[str, Any]:
        """Say it in this person's personal chat; the activity the bot answered with. Raises TimeoutError, ConnectionError."""
        async with self._session.post(f"{self._bot}/api/messages", json=self._message(text, person)) as response:
            if response.status >= 300:
                raise ConnectionError(f"The bot answered {response.status}: {await response.text()}")
        async with asyncio.timeout(ANSWER_SECONDS):
            while (answer := await self._answers.get()).get("type") != "message":
                pass
        return answer

    def _message(self, text: str, person: SamplePerson) -> dict[str, Any]:
        return {
            "type": "message",
            "id": f"local-{next(self._numbers)}-{self._clock().timestamp():.6f}",
            "text": text,
            "timestamp": self._clock().isoformat(),
            "channelId": "msteams",
            "serviceUrl": self._service_url,
            "from": {"id": f"29:{person.key}", "name": person.name, "aadObjectId": person.entra_id},
            "recipient": BOT,
            "conversation": {"id": f"a:{person.key}", "conversationType": "personal", "tenantId": SAMPLE_TENANT},
            "channelData": {"tenant": {"id": SAMPLE_TENANT}},
            "locale": "en-US",
        }

    async def take(self, request: web.Request) -> web.Response:
        """The bot's own call to the connector."""
        await self._answers.put(await request.json())
        return web.json_response({"id": f"answer-{next(self._numbers)}"}, status=201)


@asynccontextmanager
async def local_client(bot: str, clock: Clock) -> AsyncIterator[LocalClient]:
    """A client for the bot at this address, on a free loopback port, closed at the end."""
    async with ClientSession(timeout=ClientTimeout(total=ANSWER_SECONDS)) as session:
        app = web.Application()
        runner = web.AppRunner(app, access_log=None)
        client = LocalClient(session, bot, clock)
        app.router.add_route("*", "/{rest:v3/.*}", client.take)
        await runner.setup()
        try:
            site = web.TCPSite(runner, "127.0.0.1", 0)
            await site.start()
            client.listen_at(runner.addresses[0][1])
            yield client
        finally:
            await runner.cleanup()
