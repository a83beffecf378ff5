"""Asks Microsoft Graph: pages to their end, patient with throttling, and never with the token at another host."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from datetime import datetime
from typing import Any

import aiohttp

from analytics.errors import DataError
from analytics.retry import seconds_asked

ENDPOINT = "https://graph.microsoft.com/v1.0"
TIMEOUT = aiohttp.ClientTimeout(total=30)
TRIES = 6
LONGEST_WAIT = 300.0
_AGAIN = {429, 500, 502, 503, 504}
_NEXT, _DELTA = "@odata.nextLink", "@odata.deltaLink"

_SAYS = {
    401: "the token was refused; check app id, tenant and credential.",
    403: "the app may not read the directory; grant it the application permission User.Read.All with admin consent.",
}


class Resync(DataError):  # noqa: N818
    """The directory no longer knows where the last reading ended; everything has to be read again."""


class Client:
    """`token` gives an app-only bearer token. `calls` and `retries` count what it took."""

    def __init__(
        self,
        session: aiohttp.ClientSession,
        token: Callable[[], Awaitable[str]],
        *,
        clock: Callable[[], datetime],
        sleep: Callable[[float], Awaitable[object]],
        endpoint: str = ENDPOINT,
    ) -> None:
        self._session = session
        self._token = token
        self._clock = clock
        self._sleep = sleep
        self.endpoint = endpoint.rstrip("/")
        self.calls = 0
        self.retries = 0

    async def get(self, path: str, query: Mapping[str, str] | None = None) -> dict[str, Any]:
        """One reply. `path` is below the endpoint, or a link that Graph gave. Raises DataError, Resync."""
        address = path if "://" in path else f"{self.endpoint}{path}"
        if not address.startswith(f"{self.endpoint}/"):
            raise DataError("The directory gave a link to another host, which was not followed.")
        why = ""
        for attempt in range(TRIES):
            self.calls += 1
            self.retries += attempt > 0
            status, body, wait = await self._once(address, query)
            if status == 200 and (found := _object(body)) is not None:
                return found
            if status not in {0, 200} and status not in _AGAIN:
                raise _refused(status, body)
            why = "it broke off" if status == 0 else "its reply was not JSON" if status == 200 else f"status {status}"
            await self._sleep(min(LONGEST_WAIT, wait if wait is not None else 2.0**attempt))
        raise DataError(f"The directory did not answer {TRIES} times in a row ({why}); try again later.")

    async def pages(self, path: str, query: Mapping[str, str]) -> AsyncIterator[list[dict[str, Any]]]:
        """The entries of every page; DataError where a link leads back to a page read already."""
        seen: set[str] = set()
        reply = await self.get(path, query)
        while True:
            yield _entries(reply)
            link = reply.get(_NEXT)
            if not link:
                return
            if link in seen:
                raise DataError("The directory's pages lead back to themselves; nothing of this reading was used.")
            seen.add(link)
            reply = await self.get(link)

    async def changes(self, link: str) -> tuple[list[dict[str, Any]], str]:
        """Every entry that changed since the link was given, and the next link. Raises DataError, Resync."""
        found: list[dict[str, Any]] = []
        seen: set[str] = set()
        while link not in seen:
            seen.add(link)
            reply = await self.get(link)
            found += _entries(reply)
            if ending := reply.get(_DELTA):
                return found, str(ending)
            link = str(reply.get(_NEXT, ""))
            if not link:
                raise DataError("The directory's changes ended without a link for the next time; try again later.")
        raise DataError("The directory's changes lead back to themselves; nothing of this reading was used.")

    async def _once(self, address: str, query: Mapping[str, str] | None) -> tuple[int, bytes, float | None]:
        """(status, body, seconds to wait if it said so); status 0 where the connection broke or nothing came in time."""
        headers = {"Authorization": f"Bearer {await self._token()}", "Accept": "application/json"}
        try:
            async with self._session.get(
                address, params=query, headers=headers, timeout=TIMEOUT, allow_redirects=False
            ) as reply:
                return reply.status, await reply.read(), seconds_asked(reply.headers.get("Retry-After"), self._clock())
        except (aiohttp.ClientError, TimeoutError):
            return 0, b"", None


def _object(body: bytes) -> dict[str, Any] | None:
    try:
        found = json.loads(body)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def _entries(reply: Mapping[str, Any]) -> list[dict[str, Any]]:
    found = reply.get("value")
    if not isinstance(found, list):
        raise DataError("The directory's reply has no list of users; nothing of this reading was used.")
    return [entry for entry in found if isinstance(entry, dict) and entry.get("id")]


def _refused(status: int, body: bytes) -> DataError:
    told = (_object(body) or {}).get("error")
    code = str(told.get("code", "")) if isinstance(told, dict) else ""
    if status == 410 or code in {"resyncRequired", "syncStateNotFound", "syncStateInvalid"}:
        return Resync("The directory no longer knows where the last reading ended.")
    said = _SAYS.get(status, f"it answered with status {status}{f' ({code})' if code else ''}.")
    return DataError(f"The directory was not read: {said}")
