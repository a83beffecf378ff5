"""Values of sources that nobody has mapped, with their money, and what a program lead says they stand for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from adaptivecards.baseobject import Element

from cards import elements as el
from cards import formats, parts
from cards.files import numbers
from cards.synced import SYNC
from cards.view import View
from cards.words import words

MAP, SHOW = "map_value", "show_unmapped"
KIND, VALUE, TARGET = "kind", "unmapped_value", "map_target"
KINDS = ("team", "category", "person")
LOOKED_UP = {kind: f"map_{kind}" for kind in KINDS}
"""Kind -> the typeahead in which its targets are looked up."""
MOST, MOST_CHOICES = 10, 60


@dataclass(frozen=True, slots=True)
class Gap:
    """One value: how many rows hold it, and the spend (minor units) that shows as unmapped because of it."""

    kind: str
    value: str
    name: str
    rows: int
    amount: int

    @property
    def label(self) -> str:
        """What is read: the source's own name for it, where there is one."""
        return f"{self.name} ({self.value})" if self.name and self.name != self.value else self.value


def unmapped_card(
    view: View, gaps: Sequence[Gap], kind: str, currency: str, *, said: str = "", offer_sync: bool = False
) -> el.Card:
    """The values of one kind, most money first, and what they may be mapped to; `said` is what was just done."""
    w = words(view.language)
    title = w.say("mapping.title")
    mine = [gap for gap in gaps if gap.kind == kind]
    below = (
        w.say(
            "mapping.below",
            n=formats.count(len(gaps), view.locale),
            amount=_money(sum(g.amount for g in mine), view, currency),
        )
        if mine
        else ""
    )
    body: list[Element] = parts.title(title, below if gaps else w.say("mapping.none"))
    if said:
        body.append(el.container([el.text(said)], style="good"))
    if mine:
        heads = (w.say(f"mapping.{kind}"), w.say("mapping.rows"), w.say("mapping.spend"))
        rows = [
            (gap.label, formats.count(gap.rows, view.locale), _money(gap.amount, view, currency)) for gap in mine[:MOST]
        ]
        body += [numbers(heads, rows), *_choosers(view, mine, kind, currency)]
    made = [el.execute(w.say("mapping.map"), MAP, {"verb": MAP, KIND: kind}, primary=True)] if mine else []
    if said or offer_sync:
        made.append(el.execute(w.say("synced.now"), SYNC, {"verb": SYNC}))
    for other in KINDS:
        there = sum(gap.kind == other for gap in gaps)
        if there and other != kind:
            titled = f"{w.say(f'mapping.{other}')} ({there})"
            made.append(el.execute(titled, SHOW, {"verb": SHOW, KIND: other}, overflow=True))
    return el.card(body, made, language=w.language, spoken=parts.spoken(title, below, said))


def _choosers(view: View, mine: Sequence[Gap], kind: str, currency: str) -> list[Element]:
    w = words(view.language)
    values = [(f"{gap.label} · {_money(gap.amount, view, currency)}", gap.value) for gap in mine[:MOST_CHOICES]]
    return [
        el.choice_set(VALUE, w.say("mapping.pick"), values, value=mine[0].value),
        el.choice_set(TARGET, w.say(f"mapping.{kind}_to"), [], hint=w.say("mapping.hint"), looked_up=LOOKED_UP[kind]),
    ]


def _money(amount: int, view: View, currency: str) -> str:
    return formats.shown(amount, "money", view.locale, currency)


__all__ = ["KIND", "LOOKED_UP", "MAP", "SHOW", "TARGET", "VALUE", "Gap", "unmapped_card"]
