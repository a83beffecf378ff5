"""The web server: one address for Teams, two for whoever watches over it."""

from __future__ import annotations

import asyncio
import json
import signal
import time
from collections.abc import Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING, Any

import structlog
from aiohttp import web

from analytics.errors import SettingsError
from bot.auditing import turned_away
from bot.delivery.body import MAX_BODY, Refused
from bot.delivery.doors import LimitedSite
from bot.delivery.flood import Flood
from bot.delivery.host import Host, plain_trouble
from bot.delivery.inbound import ChannelGate, Gate, LocalGate, Signatures
from bot.delivery.outbox import Sender
from bot.delivery.turns import Turns
from bot.settings_checks import CHECKS
from bot.state.line import StateUnavailable
from bot.telemetry.counts import Counts, Lag

if TYPE_CHECKING:
    import ssl
    from collections.abc import AsyncIterator, Mapping, Sequence

    from bot.delivery.connector import Connector
    from bot.delivery.keys import Keys
    from bot.events import Clock, Desk, Reply
    from bot.settings import Settings
    from bot.state import State
    from bot.state.audit import Audit

log = structlog.get_logger(__name__)

COUNTS = web.AppKey("counts", Counts)
LAG = web.AppKey("lag", Lag)
CONNECTIONS = web.AppKey("connections", int)
Checked = Callable[[], Awaitable[dict[str, bool]]]
"""Every check of /readyz, made now."""
CHECKED: web.AppKey[Checked] = web.AppKey("checked")
LEAVING = web.AppKey("leaving", asyncio.Event)

READ_SECONDS = 5.0
PURGE_SECONDS = 600.0
CHECK_SECONDS = 2.0
# A connection that brings no whole request for so long is closed, whether it is silent or dribbles.
IDLE_SECONDS = 75.0

_SAID = {
    400: "This is no activity.",
    401: "Not authorised.",
    403: "This tenant may not use the bot.",
    408: "The request took too long to arrive.",
    415: "Send application/json.",
}


def make_app(
    settings: Settings,
    desk: Desk,
    state: State,
    *,
    keys: Keys,
    connector: Connector,
    clock: Clock,
    trouble: Callable[[Exception, str], Reply] = plain_trouble,
    ready: Mapping[str, Callable[[], Awaitable[bool]]] | None = None,
    facts: Callable[[], Mapping[str, Any]] = dict,
    routes: Sequence[web.RouteDef] = (),
) -> web.Application:
    """The bot as a web application. `ready` adds checks to /readyz, `facts` what it tells besides, `routes` addresses.

    Raises SettingsError where it would not be closed.
    """
    if problems := [told for check in CHECKS for told in check(settings)]:
        raise SettingsError(problems)
    counts = Counts()
    host = Host(desk, connector, state, clock, counts, typing_seconds=settings.typing_seconds, trouble=trouble)
    flood = Flood(settings.turn_limits, time.monotonic)
    seconds = {"message_seconds": settings.turn_seconds, "invoke_seconds": settings.invoke_seconds}
    turns = Turns(host, state.inbox, flood, counts, **seconds, mark=state.audit.who)
    checks = {"state": state.ready, **({} if settings.local else {"keys": keys.load}), **(ready or {})}

    async def checked() -> dict[str, bool]:
        return {name: await _within(check) for name, check in checks.items()}

    app = web.Application(client_max_size=MAX_BODY)
    app[COUNTS], app[LAG], app[CONNECTIONS], app[CHECKED] = counts, Lag(), settings.connections, checked
    app[LEAVING] = asyncio.Event()
    app.router.add_post("/api/messages", _messages(_gate(settings, keys, clock), turns, state.audit, clock))
    app.router.add_get("/healthz", _health)
    app.router.add_get("/readyz", _readiness(checked, app[LEAVING], facts))
    app.router.add_routes(routes)
    sender = Sender(state.outbox, state.conversations, connector, clock, counts)
    app.cleanup_ctx.extend([_purging(state), _sending(sender), _watching(app[LAG])])

    async def drain(_: web.Application) -> None:
        app[LEAVING].set()
        await turns.drain(settings.drain_seconds)

    app.on_shutdown.append(drain)
    return app


def _gate(settings: Settings, keys: Keys, clock: Clock) -> Gate:
    tenants = frozenset(tenant.lower() for tenant in settings.allowed_tenants)
    if settings.local:
        return LocalGate(tenants)
    return ChannelGate(Signatures(keys, settings.app_id, clock), frozenset(settings.service_hosts), tenants)


def _messages(gate: Gate, turns: Turns, audit: Audit, clock: Clock) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def messages(request: web.Request) -> web.Response:
        if turns.draining:
            return web.Response(status=503, text="Stopping.", headers={"Connection": "close"})
        try:
            async with asyncio.timeout(READ_SECONDS):
                raw = await gate.admit(request)
        except Refused as refused:
            log.warning("refused", status=refused.status, reason=refused.reason)
            if refused.raw is not None:
                with suppress(StateUnavailable):
                    await audit.add(turned_away(refused.raw, clock(), "refused"))
            return _refusal(refused.status)
        except TimeoutError:
            return _refusal(408)
        try:
            record = await turns.take(raw)
        except Exception as problem:  # noqa: BLE001 - a sender is never shown how we broke, and may come again
            log.error("not_taken", problem=type(problem).__name__)  # noqa: TRY400 - a traceback may hold what was written
            return web.Response(status=503, text="Try again.")
        if record.body is None:
            return web.Response(status=record.status)
        body = json.dumps(record.body, ensure_ascii=False, separators=(",", ":")).encode()
        return web.Response(status=record.status, body=body, content_type="application/json")

    return messages


def _refusal(status: int) -> web.Response:
    headers = {"WWW-Authenticate": "Bearer"} if status == 401 else None
    return web.Response(status=status, text=_SAID.get(status, ""), headers=headers)


async def _health(_: web.Request) -> web.Response:
    return web.Response(text="ok")


def _readiness(
    checked: Checked, leaving: asyncio.Event, facts: Callable[[], Mapping[str, Any]]
) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def readiness(_: web.Request) -> web.Response:
        told = await checked()
        good = all(told.values()) and not leaving.is_set()
        return web.json_response({"ready": good, **told, **facts()}, status=200 if good else 503)

    return readiness


async def _within(check: Callable[[], Awaitable[bool]]) -> bool:
    """A check that does not come back is one that failed."""
    try:
        async with asyncio.timeout(CHECK_SECONDS):
            return await check()
    except TimeoutError:
        return False


def _sending(sender: Sender) -> Callable[[web.Application], AsyncIterator[None]]:
    async def sending(_: web.Application) -> AsyncIterator[None]:
        task = asyncio.create_task(sender.run())
        yield
        await sender.stop()
        await asyncio.wait({task}, timeout=1)
        task.cancel()

    return sending


def _watching(lag: Lag) -> Callable[[web.Application], AsyncIterator[None]]:
    async def watching(_: web.Application) -> AsyncIterator[None]:
        task = asyncio.create_task(lag.watch())
        yield
        task.cancel()
        await asyncio.wait({task})

    return watching


def _purging(state: State) -> Callable[[web.Application], AsyncIterator[None]]:
    async def forever() -> None:
        while True:
            try:
                await state.purge()
            except StateUnavailable:
                log.warning("not_purged")
            await asyncio.sleep(PURGE_SECONDS)

    async def purging(_: web.Application) -> AsyncIterator[None]:
        task = asyncio.create_task(forever())
        yield
        task.cancel()
        await asyncio.wait({task})

    return purging


@asynccontextmanager
async def listening_on(
    app: web.Application, host: str, port: int, context: ssl.SSLContext | None = None
) -> AsyncIterator[int]:
    """The app behind its doors; gives the port. At the end what has begun is finished. Raises OSError if the port is taken."""
    # Nothing is unpacked: Teams packs nothing, and what comes packed is a bomb or a mistake.
    runner = web.AppRunner(
        app, access_log=None, shutdown_timeout=5, keepalive_timeout=IDLE_SECONDS, auto_decompress=False
    )
    await runner.setup()
    try:
        counts = app[COUNTS]
        site = LimitedSite(
            runner,
            host,
            port,
            most=app[CONNECTIONS],
            refused=lambda: counts.add("connections", "refused"),
            ssl_context=context,
        )
        await site.start()
        yield runner.addresses[0][1]
    finally:
        await runner.cleanup()


async def serve(
    app: web.Application,
    host: str,
    port: int,
    *,
    context: ssl.SSLContext | None = None,
    listening: Callable[[int], None] = lambda _: None,
    notice_seconds: float = 0.0,
) -> None:
    """Serve until SIGTERM or SIGINT, then finish what has begun. `listening` is told the port. Raises OSError if it is taken.

    For `notice_seconds` after the signal whatever still comes is taken, while /readyz already says no.
    """
    async with listening_on(app, host, port, context) as given:
        stop = asyncio.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, stop.set)
        listening(given)
        await stop.wait()
        app[LEAVING].set()
        await asyncio.sleep(notice_seconds)
