"""Lets through what only reads: exactly one GraphQL query, by an allow-list of words and marks, before anything is sent."""

from __future__ import annotations

import re

from analytics.errors import InsightsError

_TOKEN = re.compile(
    r"""(?P<skip>[ \t\n\r,\ufeff]+|\#[^\n\r]*)
      | (?P<block>\"\"\"(?:\\\"\"\"|(?!\"\"\").)*\"\"\")
      | (?P<text>"(?:\\["\\/bfnrtu]|[^"\\\n\r])*")
      | (?P<mark>[!$()\[\]{}:=])
      | (?P<name>[_A-Za-z][_0-9A-Za-z]*)
      | (?P<number>-?[0-9][0-9.eE+-]*)""",
    re.VERBOSE | re.DOTALL,
)
_NEVER = frozenset({"mutation", "subscription", "fragment"})
_OPENS = {"{": "}", "(": ")", "[": "]"}


class NotReadOnly(InsightsError):  # noqa: N818 - reads as what it says
    """A document that is not one plain query. It was not sent."""


def tokens(document: str) -> list[str]:
    """The words and marks of a document, comments and commas left out. Raises NotReadOnly at anything unusual."""
    found, at = [], 0
    while at < len(document):
        match = _TOKEN.match(document, at)
        if not match:
            raise NotReadOnly(f"The document holds {document[at]!r}, which no query of ours needs. It was not sent.")
        if match.lastgroup != "skip":
            found.append(match[0])
        at = match.end()
    return found


def must_only_read(document: str) -> None:
    """Returns where the document is one named query and nothing else. Raises NotReadOnly."""
    words = tokens(document)
    if len(words) < 2 or words[0] != "query" or not re.fullmatch(r"[_A-Za-z]\w*", words[1], re.ASCII):
        raise NotReadOnly('A document must begin with "query" and a name. It was not sent.')
    if not _NEVER.isdisjoint(words):
        raise NotReadOnly("A document that could change something was refused. It was not sent.")
    if _end_of_operation(words) != len(words):
        raise NotReadOnly("A document must hold one query and nothing after it. It was not sent.")


def _end_of_operation(words: list[str]) -> int:
    """The number of words up to the brace that closes the first selection."""
    closing: list[str] = []
    selecting = False
    for place, word in enumerate(words):
        if word in _OPENS:
            selecting = selecting or (word == "{" and not closing)
            closing.append(_OPENS[word])
        elif word in _OPENS.values():
            if not closing or closing.pop() != word:
                break
            if selecting and not closing:
                return place + 1
    raise NotReadOnly("The brackets of a document do not match. It was not sent.")
