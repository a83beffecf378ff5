"""Our bot with a desk that says everything back: the whole way in and out, with nothing between.

Usage: python -m bench.own_echo WORLD.json PORT FOLDER
"""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import structlog

from bot import loops
from bot.delivery.pace import Window
from bot.events import Reply, Turn, message
from bot.parts import open_parts
from bot.server import make_app, serve
from bot.settings import SAMPLE_TENANT, Settings
from bot.state import State

if TYPE_CHECKING:
    from collections.abc import Sequence

# The limiter runs, but what Teams would allow is far below what is measured here.
OUT_OF_REACH = (Window(1_000_000, 1),)


class Echo:
    """Says everything back."""

    async def handle(self, turn: Turn) -> Sequence[Reply]:
        """One message, the same text."""
        return [message(turn.text)]


def now() -> datetime:
    return datetime.now(UTC)


def settings_of(world: dict[str, str], folder: Path) -> Settings:
    """Settings of a signed bot among the bench's stand-ins."""
    return Settings(
        app_id=world["app_id"],
        app_tenant=SAMPLE_TENANT,
        app_secret="not-a-secret",  # noqa: S106 - the directory it is shown to is made up
        allowed_tenants=(SAMPLE_TENANT,),
        service_hosts=(world["services"]["https"].split("/")[2],),  # type: ignore[index]
        metadata=world["metadata"],
        authority=world["authority"],
        ca_file=Path(world["ca_file"]),
        send_limits=OUT_OF_REACH,
        send_limits_overall=OUT_OF_REACH,
        turn_limits=OUT_OF_REACH,
        data_dir=folder,
    )


async def main(world: dict[str, str], port: int, folder: Path) -> None:
    settings = settings_of(world, folder)
    state = await State.open(settings.state_address, now)
    async with open_parts(settings, now) as parts:
        await serve(
            make_app(settings, Echo(), state, keys=parts.keys, connector=parts.connector, clock=now), "127.0.0.1", port
        )
    await state.close()


if __name__ == "__main__":
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(30))
    loops.run(main(json.loads(Path(sys.argv[1]).read_text()), int(sys.argv[2]), Path(sys.argv[3])))
