"""A card as a letter: HTML that holds in Outlook, light and dark, the same as plain text, and its charts as pictures."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cards.depicted import Drawn, Picture
from cards.text import ZWSP

Node = Mapping[str, Any]

_ESCAPED = re.compile(r"\\([*_\[\]])")
SIZES = {"Small": "12px", "Medium": "17px", "Large": "20px", "ExtraLarge": "28px"}
COLORS = {"Good": "good", "Attention": "bad", "Warning": "warn", "Accent": "accent"}
STYLES = {"warning": "box-warn", "attention": "box-bad", "good": "box-good", "emphasis": "box", "accent": "box"}
LOOK = """
body{margin:0;padding:0;background:#f3f3f3;color:#242424}
.page{background:#ffffff;color:#242424}
.quiet{color:#616161}.accent{color:#3c51b4}.good{color:#0b6a0b}.bad{color:#b10e1c}.warn{color:#835b00}
.line{border-top:1px solid #e0e0e0}.head{background:#f0f2fa}
.box{background:#f5f5f5}.box-warn{background:#fff4ce}.box-bad{background:#fde7e9}.box-good{background:#dff6dd}
@media (prefers-color-scheme:dark){
body{background:#1f1f1f!important;color:#ffffff!important}
.page{background:#292929!important;color:#ffffff!important}
.quiet{color:#c8c8c8!important}.accent{color:#93a4f4!important}.good{color:#6ccb5f!important}.bad{color:#ff99a4!important}.warn{color:#fce100!important}
.line{border-top-color:#525252!important}.head{background:#333842!important}
.box{background:#333333!important}.box-warn{background:#433500!important}.box-bad{background:#442726!important}.box-good{background:#1b3a1a!important}
}
[data-ogsc] .quiet{color:#c8c8c8!important}[data-ogsc] .accent{color:#93a4f4!important}
[data-ogsc] .good{color:#6ccb5f!important}[data-ogsc] .bad{color:#ff99a4!important}[data-ogsc] .warn{color:#fce100!important}
"""
FONT = "font-family:'Segoe UI',Arial,sans-serif"
CELL = "padding:4px 8px 4px 0;vertical-align:top"
TABLE = 'role="presentation" cellpadding="0" cellspacing="0" border="0" width="100%"'


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail without its address: `pictures` are named by content ids that the HTML refers to."""

    subject: str
    html: str
    text: str
    pictures: tuple[tuple[str, Picture], ...]


def letter(card: Node, *, foot: str = "") -> Letter:
    """What a card shows, without what only a press can do; `foot` is a last line, for instance how to stop it."""
    pictures: list[tuple[str, Picture]] = []
    inner = "".join(_html(node, pictures) for node in card.get("body", []))
    inner += "".join(_html(node, pictures) for node in card.get("actions", []))
    if foot:
        inner += f'<p class="quiet line" style="margin:16px 0 0;padding-top:8px;font-size:12px">{html.escape(foot)}</p>'
    lines = [line for node in [*card.get("body", []), *card.get("actions", [])] for line in _lines(node)]
    subject = _subject(lines)
    text = "\n".join([*lines, *(["", foot] if foot else [])])
    return Letter(subject, _whole(subject, inner, str(card.get("lang", "en"))), text + "\n", tuple(pictures))


def _whole(title: str, inner: str, language: str) -> str:
    """The document: one table of 640 pixels, for the Outlook that lays out like a word processor."""
    head = (
        f'<!doctype html><html lang="{html.escape(language, quote=True)}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        '<meta name="color-scheme" content="light dark"><meta name="supported-color-schemes" content="light dark">'
        f"<title>{html.escape(title)}</title><style>{LOOK}</style></head>"
    )
    page = f'<td class="page" style="{FONT};font-size:14px;line-height:20px;padding:20px 24px;text-align:left">{inner}</td>'
    return (
        f'{head}<body><table {TABLE}><tr><td align="center" style="padding:16px 8px">'
        f'<table role="presentation" cellpadding="0" cellspacing="0" border="0" width="640" style="width:100%;max-width:640px">'
        f"<tr>{page}</tr></table></td></tr></table></body></html>"
    )


def _subject(lines: Sequence[str]) -> str:
    """The heading of the card, on one line."""
    said = next((line for line in lines if line.strip()), "")
    return " ".join(said.split())[:150]


def plain(said: Any) -> str:
    """Text of a card as people read it: what keeps it from being markup in Teams taken off."""
    return _ESCAPED.sub(r"\1", str(said)).replace(ZWSP, "")


# -- HTML ----------------------------------------------------------------------------------------------------------


def _html(node: Any, pictures: list[tuple[str, Picture]]) -> str:
    make = _MAKERS.get(str(node.get("type"))) if isinstance(node, Mapping) else None
    # What hides the end of a long table stays hidden only where a press can show it.
    hidden = isinstance(node, Mapping) and node.get("isVisible") is False and node.get("type") != "Table"
    return make(node, pictures) if make and not hidden else ""


def _text(node: Node, _: list[tuple[str, Picture]]) -> str:
    style = ["margin:4px 0", f"font-size:{SIZES.get(str(node.get('size')), '14px')}", "line-height:1.35"]
    style += ["font-weight:600"] if node.get("weight") == "Bolder" else []
    style += ["text-align:right"] if node.get("horizontalAlignment") == "Right" else []
    style += ["padding-top:8px;margin-top:12px"] if node.get("separator") else []
    classes = [COLORS[str(node["color"])]] if node.get("color") in COLORS else []
    classes += ["quiet"] if node.get("isSubtle") else []
    classes += ["line"] if node.get("separator") else []
    tag = "h1" if node.get("style") == "heading" else "p"
    return f'<{tag} class="{" ".join(classes)}" style="{";".join(style)}">{html.escape(plain(node.get("text", "")))}</{tag}>'


def _rich(node: Node, _: list[tuple[str, Picture]]) -> str:
    said = "".join(str(run.get("text", "")) for run in node.get("inlines", []) if isinstance(run, Mapping))
    return f'<p style="margin:0;font:12px Consolas,monospace">{html.escape(said)}</p>'


def _container(node: Node, pictures: list[tuple[str, Picture]]) -> str:
    inner = "".join(_html(item, pictures) for item in node.get("items", []))
    named = STYLES.get(str(node.get("style")), "")
    above = "margin-top:16px;" if node.get("spacing") == "Large" else ""
    line = " line" if node.get("separator") else ""
    room = "padding:8px 12px;" if named else "padding-top:8px;" if line else ""
    return f'<div class="{named}{line}" style="{above}{room}">{inner}</div>'


def _columns(node: Node, pictures: list[tuple[str, Picture]]) -> str:
    cells = []
    for column in node.get("columns", []):
        inner = "".join(_html(item, pictures) for item in column.get("items", []))
        # A column that holds nothing but a button has nothing to say here.
        if inner and not column.get("selectAction"):
            cells.append(f'<td style="{CELL}">{inner}</td>')
    return f"<table {TABLE}><tr>{''.join(cells)}</tr></table>" if cells else ""


def _facts(node: Node, _: list[tuple[str, Picture]]) -> str:
    rows = [
        f'<tr><td style="{CELL};font-weight:600">{html.escape(plain(fact["title"]))}</td>'
        f'<td style="{CELL}">{html.escape(plain(fact["value"]))}</td></tr>'
        for fact in node.get("facts", [])
    ]
    return f'<table role="presentation" cellpadding="0" cellspacing="0" border="0">{"".join(rows)}</table>'


def _table(node: Node, pictures: list[tuple[str, Picture]]) -> str:
    rows = []
    for at, row in enumerate(node.get("rows", [])):
        first = bool(node.get("firstRowAsHeaders")) and not at
        tag = "th" if first else "td"
        cells = [
            f'<{tag} style="{CELL};padding-left:8px;font-weight:{600 if first else 400};text-align:{"right" if place else "left"}">'
            f"{''.join(_html(item, pictures) for item in cell.get('items', []))}</{tag}>"
            for place, cell in enumerate(row.get("cells", []))
        ]
        rows.append(f'<tr class="{"head" if first else "line"}">{"".join(cells)}</tr>')
    return f'<table cellpadding="0" cellspacing="0" border="0" width="100%" style="border-collapse:collapse;margin:8px 0">{"".join(rows)}</table>'


def _badge(node: Node, _: list[tuple[str, Picture]]) -> str:
    named = {"Good": "good", "Attention": "bad", "Warning": "warn"}.get(str(node.get("style")), "")
    return f'<p class="{named}" style="margin:4px 0;font-weight:600">{html.escape(plain(node.get("text", "")))}</p>'


def _chart(node: Node, pictures: list[tuple[str, Picture]]) -> str:
    """A picture in the mail itself: no client draws charts, and nothing is fetched from anywhere when it is read."""
    drawn = depicted(node)
    if drawn is None:
        return ""
    name = f"chart{len(pictures) + 1}"
    pictures.append((name, drawn))
    alt = html.escape(drawn.said(), quote=True)
    return f'<img src="cid:{name}" alt="{alt}" width="480" style="width:100%;max-width:480px;height:auto;display:block;margin:8px 0;border:0">'


def _actions(node: Node, pictures: list[tuple[str, Picture]]) -> str:
    return "".join(_html(action, pictures) for action in node.get("actions", []))


def _link(node: Node, _: list[tuple[str, Picture]]) -> str:
    """Only what leads to a page works outside of Teams."""
    url = str(node.get("url", ""))
    if not url.startswith("https://"):
        return ""
    return f'<p style="margin:8px 0"><a class="accent" href="{html.escape(url, quote=True)}">{html.escape(plain(node.get("title", "")))}</a></p>'


_MAKERS: Mapping[str, Callable[[Node, list[tuple[str, Picture]]], str]] = {
    "TextBlock": _text,
    "RichTextBlock": _rich,
    "Container": _container,
    "ColumnSet": _columns,
    "FactSet": _facts,
    "Table": _table,
    "Badge": _badge,
    "ActionSet": _actions,
    "Action.OpenUrl": _link,
    "Chart.HorizontalBar": _chart,
    "Chart.VerticalBar": _chart,
    "Chart.VerticalBar.Grouped": _chart,
    "Chart.Line": _chart,
}


def depicted(chart: Node) -> Picture | None:
    """The picture of a native chart, from the chart's own numbers; None for one that is not drawn."""
    title, data = str(chart.get("title", "")), chart.get("data", [])
    if chart.get("type") in {"Chart.HorizontalBar", "Chart.VerticalBar"}:
        labels = tuple(str(one["x"]) for one in data)
        return Picture("bars", title, labels, (Drawn(title, tuple(float(one["y"]) for one in data)),)) if data else None
    steps = tuple(dict.fromkeys(str(point["x"]) for one in data for point in one["values"]))
    series = []
    for one in data:
        known = {str(point["x"]): float(point["y"]) for point in one["values"]}
        series.append(Drawn(str(one["legend"]), tuple(known.get(step) for step in steps)))
    kind = "lines" if chart.get("type") == "Chart.Line" else "columns"
    return Picture(kind, title, steps, tuple(series)) if series and steps else None  # type: ignore[arg-type]


# -- plain text ----------------------------------------------------------------------------------------------------


def _lines(node: Any) -> Iterator[str]:
    """A card's node as lines of text, in reading order."""
    if not isinstance(node, Mapping) or (node.get("isVisible") is False and node.get("type") != "Table"):
        return
    kind = node.get("type")
    if kind in {"TextBlock", "Badge"}:
        yield plain(node.get("text", ""))
    elif kind == "FactSet":
        yield from (f"{plain(fact['title'])}: {plain(fact['value'])}" for fact in node.get("facts", []))
    elif kind == "Table":
        for row in node.get("rows", []):
            cells = [
                " · ".join(line for item in cell.get("items", []) for line in _lines(item)) for cell in row["cells"]
            ]
            yield "  |  ".join(cells)
    elif kind == "ColumnSet":
        for column in node.get("columns", []):
            if not column.get("selectAction"):
                yield from (line for item in column.get("items", []) for line in _lines(item))
    elif kind == "Action.OpenUrl" and str(node.get("url", "")).startswith("https://"):
        yield f"{plain(node.get('title', ''))}: {node['url']}"
    else:
        yield from (line for item in [*node.get("items", []), *node.get("actions", [])] for line in _lines(item))
