"""What keeps unasked messages away: hours in which nothing comes, and the report to every manager for whoever does not want it."""

from __future__ import annotations

import re
from datetime import time
from typing import TYPE_CHECKING, Any

from bot.features.subscriptions.many import MUTED
from bot.features.subscriptions.owners import QUIET

if TYPE_CHECKING:
    from bot.answering import Answered
    from bot.features.feature import Services
    from bot.features.subscriptions.arranging import Arranging
    from bot.visit import Visit

_MARKED = re.compile(r"(\d{1,2})(?:[:.h](\d{2}))?\s*(am|pm)?", re.IGNORECASE)


class Quieting:
    """Answers the words about when nothing shall come, and what."""

    def __init__(self, services: Services, arranging: Arranging) -> None:
        self._arranging = arranging
        self._state = services.state

    async def quiet(self, visit: Visit, fit: re.Match[str]) -> Answered:
        """Nothing comes unasked between these hours."""
        said = [text for text in fit.groupdict().values() if text]
        hours = [_hour(text) for text in said[:2]]
        if None in hours or hours[0] == hours[1]:
            return await self._arranging.told(visit, "no_time")
        start, end = (f"{at:%H:%M}" for at in hours if at)
        await self._state.person_settings.set(visit.turn.person, QUIET, {"from": start, "to": end})
        return await self._arranging.told(
            visit, "quiet_set", "told", start=start, end=end, zone=await self._arranging.zone(visit)
        )

    async def loud(self, visit: Visit, _: re.Match[str]) -> Answered:
        """No quiet hours any more."""
        await self._state.person_settings.clear(visit.turn.person, QUIET)
        return await self._arranging.told(visit, "quiet_gone", "told")

    def mute(self, kind: str, *, on: bool) -> Any:
        """Keeps what goes to every manager away from whoever says so, or lets it come again."""

        async def run(visit: Visit, _: re.Match[str]) -> Answered:
            person, name = visit.turn.person, MUTED + kind
            await (self._state.person_settings.set(person, name, True) if on else self._state.person_settings.clear(person, name))  # fmt: skip
            await self._arranging.note(visit, "muted" if on else "unmuted", kind)
            return await self._arranging.told(visit, "muted" if on else "unmuted", "told")

        return run


def _hour(said: str) -> time | None:
    fit = _MARKED.match(said.strip())
    if fit is None:
        return None
    hour, half = int(fit[1]), (fit[3] or "").casefold()
    hour = hour % 12 + (12 if half == "pm" else 0) if half else hour % 24 if hour == 24 else hour
    return time(hour, int(fit[2] or 0)) if hour < 24 and int(fit[2] or 0) < 60 else None
