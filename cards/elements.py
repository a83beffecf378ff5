"""Adaptive Card elements: thin subclasses of the adaptivecards package for what it lacks, and one typed maker for each.

Text given to `text` and `facts` is escaped here, once, and everything else that people read goes through `plain`;
so a name from the data can never become a link, a picture or a mention, whoever builds the card.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal, TypeAlias

from adaptivecards.adaptivecard import AdaptiveCard
from adaptivecards.baseobject import BareObject, Element
from adaptivecards.containers import ActionSet, Column, ColumnSet, Container, FactSet
from adaptivecards.elements import Image, RichTextBlock, TextBlock

from cards.text import esc, plain

Card: TypeAlias = dict[str, Any]
Color = Literal["Default", "Accent", "Good", "Warning", "Attention"]
Size = Literal["Small", "Default", "Medium", "Large", "ExtraLarge"]
Weight = Literal["Bolder", "Lighter"]
Spacing = Literal["None", "Small", "Default", "Medium", "Large", "ExtraLarge", "Padding"]

SCHEMA = "http://adaptivecards.io/schemas/adaptive-card.json"
VERSION = "1.5"


class Table(Element):
    """Rows of cells."""

    element_type = "Table"


class TableRow(Element):
    """One row of a table."""

    element_type = "TableRow"


class TableCell(Element):
    """One cell, with any elements in it."""

    element_type = "TableCell"


class Badge(Element):
    """A small coloured label."""

    element_type = "Badge"


class ChoiceSet(Element):
    """A chooser."""

    element_type = "Input.ChoiceSet"


class TextInput(Element):
    """A line to type in."""

    element_type = "Input.Text"


class LineChart(Element):
    """Lines over a shared axis."""

    element_type = "Chart.Line"


class HorizontalBarChart(Element):
    """Bars, names at the left."""

    element_type = "Chart.HorizontalBar"


class VerticalBarChart(Element):
    """Columns."""

    element_type = "Chart.VerticalBar"


class GroupedBarChart(Element):
    """Columns side by side or stacked."""

    element_type = "Chart.VerticalBar.Grouped"


class Execute(Element):
    """A button answered by the bot in place."""

    element_type = "Action.Execute"


class Submit(Element):
    """A button that sends a message."""

    element_type = "Action.Submit"


class OpenUrl(Element):
    """A button that leads out of Teams."""

    element_type = "Action.OpenUrl"


class ToggleVisibility(Element):
    """A button that shows and hides."""

    element_type = "Action.ToggleVisibility"


def _made(kind: type[Element], **properties: Any) -> Element:
    """An element with these properties under their JSON names; None means absent.

    Filled past the constructor, which would look every property up one by one and forget the ones it does not know.
    """
    element: Element = object.__new__(kind)
    element._data = {"type": kind.element_type}  # noqa: SLF001
    element._data.update({key: value for key, value in properties.items() if value is not None})  # noqa: SLF001
    return element


def card(body: Sequence[Element], actions: Sequence[Element] = (), *, language: str, spoken: str) -> Card:
    """The finished card as plain JSON data; `spoken` is what a screen reader says and an old client shows."""
    whole = AdaptiveCard()
    said = plain(spoken, 400)
    properties: Card = {"$schema": SCHEMA, "version": VERSION, "msteams": {"width": "full"}, "lang": language}
    properties |= {"speak": said, "fallbackText": said, "body": list(body)}
    for key, value in properties.items():
        whole.set_data(key, value)
    if actions:
        whole.set_data("actions", list(actions))
    return to_dict(whole)


def to_dict(element: BareObject) -> Card:
    """An element as plain data, all the way down; it is used up, so that nothing has to be copied.

    Elements stand as values or in lists of elements, never inside plain dicts.
    """
    data: Card = element._data  # noqa: SLF001 - render() returns the same, with objects still inside
    for key, value in data.items():
        if isinstance(value, BareObject):
            data[key] = to_dict(value)
        elif isinstance(value, list) and value and isinstance(value[0], BareObject):
            data[key] = [to_dict(each) for each in value]
    return data


def text(
    said: str,
    *,
    size: Size | None = None,
    weight: Weight | None = None,
    color: Color | None = None,
    subtle: bool = False,
    wrap: bool = True,
    heading: bool = False,
    align: Literal["Right", "Center"] | None = None,
    spacing: Spacing | None = None,
    separator: bool = False,
    most: int = 600,
) -> Element:
    """A TextBlock; `said` is plain text and is escaped here."""
    return _made(
        TextBlock,
        text=esc(said if len(said) <= most else said[: most - 1] + "…"),
        wrap=wrap or None,
        size=size,
        weight=weight,
        color=color,
        isSubtle=subtle or None,
        style="heading" if heading else None,
        horizontalAlignment=align,
        spacing=spacing,
        separator=separator or None,
    )


def code(said: str, most: int) -> list[Element]:
    """Text of a machine, uninterpreted, one element a line with its indentation."""
    cut = said if len(said) <= most else said[: most - 1] + "…"
    return [_code_line(line.replace("\t", "    ")) for line in cut.splitlines() if line.strip()]


def _code_line(line: str) -> Element:
    indented = "\u00a0" * (len(line) - len(line.lstrip())) + plain(line, 500)
    run = {"type": "TextRun", "text": indented, "fontType": "Monospace", "size": "Small"}
    return _made(RichTextBlock, inlines=[run], spacing="None")


def facts(pairs: Iterable[tuple[str, str]]) -> Element:
    """Title and value side by side, several lines."""
    return _made(FactSet, facts=[{"title": esc(title), "value": esc(value)} for title, value in pairs])


def container(
    items: Sequence[Element],
    *,
    style: Literal["emphasis", "good", "warning", "attention", "accent"] | None = None,
    press: Element | None = None,
    hidden: bool = False,
    name: str | None = None,
    spacing: Spacing | None = None,
    separator: bool = False,
) -> Element:
    """Elements kept together; the whole of it can be pressed, and hidden until an action shows it."""
    return _made(
        Container,
        items=list(items),
        style=style,
        selectAction=press,
        isVisible=False if hidden else None,
        id=name,
        spacing=spacing,
        separator=separator or None,
    )


def columns(
    parts: Sequence[tuple[str, Sequence[Element], Element | None]],
    *,
    align: Literal["Top", "Center", "Bottom"] = "Center",
    spacing: Spacing | None = None,
) -> Element:
    """Columns side by side: width ("stretch", "auto", "88px"), what stands in it, and what a press on it does."""
    made = [
        _made(Column, width=width, items=list(items), selectAction=press, verticalContentAlignment=align)
        for width, items, press in parts
    ]
    return _made(ColumnSet, columns=made, spacing=spacing)


def table(
    rows: Sequence[Sequence[Sequence[Element]]],
    widths: Sequence[int | str],
    *,
    header: bool = True,
    name: str | None = None,
    hidden: bool = False,
    spacing: Spacing | None = None,
) -> Element:
    """A table of cells, each a list of elements; `widths` are weights or pixels ("88px"); the first row may be the header."""
    made = [
        _made(
            TableRow,
            cells=[_made(TableCell, items=list(cell)) for cell in row],
            style="emphasis" if header and not at else None,
        )
        for at, row in enumerate(rows)
    ]
    return _made(
        Table,
        columns=[{"width": width} for width in widths],
        rows=made,
        firstRowAsHeaders=header,
        showGridLines=False,
        id=name,
        isVisible=False if hidden else None,
        spacing=spacing,
    )


def badge(said: str, style: Literal["Good", "Attention", "Warning", "Default", "Informative"]) -> Element:
    """A small coloured label; where badges are unknown, the same words in bold."""
    colors: dict[str, Color] = {"Good": "Good", "Attention": "Attention", "Warning": "Warning"}
    fallback = text(said, weight="Bolder", color=colors.get(style), spacing="Small")
    return _made(
        Badge, text=plain(said), style=style, appearance="Tint", size="Large", spacing="Small", fallback=fallback
    )


def choice_set(
    name: str,
    label: str,
    choices: Sequence[tuple[str, str]],
    *,
    value: str = "",
    hint: str = "",
    looked_up: str = "",
) -> Element:
    """A compact chooser: `choices` are (title, value); further ones are looked up in a dimension as people type."""
    data = {"choices.data": {"type": "Data.Query", "dataset": looked_up}} if looked_up else {}
    return _made(
        ChoiceSet,
        id=name,
        label=plain(label),
        style="filtered" if looked_up else "compact",
        choices=[{"title": plain(title) or "?", "value": chosen} for title, chosen in choices],
        value=value or None,
        placeholder=plain(hint) or None,
        **data,
    )


def text_input(name: str, label: str, *, hint: str = "", value: str = "", most: int = 200) -> Element:
    """A line to type in, at most `most` characters; what is typed is untrusted like every choice."""
    properties = {"label": plain(label), "placeholder": plain(hint) or None, "value": value or None, "maxLength": most}
    return _made(TextInput, id=name, **properties)


def action_set(actions: Sequence[Element]) -> Element:
    """Buttons inside the card."""
    return _made(ActionSet, actions=list(actions))


def execute(
    title: str, verb: str, data: Mapping[str, Any], *, overflow: bool = False, primary: bool = False
) -> Element:
    """A button that sends `data` and every chooser on the card; clients without Action.Execute send the same by Action.Submit."""
    same = {
        "title": plain(title, 40),
        "data": dict(data),
        "mode": "secondary" if overflow else None,
        "style": "positive" if primary else None,
    }
    return _made(Execute, verb=verb, fallback=_made(Submit, **same), **same)


def open_url(title: str, url: str) -> Element:
    """A button that opens a page outside of Teams."""
    return _made(OpenUrl, title=plain(title, 40), url=url)


def toggle(title: str, *names: str) -> Element:
    """Shows what is hidden and hides what is shown, without asking the bot."""
    return _made(ToggleVisibility, title=plain(title, 40), targetElements=list(names))


def chart(
    kind: type[Element], title: str, data: Sequence[Mapping[str, Any]], fallback: Element | None, **more: Any
) -> Element:
    """A native chart at full width with its title shown; without a fallback picture it is left out where charts are unknown."""
    return _made(
        kind, title=plain(title), showTitle=True, data=[dict(d) for d in data], fallback=fallback or "drop", **more
    )


def image(url: str, alt: str, *, narrow: bool = True) -> Element:
    """A picture at full width, which a press enlarges; `alt` says all its numbers; not `narrow` leaves it out on phones."""
    return _made(
        Image,
        url=url,
        altText=plain(alt, 1_000),
        size="Stretch",
        msteams={"allowExpand": True},
        targetWidth=None if narrow else "atLeast:Standard",
    )
