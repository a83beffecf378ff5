"""Deputies: a manager, or a program lead for one, names who has their line as well from one day to another."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import structlog

from analytics.errors import DataError
from bot import events, says
from bot.answering import Answered
from bot.apart import alone
from bot.features import deputy_words
from bot.features.days import day_of
from bot.features.feature import Command, Feature, Tick
from bot.state.audit import Entry
from cards import formats
from cards.notice import Button, Line, notice_card
from cards.words import words

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from bot.access import Asker
    from bot.events import Reply
    from bot.features.feature import Services
    from bot.state.access import Deputy
    from bot.visit import Visit

log = structlog.get_logger(__name__)

NAME, END = "deputy_name", "deputy_end"
LONGEST = timedelta(days=366)
HOURLY = 3_600.0

Found = list[tuple[str, "Asker"]]


@dataclass(frozen=True, slots=True)
class Wish:
    """Who is to stand in for whom (Entra object ids), from `starts` until before `ends`."""

    principal: str
    deputy: str
    starts: date
    ends: date

    def data(self) -> dict[str, str]:
        """What a button carries; all of it is checked again when it is pressed."""
        days = {"starts": self.starts.isoformat(), "ends": self.ends.isoformat()}
        return {"principal": self.principal, "deputy": self.deputy, **days}


class Deputies:
    """Answers the commands and buttons."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._people = services.access.people
        self._kept = services.state.deputies

    # -- naming ----------------------------------------------------------------------------------------------------

    async def name(self, visit: Visit, fit: re.Match[str]) -> Answered:
        """By word: whom, for whom, from when to when; asks back where a name fits several."""
        said = fit.groupdict()
        if refused := await self._not_theirs(visit, said.get("principal") is None):
            return refused
        days = self._days(visit, said)
        if isinstance(days, str):
            return await self._told(visit, days)
        own = [(visit.turn.person.entra_id, visit.asker)]
        principals = await self._people.named(said["principal"]) if said.get("principal") else own
        deputies = await self._people.named(said["deputy"])
        for found, typed in ((principals, said.get("principal") or ""), (deputies, said["deputy"])):
            if not found:
                return await self._told(visit, "unknown", name=typed)
        wishes = [(Wish(p, d, *days), whose, who) for p, whose in principals for d, who in deputies]
        if len(wishes) > 1:
            return await self._which(visit, wishes)
        return await self._named(visit, *wishes[0])

    async def press_name(self, visit: Visit, data: Mapping[str, Any]) -> Answered:
        """One of several namesakes was chosen; nothing that comes with the press is believed."""
        wish = _wish(data)
        mine = wish is not None and wish.principal == visit.turn.person.entra_id
        if refused := await self._not_theirs(visit, mine):
            return refused
        if wish is None or not _possible(wish, visit.reader.today):
            return await self._told(visit, "days")
        people = await self._people.find_all((wish.principal, wish.deputy))
        whose, who = people[wish.principal], people[wish.deputy]
        if whose is None or who is None:
            return await self._told(visit, "unknown", name="?")
        return await self._named(visit, wish, whose, who)

    async def _not_theirs(self, visit: Visit, mine: bool) -> Answered | None:
        """Only managers for themselves, and the program for anyone; told before any name is looked up."""
        person = await self._people.find(visit.turn.person.entra_id)
        if visit.asker.role == "program" or (mine and person is not None and person.leads):
            return None
        return await self._services.answering.not_their_role(visit.reader)

    def _days(self, visit: Visit, said: Mapping[str, str | None]) -> tuple[date, date] | str:
        """First day and the day after the last; what is wrong with them otherwise."""
        today = visit.reader.today
        if not said.get("ends"):
            return "no_end"
        starts = day_of(said["starts"] or "", today) if said.get("starts") else today
        last = day_of(said["ends"] or "", starts) if starts else None
        if starts is None or last is None:
            return "days"
        wish = Wish("", "", starts, last + timedelta(days=1))
        return (wish.starts, wish.ends) if _possible(wish, today) else "days"

    async def _named(self, visit: Visit, wish: Wish, whose: Asker, who: Asker) -> Answered:
        if not whose.leads:
            return await self._told(visit, "no_line", name=whose.name)
        if wish.principal == wish.deputy:
            return await self._told(visit, "same")
        for one in await self._kept.listed(visit.turn.person.tenant, visit.reader.today):
            if (
                (one.principal, one.deputy) == (wish.principal, wish.deputy)
                and one.starts < wish.ends
                and wish.starts < one.ends
            ):
                await self._end(visit, one, "replaced")
        person = visit.turn.person
        number = await self._kept.name(person, wish.principal, wish.deputy, wish.starts, wish.ends)
        await self._note(
            person.tenant, person.entra_id, "named", wish.data(), visit.turn.at, visit.turn.conversation.root
        )
        values = {"deputy": who.name, "principal": whose.name, **_span(visit, wish.starts, wish.ends)}
        say = words(visit.reader.language).say
        told = [say("deputies.named", **values), say("deputies.means", zone=visit.snapshot.reporting.timezone)]
        line = Line(say("deputies.line", **values), "", Button(say("deputies.end"), END, {"id": number}))
        view = await self._services.answering.view(visit.reader)
        card = notice_card(view, say("deputies.title"), told, lines=[line])
        beside = await self._told_deputy(visit, wish.deputy, say("deputies.you", **values))
        return await alone(visit, self._services.state, Answered(card, "deputy named", beside=beside))

    async def _told_deputy(self, visit: Visit, deputy: str, said: str) -> tuple[Reply, ...]:
        home = await self._services.state.conversations.personal(visit.turn.person.tenant, deputy)
        return (events.message(said).to(home),) if home else ()

    async def _which(self, visit: Visit, wishes: Sequence[tuple[Wish, Asker, Asker]]) -> Answered:
        say = words(visit.reader.language).say
        lines = [
            Line(
                say("deputies.choice", deputy=who.name, principal=whose.name),
                f"{who.upn} · {whose.upn}",
                Button(say("deputies.choose"), NAME, wish.data()),
            )
            for wish, whose, who in wishes
        ]
        view = await self._services.answering.view(visit.reader)
        card = notice_card(view, say("deputies.title"), [say("deputies.which")], lines=lines)
        return await alone(visit, self._services.state, Answered(card, "asked back"))

    # -- telling and ending ----------------------------------------------------------------------------------------

    async def mine(self, visit: Visit, _fit: re.Match[str]) -> Answered:
        """Who stands in for the asker, and for whom the asker does."""
        return await self._list(visit, [one for one, _, _ in await self._known(visit) if self._is_theirs(visit, one)])

    async def all(self, visit: Visit, _fit: re.Match[str]) -> Answered:
        """Everyone's for the program, the asker's own for everybody else."""
        return await self._list(visit, await self._open_to(visit))

    async def end(self, visit: Visit, fit: re.Match[str]) -> Answered:
        """End by name: the deputy's or the principal's. Somebody else's and one that is not there read the same."""
        typed = set(fit["deputy"].casefold().split())
        fits = [
            one
            for one, whose, who in await self._known(visit)
            if self._may_end(visit, one) and any(typed <= set(n.casefold().split()) for n in (whose, who))
        ]
        if not fits:
            return await self._told(visit, "none_of", name=fit["deputy"])
        return await self._ended(visit, fits[0]) if len(fits) == 1 else await self._list(visit, fits)

    async def press_end(self, visit: Visit, data: Mapping[str, Any]) -> Answered:
        """End one from the list."""
        wanted = data.get("id")
        found = next((one for one in await self._open_to(visit) if one.id == wanted and type(wanted) is int), None)
        if found is None or not self._may_end(visit, found):
            return await self._told(visit, "none")
        return await self._ended(visit, found)

    async def _ended(self, visit: Visit, one: Deputy) -> Answered:
        await self._end(visit, one, "ended")
        names = next(
            ((whose, who) for other, whose, who in await self._names(visit, [one]) if other == one), ("?", "?")
        )
        return await self._told(visit, "ended", outcome="deputy ended", principal=names[0], deputy=names[1])

    async def _end(self, visit: Visit, one: Deputy, outcome: str) -> None:
        person = visit.turn.person
        if await self._kept.end(person.tenant, one.id, person.entra_id):
            told = Wish(one.principal, one.deputy, one.starts, one.ends).data()
            await self._note(person.tenant, person.entra_id, outcome, told, visit.turn.at, visit.turn.conversation.root)

    async def _open_to(self, visit: Visit) -> list[Deputy]:
        listed = await self._kept.listed(visit.turn.person.tenant, visit.reader.today)
        return [one for one in listed if visit.asker.role == "program" or self._is_theirs(visit, one)]

    @staticmethod
    def _is_theirs(visit: Visit, one: Deputy) -> bool:
        return visit.turn.person.entra_id in {one.principal, one.deputy}

    def _may_end(self, visit: Visit, one: Deputy) -> bool:
        return visit.asker.role == "program" or self._is_theirs(visit, one)

    async def _known(self, visit: Visit) -> list[tuple[Deputy, str, str]]:
        return await self._names(visit, await self._open_to(visit))

    async def _names(self, _visit: Visit, listed: Sequence[Deputy]) -> list[tuple[Deputy, str, str]]:
        """With the names of principal and deputy; "?" for somebody who is gone."""
        people = await self._people.find_all({who for one in listed for who in (one.principal, one.deputy)})
        names = {entra_id: asker.name if asker else "?" for entra_id, asker in people.items()}
        return [(one, names[one.principal], names[one.deputy]) for one in listed]

    async def _list(self, visit: Visit, listed: Sequence[Deputy]) -> Answered:
        say = words(visit.reader.language).say
        lines = []
        for one, whose, who in await self._names(visit, listed):
            values = {"deputy": who, "principal": whose, **_span(visit, one.starts, one.ends)}
            running = say("deputies.runs" if one.runs(visit.reader.today) else "deputies.waits")
            lines.append(
                Line(say("deputies.line", **values), running, Button(say("deputies.end"), END, {"id": one.id}))
            )
        view = await self._services.answering.view(visit.reader)
        said = [] if lines else [say("deputies.none")]
        card = notice_card(view, say("deputies.title"), said, lines=lines)
        return await alone(visit, self._services.state, Answered(card, "told"))

    async def _told(self, visit: Visit, key: str, outcome: str = "told", **values: object) -> Answered:
        say = words(visit.reader.language).say
        view = await self._services.answering.view(visit.reader)
        card = notice_card(view, say("deputies.title"), [say(f"deputies.{key}", **values)])
        return await alone(visit, self._services.state, Answered(card, outcome))

    # -- by the clock ----------------------------------------------------------------------------------------------

    async def tick(self, now: datetime) -> None:
        """End what has lost its ground: the principal has left, or has no line any more."""
        settings = self._services.settings
        for tenant in settings.allowed_tenants if settings else ():
            try:
                listed = await self._kept.listed(tenant, self._services.access.today())
                people = await self._people.find_all({one.principal for one in listed})
            except DataError:
                return
            for one in listed:
                principal = people[one.principal]
                if (principal is None or not principal.leads) and await self._kept.end(tenant, one.id, ""):
                    told = Wish(one.principal, one.deputy, one.starts, one.ends).data()
                    await self._note(tenant, "", "ended by itself", told, now, "")
                    log.info("deputy_ended_by_itself")

    async def _note(
        self, tenant: str, actor: str, outcome: str, told: dict[str, str], at: datetime, where: str
    ) -> None:
        entry = Entry(
            at=at,
            tenant=tenant,
            actor=actor,
            conversation=where,
            kind="deputy",
            outcome=outcome,
            query_json=says.compact(told),
        )
        await self._services.state.audit.add(entry)


def _span(visit: Visit, starts: date, ends: date) -> dict[str, str]:
    """Both days as they are written; the last one is the last on which it holds."""
    locale = visit.reader.locale
    return {"starts": formats.day(starts, locale), "last": formats.day(ends - timedelta(days=1), locale)}


def _possible(wish: Wish, today: date) -> bool:
    return (
        wish.starts < wish.ends
        and today < wish.ends
        and wish.ends - wish.starts <= LONGEST
        and wish.starts - today <= LONGEST
    )


def _wish(data: Mapping[str, Any]) -> Wish | None:
    names = [data.get(key) for key in ("principal", "deputy", "starts", "ends")]
    principal, deputy, starts, ends = (one if isinstance(one, str) and len(one) <= 100 else "" for one in names)
    try:
        wish = Wish(principal.lower(), deputy.lower(), date.fromisoformat(starts), date.fromisoformat(ends))
    except ValueError:
        return None
    return wish if wish.principal and wish.deputy else None


def feature(services: Services) -> Feature:
    """The commands, buttons and clockwork of deputies."""
    does = Deputies(services)
    does_what = (
        (deputy_words.MINE, does.mine),
        (deputy_words.ALL, does.all),
        (deputy_words.END, does.end),
        (deputy_words.NAME, does.name),
    )
    commands = tuple(
        Command(f"{run.__name__} deputies {n}", deputy_words.SHORT + pattern, run)
        for patterns, run in does_what
        for n, pattern in enumerate(patterns)
    )
    presses = {NAME: does.press_name, END: does.press_end}
    return Feature("deputies", commands=commands, presses=presses, ticks=(Tick("deputies", HOURLY, does.tick),))
