"""Makes text that came from people or platforms safe to show: nothing in it is ever read as Markdown, markup or a template."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

ZWSP = "\u200b"
_KEEP = 4096

_AT = re.compile(r"</?at\b[^>]*>?", re.IGNORECASE)
_SPACE = re.compile(r"[\t\n\r\f\v\x1c-\x1f\x85\u2028\u2029]+")
_LIST_START = re.compile(r"^(?:[-+#]|\d{1,9}[.)](?!\d))")
_LONG = re.compile(r"[^\s\u200b]{40}(?=[^\s\u200b])")  # no client breaks such a word, it widens the card instead
_LINKS = re.compile(r"\b(www\.|(?:mailto|tel|data|javascript):)", re.IGNORECASE)
_SWAPS = str.maketrans({"\\": "/", "`": "'", "~": "-", "<": "‹", ">": "›"})
_MARKS = str.maketrans({mark: f"\\{mark}" for mark in "*_[]"})
_HARD_SPACES = str.maketrans("", "", "\u00a0\u202f")
_JOINERS = "\u200c\u200d"  # needed to write Persian, Hindi and family emoji; harmless


def clean(text: str) -> str:
    """The same text on one line, without control, direction-changing and invisible characters or mention tags."""
    if "<" not in text and text.translate(_HARD_SPACES).isprintable():
        return text.strip()
    kept = "".join(c for c in _SPACE.sub(" ", text) if c in _JOINERS or not unicodedata.category(c).startswith("C"))
    return _AT.sub("", kept).strip()


@lru_cache(_KEEP)
def esc(text: str) -> str:
    """Text for a TextBlock or a fact, to be applied exactly once.

    Backslash escapes are used only where every client honours them (* _ [ ]); the rest is replaced by a look-alike.
    """
    safe = clean(text).translate(_SWAPS)
    if len(safe) > 40:
        safe = _LONG.sub(lambda found: found[0] + ZWSP, safe)
    if safe.isalnum():
        return safe
    safe = _braces(safe).replace("://", f":{ZWSP}//")
    safe = _LINKS.sub(lambda found: found[0] + ZWSP, safe).translate(_MARKS)
    return ZWSP + safe if _LIST_START.match(safe) else safe


@lru_cache(_KEEP)
def plain(text: str, most: int = 80) -> str:
    """Text for places that know no Markdown (choices, buttons, chart labels, alt text), at most `most` characters."""
    return short(_braces(clean(text)), most)


def short(text: str, most: int) -> str:
    """The text, cut with an ellipsis where it is longer than `most` characters."""
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"


def _braces(text: str) -> str:
    if "{" not in text:
        return text
    while "{{" in text or "${" in text:
        text = text.replace("{{", "{ {").replace("${", "$ {")
    return text
