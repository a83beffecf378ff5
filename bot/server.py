"""The web server: one address for Teams, two for whoever watches over it."""

from __future__ import annotations

import asyncio
import json
import signal
from typing import TYPE_CHECKING

import structlog
from aiohttp import web

from analytics.errors import SettingsError
from bot.body import MAX_BODY, Refused
from bot.host import Host, plain_trouble
from bot.inbound import ChannelGate, Gate, LocalGate, Signatures
from bot.settings_checks import CHECKS
from bot.state.line import StateUnavailable
from bot.turns import Turns

if TYPE_CHECKING:
    import ssl
    from collections.abc import AsyncIterator, Awaitable, Callable, Mapping

    from bot.connector import Connector
    from bot.events import Clock, Desk, Reply
    from bot.keys import Keys
    from bot.settings import Settings
    from bot.state import State

log = structlog.get_logger(__name__)

READ_SECONDS = 5.0
PURGE_SECONDS = 600.0

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
) -> web.Application:
    """The bot as a web application. `ready` adds checks to /readyz. Raises SettingsError where it would not be closed."""
    if problems := [told for check in CHECKS for told in check(settings)]:
        raise SettingsError(problems)
    host = Host(desk, connector, state.conversations, clock, typing_seconds=settings.typing_seconds, trouble=trouble)
    turns = Turns(host, state.inbox, message_seconds=settings.turn_seconds, invoke_seconds=settings.invoke_seconds)
    checks = {"state": state.ready, **({} if settings.local else {"keys": keys.load}), **(ready or {})}
    app = web.Application(client_max_size=MAX_BODY)
    app.router.add_post("/api/messages", _messages(_gate(settings, keys, clock), turns))
    app.router.add_get("/healthz", _health)
    app.router.add_get("/readyz", _readiness(checks, turns))
    app.cleanup_ctx.append(_purging(state))

    async def drain(_: web.Application) -> None:
        await turns.drain(settings.drain_seconds)

    app.on_shutdown.append(drain)
    return app


def _gate(settings: Settings, keys: Keys, clock: Clock) -> Gate:
    tenants = frozenset(tenant.lower() for tenant in settings.allowed_tenants)
    if settings.local:
        return LocalGate(tenants)
    return ChannelGate(Signatures(keys, settings.app_id, clock), frozenset(settings.service_hosts), tenants)


def _messages(gate: Gate, turns: Turns) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def messages(request: web.Request) -> web.Response:
        if turns.draining:
            return web.Response(status=503, text="Stopping.", headers={"Connection": "close"})
        try:
            async with asyncio.timeout(READ_SECONDS):
                raw = await gate.admit(request)
        except Refused as refused:
            log.warning("refused", status=refused.status, reason=refused.reason)
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
    checks: Mapping[str, Callable[[], Awaitable[bool]]], turns: Turns
) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def readiness(_: web.Request) -> web.Response:
        told = {name: await check() for name, check in checks.items()}
        good = all(told.values()) and not turns.draining
        return web.json_response({"ready": good, **told}, status=200 if good else 503)

    return readiness


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


async def serve(
    app: web.Application,
    host: str,
    port: int,
    *,
    context: ssl.SSLContext | None = None,
    listening: Callable[[int], None] = lambda _: None,
) -> None:
    """Serve until SIGTERM or SIGINT, then finish what has begun. `listening` is told the port. Raises OSError if it is taken."""
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=5)
    await runner.setup()
    try:
        site = web.TCPSite(runner, host, port, ssl_context=context)
        await site.start()
        stop = asyncio.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, stop.set)
        listening(runner.addresses[0][1])
        await stop.wait()
    finally:
        await runner.cleanup()
