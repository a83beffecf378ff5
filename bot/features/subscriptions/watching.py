"""Looks at alerts after every new version of the data and every new day: what crossed its threshold is told once."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import TYPE_CHECKING, Any

import structlog

from analytics.catalogue import DIMENSIONS, METRICS
from analytics.currencies import decimals
from analytics.errors import InsightsError, QuestionError
from analytics.model import Filter, Query, Value
from bot import says
from bot.auditing import of_sent, told_of
from bot.delivery.activity import unasked
from bot.features.subscriptions.asking import Wanted
from bot.features.subscriptions.owners import Owner
from bot.features.subscriptions.sending import title_of
from bot.features.subscriptions.spans import starts_anew
from bot.state.subscriptions import Alert
from cards import formats
from cards.asking import asked
from cards.subscriptions import Crossing, alert_card
from cards.view import View
from cards.words import words

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from analytics.model import Answer, Having, Row
    from bot.features.feature import Services
    from bot.features.subscriptions.owners import Owners

log = structlog.get_logger(__name__)

SPLITS = ("team", "job_category", "country")
CONTRIBUTORS = 3

Why = Callable[["Services", Query, "Answer", Owner], Awaitable[str]]
"""What stands behind a number that crossed its threshold, in a few names; "" where nothing can be said."""


class RefusedError(QuestionError):
    """The owner may not ask this any more."""


@dataclass(frozen=True, slots=True)
class Look:
    """What one look at an alert found: whatever is beyond the threshold now, and what has crossed it since the last."""

    over: Mapping[str, Any]
    crossed: tuple[Crossing, ...]
    values: tuple[str, ...]
    told: Mapping[str, Any] = field(default_factory=dict)


async def largest(services: Services, query: Query, answer: Answer, owner: Owner) -> str:
    """The members that make up most of an additive number, the largest first."""
    metric = METRICS.get(query.metrics[0]) if query.metrics else None
    split = next((key for key in SPLITS if query.filter(key) is None), None)
    if metric is None or not metric.additive or split is None or owner.reader.scope.detail == "totals":
        return ""
    wanted = replace(
        query, metrics=query.metrics[:1], group_by=(split,), grain=None, compare=None, order=(), limit=None
    )
    try:
        found = await services.engine.answer(wanted, owner.reader.scope, today=owner.reader.today)
    except InsightsError:
        return ""
    rows = sorted((r for r in found.rows if r.kind == "value" and r.values[0]), key=lambda r: -(r.values[0] or 0))
    unit, locale = found.columns[-1].unit, owner.reader.locale
    return ", ".join(
        f"{row.labels[0]} {formats.shown(row.values[0], unit, locale, answer.currency)}" for row in rows[:CONTRIBUTORS]
    )


class Watching:
    """Evaluates alerts, each with what its owner may see at that moment. `why` says what stands behind a number."""

    def __init__(self, services: Services, owners: Owners, why: Why = largest) -> None:
        self._services = services
        self._owners = owners
        self._alerts = services.state.alerts
        self._why = why

    def mark(self) -> str:
        """What an alert has been looked at in: the version of the data, and the day."""
        return f"{self._services.engine.store.snapshot.version}:{self._services.access.today().isoformat()}"

    async def tick(self, now: datetime) -> None:
        """Look at whatever has not been looked at in this version on this day."""
        mark = self.mark()
        due = await self._alerts.due(mark)
        for (tenant, entra_id, seen), alerts in groupby(due, key=lambda one: (one.tenant, one.owner, one.seen)):
            try:
                await self._of(list(alerts), mark, f"alerts:{tenant}:{entra_id}:{seen}>{mark}", now)
            except InsightsError as problem:
                log.warning("alerts_wait", problem=type(problem).__name__)

    async def look(self, alert: Alert, owner: Owner, now: datetime) -> Look:
        """What is beyond the threshold. Raises RefusedError where the owner may not ask, QuestionError for no number."""
        began = time.perf_counter()
        wanted, reader = Wanted(alert.query, alert.period, alert.audience), owner.reader
        query = wanted.on(reader.today, self._services.engine.store.snapshot.reporting.fiscal_year_start_month)
        (having,) = query.having[:1] or (None,)
        if having is None or query.rows or not query.metrics:
            raise QuestionError("An alert watches a number.")
        plain = replace(query, having=(), order=(), limit=None, compare=None)
        answered = await self._services.answering.answer(plain, reader, at=now, reference=alert.id[:8].upper())
        if answered.answer is None:
            raise RefusedError(answered.outcome) if answered.outcome == "refused" else QuestionError("no answer")
        look = await self._compared(alert, plain, having, answered.answer, owner)
        return replace(look, told=told_of(reader.scope, [answered.answer], began))

    async def _compared(self, alert: Alert, query: Query, having: Having, answer: Answer, owner: Owner) -> Look:
        numbers = [c for c in answer.columns if c.kind not in {"dimension", "time"}]
        at = next((n for n, c in enumerate(numbers) if c.key == having.metric and c.kind == "metric"), 0)
        unit = numbers[at].unit
        limit = having.value * (10 ** decimals(answer.currency) if unit == "money" else 1)
        period = str(answer.period.start) if starts_anew(alert.period) else ""
        before = alert.over or {}
        known = before.get("members", {}) if before.get("period", "") == period else {}
        now: dict[str, float] = {}
        crossed, values = [], []
        for row in _rows(query, answer):
            key, value = "/".join(one or "" for one in row.keys), row.values[at]
            if value is None:
                now |= {key: known[key]} if key in known else {}
                continue
            written = formats.shown(value, unit, owner.reader.locale, answer.currency)
            values.append(written)
            if not _beyond(value, having.op, limit):
                continue
            now[key] = value
            if key not in known:
                whole = formats.shown(limit, unit, owner.reader.locale, answer.currency)
                crossed.append(await self._crossing(query, having, answer, row, (written, whole), owner))
        return Look({"period": period, "members": now}, tuple(crossed), tuple(values))

    async def _crossing(
        self, query: Query, having: Having, answer: Answer, row: Row, said: tuple[str, str], owner: Owner
    ) -> Crossing:
        reader = owner.reader
        w, title = words(reader.language), asked(replace(query, time=None), words(reader.language), reader.locale)
        span = formats.period(answer.period, reader.locale)
        period = w.say("period.to_date", period=span) if answer.partial else span
        one = _narrowed(query, row)
        return Crossing(
            title=title,
            value=said[0],
            limit=said[1],
            over=having.op.startswith(">"),
            period=" · ".join(part for part in (period, reader.scope_label) if part),
            query=replace(query, having=(having,)) if query.group_by else query,
            member=", ".join(row.labels) if query.group_by or query.grain else "",
            why=await self._why(self._services, one, answer, owner) if one else "",
        )

    async def _of(self, alerts: Sequence[Alert], mark: str, key: str, now: datetime) -> None:
        """One owner's: all that crossed goes out as one message, and only then is it written down as told."""
        found: list[tuple[Alert, Look]] = []
        home = None
        for alert in alerts:
            owner = await self._owners.find(alert.tenant, alert.owner, alert.audience, alert.language, alert.locale)
            if not isinstance(owner, Owner):
                await self.pause(alert, owner, mark)
                continue
            if await self._owners.quiet_seconds(owner.person, now):
                return
            home = owner.home
            try:
                found.append((alert, await self.look(alert, owner, now)))
            except RefusedError:
                await self.pause(alert, "refused", mark)
                await self._note(alert, owner.home.id, "refused", {"scope": says.scope_word(owner.reader.scope)}, now)
            except (QuestionError, KeyError):
                continue
        crossed = [one for _, look in found for one in look.crossed]
        if crossed and home is not None:
            first = alerts[0]
            view = View(self._services.access.today(), first.language, first.locale)
            activity = unasked(home, alert_card(view, crossed))
            if await self._services.state.outbox.put(home, activity, purpose="digest", key=key):
                for alert, look in found:
                    if look.crossed:
                        await self._note(alert, home.id, "sent", look.told, now)
        for alert, look in found:
            await self._alerts.looked(alert, mark, look.over)

    async def _note(self, alert: Alert, where: str, outcome: str, told: Mapping[str, Any], now: datetime) -> None:
        line = of_sent("alert", alert.tenant, alert.owner, where, outcome, told, now)
        await self._services.state.audit.add(line)

    async def pause(self, alert: Alert, why: str, mark: str) -> None:
        """Not looked at any more; whoever pauses it tells the program leads."""
        if await self._alerts.pause(alert.id, why):
            today = self._services.access.today()
            wanted = Wanted(alert.query, alert.period, alert.audience)
            what = title_of(wanted, self._services, alert.language, alert.locale, today)
            name = await self._owners.name(alert.owner)
            await self._owners.tell_leads(alert.tenant, f"paused:{alert.id}:{mark}", name, why, what)


def _rows(query: Query, answer: Answer) -> Sequence[Row]:
    if query.group_by or query.grain:
        return [row for row in answer.rows if row.kind == "value"]
    row = answer.total or (answer.rows[0] if answer.rows else None)
    return [row] if row else []


def _beyond(value: float, op: str, limit: float) -> bool:
    return {">": value > limit, ">=": value >= limit, "<": value < limit, "<=": value <= limit, "=": value == limit}[op]


def _narrowed(query: Query, row: Row) -> Query | None:
    """The question about one row alone; None where it is about a step in time."""
    if query.grain:
        return None
    for key, number, label in zip(query.group_by, row.keys, row.labels, strict=False):
        if key not in DIMENSIONS or number is None:
            return None
        query = query.with_filter(Filter(key, include=(Value(label, number),)))
    return replace(query, group_by=())
