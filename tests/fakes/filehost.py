"""A fake of the company's SharePoint: gives files under pre-authenticated addresses, as scripted, and counts who asked."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from aiohttp import web

from tests.fakes.serving import serving

if TYPE_CHECKING:
    import ssl
    from collections.abc import AsyncIterator, Mapping


# Pieces of a file without an end, 200 kB each: far more than anybody takes.
ENDLESS = 200


@dataclass(frozen=True)
class Held:
    """One file. `told` replaces its honest length; `delay` is waited halfway; `to` sends the asker elsewhere."""

    content: bytes = b""
    status: int = 200
    to: str = ""
    delay: float = 0.0
    told: int | None = None
    endless: bool = False


class FakeFileHost:
    """Files by name; `asked` are the headers of every request."""

    def __init__(self) -> None:
        self.address = ""
        self.files: dict[str, Held] = {}
        self.asked: list[Mapping[str, str]] = []

    @property
    def host(self) -> str:
        """As the allow-list names it."""
        return self.address.removeprefix("https://")

    def holds(self, name: str, content: bytes = b"", **how: object) -> str:
        """Puts a file there; its address."""
        self.files[name] = Held(content, **how)  # type: ignore[arg-type]
        return f"{self.address}/download/{name}?tempauth=secret"

    def app(self) -> web.Application:
        app = web.Application()
        app.router.add_get("/download/{name}", self._download)
        return app

    async def _download(self, request: web.Request) -> web.StreamResponse:
        self.asked.append(dict(request.headers))
        held = self.files.get(request.match_info["name"], Held(status=404))
        if held.to:
            raise web.HTTPFound(held.to)
        response = web.StreamResponse(status=held.status)
        if held.told is not None:
            response.content_length = held.told
        await response.prepare(request)
        half = len(held.content) // 2
        await response.write(held.content[:half])
        await asyncio.sleep(held.delay)
        await response.write(held.content[half:])
        for _ in range(ENDLESS if held.endless else 0):
            # Writing alone does not always let the loop notice that nobody reads any more.
            await asyncio.sleep(0)
            if request.transport is None or request.transport.is_closing():
                break
            await response.write(b"a,b\n" * 50_000)
        await response.write_eof()
        return response


@asynccontextmanager
async def files_on(context: ssl.SSLContext) -> AsyncIterator[FakeFileHost]:
    """The fake, served over TLS."""
    fake = FakeFileHost()
    async with serving(fake.app(), context) as address:
        fake.address = address
        yield fake
