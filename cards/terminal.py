"""Shows a card in a terminal the way a person would want to read it, at any width."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from rich import box
from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

Node = Mapping[str, Any]

COLORS = {"Good": "green", "Warning": "yellow", "Attention": "red", "Accent": "cyan"}
CONTAINERS = {"warning": "yellow", "attention": "red", "good": "green", "accent": "cyan"}
SERIES = ("blue", "yellow", "cyan")
EIGHTHS = " ▏▎▍▌▋▊▉█"
LEVELS = " ▁▂▃▄▅▆▇█"
WIDEST = 88
ROOMY = 70
HEIGHT = 6
_ESCAPED = re.compile(r"\\([*_\[\]])")


class TerminalCard:
    """A card as a rich renderable: `Console().print(TerminalCard(card))`."""

    def __init__(self, card: Mapping[str, Any]) -> None:
        self.card = card

    def __rich_console__(self, _: Console, options: ConsoleOptions) -> RenderResult:
        width = min(options.max_width, WIDEST)
        parts = list(_elements(self.card.get("body", []), width - 4))
        buttons = _buttons(self.card.get("actions", []), width - 4)
        yield Panel(Group(*parts, *buttons), box=box.ROUNDED, width=width, border_style="dim")


def show(card: Mapping[str, Any], console: Console | None = None) -> None:
    """Prints a card."""
    (console or Console()).print(TerminalCard(card))


def _elements(nodes: Any, width: int) -> Iterator[RenderableType]:
    for node in nodes:
        if node.get("isVisible") is False or node["type"] not in DRAWN:
            continue
        if node.get("separator"):
            yield Text("─" * width, style="dim")
        elif node.get("spacing") in {"Medium", "Large"} or node["type"].startswith(("Chart.", "Table")):
            yield Text("")
        yield from DRAWN[node["type"]](node, width)


def _text(node: Node, _: int) -> Iterator[RenderableType]:
    style = COLORS.get(node.get("color", ""), "")
    if node.get("weight") == "Bolder" or node.get("size") in {"Large", "ExtraLarge"}:
        style += " bold"
    if node.get("size") == "ExtraLarge":
        style += " reverse" if not node.get("isSubtle") else ""
    if node.get("isSubtle"):
        style += " dim"
    said = _plain(node["text"])
    yield Text(f" {said} " if "reverse" in style else said, style=style.strip())


def _plain(text: str) -> str:
    return _ESCAPED.sub(r"\1", text).replace("\u200b", "")


def _rich_text(node: Node, _: int) -> Iterator[RenderableType]:
    yield Text("".join(run["text"] for run in node["inlines"]))


def _badge(node: Node, _: int) -> Iterator[RenderableType]:
    yield Text(str(node["text"]), style=f"bold {COLORS.get(node.get('style', ''), '')}".strip())


def _container(node: Node, width: int) -> Iterator[RenderableType]:
    style = CONTAINERS.get(node.get("style", ""))
    if node.get("selectAction"):
        first, *rest = (
            Text.assemble("› ", t) if isinstance(t, Text) else t for t in _elements(node["items"], width - 2)
        )
        yield from (first, *(Text.assemble("  ", t) if isinstance(t, Text) else t for t in rest))
        return
    mark = Text("▌ ", style=style) if style else Text("")
    for part in _elements(node["items"], width - 2):
        yield Text.assemble(mark, part.plain.removeprefix("› ")) if style and isinstance(part, Text) else part


def _columns(node: Node, width: int) -> Iterator[RenderableType]:
    grid = Table.grid(expand=True, padding=(0, 1))
    cells = []
    for column in node["columns"]:
        grid.add_column(ratio=1 if column["width"] == "stretch" else None, justify="left")
        inside = list(_elements(column["items"], width))
        pressed = isinstance(column.get("selectAction"), Mapping)
        cells.append(_button(column["selectAction"]["title"]) if pressed else Group(*inside))
    grid.add_row(*cells)
    yield grid


def _facts(node: Node, _: int) -> Iterator[RenderableType]:
    grid = Table.grid(padding=(0, 2))
    for fact in node["facts"]:
        grid.add_row(Text(_plain(fact["title"]), style="bold"), Text(_plain(fact["value"])))
    yield grid


def _table(node: Node, width: int) -> Iterator[RenderableType]:
    headed = bool(node.get("firstRowAsHeaders"))
    drawn = Table(box=box.SIMPLE_HEAD, show_header=headed, expand=True, padding=(0, 1), show_edge=False)
    first, *others = node["rows"]
    for at, cell in enumerate(first["cells"]):
        header = _plain(cell["items"][0]["text"]) if headed else ""
        drawn.add_column(
            header, justify="right" if at else "left", ratio=None if at else 1, no_wrap=bool(at) and width > 40
        )
    for row in others if headed else node["rows"]:
        drawn.add_row(*(_cell(cell["items"], width) for cell in row["cells"]))
    yield drawn


def _cell(items: Any, width: int) -> RenderableType:
    """The quiet second line stands beside the name where there is room."""
    inside = list(_elements(items, width))
    texts = [part for part in inside if isinstance(part, Text)]
    if len(texts) == 2 and width >= ROOMY:
        return Text.assemble(texts[0], "  ", texts[1])
    return Group(*inside)


def _chooser(node: Node, _: int) -> Iterator[RenderableType]:
    chosen = next((c["title"] for c in node["choices"] if c["value"] == node.get("value")), node.get("placeholder", ""))
    yield Text.assemble((f"{node['label']}: ", "dim"), f"[{chosen} ▾]", (f"  {len(node['choices'])} choices", "dim"))


def _actions(node: Node, width: int) -> Iterator[RenderableType]:
    yield from _buttons(node["actions"], width)[1:]


def _buttons(actions: Any, width: int) -> list[Text]:
    """Buttons in as many lines as they need, after an empty one; no button is broken."""
    lines = [Text("")]
    for action in actions:
        button = _button(action["title"], quiet=action.get("mode") == "secondary")
        if len(lines) == 1 or lines[-1].cell_len + button.cell_len + 1 > width:
            lines.append(button)
        else:
            lines[-1] = Text.assemble(lines[-1], " ", button)
    return lines if len(lines) > 1 else []


def _button(title: str, *, quiet: bool = False) -> Text:
    return Text(f"[ {title} ]", style="dim" if quiet else "cyan", no_wrap=True)


def _bars(node: Node, width: int) -> Iterator[RenderableType]:
    """Blocks in eighths of a character, the number at their end."""
    yield Text(node["title"], style="bold")
    data = node["data"]
    names = min(max(cell_len(point["x"]) for point in data), max(10, width // 3))
    numbers = max(len(f"{point['y']:,}") for point in data)
    most = max(*(abs(point["y"]) for point in data), 0.0001)
    room = max(4, width - names - numbers - 3)
    for point in data:
        name = Text(point["x"])
        name.truncate(names, overflow="ellipsis", pad=True)
        yield Text.assemble(name, " ", (_bar(abs(point["y"]) / most * room), SERIES[0]), f" {point['y']:,}")


def _bar(length: float) -> str:
    whole, part = divmod(round(length * 8), 8)
    return EIGHTHS[8] * whole + (EIGHTHS[part] if part else "")


def _lines(node: Node, width: int) -> Iterator[RenderableType]:
    """Columns a few lines high, one group of them a label; every series has its colour, a flat one is only named."""
    yield Text(node["title"], style="bold")
    moving = [one for one in node["data"] if node["type"] != "Chart.Line" or _moves(one)] or node["data"]
    flat = [Text(f"┄ {one['legend']}", style="dim") for one in node["data"] if one not in moving]
    marks = [Text.assemble(("■ ", SERIES[at % 3]), one["legend"]) for at, one in enumerate(moving)]
    yield Text("   ").join([*marks, *flat])
    series = [{point["x"]: abs(point["y"]) for point in one["values"]} for one in moving]
    labels = list(dict.fromkeys(point["x"] for one in moving for point in one["values"]))
    slot = max(len(series) + 1, min(10, width // len(labels)))
    labels = labels[-(width // slot) :]
    most = max((one.get(label, 0) for one in series for label in labels), default=0) or 1
    for level in range(HEIGHT, 0, -1):
        yield Text.assemble(*(_slice([one.get(label, 0) / most for one in series], level, slot) for label in labels))
    yield Text(_axis(labels, slot), style="dim")


def _slice(shares: list[float], level: int, slot: int) -> Text:
    """One line of the columns over one label; `shares` are parts of the highest column."""
    bar = max(1, (slot - 1) // len(shares))
    filled = [max(0, min(8, round((share * HEIGHT - level + 1) * 8))) for share in shares]
    parts = [(LEVELS[eighths] * bar, SERIES[at % 3]) for at, eighths in enumerate(filled)]
    return Text.assemble(*parts, " " * (slot - bar * len(shares)))


def _moves(one: Node) -> bool:
    return len({point["y"] for point in one["values"]}) > 1


def _axis(labels: list[str], slot: int) -> str:
    """As many labels as fit under the columns, from the last one backwards, each at its own column."""
    line, end = "", slot * len(labels)
    for at in range(len(labels) - 1, -1, -1):
        label = labels[at]
        start = min(slot * at, slot * len(labels) - cell_len(label))
        if start >= 0 and start + cell_len(label) < end + (not line):
            line = label + " " * (end - start - cell_len(label)) + line
            end = start
    return (" " * end + line).rstrip()


DRAWN: dict[str, Callable[[Node, int], Iterator[RenderableType]]] = {
    "TextBlock": _text,
    "RichTextBlock": _rich_text,
    "Badge": _badge,
    "Container": _container,
    "ColumnSet": _columns,
    "FactSet": _facts,
    "Table": _table,
    "Input.ChoiceSet": _chooser,
    "ActionSet": _actions,
    "Chart.HorizontalBar": _bars,
    "Chart.Line": _lines,
    "Chart.VerticalBar": _lines,
    "Chart.VerticalBar.Grouped": _lines,
}
