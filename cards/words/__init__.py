"""The words on cards, one TOML file a language; English is the source and the last resort.

What the catalogue declares in English (metrics, dimensions, their definitions) stands by language in catalogue/<tag>.toml.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from babel import Locale

FOLDER = Path(__file__).parent
CATALOGUE = FOLDER / "catalogue"
SOURCE = "en"


@dataclass(frozen=True, slots=True)
class Words:
    """The sentences of one language, by key ("title.by"), and names that other layers declare in English."""

    language: str
    sentences: Mapping[str, str]
    names: Mapping[str, str]

    def say(self, key: str, **values: object) -> str:
        """The sentence under this key with its gaps filled; KeyError where there is none."""
        return self.sentences[key].format_map(values)

    def count(self, key: str, number: float, shown: str) -> str:
        """The sentence for this many, in the language's own plural form; `shown` is the number as written."""
        form = f"{key}.{_plural(self.language, number)}"
        return self.sentences.get(form, self.sentences[f"{key}.other"]).format(n=shown)

    def name(self, kind: str, key: str, english: str) -> str:
        """What a metric or dimension is called here; its English label where this language has no word for it."""
        return self.names.get(f"{kind}.{key}", english)

    def phrase(self, english: str) -> str:
        """A sentence that the catalogue declares in English, in this language; itself where there is no other."""
        return self.names.get(f"said.{english}", english)


def languages() -> tuple[str, ...]:
    """Every language there are words for, the source first."""
    return (SOURCE, *sorted(path.stem for path in FOLDER.glob("*.toml") if path.stem != SOURCE))


def words(language: str) -> Words:
    """The words of this language ("de", "de-AT", "de_AT"), English where there are none."""
    tag = language.replace("_", "-").partition("-")[0].lower()
    return _load(tag if tag in languages_known() else SOURCE)


@cache
def languages_known() -> frozenset[str]:
    """The same as `languages`, read once."""
    return frozenset(languages())


@cache
def _load(tag: str) -> Words:
    read = tomllib.loads((FOLDER / f"{tag}.toml").read_text(encoding="utf-8"))
    names = tomllib.loads((CATALOGUE / f"{tag}.toml").read_text(encoding="utf-8"))
    return Words(tag, _flat(read), _flat(names))


@lru_cache(4096)
def _plural(language: str, number: float) -> str:
    return str(Locale.parse(language).plural_form(number))


def _flat(table: Mapping[str, Any], prefix: str = "") -> dict[str, str]:
    out: dict[str, str] = {}
    for key, value in table.items():
        if isinstance(value, dict):
            out |= _flat(value, f"{prefix}{key}.")
        else:
            out[prefix + key] = value
    return out
