"""The bot under load: the real desk over the sample enterprise, with its real limits; tells its figures on a second port.

Usage: python -m bench.load_bot WORLD.json PORT FOLDER FIGURES_PORT
"""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from aiohttp import web

from analytics.engine import Engine
from analytics.store import Store
from bench.load_oracle import KEPT, STORE
from bench.own_echo import settings_of
from bot import loops
from bot.access import Access, Role
from bot.delivery.pace import OVERALL, PER_CONVERSATION, PER_PERSON
from bot.desk import Insights
from bot.parts import open_parts
from bot.server import COUNTS, LAG, make_app, serve
from bot.state import State
from bot.telemetry import logs

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable


def now() -> datetime:
    return datetime.now(UTC)


def figures(app: web.Application, engine: Engine) -> Callable[[web.Request], Awaitable[web.Response]]:
    """What the process knows of itself; asking for it begins a new count of the loop's lag."""

    async def told(_: web.Request) -> web.Response:
        lag = app[LAG]
        said: dict[str, Any] = {f"{name} {label}".strip(): n for (name, label), n in app[COUNTS].all().items()}
        said |= {"hits": engine.hits, "misses": engine.misses}
        said |= {"lag_p50": lag.quantile(0.5), "lag_p99": lag.quantile(0.99), "lag_max": lag.quantile(1.0)}
        lag.clear()
        return web.json_response(said)

    return told


async def main(world: dict[str, str], port: int, folder: Path, figures_port: int) -> None:
    settings = replace(
        settings_of(world, folder),
        send_limits=PER_CONVERSATION,
        send_limits_overall=OVERALL,
        turn_limits=PER_PERSON,
    )
    store = Store(STORE)
    engine = Engine(store)
    state = await State.open(settings.state_address, now)
    roles: dict[str, Role] = dict.fromkeys(json.loads(KEPT.read_text())["leads"], "program")
    access = Access(engine, roles, now, directory_days=100_000)
    async with open_parts(settings, now) as parts:
        desk = Insights(engine, access, state, now, settings=settings, connector=parts.connector)
        await desk.warm()
        app = make_app(settings, desk, state, keys=parts.keys, connector=parts.connector, clock=now)
        beside = web.Application()
        beside.router.add_get("/", figures(app, engine))
        runner = web.AppRunner(beside, access_log=None)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", figures_port).start()
        await serve(app, "127.0.0.1", port)
        await runner.cleanup()
    await state.close()
    engine.close()
    store.close()


if __name__ == "__main__":
    told = json.loads(Path(sys.argv[1]).read_text())
    with (Path(sys.argv[3]) / "log.jsonl").open("w") as stream:
        logs.configure(stream=stream)
        loops.run(main(told, int(sys.argv[2]), Path(sys.argv[3]), int(sys.argv[4])))
