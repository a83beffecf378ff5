"""The card of a change: how far a number moved, what made it move, and what each member of each dimension contributed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from adaptivecards.baseobject import Element

from analytics.catalogue import DIMENSIONS
from analytics.model import Column, Contribution, Number, Query, Split, Why
from cards import actions, charts, parts, titles
from cards import elements as el
from cards.change import panel
from cards.drill import next_step
from cards.reading import Reading
from cards.tables import NAME, Line, table
from cards.text import short
from cards.view import Next, View

SHOWN = 3  # dimensions on the card
ROWS, FEWER = 8, 4  # members of the first dimension, and of the others
OPENABLE = 40


def why_card(found: Why, view: View) -> el.Card:
    """Why the number moved; where its change has no parts that add up to it, how it stands for each part instead."""
    telling = _Telling(found, Reading(found.answer, view))
    reading, say = telling.reading, telling.reading.words.say
    title = say("why.title", title=titles.title(reading))
    said = [
        el.text(title, size="Large", weight="Bolder", heading=True),
        el.text(titles.subtitle(reading), subtle=True, spacing="None"),
    ]
    body = [*parts.opening(reading, said, panel(reading)), *_number(telling), *_effects(telling)]
    for at, split in enumerate(found.splits[:SHOWN]):
        body += _section(telling, split, first=not at)
    body += parts.provenance(reading)
    spoken = parts.spoken(title, _headline(telling), titles.subtitle(reading))
    further = [telling.by(split) for split in found.splits[SHOWN:]]
    return el.card(body, parts.buttons(further, of=reading), language=reading.words.language, spoken=spoken)


@dataclass(frozen=True, slots=True)
class _Telling:
    """A change and who reads about it."""

    found: Why
    reading: Reading

    @property
    def metric(self) -> Column:
        return self.reading.metrics[0]

    def query(self, split: Split) -> Query:
        """The whole breakdown behind a part of the card."""
        moved = f"{self.metric.key}_change"
        # Of a change downwards the largest falls come first.
        way: Literal["asc", "desc"] = "asc" if (self.found.moved or 0) < 0 else "desc"
        return replace(self.found.answer.query, group_by=(split.dimension,), order=((moved, way),))

    def by(self, split: Split) -> Next:
        dimension = self.reading.inside(self.reading.dimension(split.dimension))
        return Next(self.reading.words.say("button.by", dimension=dimension), self.query(split))

    def name(self, split: Split, part: Contribution) -> str:
        if part.kind == "withheld":
            return self.reading.words.say("row.withheld")
        if part.kind == "unmapped":
            own = DIMENSIONS[split.dimension].null_label
            plain = self.reading.words.say("row.unmapped")
            return plain if own == "Unmapped" else self.reading.words.name("unmapped", split.dimension, own)
        return self.reading.member(split.dimension, part.label, part.key)

    def signed(self, value: Number) -> str:
        """A part of a change with its sign; of a percentage in points."""
        if value is None:
            return "–"
        sign = "+" if value > 0 and self.written(value) != self.written(0) else ""
        return sign + self.written(value)

    def written(self, value: float) -> str:
        if self.metric.unit != "ratio":
            return self.reading.write(value, self.metric)
        shown = self.reading.write(value * 100, replace(self.metric, unit="index"))
        return self.reading.words.count("count.point", round(abs(value) * 100, 1), shown)


def _number(telling: _Telling) -> list[Element]:
    """The number, how far it moved, and what can or cannot be said about that."""
    reading, say, found = telling.reading, telling.reading.words.say, telling.found
    row = reading.headline
    if row is None or reading.value(row, telling.metric) is None:
        return [el.text(say("empty.none"), subtle=True)]
    made = [*parts.number(reading.shown(row, telling.metric)), *parts.change_badge(reading, row, telling.metric)]
    if found.moved is None:
        return [*made, el.text(say("why.nothing"))]
    if found.reason:
        return [*made, el.text(say(f"why.{found.reason}"))]
    return [*made, el.text(_headline(telling), weight="Bolder")] if _headline(telling) else made


def _headline(telling: _Telling) -> str:
    """Who contributed most, in a sentence."""
    split = next((split for split in telling.found.splits if split.exact), None)
    part = next((part for part in split.parts if part.value), None) if split else None
    if split is None or part is None:
        return ""
    name = short(telling.name(split, part), 60)
    return telling.reading.words.say("why.most", name=name, size=telling.signed(part.value))


def _effects(telling: _Telling) -> list[Element]:
    """The change by kind: how many, which, and how much each."""
    if not telling.found.effects:
        return []
    say, split = telling.reading.words.say, telling.found.splits[0]
    several = any(name == "volume" for name, _ in telling.found.effects)
    dimension = telling.reading.inside(telling.reading.dimension(split.dimension))
    words = {"volume": "why.volume", "mix": "why.mix", "rate": "why.size" if several else "why.rate"}
    return [
        el.facts([(say(words[n], dimension=dimension), telling.signed(value)) for n, value in telling.found.effects])
    ]


def _section(telling: _Telling, split: Split, *, first: bool) -> list[Element]:
    """One dimension: a heading that opens its whole breakdown, bars for the first, and a table of the largest."""
    reading = telling.reading
    heading = el.text(reading.dimension(split.dimension), weight="Bolder", size="Medium", color="Accent")
    press = el.execute(reading.words.say("button.open"), actions.ASK, actions.data(actions.ASK, telling.query(split)))
    made: list[Element] = [el.container([heading], press=press, spacing="Large", separator=True)]
    most = ROWS if first else FEWER
    kept = split.parts if len(split.parts) <= most + 1 else split.parts[:most]
    rest = split.parts[len(kept) :]
    drawn = _bars(telling, split, kept) if first and split.exact else []
    return [*made, *drawn, *_table(telling, split, kept, rest), *(_opener(telling, split) if first else [])]


def _bars(telling: _Telling, split: Split, kept: Sequence[Contribution]) -> list[Element]:
    known = [(telling.name(split, part), part.value) for part in kept if part.value is not None]
    if len(known) < 2:
        return []
    said = telling.reading.words.say("why.contribution")
    column = replace(telling.metric, key="contribution", metric=None, label=said)
    return [charts.bars(telling.reading, column, [name for name, _ in known], [value for _, value in known])]


def _table(
    telling: _Telling, split: Split, kept: Sequence[Contribution], rest: Sequence[Contribution]
) -> list[Element]:
    """What each contributed, the rest as one line, and the whole change; without contributions, how each stands."""
    say, reading = telling.reading.words.say, telling.reading
    lines = [
        Line(telling.name(split, part), (_cell(telling, split, part),), note=_note(telling, part)) for part in kept
    ]
    closing = []
    if rest and split.exact:
        size = telling.signed(sum(part.value or 0 for part in rest))
        closing.append(Line(say("row.other_n", n=len(rest)), (size,)))
    if split.exact:
        closing.append(Line(say("row.total"), (telling.signed(telling.found.moved),), strong=True))
    header = say("why.contribution") if split.exact else say("table.change")
    made = table([reading.dimension(split.dimension), header], lines, reading.words, closing)
    if rest and not split.exact:
        made.append(el.text(say("table.not_shown", n=len(rest)), subtle=True, size="Small"))
    return made


def _cell(telling: _Telling, split: Split, part: Contribution) -> str:
    if split.exact:
        return telling.signed(part.value)
    return telling.signed(part.now - part.then) if part.now is not None and part.then is not None else "–"


def _note(telling: _Telling, part: Contribution) -> str:
    """From what to what, and for a ratio how much of it was its own and how much the mix."""
    if part.kind == "withheld":
        return ""
    reading, metric = telling.reading, telling.metric
    said = f"{reading.write(part.then, metric)} → {reading.write(part.now, metric)}"
    kinds = [name for name, _ in telling.found.effects]
    if part.rate is None or part.mix is None or "volume" in kinds or not part.rate:
        return said
    both = reading.words.say("why.both", rate=telling.signed(part.rate), mix=telling.signed(part.mix))
    return f"{said} · {both}"


def _opener(telling: _Telling, split: Split) -> list[Element]:
    """One chooser over the members and one button."""
    query, reading = telling.query(split), telling.reading
    rows = [part for part in split.parts if part.kind == "value" and part.key][:OPENABLE]
    label = f"input.drill_{split.dimension}"
    if next_step(query, reading.answer.scope.detail) is None or not rows or label not in reading.words.sentences:
        return []
    choices = [(short(telling.name(split, part), NAME), part.key or "") for part in rows]
    chooser = el.choice_set(actions.DRILL, reading.words.say(label), choices, hint=reading.words.say("input.choose"))
    button = el.execute(reading.words.say("button.open"), actions.OPEN, actions.data(actions.OPEN, query))
    action: list[Element] = [el.action_set([button])]
    return [el.columns([("stretch", [chooser], None), ("auto", action, None)], align="Bottom", spacing="Medium")]
