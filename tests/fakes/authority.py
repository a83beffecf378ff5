"""A fake of both Microsoft authorities: the channel's signing keys, and the directory that issues the bot's own tokens."""

from __future__ import annotations

import asyncio
import json
from contextlib import asynccontextmanager
from functools import cache
from typing import TYPE_CHECKING, Any

import jwt
from aiohttp import web
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

from tests.canaries import NOW
from tests.fakes.serving import serving

if TYPE_CHECKING:
    import ssl
    from collections.abc import AsyncIterator, Callable
    from datetime import datetime

ISSUER = "https://api.botframework.com"
APP_ID = "22222222-2222-2222-2222-222222222222"


@cache
def signing_key(name: str) -> rsa.RSAPrivateKey:
    """A real RSA key by name, made once in a run: they are slow to make."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


class FakeAuthority:
    """What it publishes can be changed at any time; what it is asked is counted."""

    def __init__(self, clock: Callable[[], datetime], app_id: str = APP_ID) -> None:
        self.address = ""
        self.app_id = app_id
        self.clock = clock
        self.published: dict[str, dict[str, Any]] = {}
        self.delay = 0.0
        self.status = 200
        self.key_fetches = 0
        self.tokens_issued = 0
        self.token_status = 200
        self.token_delay = 0.0
        self.token_seconds = 3600
        self.token_requests: list[dict[str, str]] = []
        self.publish("k1")

    @property
    def metadata(self) -> str:
        return f"{self.address}/v1/.well-known/openidconfiguration"

    def publish(self, kid: str, *, key: str = "", endorsements: list[str] | None = None, **changes: Any) -> None:
        """Adds the key named `key` (or like its id) under the id `kid`."""
        shown = json.loads(RSAAlgorithm.to_jwk(signing_key(key or kid).public_key()))
        endorsed = ["msteams"] if endorsements is None else endorsements
        self.published[kid] = {**shown, "kid": kid, "use": "sig", "endorsements": endorsed, **changes}

    def rotate(self, kid: str) -> None:
        """From now on only this key."""
        self.published.clear()
        self.publish(kid)

    def claims(self, service_url: str, **changes: Any) -> dict[str, Any]:
        """What a good token says; a change of None leaves that claim out."""
        now = int(self.clock().timestamp())
        good = {"iss": ISSUER, "aud": self.app_id, "nbf": now - 60, "exp": now + 3600, "serviceurl": service_url}
        return {name: value for name, value in {**good, **changes}.items() if value is not None}

    def token(self, service_url: str, *, kid: str | None = "k1", key: str = "", **changes: Any) -> str:
        """A token as the channel sends it, signed with the real key."""
        headers = {"kid": kid} if kid else {}
        made = jwt.encode(self.claims(service_url, **changes), signing_key(key or kid or "k1"), "RS256", headers)
        NOW.secret(made.rpartition(".")[2], "the signature of a token of the channel")
        NOW.secret(made.split(".")[1], "the content of a token of the channel")
        return made

    def app(self) -> web.Application:
        app = web.Application()
        app.router.add_get("/v1/.well-known/openidconfiguration", self._metadata)
        app.router.add_get("/v1/keys", self._keys)
        app.router.add_get("/{tenant}/v2.0/.well-known/openid-configuration", self._directory)
        app.router.add_post("/{tenant}/oauth2/v2.0/token", self._token)
        return app

    async def _metadata(self, _: web.Request) -> web.Response:
        self.key_fetches += 1
        await asyncio.sleep(self.delay)
        return web.json_response({"issuer": ISSUER, "jwks_uri": f"{self.address}/v1/keys"}, status=self.status)

    async def _keys(self, _: web.Request) -> web.Response:
        return web.json_response({"keys": list(self.published.values())})

    async def _directory(self, request: web.Request) -> web.Response:
        tenant = request.match_info["tenant"]
        base = f"{self.address}/{tenant}"
        return web.json_response(
            {
                "issuer": f"{base}/v2.0",
                "authorization_endpoint": f"{base}/oauth2/v2.0/authorize",
                "token_endpoint": f"{base}/oauth2/v2.0/token",
            }
        )

    async def _token(self, request: web.Request) -> web.Response:
        form = await request.post()
        self.token_requests.append({name: str(value) for name, value in form.items()})
        await asyncio.sleep(self.token_delay)
        if self.token_status != 200:
            NOW.secret("secret-canary", "what the directory says of a wrong secret")
            told = {"error": "invalid_client", "error_description": "AADSTS7000215: secret-canary is wrong"}
            return web.json_response(told, status=self.token_status)
        self.tokens_issued += 1
        token = f"bot-token-{self.tokens_issued}"
        NOW.secret(token, "a token of the bot")
        return web.json_response({"token_type": "Bearer", "expires_in": self.token_seconds, "access_token": token})


@asynccontextmanager
async def authority_on(clock: Callable[[], datetime], context: ssl.SSLContext) -> AsyncIterator[FakeAuthority]:
    """The fake, served."""
    fake = FakeAuthority(clock)
    async with serving(fake.app(), context) as address:
        fake.address = address
        yield fake
