"""The one time a person agrees that the bot may read Upwork: a page to open, an address to paste back."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

from analytics.errors import DataError
from bot.sources import connecting

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.events import Clock
    from bot.settings import Settings


async def connect(settings: Settings, clock: Clock, say: Callable[[str], None], ask: Callable[[str], str]) -> None:
    """Fetch and keep the first tokens. Raises SettingsError, DataError."""
    async with connecting(settings, clock) as tokens:
        if settings.upwork_service:
            await tokens.token()
        else:
            state = secrets.token_urlsafe(16)
            say("Open this page as somebody who may read the whole organization, and agree:")
            say(tokens.where_to_agree(state))
            await tokens.agreed(code_in(ask("Then paste the address you were sent to"), state))
        say("Upwork is connected. Run `python app.py sync` next.")


def code_in(address: str, state: str) -> str:
    """The code in the address a person was sent back to. DataError where it belongs to another attempt, or is missing."""
    said = parse_qs(urlsplit(address.strip()).query)
    if said.get("state") != [state]:
        raise DataError("That address belongs to another attempt: its state is not the one just made. Connect again.")
    if not said.get("code"):
        raise DataError(
            f"Upwork sent no code back ({(said.get('error') or ['no reason given'])[0][:60]}). Connect again."
        )
    return said["code"][0]
