"""Our bot with its real desk over a million charges: words, query, engine, card; the whole way in and out.

Usage: python -m bench.own_questions WORLD.json PORT FOLDER
"""

from __future__ import annotations

import asyncio
import json
import sys
from itertools import product
from pathlib import Path

import structlog

from analytics.engine import Engine
from bench.own_echo import now, settings_of
from bench.store import HOME, store_with
from bot.access import Access
from bot.desk import Insights
from bot.parts import open_parts
from bot.sample_people import sample_people
from bot.server import make_app, serve
from bot.state import State

CHARGES = 1_000_000
METRICS = (
    "spend",
    "jobs posted",
    "average time to hire",
    "contracts",
    "average spend per contract",
    "fill rate",
    "hires",
)
GROUPS = ("", " by job category", " by team", " by country", " by month", " by platform")
FILTERS = ("", " in Germany", " in India", " in France", " in Japan", " for design", " for legal services")
TIMES = ("", " last quarter", " this year", " last fiscal year", " last 6 months", " in May", " in 2025", " last month")
QUESTIONS = [f"{m}{g}{f}{t}" for m, g, f, t in product(METRICS, GROUPS, FILTERS, TIMES)]
POPULAR = 25


def question(number: int) -> str:
    """Two questions in three are rarely asked ones, spread over all there are; the third is one of a few popular ones."""
    step = 1_009 if number % 3 else 1
    return QUESTIONS[(number * step) % (len(QUESTIONS) if number % 3 else POPULAR)]


def lead() -> str:
    """The Entra object id of the sample's program lead."""
    return sample_people(HOME / "files")["lead"].entra_id


async def main(world: dict[str, str], port: int, folder: Path) -> None:
    settings = settings_of(world, folder)
    store = store_with(CHARGES)
    engine = Engine(store)
    state = await State.open(settings.state_address, now)
    access = Access(engine, {lead(): "program"}, now, directory_days=100_000)
    desk = Insights(engine, access, state, now)
    await desk.warm()
    async with open_parts(settings, now) as parts:
        app = make_app(settings, desk, state, keys=parts.keys, connector=parts.connector, clock=now)
        await serve(app, "127.0.0.1", port)
    asked = engine.hits + engine.misses
    print(f"    answers kept: {engine.hits / max(asked, 1):.0%} of {asked} were in the cache", flush=True)
    await state.close()
    engine.close()
    store.close()


if __name__ == "__main__":
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
    asyncio.run(main(json.loads(Path(sys.argv[1]).read_text()), int(sys.argv[2]), Path(sys.argv[3])))
