"""What comes by itself: lists of it with a chooser and buttons, a notice of alerts, and receipts of what went to many."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, time
from typing import Literal

from adaptivecards.baseobject import Element
from babel import Locale
from babel.dates import format_time

from analytics.model import Query
from cards import actions, formats, parts
from cards import elements as el
from cards.tables import Line, table
from cards.text import short
from cards.view import View
from cards.words import Words, words

PAUSE, RESUME, STOP, CHANGE, SHOW, WHO = "sub_pause", "sub_resume", "sub_stop", "sub_change", "sub_show", "sub_who"
WHICH, WHEN = "which", "when"  # the chooser and what is typed beside it
MOST = 15  # entries on a card
CROSSINGS = 6  # in one notice
TOLD = 30  # people in a list of receipts
NAME = 60

Got = Literal["delivered", "on_its_way", "muted", "not_installed", "nothing", "failed", "refused"]


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that comes by itself. `id` is what the chooser sends; `title` what it shows, `below` when and how it stands."""

    id: str
    title: str
    below: str
    owner: str = ""


@dataclass(frozen=True, slots=True)
class Crossing:
    """A number that went beyond its threshold: as it is written, with whose it is where one of many is meant."""

    title: str
    value: str
    limit: str
    over: bool
    period: str
    query: Query
    member: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of one person's part."""

    name: str
    got: Got


@dataclass(frozen=True, slots=True)
class Kept:
    """What a confirmation says: title and lines; `query` may be shown at once."""

    title: str
    lines: tuple[str, ...] = ()
    query: Query | None = None
    buttons: tuple[tuple[str, str, str], ...] = field(default=())


def entries_card(
    view: View, title: str, entries: Sequence[Entry], *, told: str = "", empty: str = "", whose: bool = False
) -> el.Card:
    """Everything somebody has, or everyone: to look at, pause, change and stop; `told` is what was done just now."""
    w = words(view.language)
    body = parts.title(title, told)
    if not entries:
        return el.card([*body, el.text(empty)], language=w.language, spoken=parts.spoken(title, told, empty))
    body += [_entry(n, one) for n, one in enumerate(entries[:MOST], 1)]
    if len(entries) > MOST:
        body.append(el.text(w.say("notice.more", n=len(entries) - MOST), subtle=True, size="Small"))
    choices = [(short(f"{n}. {one.title}", NAME), one.id) for n, one in enumerate(entries[:MOST], 1)]
    body.append(el.choice_set(WHICH, w.say("subscriptions.choose"), choices, value=choices[0][1]))
    hint = w.say("subscriptions.change_hint")
    body.append(el.text_input(WHEN, w.say("subscriptions.change_label"), hint=hint, most=100))
    made = [(PAUSE, "pause"), (RESUME, "resume"), (STOP, "stop"), (CHANGE, "change"), (SHOW, "show")]
    made += [(WHO, "who")] if whose else []
    buttons = [
        el.execute(w.say(f"subscriptions.{key}"), verb, {"verb": verb}, overflow=at >= 3)
        for at, (verb, key) in enumerate(made)
    ]
    said = ". ".join(one.title for one in entries[:MOST])
    return el.card(body, buttons, language=w.language, spoken=parts.spoken(title, told, said))


def _entry(number: int, one: Entry) -> Element:
    said = f"{number}. {one.title}"
    below = " · ".join(part for part in (one.owner, one.below) if part)
    return el.container(
        [el.text(said, weight="Bolder", most=200), el.text(below, size="Small", subtle=True, spacing="None")],
        spacing="Small",
    )


def kept_card(view: View, kept: Kept) -> el.Card:
    """It is set up: what comes, when, and how to change it."""
    w = words(view.language)
    body = [*parts.title(kept.title), *(el.text(line, spacing="Small") for line in kept.lines)]
    buttons: list[Element] = []
    if kept.query is not None:
        data = actions.data(actions.ASK, kept.query)
        buttons.append(el.execute(w.say("subscriptions.show"), actions.ASK, data))
    buttons += [
        el.execute(w.say(f"subscriptions.{key}"), verb, {"verb": verb, WHICH: number})
        for verb, key, number in kept.buttons
    ]
    return el.card(body, buttons, language=w.language, spoken=parts.spoken(kept.title, " ".join(kept.lines)))


def alert_card(view: View, found: Sequence[Crossing]) -> el.Card:
    """Numbers that went beyond their thresholds since the last look, one after the other."""
    w = words(view.language)
    title = w.say("alerts.title_one") if len(found) == 1 else w.say("alerts.title_many", n=len(found))
    body = [
        *parts.title(title, view.scope),
        *(_crossing(one, w, last=at > 0) for at, one in enumerate(found[:CROSSINGS])),
    ]
    if len(found) > CROSSINGS:
        body.append(el.text(w.say("notice.more", n=len(found) - CROSSINGS), subtle=True, size="Small"))
    body.append(el.text(w.say("alerts.manage"), size="Small", subtle=True, separator=True, spacing="Medium"))
    said = ". ".join(f"{one.title} {one.member} {one.value}" for one in found[:CROSSINGS])
    asked: dict[str, Crossing] = {}
    for one in found[:CROSSINGS]:
        asked.setdefault(f"{one.title} {one.query}", one)
    buttons = [
        el.execute(
            w.say("alerts.open") if len(asked) == 1 else short(one.title, 40),
            actions.ASK,
            actions.data(actions.ASK, one.query),
            overflow=at >= parts.PRIMARY,
        )
        for at, one in enumerate(asked.values())
    ]
    return el.card(body, buttons, language=w.language, spoken=parts.spoken(title, said))


def _crossing(one: Crossing, w: Words, *, last: bool) -> Element:
    name = f"{one.title} · {one.member}" if one.member else one.title
    beyond = w.say("alerts.above" if one.over else "alerts.below", limit=one.limit)
    made = [
        el.text(name, weight="Bolder", most=200),
        el.text(one.value, size="ExtraLarge", weight="Bolder", spacing="None"),
        el.text(f"{beyond} · {one.period}", spacing="None"),
    ]
    if one.why:
        made.append(el.text(w.say("alerts.why", names=one.why), size="Small", subtle=True, spacing="None"))
    return el.container(made, separator=last, spacing="Medium")


def receipts_card(view: View, title: str, below: str, receipts: Sequence[Receipt]) -> el.Card:
    """Who got it: how many of each kind, then the names, troubles first."""
    w = words(view.language)
    order: tuple[Got, ...] = ("failed", "not_installed", "refused", "on_its_way", "muted", "nothing", "delivered")
    counts = [(w.say(f"receipts.{got}"), sum(one.got == got for one in receipts)) for got in reversed(order)]
    body = parts.title(title, below)
    if not receipts:
        return el.card([*body, el.text(w.say("receipts.none"))], language=w.language, spoken=parts.spoken(title, below))
    body.append(el.facts([(said, formats.count(n, view.locale)) for said, n in counts if n]))
    shown = sorted(receipts, key=lambda one: (order.index(one.got), one.name))[:TOLD]
    lines = [Line(short(one.name, NAME) or "?", (), note=w.say(f"receipts.{one.got}")) for one in shown]
    body += table([w.say("receipts.person")], lines, w)
    if len(receipts) > TOLD:
        body.append(el.text(w.say("notice.more", n=len(receipts) - TOLD), subtle=True, size="Small"))
    return el.card(body, language=w.language, spoken=parts.spoken(title, below))


def often(view: View, every: str, at: time, weekday: int, day: int) -> str:
    """For instance "every Friday at 9:00 AM"."""
    w = words(view.language)
    hour = format_time(at, "short", locale=view.locale)
    if every == "week":
        name = Locale.parse(view.locale).days["format"]["wide"][weekday]
        return w.say("subscriptions.weekly", day=name, at=hour)
    return w.say("subscriptions.daily", at=hour) if every == "day" else w.say("subscriptions.monthly", n=day, at=hour)


def next_on(view: View, at: datetime) -> str:
    """The day on which it comes next."""
    return words(view.language).say("subscriptions.next", day=formats.day(at.date(), view.locale))
