"""What is doubtful in the data: every finding of its checks, the gravest first, and how current the data is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from adaptivecards.baseobject import Element

from analytics.model import Finding, Snapshot
from cards import elements as el
from cards import formats, parts
from cards.view import View
from cards.words import words

MOST = 12
STYLES: dict[str, Literal["attention", "warning"]] = {"E": "attention", "W": "warning"}
ORDER = "EWI"


def quality_card(view: View, findings: Sequence[Finding], snapshot: Snapshot) -> el.Card:
    """All findings of a version: E withholds numbers, W puts a badge on them, I is for whoever keeps the data."""
    w = words(view.language)
    until = formats.moment(snapshot.as_of, view.locale)
    read = formats.moment(snapshot.synced_at, view.locale)
    below = w.say("quality.current", until=until, read=read)
    body: list[Element] = parts.title(w.say("quality.title"), below)
    found = sorted(findings, key=lambda finding: ORDER.index(finding.severity))
    if not found:
        body.append(el.text(w.say("quality.none")))
    for finding in found[:MOST]:
        said = [
            el.text(w.say(f"quality.{finding.severity}"), weight="Bolder", size="Small"),
            el.text(finding.text, spacing="None"),
        ]
        body.append(el.container(said, style=STYLES.get(finding.severity), spacing="Small"))
    if len(found) > MOST:
        body.append(el.text(w.say("quality.more", n=len(found) - MOST), subtle=True, size="Small"))
    return el.card(body, language=w.language, spoken=parts.spoken(w.say("quality.title"), below))
