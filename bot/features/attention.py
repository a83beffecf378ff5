"""Needs attention: once a week, in private, what somebody has to look at; nothing at all where there is nothing."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import date, time, timedelta
from typing import TYPE_CHECKING

from analytics.errors import InsightsError
from analytics.limits import purchase_orders
from analytics.model import Compare, Filter, Period, Query, Value
from analytics.periods import unit
from bot import says
from bot.answering import Answered, Reader
from bot.apart import alone
from bot.features.feature import PROGRAM, Command, Feature, either
from bot.features.subscriptions.arranging import Arranging
from bot.features.subscriptions.asking import Asking
from bot.features.subscriptions.managing import ATTENTION
from bot.features.subscriptions.many import Many, Told
from bot.features.subscriptions.owners import Owner, Owners
from bot.features.subscriptions.quiet import Quieting
from bot.features.subscriptions.watching import Watching
from bot.schedules import Rule, next_due
from cards import actions, formats
from cards.notice import Button, Line, notice_card
from cards.words import words

if TYPE_CHECKING:
    import re
    from collections.abc import Mapping, Sequence
    from datetime import datetime
    from typing import Any

    from analytics.model import Answer
    from bot.features.feature import Services
    from bot.runner import Due
    from bot.state.subscriptions import Outcome as Sent
    from bot.visit import Visit
    from cards.elements import Card

ENDING_DAYS, OPEN_DAYS, TENURE_DAYS = 30, 45, 305
STEPS = (1.0, 0.9, 0.75)
NAMED = 3
MONDAY = time(9)

SHOW = either(
    r"(?:what )?needs (?:my )?attention|what should i look at", r"was braucht (?:meine )?aufmerksamkeit|handlungsbedarf", r"qu['’]est-ce qui demande (?:mon )?attention|à surveiller",
    r"¿?qu[eé] requiere (?:mi )?atenci[oó]n", r"o que (?:precisa|requer)(?: d[ae])?(?: minha)? atenção", r"要対応|対応が必要なもの",
)  # fmt: skip
ON = either(
    r"(?:turn|switch) on needs attention(?: for (?:everyone|everybody|all))?", r"(?:schalte )?handlungsbedarf für alle (?:ein|einschalten)", r"activer? à surveiller pour (?:tous|tout le monde)",
    r"activar? (?:lo que )?requiere atenci[oó]n para todos", r"ativar? requer atenção para todos", r"要対応を全員に(?:配信|送信)(?:して(?:ください)?)?",
)  # fmt: skip
OFF = either(
    r"(?:turn|switch) off needs attention(?: for (?:everyone|everybody|all))?", r"(?:schalte )?handlungsbedarf für alle (?:aus|ausschalten)", r"désactiver? à surveiller pour (?:tous|tout le monde)",
    r"desactivar? (?:lo que )?requiere atenci[oó]n para todos", r"desativar? requer atenção para todos", r"要対応の全員配信を停止(?:して(?:ください)?)?",
)  # fmt: skip
MUTE = {
    True: either(
        r"mute needs attention", r"handlungsbedarf stummschalten", r"couper à surveiller",
        r"silenciar requiere atenci[oó]n", r"silenciar requer atenção", r"要対応をミュート(?:して(?:ください)?)?",
    ),
    False: either(
        r"unmute needs attention", r"handlungsbedarf wieder einschalten", r"rétablir à surveiller",
        r"reactivar requiere atenci[oó]n", r"reativar requer atenção", r"要対応のミュートを解除(?:して(?:ください)?)?",
    ),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Found:
    """One kind of thing to look at: the sentence that says how many, a quiet line, and the list behind its button."""

    key: str
    n: int
    below: str
    query: Query


Look = Callable[["Attention", Reader], Awaitable["Found | None"]]


class Attention:
    """Looks for what somebody has to look at, in their scope; every list is a question they may ask themselves."""

    def __init__(self, services: Services) -> None:
        self._services = services

    async def found(self, reader: Reader) -> list[Found]:
        """All of it; a kind that cannot be asked in this scope is left out."""
        looked = [await look(self, reader) for look in LOOKS]
        return [one for one in looked if one is not None]

    async def card(self, reader: Reader) -> Card | None:
        """The card, None where there is nothing."""
        found = await self.found(reader)
        if not found:
            return None
        view, w = await self._services.answering.view(reader), words(reader.language)
        lines = [
            Line(
                w.say(f"attention.{one.key}", n=formats.count(one.n, reader.locale)),
                one.below,
                Button(w.say("attention.open"), actions.ASK, actions.data(actions.ASK, one.query)),
            )
            for one in found
        ]
        return notice_card(view, w.say("attention.title"), [reader.scope_label], lines=lines)

    async def answer(self, query: Query, reader: Reader) -> Answer | None:
        """The answer, None where it cannot be had."""
        try:
            return await self._services.engine.answer(query, reader.scope, today=reader.today)
        except InsightsError:
            return None

    async def orders(self, reader: Reader) -> Sequence[tuple[str, float]]:
        """Purchase orders and how far each is used."""

        def look() -> list[tuple[str, float]]:
            with self._services.engine.store.lease() as lease:
                return [(one.po_number, one.share) for one in purchase_orders(lease, reader.scope, reader.today)]

        return await self._services.engine.run(look)

    @property
    def fiscal(self) -> int:
        """First month of the fiscal year."""
        return self._services.engine.store.snapshot.reporting.fiscal_year_start_month


def _total(answer: Answer | None) -> int:
    row = answer and (answer.total or (answer.rows[0] if answer.rows else None))
    return int(row.values[0] or 0) if row and row.values else 0


def _top(answer: Answer | None) -> str:
    rows = [row for row in answer.rows if row.kind == "value"] if answer else []
    return ", ".join(row.labels[0] for row in rows[:NAMED])


async def _past_end(look: Attention, reader: Reader) -> Found | None:
    # Running though the planned end is over: the period has an open start.
    query = Query(("contracts_ending",), ("team",), time=Period(date(1990, 1, 1), reader.today))
    answer = await look.answer(query, reader)
    n = _total(answer)
    return Found("past_end", n, _top(answer), query) if n else None


async def _ending(look: Attention, reader: Reader) -> Found | None:
    time = Period(reader.today, reader.today + timedelta(days=ENDING_DAYS))
    query = Query(("contracts_ending",), ("team",), time=time)
    answer = await look.answer(query, reader)
    n = _total(answer)
    return Found("ending", n, _top(answer), query) if n else None


async def _open_jobs(look: Attention, reader: Reader) -> Found | None:
    filters = (Filter("age_days", bounds=(("gt", OPEN_DAYS),)),)
    return await _records(look, reader, "open_jobs", Query((), rows="job", filters=filters))


async def _tenure(look: Attention, reader: Reader) -> Found | None:
    filters = (Filter("tenure_days", bounds=(("gte", TENURE_DAYS),)),)
    return await _records(look, reader, "tenure", Query((), rows="contract", filters=filters))


async def _records(look: Attention, reader: Reader, key: str, query: Query) -> Found | None:
    answer = await look.answer(query, reader)
    if answer is None or not answer.records:
        return None
    at = next((n for n, column in enumerate(answer.columns) if column.key == "title"), 0)
    titles = ", ".join(row.labels[at] for row in answer.rows[:NAMED])
    return Found(key, answer.records, titles, answer.query)


async def _budgets(look: Attention, reader: Reader) -> Found | None:
    query = Query(("spend",), ("team",), time=unit(reader.today, "fiscal_year", look.fiscal), compare=Compare("budget"))
    answer = await look.answer(query, reader)
    if answer is None:
        return None
    shares = [
        (row.labels[0], row.values[0] / row.values[1])
        for row in answer.rows
        if row.kind == "value" and row.values[0] is not None and row.values[1]
    ]
    return _stepped("budgets", shares, query, reader)


async def _orders(look: Attention, reader: Reader) -> Found | None:
    shares = await look.orders(reader)
    full = [name for name, share in shares if share >= STEPS[-1]]
    wanted = Filter("po_number", include=tuple(Value(name, name) for name in full[: NAMED * 4]))
    query = Query(("spend",), ("po_number",), (wanted,), time=Period(None, reader.today + timedelta(days=1)))
    return _stepped("orders", shares, query, reader) if full else None


def _stepped(key: str, shares: Sequence[tuple[str, float]], query: Query, reader: Reader) -> Found | None:
    """Those at 75, 90 or 100 %, the fullest first, each step named with how many stand there."""
    full = sorted(((name, share) for name, share in shares if share >= STEPS[-1]), key=lambda one: -one[1])
    if not full:
        return None
    counts = [(step, sum(step <= share < upper for _, share in full)) for step, upper in zip(STEPS, (float("inf"), *STEPS), strict=False)]  # fmt: skip
    steps = ", ".join(
        words(reader.language).say("attention.step", step=formats.share(step, reader.locale), n=n)
        for step, n in counts
        if n
    )
    names = ", ".join(f"{name} {formats.share(share, reader.locale)}" for name, share in full[:NAMED])
    return Found(key, len(full), f"{steps} · {names}", query)


# A further kind of thing to look at is one line here, and its sentence in every language.
LOOKS: tuple[Look, ...] = (_past_end, _ending, _open_jobs, _budgets, _orders, _tenure)


def feature(services: Services) -> Feature:
    """The commands, and the handler that sends it on Mondays."""
    owners, attention = Owners(services), Attention(services)
    arranging = Arranging(services, owners, Asking(services), Watching(services, owners))

    async def part(owner: Owner, due: Due, now: datetime) -> tuple[Mapping[str, Any], str, Told] | Sent:  # noqa: ARG001
        card = await attention.card(owner.reader)
        return (card, "", {}) if card else "nothing"

    many = Many(services, owners, part)
    quieting = Quieting(services, arranging)
    switching = Switching(services, owners, arranging, attention)
    return Feature(
        "attention",
        commands=(
            Command("needs attention", SHOW, switching.show),
            Command("attention on", ON, switching.on, PROGRAM),
            Command("attention off", OFF, switching.off, PROGRAM),
            Command("mute attention", MUTE[True], quieting.mute(ATTENTION, on=True)),
            Command("unmute attention", MUTE[False], quieting.mute(ATTENTION, on=False)),
        ),
        handlers={ATTENTION: many},
    )


class Switching:
    """Shows it now, and switches it on and off for everyone."""

    def __init__(self, services: Services, owners: Owners, arranging: Arranging, attention: Attention) -> None:
        self._services = services
        self._owners = owners
        self._arranging = arranging
        self._attention = attention

    async def show(self, visit: Visit, _: re.Match[str]) -> Answered:
        """What whoever asks has to look at now."""
        seen = self._services.access.own(visit.asker, "own") or self._services.access.own(visit.asker) or says.NO_DATA
        label = says.scope_label(seen, visit.reader.language)
        reader = replace(visit.reader, scope=seen.scope, scope_label=label, shared=False, asked="")
        card = await self._attention.card(reader)
        if card is None:
            return await self._arranging.told(visit, "nothing_to_do", "told")
        return await alone(visit, self._services.state, Answered(card, "told"))

    async def on(self, visit: Visit, _: re.Match[str]) -> Answered:
        """Every Monday for everyone who leads a line, from the next one on."""
        person = visit.turn.person
        home = await self._services.state.conversations.personal(person.tenant, person.entra_id)
        if home is None:
            return await self._arranging.told(visit, "no_home")
        await self._owners.heard(visit)
        rule = Rule("week", MONDAY, self._owners.company_zone)
        due = next_due(rule, visit.turn.at).at
        voice = {"language": visit.reader.language, "locale": visit.reader.locale}
        key = f"{ATTENTION}:{person.tenant}"
        await self._services.state.schedules.add(person, ATTENTION, home, rule, {}, next_due=due, key=key, **voice)
        await self._arranging.note(visit, "attention on", "")
        return await self._arranging.told(
            visit, "attention_on", "told", day=formats.day(due.date(), visit.reader.locale)
        )

    async def off(self, visit: Visit, _: re.Match[str]) -> Answered:
        """Not for anyone any more."""
        found = await self._services.state.schedules.find(f"{ATTENTION}:{visit.turn.person.tenant}")
        if found is not None:
            await self._services.state.schedules.end(found.id, "off")
        await self._arranging.note(visit, "attention off", "")
        return await self._arranging.told(visit, "attention_off", "told")
