"""How far the data can be trusted: every source and how current it is, what is not mapped, and what its checks found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from adaptivecards.baseobject import Element

from analytics.model import Finding, Snapshot
from cards import elements as el
from cards import formats, parts
from cards.files import numbers
from cards.synced import REJECTED, UNMAPPED
from cards.view import View
from cards.words import Words, words

MOST, MOST_SOURCES = 12, 10
STYLES: dict[str, Literal["attention", "warning"]] = {"E": "attention", "W": "warning"}
ORDER = "EWI"


@dataclass(frozen=True, slots=True)
class SourceState:
    """One source: the last day it speaks of, and its rows in use."""

    name: str
    until: date | None
    rows: int


@dataclass(frozen=True, slots=True)
class Standing:
    """The state of the data. `coverage`: ("team" | "category" | "owner") -> the share of spend that has one.

    `unmapped`: how many values nobody has mapped and, in minor units, the spend behind them. `details`: whether the
    reader may open the lists behind these numbers.
    """

    sources: tuple[SourceState, ...] = ()
    coverage: tuple[tuple[str, float], ...] = ()
    unmapped: tuple[int, int] = (0, 0)
    aside: int = 0
    details: bool = False


def quality_card(
    view: View, findings: Sequence[Finding], snapshot: Snapshot, standing: Standing | None = None
) -> el.Card:
    """All findings of a version: E withholds numbers, W puts a badge on them, I is for whoever keeps the data."""
    w = words(view.language)
    until = formats.moment(snapshot.as_of, view.locale)
    read = formats.moment(snapshot.synced_at, view.locale)
    below = w.say("quality.current", until=until, read=read)
    body: list[Element] = parts.title(w.say("quality.title"), below)
    if standing:
        body += _standing(w, view, standing, snapshot.reporting.currency)
    found = sorted(findings, key=lambda finding: ORDER.index(finding.severity))
    if not found:
        body.append(el.text(w.say("quality.none")))
    body += [_finding(w, finding) for finding in found[:MOST]]
    if len(found) > MOST:
        body.append(el.text(w.say("quality.more", n=len(found) - MOST), subtle=True, size="Small"))
    buttons = _buttons(w, standing) if standing and standing.details else []
    return el.card(body, buttons, language=w.language, spoken=parts.spoken(w.say("quality.title"), below))


def _finding(w: Words, finding: Finding) -> Element:
    said = [
        el.text(w.say(f"quality.{finding.severity}"), weight="Bolder", size="Small"),
        el.text(finding.text, spacing="None"),
    ]
    return el.container(said, style=STYLES.get(finding.severity), spacing="Small")


def _buttons(w: Words, standing: Standing) -> list[Element]:
    there = [(UNMAPPED, "synced.unmapped", standing.unmapped[0]), (REJECTED, "synced.rejected", standing.aside)]
    return [el.execute(w.say(key), verb, {"verb": verb}) for verb, key, n in there if n]


def _standing(w: Words, view: View, standing: Standing, currency: str) -> list[Element]:
    made: list[Element] = []
    if standing.sources:
        heads = ("quality.source", "quality.until", "quality.rows")
        rows = [
            (one.name, formats.day(one.until, view.locale) if one.until else "–", formats.count(one.rows, view.locale))
            for one in standing.sources[:MOST_SOURCES]
        ]
        made.append(numbers(tuple(w.say(head) for head in heads), rows))
        if len(standing.sources) > MOST_SOURCES:
            made.append(
                el.text(w.say("quality.more", n=len(standing.sources) - MOST_SOURCES), subtle=True, size="Small")
            )
    if standing.coverage:
        shares = {kind: formats.share(share, view.locale) for kind, share in standing.coverage}
        made.append(el.text(w.say("quality.coverage", **shares), spacing="Medium"))
    values, amount = standing.unmapped
    if values:
        money = formats.shown(amount, "money", view.locale, currency)
        made.append(
            el.text(w.say("quality.unmapped", n=formats.count(values, view.locale), amount=money), spacing="Small")
        )
    if standing.aside:
        made.append(el.text(w.say("quality.rejected", n=formats.count(standing.aside, view.locale)), spacing="Small"))
    return made
