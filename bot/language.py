"""The reader's language and locale, from what Teams says about them."""

from __future__ import annotations

from babel import Locale, UnknownLocaleError

LANGUAGES = ("en", "de", "fr", "es", "pt", "ja")


def language_of(locale: str) -> str:
    """The language of ours that fits a locale such as "de-DE"; English where none does."""
    language = locale.replace("_", "-").split("-")[0].lower()
    return language if language in LANGUAGES else "en"


def locale_of(locale: str) -> str:
    """The locale numbers and dates are written in ("de_DE"); American English where Teams names none that exists."""
    try:
        return str(Locale.parse(locale.replace("-", "_"))) if locale else "en_US"
    except (UnknownLocaleError, ValueError):
        return "en_US"
