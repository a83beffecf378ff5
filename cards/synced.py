"""What came of a sync: whether the data is new, how many rows were used, what was refused, and what to look at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from adaptivecards.baseobject import Element

from analytics.model import Finding
from cards import elements as el
from cards import formats, parts
from cards.files import DISCARD, FILE, USE
from cards.view import View
from cards.words import Words, words

SYNC, REJECTED, UNMAPPED = "sync_now", "show_rejected", "show_unmapped"
MOST = 6


@dataclass(frozen=True, slots=True)
class Synced:
    """One sync. `error` is why there is no new data; `refused` are (file, reason); `waiting` are files still to be used."""

    error: str = ""
    read: int = 0
    loaded: int = 0
    aside: int = 0
    dropped: int = 0
    used: tuple[str, ...] = ()
    refused: tuple[tuple[str, str], ...] = ()
    waiting: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()

    @property
    def wrong(self) -> bool:
        """Whether somebody has to look."""
        return bool(self.error or self.refused) or any(finding.severity == "E" for finding in self.findings)


def synced_card(view: View, synced: Synced, again: str = "") -> el.Card:
    """The summary, and ways to what it names; `again` is the id of a sent file that waits for its sender's word again."""
    w = words(view.language)
    title = w.say("synced.failed" if synced.error else "synced.doubt" if synced.wrong else "synced.done")
    counts = "" if synced.error else w.say("synced.counts", **_counts(view, synced))
    body: list[Element] = [*parts.title(title, counts), *_lines(w, synced)]
    grave = sorted((f for f in synced.findings if f.severity != "I"), key=lambda finding: finding.severity)
    body += [_finding(w, finding) for finding in grave[:MOST]]
    if len(grave) > MOST:
        body.append(el.text(w.say("quality.more", n=len(grave) - MOST), subtle=True, size="Small"))
    more = [(REJECTED, "synced.rejected")] if synced.aside else []
    buttons = [el.execute(w.say(key), verb, {"verb": verb}) for verb, key in (*more, (UNMAPPED, "synced.unmapped"))]
    if again:
        decisions = ((USE, "files.use"), (DISCARD, "files.discard"))
        buttons = [el.execute(w.say(key), verb, {"verb": verb, FILE: again}) for verb, key in decisions]
    return el.card(body, buttons, language=w.language, spoken=parts.spoken(title, counts, synced.error[:200]))


def _counts(view: View, synced: Synced) -> dict[str, str]:
    names = ("read", "loaded", "aside", "dropped")
    return {name: formats.count(getattr(synced, name), view.locale) for name in names}


def _lines(w: Words, synced: Synced) -> list[Element]:
    made: list[Element] = []
    if synced.error:
        said = [el.text(line, spacing="Small") for line in synced.error.splitlines()[:MOST]]
        made.append(el.container(said, style="attention"))
    made += [
        el.container([el.text(w.say("synced.refused", name=name, why=" ".join(why.split())))], style="warning")
        for name, why in synced.refused[:MOST]
    ]
    for key, names in (("synced.used", synced.used), ("synced.waiting", synced.waiting)):
        if names:
            made.append(el.text(w.say(key, names=_listed(names)), spacing="Small"))
    return made


def _finding(w: Words, finding: Finding) -> Element:
    said = [el.text(w.say(f"quality.{finding.severity}"), weight="Bolder", size="Small")]
    style: Literal["attention", "warning"] = "attention" if finding.severity == "E" else "warning"
    return el.container([*said, el.text(finding.text, spacing="None")], style=style, spacing="Small")


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names[:MOST]) + (" …" if len(names) > MOST else "")
