"""Targets by chat: set, listed and removed by the program, every version kept, in effect from the next answer on."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from analytics.catalogue import METRICS
from analytics.targets import Change, merged
from bot import auditing
from bot.answering import Answered
from bot.apart import alone
from bot.features.days import day_of
from bot.features.feature import PROGRAM, Command, Feature, Tick, either
from bot.features.subscriptions import wording
from bot.features.subscriptions.arranging import in_unit
from bot.features.subscriptions.asking import Asking
from bot.state.stories import SaidTarget
from cards.targets import Shown, targets_card
from cards.words import words

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime
    from typing import Literal

    from analytics.model import Query, Target
    from bot.features.feature import Services
    from bot.understanding import Reading
    from bot.visit import Visit

READ_SECONDS = 30.0

SET = either(
    r"(?:setze?|lege?|ändere) (?:das |unser |den )?ziel (?:für|von|bei) (?:die |den |das )?(?P<what1>.+?) (?:fest )?auf (?P<to1>.+)",
    r"(?:fixe[rz]?|définis(?:sez)?|mets|mettez) (?:l['’]objectif|notre objectif|la cible) (?:de |du |des |pour )?(?:le |la |les |l['’])?(?P<what2>.+?) à (?P<to2>.+)",
    r"(?:fija|pon|establece|define) (?:el objetivo|nuestro objetivo|la meta) (?:del?|para) (?:el |la |los )?(?P<what3>.+?) (?:en|a) (?P<to3>.+)",
    r"(?:defina|ajuste|coloque|define) (?:a |nossa |o )?(?:meta|objetivo) (?:d[eoa]|para) (?:o |a )?(?P<what4>.+?) (?:em|para|como) (?P<to4>.+)",
    r"(?P<what5>.+?)の目標を(?P<to5>.+?)に(?:設定|変更)?(?:して)?(?:ください)?",
)  # fmt: skip
LIST = either(
    r"what are (?:our|the|my) (?:targets|goals)|(?:show|list)(?: me)?(?: our| the| all)* targets|(?:our )?targets",
    r"was sind unsere ziele|(?:zeige?(?: mir)? )?unsere ziele", r"quels sont (?:nos|les) objectifs|nos objectifs",
    r"¿?cuáles son (?:nuestros|los) objetivos|nuestros objetivos|nuestras metas", r"quais são (?:as )?(?:nossas )?metas|nossas metas",
    r"(?:私たちの)?目標(?:は何ですか|の一覧|を見せて)?",
)  # fmt: skip
REMOVE = either(
    r"(?:remove|delete|drop|cancel) (?:the |our )?(?:target|goal) (?:for|of|on) (?:the )?(?P<what1>.+)",
    r"(?:remove|delete|drop|cancel) (?:the |our )?(?P<what2>.+?) (?:target|goal)",
    r"(?:entferne|lösche) (?:das |unser )?ziel (?:für|von) (?:die |den |das )?(?P<what3>.+)",
    r"(?:supprime|retire|enlève) (?:l['’]objectif|la cible) (?:de |du |des |pour )?(?:le |la |les |l['’])?(?P<what4>.+)",
    r"(?:quita|elimina|borra) (?:el objetivo|la meta) (?:del?|para) (?:el |la )?(?P<what5>.+)",
    r"(?:remova|exclua|apague) (?:a meta|o objetivo) (?:d[eoa]|para) (?:o |a )?(?P<what6>.+)",
    r"(?P<what7>.+?)の目標を(?:削除|取り消)(?:し)?(?:して|て)?(?:ください)?",
)  # fmt: skip
_FROM = re.compile(
    r",? (?:from|starting|as of|ab(?: dem)?|à partir du|desde(?: el)?|a partir d[eo])\s+(?P<day>.+)$", re.IGNORECASE
)
_LEAST = re.compile(r"at least|mindestens|au moins|al menos|pelo menos|以上", re.IGNORECASE)
_MOST = re.compile(r"at most|no more than|höchstens|au plus|como máximo|no máximo|以下|以内", re.IGNORECASE)


def feature(services: Services) -> Feature:
    """The commands, and the clockwork that takes over what another process was told."""
    goals = Targets(services)
    short = wording.SHORT
    return Feature(
        "targets",
        commands=(
            Command("targets", LIST, goals.listed, PROGRAM),
            Command("remove target", short + REMOVE, goals.remove, PROGRAM),
            Command("set target", short + SET, goals.said, PROGRAM),
        ),
        actions={"target": goals.set},
        ticks=(Tick("targets", READ_SECONDS, goals.tick),),
    )


class Targets:
    """Answers the words, and tells the engine."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._asking = Asking(services)
        self._kept = services.state.targets
        self._known = -1

    async def tick(self, _: datetime) -> None:
        """Take over what was said since, here or elsewhere."""
        if (count := await self._kept.count()) != self._known:
            changes = [_change(one) for one in await self._kept.said()]
            self._services.engine.change_goals(merged(self._services.engine.declared, changes))
            self._known = count

    async def set(self, visit: Visit, reading: Reading) -> Answered:
        """As the reader of questions has read it."""
        if visit.asker.role not in PROGRAM:
            return await self._services.answering.not_their_role(visit.reader)
        return await self._set(visit, reading.query, visit.turn.text)

    async def said(self, visit: Visit, fit: re.Match[str]) -> Answered:
        """In the words of the other languages."""
        what, to = _given(fit, "what"), _given(fit, "to")
        reading = await self._asking.read(visit, what)
        return await self._set(visit, reading.query if reading.kind == "answer" else None, to)

    async def _set(self, visit: Visit, query: Query | None, text: str) -> Answered:
        starts, text = self._starts(visit, text)
        about, number = _about(query), wording.number_in(text)
        if about is None:
            return await self._told(visit, "unclear")
        if number is None:
            return await self._told(visit, "no_value")
        metric, dimension, member = about
        value = in_unit(number[0], metric, percent=number[1])
        return await self._say(visit, metric, dimension, member, value, _direction(metric, text), starts)

    async def remove(self, visit: Visit, fit: re.Match[str]) -> Answered:
        """No target for this any more; what it was stays in the list of what was said."""
        reading = await self._asking.read(visit, _given(fit, "what"))
        about = _about(reading.query) if reading.kind == "answer" else None
        if about is None:
            return await self._told(visit, "unclear")
        if not any(_key(one) == about for one in self._services.engine.goals.targets):
            return await self._told(visit, "none_such")
        return await self._say(visit, *about, None, "up", None)

    async def listed(self, visit: Visit, _: re.Match[str]) -> Answered:
        """All that hold, each with what it was before."""
        await self.tick(visit.turn.at)
        return await self._list(visit)

    async def _say(
        self, visit: Visit, metric: str, dimension: str, member: str, value: float | None, way: Literal["up", "down"], starts: date | None
    ) -> Answered:  # fmt: skip
        person = visit.turn.person
        one = SaidTarget(
            metric, dimension, member, value, way, starts, person.entra_id, visit.asker.name, visit.turn.at
        )
        await self._kept.say(person.tenant, one)
        await self.tick(visit.turn.at)
        told = {"metric": metric, "dimension": dimension, "member": member, "value": value, "direction": way}
        outcome = "target set" if value is not None else "target removed"
        await self._services.state.audit.add(auditing.of_deed(visit, "target", outcome, told))
        return await self._list(visit, "removed" if value is None else "set", outcome)

    async def _list(self, visit: Visit, done: str = "", outcome: str = "listed") -> Answered:
        said = await self._kept.said(visit.turn.person.tenant)
        currency = visit.snapshot.reporting.currency
        shown = [_shown(one, said) for one in self._services.engine.goals.targets]
        view = await self._services.answering.view(visit.reader)
        card = targets_card(view, shown, currency, done=done)
        return await alone(visit, self._services.state, Answered(card, outcome))

    async def _told(self, visit: Visit, key: str) -> Answered:
        view = await self._services.answering.view(visit.reader)
        said = words(view.language).say(f"targets.{key}")
        return await alone(visit, self._services.state, Answered(targets_card(view, (), "", only=said), "asked back"))

    def _starts(self, visit: Visit, text: str) -> tuple[date | None, str]:
        """From which day on, if one was said."""
        if (fit := _FROM.search(text)) and (day := day_of(fit["day"], visit.reader.today)):
            return day, text[: fit.start()]
        return None, text


def _about(query: Query | None) -> tuple[str, str, str] | None:
    """Metric, dimension and member that a target can be for; None for anything finer."""
    if query is None or len(query.metrics) != 1 or query.group_by or query.grain or len(query.filters) > 1:
        return None
    if not query.filters:
        return query.metrics[0], "", ""
    (one,) = query.filters
    if len(one.include) != 1 or one.exclude or one.under or one.bounds:
        return None
    return query.metrics[0], one.dimension, one.include[0].name


def _direction(metric: str, text: str) -> Literal["up", "down"]:
    if _LEAST.search(text) or _MOST.search(text):
        return "up" if _LEAST.search(text) else "down"
    return METRICS[metric].good or "down"


def _given(fit: re.Match[str], name: str) -> str:
    return next((text for key, text in fit.groupdict().items() if key.startswith(name) and text), "")


def _change(one: SaidTarget) -> Change:
    return Change(one.metric, one.value, one.direction, one.name, one.starts, one.dimension or None, one.member or None)


def _key(target: Target) -> tuple[str, str, str]:
    return (target.metric, target.dimension or "", target.member or "")


def _shown(target: Target, said: Sequence[SaidTarget]) -> Shown:
    """A target with who set it and what it was before, the newest first."""
    words_on = [one for one in said if one.key == _key(target)]
    now = next((one for one in reversed(words_on) if one.value == target.value and one.starts == target.period.start), None)  # fmt: skip
    earlier = [one for one in reversed(words_on) if one is not now and one.value is not None]
    by, at = (now.name, now.at.date()) if now else (target.owner, None)
    before = tuple((one.value or 0.0, one.at.date(), one.name) for one in earlier)
    return Shown(target, by, at, before)
