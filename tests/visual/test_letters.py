"""Letters as a mail program with dark mode would draw them: nothing runs out of the page, and every text can be read."""

from __future__ import annotations

import base64
import os
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

from cards.letter import letter
from cards.pictures import draw
from tests.cards.cases import all_cards
from tests.visual.studio import OUT, browser

pytestmark = pytest.mark.visual

CARDS = all_cards()
LETTERS = ("breakdown", "why", "compare", "metric", "trend")
# The contrast of every text with what lies behind it, as WCAG 2 counts it.
CONTRAST = """() => {
  const rgb = (text) => { const m = text.match(/[\\d.]+/g).map(Number); return m.length < 4 || m[3] > 0 ? m : null; };
  const light = ([r, g, b]) => [r, g, b].map((v) => v / 255).map((v) => v <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [.2126, .7152, .0722][i], 0);
  const behind = (node) => { for (; node; node = node.parentElement) { const found = rgb(getComputedStyle(node).backgroundColor); if (found) return found; } return [255, 255, 255]; };
  return [...document.querySelectorAll("p, h1, td, th, a")].filter((node) => [...node.childNodes].some((c) => c.nodeType === 3 && c.data.trim()))
    .map((node) => { const [a, b] = [light(rgb(getComputedStyle(node).color)), light(behind(node))].sort((x, y) => y - x); return [node.textContent, (a + .05) / (b + .05)]; });
}"""


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    if not browser() and os.environ.get("REQUIRE_ALL"):
        pytest.fail("Letters cannot be looked at: no Chromium found.")
    if not browser():
        pytest.skip("Letters are not looked at: no Chromium found.")
    with sync_playwright() as driver:
        made = driver.chromium.launch(executable_path=browser(), args=["--no-sandbox", "--disable-gpu"])
        yield made
        made.close()


@pytest.mark.parametrize("width", [700, 360])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", LETTERS)
def test_a_letter_holds_in_light_and_dark_wide_and_narrow(
    chromium: Browser, name: str, scheme: str, width: int
) -> None:
    made = letter(CARDS[name], foot="You get this by mail because you asked for it in Teams.")
    shown = made.html
    for cid, picture in made.pictures:
        shown = shown.replace(f"cid:{cid}", f"data:image/png;base64,{base64.b64encode(draw(picture)).decode()}")
    page = chromium.new_page(viewport={"width": width, "height": 600}, color_scheme=scheme)  # type: ignore[arg-type]
    page.set_content(shown)
    over = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    contrasts = page.evaluate(CONTRAST)
    (OUT / "pictures").mkdir(parents=True, exist_ok=True)
    page.screenshot(path=OUT / "pictures" / f"letter-{name}-{scheme}-{width}.png", full_page=True)
    page.close()
    assert over <= 0
    assert contrasts
    assert [told for told in contrasts if told[1] < 4.5] == []
