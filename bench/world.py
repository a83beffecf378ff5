"""The bots' outside world in a process of its own: signing keys, the directory, and a connector.

Usage: python -m bench.world FOLDER (a connector that only counts). Writes FOLDER/world.json when it listens, ends with SIGTERM.
"""

from __future__ import annotations

import asyncio
import json
import signal
import sys
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from aiohttp import web

from tests.fakes.authority import FakeAuthority
from tests.fakes.serving import make_ca, serving

TOKENS = 64


class Connector(Protocol):
    """Whatever stands at the other end."""

    def app(self) -> web.Application:
        """The connector as an application."""
        ...


class CountingConnector:
    """Accepts every message and counts them by the activity they answer."""

    def __init__(self) -> None:
        self.answers: Counter[str] = Counter()

    def app(self) -> web.Application:
        """The connector as an application."""
        app = web.Application()
        app.router.add_post("/teams/v3/conversations/{conversation}/activities/{activity}", self._reply)
        app.router.add_get("/count", self._count)
        return app

    async def _reply(self, request: web.Request) -> web.Response:
        await request.read()
        self.answers[request.match_info["activity"]] += 1
        return web.json_response({"id": "m1"}, status=201)

    async def _count(self, _: web.Request) -> web.Response:
        counts = self.answers.values()
        told = {"messages": sum(counts), "answered": len(counts), "twice": sum(1 for count in counts if count > 1)}
        self.answers.clear()
        return web.json_response(told)


async def main(folder: Path, connector: Connector) -> None:
    ca = make_ca(folder)
    authority = FakeAuthority(lambda: datetime.now(UTC))
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with (
        serving(authority.app(), ca.server()) as authority.address,
        serving(connector.app(), ca.server()) as secure,
        serving(connector.app(), None) as plain,
    ):
        services = {"https": f"{secure}/teams", "http": f"{plain}/teams"}
        told = {
            "authority": authority.address,
            "metadata": authority.metadata,
            "app_id": authority.app_id,
            "ca_file": str(ca.ca_file),
            "services": services,
            "count": f"{plain}/count",
            "plain": plain,
            # Several tokens, as the channel renews its own now and then.
            "tokens": {
                scheme: [authority.token(url, serial=number) for number in range(TOKENS)]
                for scheme, url in services.items()
            },
        }
        ready = folder / "world.json"
        ready.with_suffix(".part").write_text(json.dumps(told))
        ready.with_suffix(".part").rename(ready)
        await stop.wait()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), CountingConnector()))
