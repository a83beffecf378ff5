"""A file somebody sent: what it is, what would be read and set aside, what would change, and whether to use it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from adaptivecards.baseobject import Element

from analytics.catalogue import METRICS
from cards import elements as el
from cards import formats, parts
from cards.view import View
from cards.words import Words, words

USE, DISCARD, READ_AS = "use_file", "discard_file", "read_file_as"
FILE, PROFILE = "file", "file_profile"
MOST, MOST_PROFILES = 6, 40


@dataclass(frozen=True, slots=True)
class Part:
    """One import table the file feeds: rows read, used, set aside."""

    table: str
    read: int
    used: int
    aside: int


@dataclass(frozen=True, slots=True)
class Shift:
    """Rows of one kind that would be new, different or gone."""

    kind: str
    added: int
    changed: int
    removed: int


@dataclass(frozen=True, slots=True)
class Sum:
    """A metric over all there is, before and after; money in minor units."""

    metric: str
    before: int
    after: int


@dataclass(frozen=True, slots=True)
class Change:
    """What using the file would change; `unknown` says why nobody can tell."""

    shifts: tuple[Shift, ...] = ()
    sums: tuple[Sum, ...] = ()
    currency: str = "USD"
    unknown: str = ""


@dataclass(frozen=True, slots=True)
class Sent:
    """A file as it was tried.

    `profile` and `title`: what it is read with, empty where nothing fits; `by` is "name", "headers" or "chosen".
    `rejects`: (rows, table, first line, reason). `unknown`: (header, what it might be). `left_out`: (rule, lines).
    `gaps`: (column, value, lines). `problems`: why it cannot be used at all. `profiles`: (name, title) to choose from.
    """

    id: str
    name: str
    profile: str = ""
    title: str = ""
    by: str = ""
    parts: tuple[Part, ...] = ()
    rejects: tuple[tuple[int, str, int, str], ...] = ()
    unknown: tuple[tuple[str, str], ...] = ()
    absent: tuple[str, ...] = ()
    left_out: tuple[tuple[str, int], ...] = ()
    gaps: tuple[tuple[str, str, int], ...] = ()
    problems: tuple[str, ...] = ()
    profiles: tuple[tuple[str, str], ...] = ()
    change: Change | None = None


def file_card(view: View, sent: Sent) -> el.Card:
    """The check of a file, with the buttons that decide on it; it changes nothing by itself."""
    w = words(view.language)
    below = w.say("files.read_as", profile=sent.title, how=w.say(f"files.by_{sent.by}")) if sent.profile else ""
    body: list[Element] = [*parts.title(sent.name, below or w.say("files.not_known")), *_problems(w, sent)]
    body += [*_parts(w, view, sent), *_details(w, view, sent)]
    if sent.change and not sent.problems:
        body += _change(w, view, sent.change)
    if sent.profiles:
        choices = [(title, name) for name, title in sent.profiles[:MOST_PROFILES]]
        body.append(el.choice_set(PROFILE, w.say("files.profile"), choices, value=sent.profile))
    return el.card(
        body, _buttons(w, sent), language=w.language, spoken=parts.spoken(sent.name, below, *sent.problems[:1])
    )


def _buttons(w: Words, sent: Sent) -> list[Element]:
    usable = [(USE, "files.use")] if sent.profile and not sent.problems else []
    chooser = [(READ_AS, "files.read_other")] if sent.profiles else []
    made = [(verb, w.say(key)) for verb, key in (*usable, (DISCARD, "files.discard"), *chooser)]
    return [el.execute(title, verb, {"verb": verb, FILE: sent.id}, primary=verb == USE) for verb, title in made]


def _problems(w: Words, sent: Sent) -> list[Element]:
    if not sent.problems:
        return []
    said = [el.text(w.say("files.cannot"), weight="Bolder")]
    return [el.container([*said, *(el.text(one, spacing="Small") for one in sent.problems[:MOST])], style="attention")]


def _parts(w: Words, view: View, sent: Sent) -> list[Element]:
    if not sent.parts:
        return []
    heads = ("files.rows_of", "files.used", "files.aside")
    rows = [
        (one.table, formats.count(one.used, view.locale), formats.count(one.aside, view.locale)) for one in sent.parts
    ]
    return [numbers(tuple(w.say(head) for head in heads), rows)]


def numbers(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> Element:
    """A table of names and counts: the first column is text, the others stand at the right."""
    made = [
        [[_cell(said, right=at > 0, head=row == 0)] for at, said in enumerate(cells)]
        for row, cells in enumerate([heads, *rows])
    ]
    return el.table(made, [3, *([2] * (len(heads) - 1))], spacing="Medium")


def _cell(said: str, *, right: bool, head: bool) -> Element:
    return el.text(
        said, size="Small", weight="Bolder" if head else None, align="Right" if right else None, wrap=not right
    )


def _details(w: Words, view: View, sent: Sent) -> list[Element]:
    """What was set aside or not used, and why; the longest lists are cut."""
    said = [
        w.say(
            "files.reject",
            n=formats.count(rows, view.locale),
            table=table,
            line=formats.count(line, view.locale),
            reason=reason,
        )
        for rows, table, line, reason in sent.rejects[:MOST]
    ]
    said += [
        w.say("files.column_like", name=header, like=like) if like else w.say("files.column", name=header)
        for header, like in sent.unknown[:MOST]
    ]
    if sent.absent:
        said.append(w.say("files.absent", names=", ".join(sent.absent)))
    said += [
        w.say("files.gap", column=c, value=value, n=formats.count(n, view.locale)) for c, value, n in sent.gaps[:MOST]
    ]
    if sent.left_out:
        listed = ", ".join(f"{formats.count(lines, view.locale)} {rule}" for rule, lines in sent.left_out)
        said.append(w.say("files.left_out", said=listed))
    return [el.text(one, size="Small", spacing="Small", most=300) for one in said]


def _change(w: Words, view: View, change: Change) -> list[Element]:
    made = [el.text(w.say("files.change"), weight="Bolder", separator=True, spacing="Medium")]
    if change.unknown:
        return [*made, el.text(w.say("files.not_tried", why=change.unknown), spacing="Small")]
    if not change.shifts and not change.sums:
        return [*made, el.text(w.say("files.no_change"), spacing="Small")]
    if change.shifts:
        made.append(el.facts([(one.kind, _shift(w, view, one)) for one in change.shifts]))
    return [*made, *(el.text(_sum(w, view, one, change.currency), spacing="Small") for one in change.sums)]


def _shift(w: Words, view: View, one: Shift) -> str:
    told = (("files.new", one.added), ("files.changed", one.changed), ("files.gone", one.removed))
    return " · ".join(f"{w.say(key)} {formats.count(number, view.locale)}" for key, number in told)


def _sum(w: Words, view: View, one: Sum, currency: str) -> str:
    metric = METRICS[one.metric]
    before, after = (formats.shown(n, metric.unit, view.locale, currency) for n in (one.before, one.after))
    return w.say("files.moved", metric=w.name("metric", metric.key, metric.label), before=before, after=after)


def said_card(view: View, title: str, below: str) -> el.Card:
    """What became of a file, in a word."""
    w = words(view.language)
    return el.card(parts.title(title, below), language=w.language, spoken=parts.spoken(title, below))
