"""Draws the pictures of the documents: real cards, answered by the whole bot over the sample enterprise (make pictures)."""

from __future__ import annotations

import asyncio
import base64
import io
import json
import re
import sys
from collections.abc import Mapping
from datetime import UTC, datetime, time
from pathlib import Path
from typing import Any

from PIL import Image

from analytics.errors import DataError
from bot.access import Access
from bot.answering import Answering
from bot.bootstrap import links_of, roles_of
from bot.cli.data import open_engine
from bot.cli.demo import TARGETS, demo_settings
from bot.desk import Insights
from bot.events import Conversation, Person, Turn
from bot.features.digest.content import Content
from bot.features.feature import Services
from bot.links import Links
from bot.pictures import PATH, Pictures
from bot.runner import Due
from bot.sample_people import sample_people
from bot.schedules import Rule
from bot.settings import SAMPLE_TENANT
from bot.state import State
from bot.state.runs import Claim
from bot.vocabularies import Vocabularies
from cards.depicted import Picture
from cards.pictures import draw
from tests.visual.studio import DESK, PHONE, Look, Studio, missing, studio

Card = Mapping[str, Any]

IMAGES = Path(__file__).parents[2] / "docs" / "images"
MOST_BYTES = 150_000
COLOURS = 128
ADDRESS = re.compile(r'"https?://[^"]*' + PATH + r'([A-Za-z0-9_-]+)\.png"')
SIDES = "compare freelance and staffing in IT & Networking last quarter: spend, contracts, average time to start, average hourly rate"
SHOWN: Mapping[str, tuple[str, str, Look]] = {
    "breakdown": ("lead", "spend by job category last quarter", DESK),
    "jobs": ("lead", "jobs report", DESK),
    "compare": (
        "lead",
        SIDES,
        DESK,
    ),
    "phone": ("manager", "average time to hire by month this year", PHONE),
}
"""Each picture: who asks, what, and how the card is looked at."""


def clock() -> datetime:
    """Now."""
    return datetime.now(UTC)


async def cards(folder: Path) -> dict[str, Card]:
    """Each card by the name of its picture, from the sample that `python app.py demo` has left in the folder."""
    settings = demo_settings(folder / "files", folder / "data", 3978)
    people = sample_people(folder / "files")
    state = await State.open("sqlite+aiosqlite:///:memory:", clock)
    try:
        with open_engine(folder / "data", TARGETS) as engine:
            links = links_of(settings, clock)
            access = Access(
                engine,
                roles_of(settings),
                clock,
                directory_days=settings.directory_max_age_days,
                directory_file_days=settings.directory_file_max_age_days,
                state=state,
            )
            desk = Insights(engine, access, state, clock, settings=settings, links=links)
            shown: dict[str, Card] = {}
            for name, (key, text, _) in SHOWN.items():
                shown[name] = depicted(await _said(desk, people[key].entra_id, text), links)
            answering = Answering(engine, Pictures(links, settings.public_address), access.names)
            names = Vocabularies(engine, state.taught)
            services = Services(engine, access, state, answering, clock, settings, None, links, vocabularies=names)
            return {**shown, "digest": depicted(await _digest(services), links)}
    finally:
        await state.close()


async def _said(desk: Insights, entra: str, text: str) -> Card:
    where = Conversation(f"chat-{entra}", "personal", SAMPLE_TENANT, "https://teams.example")
    turn = Turn("message", Person(SAMPLE_TENANT, entra), where, text, clock(), text=text, locale="en-US")
    (card,) = [reply.card for reply in await desk.handle(turn) if reply.card]
    return card


async def _digest(services: Services) -> Card:
    """What a channel whose scope nobody has set gets this week: company totals."""
    where = Conversation("19:channel", "channel", SAMPLE_TENANT, "https://teams.example")
    rule = Rule("week", time(9), "UTC")
    lead, payload = Person(SAMPLE_TENANT, "lead"), {"show": "all"}
    schedule = await services.state.schedules.add(lead, "digest", where, rule, payload, next_due=clock())
    assert schedule is not None
    due = Due(schedule, "now", clock(), 0, 1, {}, Claim(schedule, "now", clock(), 0, 1, {}))
    return (await Content(services).compose(due, where)).card


def depicted(card: Card, links: Links) -> Card:
    """The card with the pictures themselves in place of their addresses."""

    def drawn(found: re.Match[str]) -> str:
        picture = draw(Picture.unpacked(links.open(found.group(1))[1]))
        return json.dumps("data:image/png;base64," + base64.b64encode(picture).decode())

    depicted: Card = json.loads(ADDRESS.sub(drawn, json.dumps(card)))
    return depicted


def shoot(drawing: Studio, card: Card, look: Look, path: Path) -> int:
    """Draws one card into a file; its size in bytes."""
    drawing.draw(card, look)
    seen = Image.open(drawing.shoot(path)).convert("RGB")
    written = io.BytesIO()
    seen.quantize(COLOURS, dither=Image.Dither.NONE).save(written, "PNG", optimize=True)
    path.write_bytes(written.getvalue())
    return len(written.getvalue())


def main() -> int:
    """All pictures, from the folder named (.demo). Exit code 1 where one cannot be drawn or is too large."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(".demo")
    if lacking := missing():
        sys.stderr.write(f"Nothing can be drawn here: {lacking}.\n")
        return 1
    IMAGES.mkdir(exist_ok=True)
    try:
        made = asyncio.run(cards(folder))
    except DataError as error:
        sys.stderr.write(f"{error}\nOr make one in .demo: make once\n")
        return 1
    with studio() as drawing:
        sizes = {name: shoot(drawing, card, _look(name), IMAGES / f"{name}.png") for name, card in made.items()}
    for name, size in sizes.items():
        sys.stdout.write(f"{name}.png: {size:,} bytes\n")
    return int(max(sizes.values()) > MOST_BYTES)


def _look(name: str) -> Look:
    return SHOWN[name][2] if name in SHOWN else DESK


if __name__ == "__main__":
    sys.exit(main())
