"""What a week's digest says: asked of the engine once for each scope and week, drawn for each channel."""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from babel import Locale

from analytics.catalogue import SCORECARDS
from analytics.model import Answer, Compare, Period, Query, Scope
from analytics.notable import Ask, asked, contributor, notable
from analytics.periods import add_months, last_units, unit
from bot import says
from bot.answering import Reader
from bot.auditing import told_of
from bot.features.digest.sending import Digest
from bot.features.stories import freshest
from cards import formats
from cards.digest import Tale, Week, digest_card, reply_said
from cards.text import esc
from cards.words import words

if TYPE_CHECKING:
    from bot.events import Conversation
    from bot.features.feature import Services
    from bot.runner import Due
    from bot.schedules import Rule

TILES = ("spend", "jobs_posted", "hires", "avg_time_to_hire")
MONTHS, FEWEST_MONTHS = 4, 2
KEPT = 64


class Content:
    """Composes digests. What the engine found is kept as long as its version is current, so many channels cost as one."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._kept: dict[tuple[int, Scope, date], asyncio.Task[Week]] = {}

    async def compose(self, due: Due, where: Conversation) -> Digest:
        """The digest of a channel for the week before the one that is due. Raises DataError without data."""
        began, one, services = time.perf_counter(), due.schedule, self._services
        snapshot = services.engine.store.snapshot
        seen = await services.access.place(where)
        day = due.at.astimezone(ZoneInfo(snapshot.reporting.timezone)).date()
        week = await self._week(snapshot.version, seen.scope, day)
        week = replace(week, story=await self._story(one.tenant, seen.scope))
        label = says.scope_label(replace(seen, place=""), one.language)
        reader = Reader(seen.scope, label, services.access.today(), one.language, one.locale, shared=True)
        view = await services.answering.view(reader)
        if one.payload.get("show") == "numbers":
            week = replace(week, promises=(), found=None, story=None)
        dates = formats.period(week.period, one.locale)
        posted = words(one.language).say("digest.posted", dates=dates, **rule_said(one.rule, one.language))
        told = told_of(seen.scope, [now for now, _ in week.tiles], began)
        return Digest(digest_card(week, view, posted), esc(reply_said(week, view)), told)

    async def _week(self, version: int, scope: Scope, day: date) -> Week:
        """Asked once, also where many want it at the same time."""
        key = (version, scope, day)
        task = self._kept.get(key)
        if task is None or (task.done() and (task.cancelled() or task.exception())):
            if len(self._kept) >= KEPT:
                self._kept.clear()
            task = self._kept[key] = asyncio.create_task(self._services.engine.run(lambda: self._ask(scope, day)))
        return await asyncio.shield(task)

    def _ask(self, scope: Scope, day: date) -> Week:
        engine, today = self._services.engine, self._services.access.today()
        period = last_units(day, "week", 1)

        def ask(query: Query) -> Answer:
            return engine.ask(query, scope, today=today)

        year = Period(add_months(period.end, -12), period.end)
        cards = (
            asked(ask, Query(card.metrics, time=year, compare=Compare("previous_period")))
            for card in SCORECARDS.values()
        )
        found = notable(ask, period)
        return Week(
            period,
            tuple(_tile(ask, metric, period) for metric in TILES),
            tuple(one for one in cards if one),
            _drawn(ask, period),
            tuple(replace(one, members=one.members or contributor(ask, one)) for one in found),
            ends=self._ends(period),
        )

    def _ends(self, period: Period) -> date | None:
        """The last day of the data, where it does not cover the week."""
        snapshot = self._services.engine.store.snapshot
        until = snapshot.as_of.astimezone(ZoneInfo(snapshot.reporting.timezone)).date()
        return until if until < period.end - timedelta(days=1) else None

    async def _story(self, tenant: str, scope: Scope) -> Tale | None:
        """The freshest story that everyone in the channel may see; who wrote it only where people are named."""
        told = await freshest(self._services, tenant, scope)
        return (
            Tale(told[0].title, told[0].text, told[0].author_name if scope.detail == "named" else "") if told else None
        )


def rule_said(rule: Rule, language: str) -> dict[str, str]:
    """Day, time and zone of a weekly rule, for sentences."""
    day = Locale.parse(language).days["stand-alone"]["wide"][rule.weekday]
    return {"day": day, "time": f"{rule.at:%H:%M}", "zone": rule.zone}


def _tile(ask: Ask, metric: str, period: Period) -> tuple[Answer, Answer | None]:
    now = ask(Query((metric,), time=period, compare=Compare("previous_period")))
    return now, asked(ask, Query((metric,), time=period, compare=Compare("previous_year")))


def _drawn(ask: Ask, period: Period) -> Answer | None:
    """The first number that has months to draw: of the others too many are withheld from this scope."""
    for metric in TILES[:3]:
        answer = asked(ask, Query((metric,), time=_months(period), grain="month"))
        if answer and sum(row.values[0] is not None for row in answer.rows) >= FEWEST_MONTHS:
            return answer
    return None


def _months(period: Period) -> Period:
    """The months up to that in which the week ends."""
    end = unit(period.end - timedelta(days=1), "month").end
    return Period(add_months(end, -MONTHS), end)
