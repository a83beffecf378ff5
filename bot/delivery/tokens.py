"""Tokens of the bot itself, for the connector and for Graph: one at a time, kept until they are nearly over, off the loop."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Protocol

import msal
import requests
import structlog
from msal.exceptions import MsalError
from requests.adapters import HTTPAdapter

from analytics.errors import InsightsError
from bot.delivery.trust import trusting

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from bot.events import Clock

log = structlog.get_logger(__name__)

CONNECTOR_SCOPE = "https://api.botframework.com/.default"
GRAPH_SCOPE = "https://graph.microsoft.com/.default"
AUTHORITY = "https://login.microsoftonline.com"
TIMEOUT_SECONDS = 10

# Just inside the five minutes at which the library stops handing out its own cached token.
RENEW_BEFORE = timedelta(seconds=290)
RETRY_AFTER = timedelta(seconds=30)


class NoToken(InsightsError):  # noqa: N818
    """The directory gave no token; `code` is its short error word, its long description may hold ids and is left out."""

    def __init__(self, code: str) -> None:
        super().__init__(f"No token for the bot itself: {code}. Check app id, tenant and credential.")
        self.code = code


class Tokens(Protocol):
    """Where a bearer token comes from. An empty token means: send none."""

    async def get(self) -> str:
        """A token that is valid now. Raises NoToken."""
        ...

    async def renew(self) -> str:
        """A token that was not handed out before; after a 401. Raises NoToken."""
        ...


class Unsigned:
    """No tokens at all, for a bot that talks to its own machine only."""

    async def get(self) -> str:
        """Always empty."""
        return ""

    async def renew(self) -> str:
        """Always empty."""
        return ""


class Identity(Protocol):
    """Who the bot is towards the directory. Both functions block, and are called in a thread."""

    def acquire(self, scope: str) -> Mapping[str, Any]:
        """The directory's answer: access_token and expires_in (seconds), or error."""
        ...

    def forget(self) -> None:
        """Drop what is cached, so that the next answer is a new token."""
        ...


class CachedTokens:
    """Tokens of one identity for one scope."""

    def __init__(self, identity: Identity, scope: str, clock: Clock) -> None:
        self._identity = identity
        self._scope = scope
        self._clock = clock
        self._lock = asyncio.Lock()
        self._token = ""
        self._ends = self._next_try = clock()
        self._renewal: asyncio.Task[str] | None = None

    async def get(self) -> str:
        """A token that is valid now; one that ends soon is renewed behind the back of the caller. Raises NoToken."""
        now = self._clock()
        if now >= self._ends:
            return await self._fresh(self._token)
        if now >= self._ends - RENEW_BEFORE and now >= self._next_try and self._renewal is None:
            self._renewal = asyncio.create_task(self._fresh(self._token))
            self._renewal.add_done_callback(self._renewed)
        return self._token

    async def renew(self) -> str:
        """A token other than the present one. Raises NoToken."""
        return await self._fresh(self._token, forget=True)

    async def close(self) -> None:
        """Let a renewal under way end, before its identity is closed."""
        if self._renewal is not None:
            await asyncio.wait({self._renewal}, timeout=TIMEOUT_SECONDS)

    def _renewed(self, task: asyncio.Task[str]) -> None:
        self._renewal = None
        if not task.cancelled() and (problem := task.exception()):
            self._next_try = self._clock() + RETRY_AFTER
            log.warning("token_not_renewed", problem=getattr(problem, "code", type(problem).__name__))

    async def _fresh(self, old: str, *, forget: bool = False) -> str:
        async with self._lock:
            if self._token != old and self._clock() < self._ends:
                return self._token
            if forget:
                await asyncio.to_thread(self._identity.forget)
            asked = self._clock()
            try:
                answer = await asyncio.to_thread(self._identity.acquire, self._scope)
            except (requests.RequestException, MsalError, ValueError) as problem:
                raise NoToken(type(problem).__name__) from None
            self._token, self._ends = _token_in(answer, asked)
            return self._token


def _token_in(answer: Mapping[str, Any], asked: datetime) -> tuple[str, datetime]:
    token, seconds = answer.get("access_token"), answer.get("expires_in")
    if not isinstance(token, str) or not isinstance(seconds, int | float):
        raise NoToken(str(answer.get("error", "no token in the answer"))[:100])
    return token, asked + timedelta(seconds=seconds)


class AppIdentity:
    """An app registration with a secret or a certificate; the directory is first asked when a token is."""

    def __init__(
        self,
        app_id: str,
        tenant: str,
        credential: str | Mapping[str, str],
        authority: str = AUTHORITY,
        ca_file: str = "",
    ) -> None:
        self._session = _session(ca_file)
        self._make: Callable[[], Any] = lambda: msal.ConfidentialClientApplication(
            app_id,
            client_credential=credential,
            authority=f"{authority.rstrip('/')}/{tenant}",
            instance_discovery=False,
            http_client=self._session,
        )
        self._app: Any = None

    def acquire(self, scope: str) -> Mapping[str, Any]:
        """The directory's answer; blocks."""
        if self._app is None:
            self._app = self._make()
        answer: Mapping[str, Any] = self._app.acquire_token_for_client(scopes=[scope])
        return answer

    def forget(self) -> None:
        """Drop the cached tokens."""
        if self._app is not None:
            self._app.remove_tokens_for_client()

    def close(self) -> None:
        """Close the connections to the directory."""
        self._session.close()


class ManagedIdentity:
    """An identity the hosting platform vouches for; no secret is kept anywhere."""

    def __init__(self, client_id: str) -> None:
        self._session = _session()
        self._client_id = client_id
        self._client: Any = None

    def acquire(self, scope: str) -> Mapping[str, Any]:
        """The platform's answer; blocks."""
        if self._client is None:
            who = msal.UserAssignedManagedIdentity(client_id=self._client_id)
            self._client = msal.ManagedIdentityClient(who, http_client=self._session)
        answer: Mapping[str, Any] = self._client.acquire_token_for_client(resource=scope.removesuffix("/.default"))
        return answer

    def forget(self) -> None:
        """Drop the cached tokens."""
        self._client = None

    def close(self) -> None:
        """Close the connections to the platform."""
        self._session.close()


def certificate(path: Path) -> dict[str, str]:
    """The credential in a PEM file that holds the private key and the certificate. Raises OSError."""
    pem = path.read_text(encoding="ascii")
    return {"private_key": pem, "public_certificate": pem}


class _Trusting(HTTPAdapter):
    """Trusts one more certificate authority than usual, and gives up in time."""

    def __init__(self, ca_file: str) -> None:
        self._context = trusting(ca_file)
        super().__init__()

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **{**kwargs, "ssl_context": self._context})

    def send(self, *args: Any, **kwargs: Any) -> requests.Response:
        return super().send(*args, **{**kwargs, "timeout": kwargs.get("timeout") or TIMEOUT_SECONDS})


def _session(ca_file: str = "") -> requests.Session:
    session = requests.Session()
    session.mount("https://", _Trusting(ca_file))
    session.mount("http://", _Trusting(""))
    return session
