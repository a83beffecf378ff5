"""Draws charts for clients that draw none; loads the drawing library, so it is imported when the first picture is wanted."""

from __future__ import annotations

import io
import threading
import warnings
from typing import TYPE_CHECKING, Any

from matplotlib import rc_context
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import get_font_names

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from matplotlib.axes import Axes

    from cards.depicted import Picture

# Contrast of at least 3 on the white panel that every picture has, in light and dark clients alike.
COLORS = ("#3c51b4", "#ca5010", "#038387", "#8764b8")
INK, GRID = "#242424", "#e0e0e0"
# The first comes with the library, so pictures agree between machines; the others only lend what it lacks.
FONTS = ("DejaVu Sans", "Noto Sans CJK JP", "Noto Sans JP", "IPAGothic", "IPAPGothic")
STYLE: dict[Any, Any] = {"font.size": 9, "text.color": INK, "axes.unicode_minus": False, "text.parse_math": False}
# Styles are the library's, not a picture's: two at once would mix them.
_ONE = threading.Lock()
WIDTH, DPI = 360, 200  # points across, drawn at twice the size of a phone's card


def draw(picture: Picture) -> bytes:
    """The picture as a PNG, 720 pixels wide on a white panel. Takes about a tenth of a second: never on an event loop."""
    with _ONE, warnings.catch_warnings(), rc_context({**STYLE, "font.family": _fonts()}):
        # A character in none of the fonts is drawn as a box; nobody reads a warning about it.
        warnings.simplefilter("ignore", UserWarning)
        figure = Figure(figsize=(WIDTH / 100, _height(picture) / 100), dpi=DPI, layout="constrained")
        FigureCanvasAgg(figure)
        axes = figure.add_subplot()
        _DRAW[picture.kind](axes, picture)
        if picture.kind != "spark":
            figure.suptitle(picture.title, x=0.02, ha="left", fontsize=10, color=INK)
        drawn = io.BytesIO()
        figure.savefig(drawn, format="png", facecolor="white", metadata={"Software": None})
    return drawn.getvalue()


def _fonts() -> list[str]:
    """The fonts there are, in the order of preference; a character that one lacks is looked for in the next."""
    there = set(get_font_names())
    return [font for font in FONTS if font in there]


def _height(picture: Picture) -> int:
    if picture.kind == "spark":
        return 64
    return 60 + 24 * len(picture.labels) if picture.kind == "bars" else 220


def _bars(axes: Axes, picture: Picture) -> None:
    """Horizontal bars, the first on top, each with its number."""
    values = [value or 0.0 for value in picture.series[0].values]
    drawn = axes.barh(range(len(values)), values, color=COLORS[0], height=0.62)
    axes.bar_label(
        drawn,
        labels=[f" {value:,.4g}" if abs(value) < 1e4 else f" {value:,.0f}" for value in values],
        fontsize=9,
        color=INK,
    )
    axes.set_yticks(range(len(values)), list(picture.labels))
    axes.invert_yaxis()
    axes.margins(x=0.18)
    axes.set_xticks([])
    _plain(axes, ("top", "right", "bottom"))


def _lines(axes: Axes, picture: Picture) -> None:
    """Lines over the labels, from zero unless a number lies below; each named where it ends."""
    at = range(len(picture.labels))
    for number, one in enumerate(picture.series):
        values = [float("nan") if value is None else value for value in one.values]
        style = "--" if one.dashed else "-"
        axes.plot(
            at,
            values,
            style,
            color=COLORS[number],
            linewidth=1.8,
            marker=None if one.dashed else "o",
            markersize=3,
            label=one.name,
        )
    lowest = min((value for one in picture.series for value in one.values if value is not None), default=0.0)
    axes.set_ylim(bottom=min(0.0, lowest))
    _steps(axes, picture.labels)
    axes.grid(axis="y", color=GRID, linewidth=0.6)
    _plain(axes, ("top", "right", "left"))
    _legend(axes, picture)


def _columns(axes: Axes, picture: Picture) -> None:
    """Columns side by side, one colour a series."""
    width = 0.8 / len(picture.series)
    for number, one in enumerate(picture.series):
        places = [at - 0.4 + width * (number + 0.5) for at in range(len(picture.labels))]
        axes.bar(
            places, [value or 0.0 for value in one.values], width=width * 0.9, color=COLORS[number], label=one.name
        )
    _steps(axes, picture.labels)
    axes.grid(axis="y", color=GRID, linewidth=0.6)
    axes.set_axisbelow(True)
    _plain(axes, ("top", "right", "left"))
    _legend(axes, picture)


def _spark(axes: Axes, picture: Picture) -> None:
    """One small line without axes; its last point is marked."""
    values = [float("nan") if value is None else value for value in picture.series[0].values]
    axes.plot(range(len(values)), values, color=COLORS[0], linewidth=1.8)
    axes.plot([len(values) - 1], values[-1:], "o", color=COLORS[1], markersize=4)
    axes.margins(x=0.03, y=0.25)
    axes.set_axis_off()


_DRAW: dict[str, Callable[[Axes, Picture], None]] = {
    "bars": _bars,
    "lines": _lines,
    "columns": _columns,
    "spark": _spark,
}


def _steps(axes: Axes, labels: Sequence[str]) -> None:
    """As many labels as fit."""
    each = max(1, -(-len(labels) // 12))
    longest = max((len(label) for label in labels), default=0)
    turned = longest * len(labels[::each]) > 56
    axes.set_xticks(
        range(0, len(labels), each),
        list(labels[::each]),
        rotation=40 if turned else 0,
        ha="right" if turned else "center",
    )


def _plain(axes: Axes, without: Sequence[str]) -> None:
    for side in without:
        axes.spines[side].set_visible(False)
    for side in ("left", "bottom"):
        axes.spines[side].set_color(GRID)
    axes.tick_params(length=0, labelsize=9, labelcolor=INK)


def _legend(axes: Axes, picture: Picture) -> None:
    if len(picture.series) > 1:
        axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.16), ncols=2, frameon=False, fontsize=9)
