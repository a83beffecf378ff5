"""The documents say what is there: generated pages are current, every setting and command is mentioned, every link resolves."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from app import cli
from bot import settings_page
from bot.settings import SETTINGS

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
LINK = re.compile(r"\[[^\]]+\]\(([^)#]+)(?:#[^)]*)?\)")


def test_the_page_of_settings_is_rendered_from_the_declarations() -> None:
    assert settings_page.PAGE.read_text(encoding="utf-8") == settings_page.page(), "run: python -m bot.settings_page"


def test_every_setting_is_on_the_page() -> None:
    page = settings_page.page()
    assert [s.variable for s in SETTINGS if s.variable not in page] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_every_link_resolves(page: Path) -> None:
    links = [link for link in LINK.findall(page.read_text(encoding="utf-8")) if "://" not in link]
    assert [link for link in links if not (page.parent / link).exists()] == []


def test_every_command_is_mentioned() -> None:
    said = "\n".join(page.read_text(encoding="utf-8") for page in PAGES) + (ROOT / "CHANGELOG.md").read_text(
        encoding="utf-8"
    )
    names = [c.name or (c.callback.__name__ if c.callback else "") for c in cli.registered_commands]
    assert [name for name in names if f"app.py {name}" not in said and f"`{name}`" not in said] == []
