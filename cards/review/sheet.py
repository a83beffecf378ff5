"""The review on one page, as a PDF: the three promises with their figures, three charts, and what the figures rest on."""

from __future__ import annotations

import io
import textwrap
import warnings
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from matplotlib.backends.backend_pdf import FigureCanvasPdf
from matplotlib.figure import Figure
from matplotlib.font_manager import get_font_names
from matplotlib.ticker import MaxNLocator

from cards.review.nouns import Drawing, Page

COLORS = ("#3c51b4", "#ca5010", "#038387")
INK, QUIET, GRID = "#242424", "#616161", "#dddddd"
FONTS = ("DejaVu Sans", "Noto Sans CJK JP", "Noto Sans JP", "IPAGothic", "IPAPGothic")
PAPER = (11.69, 8.27)  # A4, lying
PROMISES = ("demand", "value", "supply")
CHARTS = ("spend", "where", "sides")
COLUMN, GAP, LEFT = 0.295, 0.0225, 0.035
NAME, MOST_LABELS = 26, 12


def sheet(pages: Sequence[Page], *, made_at: datetime) -> bytes:
    """The page. Takes a second or so: never on an event loop. `made_at` stands in the file's properties."""
    by = {page.key: page for page in pages}
    there = set(get_font_names())
    style: dict[str, Any] = {"family": [font for font in FONTS if font in there], "parse_math": False}
    with warnings.catch_warnings():
        # A character in none of the fonts is drawn as a box; nobody reads a warning about it.
        warnings.simplefilter("ignore", UserWarning)
        figure = Figure(figsize=PAPER)
        FigureCanvasPdf(figure)
        figure.text(LEFT, 0.945, by["glance"].title, size=19, weight="bold", color=INK, **style)
        _glance(figure, by["glance"], style)
        for at, key in enumerate(PROMISES):
            if key in by:
                _promise(figure, by[key], LEFT + at * (COLUMN + GAP), style)
        for at, key in enumerate(CHARTS):
            if key in by and by[key].charts:
                drawing = by[key].charts[0]
                title = by[key].title if key == "sides" else drawing.title
                _chart(figure, drawing, title, LEFT + at * (COLUMN + GAP), style)
        _foot(figure, by, style)
        written = io.BytesIO()
        metadata = {"Title": by["glance"].title, "CreationDate": made_at, "Producer": None, "Creator": None}
        figure.savefig(written, format="pdf", metadata=metadata)
    return written.getvalue()


def _glance(figure: Figure, page: Page, style: dict[str, Any]) -> None:
    """Its numbers in one line, large."""
    for at, row in enumerate(page.table[1:]):
        left = LEFT + at * 0.2375
        figure.text(left, 0.905, row[0], size=9, color=QUIET, **style)
        figure.text(left, 0.862, row[1], size=18, weight="bold", color=INK, **style)
        figure.text(left, 0.837, row[2], size=8.5, color=QUIET, **style)


def _promise(figure: Figure, page: Page, left: float, style: dict[str, Any]) -> None:
    """One column: what was promised, and a line for each figure with its target or benchmark below."""
    figure.text(left, 0.785, _fit(page.title, 44), size=11.5, weight="bold", color=COLORS[0], **style)
    top = 0.755
    for name, value, change, target, benchmark in page.table[1:]:
        figure.text(left, top, _fit(name, NAME), size=8, color=INK, **style)
        figure.text(left + COLUMN * 0.72, top, value, size=8, weight="bold", ha="right", color=INK, **style)
        figure.text(left + COLUMN, top, change, size=7.5, ha="right", color=QUIET, **style)
        held = [
            f"{label}: {said}"
            for label, said in zip(page.table[0][3:], (target, benchmark), strict=True)
            if said != "–"
        ]
        if held:
            top -= 0.017
            figure.text(left, top, _fit(" · ".join(held), 62), size=6.5, color=QUIET, **style)
        top -= 0.026


def _chart(figure: Figure, drawing: Drawing, title: str, left: float, style: dict[str, Any]) -> None:
    named = drawing.kind == "bars"
    inside = 0.115 if named else 0.03
    axes = figure.add_axes((left + inside, 0.185, COLUMN - inside, 0.205))
    axes.set_title(_fit(title, 46), size=8.5, loc="left", x=-inside / (COLUMN - inside), color=INK, **style)
    for side in ("top", "right", "left", "bottom"):
        axes.spines[side].set_visible(side == "bottom" and not named)
        axes.spines[side].set_color(GRID)
    columns = [[value or 0.0 for value in values] for _, values in drawing.series]
    labels = [_fit(label, 24) for label in drawing.labels]
    if named:
        _bars(axes, labels, columns[0], style)
    else:
        _columns(axes, labels, drawing, columns, style)
    axes.tick_params(length=0)


def _bars(axes: Any, labels: Sequence[str], values: Sequence[float], style: dict[str, Any]) -> None:
    drawn = axes.barh(range(len(values)), values, color=COLORS[0], height=0.6)
    axes.bar_label(drawn, labels=[f" {value:,.0f}" for value in values], fontsize=7, color=INK)
    axes.set_yticks(range(len(values)), labels, size=7, color=INK, **style)
    axes.invert_yaxis()
    axes.margins(x=0.15)
    axes.set_xticks([])


def _columns(
    axes: Any, labels: Sequence[str], drawing: Drawing, columns: Sequence[Sequence[float]], style: dict[str, Any]
) -> None:
    wide = 0.8 / max(len(columns), 1)
    for at, values in enumerate(columns):
        places = [place - 0.4 + wide * (at + 0.5) for place in range(len(values))]
        axes.bar(places, values, width=wide * 0.9, color=COLORS[at % len(COLORS)], label=drawing.series[at][0])
    each = max(1, -(-len(labels) // MOST_LABELS))
    axes.set_xticks(range(0, len(labels), each), labels[::each], size=6.5, color=INK, **style)
    axes.yaxis.set_major_locator(MaxNLocator(3))
    axes.yaxis.set_major_formatter(lambda value, _: _axis(value))
    axes.tick_params(axis="y", labelsize=6.5, labelcolor=QUIET)
    axes.grid(axis="y", color=GRID, linewidth=0.5)
    axes.set_axisbelow(True)
    if len(columns) > 1:
        axes.legend(loc="upper left", ncols=2, frameon=False, fontsize=6.5)


def _axis(value: float) -> str:
    """A number in little room."""
    for floor, word in ((1e6, "M"), (1e3, "k")):
        if abs(value) >= floor:
            return f"{value / floor:,.1f}{word}"
    return f"{value:,.0f}"


def _foot(figure: Figure, by: dict[str, Page], style: dict[str, Any]) -> None:
    """What would be at scale, and what the figures rest on."""
    said = [*(by["scale"].lines[:2] if "scale" in by else ()), " · ".join(by["quality"].lines)]
    lines = [line for one in said for line in textwrap.wrap(one, 190)][:6]
    for at, line in enumerate(lines):
        figure.text(LEFT, 0.125 - at * 0.0175, line, size=7, color=INK, **style)
    figure.text(LEFT, 0.018, by["glance"].foot, size=6.5, color=QUIET, **style)


def _fit(said: str, most: int) -> str:
    return said if len(said) <= most else said[: most - 1] + "…"
