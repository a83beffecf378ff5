"""Canaries: every secret, token, name and sentence that a test's fixtures make up, and all output in which none of them may stand.

Fixtures and fakes plant; `tests/watching.py` listens and has it searched when the test is over.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

WORD = re.compile(r"\w+")
SHORTEST = 8
"""Letters of the shortest canary: anything shorter stands in some word by chance."""

# Cells of import files by which somebody, or somebody's work, is known.
NAMING = {
    "people": ("person_id", "name", "email", "upn", "entra_object_id"),
    "workers": ("worker_id", "name", "person_key"),
    "teams": ("name",),
    "jobs": ("title",),
    "contracts": ("title",),
    "suppliers": ("name",),
}

# Commands that are, word for word, what the log calls the outcome of carrying them out.
OURS = frozenset({"no longer checked"})

# Where a secret may not stand, and where a person may not. What the bot says to people may hold what they wrote.
SAID_TO_PEOPLE = ("exception", "error body", "message")


def _ways(text: str) -> set[str]:
    """A text as it is, and as JSON and an address would have it."""
    return {text, json.dumps(text)[1:-1], quote(text, safe="")}


class Words:
    """Names and sentences, many of them, found in one walk over a text whatever the case; only as whole words."""

    def __init__(self, texts: Iterable[str] = ()) -> None:
        self._by_first: dict[str, set[str]] = {}
        for text in texts:
            self.add(text)

    def add(self, text: str) -> None:
        """One more; too short ones, and single plain words, are left out."""
        plain = text.strip()
        if len(plain) < SHORTEST or plain.isalpha() or plain in OURS:
            return
        for way in _ways(plain):
            low = way.casefold()
            first = WORD.search(low)
            if first:
                self._by_first.setdefault(first.group(), set()).add(low[first.start() :])

    def found(self, text: str) -> set[str]:
        """Those that stand in a text."""
        low = text.casefold()
        return {
            one
            for word in WORD.finditer(low)
            for one in self._by_first.get(word.group(), ())
            if low.startswith(one, word.start()) and not low[word.start() + len(one) :][:1].isalnum()
        }


@dataclass
class Watch:
    """What was planted while one test ran, and what was heard of it by source."""

    secrets: dict[str, str] = field(default_factory=dict)
    people: list[Words] = field(default_factory=lambda: [Words()])
    heard: dict[str, list[str]] = field(default_factory=dict)

    def secret(self, text: str, what: str) -> None:
        """Plant a secret: it may stand nowhere."""
        if len(text) >= SHORTEST:
            self.secrets.update(dict.fromkeys(_ways(text), what))

    def person(self, *texts: str) -> None:
        """Plant names and sentences: no log and no output may hold them."""
        for text in texts:
            self.people[0].add(text)

    def hear(self, source: str, text: str | bytes) -> None:
        """Something was written; pieces of one source are searched as one text."""
        if text:
            plain = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
            self.heard.setdefault(source, []).append(plain)

    def hits(self, *, names: bool = True) -> Iterator[str]:
        """Every leak, as a sentence; of people only where `names` may not be said."""
        for source, pieces in self.heard.items():
            text = "".join(pieces)
            yield from (f"{what} stands in {source}" for one, what in self.secrets.items() if one in text)
            if names and not source.startswith(SAID_TO_PEOPLE):
                yield from (f"{one!r} stands in {source}" for words in self.people for one in words.found(text))


NOW = Watch()
"""The watch over the test that runs."""


def start() -> None:
    """Begin anew, for the next test."""
    NOW.secrets.clear()
    NOW.people[:] = [Words()]
    NOW.heard.clear()


def names_in(tables: Mapping[str, Iterable[Mapping[str, Any]]]) -> list[str]:
    """What rows of import files name."""
    return sorted(
        {
            str(row[column])
            for table, cells in NAMING.items()
            for row in tables.get(table, ())
            for column in cells
            if row.get(column)
        }
    )


def names_of(folder: Path) -> Words:
    """The same of a folder of import files."""
    tables = {}
    for table in NAMING:
        path = folder / f"{table}.csv"
        if path.exists():
            with path.open(encoding="utf-8", newline="") as file:
                tables[table] = list(csv.DictReader(file))
    return Words(names_in(tables))


def password_of(address: str) -> str:
    """The secret part of an address of a database or proxy."""
    try:
        return urlsplit(address).password or ""
    except ValueError:
        return ""
