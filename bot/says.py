"""What the desk itself says around its cards, in the reader's language: whose data, examples, what cannot be done."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from analytics import query as public
from bot.access import NOTHING, Seen
from cards.asking import asked
from cards.view import Next, View
from cards.words import words

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from analytics.model import Detail, Scope
    from bot.answering import Reader
    from bot.understanding import Reading
    from bot.visit import Visit

# Word of the example, its query, and in which details it may be asked.
_EXAMPLES: tuple[tuple[str, dict[str, Any], tuple[Detail, ...]], ...] = (
    ("category", {"metrics": ["spend"], "group_by": ["job_category"]}, ("groups", "named")),
    ("team", {"metrics": ["spend"], "group_by": ["team"]}, ("groups", "named")),
    ("hire", {"metrics": ["avg_time_to_hire"]}, ("totals", "groups", "named")),
    ("posters", {"metrics": ["jobs_posted"], "group_by": ["poster"], "order": [["jobs_posted", "desc"]]}, ("named",)),
    ("sides", {"metrics": ["spend", "contracts"], "compare": {"dimension": "source", "values": ["freelance", "staffing"]}}, ("groups", "named")),
    ("months", {"metrics": ["spend"], "grain": "month"}, ("totals", "groups", "named")),
)  # fmt: skip


NO_DATA = Seen(NOTHING, "desk.nothing")


def say(language: str, key: str, **values: object) -> str:
    """A sentence of the desk."""
    return words(language).say(f"desk.{key}", **values)


def can_say(language: str, key: str) -> bool:
    """Whether there is such a sentence."""
    return f"desk.{key}" in words(language).sentences


def examples(visit: Visit) -> Sequence[Next]:
    """Questions to start from, which may be asked in this place; in a shared one they are the same for everyone."""
    language, detail = visit.reader.language, visit.scope.detail
    return [
        Next(say(language, f"ask_{key}"), public.from_json(q)) for key, q, allowed in _EXAMPLES if detail in allowed
    ]


def first_name(visit: Visit) -> str:
    """Whom a greeting greets; nobody where others read along."""
    return "" if visit.reader.shared else visit.asker.name.split(" ")[0]


def choices(reading: Reading, reader: Reader) -> list[Next]:
    """The readings to choose from: in English as understanding names them, else by what each of them asks."""
    given = [(choice.label, choice.query) for choice in reading.choices if choice.query]
    named = [(asked(query, words(reader.language), reader.locale), query) for _, query in given]
    told = named if reader.language != "en" and len({name for name, _ in named}) == len(named) else given
    return [Next(name, query) for name, query in told]


def scope_label(seen: Seen, language: str) -> str:
    """Whose data a card shows, in a few words; in a shared conversation, that everyone there sees the same."""
    said = _filled(language, seen.said, seen.values)
    return words(language).say(f"access.in_{seen.place}", seen=said) if seen.place else said


def _filled(language: str, key: str, values: Iterable[tuple[str, Any]]) -> str:
    """A sentence whose gaps may hold a sentence themselves: its key and what fills it."""
    filled = {name: _filled(language, *value) if isinstance(value, tuple) else value for name, value in values}
    return words(language).say(key, **filled)


def scope_word(scope: Scope) -> str:
    """The scope for the audit."""
    return f"{scope.rows}/{scope.detail}"


def unread(language: str, typed: Sequence[str]) -> str:
    """Names what could not be read."""
    return say(language, "unread", words=", ".join(f"“{word}”" for word in typed[:5]))


def plain_view(reader: Reader) -> View:
    """A view for cards that show no data."""
    return View(today=reader.today, language=reader.language, locale=reader.locale, asked=reader.asked)


def compact(query: Mapping[str, Any]) -> str:
    """JSON in one line."""
    return json.dumps(query, ensure_ascii=False, separators=(",", ":"))


__all__ = [
    "NOTHING",
    "NO_DATA",
    "can_say",
    "choices",
    "compact",
    "examples",
    "first_name",
    "plain_view",
    "say",
    "scope_label",
    "scope_word",
    "unread",
]
