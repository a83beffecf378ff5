"""Everything the bot sends: plain JSON to the Bot Connector, paced, retried by rule, its token to allowed hosts only."""

from __future__ import annotations

import json
import random
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import aiohttp
import structlog
from yarl import URL

from bot.delivery.retries import Answer, Attempts, Flight, Gone, NotSent, Patience, Purpose, rule
from bot.delivery.trust import trusting
from bot.telemetry.tracing import span

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from bot.delivery.pace import Pace
    from bot.delivery.tokens import Tokens
    from bot.events import Clock, Conversation

log = structlog.get_logger(__name__)

PAGE = 200
MAX_PAGES = 500
# Typing that would arrive after the answer is worse than none.
LONGEST_QUEUE_FOR_TYPING = 1.0


@dataclass(frozen=True, slots=True)
class Created:
    """A new conversation and, where a first message came with it, that message."""

    conversation_id: str
    activity_id: str


def open_session(ca_file: str = "", connections: int = 100) -> aiohttp.ClientSession:
    """The pooled session all outbound calls share; `ca_file` adds a company's own certificate authority."""
    session = aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=connections, limit_per_host=connections // 2, ssl=trusting(ca_file)),
        timeout=aiohttp.ClientTimeout(total=20, connect=5),
        cookie_jar=aiohttp.DummyCookieJar(),
    )
    # Repeating is for our rules alone: the library would repeat a lost update at once, past the limits.
    session._retry_connection = False  # noqa: SLF001
    return session


class Connector:
    """The outbound side of Teams.

    `allowed` says whether the bot's token may be sent to a service address. `sends` and `reads` are the two paces Teams
    keeps apart. Every function raises NotSent: Gone, Later, Doubtful, or itself for anything final.
    """

    def __init__(
        self,
        session: aiohttp.ClientSession,
        tokens: Tokens,
        allowed: Callable[[str], bool],
        *,
        sends: Pace,
        reads: Pace,
        clock: Clock,
        patience: Patience | None = None,
        chance: Callable[[], float] = random.random,
    ) -> None:
        # How often the connector answered what: a status, "unreached" or "lost".
        self.answers: Counter[str] = Counter()
        self._session = session
        self._tokens = tokens
        self._allowed = allowed
        self._sends = sends
        self._reads = reads
        self._clock = clock
        self._patience = patience or Patience()
        self._chance = chance

    async def send(
        self,
        where: Conversation,
        activity: Mapping[str, Any],
        *,
        reply_to: str = "",
        purpose: Purpose = "reply",
        flight: Flight | None = None,
    ) -> str:
        """A new message, in the thread of `reply_to` where one is given; its activity id (empty if none was told).

        `flight` tells whoever cuts it off whether it may have arrived.
        """
        path = f"conversations/{_id(where.id)}/activities" + (f"/{_id(reply_to)}" if reply_to else "")
        answer = await self._call(
            "POST", where.service_url, path, where.root, purpose=purpose, body=activity, flight=flight
        )
        return _text(answer, "id")

    def queue(self, where: Conversation) -> float:
        """Roughly how many seconds a message asked for now would wait for its turn."""
        return self._sends.wait(where.root)

    async def typing(self, where: Conversation) -> bool:
        """The sign that an answer is being worked on; False where the queue is so long that it would come too late."""
        if self.queue(where) > LONGEST_QUEUE_FOR_TYPING:
            return False
        who = {"id": where.bot_id, "name": where.bot_name}
        await self.send(where, {"type": "typing", "from": who}, purpose="post")
        return True

    async def update(self, where: Conversation, activity_id: str, activity: Mapping[str, Any]) -> str:
        """An earlier message, rewritten in place; harmless to repeat."""
        path = f"conversations/{_id(where.id)}/activities/{_id(activity_id)}"
        body = {**activity, "id": activity_id}
        answer = await self._call("PUT", where.service_url, path, where.root, purpose="update", body=body)
        return _text(answer, "id") or activity_id

    async def delete(self, where: Conversation, activity_id: str) -> None:
        """An earlier message, taken back; one that is already gone is no error."""
        path = f"conversations/{_id(where.id)}/activities/{_id(activity_id)}"
        try:
            await self._call("DELETE", where.service_url, path, where.root, purpose="update")
        except Gone:
            log.info("already_deleted")

    async def create(
        self, service_url: str, tenant: str, bot_id: str, *, member: str, activity: Mapping[str, Any] | None = None
    ) -> Created:
        """The personal chat with `member` (an Entra object id or an account "29:..."); the app must be installed there."""
        body = {
            "isGroup": False,
            "bot": {"id": bot_id},
            "members": [{"id": member}],
            "tenantId": tenant,
            "channelData": {"tenant": {"id": tenant}},
        }
        return await self._create(service_url, member, body, activity)

    async def create_post(
        self, service_url: str, tenant: str, bot_id: str, *, channel_id: str, activity: Mapping[str, Any]
    ) -> Created:
        """A new post in a channel, with a thread of its own."""
        body = {
            "isGroup": True,
            "bot": {"id": bot_id},
            "tenantId": tenant,
            "channelData": {"channel": {"id": channel_id}, "tenant": {"id": tenant}},
        }
        return await self._create(service_url, channel_id, body, activity)

    async def member(self, where: Conversation, member: str) -> dict[str, Any] | None:
        """One member's account (id, name, aadObjectId, userPrincipalName, tenantId, userRole, ...), None if not a member."""
        path = f"conversations/{_id(where.id)}/members/{_id(member)}"
        try:
            return await self._call("GET", where.service_url, path, where.root, purpose="read")
        except Gone:
            return None

    async def members(self, where: Conversation) -> list[dict[str, Any]]:
        """Every member's account, page by page."""
        found: list[dict[str, Any]] = []
        token = ""
        for _ in range(MAX_PAGES):
            path = f"conversations/{_id(where.id)}/pagedmembers?pageSize={PAGE}"
            path += f"&continuationToken={_id(token)}" if token else ""
            page = await self._call("GET", where.service_url, path, where.root, purpose="read")
            listed = page.get("members")
            found += [one for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []
            token = _text(page, "continuationToken")
            if not token:
                return found
        raise NotSent(f"The member list does not end after {MAX_PAGES} pages.")

    async def team(self, where: Conversation) -> dict[str, Any]:
        """The team a channel belongs to (id, name, aadGroupId)."""
        return await self._call("GET", where.service_url, f"teams/{_id(where.team_id)}", where.root, purpose="read")

    async def channels(self, where: Conversation) -> list[dict[str, Any]]:
        """The team's channels (id, name)."""
        path = f"teams/{_id(where.team_id)}/conversations"
        listed = (await self._call("GET", where.service_url, path, where.root, purpose="read")).get("conversations")
        return [one for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []

    async def _create(
        self, service_url: str, lane: str, body: dict[str, Any], activity: Mapping[str, Any] | None
    ) -> Created:
        if activity is not None:
            body["activity"] = activity
        # Without a message, opening the same personal chat again only finds it again.
        purpose: Purpose = "post" if activity is not None else "update"
        answer = await self._call("POST", service_url, "conversations", lane, purpose=purpose, body=body)
        return Created(_text(answer, "id"), _text(answer, "activityId"))

    async def _call(
        self,
        method: str,
        service_url: str,
        path: str,
        lane: str,
        *,
        purpose: Purpose,
        body: Mapping[str, Any] | None = None,
        flight: Flight | None = None,
    ) -> dict[str, Any]:
        if not self._allowed(service_url):
            raise NotSent("The service address is not on the allow-list; nothing was sent.")
        address = URL(f"{service_url.rstrip('/')}/v3/{path}", encoded=True)
        data = None if body is None else _encoded(body)
        pace = self._reads if purpose == "read" else self._sends
        attempts = Attempts(purpose, self._patience, self._chance)
        flight, doubted = flight or Flight(), False
        token = await self._tokens.get()
        while True:
            await pace.turn(lane)
            flight.open = True
            with span("connector", method=method):
                answer = await self._attempt(method, address, data, token)
            self.answers[str(answer.outcome)] += 1
            if answer.good:
                return _json(answer.body)
            flight.open = doubted = doubted or rule(answer.outcome, "post") == "doubt"
            log.warning("not_accepted", method=method, outcome=answer.outcome, purpose=purpose)
            wait = attempts.after(answer, self._clock())
            if wait is None:
                token = await self._tokens.renew()
            else:
                pace.hold(lane, wait, throttled=answer.outcome == 429)

    async def _attempt(self, method: str, address: URL, data: bytes | None, token: str) -> Answer:
        headers = {"Content-Type": "application/json; charset=utf-8"} if data is not None else {}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        try:
            async with self._session.request(
                method, address, data=data, headers=headers, allow_redirects=False
            ) as response:
                return Answer(response.status, await response.read(), response.headers)
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError):
            return Answer("unreached")
        except (aiohttp.ClientError, TimeoutError):
            return Answer("lost")


def _id(text: str) -> str:
    # Ids hold colons, semicolons and at-signs; a slash or a question mark in one must not reach another address.
    return quote(text, safe="").replace(".", "%2E") if text in {".", ".."} else quote(text, safe="")


def _encoded(body: Mapping[str, Any]) -> bytes:
    try:
        return json.dumps(body, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode("utf-8")
    except (ValueError, TypeError) as problem:
        raise NotSent(f"What was to be sent is no JSON ({type(problem).__name__}).") from problem


def _json(body: bytes) -> dict[str, Any]:
    try:
        answer = json.loads(body) if body else {}
    except ValueError:
        return {}
    return answer if isinstance(answer, dict) else {}


def _text(answer: Mapping[str, Any], name: str) -> str:
    value = answer.get(name)
    return value if isinstance(value, str) else ""
