"""The listening side with room for so many connections: a flood of them exhausts nothing but itself."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from aiohttp import web

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable


class _Shut(asyncio.Protocol):
    """Closes the connection it is given, at once and without a word."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        if isinstance(transport, asyncio.Transport):
            transport.abort()


class LimitedSite(web.TCPSite):
    """A site for at most `most` connections; `refused` is told of each one that found no room."""

    # The library's own classes have slots.
    __slots__ = ("_most", "_refused")

    def __init__(
        self,
        runner: web.AppRunner,
        host: str,
        port: int,
        *,
        most: int,
        refused: Callable[[], None],
        ssl_context: ssl.SSLContext | None = None,
    ) -> None:
        super().__init__(runner, host, port, ssl_context=ssl_context)
        self._most = most
        self._refused = refused

    async def start(self) -> None:
        """Listen."""
        await web.BaseSite.start(self)
        server = self._runner.server
        assert server is not None  # noqa: S101 - a runner that was set up has one

        def door() -> asyncio.BaseProtocol:
            if len(server.connections) < self._most:
                return server()
            self._refused()
            return _Shut()

        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(
            door, self._host, self._port, ssl=self._ssl_context, backlog=self._backlog
        )
        self._bound_port = self._server.sockets[0].getsockname()[1]
