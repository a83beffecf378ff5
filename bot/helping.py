"""What helps without a number: greeting, help, definitions, values, freshness, the data's checks, and kind refusals."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING

from analytics.catalogue import DIMENSIONS, METRICS
from analytics.standing import sources
from bot import says
from bot.answering import Answered, suggestions
from bot.events import Choice
from bot.telemetry import logs
from cards.definition import definition_card
from cards.freshness import freshness_card
from cards.help import help_card, welcome_card
from cards.quality import SourceState, quality_card
from cards.trouble import refusal_card
from cards.values import values_card
from cards.view import Next, View

if TYPE_CHECKING:
    from analytics.engine import Engine
    from bot.access import Access
    from bot.understanding import Reading
    from bot.visit import Visit

Help = Callable[["Visit", "Reading", View], Awaitable[Answered]]


class Helping:
    """Answers readings that ask for no number, by what they ask to be done."""

    def __init__(self, engine: Engine, access: Access) -> None:
        self._engine = engine
        self._access = access
        self._by_action: dict[str, Help] = {
            "define": self._define,
            "list_values": self._values,
            "data_freshness": self._freshness,
            "data_quality": self._quality,
        }

    async def answer(self, visit: Visit, reading: Reading, view: View) -> Answered:
        """The card; plain help where nothing more particular fits."""
        examples = says.examples(visit)
        if reading.kind == "refuse":
            reason = reading.reason or "unsupported"
            logs.note(denied=reason == "scope")
            return Answered(refusal_card(view, reason, _particular(reading.topic, reason), examples), "refused")
        if help_with := self._by_action.get(reading.action or ""):
            return await help_with(visit, reading, view)
        if reading.kind == "smalltalk":
            return Answered(welcome_card(view, examples, says.first_name(visit)), "greeted")
        return Answered(help_card(view, examples), "helped")

    async def names(self, visit: Visit, dimension: str, typed: str) -> Sequence[Choice]:
        """Names of a dimension for what was typed so far, within what the asker may see, the best fits first."""
        if dimension not in DIMENSIONS:
            return ()
        allowed = (await self._access.names(visit.scope)).get(dimension)
        version = await self._engine.run(self._engine.version)
        return [Choice(label, key) for key, label in suggestions(version.members, dimension, typed, allowed)]

    async def _define(self, visit: Visit, reading: Reading, view: View) -> Answered:
        if not (reading.query and reading.query.metrics):
            return Answered(help_card(view, says.examples(visit)), "helped")
        metric = METRICS[reading.query.metrics[0]]
        return Answered(definition_card(view, metric, [Next(metric.label, reading.query)]), "defined")

    async def _values(self, visit: Visit, reading: Reading, view: View) -> Answered:
        dimension = reading.query.group_by[0] if reading.query and reading.query.group_by else "job_category"
        allowed = (await self._access.names(visit.scope)).get(dimension)
        version = await self._engine.run(self._engine.version)
        members = version.members.by_id[dimension].values()
        seen = sorted((m for m in members if allowed is None or m.id in allowed), key=lambda m: -m.records)
        return Answered(
            values_card(view, dimension, DIMENSIONS[dimension].plural.capitalize(), [m.label for m in seen]), "helped"
        )

    async def _freshness(self, visit: Visit, _: Reading, view: View) -> Answered:
        """Every source and how old it is; the same for whoever asks."""

        def found() -> list[SourceState]:
            with self._engine.store.lease() as lease:
                return [SourceState(one.name or "CSV", one.until, one.rows) for one in sources(lease.cursor)]

        listed = await self._engine.run(found)
        return Answered(freshness_card(view, visit.snapshot, listed), "helped")

    async def _quality(self, _visit: Visit, _reading: Reading, view: View) -> Answered:
        """Samples of records are never on this card, so it is the same for whoever asks."""
        with self._engine.store.lease() as lease:
            return Answered(quality_card(view, lease.findings, lease.snapshot), "helped")


def _particular(topic: str, reason: str) -> str:
    """What a refusal names beyond its reason: the thing that has no data, for instance."""
    return "" if topic == reason or says.can_say("en", topic) else topic
