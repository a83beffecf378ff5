"""Native charts with scaled values and short labels; the one place where a picture for clients without charts goes in."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any
from unicodedata import east_asian_width

from adaptivecards.baseobject import Element

from analytics.model import Column, Number
from cards import elements as el
from cards import formats
from cards.depicted import Drawn, Kind, Picture
from cards.reading import Reading
from cards.text import plain, short

BARS = 12
LABEL = 22  # longer names are cut by the axis of every client
COLORS = ("categoricalBlue", "categoricalMarigold", "categoricalTeal")


@dataclass(frozen=True, slots=True)
class Series:
    """One line or one colour of bars: its name and a number for each label; dashed for what is no measurement."""

    name: str
    values: tuple[Number, ...]
    dashed: bool = False


def bars(reading: Reading, column: Column, labels: Sequence[str], values: Sequence[float]) -> Element:
    """Horizontal bars, the first on top."""
    scaled, title = _scaled(reading, column, values)
    cut = _short(labels)
    # Not every client draws a fall to the left; another colour tells it apart all the same.
    data = [{"x": label, "y": y, "color": COLORS[int(y < 0)]} for label, y in zip(cut, scaled, strict=True)]
    shown = Picture("bars", title, tuple(cut), (Drawn(title, tuple(scaled)),))
    return chart(el.HorizontalBarChart, title, data, _picture(reading, shown), displayMode="AbsoluteWithAxis")


def grouped(reading: Reading, column: Column, labels: Sequence[str], series: Sequence[Series]) -> Element:
    """Vertical bars side by side, one colour a series."""
    data, title = _series(reading, column, labels, series)
    shown = _picture(reading, _as_picture("columns", title, labels, data))
    return chart(el.GroupedBarChart, title, data, shown, showBarValues=True, stacked=False)


def line(reading: Reading, column: Column, labels: Sequence[str], series: Sequence[Series]) -> Element:
    """Lines over time; the scale starts at zero unless a number lies below it."""
    data, title = _series(reading, column, labels, series)
    lowest = min((point["y"] for one in data for point in one["values"]), default=0)
    shown = _picture(
        reading, _as_picture("lines", title, labels, data, dashed={one.name for one in series if one.dashed})
    )
    return chart(el.LineChart, title, data, shown, yMin=min(0, lowest))


def spark(reading: Reading) -> list[Element]:
    """The same metric month by month as a small picture; nothing where no picture can be shown, or there is no past."""
    past = reading.view.spark
    if past is None or reading.view.picture is None:
        return []
    before = Reading(past, reading.view)
    known = [(row, before.value(row, before.metrics[0])) for row in past.rows]
    while known and known[0][1] is None:
        del known[0]
    if sum(value is not None for _, value in known) < 3:
        return []
    names = before.step_names(tuple(row for row, _ in known))
    numbers = [value for _, value in known if value is not None]
    scaled = iter(_scaled(before, before.metrics[0], numbers)[0])
    title = _scaled(before, before.metrics[0], numbers)[1]
    values = tuple(None if value is None else next(scaled) for _, value in known)
    shown = Picture("spark", title, tuple(names), (Drawn(title, values),))
    return [el.image(reading.view.picture(shown), shown.said(), narrow=False)]


def chart(
    kind: type[Element], title: str, data: Sequence[dict[str, Any]], shown: Element | None, **more: Any
) -> Element:
    """A chart element. Clients without charts show the picture where there is one; the table below has the numbers anyway."""
    return el.chart(kind, title, data, shown, **more)


def _picture(reading: Reading, shown: Picture) -> Element | None:
    return el.image(reading.view.picture(shown), shown.said()) if reading.view.picture else None


def _as_picture(
    kind: Kind, title: str, labels: Sequence[str], data: Sequence[dict[str, Any]], *, dashed: Collection[str] = ()
) -> Picture:
    """The same series as the native chart has."""
    cut = _short(labels)
    found = [{point["x"]: point["y"] for point in one["values"]} for one in data]
    names = [one["legend"] for one in data]
    solid = {plain(name, LABEL + 10) for name in dashed}
    series = zip(names, found, strict=True)
    return Picture(
        kind, title, tuple(cut), tuple(Drawn(n, tuple(f.get(c) for c in cut), n in solid) for n, f in series)
    )


def _short(labels: Sequence[str]) -> list[str]:
    """Labels as an axis can hold them; where their beginnings are the same, the middle is left out instead of the end."""
    whole = [plain(label, 10 * LABEL) for label in labels]
    cut = [short(label, _room(label)) for label in whole]
    if len(set(cut)) == len(set(whole)):
        return cut
    return [
        label if len(label) <= (room := _room(label)) else f"{label[: room // 2 - 1]}…{label[-room // 2 :]}"
        for label in whole
    ]


def _room(label: str) -> int:
    """How many characters fit; characters of East Asia are nearly twice as wide."""
    if label.isascii():
        return LABEL
    wide = sum(east_asian_width(c) in "WF" for c in label)
    return LABEL if 2 * wide < len(label) else LABEL * 3 // 5


def _series(
    reading: Reading, column: Column, labels: Sequence[str], series: Sequence[Series]
) -> tuple[list[dict[str, Any]], str]:
    """All series in one scale; a label without a number is left out of its series."""
    every = [value for one in series for value in one.values if value is not None]
    _, title = _scaled(reading, column, every)
    data = []
    labels = _short(labels)
    for at, one in enumerate(series):
        known = [(label, value) for label, value in zip(labels, one.values, strict=True) if value is not None]
        scaled = _within(reading, column, [value for _, value in known], every)
        points = [{"x": label, "y": y} for (label, _), y in zip(known, scaled, strict=True)]
        data.append({"legend": plain(one.name, LABEL + 10), "values": points, "color": COLORS[at % len(COLORS)]})
    return data, title


def _within(reading: Reading, column: Column, values: Sequence[float], every: Sequence[float]) -> list[float]:
    """Values in the scale that fits all of them."""
    scaled, _ = formats.scaled([*values, *every], column.unit, reading.answer.currency)
    return scaled[: len(values)]


def _scaled(reading: Reading, column: Column, values: Sequence[float]) -> tuple[list[float], str]:
    """The values as the chart draws them, and its title with their unit."""
    scaled, scale = formats.scaled(list(values), column.unit, reading.answer.currency)
    name, unit = reading.name(column), _unit(reading, column)
    if scale == "percent":
        return scaled, reading.words.say("scale.percent", label=name)
    if not unit and not scale:
        return scaled, name
    return scaled, reading.words.say(f"scale.{scale or 'plain'}", label=name, unit=unit).replace(",  ", ", ")


def _unit(reading: Reading, column: Column) -> str:
    if column.unit == "money":
        return reading.answer.currency
    return reading.words.say(f"unit.{column.unit}") if f"unit.{column.unit}" in reading.words.sentences else ""
