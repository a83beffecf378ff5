"""Asks Upwork one question at a time: reads only, at a fair pace, patient with faults, without what a key may not read."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import aiohttp

from analytics.errors import DataError
from analytics.retry import seconds_asked
from analytics.sources.upwork.documents import DOCUMENTS, TYPES, Document
from analytics.sources.upwork.guard import must_only_read
from analytics.sources.upwork.limiter import Clock, Limiter, Limits, Sleep
from analytics.sources.upwork.oauth import USER_AGENT, Tokens
from analytics.sources.upwork.selection import Refused, Selection, parse, render, without

ENDPOINT = "https://api.upwork.com/graphql"

_SCOPES = re.compile(r"permissions/scopes to access:?\s*\[([^\]]*)\]")
_FIELD = re.compile(r"\w+(\.\w+)?")
_MOST_BYTES = 64 << 20
_SELDOM = {429, 500, 502, 503, 504}


class Wrong(DataError):  # noqa: N818
    """Upwork understood the question and did not like it: an argument, most likely."""


@dataclass(frozen=True, slots=True)
class Where:
    """Address, tenant, and the proxy to go through if any."""

    organization: str
    endpoint: str = ENDPOINT
    proxy: str | None = None


@dataclass(slots=True)
class Tally:
    """What it took so far: requests sent, repetitions among them, refused Type.field -> tables they feed.

    `counted`: document -> the total the platform named.
    """

    calls: int = 0
    retries: int = 0
    refused: dict[str, tuple[str, ...]] = field(default_factory=dict)
    counted: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Answer:
    status: int | Literal["lost"]
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    why: str = ""


class Client:
    """One key at one organization. `chance` gives numbers in [0, 1) for the jitter."""

    def __init__(
        self,
        session: aiohttp.ClientSession,
        where: Where,
        tokens: Tokens,
        *,
        limits: Limits,
        limiter: Limiter,
        clock: Clock,
        sleep: Sleep,
        chance: Callable[[], float],
    ) -> None:
        self._session = session
        self._where = where
        self._tokens = tokens
        self._limits = limits
        self._limiter = limiter
        self._clock = clock
        self._sleep = sleep
        self._chance = chance
        self._asked: dict[str, Selection] = {one.name: parse(one.text) for one in DOCUMENTS}
        self.tally = Tally()

    async def ask(self, document: Document, variables: Mapping[str, Any]) -> dict[str, Any]:
        """The `data` of the answer. Raises Refused without a needed scope, Wrong on a bad argument, DataError else."""
        while True:
            answer = await self._patiently(document, variables)
            problems = [
                str(one.get("message", one)) if isinstance(one, dict) else str(one)
                for one in answer.get("errors") or ()
            ]
            refused = tuple(name for problem in problems for name in _refused(problem))
            if refused:
                self._leave_out(document, refused)
            elif problems:
                raise Wrong(f"Upwork refused to read {document.name}: {problems[0][:300]}")
            elif isinstance(answer.get("data"), dict):
                data: dict[str, Any] = answer["data"]
                return data
            else:
                raise DataError(f"Upwork's answer about {document.name} holds no data.")

    def _leave_out(self, document: Document, refused: tuple[str, ...]) -> None:
        """Take the refused fields out of this and every later question, and remember them."""
        if needed := tuple(name for name in refused if name in document.needs):
            raise Refused(document.name, needed)
        smaller = self._asked[document.name]
        for name in refused:
            smaller = without(smaller, name, TYPES)
        if smaller == self._asked[document.name]:
            raise DataError(f"Upwork refuses {', '.join(refused)} of {document.name}, which was not asked for.")
        self._asked[document.name] = smaller
        for name in refused:
            self.tally.refused[name] = tuple(dict.fromkeys((*self.tally.refused.get(name, ()), *document.feeds)))

    async def _patiently(self, document: Document, variables: Mapping[str, Any]) -> dict[str, Any]:
        """The JSON of an answer with status 200; what may pass is tried again, waiting longer each time."""
        renewed = False
        for attempt in range(1, self._limits.attempts + 1):
            token = await self._tokens.token()
            answer = await self._send(render(self._asked[document.name]), variables, token)
            if answer.status == 200 and (read := _json(answer.body)) is not None and not _passing(read):
                return read
            if answer.status == 401 and not renewed:
                renewed = True
                await self._tokens.renew(token)
            elif answer.status in {200, "lost"} or answer.status in _SELDOM:
                await self._wait(document, answer, attempt)
            else:
                raise DataError(_final(document, answer))
            self.tally.retries += 1
        raise DataError(f"{_final(document, answer)} Tried {self._limits.attempts} times.")

    async def _wait(self, document: Document, answer: _Answer, attempt: int) -> None:
        asked = seconds_asked(answer.headers.get("Retry-After"), self._clock()) or 0.0
        if asked > self._limits.longest_wait:
            raise DataError(
                f"Upwork asks to wait {asked:,.0f} seconds before {document.name} may be read. Sync again after that."
            )
        if attempt < self._limits.attempts:
            backoff = min(2.0 ** (attempt - 1), self._limits.longest_wait)
            await self._sleep(max(asked, backoff * (0.5 + self._chance() / 2)) + asked * 0.1 * self._chance())

    async def _send(self, document: str, variables: Mapping[str, Any], token: str) -> _Answer:
        """One request. Everything that leaves for Upwork's data leaves here, and only after the guard has read it."""
        must_only_read(document)
        await self._limiter.turn()
        self.tally.calls += 1
        headers = {
            "Authorization": f"Bearer {token}",
            "X-Upwork-API-TenantId": self._where.organization,
            "User-Agent": USER_AGENT,
            "Accept": "application/json",
        }
        try:
            async with self._session.post(
                self._where.endpoint,
                json={"query": document, "variables": dict(variables)},
                headers=headers,
                allow_redirects=False,
                proxy=self._where.proxy,
                timeout=aiohttp.ClientTimeout(total=self._limits.timeout),
            ) as answer:
                body = await _read(answer)
                return _Answer(answer.status, body, answer.headers)
        except (aiohttp.ClientError, TimeoutError) as problem:
            return _Answer("lost", why=type(problem).__name__)


async def _read(answer: aiohttp.ClientResponse) -> bytes:
    body = bytearray()
    async for chunk in answer.content.iter_chunked(1 << 16):
        body += chunk
        if len(body) > _MOST_BYTES:
            raise DataError(f"Upwork's answer is longer than {_MOST_BYTES >> 20} MB; it was not read.")
    return bytes(body)


def _json(body: bytes) -> dict[str, Any] | None:
    try:
        read = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return read if isinstance(read, dict) else None


def _passing(read: Mapping[str, Any]) -> bool:
    """Whether an answer tells of a fault on the far side that may be over in a moment."""
    said = [str(one.get("message", "")) if isinstance(one, dict) else str(one) for one in read.get("errors") or ()]
    return any(re.search(r"(?i)internal|timed? ?out|unavailable|try again|too many requests", one) for one in said)


def _refused(problem: str) -> list[str]:
    match = _SCOPES.search(problem)
    return [name.strip() for name in match[1].split(",") if _FIELD.fullmatch(name.strip())] if match else []


def _final(document: Document, answer: _Answer) -> str:
    told = f"Upwork did not give {document.name}: "
    if answer.status == "lost":
        return f"{told}no answer ({answer.why})."
    if b"<html" in answer.body[:500].lower() and answer.status in {200, 403, 503}:
        return f"{told}a web page came instead (status {answer.status}); this machine's address may be blocked, try a proxy."
    if answer.status == 401:
        return f"{told}the token is refused. Run `python app.py connect` again."
    if answer.status == 200:
        return f"{told}the answer cannot be read, or tells of a fault on their side."
    return f"{told}status {answer.status}."
