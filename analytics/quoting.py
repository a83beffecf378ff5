"""Texts and paths as SQL takes them, where no bound value can stand."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path


def quoted(text: str | Path) -> str:
    """A text as SQL, its quotes included."""
    return "'" + str(text).replace("'", "''") + "'"


def quoted_list(texts: Iterable[str]) -> str:
    """Texts as the inside of an SQL list."""
    return ", ".join(quoted(text) for text in texts)
