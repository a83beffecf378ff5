"""Draws cards with the reference renderer in headless Chromium and puts the pictures on one sheet."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from matplotlib.figure import Figure
from matplotlib.image import imread
from playwright.sync_api import Page, sync_playwright

HERE = Path(__file__).parent
OUT = HERE.parents[1] / ".visual"
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "microsoft-edge")


def missing() -> str:
    """What this machine lacks for drawing, in words; empty where it lacks nothing."""
    if not browser():
        return "no Chromium found (install the package chromium)"
    return "" if shutil.which("npm") else "no npm found (install Node.js)"


def browser() -> str | None:
    """The browser to draw with."""
    return os.environ.get("CHROMIUM") or next((found for name in BROWSERS if (found := shutil.which(name))), None)


def install() -> Path:
    """The renderer's packages, installed once into .visual/ from whatever registry npm is set up with."""
    modules = OUT / "node_modules"
    wanted = (HERE / "package.json").read_bytes()
    here = OUT / "package.json"
    if not modules.is_dir() or not here.is_file() or here.read_bytes() != wanted:
        OUT.mkdir(exist_ok=True)
        here.write_bytes(wanted)
        npm = ["npm", "install", "--no-audit", "--no-fund", "--no-package-lock", "--ignore-scripts", "--silent"]
        subprocess.run(npm, cwd=OUT, check=True, timeout=300)
    return modules


@dataclass(frozen=True)
class Look:
    """One way to look at a card; `native` draws charts and badges, else their fallbacks show, as on phones."""

    theme: str = "light"
    width: int = 600
    native: bool = True

    @property
    def name(self) -> str:
        """For file names and captions."""
        return f"{self.theme}-{self.width}{'' if self.native else '-fallback'}"


DESK, PHONE = Look(), Look("dark", 320, native=False)
QUICK = (DESK, PHONE)
"""What every run looks at: the widest with charts, and the narrowest without."""
LOOKS = (DESK, Look("dark"), Look(width=320), PHONE)
"""What is looked at, and kept as pictures, where cards are what the run is about."""
CONTRAST = (Look("contrast"), Look("contrast", 320, native=False), Look(width=600, native=False))
"""Further looks, for a few cards that hold every element there is."""


class Studio:
    """One browser page that draws card after card."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def draw(self, card: Mapping[str, Any], look: Look) -> dict[str, Any]:
        """Draws the card and returns what was measured: warnings, overflow, links, images, lists, text."""
        self.page.set_viewport_size({"width": look.width + 24, "height": 900})
        seen: dict[str, Any] = self.page.evaluate(
            "([card, theme, width, native]) => draw(card, theme, width, native)",
            [dict(card), look.theme, look.width, look.native],
        )
        return seen

    def shoot(self, path: Path) -> Path:
        """A picture of what was drawn last."""
        self.page.locator("#card").screenshot(path=path)
        return path

    def open(self, name: str) -> None:
        """Presses the button or pressable part of this name."""
        self.page.get_by_role("button", name=name).first.click()


@contextmanager
def studio(scale: float = 1.5) -> Iterator[Studio]:
    """A studio for as long as it is needed."""
    modules = install()
    scripts = [modules / "adaptivecards/dist/adaptivecards.min.js", modules / "markdown-it/dist/markdown-it.min.js"]
    scripts += [HERE / "standin.js", HERE / "page.js"]
    with sync_playwright() as driver:
        chromium = driver.chromium.launch(executable_path=browser(), args=["--no-sandbox", "--disable-gpu"])
        page = chromium.new_page(device_scale_factor=scale)
        page.route("**/*", lambda route: route.abort())
        page.set_content('<!doctype html><html><body><div id="card"></div></body></html>')
        page.add_style_tag(content=(HERE / "page.css").read_text(encoding="utf-8"))
        for script in scripts:
            page.add_script_tag(content=script.read_text(encoding="utf-8"))
        yield Studio(page)
        chromium.close()


def contact_sheet(pictures: Sequence[Path], path: Path, across: int = 6) -> None:
    """All pictures on one page, each under its name."""
    drawn = [imread(picture) for picture in pictures]
    rows = [drawn[at : at + across] for at in range(0, len(drawn), across)]
    names = [picture.stem for picture in pictures]
    heights = [max(image.shape[0] for image in row) + 50 for row in rows]
    width = max(sum(image.shape[1] + 20 for image in row) for row in rows)
    figure = Figure(figsize=(width / 100, sum(heights) / 100), dpi=100, facecolor="#777777")
    top = sum(heights)
    for row, height, start in zip(rows, heights, range(0, len(drawn), across), strict=True):
        left = 0
        for image, name in zip(row, names[start:], strict=False):
            figure.text(left / width, (top - 30) / sum(heights), name, color="white", fontsize=16)
            figure.figimage(image, left, top - 45 - image.shape[0])
            left += image.shape[1] + 20
        top -= height
    figure.savefig(path)
