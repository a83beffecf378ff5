"""The load test's outside world in a process of its own: its connector keeps what each message was answered, and when.

Usage: python -m bench.load_world FOLDER
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from pathlib import Path

from aiohttp import web

from bench.world import main


class KeepingConnector:
    """Accepts every message after a while, and keeps the words of its card and the moment by the activity it answers."""

    def __init__(self) -> None:
        self.delay = 0.0
        self.answers: list[tuple[str, float, str]] = []
        self.typing = 0

    def app(self) -> web.Application:
        """The connector as an application, with two addresses more for whoever measures."""
        app = web.Application(client_max_size=1 << 20)
        base = "/teams/v3/conversations/{conversation}/activities"
        app.router.add_post(base, self._take)
        app.router.add_route("*", base + "/{activity}", self._take)
        app.router.add_post("/begin", self._begin)
        app.router.add_get("/answers", self._told)
        return app

    async def _take(self, request: web.Request) -> web.Response:
        body = json.loads(await request.read())
        at = time.monotonic()
        if self.delay:
            await asyncio.sleep(self.delay)
        if body.get("type") == "typing":
            self.typing += 1
        else:
            card = (body.get("attachments") or [{}])[0].get("content", {})
            said = str(card.get("fallbackText") or body.get("text") or "")
            self.answers.append((request.match_info.get("activity", ""), at, said))
        return web.json_response({"id": f"m{len(self.answers)}"}, status=201)

    async def _begin(self, request: web.Request) -> web.Response:
        self.delay = float(request.query["delay"])
        self.answers, self.typing = [], 0
        return web.Response()

    async def _told(self, _: web.Request) -> web.Response:
        return web.json_response({"answers": self.answers, "typing": self.typing})


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), KeepingConnector()))
