"""Tokens of Upwork: fetched once, kept until they are nearly over, renewed by one at a time, stored before they are used."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import aiohttp

from analytics.errors import DataError
from analytics.sources.source import Vault
from analytics.sources.upwork.limiter import Clock

AUTHORIZE = "https://www.upwork.com/ab/account-security/oauth2/authorize"
TOKEN = "https://www.upwork.com/api/v3/oauth2/token"  # noqa: S105 - an address
USER_AGENT = "freelance-insights/1 (read-only analytics)"

_RENEW_BEFORE = 300.0
_DEFAULT_LIFE = 3_600.0
_TIMEOUT = 30.0


@dataclass(frozen=True, slots=True)
class Key:
    """An API key. Without `service` tokens come from a person who agreed; with it the key stands for itself."""

    client_id: str
    client_secret: str
    service: bool = False
    token_url: str = TOKEN
    authorize_url: str = AUTHORIZE
    redirect_url: str = ""
    proxy: str | None = None


class Tokens:
    """The tokens of one key. `name` is where the vault keeps them."""

    def __init__(self, session: aiohttp.ClientSession, key: Key, vault: Vault, name: str, clock: Clock) -> None:
        self._session = session
        self._key = key
        self._vault = vault
        self._name = name
        self._clock = clock
        self._lock = asyncio.Lock()
        self._kept: Mapping[str, Any] | None = None

    def where_to_agree(self, state: str) -> str:
        """The page on which a person agrees; `state` comes back with the code."""
        asked = {"response_type": "code", "client_id": self._key.client_id, "redirect_uri": self._key.redirect_url}
        return f"{self._key.authorize_url}?{urlencode(asked | {'state': state})}"

    async def agreed(self, code: str) -> None:
        """Turn the code of that page into tokens and keep them. Raises DataError."""
        async with self._lock:
            await self._ask({"grant_type": "authorization_code", "code": code, "redirect_uri": self._key.redirect_url})

    async def token(self) -> str:
        """A token that is valid for some minutes more. Raises DataError."""
        async with self._lock:
            kept = self._kept = self._kept or await self._vault.get(self._name) or {}
            if float(kept.get("ends", 0)) - _RENEW_BEFORE <= self._clock().timestamp():
                kept = await self._renew()
            return str(kept["access_token"])

    async def renew(self, old: str) -> str:
        """A token other than `old`, which was refused. Raises DataError."""
        async with self._lock:
            if self._kept and self._kept["access_token"] != old:
                return str(self._kept["access_token"])
            return str((await self._renew())["access_token"])

    async def _renew(self) -> Mapping[str, Any]:
        if self._key.service:
            return await self._ask({"grant_type": "client_credentials"})
        # Another process may have renewed since; the older refresh token would be refused, and with it the whole agreement.
        kept = await self._vault.get(self._name) or {}
        fresh = float(kept.get("ends", 0)) - _RENEW_BEFORE > self._clock().timestamp()
        if fresh and kept.get("access_token") != (self._kept or {}).get("access_token"):
            self._kept = kept
            return kept
        if not kept.get("refresh_token"):
            raise DataError("Upwork is not connected yet: run `python app.py connect`, then sync again.")
        return await self._ask({"grant_type": "refresh_token", "refresh_token": kept["refresh_token"]}, kept)

    async def _ask(self, form: Mapping[str, str], kept: Mapping[str, Any] | None = None) -> Mapping[str, Any]:
        asked = self._clock().timestamp()
        answer = await self._post({**form, "client_id": self._key.client_id, "client_secret": self._key.client_secret})
        token = answer.get("access_token")
        if not isinstance(token, str) or not token:
            said = str(answer.get("error", "no token in the answer"))[:60]
            raise DataError(
                f"Upwork gave no token ({said}). Check client id and secret; where they are right, run "
                "`python app.py connect` again. The data in use stays as it was."
            )
        refresh = answer.get("refresh_token") or (kept or {}).get("refresh_token", "")
        new = {"access_token": token, "refresh_token": refresh, "ends": asked + _life(answer.get("expires_in"))}
        # Before anything uses the new pair: the old one is worth nothing any more.
        await self._vault.put(self._name, new)
        self._kept = new
        return new

    async def _post(self, form: Mapping[str, str]) -> dict[str, Any]:
        try:
            async with self._session.post(
                self._key.token_url,
                data=form,
                headers={"User-Agent": USER_AGENT, "Accept": "application/json"},
                allow_redirects=False,
                proxy=self._key.proxy,
                timeout=aiohttp.ClientTimeout(total=_TIMEOUT),
            ) as answer:
                body = await answer.read()
                status = answer.status
        except (aiohttp.ClientError, TimeoutError) as problem:
            raise DataError(
                f"Upwork's token page does not answer ({type(problem).__name__}). Sync again later."
            ) from None
        try:
            read = json.loads(body)
        except ValueError:
            read = {"error": f"status {status}"}
        return read if isinstance(read, dict) else {}


def _life(said: object) -> float:
    """Seconds a token lives; the platform writes the number as text, and may leave it out."""
    try:
        return max(float(str(said)), 0.0)
    except ValueError:
        return _DEFAULT_LIFE
