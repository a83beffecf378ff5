"""The checks every request passes before anything happens: its form, its token, its address, its tenant."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Protocol

import jwt

from bot.delivery.activity import tenant_of
from bot.delivery.body import Refused, parse

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aiohttp import web

    from bot.delivery.keys import Keys
    from bot.events import Clock

ISSUER = "https://api.botframework.com"
CHANNEL = "msteams"
LEEWAY_SECONDS = 300

_SERVICE_URL = re.compile(r"https://([a-z0-9.-]+(?::[0-9]{1,5})?)(?:/[A-Za-z0-9._~/-]*)?")
_LOCAL_URL = re.compile(r"http://(?:localhost|127\.0\.0\.1|\[::1\])(?::[0-9]{1,5})?(?:/[A-Za-z0-9._~/-]*)?")
_LOCAL_HOST = re.compile(r"(?:localhost|127\.0\.0\.1|\[::1\])(?::[0-9]{1,5})?")


class Gate(Protocol):
    """Lets an activity in, or raises Refused."""

    async def admit(self, request: web.Request) -> dict[str, Any]:
        """The activity's JSON, every check passed."""
        ...


@dataclass(frozen=True, slots=True)
class Verified:
    """What a token with a good signature says. `starts` and `ends` are seconds since 1970."""

    kid: str
    service_url: str
    starts: float
    ends: float


def service_host(address: str) -> str:
    """The host (with its port, where one is named) of an https address in plain form; empty for anything else.

    The pattern leaves no room for user names, escapes, backslashes or look-alikes: what is checked is what is called.
    """
    match = _SERVICE_URL.fullmatch(address)
    return match.group(1) if match else ""


def is_loopback(address: str) -> bool:
    """Whether this is a plain http address on this machine."""
    return _LOCAL_URL.fullmatch(address) is not None


class Signatures:
    """Tokens, verified once. A good signature is remembered by the token's hash until it expires.

    Remembered is only what the token itself says. Whether its time has come or is over, whether its key still stands,
    and whether it belongs to this very request is asked every time.
    """

    def __init__(self, keys: Keys, app_id: str, clock: Clock, keep: int = 2_000) -> None:
        self._keys = keys
        self._app_id = app_id
        self._clock = clock
        self._keep = keep
        self._seen: dict[bytes, Verified] = {}

    async def verify(self, token: str) -> Verified:
        """What the token says. Raises Refused(401)."""
        mark = sha256(token.encode("utf-8", "surrogateescape")).digest()
        verified = self._seen.get(mark)
        if verified is None or self._keys.known(verified.kid) is None:
            verified = await self._check(token)
            self._remember(mark, verified)
        now = self._clock().timestamp()
        if verified.ends + LEEWAY_SECONDS <= now:
            raise Refused(401, "token expired")
        if verified.starts - LEEWAY_SECONDS > now:
            raise Refused(401, "token not yet valid")
        return verified

    def _remember(self, mark: bytes, verified: Verified) -> None:
        if len(self._seen) >= self._keep:
            now = self._clock().timestamp()
            self._seen = {mark: old for mark, old in self._seen.items() if old.ends + LEEWAY_SECONDS > now}
            if len(self._seen) >= self._keep:
                self._seen.clear()
        self._seen[mark] = verified

    async def _check(self, token: str) -> Verified:
        try:
            header = jwt.get_unverified_header(token)
            kid = header.get("kid")
            if header.get("alg") != "RS256" or not isinstance(kid, str):
                raise Refused(401, "algorithm or key id")
            key = await self._keys.get(kid)
            if key is None:
                raise Refused(401, "unknown signing key")
            # Times are checked against our own clock, on every request.
            claims = jwt.decode(
                token,
                key,
                algorithms=["RS256"],
                audience=self._app_id,
                issuer=ISSUER,
                options={
                    "require": ["exp", "iss", "aud"],
                    "verify_exp": False,
                    "verify_nbf": False,
                    "verify_iat": False,
                },
            )
        except (jwt.PyJWTError, ValueError, TypeError, RecursionError) as problem:
            raise Refused(401, f"token: {type(problem).__name__}") from None
        return _verified(kid, claims)


def _verified(kid: str, claims: Mapping[str, Any]) -> Verified:
    address = claims.get("serviceurl")
    if not isinstance(address, str) or not address:
        raise Refused(401, "no serviceurl claim")
    return Verified(kid, address, _seconds(claims.get("nbf", 0)), _seconds(claims["exp"]))


def _seconds(value: object) -> float:
    try:
        if not isinstance(value, bool) and isinstance(value, int | float) and math.isfinite(value):
            return float(value)
    except OverflowError:
        pass
    raise Refused(401, "a time in the token is no number")


class ChannelGate:
    """The gate for the real channel: signed by it, for this app, from an allowed host, of an allowed tenant."""

    def __init__(self, signatures: Signatures, hosts: frozenset[str], tenants: frozenset[str]) -> None:
        self._signatures = signatures
        self._hosts = hosts
        self._tenants = tenants

    async def admit(self, request: web.Request) -> dict[str, Any]:
        """The activity's JSON. Raises Refused: 415, 401, 413, 400 or 403, in that order of asking."""
        check_content_type(request)
        verified = await self._signatures.verify(bearer(request.headers.getall("Authorization", [])))
        raw = parse(await request.read())
        address = raw.get("serviceUrl")
        if not isinstance(address, str) or address != verified.service_url:
            raise Refused(401, "serviceUrl is not the token's")
        if raw.get("channelId") != CHANNEL:
            raise Refused(401, "channel")
        if service_host(address) not in self._hosts:
            raise Refused(401, "serviceUrl host is not on the allow-list")
        check_tenant(raw, self._tenants)
        return raw


class LocalGate:
    """The gate of a bot that runs unconfigured on one machine: nothing but that machine, and no page open in a browser."""

    def __init__(self, tenants: frozenset[str]) -> None:
        self._tenants = tenants

    async def admit(self, request: web.Request) -> dict[str, Any]:
        """The activity's JSON. Raises Refused."""
        check_content_type(request)
        if request.remote not in {"127.0.0.1", "::1"}:
            raise Refused(401, "peer is not this machine")
        if "Origin" in request.headers or not _LOCAL_HOST.fullmatch(request.headers.get("Host", "").lower()):
            raise Refused(401, "sent by a web page, or to another name than this machine's")
        raw = parse(await request.read())
        address = raw.get("serviceUrl")
        if not isinstance(address, str) or not is_loopback(address):
            raise Refused(401, "serviceUrl is not this machine")
        if raw.get("channelId") != CHANNEL:
            raise Refused(401, "channel")
        check_tenant(raw, self._tenants)
        return raw


def check_content_type(request: web.Request) -> None:
    """Raises Refused(415) for anything but plain JSON."""
    if request.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise Refused(415, "content encoding")
    if request.headers.get("Content-Type", "").partition(";")[0].strip().lower() != "application/json":
        raise Refused(415, "content type")


def bearer(headers: list[str]) -> str:
    """The token of exactly one header "Bearer <token>". Raises Refused(401)."""
    parts = headers[0].split(" ") if len(headers) == 1 else []
    if len(parts) != 2 or parts[0].lower() != "bearer" or not parts[1]:
        raise Refused(401, "no bearer token")
    return parts[1]


def check_tenant(raw: Mapping[str, Any], tenants: frozenset[str]) -> None:
    """Raises Refused(403) where any tenant the activity names is not allowed, or it names none."""
    named = {tenant_of(raw)}
    conversation = raw.get("conversation")
    if isinstance(conversation, dict) and isinstance(conversation.get("tenantId"), str):
        named.add(conversation["tenantId"].lower())
    if not named <= tenants:
        raise Refused(403, "tenant is not on the allow-list", raw)
