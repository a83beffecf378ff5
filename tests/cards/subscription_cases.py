"""Cards about what comes by itself, targets and stories, with made-up contents."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, time
from typing import Any

from analytics.model import Having, Period, Query, Target
from cards.notice import Button, Line, notice_card
from cards.stories import Told, stories_card
from cards.subscriptions import (
    STOP,
    Crossing,
    Entry,
    Kept,
    Receipt,
    alert_card,
    entries_card,
    kept_card,
    often,
    receipts_card,
)
from cards.targets import FOREVER, Shown, targets_card
from cards.view import View
from cards.words import words
from tests.cards import answers

DAY = date(2026, 11, 18)
SPEND = Query(("spend",), ("team",), time=answers.QUARTER)
OVER = Query(("spend",), ("team",), time=answers.QUARTER, having=(Having("spend", ">", 50_000),))
LONG = "Brand Studio & Design Operations (Europe, Middle East and Africa)"


def _entries(view: View, *, whose: bool = False) -> dict[str, Any]:
    w = words(view.language)
    when = often(view, "week", time(9), 4, 1)
    entries = [
        Entry("s:1", f"Spend by Team · {LONG}", when, "Ana Silva" if whose else ""),
        Entry("a:2", "Spend", f"{w.say('alerts.alert')} · {w.say('alerts.above', limit='$50,000')}", "*Ben*"),
        Entry("s:3", "Open jobs", f"{when} · {w.say('subscriptions.paused')}", "Ana Silva" if whose else ""),
    ]
    title = w.say("subscriptions.all" if whose else "subscriptions.mine")
    return entries_card(view, title, entries, whose=whose, told="" if whose else w.say("subscriptions.did_pause_all"))


def _kept(view: View) -> dict[str, Any]:
    w = words(view.language)
    when = often(view, "week", time(9), 4, 1)
    said = (f"Spend by Team · {LONG}", w.say("subscriptions.zone", zone="Europe/Berlin"), w.say("subscriptions.moves"))
    return kept_card(view, Kept(w.say("subscriptions.set", when=when), said, SPEND, ((STOP, "stop", "s:1"),)))


def _alerts(view: View) -> dict[str, Any]:
    period, why = "Oct – Dec 2026, to date · Whole program", "Web Design $31,000, Illustration $18,400, Video $9,900"
    return alert_card(
        view,
        [
            Crossing("Spend by Team", "$61,200", "$50,000", over=True, period=period, query=OVER, member=LONG, why=why),
            Crossing("Spend by Team", "$52,000", "$50,000", over=True, period=period, query=OVER, member="*Legal*"),
            Crossing("Fill rate", "62%", "70%", over=False, period=period, query=Query(("fill_rate",))),
        ],
    )


def _one_alert(view: View) -> dict[str, Any]:
    found = Crossing(
        "Time to hire", "12.4 days", "10 days", over=True, period="Nov 2026", query=Query(("avg_time_to_hire",))
    )
    return alert_card(view, [found])


def _receipts(view: View) -> dict[str, Any]:
    got = [
        Receipt("Ana Silva", "delivered"),
        Receipt("Ben Okafor", "muted"),
        Receipt("Chris *Bold*", "not_installed"),
        Receipt("Dana Fox", "failed"),
        Receipt("Eli Grant", "on_its_way"),
        Receipt("Fay Holt", "nothing"),
    ]
    return receipts_card(view, words(view.language).say("receipts.title"), "Spend by Team · 2026-W47", got)


def _attention(view: View) -> dict[str, Any]:
    w = words(view.language)
    kinds = ("past_end", "ending", "open_jobs", "budgets", "orders", "tenure")
    button = Button(w.say("attention.open"), "ask", {"query": {"metrics": ["spend"]}})
    steps = f"{w.say('attention.step', step='100%', n=1)}, {w.say('attention.step', step='75%', n=2)} · {LONG} 104%"
    lines = [Line(w.say(f"attention.{kind}", n=3), steps, button) for kind in kinds]
    return notice_card(view, w.say("attention.title"), [view.scope], lines=lines)


def _targets(view: View) -> dict[str, Any]:
    always = Period(None, FOREVER)
    shown = [
        Shown(
            Target("avg_time_to_hire", 7, "down", "Pia", always), "Pia Lead", DAY, ((10, DAY, "Pia"), (14, DAY, "Pia"))
        ),
        Shown(Target("fill_rate", 0.8, "up", "Procurement", Period(DAY, FOREVER)), "Procurement"),
        Shown(Target("spend", 250_000, "down", "Pia", always, "team", LONG), "Pia Lead", DAY),
    ]
    return targets_card(view, shown, "USD", done="set")


def _stories(view: View) -> dict[str, Any]:
    told = [
        Told(2, "contract", f"Logo · {LONG}", "The new logo won a *prize*; see [here](https://bad.example).", "Ana Silva", DAY, own=True),
        Told(1, "job", "Survey", "Filled in three days by somebody nobody knew.", "Ben Okafor", DAY),
    ]  # fmt: skip
    return stories_card(view, told, words(view.language).say("stories.noted"))


SUBSCRIPTIONS: Mapping[str, Callable[[View], dict[str, Any]]] = {
    "subscriptions": _entries,
    "sent-to-whom": lambda view: _entries(view, whose=True),
    "subscribed": _kept,
    "alerts": _alerts,
    "receipts": _receipts,
    "attention": _attention,
    "targets": _targets,
    "stories": _stories,
}

# Cards of the same make with fewer words: held to every rule, and not looked at one by one.
PLAINER_SUBSCRIPTIONS: Mapping[str, Callable[[View], dict[str, Any]]] = {
    "one alert": _one_alert,
    "nothing set up": lambda view: entries_card(
        view, "Yours", [], empty=words(view.language).say("subscriptions.none")
    ),
    "no receipts": lambda view: receipts_card(view, "Who", "x", []),
    "no targets": lambda view: targets_card(view, [], "USD"),
    "no stories": lambda view: stories_card(view, []),
}
