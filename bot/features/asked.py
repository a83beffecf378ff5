"""What was asked this week, told to program leads in totals; and the audit let go of when its time is over."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from bot.answering import Answered
from bot.features.feature import PROGRAM, Command, Feature, Services, Tick, either
from cards.asked import asked_card

if TYPE_CHECKING:
    import re
    from datetime import datetime

    from bot.visit import Visit

DAYS = 7
HOUR = 3_600.0
KEPT_DAYS = 400
ASKED = either(
    r"what (?:was|has been|did people|were people) ask(?:ed|ing)?(?: (?:you|the bot))?(?: this week| in the last (?:7|seven) days)?",
    r"was wurde (?:diese woche|in den letzten (?:7|sieben) tagen )?gefragt",
    r"qu'est-ce qui a été demandé(?: cette semaine)?|qu'a-t-on demandé(?: cette semaine)?",
    r"¿?qué se (?:ha preguntado|preguntó)(?: esta semana)?",
    r"o que (?:foi perguntado|se perguntou)(?: esta semana)?",
    r"今週(?:は)?(?:何が|何を)聞かれ(?:ました|た)か",
)


def feature(services: Services) -> Feature:
    """Tells program leads what was asked this week, and ends what is too old."""

    async def told(visit: Visit, _: re.Match[str]) -> Answered:
        at = visit.turn.at
        found = await services.state.audit.totals(
            visit.turn.person.tenant, at - timedelta(days=DAYS), at + timedelta(seconds=1)
        )
        view = await services.answering.view(visit.reader)
        shown = (found.questions, found.people, found.outcomes, found.metrics, found.milliseconds)
        return Answered(asked_card(view, *shown, DAYS), "helped")

    async def purge(now: datetime) -> None:
        days = services.settings.audit_days if services.settings else KEPT_DAYS
        await services.state.audit.purge(now - timedelta(days=days))

    return Feature(
        "asked", commands=(Command("asked", ASKED, told, PROGRAM),), ticks=(Tick("audit_purge", HOUR, purge),)
    )
