"""The channel's signing keys: fetched without blocking, kept a day through outages, refetched when a key is rotated."""

from __future__ import annotations

import asyncio
import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import aiohttp
import structlog
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from jwt import PyJWTError
from jwt.algorithms import RSAAlgorithm

if TYPE_CHECKING:
    from bot.events import Clock

log = structlog.get_logger(__name__)

CHANNEL = "msteams"
METADATA = "https://login.botframework.com/v1/.well-known/openidconfiguration"

# Fetched anew after so long, and let go after so long without success: a key that was withdrawn must not count for ever.
FRESH = timedelta(hours=6)
KEEP = timedelta(hours=24)
# Global, not per key id: otherwise anyone could make us fetch once per invented id.
GAP = timedelta(seconds=60)
GAP_WITHOUT_KEYS = timedelta(seconds=5)
FETCH_SECONDS = 5.0
# A request with an unknown key waits this long for a running fetch; the fetch itself goes on.
WAIT_SECONDS = 2.0
MAX_BYTES = 1 << 20


class Keys:
    """Public keys by id, only those endorsed for Teams.

    `metadata` is the OpenID document's address. `session` brings the trust in certificates and is not closed here.
    """

    def __init__(self, session: aiohttp.ClientSession, metadata: str, clock: Clock) -> None:
        self._session = session
        self._metadata = metadata
        self._clock = clock
        self._keys: dict[str, RSAPublicKey] = {}
        self._loaded = self._tried = clock() - KEEP
        self._fetch: asyncio.Task[None] | None = None

    @property
    def ready(self) -> bool:
        """Whether any key is at hand."""
        return bool(self._kept())

    def known(self, kid: str) -> RSAPublicKey | None:
        """The key if it is at hand, without asking anyone."""
        return self._kept().get(kid)

    async def get(self, kid: str) -> RSAPublicKey | None:
        """The key with this id, or None where the channel has no such key for Teams."""
        key = self.known(kid)
        if key is not None:
            if self._clock() - self._loaded >= FRESH and self._may_fetch():
                self._start()
            return key
        if self._may_fetch():
            self._start()
        if self._fetch is not None:
            await asyncio.wait({self._fetch}, timeout=WAIT_SECONDS)
        return self.known(kid)

    async def load(self) -> bool:
        """Fetch now if nothing is at hand; whether there are keys afterwards. For the start and for readiness."""
        if not self.ready and self._may_fetch():
            self._start()
        if self._fetch is not None:
            await asyncio.wait({self._fetch}, timeout=WAIT_SECONDS)
        return self.ready

    async def close(self) -> None:
        """End a running fetch."""
        if self._fetch is not None:
            self._fetch.cancel()
            await asyncio.wait({self._fetch})

    def _kept(self) -> dict[str, RSAPublicKey]:
        if self._keys and self._clock() - self._loaded >= KEEP:
            log.error("signing_keys_too_old")
            self._keys = {}
        return self._keys

    def _may_fetch(self) -> bool:
        gap = GAP if self.ready else GAP_WITHOUT_KEYS
        return self._fetch is None and self._clock() - self._tried >= gap

    def _start(self) -> None:
        self._tried = self._clock()
        self._fetch = asyncio.create_task(self._refresh())
        self._fetch.add_done_callback(self._ended)

    def _ended(self, _: asyncio.Task[None]) -> None:
        self._fetch = None

    async def _refresh(self) -> None:
        try:
            async with asyncio.timeout(FETCH_SECONDS):
                address = _address(await self._json(self._metadata))
                keys = _endorsed(await self._json(address))
        except (aiohttp.ClientError, OSError, TimeoutError, ValueError, RecursionError) as problem:
            log.warning("signing_keys_not_fetched", problem=type(problem).__name__, kept=len(self._keys))
            return
        if keys:
            self._keys, self._loaded = keys, self._clock()
        log.info("signing_keys_fetched", keys=len(keys))

    async def _json(self, address: str) -> dict[str, Any]:
        async with self._session.get(address, allow_redirects=False) as response:
            if response.status != 200:
                raise ValueError(f"answered {response.status}")
            body = await response.content.read(MAX_BYTES)
            while len(body) < MAX_BYTES and (more := await response.content.read(MAX_BYTES - len(body))):
                body += more
        document = json.loads(body)
        if not isinstance(document, dict):
            raise ValueError("not an object")  # noqa: TRY004 - one family of problems, one except above
        return document


def _address(document: dict[str, Any]) -> str:
    address = document.get("jwks_uri")
    if not isinstance(address, str) or not address.startswith("https://"):
        raise ValueError("the metadata names no https address for its keys")
    return address


def _endorsed(document: dict[str, Any]) -> dict[str, RSAPublicKey]:
    """Only RSA keys of at least 2,048 bits that carry an id and are endorsed for Teams."""
    listed = document.get("keys")
    found: dict[str, RSAPublicKey] = {}
    for entry in listed if isinstance(listed, list) else ():
        if not isinstance(entry, dict) or entry.get("kty") != "RSA" or not isinstance(entry.get("kid"), str):
            continue
        endorsements = entry.get("endorsements")
        if not isinstance(endorsements, list) or CHANNEL not in endorsements:
            continue
        try:
            key = RSAAlgorithm.from_jwk(json.dumps(entry))
        except (PyJWTError, ValueError, TypeError, KeyError):
            continue
        if isinstance(key, RSAPublicKey) and key.key_size >= 2048:
            found[entry["kid"]] = key
    return found
