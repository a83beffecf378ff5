"""Sets up what comes by itself: subscriptions, alerts, and one report for every manager."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from analytics import query as public
from analytics.catalogue import METRICS
from analytics.currencies import decimals
from analytics.errors import QuestionError
from analytics.model import Having
from bot import auditing, says
from bot.answering import Answered
from bot.apart import alone
from bot.features.subscriptions import wording
from bot.features.subscriptions.asking import Wanted
from bot.features.subscriptions.owners import Owner, zone_of
from bot.features.subscriptions.sending import title_of
from bot.features.subscriptions.watching import RefusedError
from bot.schedules import next_due
from bot.state.subscriptions import Alert
from cards import formats
from cards.subscriptions import STOP, Kept, kept_card, next_on, often
from cards.trouble import refusal_card
from cards.words import words

if TYPE_CHECKING:
    import re

    from bot.features.feature import Services
    from bot.features.subscriptions.asking import Asking
    from bot.features.subscriptions.owners import Owners
    from bot.features.subscriptions.watching import Watching
    from bot.state.schedule import Schedule
    from bot.understanding import Reading
    from bot.visit import Visit
    from cards.words import Words

MOST = 50  # subscriptions and alerts of one person
SUBSCRIPTION, SLICES = "subscription", "slices"


class Arranging:
    """Answers the words that set something up."""

    def __init__(self, services: Services, owners: Owners, asking: Asking, watching: Watching) -> None:
        self._services = services
        self._owners = owners
        self._asking = asking
        self._watching = watching
        self._state = services.state

    # -- subscriptions -------------------------------------------------------------------------------------------------

    async def send(self, visit: Visit, fit: re.Match[str]) -> Answered:
        """As in "send me spend for my teams every Friday", in any language."""
        only, text = wording.only_in(fit.group("what") or fit.group("ja") or "")
        cadence, text = wording.cadence_in(text)
        wanted = await self._asking.wanted(visit, wording.tidy(text))
        return await self._subscribe(visit, wanted, cadence, only)

    async def subscribe(self, visit: Visit, reading: Reading) -> Answered:
        """The same in words that only the reader of questions knows."""
        only, text = wording.only_in(visit.turn.text)
        cadence, text = wording.cadence_in(text)
        if reading.query is None:
            return await self.told(visit, "unread")
        wanted = await self._asking.named(visit, reading.query, text, reading.audience or "")
        return await self._subscribe(visit, wanted, cadence, only)

    async def slices(self, visit: Visit, fit: re.Match[str]) -> Answered:
        """One report for every manager, each in their own scope."""
        said = next(text for name, text in fit.groupdict().items() if name.startswith("what") and text)
        only, text = wording.only_in(said)
        cadence, text = wording.cadence_in(text)
        wanted = await self._asking.wanted(visit, wording.tidy(text))
        if wanted is not None:
            wanted = replace(wanted, audience="own")
        return await self._subscribe(visit, wanted, cadence, only, kind=SLICES)

    async def _subscribe(
        self, visit: Visit, wanted: Wanted | None, cadence: wording.Cadence | None, only: str, kind: str = SUBSCRIPTION
    ) -> Answered:
        person = visit.turn.person
        if refused := await self._cannot(visit, wanted, kind=kind):
            return refused
        if wanted is None or (cadence is None and wording.quarterly(visit.turn.text)):
            return await self.told(visit, "unread" if wanted is None else "no_quarters")
        rule = (cadence or wording.Cadence("week")).rule(await self.zone(visit))
        due = next_due(rule, visit.turn.at).at
        payload = {**wanted.to_json(), "only": only, "by": visit.asker.name}
        home = await self._state.conversations.personal(person.tenant, person.entra_id)
        if home is None:
            return await self.told(visit, "no_home")
        voice = {"language": visit.reader.language, "locale": visit.reader.locale}
        one = await self._state.schedules.add(person, kind, home, rule, payload, next_due=due, **voice)
        if one is None:
            return await self.told(visit, "unread")
        await self.note(visit, f"{kind} set", says.compact(one.payload["query"]))
        return await self._arranged(visit, one, wanted)

    async def _arranged(self, visit: Visit, one: Schedule, wanted: Wanted) -> Answered:
        w, view = words(visit.reader.language), await self._services.answering.view(visit.reader)
        rule = one.rule
        when = often(view, rule.every, rule.at, rule.weekday, rule.day)
        title = title_of(wanted, self._services, view.language, view.locale, visit.reader.today)
        lines = [title, w.say("subscriptions.zone", zone=rule.zone), next_on(view, _there(one.next_due, rule.zone))]
        if only := one.payload.get("only"):
            lines.append(w.say(f"subscriptions.only_{only}"))
        if one.kind == SLICES:
            lines.append(w.say("subscriptions.each_own"))
        lines.append(w.say("subscriptions.moves" if wanted.period else "subscriptions.manage"))
        said = w.say("subscriptions.set_managers" if one.kind == SLICES else "subscriptions.set", when=when)
        fiscal = visit.snapshot.reporting.fiscal_year_start_month
        query = wanted.on(visit.reader.today, fiscal)
        kept = Kept(said, tuple(lines), query, ((STOP, "stop", f"s:{one.id}"),))
        return await alone(visit, self._state, Answered(kept_card(view, kept), "subscribed"))

    # -- alerts --------------------------------------------------------------------------------------------------------

    async def tell(self, visit: Visit, fit: re.Match[str]) -> Answered:
        """As in "préviens-moi quand les dépenses dépassent 50 000"; English is read by the reader of questions."""
        said = fit.group("what") or fit.group("ja") or ""
        found, text = wording.threshold_in(said)
        if wording.ANY_TEAM.search(text):
            text = wording.ANY_TEAM.sub(wording.BY_TEAM.get(visit.reader.language, "spend by team"), text)
        wanted = await self._asking.wanted(visit, wording.tidy(text))
        if wanted is None or found is None:
            return await self.told(visit, "no_threshold" if wanted else "unread")
        query = public.from_json(wanted.query)
        if not query.metrics:
            return await self.told(visit, "no_number")
        having = Having(query.metrics[0], found.op, in_unit(found.value, query.metrics[0], percent=found.percent))
        watched = public.to_json(replace(query, having=(having,)), ids=True)
        return await self._watch(visit, replace(wanted, query=watched))

    async def alert(self, visit: Visit, reading: Reading) -> Answered:
        """An alert as the reader of questions has read it."""
        if reading.query is None:
            return await self.told(visit, "unread")
        wanted = await self._asking.named(visit, reading.query, visit.turn.text, reading.audience or "")
        return await self._watch(visit, wanted)

    async def _watch(self, visit: Visit, wanted: Wanted) -> Answered:
        query = public.from_json(wanted.query)
        if refused := await self._cannot(visit, wanted):
            return refused
        if query.rows or not query.metrics:
            return await self.told(visit, "no_number")
        if not query.having:
            return await self.told(visit, "no_threshold")
        person, reader = visit.turn.person, visit.reader
        alert = Alert("", person.tenant, person.entra_id, wanted.query, wanted.period, wanted.audience, visit.turn.text[:300], reader.language, reader.locale)  # fmt: skip
        return await self.kept(visit, alert)

    async def kept(self, visit: Visit, alert: Alert) -> Answered:
        """Look at it once, keep what is beyond the threshold already, and say so; new, changed and resumed ones alike."""
        owner = await self._owners.find(alert.tenant, alert.owner, alert.audience, alert.language, alert.locale)
        if not isinstance(owner, Owner):
            return await self.told(visit, "no_home" if owner == "no_chat" else "unread")
        mark = self._watching.mark()
        try:
            look = await self._watching.look(alert, owner, visit.turn.at)
        except RefusedError:
            return await self._services.answering.not_their_role(visit.reader)
        except QuestionError:
            return await self.told(visit, "unread")
        new = not alert.id
        alert = replace(alert, seen=mark, over=look.over)
        if new:
            alert = await self._state.alerts.add(alert)
        else:
            await self._state.alerts.change(alert.id, alert.query, mark, look.over)
        await self.note(visit, "alert set" if new else "alert changed", says.compact(dict(alert.query)))
        return await self._watched(visit, alert, look.values, len(look.over["members"]))

    async def _watched(self, visit: Visit, alert: Alert, values: tuple[str, ...], over: int) -> Answered:
        w, view = words(visit.reader.language), await self._services.answering.view(visit.reader)
        wanted = Wanted(alert.query, alert.period, alert.audience)
        query = wanted.on(visit.reader.today, visit.snapshot.reporting.fiscal_year_start_month)
        title = title_of(wanted, self._services, view.language, view.locale, visit.reader.today)
        lines = [f"{title} · {self.threshold(alert, view.locale, w)}"]
        if len(values) == 1:
            lines.append(w.say("alerts.now", value=values[0]))
        if over:
            lines.append(w.say("alerts.already" if len(values) == 1 else "alerts.already_some", n=over))
        lines += [w.say("subscriptions.moves")] if alert.period else []
        lines.append(w.say("alerts.how"))
        shown = query if query.group_by else replace(query, having=())
        kept = Kept(w.say("alerts.set"), tuple(lines), shown, ((STOP, "stop", f"a:{alert.id}"),))
        return await alone(visit, self._state, Answered(kept_card(view, kept), "alert set"))

    def threshold(self, alert: Alert, locale: str, w: Words) -> str:
        """For instance "above $50,000"."""
        query = public.from_json(alert.query)
        having, metric = query.having[0], METRICS[query.having[0].metric]
        currency = self._services.engine.store.snapshot.reporting.currency
        value = having.value * (10 ** decimals(currency) if metric.unit == "money" else 1)
        key = "alerts.above" if having.op.startswith(">") else "alerts.below"
        return w.say(key, limit=formats.shown(value, metric.unit, locale, currency))

    # -- shared --------------------------------------------------------------------------------------------------------

    async def zone(self, visit: Visit) -> str:
        """Where whoever asks is; where that is not known, where the company reports."""
        known = zone_of(visit.turn.local_timezone)
        return known or (await self._owners.voice(visit.turn.person))["zone"]

    async def told(self, visit: Visit, key: str, outcome: str = "asked back", **gaps: object) -> Answered:
        """One sentence about what was wanted."""
        say = words(visit.reader.language).say
        card = kept_card(says.plain_view(visit.reader), Kept(say(f"subscriptions.{key}", **gaps)))
        return await alone(visit, self._state, Answered(card, outcome))

    async def note(self, visit: Visit, outcome: str, told: str) -> None:
        """A line in the audit."""
        await self._state.audit.add(auditing.of_deed(visit, "subscription", outcome, told))

    async def _cannot(self, visit: Visit, wanted: Wanted | None, kind: str = SUBSCRIPTION) -> Answered | None:
        person = visit.turn.person
        await self._owners.heard(visit)
        if wanted is None:
            return None
        mine = await self._state.schedules.listed(person.tenant, owner=person.entra_id)
        if len(mine) + len(await self._state.alerts.listed(person.tenant, person.entra_id)) >= MOST:
            return await self.told(visit, "too_many", n=MOST)
        if kind == SLICES:
            return None
        owner = await self._owners.find(person.tenant, person.entra_id, wanted.audience, visit.reader.language)
        if owner == "no_line":
            view = await self._services.answering.view(visit.reader)
            return Answered(refusal_card(view, "scope", says.say(visit.reader.language, "no_line")), "refused")
        if not isinstance(owner, Owner):
            return await self.told(visit, "no_home")
        fiscal = visit.snapshot.reporting.fiscal_year_start_month
        try:
            query = wanted.on(visit.reader.today, fiscal)
        except QuestionError:
            return await self.told(visit, "unread")
        # What may not be asked now is refused as any question is, and nothing is set up.
        asked = await self._services.answering.answer(query, owner.reader, at=visit.turn.at, reference=visit.reference)
        return None if asked.answer is not None else await alone(visit, self._state, asked)


def in_unit(value: float, metric: str, *, percent: bool) -> float:
    """A number as a Query carries it: ratios are fractions, times in hours are hours."""
    unit = METRICS[metric].unit
    if unit == "ratio":
        return round(value / 100, 6) if percent or value > 1 else value
    return value * 24 if unit == "hours" else value


def _there(at: datetime, zone: str) -> datetime:
    return at.astimezone(ZoneInfo(zone))
