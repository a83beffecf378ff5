"""Lists what comes by itself, and pauses, resumes, changes, stops and hands it over, in words and by buttons."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal
from zoneinfo import ZoneInfo

from analytics import query as public
from analytics.errors import QuestionError
from analytics.model import Query
from bot import says
from bot.answering import Answered
from bot.apart import alone
from bot.features.subscriptions import wording
from bot.features.subscriptions.arranging import SLICES, SUBSCRIPTION, in_unit
from bot.features.subscriptions.asking import Wanted
from bot.features.subscriptions.sending import title_of
from bot.schedules import next_due
from bot.state.subscriptions import Alert
from cards import subscriptions as drawn
from cards.subscriptions import Entry, entries_card, next_on, often, receipts_card
from cards.trouble import refusal_card
from cards.words import words

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.features.feature import Services
    from bot.features.subscriptions.arranging import Arranging
    from bot.features.subscriptions.many import Many
    from bot.state.schedule import Schedule
    from bot.visit import Visit
    from cards.view import View

Does = Literal["pause", "resume", "stop"]
ATTENTION = "attention"
MINE = (SUBSCRIPTION, SLICES)
_ALERTS = re.compile(r"alert|alarm|benachrichtigung|アラート", re.IGNORECASE)
_SUBSCRIPTIONS = re.compile(r"subscription|\babo|suscrip|assinatura|report|定期配信", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Item:
    """A schedule or an alert, whichever it is."""

    one: Schedule | Alert

    @property
    def id(self) -> str:
        """What the chooser of a card sends."""
        return f"{'a' if isinstance(self.one, Alert) else 's'}:{self.one.id}"


class Managing:
    """Answers the words and buttons about what is set up already."""

    def __init__(self, services: Services, arranging: Arranging, many: Many) -> None:
        self._services = services
        self._arranging = arranging
        self._many = many
        self._state = services.state

    # -- listing -------------------------------------------------------------------------------------------------------

    async def mine(self, visit: Visit, _: re.Match[str]) -> Answered:
        """Everything of whoever asks."""
        return await self._list(visit)

    async def overview(self, visit: Visit, _: re.Match[str]) -> Answered:
        """Everything of everyone, for the program."""
        return await self._list(visit, everyone=True)

    async def _list(self, visit: Visit, told: str = "", *, everyone: bool = False) -> Answered:
        view = await self._services.answering.view(visit.reader)
        w, items = words(view.language), await self._items(visit, everyone=everyone)
        whose = {one.one.owner: await self._name(one.one.owner) for one in items} if everyone else {}
        entries = [self._entry(view, item, whose.get(item.one.owner, "")) for item in items]
        title = w.say("subscriptions.all" if everyone else "subscriptions.mine")
        card = entries_card(
            view, title, entries, told=told, empty=w.say("subscriptions.none"), whose=visit.asker.role == "program"
        )
        return await alone(visit, self._state, Answered(card, "listed"))

    async def _items(self, visit: Visit, *, everyone: bool = False) -> list[Item]:
        person = visit.turn.person
        owner = "" if everyone else person.entra_id
        found: list[Schedule | Alert] = [
            one
            for one in await self._state.schedules.listed(person.tenant, owner=owner)
            if everyone or one.kind in MINE
        ]
        return [Item(one) for one in (*found, *await self._state.alerts.listed(person.tenant, owner))]

    async def _name(self, entra_id: str) -> str:
        found = await self._services.access.people.find(entra_id)
        return found.name if found else "?"

    def _entry(self, view: View, item: Item, owner: str) -> Entry:
        one, w = item.one, words(view.language)
        title = self._title(view, one)
        if isinstance(one, Alert):
            when = self._arranging.threshold(one, view.locale, w)
        else:
            when = often(view, one.rule.every, one.rule.at, one.rule.weekday, one.rule.day)
            when += (
                f" · {next_on(view, one.next_due.astimezone(ZoneInfo(one.rule.zone)))}" if one.state == "active" else ""
            )
        parts = [w.say("alerts.alert")] if isinstance(one, Alert) else []
        parts += [w.say("subscriptions.for_managers")] if one_kind(one) == SLICES else []
        parts += [when]
        parts += [w.say("subscriptions.paused")] if one.state == "paused" else []
        return Entry(item.id, title, " · ".join(parts), owner)

    def _title(self, view: View, one: Schedule | Alert) -> str:
        if isinstance(one, Alert):
            wanted = Wanted(one.query, one.period, one.audience)
        elif "query" in one.payload:
            wanted = Wanted.from_json(one.payload)
        else:
            return words(view.language).say(
                f"subscriptions.kind_{ATTENTION}" if one.kind == ATTENTION else "subscriptions.kind_digest"
            )
        return title_of(wanted, self._services, view.language, view.locale, view.today)

    # -- doing ---------------------------------------------------------------------------------------------------------

    def said(self, does: Does) -> Any:
        """What is done when it is asked for in words."""

        async def run(visit: Visit, fit: re.Match[str]) -> Answered:
            items, groups = await self._items(visit), fit.groupdict()
            if groups.get("all") or groups.get("ja_all"):
                for item in items:
                    if _meant(item, visit.turn.text):
                        await self._do(visit, does, item)
                return await self._list(visit, self._done(visit, does, ""))
            number = int(groups.get("n") or groups.get("ja") or 0)
            fitting = [n for n, item in enumerate(items, 1) if _meant(item, visit.turn.text)]
            if not number and len(fitting) == 1:
                number = fitting[0]
            if not 1 <= number <= len(items):
                return await self._list(visit)
            return await self._did(visit, does, items[number - 1])

        return run

    def pressed(self, does: Does) -> Any:
        """What a button does to the entry that was chosen."""

        async def run(visit: Visit, data: Mapping[str, Any]) -> Answered:
            item = await self._chosen(visit, data)
            return await self._did(visit, does, item) if item else await self._list(visit)

        return run

    async def _did(self, visit: Visit, does: Does, item: Item) -> Answered:
        told = await self._do(visit, does, item)
        if isinstance(told, Answered):
            return told
        others = item.one.owner != visit.turn.person.entra_id
        return await self._list(visit, told, everyone=others)

    async def _do(self, visit: Visit, does: Does, item: Item) -> str | Answered:
        one = item.one
        if isinstance(one, Alert):
            if does == "resume" and one.state == "paused":
                return await self._arranging.kept(visit, one)
            await (self._state.alerts.remove(one.id) if does == "stop" else self._state.alerts.pause(one.id, "own"))
        elif does == "resume":
            await self._state.schedules.resume(one.id, next_due(one.rule, visit.turn.at).at)
        elif does == "pause":
            await self._state.schedules.pause(one.id, "own")
        else:
            await self._state.schedules.end(one.id, "own")
        await self._arranging.note(visit, does, item.id)
        return self._done(visit, does, self._title(says.plain_view(visit.reader), one))

    def _done(self, visit: Visit, does: Does, what: str) -> str:
        w = words(visit.reader.language)
        return w.say(f"subscriptions.did_{does}", what=what) if what else w.say(f"subscriptions.did_{does}_all")

    async def _chosen(self, visit: Visit, data: Mapping[str, Any]) -> Item | None:
        """The entry a press names, if it is the presser's own or the presser leads the program."""
        chosen = data.get(drawn.WHICH)
        items = await self._items(visit, everyone=visit.asker.role == "program")
        return next((item for item in items if item.id == chosen), None)

    # -- changing ------------------------------------------------------------------------------------------------------

    async def change(self, visit: Visit, fit: re.Match[str]) -> Answered:
        """As in "change subscription 2 to Mondays at 8", "change alert 1 to 60k"."""
        given = [text for name, text in fit.groupdict().items() if text is not None and name[-1].isdigit()]
        number, to = int(given[0]), given[1]
        items = await self._items(visit)
        if not 1 <= number <= len(items):
            return await self._list(visit)
        return await self._changed(visit, items[number - 1], to)

    async def press_change(self, visit: Visit, data: Mapping[str, Any]) -> Answered:
        """The chosen entry, by what was typed beside it."""
        item, to = await self._chosen(visit, data), str(data.get(drawn.WHEN, ""))[:100]
        return await self._changed(visit, item, to) if item else await self._list(visit)

    async def _changed(self, visit: Visit, item: Item, to: str) -> Answered:
        one = item.one
        if isinstance(one, Alert):
            return await self._limit(visit, one, to)
        cadence, _ = wording.cadence_in(to)
        if cadence is None:
            cadence, _ = wording.cadence_in(f"every {to}")
        if cadence is None:
            return await self._list(visit, words(visit.reader.language).say("subscriptions.no_time"))
        rule = cadence.rule(one.rule.zone)
        await self._state.schedules.change(one, next_due=next_due(rule, visit.turn.at).at, rule=rule)
        await self._arranging.note(visit, "changed", item.id)
        told = words(visit.reader.language).say(
            "subscriptions.did_change", what=self._title(says.plain_view(visit.reader), one)
        )
        return await self._list(visit, told, everyone=one.owner != visit.turn.person.entra_id)

    async def _limit(self, visit: Visit, alert: Alert, to: str) -> Answered:
        found = wording.number_in(to)
        if found is None:
            return await self._list(visit, words(visit.reader.language).say("subscriptions.no_time"))
        query = public.from_json(alert.query)
        having = replace(query.having[0], value=in_unit(found[0], query.having[0].metric, percent=found[1]))
        watched = public.to_json(replace(query, having=(having, *query.having[1:])), ids=True)
        return await self._arranging.kept(visit, replace(alert, query=watched))

    # -- looking -------------------------------------------------------------------------------------------------------

    async def show(self, visit: Visit, data: Mapping[str, Any]) -> Answered:
        """The chosen entry as it would come now, with what the presser may see."""
        item = await self._chosen(visit, data)
        if item is None:
            return await self._list(visit)
        one = item.one
        if isinstance(one, Alert):
            wanted = Wanted(one.query, one.period, one.audience)
        elif "query" in one.payload:
            wanted = Wanted.from_json(one.payload)
        else:
            return await self._list(visit, everyone=True)
        try:
            query: Query = wanted.on(visit.reader.today, visit.snapshot.reporting.fiscal_year_start_month)
        except (QuestionError, KeyError) as error:
            view = await self._services.answering.view(visit.reader)
            return Answered(refusal_card(view, "unsupported", str(error)), "refused")
        query = query if query.group_by else replace(query, having=())
        return await self._services.answering.answer(query, visit.reader, at=visit.turn.at, reference=visit.reference)

    async def who(self, visit: Visit, data: Mapping[str, Any]) -> Answered:
        """Receipts of the chosen entry."""
        item = await self._chosen(visit, data)
        if (
            item is None
            or visit.asker.role != "program"
            or isinstance(item.one, Alert)
            or item.one.kind not in {SLICES, ATTENTION}
        ):
            return await self._list(
                visit,
                words(visit.reader.language).say("receipts.only_managers"),
                everyone=visit.asker.role == "program",
            )
        return await self._receipts(visit, item.one)

    async def got(self, visit: Visit, _: re.Match[str]) -> Answered:
        """Receipts of what went to every manager last."""
        found = [
            one
            for one in await self._state.schedules.listed(visit.turn.person.tenant)
            if one.kind in {SLICES, ATTENTION}
        ]
        runs = [(run.due_at, one) for one in found for run in (await self._state.runs.of(one.id, 1))]
        if not runs:
            return await self._list(visit, words(visit.reader.language).say("receipts.none"), everyone=True)
        return await self._receipts(visit, max(runs, key=lambda pair: pair[0])[1])

    async def _receipts(self, visit: Visit, one: Schedule) -> Answered:
        view = await self._services.answering.view(visit.reader)
        runs = await self._state.runs.of(one.id, 1)
        got = await self._many.receipts(one, runs[0].period) if runs else ()
        below = " · ".join([self._title(view, one), *([runs[0].period] if runs else [])])
        card = receipts_card(view, words(view.language).say("receipts.title"), below, got)
        return await alone(visit, self._state, Answered(card, "told"))

    # -- handing over, quiet, muting -----------------------------------------------------------------------------------

    async def hand_over(self, visit: Visit, fit: re.Match[str]) -> Answered:
        """All of somebody's to somebody else: one's own, or anyone's for the program."""
        groups = fit.groupdict()
        heirs = await self._services.access.people.named(
            next(v for k, v in groups.items() if k.startswith("heir") and v)
        )
        owner = visit.turn.person.entra_id
        if groups.get("from1"):
            if visit.asker.role != "program":
                return await self._arranging.told(visit, "not_yours")
            owners = await self._services.access.people.named(groups["from1"])
            if len(owners) != 1:
                return await self._arranging.told(visit, "who_is", name=groups["from1"])
            owner = owners[0][0]
        if len(heirs) != 1:
            return await self._arranging.told(
                visit, "who_is", name=next(v for k, v in groups.items() if k.startswith("heir") and v)
            )
        heir, asker = heirs[0]
        tenant = visit.turn.person.tenant
        if await self._state.conversations.personal(tenant, heir) is None:
            return await self._arranging.told(visit, "heir_no_home", name=asker.name)
        moved = await self._state.alerts.hand_over(tenant, owner, heir)
        for one in await self._state.schedules.listed(tenant, owner=owner):
            if one.kind in (*MINE, ATTENTION):
                moved += await self._state.schedules.change(one, next_due=one.next_due, owner=heir)
        await self._arranging.note(visit, "handed over", heir)
        return await self._arranging.told(visit, "handed", "handed over", n=moved, name=asker.name)


def one_kind(one: Schedule | Alert) -> str:
    """What kind of thing it is."""
    return "alert" if isinstance(one, Alert) else one.kind


def _meant(item: Item, said: str) -> bool:
    """Whether words that name no number speak of this kind of thing; those of both speak of everything."""
    alerts, others = bool(_ALERTS.search(said)), bool(_SUBSCRIPTIONS.search(said))
    return alerts == others or alerts == isinstance(item.one, Alert)
