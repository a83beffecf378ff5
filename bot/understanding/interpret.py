"""The interpret protocol: one JSON object with the turns of a conversation in, how its last turn is read out."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from analytics.query import to_json
from bot.understanding.nouns import Earlier, Question, Reading
from bot.understanding.reader import read
from bot.understanding.vocabulary import Vocabulary

KEPT = 5


def interpret(line: Mapping[str, Any], vocabulary: Vocabulary, today: date) -> dict[str, Any]:
    """Plays `turns` in order and tells about the last one. `scope`: "all", or {"team": [names]}."""
    scope = line.get("scope", "all")
    seen = vocabulary if scope == "all" else vocabulary.within(scope)
    earlier: list[Earlier] = []
    reading = Reading("clarify", topic="empty")
    for text in line.get("turns", ()):
        question = Question(
            str(text), line.get("language"), today, tuple(earlier[-KEPT:]), vocabulary.fiscal_year_start_month
        )
        reading = read(question, seen)
        earlier += remembered(reading, str(text))
    return {"id": line.get("id"), **as_json(reading), "scope": scope}


def remembered(reading: Reading, text: str) -> list[Earlier]:
    """What a turn leaves for the next one: its query, or its words when it was asked back."""
    if reading.kind == "answer" and reading.query:
        return [Earlier(to_json(reading.query), text)]
    if reading.kind == "help" and reading.action == "define" and reading.query:
        return []
    return [Earlier(None, text)] if reading.kind == "clarify" else []


def as_json(reading: Reading) -> dict[str, Any]:
    """A reading in the public format."""
    return {
        "kind": reading.kind,
        "query": to_json(reading.query) if reading.query else None,
        "action": reading.action,
        "reason": reading.reason,
        "choices": [{"label": c.label, "query": to_json(c.query) if c.query else None} for c in reading.choices],
    }
