"""Pictures of charts for clients that draw none: their addresses, and the one place that draws them when a client asks."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING

from aiohttp import web

from analytics.errors import QuestionError
from cards.depicted import Picture

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.links import Links

PATH = "/pictures/"
PERSONAL, SHARED = "picture", "shared picture"
# Whoever holds the address sees the figures: an hour for anything personal. A post that is read all week may show the
# company's totals for as long.
LIFETIMES = {PERSONAL: 3_600.0, SHARED: 8 * 86_400.0}
KEPT = 500
WAITING = 50


class Pictures:
    """Makes addresses of pictures and answers them. `address` is where clients reach the bot, for instance https://bot.example."""

    def __init__(self, links: Links, address: str) -> None:
        self._links = links
        self._address = address.rstrip("/")
        self._drawn: OrderedDict[str, bytes] = OrderedDict()
        self._under_way: dict[str, asyncio.Future[bytes]] = {}
        # One at a time: the drawing library is not made for several threads, and answers come first.
        self._pool = ThreadPoolExecutor(1, "pictures")

    def address(self, *, totals: bool) -> Callable[[Picture], str]:
        """Gives a picture its address; one of company totals in a shared post lasts longer."""
        return partial(self._seal, SHARED if totals else PERSONAL)

    def _seal(self, kind: str, picture: Picture) -> str:
        return f"{self._address}{PATH}{self._links.seal(kind, picture.packed())}.png"

    async def get(self, request: web.Request) -> web.Response:
        """The picture behind an address; 403 where it was changed or has ended, 503 where too many are waited for."""
        try:
            kind, text = self._links.open(request.match_info["token"])
            picture = Picture.unpacked(text) if kind in LIFETIMES else None
        except QuestionError as error:
            return web.Response(status=403, text=str(error))
        if picture is None:
            return web.Response(status=403, text="This link is not valid.")
        if text not in self._drawn and len(self._under_way) >= WAITING:
            return web.Response(status=503, headers={"Retry-After": "5"})
        drawn = await self._draw(text, picture)
        headers = {"Cache-Control": f"private, max-age={LIFETIMES[kind]:.0f}", "X-Content-Type-Options": "nosniff"}
        return web.Response(body=drawn, content_type="image/png", headers=headers)

    async def _draw(self, text: str, picture: Picture) -> bytes:
        if text in self._drawn:
            self._drawn.move_to_end(text)
            return self._drawn[text]
        if text not in self._under_way:
            task = asyncio.get_running_loop().run_in_executor(self._pool, _draw, picture)
            self._under_way[text] = task
            task.add_done_callback(lambda _: self._under_way.pop(text, None))
        drawn = await asyncio.shield(self._under_way[text])
        self._drawn[text] = drawn
        if len(self._drawn) > KEPT:
            self._drawn.popitem(last=False)
        return drawn

    @property
    def route(self) -> web.RouteDef:
        """Where pictures are fetched."""
        return web.get(PATH + "{token:[A-Za-z0-9_-]+}.png", self.get)

    def close(self) -> None:
        """Draw no more."""
        self._pool.shutdown(wait=False, cancel_futures=True)


def _draw(picture: Picture) -> bytes:
    # Loaded with the first picture: the drawing library takes a second that no start of the bot should wait for.
    from cards.pictures import draw  # noqa: PLC0415

    return draw(picture)
