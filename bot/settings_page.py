"""Renders docs/settings.md from the declarations: run `python -m bot.settings_page`."""

from __future__ import annotations

from pathlib import Path

from bot.settings import FILE, SETTINGS, Setting

PAGE = Path(__file__).parents[1] / "docs" / "settings.md"

HEAD = f"""# Settings

Every setting is read once at start: from the environment, else from a TOML file (`--config FILE`, or its path in `{FILE}`),
else its default. In the file a setting is named in lower case without the prefix. Whatever is wrong is said all at once.

| variable | default | what it is |
|---|---|---|
"""


def page() -> str:
    """The page, in Markdown."""
    return HEAD + "".join(_line(setting) for setting in SETTINGS)


def _line(setting: Setting) -> str:
    secret = " **Secret.**" if setting.secret else ""
    return f"| `{setting.variable}` | {_default(setting)} | {setting.help}{secret} |\n"


def _default(setting: Setting) -> str:
    if setting.default in {None, "", ()}:
        return ""
    if isinstance(setting.default, tuple):
        return ", ".join(f"`{_shown(one)}`" for one in setting.default)
    return f"`{_shown(setting.default)}`"


def _shown(value: object) -> str:
    sends, seconds = getattr(value, "sends", None), getattr(value, "seconds", None)
    return f"{sends}/{seconds}" if sends is not None else str(value)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
