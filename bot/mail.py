"""Sends letters through Microsoft Graph, in the name of one mailbox: each once, and one whose fate is unknown never again."""

from __future__ import annotations

import base64
from collections.abc import Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime
from hashlib import sha256
from typing import TYPE_CHECKING
from urllib.parse import quote

import aiohttp

from analytics.errors import InsightsError
from analytics.retry import seconds_asked
from bot.delivery.tokens import GRAPH_SCOPE, CachedTokens

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from bot.events import Clock
    from bot.parts import Parts
    from bot.settings import Settings
    from cards.letter import Letter

ENDPOINT = "https://graph.microsoft.com/v1.0"
TIMEOUT = aiohttp.ClientTimeout(total=60, sock_connect=10)
LONGEST_WAIT = 3_600.0
FIRST_WAIT = 30.0
# What the service refused before it took anything.
_LATER = {429, 503}
_SAYS = {
    401: "the token was refused",
    403: "the app may not send as this mailbox: it needs Mail.Send, and a policy that names the mailbox",
    404: "the mailbox does not exist",
}


class MailLater(InsightsError):  # noqa: N818
    """Nothing was sent; to be tried again after so many seconds."""

    def __init__(self, why: str, after: float) -> None:
        super().__init__(why)
        self.after = after


class MailRefused(InsightsError):  # noqa: N818
    """Nothing was sent, and trying again would not help."""


class MailInDoubt(InsightsError):  # noqa: N818
    """It may have been sent: it must not be sent again."""


@dataclass(frozen=True, slots=True)
class Attached:
    """A picture that stands in the letter under this content id."""

    name: str
    png: bytes


class Mail:
    """`token` gives an app-only bearer token for Graph; `sender` is the mailbox in whose name it sends."""

    def __init__(
        self,
        session: aiohttp.ClientSession,
        token: Callable[[], Awaitable[str]],
        *,
        sender: str,
        clock: Callable[[], datetime],
        endpoint: str = ENDPOINT,
    ) -> None:
        self._session = session
        self._token = token
        self.sender = sender
        self._clock = clock
        self._address = f"{endpoint.rstrip('/')}/users/{quote(sender, safe='@')}/sendMail"

    async def send(self, to: str, letter: Letter, pictures: Sequence[Attached], key: str) -> None:
        """One letter to one person. Raises MailLater, MailRefused, MailInDoubt; NoToken before anything was tried."""
        body = base64.b64encode(mime(letter, pictures, self.sender, to, key, self._clock()))
        headers = {"Authorization": f"Bearer {await self._token()}", "Content-Type": "text/plain"}
        try:
            async with self._session.post(
                self._address, data=body, headers=headers, timeout=TIMEOUT, allow_redirects=False
            ) as reply:
                status, wait = reply.status, seconds_asked(reply.headers.get("Retry-After"), self._clock())
        except aiohttp.ClientConnectorError as problem:
            raise MailLater("no connection", FIRST_WAIT) from problem
        except (aiohttp.ClientError, TimeoutError) as problem:
            raise MailInDoubt(type(problem).__name__) from problem
        _judge(status, wait)


@asynccontextmanager
async def open_mail(
    settings: Settings, parts: Parts, clock: Clock, endpoint: str = ENDPOINT
) -> AsyncIterator[Mail | None]:
    """What sends mail, closed at the end; None where it is switched off or the bot has no identity of its own."""
    if not settings.mail or not settings.mail_from or parts.identity is None:
        yield None
        return
    tokens = CachedTokens(parts.identity, GRAPH_SCOPE, clock)
    try:
        yield Mail(parts.session, tokens.get, sender=settings.mail_from, clock=clock, endpoint=endpoint)
    finally:
        await tokens.close()


def _judge(status: int, wait: float | None) -> None:
    if status == 202:
        return
    if status in _LATER:
        raise MailLater(f"status {status}", min(LONGEST_WAIT, wait if wait is not None else FIRST_WAIT))
    if status >= 500 or 200 <= status < 300:
        # Something behind the front door failed after the letter was handed in.
        raise MailInDoubt(f"status {status}")
    raise MailRefused(_SAYS.get(status, f"status {status}"))


def mime(letter: Letter, pictures: Sequence[Attached], sender: str, to: str, key: str, at: datetime) -> bytes:
    """The letter as it travels: plain text, or HTML with its pictures inside. The same key always makes the same Message-ID."""
    made = EmailMessage()
    made["Subject"], made["From"], made["To"] = letter.subject, sender, to
    made["Date"] = format_datetime(at)
    made["Message-ID"] = f"<{sha256(key.encode()).hexdigest()[:40]}@{sender.partition('@')[2] or 'localhost'}>"
    made["Auto-Submitted"] = "auto-generated"
    made.set_content(letter.text)
    made.add_alternative(letter.html, subtype="html")
    rich = made.get_payload()[1]  # type: ignore[index]
    for one in pictures:
        rich.add_related(one.png, "image", "png", cid=f"<{one.name}>", disposition="inline", filename=f"{one.name}.png")  # type: ignore[union-attr]
    return made.as_bytes()
