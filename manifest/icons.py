"""Draws the app's two icons: run `python -m manifest.icons` after a change; the PNG files beside it are kept."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image, ImageDraw

if TYPE_CHECKING:
    from collections.abc import Callable

HERE = Path(__file__).parent / "icons"
COLOR, OUTLINE = HERE / "color.png", HERE / "outline.png"
COLOR_SIDE, OUTLINE_SIDE = 192, 32
# Drawn this much larger and then made smaller, so that edges are smooth.
LARGER = 8

TEAL, PAPER, CORAL = (15, 92, 99, 255), (255, 255, 255, 255), (255, 178, 102, 255)
CLEAR = (0, 0, 0, 0)

# Three bars that grow inside a speech bubble, in a grid of 32 x 32.
BUBBLE = (4, 4, 27, 23)
TAIL = ((8, 22), (8, 29), (15, 22))
BARS = ((9, 15, 12, 19), (14, 12, 17, 19), (19, 8, 22, 19))


def color() -> Image.Image:
    """192 x 192: a full square of one colour, which is at home on light and on dark."""
    image = Image.new("RGBA", (COLOR_SIDE * LARGER, COLOR_SIDE * LARGER), TEAL)
    # Teams cuts the corners off, so the drawing keeps to the middle.
    _draw(image, scale=COLOR_SIDE * LARGER / 40, shift=4.0, bars=(TEAL, TEAL, CORAL), bubble=PAPER)
    return image.resize((COLOR_SIDE, COLOR_SIDE), Image.Resampling.LANCZOS)


def outline() -> Image.Image:
    """32 x 32: white on transparent, and no other colour."""
    side = OUTLINE_SIDE * LARGER
    image = Image.new("RGBA", (side, side), CLEAR)
    _draw(image, scale=LARGER, shift=0.0, bars=(PAPER, PAPER, PAPER), bubble=None)
    alpha = image.getchannel("A").resize((OUTLINE_SIDE, OUTLINE_SIDE), Image.Resampling.LANCZOS)
    white = Image.new("RGBA", (OUTLINE_SIDE, OUTLINE_SIDE), PAPER)
    white.putalpha(alpha)
    return white


def _draw(
    image: Image.Image,
    *,
    scale: float,
    shift: float,
    bars: tuple[tuple[int, int, int, int], ...],
    bubble: tuple[int, int, int, int] | None,
) -> None:
    draw = ImageDraw.Draw(image)

    def at(*numbers: float) -> list[float]:
        return [(number + shift) * scale for number in numbers]

    if bubble:
        draw.polygon([(at(x)[0], at(y)[0]) for x, y in TAIL], fill=bubble)
        draw.rounded_rectangle(at(*BUBBLE), radius=4 * scale, fill=bubble)
    else:
        _outlined(draw, at, scale)
    for box, fill in zip(BARS, bars, strict=True):
        draw.rounded_rectangle(at(*box), radius=0.6 * scale, fill=fill)


def _outlined(draw: ImageDraw.ImageDraw, at: Callable[..., list[float]], scale: float) -> None:
    """The bubble as a line of two units, its tail open towards it."""
    x0, y0, x1, y1 = BUBBLE
    draw.polygon([(at(x)[0], at(y)[0]) for x, y in TAIL], fill=PAPER)
    draw.rounded_rectangle(at(x0, y0, x1, y1), radius=4 * scale, fill=PAPER)
    draw.rounded_rectangle(at(x0 + 2, y0 + 2, x1 - 2, y1 - 2), radius=2 * scale, fill=CLEAR)


if __name__ == "__main__":
    HERE.mkdir(exist_ok=True)
    color().save(COLOR, optimize=True)
    outline().save(OUTLINE, optimize=True)
