"""The documents say what is there: all that is declared is mentioned, every link, anchor and picture is there, pages are current."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest
import typer

from analytics.catalogue import DIMENSIONS, METRICS, SCORECARDS
from analytics.profiles import shipped
from analytics.quality import CHECKS
from analytics.quality import page as checks_page
from app import cli
from bot import settings_page
from bot.features import FEATURES
from bot.settings import FILE, SETTINGS, read_settings
from tests.visual.readme import MOST_BYTES, SHOWN

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md", *sorted(DOCS.rglob("*.md"))]
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)|<img[^>]* src=\"([^\"]+)\"")
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
CODE = re.compile(r"^ *```.*?^ *```|`[^`\n]*`", re.MULTILINE | re.DOTALL)
NAMED = re.compile(r"`((?:analytics|bot|cards|tests|bench|deploy|manifest)/[\w./-]*)`")
EACH_PAGE = pytest.mark.parametrize("page", PAGES, ids=lambda p: p.relative_to(ROOT).as_posix())


@cache
def text(page: Path) -> str:
    return page.read_text(encoding="utf-8")


@cache
def said() -> str:
    """All that the documents say; what changed in which release is no document of it."""
    return "\n".join(text(page) for page in PAGES if page.name != "CHANGELOG.md")


@cache
def anchors(page: Path) -> frozenset[str]:
    """What a link can lead to inside a page: its headings, as web pages of repositories name them."""
    headings = HEADING.findall(re.sub(r"^ *```.*?^ *```", "", text(page), flags=re.MULTILINE | re.DOTALL))
    return frozenset(re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings)


def links(page: Path) -> list[str]:
    found = [one or other for one, other in LINK.findall(CODE.sub("", text(page)))]
    return [link for link in found if "://" not in link]


@EACH_PAGE
def test_every_link_and_picture_is_there(page: Path) -> None:
    missing = [link for link in links(page) if not (page.parent / link.partition("#")[0]).exists()]
    assert missing == []


@EACH_PAGE
def test_every_anchor_is_a_heading(page: Path) -> None:
    aimed = [(link, link.partition("#")) for link in links(page) if "#" in link]
    there = [(link, anchors(page.parent / path if path else page), name) for link, (path, _, name) in aimed]
    assert [link for link, headings, name in there if name not in headings] == []


@EACH_PAGE
def test_every_file_that_is_named_exists(page: Path) -> None:
    # Capitals and stars stand for something of the reader's own.
    named = [name for name in NAMED.findall(text(page)) if name == name.lower()]
    assert [name for name in named if not (ROOT / name).exists()] == []


def test_every_page_is_in_the_index() -> None:
    pages = {page.relative_to(DOCS).as_posix() for page in DOCS.rglob("*.md")} - {"README.md"}
    index = {link.partition("#")[0] for link in links(DOCS / "README.md")}
    decisions = {link for link in links(DOCS / "architecture.md") if link.startswith("decisions/")}
    assert sorted(pages - index - decisions) == []


def test_every_metric_has_its_definition_in_the_reference() -> None:
    reference = text(DOCS / "metrics.md")
    assert [m.key for m in METRICS.values() if f"`{m.key}`" not in reference or m.definition not in reference] == []


def test_every_dimension_is_told_by_name_and_by_key() -> None:
    asking, reference = text(DOCS / "how-to-ask.md"), text(DOCS / "metrics.md")
    lacking = [d.key for d in DIMENSIONS.values() if d.label.lower() not in asking.lower()]
    assert lacking == []
    assert [d.key for d in DIMENSIONS.values() if f"`{d.key}`" not in reference] == []


def test_the_readme_counts_right() -> None:
    assert f"{len(METRICS)} metrics by {len(DIMENSIONS)} dimensions" in text(ROOT / "README.md")
    assert f"[{len(CHECKS)} checks]" in text(ROOT / "README.md")
    assert len(SCORECARDS) == 3  # the README names the three promises


def test_the_page_of_settings_is_rendered_from_the_declarations() -> None:
    assert settings_page.PAGE.read_text(encoding="utf-8") == settings_page.page(), "run: python -m bot.settings_page"


def test_every_setting_is_on_the_page() -> None:
    page = settings_page.page()
    assert [s.variable for s in SETTINGS if s.variable not in page] == []


def test_no_page_names_a_setting_that_is_none() -> None:
    known = {s.variable for s in SETTINGS} | {FILE}
    named = set(re.findall(r"\bFREELANCE_[A-Z_]+[A-Z]\b(?!…)", said()))
    assert sorted(named - known) == []


def test_the_example_of_settings_is_complete(tmp_path: Path) -> None:
    (tmp_path / "bot.pem").touch()
    example = read_settings(
        {"FREELANCE_APP_CERTIFICATE": str(tmp_path / "bot.pem")}, DOCS / "examples" / "settings.toml"
    )
    assert example.public_url == "https://bot.example.com"
    assert example.program_users == ("lead@contoso.example",)


def test_every_command_is_mentioned() -> None:
    def names(app: typer.Typer, before: str = "") -> list[str]:
        own = [before + (c.name or (c.callback.__name__ if c.callback else "")) for c in app.registered_commands]
        groups = [(g.typer_instance, f"{g.name} ") for g in app.registered_groups if g.typer_instance]
        return own + [name for group, inside in groups for name in names(group, inside)]

    told = " ".join(said().split())
    assert [name for name in names(cli) if f"app.py {name}" not in told] == []


def test_every_source_and_profile_is_mentioned() -> None:
    sources = {path.name for path in (ROOT / "analytics/sources").iterdir() if (path / "__init__.py").is_file()}
    assert sources == {"upwork", "graph"}
    assert "Upwork" in text(DOCS / "upwork.md")
    assert "Graph" in text(DOCS / "directory.md")
    assert [name for name in shipped() if f"`{name}`" not in text(DOCS / "staffing-files.md")] == []


def test_the_page_of_checks_is_rendered_from_the_declarations() -> None:
    assert text(checks_page.PAGE) == checks_page.page(), "run: python -m analytics.quality.page"


def test_every_check_is_on_the_page() -> None:
    listed = [check.id for alike in checks_page.families() for check in alike]
    assert sorted(listed) == sorted(check.id for check in CHECKS)
    assert [check.advice for check in CHECKS if check.advice not in text(checks_page.PAGE)] == []


def test_every_card_is_mentioned() -> None:
    page = text(DOCS / "cards.md")
    drawn = [
        (node.name, path.relative_to(ROOT).as_posix())
        for path in sorted((ROOT / "cards").rglob("*.py"))
        for node in ast.parse(text(path)).body
        if isinstance(node, ast.FunctionDef) and node.name.endswith("_card") and not node.name.startswith("_")
    ]
    assert len(drawn) > 30
    assert [name for name, path in drawn if f"`{name}`, `{path}`" not in page] == []


def test_every_feature_is_in_the_architecture() -> None:
    features = {make.__module__.removeprefix("bot.features.").partition(".")[0] for make in FEATURES}
    assert [name for name in sorted(features) if f"| `{name}` |" not in text(DOCS / "architecture.md")] == []


def test_every_decision_is_listed() -> None:
    listed = links(DOCS / "architecture.md")
    assert [path.name for path in (DOCS / "decisions").glob("*.md") if f"decisions/{path.name}" not in listed] == []


def test_pictures_of_cards_are_light_and_drawn_by_the_studio() -> None:
    pictures = {path.stem: path.stat().st_size for path in (DOCS / "images").glob("*.png")}
    assert set(pictures) == {*SHOWN, "digest"}
    assert [name for name, size in pictures.items() if size > MOST_BYTES] == []
